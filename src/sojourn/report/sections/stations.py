"""Stations: what publishers counted beside what the model says they would have counted."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.report.charts.chart import AMOUNTS, COLOURS, Picture, Spec, dated, records, tip, traced
from sojourn.report.charts.policy_strip import policy_strip
from sojourn.report.facts import Facts

__all__ = ["Dated", "band_chart", "bands", "source_of", "stations"]


class Dated(Protocol):
    """What a chart over time stands in: the period, policies by date, and the last day that a fit has seen."""

    @property
    def start(self) -> pd.Timestamp:
        """First day."""

    @property
    def end(self) -> pd.Timestamp:
        """First moment after the last period."""

    @property
    def last_day(self) -> pd.Timestamp:
        """Last day."""

    @property
    def fitted_to(self) -> pd.Timestamp | None:
        """Last day that the fit has seen, where that is known."""

    @property
    def policies(self) -> pd.DataFrame:
        """Policies by date, as :func:`sojourn.report.facts.policy_table` returns them."""


_LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


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


def stations(facts: Facts) -> list[Picture]:
    """Return a picture for each observation: bands of the simulated counts, and the published ones as dots."""
    pictures = []
    for name, data in facts.seen.items():
        table = bands(data["simulated_count"]).assign(
            period_end=data["period_end"].values,
            complete=data["complete"].values,
            published=data["observed_count"].values,
            # A flow is drawn in the middle of its period, a stock at its end.
            at=_moment(data),
        )
        table = table[table["complete"] & (table["q50"].notna() | table["published"].notna())]
        if not len(table):
            continue
        unit, trace = str(data.attrs["units"]), source_of(data)
        known = table.dropna(subset=["published"])
        inside = (known["published"] >= known["q05"]) & (known["published"] <= known["q95"])
        said = (
            f"By {data.attrs['period']}, {table['time'].min():%B %Y} to {table['time'].max():%B %Y}: {len(known)} "
            f"published figures, {int(inside.sum())} of them inside the 90 % band."
        )
        chart = band_chart(table, facts, unit=unit, trace=trace)
        pictures.append(Picture(f"station-{name}", str(data.attrs["title"]), said, trace, chart, table))
    return pictures


def _moment(data: xr.Dataset) -> pd.DatetimeIndex:
    start, end = pd.DatetimeIndex(data["time"].values), pd.DatetimeIndex(data["period_end"].values)
    return end if data.attrs["measure"] == "stock" else start + (end - start) / 2


def band_chart(table: pd.DataFrame, facts: Dated, *, unit: str, trace: str, height: int = 210) -> Spec:
    """Return a chart of ``q05`` to ``q95`` by ``time``, dots where ``published`` is given, and policies.

    Marks stand at ``at``, or at the first day of the period where there is no such column.
    """
    drawn = table if "at" in table else table.assign(at=table["time"])
    colour = COLOURS["simulated"]
    tips = [
        tip("time", "from", "%d %b %Y"),
        tip("q50", f"simulated median ({unit})", ",.0f"),
        tip("q05", "90 % band from", ",.0f"),
        tip("q95", "to", ",.0f"),
        tip("trace", "source"),
    ]
    with_dots = "published" in table and bool(table["published"].notna().any())
    if with_dots:
        tips.insert(1, tip("published", f"published ({unit})", ",.0f"))
    axis = {"labelExpr": AMOUNTS, "titleY": -10}
    layers: list[Spec] = [
        _area("q05", "q95", colour, 0.18, {"title": unit, "axis": axis}),
        _area("q25", "q75", colour, 0.32, {}),
        {"mark": {"type": "line", "color": colour, "strokeWidth": 1.6}, "encoding": {"y": _amount("q50")}},
        *policy_strip(facts.policies, facts.start, facts.end, height),
    ]
    if with_dots:
        layers += _end_of_fit(facts)
    if with_dots:
        dot = {"type": "point", "filled": True, "size": 26, "color": COLOURS["published"], "opacity": 0.95}
        layers.append({"mark": dot, "encoding": {"y": _amount("published"), "tooltip": tips}})
    # An unseen line at every period shows the figures wherever the pointer is.
    layers.append({"mark": {"type": "rule", "opacity": 0.001, "size": 9}, "encoding": {"tooltip": tips}})
    return {
        "data": records(drawn),
        "transform": [traced(trace)],
        "encoding": {"x": dated("at", facts.start, facts.end)},
        "layer": layers,
        "width": "container",
        "height": height,
    }


def _end_of_fit(facts: Dated) -> list[Spec]:
    """Return a line where the fit ends and the test begins, if that is known."""
    if facts.fitted_to is None:
        return []
    cut = {"values": [{"day": facts.fitted_to.isoformat(), "what": "the fit ends here, the test begins"}]}
    where = {"x": {"field": "day", "type": "temporal"}, "tooltip": [tip("what", "note")]}
    return [{"data": cut, "mark": {"type": "rule", "color": COLOURS["ink"], "size": 1.4}, "encoding": where}]


def _amount(name: str) -> Spec:
    return {"field": name, "type": "quantitative"}


def _area(low: str, high: str, colour: str, opacity: float, more: Spec) -> Spec:
    mark = {"type": "area", "color": colour, "opacity": opacity}
    return {"mark": mark, "encoding": {"y": _amount(low) | more, "y2": {"field": high}}}
