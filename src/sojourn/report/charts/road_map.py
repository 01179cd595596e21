"""The map of the road: country outlines, places, and the people who go from one place to another each month."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sojourn.calendar import containing
from sojourn.report.charts.chart import COLOURS, Picture, Spec, records, tip, with_source
from sojourn.report.charts.cited import rounded
from sojourn.report.facts import Facts
from sojourn.report.system_facts import SystemFacts
from sojourn.scenario import Scenario
from sojourn.scenario.stages import flows

__all__ = [
    "HEIGHT",
    "LEAST",
    "Road",
    "View",
    "labelled",
    "months_of",
    "moving",
    "place_of_stages",
    "projection",
    "road",
    "road_map",
    "spread",
    "views",
]

LEAST = 10
"""Counts of fewer people are not shown by place."""
HEIGHT = 420
"""Height of a map in pixels."""
_WIDTH = 720
_PART = 0.35
_NEAR = 3
_LETTER = 5.9
_WHERE = ["name", "latitude", "longitude"]
_SPOTS = tuple(
    (dx, dy, align)
    for dy, far in ((0, 7), (-10, 5), (10, 5), (-21, 5), (21, 5), (-32, 5), (32, 5))
    for dx, align in ((far, "left"), (-far, "right"))
)
_MARGIN = 0.12
_LEAST_DEGREES = 8.0
_TOTAL = "whole period"


class Road(NamedTuple):
    """People between places by month, and what could not be put on the map."""

    table: pd.DataFrame
    left_out: dict[str, float]


def place_of_stages(scenario: Scenario) -> dict[str, str]:
    """Return the place of each stage; one without stands where all who enter it come from, if that is one."""
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
    before: dict[str, set[str]] = {}
    for flow in flows(scenario.stages):
        origin, destination = flow.split(" -> ")
        before.setdefault(destination, set()).add(origin)
    return before


def road(facts: SystemFacts) -> Road:
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
        elif not facts.scenario.stages[end].final and total[i]:
            left_out[f"{origin} -> {end}"] = float(total[i])
    months = months_of(facts)
    parts = []
    for (origin, end), numbers in pairs.items():
        people = facts.flows.values[:, :, numbers].sum(-1)
        for step, (text, at) in enumerate(months.items()):
            parts.append((step, text, origin, end, *spread(people[:, at].sum(1))))
        parts.append((-1, _TOTAL, origin, end, *spread(people.sum(1))))
    columns = ["step", "period", "origin", "destination", "people", "low", "high"]
    frame = pd.DataFrame(parts, columns=columns)
    return Road(frame[frame["people"] >= LEAST].reset_index(drop=True), left_out)


def months_of(facts: Facts) -> dict[str, NDArray[np.int64]]:
    """Return the recorded periods that begin in each month, by its name."""
    month, _ = containing(facts.run.data["time"].values.astype("datetime64[D]"), "month")
    return {f"{first.item():%B %Y}": np.flatnonzero(month == first) for first in np.unique(month)}


def spread(people: NDArray[Any]) -> tuple[float, float, float]:
    """Return mean and the ends of the central 90 % over replicates, to a tenth of a person."""
    low, high = np.quantile(people, (0.05, 0.95))
    return round(float(people.mean()), 1), round(float(low), 1), round(float(high), 1)


@cache
def _outlines() -> tuple[dict[str, Any], ...]:
    text = (files("sojourn.report") / "outlines.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["features"])


class View(NamedTuple):
    """The part of the world shown, in degrees: its middle, and how wide and high it is at least."""

    longitude: float
    latitude: float
    width: float
    height: float

    @property
    def pixels(self) -> float:
        """Pixels a degree at the width that labels are placed for."""
        return min(_WIDTH / self.width, HEIGHT / self.height)

    def land(self) -> list[dict[str, Any]]:
        """Return the outlines that reach into the view at any width of the page."""
        half = max(self.width, self.height * 3) * 0.75
        kept = []
        for feature in _outlines():
            ring = np.array(feature["geometry"]["coordinates"][0])
            away = (ring[:, 0] - self.longitude + 180) % 360 - 180
            north = ring[:, 1] - self.latitude
            if (np.abs(away).min() <= half) and north.min() <= self.height and north.max() >= -self.height:
                kept.append(feature)
        return kept


def views(places: pd.DataFrame, least: float = _LEAST_DEGREES) -> list[View]:
    """Return the view of all places, and one of most of them where a wide gap parts them from the rest.

    Each is at least ``least`` degrees wide.

    The range of longitudes is the smallest that holds all, so that it may cross the date line.
    """
    around = np.sort(places["longitude"].to_numpy() % 360)
    gaps = np.diff(np.append(around, around[0] + 360))
    after = (int(gaps.argmax()) + 1) % len(around)
    order = np.concatenate([around[after:], around[:after] + 360])
    found = [_view(places, order, least)]
    steps = np.diff(order)
    if len(steps) and steps.max() > _PART * (order[-1] - order[0]):
        cut = int(steps.argmax()) + 1
        group = max((order[:cut], order[cut:]), key=len)
        near = places[np.isin((places["longitude"] % 360).round(6), (group % 360).round(6))]
        if len(near) >= _NEAR:
            found.append(_view(near, group, least))
    return found


def _view(places: pd.DataFrame, longitudes: NDArray[np.float64], least: float) -> View:
    low, high = float(places["latitude"].min()), float(places["latitude"].max())
    grown = 1 + 2 * _MARGIN
    wide = max(float(longitudes[-1] - longitudes[0]), least) * grown
    middle = float(longitudes[0] + longitudes[-1]) / 2
    return View(middle, (low + high) / 2, wide, max(high - low, least / 2) * grown)


def road_map(facts: SystemFacts) -> list[Picture]:
    """Return the maps with flows by month, of all places and nearer; none where nobody changes place."""
    drawn = road(facts)
    if not len(drawn.table):
        return []
    places = pd.DataFrame(
        [
            {"place": name, "name": p.name, "latitude": p.latitude, "longitude": p.longitude}
            for name, p in facts.scenario.places.items()
        ]
    ).set_index("place")
    whole = drawn.table[drawn.table["step"] == -1]
    through = pd.concat([whole.groupby(side)["people"].sum() for side in ("origin", "destination")])
    places = places.join(through.groupby(level=0).sum().rename("people"), how="inner")
    places = places.sort_values("people", ascending=False)
    table = drawn.table.join(places[_WHERE], on="origin").join(places[_WHERE].add_suffix("_to"), on="destination")
    table = table.rename(columns={"name": "origin_name", "name_to": "destination_name"})
    top = table[table["step"] == -1].sort_values("people", ascending=False).head(5)
    busiest = "; ".join(
        f"{r['origin_name']} to {r['destination_name']} {rounded(r['people'])}" for _, r in top.iterrows()
    )
    steps = (_TOTAL, *months_of(facts))
    source = facts.about("people who go from place to place, mean over replicates")
    found = []
    for i, view in enumerate(views(places)):
        name, title = ("map", "The road, month by month") if i == 0 else ("map-near", "The road from nearer")
        said = f"Map of {len(places)} places. Most went, in people over the whole period: {busiest}."
        chart = _chart(table, labelled(places.reset_index(), view), view, source)
        found.append(Picture(name, title, said, source, chart, drawn.table, steps=steps))
    return found


def labelled(places: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return the places in view with the offset of each name, empty where there is no room for it.

    Places come in order of importance; a name takes the first spot that no earlier name or place covers.
    """
    x = ((places["longitude"] - view.longitude + 180) % 360 - 180) * view.pixels
    y = -(places["latitude"] - view.latitude) * view.pixels
    inside = (x.abs() < _WIDTH / 2) & (y.abs() < HEIGHT / 2)
    places = places[inside]
    spots = list(zip(x[inside].tolist(), y[inside].tolist(), strict=True))
    taken = [(a - 4, b - 4, a + 4, b + 4) for a, b in spots]
    rows = []
    for i, name in enumerate(places["name"]):
        wide = len(name) * _LETTER
        best = ("", 0, 0, "left")
        for dx, dy, align in _SPOTS:
            left = spots[i][0] + dx - {"left": 0.0, "center": wide / 2, "right": wide}[align]
            box = (left, spots[i][1] + dy - 6, left + wide, spots[i][1] + dy + 6)
            others = [b for k, b in enumerate(taken) if k != i]
            if all(box[2] < b[0] or box[0] > b[2] or box[3] < b[1] or box[1] > b[3] for b in others):
                taken.append(box)
                best = (name, dx, dy, align)
                break
        rows.append(best)
    return places.assign(
        **dict(zip(("text", "dx", "dy", "align"), map(list, zip(*rows, strict=True)), strict=True))
    )


