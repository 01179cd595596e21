"""Agreement of a run with published figures, station by station, before and after the end of the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sojourn.calendar import period_index
from sojourn.forecast.naive import last_value, times_upstream
from sojourn.forecast.scores import covered, crps, log_rmse, log_score, median
from sojourn.scenario import Scenario

__all__ = ["Station", "agreement", "stations"]

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Station:
    """An observation of a run: what its publisher counted, and what the replicates say it would have counted."""

    name: str
    data: xr.Dataset
    upstream: F64 | None = None
    """(time) float64: the published series upstream, missing where not published."""

    @cached_property
    def published(self) -> F64:
        """Published counts: (time) float64."""
        return np.asarray(self.data["published_count"].values)

    @cached_property
    def simulated(self) -> F64:
        """Simulated counts, those too small to be published as zero: (replicate, time) float64."""
        values: F64 = np.nan_to_num(self.data["simulated_count"].values)
        return values

    @property
    def starts(self) -> pd.DatetimeIndex:
        """First days of the periods."""
        return pd.DatetimeIndex(self.data["time"].values)

    def between(self, first: pd.Timestamp | None = None, last: pd.Timestamp | None = None) -> Mask:
        """Return the periods that are published, lie whole in the run, and end after ``first``, by ``last``."""
        ends = pd.DatetimeIndex(self.data["period_end"].values)
        at = np.asarray(self.data["complete"].values & np.isfinite(self.published))
        if first is not None:
            at &= ends > first
        return at if last is None else at & (ends <= last + pd.Timedelta(1, "D"))

    def naive(self, split: pd.Timestamp) -> dict[str, F64]:
        """Return the naive predictions from figures of periods that end by ``split``: name to (time) float64."""
        known = np.asarray(pd.DatetimeIndex(self.data["period_end"].values) <= split)
        found = {"last": last_value(self.published, known)}
        if self.upstream is not None:
            found["upstream"] = times_upstream(self.published, self.upstream, known)
        return found

    def log_scores(self, at: Mask) -> F64:
        """Return the log score of each of the periods; missing for a station without noise."""
        noise = str(self.data.attrs["noise"])
        if noise == "none":
            return np.full(int(at.sum()), np.nan)
        size = self.data["dispersion"].values[:, at] if noise == "negative-binomial" else None
        expected = self.data["expected_count"].values[:, at]
        return log_score(expected, size, self.published[at], float(self.data.attrs["rounding"]))


def stations(
    scenario: Scenario, seen: Mapping[str, xr.Dataset], upstream: Mapping[str, str] | None = None
) -> list[Station]:
    """Return the stations of a run from its scenario and what is seen of it; ``upstream`` names their series."""
    series = upstream or {}
    return [
        Station(name, data, _values(scenario, series[name], data) if name in series else None)
        for name, data in seen.items()
    ]


def _values(scenario: Scenario, name: str, data: xr.Dataset) -> F64:
    """Return a series by the periods of a station: (time) float64, missing where not published."""
    series = scenario.series[name]
    known = dict(enumerate(series.values))
    at = [period_index(series.period, series.start, day.date()) for day in pd.DatetimeIndex(data["time"].values)]
    values = [known.get(i) for i in at]
    return np.array([np.nan if v is None else float(v) for v in values])


def agreement(
    scenario: Scenario,
    seen: Mapping[str, xr.Dataset],
    split: pd.Timestamp | None = None,
    *,
    least: float = 1.0,
    upstream: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return how far published and simulated counts agree, one row for each station and span.

    See :mod:`sojourn.forecast.scores` and :mod:`sojourn.forecast.naive`.

    Parameters
    ----------
    scenario : Scenario
        The scenario of the run, resolved.
    seen : Mapping[str, xarray.Dataset]
        What :func:`sojourn.observation.by_station` gives of the run.
    split : pandas.Timestamp, optional
        First day of the test.
    least : float, optional
        Smallest published count that enters a logarithmic error.
    upstream : Mapping[str, str], optional
        Name of the series upstream of a station, for its naive predictor.

    Returns
    -------
    pandas.DataFrame
        Columns: ``observation``; ``span`` (``fit`` for periods that end by the date ``split``, ``test`` after it;
        ``all`` without one); ``first`` and ``last`` period compared; ``periods`` (published, and whole in the run);
        ``within_50`` and ``within_90`` (share of them inside the central bands over replicates); ``log_rmse`` of
        the median, over the ``log_periods`` with at least ``least`` published; ``ratio`` (sum of medians over sum
        of published); ``crps`` (mean, in the unit of the series); ``log_score`` (mean); then, out of sample, the
        naive predictors: ``log_rmse_last``, ``log_rmse_upstream``, ``crps_last`` and ``crps_upstream``.
    """
    rows = []
    for one in stations(scenario, seen, upstream):
        spans = (
            {"all": one.between()}
            if split is None
            else {"fit": one.between(last=split - pd.Timedelta(1, "D")), "test": one.between(split)}
        )
        naive = one.naive(split) if split is not None else {}
        rows += [_row(one, span, at, least, naive if span == "test" else {}) for span, at in spans.items()]
    return pd.DataFrame(rows)


def _row(one: Station, span: str, at: Mask, least: float, naive: dict[str, F64]) -> dict[str, object]:
    published, simulated = one.published[at], one.simulated[:, at]
    any_at = bool(at.any())
    middle, known = median(simulated), one.starts[at]
    row: dict[str, object] = {
        "observation": one.name,
        "span": span,
        "first": known[0] if any_at else pd.NaT,
        "last": known[-1] if any_at else pd.NaT,
        "periods": int(at.sum()),
        "within_50": covered(simulated, published, 0.5),
        "within_90": covered(simulated, published, 0.9),
        "log_rmse": log_rmse(middle, published, least),
        "log_periods": int((published >= max(least, 1.0)).sum()),
        "ratio": float(middle.sum() / published.sum()) if published.sum() else np.nan,
        "crps": float(crps(simulated, published).mean()) if any_at else np.nan,
        "log_score": float(one.log_scores(at).mean()) if any_at else np.nan,
    }
    for name in ("last", "upstream"):
        predicted = naive[name][at] if name in naive else np.full(len(published), np.nan)
        row[f"log_rmse_{name}"] = log_rmse(predicted, published, least)
        error = np.abs(predicted - published)
        row[f"crps_{name}"] = float(np.nanmean(error)) if np.isfinite(error).any() else np.nan
    return row
