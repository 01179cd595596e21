"""Camps of a walk run: registered beside simulated people, and the error by day beside that of baselines."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sojourn.flee import camp_differences, forecasts
from sojourn.report.charts.chart import COLOURS, Picture, Spec, dated, records, tip, traced
from sojourn.report.charts.cited import rounded
from sojourn.report.sections.stations import band_chart, bands
from sojourn.report.walk_facts import WalkFacts

__all__ = ["anchor", "camps", "errors"]

_POINTS = 180
_RUN = "the run"
_LINES = {"shares of day 0": "#a8410f", "persistence 30 days": "#7a4b94", "persistence 90 days": "#6f8f2f"}


def anchor(name: str) -> str:
    """Return a name as part of a file name: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "place"


def camps(facts: WalkFacts) -> list[Picture]:
    """Return a picture for all camps together and for each of them: bands by day, registrations as dots.

    Dots stand where the folder has a report; bands are drawn on these days and on some between.
    """
    names = facts.camps
    pictures = []
    if len(names) > 1:
        any_report = np.any([facts.reported(name) for name in names], axis=0)
        total = facts.people.sum("place")
        registered = facts.registered.sum("place").values
        pictures.append(_camp(facts, "camps", "All camps together", total, registered, any_report))
    taken: set[str] = set()
    for i, name in enumerate(names):
        key = anchor(name) if anchor(name) not in taken else f"{anchor(name)}-{i}"
        taken.add(key)
        registered = facts.registered.sel(place=name).values
        title = f"{name}, {facts.people['country'].values[i]}"
        people = facts.people.sel(place=name)
        pictures.append(_camp(facts, f"camp-{key}", title, people, registered, facts.reported(name), name))
    return pictures


def _camp(
    facts: WalkFacts,
    name: str,
    title: str,
    people: xr.DataArray,
    registered: NDArray[np.float64],
    reported: NDArray[np.bool_],
    camp: str = "",
) -> Picture:
    table = bands(people)
    table["published"] = np.where(reported, registered, np.nan)
    thinned = np.zeros(len(table), bool)
    thinned[:: max(1, len(table) // _POINTS)] = True
    known = table[reported]
    inside = (known["published"] >= known["q05"]) & (known["published"] <= known["q95"])
    table = table[thinned | reported | (np.arange(len(table)) == len(table) - 1)].reset_index(drop=True)
    last = table.iloc[-1]
    said = (
        f"By day. At the end {rounded(last['q50'])} people simulated (90 % band {rounded(last['q05'])} to "
        f"{rounded(last['q95'])}), {rounded(float(registered[-1]))} registered. {len(known)} reports, "
        f"{int(inside.sum())} of them inside the 90 % band."
    )
    source = facts.published(camp) if camp else "registered in all camps; unit: person"
    trace = f"{source}; bands: {facts.trace}"
    chart = band_chart(table, facts, unit="person", trace=trace)
    return Picture(name, title, said, trace, chart, table)


def errors(facts: WalkFacts) -> Picture:
    """Return the picture of the error by day: the run's with its spread, and those of forecasts without a model."""
    observed = facts.run.observed.fillna(0.0).values
    time = facts.run.data["time"].values
    run = camp_differences(facts.run.camps.values, observed, rescaled=True).sum(axis=2)
    low, middle, high = np.quantile(run, (0.05, 0.5, 0.95), axis=0)
    columns = {"time": time, "who": _RUN, "error": middle, "low": low, "high": high}
    tables = [pd.DataFrame(columns)]
    for name, forecast in forecasts(observed).items():
        error = camp_differences(forecast, observed, rescaled=False).sum(axis=2)[0]
        tables.append(pd.DataFrame({"time": time, "who": name, "error": error, "low": np.nan, "high": np.nan}))
    whole = pd.concat(tables, ignore_index=True)
    steps = np.zeros(len(time), bool)
    steps[:: max(1, len(time) // _POINTS)] = True
    drawn = whole[np.tile(steps, len(tables))]
    means = ", ".join(
        f"{who} {error:.3g}" for who, error in whole.groupby("who", sort=False)["error"].mean().items()
    )
    said = f"Relative difference of camps by day; mean over days: {means}. Less is better; 2 is the most it can be."
    trace = facts.about("sum over camps of |simulated - registered| / all registered, totals made equal", "share")
    return Picture("errors", "Error by day", said, trace, _lines(drawn, facts, trace), whole)


def _lines(table: pd.DataFrame, facts: WalkFacts, trace: str) -> Spec:
    colours = {_RUN: COLOURS["simulated"]} | _LINES
    names = list(dict.fromkeys(table["who"]))
    dashes = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2]]
    scale = {"domain": names, "range": [colours[name] for name in names]}
    value = {"field": "error", "type": "quantitative", "title": "share", "axis": {"titleY": -10}}
    tips = [
        tip("who", "of"),
        tip("time", "on", "%d %b %Y"),
        tip("error", "error", ".3f"),
        tip("low", "90 % from", ".3f"),
        tip("high", "to", ".3f"),
        tip("trace", "source"),
    ]
    area = {"type": "area", "color": COLOURS["simulated"], "opacity": 0.25}
    return {
        "data": records(table),
        "transform": [traced(trace)],
        "encoding": {"x": dated("time", facts.start, facts.end), "tooltip": tips},
        "layer": [
            {
                "transform": [{"filter": f"datum.who == '{_RUN}'"}],
                "mark": area,
                "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "strokeWidth": 1.8},
                "encoding": {
                    "y": value,
                    "color": {
                        "field": "who",
                        "type": "nominal",
                        "scale": scale,
                        "legend": {"offset": 32, "columns": 2},
                    },
                    "strokeDash": {
                        "field": "who",
                        "type": "nominal",
                        "scale": {"domain": names, "range": dashes[: len(names)]},
                        "legend": None,
                    },
                },
            },
        ],
        "width": "container",
        "height": 210,
    }
