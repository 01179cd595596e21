"""Calendar periods by number and by name: days, ISO weeks, months, quarters and years, counted from 1900."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
from numpy.typing import NDArray

__all__ = ["period_label", "period_numbers", "read_period"]

_ORIGIN = dt.date(1900, 1, 1)
"""A Monday, the first day of a month, quarter and year."""
_FORMS = {
    "day": re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
    "week": re.compile(r"(\d{4})-W(\d\d)"),
    "month": re.compile(r"(\d{4})-(\d\d)"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "year": re.compile(r"(\d{4})"),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_numbers(every: str, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the number of the period in which each day lies, counted from that of 1 January 1900."""
    if every in _MONTHS:
        months = days.astype("datetime64[M]").astype(np.int64) + (1970 - _ORIGIN.year) * 12
        return np.asarray(months // _MONTHS[every], np.int64)
    since = (days.astype("datetime64[D]") - np.datetime64(_ORIGIN, "D")).astype(np.int64)
    return np.asarray(since // (7 if every == "week" else 1), np.int64)


def period_label(every: str, number: int) -> str:
    """Return the name of a period: ``2023-05-14``, ``2023-W19``, ``2023-05``, ``2023-Q2`` or ``2023``."""
    if every in _MONTHS:
        year, month = divmod(number * _MONTHS[every], 12)
        year += _ORIGIN.year
        return {"month": f"{year}-{month + 1:02d}", "quarter": f"{year}-Q{month // 3 + 1}"}.get(every, str(year))
    day = _ORIGIN + dt.timedelta(days=number * (7 if every == "week" else 1))
    if every == "day":
        return day.isoformat()
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def read_period(text: str) -> tuple[str, int]:
    """Return the sort and the number of a period from its name.

    Raises
    ------
    ValueError
        If the text names no period.
    """
    for every, form in _FORMS.items():
        if (found := form.fullmatch(text)) is not None:
            first, *rest = map(int, found.groups())
            if every == "week":
                day = dt.date.fromisocalendar(first, rest[0], 1)
            else:
                month = rest[0] * 3 - 2 if every == "quarter" else (*rest, 1)[0]
                day = dt.date(first, month, rest[1] if every == "day" else 1)
            return every, int(period_numbers(every, np.array([day], "datetime64[D]"))[0])
    raise ValueError(f"not a day, week, month, quarter or year: {text}")
