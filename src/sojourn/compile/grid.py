"""The steps of a scenario: their dates, and the record periods they fall into."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.scenario.model import Time

__all__ = ["Grid", "make_grid"]


@dataclass(frozen=True)
class Grid:
    """Steps and periods; step t begins ``t * step_days`` after the start."""

    step_days: float
    day: NDArray[np.datetime64]  # (time) date on which each step begins
    month: NDArray[np.int64]  # (time) 0..11
    weekday: NDArray[np.int64]  # (time) Monday is 0
    period_of: NDArray[np.int64]  # (time)
    period_start: NDArray[np.datetime64]  # (period) ns
    record: str

    @property
    def n_step(self) -> int:
        """Number of steps."""
        return len(self.day)

    def steps_from(self, date: dt.date) -> float:
        """Return how many steps after the start a date begins; may be negative or a fraction."""
        return float((np.datetime64(date, "D") - self.day[0]).astype(int)) / self.step_days


def make_grid(time: Time, record: str | None = None) -> Grid:
    """Return the grid of a scenario's time.

    Parameters
    ----------
    time : Time
        The scenario's time, resolved.
    record : str, optional
        Period recorded, in place of the scenario's: step, week (from the start) or calendar month.

    Returns
    -------
    Grid
        The grid.
    """
    record = record or time.record
    start = np.datetime64(time.start, "D")
    days = int((np.datetime64(time.end, "D") - start).astype(int)) + 1
    n_step = max(1, int(np.floor(days / time.step_days + 1e-9)))
    offset = np.arange(n_step) * time.step_days
    whole_days = np.floor(offset + 1e-9).astype(int)
    day = start + whole_days.astype("timedelta64[D]")
    months = day.astype("datetime64[M]")
    if record == "month":
        period_of = (months - months[0]).astype(np.int64)
        period_start = np.maximum(np.unique(months).astype("datetime64[D]"), start).astype("datetime64[ns]")
    elif record == "week":
        period_of = (whole_days // 7).astype(np.int64)
        period_start = (start + 7 * np.unique(period_of).astype("timedelta64[D]")).astype("datetime64[ns]")
    else:
        period_of = np.arange(n_step)
        period_start = start.astype("datetime64[ns]") + np.rint(offset * 86_400e9).astype("timedelta64[ns]")
    return Grid(
        step_days=float(time.step_days),
        day=day,
        month=(months.astype(np.int64) % 12).astype(np.int64),
        weekday=((day.astype(np.int64) + 3) % 7).astype(np.int64),
        period_of=np.asarray(period_of, np.int64),
        period_start=period_start,
        record=record,
    )
