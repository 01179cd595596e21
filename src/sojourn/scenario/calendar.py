"""Periods of official series: where they start, and which one a date falls into."""

from __future__ import annotations

import datetime as dt

__all__ = ["PERIODS", "period_index", "period_start", "starts_period"]

PERIODS: dict[str, tuple[int, int]] = {
    # period: (months, days) in it
    "day": (0, 1),
    "week": (0, 7),
    "month": (1, 0),
    "quarter": (3, 0),
    "year": (12, 0),
    "fiscal-year": (12, 0),
}


def starts_period(period: str, day: dt.date) -> bool:
    """Whether a period can start on this day; fiscal years are those of the United States, from 1 October."""
    months = {"quarter": (1, 4, 7, 10), "year": (1,), "fiscal-year": (10,)}.get(period, range(1, 13))
    return PERIODS[period][0] == 0 or (day.day == 1 and day.month in months)


def period_start(period: str, start: dt.date, index: int) -> dt.date:
    """Return the first day of the period with this number, the one that begins on ``start`` being 0."""
    months, days = PERIODS[period]
    if days:
        return start + dt.timedelta(days=days * index)
    month = start.year * 12 + start.month - 1 + months * index
    return dt.date(month // 12, month % 12 + 1, 1)


def period_index(period: str, start: dt.date, day: dt.date) -> int:
    """Return the number of the period that a day falls into, negative before ``start``."""
    months, days = PERIODS[period]
    if days:
        return (day - start).days // days
    return ((day.year - start.year) * 12 + day.month - start.month) // months
