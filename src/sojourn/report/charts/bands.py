"""Bands over time: quantiles of the replicates, published counts as dots, policies on the same axis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.report.charts.chart import AMOUNTS, COLOURS, Spec, dated, records, tip, with_source
from sojourn.report.charts.policy_bars import policy_bars
from sojourn.report.facts import Facts

__all__ = ["band_chart", "bands"]

_LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


def bands(values: xr.DataArray) -> pd.DataFrame:
    """Return the quantiles over replicates of (replicate, time) by time: columns time, q05 ... q95."""
    data = values.values.astype(np.float64)
    known = np.isfinite(data).any(0)
    levels = np.full((len(_LEVELS), data.shape[1]), np.nan)
    levels[:, known] = np.nanquantile(data[:, known], list(_LEVELS.values()), axis=0)
    columns = dict(zip(_LEVELS, levels, strict=True))
    return pd.DataFrame({"time": values["time"].values} | columns)


def band_chart(table: pd.DataFrame, facts: Facts, *, unit: str, source: str, height: int = 210) -> Spec:
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
        tip("source", "source"),
    ]
    with_dots = "published" in table and bool(table["published"].notna().any())
    if with_dots:
        tips.insert(1, tip("published", f"published ({unit})", ",.0f"))
    axis = {"labelExpr": AMOUNTS, "titleY": -10}
    layers: list[Spec] = [
        _area("q05", "q95", colour, 0.18, {"title": unit, "axis": axis}),
        _area("q25", "q75", colour, 0.32, {}),
        {"mark": {"type": "line", "color": colour, "strokeWidth": 1.6}, "encoding": {"y": _amount("q50")}},
        *policy_bars(facts.policies, facts.start, facts.end, height),
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
        "transform": [with_source(source)],
        "encoding": {"x": dated("at", facts.start, facts.end)},
        "layer": layers,
        "width": "container",
        "height": height,
    }


def _end_of_fit(facts: Facts) -> list[Spec]:
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
