"""Stations: what publishers counted beside what the model says they would have counted."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from sojourn.observe.link import agreement
from sojourn.report.facts import Facts, policy_table
from sojourn.report.picture import COLOURS, Picture, amounts, dated, policy_rules

__all__ = ["agreements", "band_chart", "bands", "source_of", "stations"]

_LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
LOG_LEAST = 100.0
"""Smallest published count that enters the logarithmic error."""


def bands(values: xr.DataArray) -> pd.DataFrame:
    """Return the quantiles over replicates of (replicate, time) by time: columns time, q05 ... q95."""
    data = values.values.astype(np.float64)
    known = np.isfinite(data).any(0)
    levels = np.full((len(_LEVELS), data.shape[1]), np.nan)
    levels[:, known] = np.nanquantile(data[:, known], list(_LEVELS.values()), axis=0)
    columns = dict(zip(_LEVELS, levels, strict=True))
    return pd.DataFrame({"time": values["time"].values} | columns)


def source_of(data: xr.Dataset) -> str:
    """Return series, publisher, release, table and unit of an observation in a line."""
    facts = data.attrs
    parts = [
        f"series {facts['series']}",
        facts["publisher"],
        f"release {facts['release']}" if facts["release"] else "release not stated",
        facts["source"],
        f"unit: {facts['units']}",
    ]
    return ", ".join(part for part in parts if part)


def stations(facts: Facts, fitted_to: str | None) -> list[Picture]:
    """Return a picture for each observation: bands of the simulated counts, and the published ones as dots."""
    pictures = []
    for name, data in facts.seen.items():
        table = bands(data["simulated_count"]).assign(
            period_end=data["period_end"].values,
            complete=data["complete"].values,
            published=data["observed_count"].values,
        )
        table = table[table["complete"] & (table["q50"].notna() | table["published"].notna())]
        if not len(table):
            continue
        unit, trace = str(data.attrs["units"]), source_of(data)
        known = table.dropna(subset=["published"])
        inside = (known["published"] >= known["q05"]) & (known["published"] <= known["q95"])
        said = (
            f"{data.attrs['title']}: simulated median and bands from {table['time'].min():%B %Y} to "
            f"{table['time'].max():%B %Y}, by {data.attrs['period']}; {len(known)} published figures, "
            f"{int(inside.sum())} of them inside the 90 % band."
        )
        chart = band_chart(table, facts, unit=unit, trace=trace, fitted_to=fitted_to)
        pictures.append(Picture(f"station-{name}", str(data.attrs["title"]), said, trace, chart, table))
    return pictures


def band_chart(
    table: pd.DataFrame, facts: Facts, *, unit: str, trace: str, fitted_to: str | None = None, height: int = 210
) -> alt.LayerChart:
    """Return a chart of ``q05`` to ``q95`` by ``time``, dots where ``published`` is given, and policies."""
    colour = COLOURS["simulated"]
    base = alt.Chart(table).encode(x=dated("time", facts.start, facts.end))
    tips = [
        alt.Tooltip("time:T", title="from", format="%d %b %Y"),
        alt.Tooltip("q50:Q", title=f"simulated median ({unit})", format=",.0f"),
        alt.Tooltip("q05:Q", title="90 % band from", format=",.0f"),
        alt.Tooltip("q95:Q", title="to", format=",.0f"),
    ]
    if "published" in table:
        tips.insert(1, alt.Tooltip("published:Q", title=f"published ({unit})", format=",.0f"))
    tips.append(alt.Tooltip("trace:N", title="source"))
    traced = base.transform_calculate(trace=alt.expr.toString(trace))
    axis = alt.Y("q05:Q", title=unit, axis=amounts(), scale=alt.Scale(zero=True))
    layers = [
        base.mark_area(opacity=0.18, color=colour).encode(y=axis, y2="q95:Q"),
        base.mark_area(opacity=0.32, color=colour).encode(y=alt.Y("q25:Q"), y2="q75:Q"),
        base.mark_line(color=colour, size=1.6).encode(y="q50:Q"),
    ]
    rules = policy_rules(policy_table(facts.scenario), facts.start, facts.end)
    if rules is not None:
        layers.append(rules)
    if fitted_to is not None:
        cut = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(fitted_to)], "what": ["fit ends, test begins"]}))
        layers.append(cut.mark_rule(color="#222", size=1.4).encode(x="day:T", tooltip="what:N"))
    if "published" in table and table["published"].notna().any():
        dots = traced.mark_point(filled=True, size=26, color=COLOURS["published"], opacity=0.95)
        layers.append(dots.encode(y="published:Q", tooltip=tips))
    hover = traced.mark_rule(opacity=0.001, size=9).encode(tooltip=tips)
    return alt.layer(*layers, hover).properties(width="container", height=height)


def agreements(facts: Facts, fitted_to: str | None) -> pd.DataFrame:
    """Return how far each station agrees with what was published; see :func:`sojourn.observe.link.agreement`."""
    table = agreement(facts.seen, until=fitted_to, least=LOG_LEAST)
    if not len(table):
        return table
    titles = {name: str(data.attrs["title"]) for name, data in facts.seen.items()}
    return table.assign(title=table["observation"].map(titles))
