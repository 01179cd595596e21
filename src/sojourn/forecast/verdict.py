"""Bars: what a run must reach at a station, stated beside its scenario, and whether it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sojourn.calendar import containing
from sojourn.forecast.scores import covered, log_rmse, median
from sojourn.forecast.stations import Station

__all__ = ["MEASURES", "measured"]

Mask = NDArray[np.bool_]
COLUMNS = ("station", "measure", "value", "low", "high", "sample", "periods", "verdict")


def _log_rmse(one: Station, at: Mask, least: float, _first: pd.Timestamp) -> float:
    return log_rmse(median(one.simulated[:, at]), one.published[at], least)


def _within_90(one: Station, at: Mask, _least: float, _first: pd.Timestamp) -> float:
    return covered(one.simulated[:, at], one.published[at], 0.9)


def _over(naive: str) -> Callable[[Station, Mask, float, pd.Timestamp], float]:
    def measure(one: Station, at: Mask, least: float, first: pd.Timestamp) -> float:
        predicted = one.naive(first).get(naive)
        if predicted is None:
            return float("nan")
        both = at & np.isfinite(predicted)  # the same periods for both
        return _log_rmse(one, both, least, first) / log_rmse(predicted[both], one.published[both], least)

    return measure


def _error_of_periods(one: Station, at: Mask, _least: float, _first: pd.Timestamp) -> float:
    return _largest(one.simulated[:, at], one.published[at])


def _error_of_fiscal_years(one: Station, at: Mask, _least: float, _first: pd.Timestamp) -> float:
    years, _ = containing(one.starts[at].values.astype("datetime64[D]"), "fiscal-year")
    each = [years == year for year in np.unique(years)]
    simulated = [one.simulated[:, at][:, year].sum(1) for year in each]
    return _largest(np.stack(simulated, axis=1), np.array([one.published[at][year].sum() for year in each]))


def _largest(simulated: NDArray[np.float64], published: NDArray[np.float64]) -> float:
    return float(np.abs(median(simulated) / published - 1.0).max())


MEASURES: Mapping[str, tuple[str, Callable[[Station, Mask, float, pd.Timestamp], float]]] = {
    "log-rmse": ("log-RMSE of the median", _log_rmse),
    "within-90": ("share of periods inside the 90 % band", _within_90),
    "log-rmse-over-last": ("log-RMSE over that of the last value", _over("last")),
    "log-rmse-over-upstream": ("log-RMSE over that of the upstream series", _over("upstream")),
    "error-of-fiscal-years": ("largest relative error of a fiscal-year total", _error_of_fiscal_years),
    "error-of-periods": ("largest relative error of a period", _error_of_periods),
}
"""What a bar can be about: its words, and how it is measured."""


def measured(found: Iterable[Station], bars: Iterable[Mapping[str, Any]], least: float) -> pd.DataFrame:
    """Return each bar with the value reached, as a table.

    Columns: ``station``, ``measure``, ``value`` (missing where the run has no such period), ``low`` and ``high``
    (ends of what is allowed, infinite where open), ``sample`` (what it is measured over), ``periods``, and
    ``verdict``: ``reached``, ``not reached``, or ``not measured``.
    """
    by_name = {one.name: one for one in found}
    rows = [_bar(by_name[bar["station"]], bar, least) for bar in bars if bar["station"] in by_name]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _bar(one: Station, bar: Mapping[str, Any], least: float) -> dict[str, object]:
    words, measure = MEASURES[bar["measure"]]
    first, last = pd.Timestamp(bar["first"]), _day(bar.get("last"))
    at = one.between(first, last)
    floor = ""
    if bar["measure"].startswith("log-rmse"):
        at = at & (one.published >= least)
        floor = f", at least {least:,.0f} published"
    value = measure(one, at, least, first) if at.any() else float("nan")
    low, high = (float(bar.get(key, end)) for key, end in (("low", -np.inf), ("high", np.inf)))
    span = f"{_span(one, at)}{floor}" if at.any() else "no such period in the run"
    verdict = "not measured" if np.isnan(value) else "reached" if low <= value <= high else "not reached"
    return dict(zip(COLUMNS, (one.name, words, value, low, high, span, int(at.sum()), verdict), strict=True))


def _span(one: Station, at: Mask) -> str:
    """Return the first and last month of the periods."""
    end = pd.DatetimeIndex(one.data["period_end"].values)[at][-1] - pd.Timedelta(1, "D")
    return f"{one.starts[at][0]:%b %Y} to {end:%b %Y}"


def _day(written: dt.date | None) -> pd.Timestamp | None:
    return None if written is None else pd.Timestamp(written)
