"""The map of the road: country outlines, places, and the people who go from one place to another each month."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from sojourn.report.facts import Facts
from sojourn.report.figure import rounded
from sojourn.report.picture import COLOURS, Picture
from sojourn.scenario import Scenario

__all__ = ["Road", "place_of_stages", "road", "roadmap"]

LEAST = 10
"""Counts of fewer people are not shown by place."""
_HEIGHT = 420
_MARGIN = 0.16
_TOTAL = "whole period"


class Road(NamedTuple):
    """People between places by month, and what could not be put on the map."""

    table: pd.DataFrame
    left_out: dict[str, float]


def place_of_stages(scenario: Scenario) -> dict[str, str]:
    """Return the place of each stage; a stage without one stands where all that enter it come from, if that is one."""
    places = {name: stage.place or "" for name, stage in scenario.stages.items()}
    before = _origins(scenario)
    for _ in places:
        found = {
            name: next(iter(known))
            for name, place in places.items()
            if not place and len(known := {places[o] for o in before.get(name, ()) if o != name}) == 1
        }
        found = {name: place for name, place in found.items() if place}
        if not found:
            break
        places |= found
    return {name: place for name, place in places.items() if place}


def _origins(scenario: Scenario) -> dict[str, set[str]]:
    from sojourn.scenario.flows import flows

    before: dict[str, set[str]] = {}
    for flow in flows(scenario.stages):
        origin, destination = flow.split(" -> ")
        before.setdefault(destination, set()).add(origin)
    return before


def road(facts: Facts) -> Road:
    """Return the mean number of people followed who go from place to place, by recorded period.

    Columns: step, period, origin, destination, people, low, high. ``left_out`` names the flows that touch no
    place, with their people over the whole run.
    """
    place = place_of_stages(facts.scenario)
    pairs: dict[tuple[str, str], list[int]] = {}
    left_out: dict[str, float] = {}
    origins, ends = facts.run.data["origin"].values, facts.run.data["destination"].values
    total = facts.flows.values.sum(1).mean(0)
    for i, (origin, end) in enumerate(zip(map(str, origins), map(str, ends), strict=True)):
        if origin in place and end in place:
            if place[origin] != place[end]:
                pairs.setdefault((place[origin], place[end]), []).append(i)
        elif facts.kinds[end] != "end" and total[i]:
            left_out[f"{origin} -> {end}"] = float(total[i])
    months = _months(facts)
    parts = []
    for (origin, end), flows in pairs.items():
        people = facts.flows.values[:, :, flows].sum(-1)
        for step, (text, at) in enumerate(months.items()):
            parts.append((step, text, origin, end, *_spread(people[:, at].sum(1))))
        parts.append((-1, _TOTAL, origin, end, *_spread(people.sum(1))))
    columns = ["step", "period", "origin", "destination", "people", "low", "high"]
    frame = pd.DataFrame(parts, columns=columns)
    return Road(frame[frame["people"] >= LEAST].reset_index(drop=True), left_out)


def _months(facts: Facts) -> dict[str, Any]:
    """Return the recorded periods that begin in each month."""
    month = pd.DatetimeIndex(facts.run.data["time"].values).to_period("M")
    return {f"{m.strftime('%B %Y')}": np.flatnonzero(month == m) for m in month.unique()}


def _spread(people: Any) -> tuple[float, float, float]:
    low, high = np.quantile(people, (0.05, 0.95))
    return round(float(people.mean()), 1), round(float(low), 1), round(float(high), 1)


@cache
def _outlines() -> Mapping[str, Any]:
    text = (files("sojourn.report") / "outlines.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


class _View(NamedTuple):
    rotate: float
    latitude: float
    span: float


def _view(places: pd.DataFrame) -> _View:
    """Return the part of the world that holds the places: the smallest range of longitudes, and its middle."""
    around = np.sort(places["longitude"].to_numpy() % 360)
    gaps = np.diff(np.append(around, around[0] + 360))
    widest = int(gaps.argmax())
    first, width = around[(widest + 1) % len(around)], 360 - gaps[widest]
    low, high = places["latitude"].min(), places["latitude"].max()
    # A chart about 1.6 times as wide as high shows all of both ranges.
    span = max(width, 1.6 * (high - low), 12.0) * (1 + 2 * _MARGIN)
    return _View(float(first + width / 2), float((low + high) / 2), float(min(span, 360.0)))


def roadmap(facts: Facts) -> Picture | None:
    """Return the map with flows by month, or None where no people go from one place to another."""
    drawn = road(facts)
    if not len(drawn.table):
        return None
    places = pd.DataFrame(
        [
            {"place": name, "name": p.name, "latitude": p.latitude, "longitude": p.longitude}
            for name, p in facts.scenario.places.items()
        ]
    ).set_index("place")
    used = set(drawn.table["origin"]) | set(drawn.table["destination"])
    places = places[places.index.isin(used)]
    table = drawn.table.join(places, on="origin").join(places, on="destination", rsuffix="_to")
    table = table.rename(columns={"name": "origin_name", "name_to": "destination_name"})
    whole = table[table["step"] == -1].sort_values("people", ascending=False)
    top = "; ".join(
        f"{row.origin_name} to {row.destination_name} {rounded(row.people)}" for row in whole.head(5).itertuples()
    )
    said = f"Map of {len(places)} places. Largest movements over the whole period, in people: {top}."
    steps = (_TOTAL, *_months(facts))
    trace = facts.about("people who go from place to place, mean over replicates")
    chart = _chart(table, places.reset_index(), _view(places), trace)
    return Picture(
        "map", "The road, month by month", said, trace, chart, drawn.table, controls="months", steps=steps
    )


def _chart(table: pd.DataFrame, places: pd.DataFrame, view: _View, trace: str) -> alt.LayerChart:
    scale = f"width / {math.radians(view.span):.6f}"
    projection = {
        "type": "equirectangular",
        "rotate": [-view.rotate, 0, 0],
        "center": [0, view.latitude],
        "scale": {"expr": scale},
        "translate": {"expr": f"[width / 2, {_HEIGHT / 2:.0f}]"},
        "clipExtent": None,
    }
    projection.pop("clipExtent")
    step = alt.param(name="step", value=-1)
    land = alt.Chart(alt.InlineData(values=_outlines()["features"])).mark_geoshape(
        fill="#eef0ec", stroke="#b9beb6", strokeWidth=0.6, clip=True, tooltip=None
    )
    tips = [
        alt.Tooltip("origin_name:N", title="from"),
        alt.Tooltip("destination_name:N", title="to"),
        alt.Tooltip("period:N", title="when"),
        alt.Tooltip("people:Q", title="people (mean)", format=",.0f"),
        alt.Tooltip("low:Q", title="90 % from", format=",.0f"),
        alt.Tooltip("high:Q", title="to", format=",.0f"),
        alt.Tooltip("trace:N", title="source"),
    ]
    columns = ["step", "period", "origin_name", "destination_name", "people", "low", "high"]
    at = ["longitude", "latitude", "longitude_to", "latitude_to"]
    month, total = (
        float(table.loc[table["step"] >= 0, "people"].max()),
        float(table.loc[table["step"] < 0, "people"].max()),
    )
    # One width scale for all months, another for the whole period: the largest line is as wide in both.
    moving = (
        alt.Chart(table[[*columns, *at]])
        .transform_filter("datum.step == step")
        .transform_calculate(
            trace=alt.expr.toString(trace),
            thick=f"1 + 11 * sqrt(datum.people / (datum.step < 0 ? {total:.1f} : {month:.1f}))",
        )
        .mark_rule(opacity=0.62, strokeCap="round", color=COLOURS["simulated"], clip=True)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            longitude2="longitude_to:Q",
            latitude2="latitude_to:Q",
            strokeWidth=alt.StrokeWidth("thick:Q", scale=None),
            tooltip=tips,
        )
    )
    spots = alt.Chart(places).encode(longitude="longitude:Q", latitude="latitude:Q", tooltip=alt.Tooltip("name:N"))
    marks = spots.mark_point(filled=True, size=34, color="#222", opacity=1)
    names = spots.mark_text(align="left", dx=6, dy=-6, fontSize=11, color="#222").encode(text="name:N")
    layers = alt.layer(land, moving, marks, names).add_params(step)
    layers = layers.properties(width="container", height=_HEIGHT)
    return layers.project(**projection)