def projection(view: View) -> Spec:
    """Return the projection that shows a view at any width of the page."""
    wide, high = math.radians(view.width), math.radians(view.height)
    return {
        "type": "equirectangular",
        "rotate": [-view.longitude, 0, 0],
        "center": [0, view.latitude],
        "scale": {"expr": f"min(width / {wide:.6f}, {HEIGHT} / {high:.6f})"},
        "translate": {"expr": f"[width / 2, {HEIGHT / 2:.0f}]"},
    }


def _chart(table: pd.DataFrame, places: pd.DataFrame, view: View, source: str) -> Spec:
    land = {"type": "geoshape", "fill": "#eef0ec", "stroke": "#b9beb6", "strokeWidth": 0.6, "clip": True}
    at = {name: {"field": name, "type": "quantitative"} for name in ("longitude", "latitude")}
    return {
        "params": [{"name": "step", "value": -1}],
        "projection": projection(view),
        "layer": [
            {"data": {"values": view.land()}, "mark": land},
            moving(table, source),
            {
                "data": records(places.drop(columns=["place", "people"])),
                "layer": [
                    {
                        "mark": {
                            "type": "point",
                            "filled": True,
                            "size": 30,
                            "color": "#222",
                            "opacity": 1,
                            "clip": True,
                        },
                        "encoding": {**at, "tooltip": [tip("name", "place")]},
                    },
                    *names_of_places(at),
                ],
            },
        ],
        "width": "container",
        "height": HEIGHT,
    }


