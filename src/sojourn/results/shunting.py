"""The shunting table: where the people went when a change moved a queue, stage by stage, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.results.recording import require_whole_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.results.comparison import Comparison
    from sojourn.results.run import Run

__all__ = ["LEVELS", "shunting"]

_NEVER = np.datetime64("NaT")

_LABELS = {"stage": "stage", "kind": "stage_kind", "place": "stage_place", "country": "country", "camp": "camp"}
"""What a row says of its stage, and the coordinate that says it."""

LEVELS = (0.05, 0.95)
"""Ends of the intervals over replicates."""


def shunting(comparison: Comparison, *, share: float, people: float) -> pd.DataFrame:
    """Return one row per stage: how far its stock, wait and outflow moved, and when.

    Columns: ``stage``, ``kind``, ``place``, and ``country`` and ``camp`` where the runs have them; ``stock`` (mean
    difference at the end), ``stock_low``, ``stock_high``; ``peak`` (mean difference of the stock where it is
    largest), ``peak_date``; ``first_date`` (when the stock or the outflow first moved materially), ``stock_date``
    (when the stock did); ``wait`` (difference of the mean wait of the run, days; queues only), ``wait_low``,
    ``wait_high``; ``outflow`` (difference of all who left, whole run), ``outflow_low``, ``outflow_high``. Low and
    high are the :data:`LEVELS` quantiles over replicates.

    A difference is material where its mean is at least ``people`` and at least ``share`` of the base's mean,
    and its interval excludes 0. Dates are missing where nothing moved, or not materially.
    """
    base, other = comparison.base, comparison.other
    for run in (base, other):
        require_whole_record(run, "compare")
    stocks, flows = comparison.stocks.sum("group"), comparison.flows.sum("group")
    before = base.flows.sum("group")
    time = stocks["time"].values
    rows = []
    for i, stage in enumerate(stocks["stage"].values):
        held, left = stocks.values[:, :, i], _outflow(flows, stage)
        moved = np.abs(held.mean(0))
        in_stock = _material(held, _stock(base, stage), share, people)
        in_outflow = _material(left, _outflow(before, stage), share, people)
        row: dict[str, Any] = {
            name: stocks[coordinate].values[i].item()
            for name, coordinate in _LABELS.items()
            if coordinate in stocks.coords
        }
        row |= _spread_of("stock", held[:, -1])
        row |= {
            "peak": float(held[:, moved.argmax()].mean()),
            "peak_date": time[moved.argmax()] if moved.any() else _NEVER,
            "first_date": _first(time, in_stock | in_outflow),
            "stock_date": _first(time, in_stock),
        }
        row |= _spread_of("wait", _mean_wait(other, stage) - _mean_wait(base, stage))
        rows.append(row | _spread_of("outflow", left.sum(1)))
    return pd.DataFrame(rows)


def _first(time: NDArray[Any], clear: NDArray[np.bool_]) -> Any:
    """Return the first time at which something holds, or NaT."""
    return time[clear.argmax()] if clear.any() else _NEVER


def _outflow(flows: xr.DataArray, stage: str) -> NDArray[Any]:
    """Return (replicate, time): people who left a stage."""
    return np.asarray(flows.values[:, :, flows["origin"].values == stage].sum(-1))


def _stock(run: Run, stage: str) -> NDArray[Any]:
    """Return (replicate, time): people in a stage, none where the run has no such stage."""
    return np.asarray(run.stocks.values[:, :, run.data["stage"].values == stage].sum((-2, -1)))


def _material(moved: NDArray[Any], before: NDArray[Any], share: float, people: float) -> NDArray[np.bool_]:
    """Return (time) bool: whether a difference is large enough, and its interval on one side of 0."""
    mean = np.abs(moved.mean(0))
    low, high = np.quantile(moved, LEVELS, axis=0)
    large = (mean >= people) & (mean >= share * before.mean(0))
    return np.asarray(large & ((low > 0) | (high < 0)))


def _mean_wait(run: Run, stage: str) -> NDArray[np.float64]:
    """Return (replicate) float64, days: mean wait over the run; missing where nobody began service."""
    missing = np.full(run.replicates, np.nan)
    if stage not in run.data["queue"].values:
        return missing
    days, count = (
        run.data[name].sel(queue=stage).sum(("time", "group")).values.astype(np.float64)
        for name in ("wait_days", "wait_count")
    )
    np.divide(days, count, out=missing, where=count > 0)
    return missing


def _spread_of(name: str, values: NDArray[Any]) -> dict[str, float]:
    """Return mean, low and high over the replicates in which the value is known."""
    known = values[~np.isnan(values)]
    if not len(known):
        return {name: np.nan, f"{name}_low": np.nan, f"{name}_high": np.nan}
    low, high = np.quantile(known, LEVELS)
    return {name: float(known.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
