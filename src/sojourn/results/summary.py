"""Summaries of a run: quantiles over replicates by period, as tidy tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.calendar import US_FISCAL_YEAR, FiscalYear, containing, label
from sojourn.errors import nearest
from sojourn.results.codes import refuse
from sojourn.results.recording import require_whole_record

if TYPE_CHECKING:
    from sojourn.results.run import Run

__all__ = ["BY", "QUANTILES", "WHAT", "at_end", "per_period", "spread", "summarise"]

WHAT = ("stocks", "flows", "waits", "observables")
"""What can be summarised."""

BY = ("period", "month", "year", "fiscal-year", "run")
"""Periods of summaries: as recorded, calendar months and years, fiscal years, or the whole run."""

QUANTILES = (0.05, 0.5, 0.95)

_BATCH_BYTES = 64 * 2**20


def summarise(
    run: Run,
    what: str = "flows",
    by: str = "month",
    *,
    quantiles: Sequence[float] = QUANTILES,
    groups: Literal["sum", "each"] = "sum",
    fiscal: FiscalYear = US_FISCAL_YEAR,
) -> pd.DataFrame:
    """Return mean and quantiles over replicates, one row per period and stage, flow, queue or observable.

    Parameters
    ----------
    run : Run
        A run of either engine.
    what : str, optional
        One of :data:`WHAT`. Flows are added up over a period, stocks taken at its end, waits averaged over those
        who began service in it (days).
    by : str, optional
        One of :data:`BY`.
    quantiles : sequence of float, optional
        Between 0 and 1.
    groups : {"sum", "each"}, optional
        Add groups up, or return a row for each.
    fiscal : FiscalYear, optional
        The fiscal year of ``by="fiscal-year"``; that of the United States if left out.

    Returns
    -------
    pandas.DataFrame
        Columns: period, complete (False where the run covers only a part of the period), name, group (with
        ``groups="each"``), mean, and one per quantile (``q05``).

    Raises
    ------
    RunError
        R501 for an unknown option, R502 where recorded periods do not fit into the wanted ones.
    """
    values = per_period(run, what, by, groups=groups, fiscal=fiscal)
    return spread(values, quantiles)


def at_end(run: Run) -> pd.DataFrame:
    """Return people in each stage on the last day: mean and quantiles over replicates.

    Parameters
    ----------
    run : Run
        A run of either engine.

    Returns
    -------
    pandas.DataFrame
        Columns: stage, mean, and one per quantile, person. Where a run says which stages are camps, only these are
        shown, with their country and the people registered there, ``published``; missing where nothing is
        published.
    """
    table = summarise(run, "stocks", "run").drop(columns=["period", "complete"])
    if not {"camp", "country", "published_count"} <= run.has:
        return table
    camp = run.data["camp"].values
    table.insert(1, "country", run.data["country"].values)
    table.insert(2, "published", run.data["published_count"].values[-1])
    return table[camp].reset_index(drop=True)


def per_period(
    run: Run,
    what: str,
    by: str,
    *,
    groups: Literal["sum", "each"] = "sum",
    fiscal: FiscalYear = US_FISCAL_YEAR,
) -> xr.DataArray:
    """Return (replicate, time, name[, group]) with ``period`` and ``complete`` along time.

    The third dimension is that of ``what``: stage, flow, queue or observable. Waits are float64 days, missing
    where nobody began service. Raises as :func:`summarise`.
    """
    for value, allowed, where in ((what, WHAT, "what"), (by, BY, "by"), (groups, ("sum", "each"), "groups")):
        if value not in allowed:
            raise refuse(
                "R501",
                where,
                "no such option",
                found=repr(value),
                allowed=", ".join(allowed),
                nearest=nearest(str(value), allowed),
            )
    periods = _Periods(run.data, by, fiscal)
    if what == "waits":
        total, count = (_over(run.data[name], groups, periods, last=False) for name in ("wait_days", "wait_count"))
        return total / count.where(count > 0)
    if what == "observables":
        return _observables(run, periods, groups)
    return _over(run.data[what], groups, periods, last=what == "stocks")


class _Periods:
    """Recorded periods put into longer ones: those of ``data``, with ``time`` and ``period_end``."""

    def __init__(self, data: xr.Dataset, by: str, fiscal: FiscalYear) -> None:
        start = pd.DatetimeIndex(data["time"].values)
        end = pd.DatetimeIndex(data["period_end"].values)
        if by == "period":
            self.index = np.arange(len(start))
            self.label = np.array([str(day)[:10] for day in start.date])
            self.complete = np.ones(len(start), dtype=bool)
            self.start = start.values
            return
        if by == "run":
            self.index = np.zeros(len(start), dtype=np.intp)
            self.label = np.array(["run"])
            self.complete = np.array([True])
            self.start = start.values[:1]
            return
        begins, _ = containing(start.values.astype("datetime64[D]"), by, fiscal)
        again, ends = containing((end - pd.Timedelta(1, "ns")).values.astype("datetime64[D]"), by, fiscal)
        astride = np.flatnonzero(begins != again)
        if len(astride):
            raise refuse(
                "R502",
                f"time {start[astride[0]].date()}",
                f"the recorded period lies in more than one {by}",
                found=f"a period of {(end - start)[astride[0]].days} days",
                remedy="summarise by period, or record by step or month",
            )
        unique, self.index = np.unique(begins, return_inverse=True)
        first = np.flatnonzero(np.diff(self.index, prepend=-1))
        final = np.flatnonzero(np.diff(self.index, append=len(unique)))
        self.complete = (start.values[first] <= unique) & (
            end.values[final] >= ends[final] + np.timedelta64(1, "D")
        )
        self.label = np.array([label(by, day, fiscal) for day in unique.tolist()])
        self.start = start[first].values


def _over(array: xr.DataArray, groups: str, periods: _Periods, *, last: bool) -> xr.DataArray:
    """Add up an array over periods (or take its ``last`` value in each), and over groups.

    So many replicates at a time are worked on as are held in memory: the array may be larger.
    """
    first = np.flatnonzero(np.diff(periods.index, prepend=-1))
    ends = np.append(first[1:], len(periods.index)) - 1
    size = max(1, _BATCH_BYTES * array.shape[0] // max(1, array.nbytes))
    parts = []
    for start in range(0, max(1, array.shape[0]), size):
        part = array[start : start + size]
        part = part[:, ends] if last else part
        values = part.values.sum(-1) if groups == "sum" else part.values
        parts.append(values if last else np.add.reduceat(values, first, axis=1))
    dims = array.dims[:-1] if groups == "sum" else array.dims
    coords = {name: array.coords[name] for name in dims if name != "time"}
    return xr.DataArray(np.concatenate(parts), dims=dims, coords=coords, attrs=array.attrs).assign_coords(
        time=("time", periods.start), period=("time", periods.label), complete=("time", periods.complete)
    )


def _observables(run: Run, periods: _Periods, groups: str) -> xr.DataArray:
    """Return what each official series of the scenario counts, before capture, delay and noise.

    (replicate, time, observable[, group]) int64, person.
    """
    require_whole_record(run, "observables")
    table = run.provenance.get("observations", {})
    flows = _over(run.flows, "each", periods, last=False)
    stocks = _over(run.stocks, "each", periods, last=True)
    parts = []
    for seen in table.values():
        source, dim = (flows, "flow") if seen["measure"] == "flow" else (stocks, "stage")
        part = source.sel({dim: list(seen["of"])}).sum(dim)
        if seen.get("groups") is not None:
            part = part.where(part["group"].isin(list(seen["groups"])), 0)
        parts.append(part.sum("group") if groups == "sum" else part)
    if not parts:
        raise refuse("R501", "what", "the scenario of this run links no official series")
    names = xr.DataArray(np.array(list(table), dtype=np.str_), dims="observable", name="observable")
    joined = xr.concat(parts, dim=names, join="exact", coords="minimal", compat="override")
    dims = ("replicate", "time", "observable") + (("group",) if groups == "each" else ())
    return joined.transpose(*dims).assign_attrs(units="person")


def spread(values: xr.DataArray, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Return mean and quantiles over replicates as a tidy table, one row per cell of the other dimensions.

    Replicates in which the value is missing are left out; a cell missing in all is missing. Raises
    :class:`~sojourn.results.codes.RunError` R501 where a quantile is outside 0 to 1.
    """
    if not all(0 <= q <= 1 for q in quantiles):
        raise refuse("R501", "quantiles", "outside 0 to 1", found=str(tuple(quantiles)))
    data = values.values.astype(np.float64)
    counted = ~np.isnan(data)
    number = counted.sum(0)
    with np.errstate(invalid="ignore"):
        mean = np.where(counted, data, 0.0).sum(0) / np.where(number > 0, number, np.nan)
    columns = {"mean": mean} | {
        f"q{100 * q:02g}": level for q, level in zip(quantiles, _quantiles(data, quantiles), strict=True)
    }
    rest = values.dims[1:]
    index = pd.MultiIndex.from_product([values[name].values for name in rest], names=list(rest))
    table = pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)
    table = table.reset_index()
    if "time" in rest:
        for place, name in enumerate(("period", "complete")):
            labels = dict(zip(values["time"].values, values[name].values, strict=True))
            table.insert(place, name, table["time"].map(labels))
        table = table.drop(columns="time")
    return table


def _quantiles(data: np.ndarray, quantiles: Sequence[float]) -> np.ndarray:
    """Return (quantile, ...) float64, linear between order statistics, missing values left out."""
    cells = data.reshape(len(data), -1)
    levels = np.full((len(quantiles), cells.shape[1]), np.nan)
    whole = ~np.isnan(cells).any(0)
    levels[:, whole] = np.quantile(cells[:, whole], quantiles, axis=0) if whole.any() else np.nan
    for column in np.flatnonzero(~whole):
        present = cells[~np.isnan(cells[:, column]), column]
        if len(present):
            levels[:, column] = np.quantile(present, quantiles)
    return levels.reshape(len(quantiles), *data.shape[1:])