def names_of_places(at: Spec) -> list[Spec]:
    """Return the layers that write the text of each row at its place: a white edge, and the letters upon it."""
    texts = {f"{k}": {"expr": f"datum.{k}"} for k in ("dx", "dy", "align")}
    text = {"type": "text", "baseline": "middle", "fontSize": 11, "clip": True, **texts}
    named = {**at, "text": {"field": "text"}}
    looks: tuple[Spec, ...] = ({"stroke": "white", "strokeWidth": 3, "opacity": 0.8}, {"color": "#111"})
    return [{"mark": text | look, "encoding": named} for look in looks]


def moving(table: pd.DataFrame, source: str) -> Spec:
    """Return the lines between places: as wide as the root of the people, in another colour against the stream.

    One scale of width serves all months, another the whole period: the widest line is as wide in both.
    """
    whole = table[table["step"] < 0].set_index(["origin", "destination"])["people"]
    against = [
        whole.get((d, o), 0.0) > whole.get((o, d), 0.0)
        for o, d in zip(table["origin"], table["destination"], strict=True)
    ]
    columns = ["step", "period", "origin_name", "destination_name", "people", "low", "high"]
    ends = ["longitude", "latitude", "longitude_to", "latitude_to"]
    month, total = (table.loc[at, "people"].max() for at in (table["step"] >= 0, table["step"] < 0))
    thick = f"1 + 11 * sqrt(datum.people / (datum.step < 0 ? {total:.1f} : {month:.1f}))"
    return {
        "data": records(table[[*columns, *ends]].assign(against=against)),
        "transform": [{"filter": "datum.step == step"}, with_source(source), {"calculate": thick, "as": "thick"}],
        "mark": {"type": "rule", "opacity": 0.6, "strokeCap": "round", "clip": True},
        "encoding": {
            **{
                f"{axis}{n}": {"field": f"{axis}{to}"}
                for axis in ("longitude", "latitude")
                for n, to in (("", ""), ("2", "_to"))
            },
            "strokeWidth": {"field": "thick", "type": "quantitative", "scale": None, "legend": None},
            "color": {
                "condition": {"test": "datum.against", "value": COLOURS["other"]},
                "value": COLOURS["simulated"],
            },
            "tooltip": [
                tip("origin_name", "from"),
                tip("destination_name", "to"),
                tip("period", "when"),
                tip("people", "people (mean)", ",.0f"),
                tip("low", "90 % from", ",.0f"),
                tip("high", "to", ",.0f"),
                tip("source", "source"),
            ],
        },
    }
