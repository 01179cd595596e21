"""The map of places: camps, conflict zones and roads, and by month who is where and who sets out for where."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sojourn.report.camp_facts import CampFacts
from sojourn.report.charts.chart import Picture, Spec, records, tip, with_source
from sojourn.report.charts.cited import rounded
from sojourn.report.charts.road_map import (
    HEIGHT,
    LEAST,
    View,
    labelled,
    months_of,
    moving,
    names_of_places,
    projection,
    spread,
    views,
)

__all__ = ["flows_by_month", "people_by_month", "place_map"]

_TOTAL = "whole period"
_LEAST_DEGREES = 2.0
_LARGEST = 1500
_MOST = 0.9
_NEARER = 1.5
_STATES = {
    "camp": ("#2b6a99", "square"),
    "in conflict": ("#a8410f", "triangle-up"),
    "other place": ("#555", "circle"),
}
_WHERE = ["latitude", "longitude"]


def _steps(facts: CampFacts) -> list[tuple[int, str, NDArray[np.int64]]]:
    """Return the steps of the map: number, name and days; -1 is the whole period."""
    months = months_of(facts)
    return [(-1, _TOTAL, np.arange(facts.scenario.days)), *((i, *item) for i, item in enumerate(months.items()))]


def flows_by_month(facts: CampFacts) -> pd.DataFrame:
    """Return the people who set out from place to place by month: mean and 90 % over replicates.

    Columns: step, period, origin, destination, people, low, high. Fewer than :data:`LEAST` are left out.
    """
    flows = facts.run.flows.sum("group")
    pairs: dict[tuple[str, str], list[int]] = {}
    ends = zip(map(str, flows["origin"].values), map(str, flows["destination"].values), strict=True)
    for i, pair in enumerate(ends):
        pairs.setdefault(pair, []).append(i)
    rows = []
    for step, text, days in _steps(facts):
        people = flows.values[:, days].sum(1)
        rows += [(step, text, *pair, *spread(people[:, which].sum(1))) for pair, which in pairs.items()]
    columns = ["step", "period", "origin", "destination", "people", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame[frame["people"] >= LEAST].reset_index(drop=True)


def people_by_month(facts: CampFacts) -> pd.DataFrame:
    """Return who is at each place at the end of each month, and what the place is: step -1 is the end of the run.

    Columns: step, period, place, country, state (camp, in conflict, other place), people, low, high; people are
    missing where they are fewer than :data:`LEAST`.
    """
    data = facts.run.data
    stocks = facts.run.stocks.sum("group").values
    rows = []
    for step, text, days in _steps(facts):
        people = stocks[:, days[-1]]
        at_war = np.asarray(facts.conflict[days].any(0))
        for i, (place, country, camp) in enumerate(
            zip(data["stage"].values, data["country"].values, data["camp"].values, strict=True)
        ):
            state = "in conflict" if at_war[i] else "camp" if camp else "other place"
            mean, low, high = spread(people[:, i])
            known = (mean, low, high) if mean >= LEAST else (np.nan, np.nan, np.nan)
            rows.append((step, text, str(place), str(country), state, *known))
    return pd.DataFrame(rows, columns=["step", "period", "place", "country", "state", "people", "low", "high"])


def place_map(facts: CampFacts) -> list[Picture]:
    """Return the map of all places, and one from nearer where some lie far away."""
    data = facts.run.data
    spots = pd.DataFrame({"name": data["stage"].values.astype(str)} | {n: data[n].values for n in _WHERE})
    flows, places = flows_by_month(facts), people_by_month(facts)
    most = places.groupby("place")["people"].max().reindex(spots["name"]).fillna(0.0).to_numpy()
    spots = spots.assign(people=most + data["camp"].values * 1e-3).sort_values("people", ascending=False)
    at = spots.set_index("name")[_WHERE]
    table = flows.join(at, on="origin").join(at.add_suffix("_to"), on="destination")
    table = table.assign(origin_name=table["origin"], destination_name=table["destination"])
    top = flows[flows["step"] == -1].sort_values("people", ascending=False).head(5)
    busiest = "; ".join(f"{r['origin']} to {r['destination']} {rounded(r['people'])}" for _, r in top.iterrows())
    source = facts.about("people at places at the end of the month, and who set out in it, mean over replicates")
    steps = tuple(text for _, text, _ in _steps(facts))
    written = pd.concat(
        [flows.assign(what="set out"), places.rename(columns={"place": "origin"}).assign(what="there")]
    )
    found = []
    for i, view in enumerate(_views(spots)):
        name, title = ("map", "The map, month by month") if i == 0 else ("map-near", "The map from nearer")
        said = (
            f"Map of {len(spots)} places, {len(facts.camps)} of them camps. Circles are people at a place, lines "
            f"people who set out. Most set out, over the whole period: {busiest or 'nobody'}."
        )
        chart = _chart(facts, (table, places.join(at, on="place"), spots), view, source)
        found.append(Picture(name, title, said, source, chart, written, steps=steps))
    return found


def _views(spots: pd.DataFrame) -> list[View]:
    """Return the view of all places, and one of most of them where a few far away make it small."""
    found = views(spots, _LEAST_DEGREES)
    if len(found) == 1:
        away = ((spots[_WHERE] - spots[_WHERE].median()) ** 2).sum(axis=1).sort_values(kind="stable")
        most = spots.loc[away.index[: max(3, int(_MOST * len(away)))]]
        near = views(most, _LEAST_DEGREES)[0]
        if near.pixels > _NEARER * found[0].pixels:
            found.append(near)
    return found


def _roads(facts: CampFacts, spots: pd.DataFrame) -> pd.DataFrame:
    at = spots.set_index("name")[_WHERE]
    roads = pd.DataFrame(
        [(r.name1, r.name2, r.distance_km) for r in facts.scenario.routes], columns=["a", "b", "km"]
    )
    return roads.join(at, on="a").join(at.add_suffix("_to"), on="b")


def _chart(
    facts: CampFacts, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], view: View, source: str
) -> Spec:
    flows, places, spots = tables
    land = {"type": "geoshape", "fill": "#f3f4f1", "stroke": "#b9beb6", "strokeWidth": 0.6, "clip": True}
    at = {name: {"field": name, "type": "quantitative"} for name in _WHERE}
    ends = {f"{name}2": {"field": f"{name}_to"} for name in _WHERE}
    road = {"type": "rule", "color": "#9aa0a6", "strokeWidth": 0.8, "clip": True}
    road_tips = [tip("a", "road between"), tip("b", "and"), tip("km", "km", ",.0f")]
    names = labelled(spots, view).drop(columns=["people"])
    return {
        "params": [{"name": "step", "value": -1}],
        "projection": projection(view),
        "layer": [
            {"data": {"values": view.land()}, "mark": land},
            {"data": records(_roads(facts, spots)), "mark": road, "encoding": {**at, **ends, "tooltip": road_tips}},
            moving(flows, source),
            _people(places, source),
            *({"data": records(names), **layer} for layer in names_of_places(at)),
        ],
        "width": "container",
        "height": HEIGHT,
    }


def _people(places: pd.DataFrame, source: str) -> Spec:
    """Return the places, marked by what they are in the month, in circles whose area is the people there."""
    at = {name: {"field": name, "type": "quantitative"} for name in _WHERE}
    top = float(np.nanmax([1.0, *places["people"]]))
    looks = {
        channel: {
            "field": "state",
            "type": "nominal",
            "scale": {"domain": list(_STATES), "range": [look[i] for look in _STATES.values()]},
            "legend": {"offset": 4, "symbolSize": 70},
        }
        for i, channel in enumerate(("color", "shape"))
    }
    tips = [
        tip("place", "place"),
        tip("country", "in"),
        tip("state", "is"),
        tip("period", "when"),
        tip("people", "people at the end (mean)", ",.0f"),
        tip("low", "90 % from", ",.0f"),
        tip("high", "to", ",.0f"),
        tip("source", "source"),
    ]
    circle = {"type": "circle", "color": "#2b6a99", "opacity": 0.25, "stroke": "#2b6a99", "clip": True}
    area = {"domain": [0, top], "range": [0, _LARGEST]}
    size = {"field": "people", "type": "quantitative", "legend": None, "scale": area}
    return {
        "data": records(places),
        "transform": [{"filter": "datum.step == step"}, with_source(source)],
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.people)"}],
                "mark": circle,
                "encoding": {**at, "size": size, "tooltip": tips},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "clip": True},
                "encoding": {**at, **looks, "tooltip": tips},
            },
        ],
    }
