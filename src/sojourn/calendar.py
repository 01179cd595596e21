"""Periods of the calendar: kinds, where they start and end, which one a day falls into, and how they are written.

The only place that knows months, quarters, years and fiscal years. Fiscal years are those of the United States
(October to September, named by the year in which they end) unless another :class:`FiscalYear` is given.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = [
    "DAYS",
    "FIRST_DAY",
    "LAST_DAY",
    "MONTHS",
    "PERIODS",
    "US_FISCAL_YEAR",
    "Days",
    "FiscalYear",
    "Period",
    "containing",
    "label",
    "made_of",
    "period_end",
    "period_ends",
    "period_index",
    "period_start",
    "period_starts",
    "read_period",
    "starts_period",
]

Days = np.ndarray[Any, np.dtype[np.datetime64]]

MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12, "calendar-year": 12, "fiscal-year": 12}
"""Kinds of period that are whole months, and how many months they have."""

DAYS: dict[str, int] = {"day": 1, "week": 7}
"""Kinds of period that are whole days, and how many days they have."""

FIRST_DAY, LAST_DAY = dt.date(1678, 1, 1), dt.date(2261, 12, 31)
"""The years that are whole within what 64 bits count in nanoseconds, by which xarray and pandas label time."""

PERIODS = (*DAYS, *MONTHS)
"""Kinds of period, finest first."""

_MADE_OF = {
    "day": ("day",),
    "month": ("month", "day"),
    "quarter": ("quarter", "month", "day"),
    "calendar-year": ("calendar-year", "quarter", "month", "day"),
    "fiscal-year": ("fiscal-year", "quarter", "month", "day"),
    "span": ("span",),
}


@dataclass(frozen=True)
class FiscalYear:
    """A year of accounts.

    Attributes
    ----------
    first_month : int
        The month in which it begins: 10 in the United States, 4 in the United Kingdom and India, 7 in Australia.
    named_by : {"end", "start"}
        Whether it has the number of the calendar year in which it ends or begins.
    """

    first_month: int = 10
    named_by: Literal["end", "start"] = "end"

    def __post_init__(self) -> None:
        if not 1 <= self.first_month <= 12 or self.named_by not in ("end", "start"):
            raise ValueError(f"no fiscal year: first month {self.first_month}, named by its {self.named_by}")

    @property
    def _ahead(self) -> int:
        """By how much its number is ahead of the calendar year in which it begins."""
        return 1 if self.named_by == "end" and self.first_month > 1 else 0

    def start(self, year: int) -> dt.date:
        """Return the first day of a fiscal year.

        Parameters
        ----------
        year : int
            The fiscal year, by the calendar year that names it.

        Returns
        -------
        datetime.date
            Its first day.
        """
        return dt.date(year - self._ahead, self.first_month, 1)

    def end(self, year: int) -> dt.date:
        """Return the last day of a fiscal year.

        Parameters
        ----------
        year : int
            The fiscal year, by the calendar year that names it.

        Returns
        -------
        datetime.date
            Its last day.
        """
        return self.start(year + 1) - dt.timedelta(days=1)

    def of(self, day: dt.date) -> int:
        """Return the fiscal year in which a day falls.

        Parameters
        ----------
        day : datetime.date
            Any day.

        Returns
        -------
        int
            The fiscal year, by the calendar year that names it.
        """
        return day.year - (day.month < self.first_month) + self._ahead

    def years(self, days: Days) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the fiscal year in which each day falls.

        Parameters
        ----------
        days : ndarray
            datetime64[D] of any shape.

        Returns
        -------
        ndarray
            int64 of the same shape: fiscal years, each by the calendar year that names it.
        """
        months = days.astype("datetime64[M]").astype(np.int64) + 1 - self.first_month
        return np.asarray(months // 12 + 1970 + self._ahead)


US_FISCAL_YEAR = FiscalYear()


def starts_period(period: str, day: dt.date, fiscal: FiscalYear = US_FISCAL_YEAR) -> bool:
    """Tell whether a period of a kind can start on a day.

    Parameters
    ----------
    period : str
        The kind of period.
    day : datetime.date
        Any day.
    fiscal : FiscalYear, optional
        The fiscal year of the kind ``fiscal-year``; that of the United States if left out.

    Returns
    -------
    bool
        Whether it can.
    """
    if period in DAYS:
        return True
    first = fiscal.first_month if period == "fiscal-year" else 1
    return day.day == 1 and (day.month - first) % MONTHS[period] == 0


def period_start(period: str, start: dt.date, index: int) -> dt.date:
    """Return the first day of the period with a number.

    Parameters
    ----------
    period : str
        The kind of period.
    start : datetime.date
        First day of period 0.
    index : int
        Number of the period; it may be negative.

    Returns
    -------
    datetime.date
        Its first day.
    """
    if period in DAYS:
        return start + dt.timedelta(days=DAYS[period] * index)
    month = start.year * 12 + start.month - 1 + MONTHS[period] * index
    return dt.date(month // 12, month % 12 + 1, 1)


def period_end(start: dt.date, period: str) -> dt.date:
    """Return the last day of the period that begins on ``start``.

    Parameters
    ----------
    start : datetime.date
        First day of the period.
    period : str
        Its kind.

    Returns
    -------
    datetime.date
        Its last day.
    """
    return period_start(period, start, 1) - dt.timedelta(days=1)


def period_index(period: str, start: dt.date, day: dt.date) -> int:
    """Return the number of the period that a day falls into, negative before ``start``.

    Parameters
    ----------
    period : str
        The kind of period.
    start : datetime.date
        First day of period 0.
    day : datetime.date
        Any day.

    Returns
    -------
    int
        The number.
    """
    if period in DAYS:
        return (day - start).days // DAYS[period]
    return ((day.year - start.year) * 12 + day.month - start.month) // MONTHS[period]


def period_starts(period: str, start: dt.date, count: int) -> Days:
    """Return the first days of consecutive periods, and of the one after them.

    Parameters
    ----------
    period : str
        The kind of period.
    start : datetime.date
        First day of the first.
    count : int
        How many.

    Returns
    -------
    ndarray
        (count + 1) datetime64[D].
    """
    first = np.datetime64(start.isoformat(), "D")
    steps = np.arange(count + 1)
    if period in DAYS:
        return np.asarray(first + steps * np.timedelta64(DAYS[period], "D"))
    return np.asarray((first.astype("datetime64[M]") + MONTHS[period] * steps).astype("datetime64[D]"))


def period_ends(starts: Days, period: str) -> Days:
    """Return the last day of each period of a kind.

    Parameters
    ----------
    starts : ndarray
        datetime64[D] of any shape: days in the month in which each period begins, or the day itself for days and
        weeks.
    period : str
        The kind of period.

    Returns
    -------
    ndarray
        datetime64[D] of the same shape.
    """
    if period in DAYS:
        return np.asarray(starts + DAYS[period] - 1)
    return np.asarray((starts.astype("datetime64[M]") + MONTHS[period]).astype("datetime64[D]") - 1)


def made_of(period: str, fiscal: FiscalYear = US_FISCAL_YEAR) -> tuple[str, ...]:
    """Return the kinds of period that a kind can be made of, itself first, then the coarsest.

    Quarters are those of the calendar, so only some fiscal years are made of them.

    Parameters
    ----------
    period : str
        A kind of period.
    fiscal : FiscalYear, optional
        The fiscal year of the kind ``fiscal-year``; that of the United States if left out.

    Returns
    -------
    tuple[str, ...]
        Kinds of period.
    """
    kinds = _MADE_OF[period]
    if period == "fiscal-year" and (fiscal.first_month - 1) % MONTHS["quarter"]:
        return tuple(kind for kind in kinds if kind != "quarter")
    return kinds


def containing(days: Days, period: str, fiscal: FiscalYear = US_FISCAL_YEAR) -> tuple[Days, Days]:
    """Return the first and the last day of the period of a kind in which each day falls.

    Parameters
    ----------
    days : ndarray
        datetime64[D] of any shape.
    period : str
        A kind of whole months, or ``day``.
    fiscal : FiscalYear, optional
        The fiscal year of the kind ``fiscal-year``; that of the United States if left out.

    Returns
    -------
    first, last : ndarray
        datetime64[D] of the same shape.
    """
    if period == "day":
        return days, days
    size = MONTHS[period]
    shift = (1 - fiscal.first_month) % 12 if period == "fiscal-year" else 0
    months = days.astype("datetime64[M]").astype(np.int64)
    first = (months + shift) // size * size - shift
    last = (first + size).astype("datetime64[M]").astype("datetime64[D]") - 1
    return first.astype("datetime64[M]").astype("datetime64[D]"), last


def label(period: str, start: dt.date, fiscal: FiscalYear = US_FISCAL_YEAR) -> str:
    """Return how the period that begins on ``start`` is written: 2023, FY2023, 2023 Q2, 2023-04, 2023-04-17.

    Parameters
    ----------
    period : str
        A kind of period.
    start : datetime.date
        Its first day.
    fiscal : FiscalYear, optional
        The fiscal year of the kind ``fiscal-year``; that of the United States if left out.

    Returns
    -------
    str
        The text, such as ``FY2023``.
    """
    if period in ("year", "calendar-year"):
        return str(start.year)
    if period == "fiscal-year":
        return f"FY{fiscal.of(start)}"
    if period == "quarter":
        return f"{start.year} Q{(start.month + 2) // 3}"
    return start.isoformat()[:7] if period == "month" else start.isoformat()


@dataclass(frozen=True)
class Period:
    """A stretch of days and what kind of period it is; both ends are part of it.

    Attributes
    ----------
    kind : str
        What kind of period it is, such as ``month``, ``fiscal-year`` or ``span``.
    start : datetime.date
        Its first day.
    end : datetime.date
        Its last day.
    """

    kind: str
    start: dt.date
    end: dt.date

    def moment(self, when: str) -> Period:
        """Return the period, or the moment of it, that a measure counts.

        Parameters
        ----------
        when : str
            ``end`` or ``start`` for the day at that end of the period, ``fytd`` for the fiscal year up to its end,
            ``since YYYY-MM-DD`` for what began on that day; an empty text changes nothing.

        Returns
        -------
        Period
            The period meant.
        """
        if when in ("end", "start"):
            day = self.end if when == "end" else self.start
            return Period("day", day, day)
        if when == "fytd":
            return _stretch(US_FISCAL_YEAR.start(US_FISCAL_YEAR.of(self.end)), self.end)
        if when.startswith("since "):
            return _stretch(dt.date.fromisoformat(when.removeprefix("since ")), self.end)
        return self


_NAMES = {m: i for i, m in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)}
_DATE = r"\d{4}(?:-\d\d){0,2}"
_REMARK = r"(?: \(?[a-z][a-z ]*\)?)?"


def _whole(kind: str, start: dt.date) -> Period:
    return Period(kind, start, period_end(start, kind))


def _stretch(start: dt.date, end: dt.date) -> Period:
    """Return the stretch as a fiscal year when it is one, else as a span."""
    if starts_period("fiscal-year", start) and end == period_end(start, "fiscal-year"):
        return Period("fiscal-year", start, end)
    return Period("span", start, end)


def _quarter(year: int, number: int) -> Period:
    return _whole("quarter", period_start("quarter", US_FISCAL_YEAR.start(year), number - 1))


def _date(text: str) -> Period:
    """Return the period of ``2024``, ``2024-06`` or ``2024-06-04``."""
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 1:
        return _whole("calendar-year", dt.date(parts[0], 1, 1))
    if len(parts) == 2:
        return _whole("month", dt.date(parts[0], parts[1], 1))
    return _whole("day", dt.date(parts[0], parts[1], parts[2]))


def read_period(text: str) -> Period | None:
    """Return the period that a report's text stands for, or None where the text does not say its end.

    Understood are ``FY2023 Q2``, ``2024-06``, ``2024 Q2``, ``FY2021-FY2023``, ``2024-06-04..2024-07-02`` and the
    like, with US fiscal years. A remark after the period ("2026 (undated list)", "2025-07 law") does not count.
    ``..2024-08-31`` is the last day of a stretch whose start is stated elsewhere.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    Period or None
        The period.

    Raises
    ------
    ValueError
        For a date that does not exist.
    """
    if match := re.fullmatch(rf"({_DATE}){_REMARK}", text):
        return _date(match[1])
    if match := re.fullmatch(rf"({_DATE})?\.\.({_DATE})", text):
        end = _date(match[2])
        return _stretch(_date(match[1]).start, end.end) if match[1] else end
    if match := re.fullmatch(r"start FY(\d{4})|FY(\d{4}) start", text):
        return _whole("day", US_FISCAL_YEAR.start(int(match[1] or match[2])))
    if match := re.fullmatch(r"(\d{4}) Q([1-4])", text):
        return _whole("quarter", dt.date(int(match[1]), 3 * int(match[2]) - 2, 1))
    match = re.fullmatch(r"FY(\d{4})(.*)", text)
    return _fiscal(int(match[1]), match[2].strip()) if match else None


def _fiscal(year: int, rest: str) -> Period | None:
    """Return the period of a text that began with a fiscal year."""
    start = US_FISCAL_YEAR.start(year)
    if rest in ("", "on"):
        return _whole("fiscal-year", start)
    if rest == "end":
        return _whole("day", period_end(start, "fiscal-year"))
    if match := re.fullmatch(r"Q([1-4])", rest):
        return _quarter(year, int(match[1]))
    if match := re.fullmatch(r"Q1-Q([1-4])|H1", rest):
        return _stretch(start, _quarter(year, int(match[1] or 2)).end)
    if match := re.fullmatch(r"-(?:FY)?(\d{4}|\d\d)(Q[1-4])?(?: cohort)?", rest):
        last = int(match[1]) if len(match[1]) == 4 else year // 100 * 100 + int(match[1])
        return _stretch(start, _quarter(last, int(match[2][1]) if match[2] else 4).end)
    if match := re.fullmatch(r"first (\d+) months", rest):
        return _stretch(start, period_start("month", start, int(match[1])) - dt.timedelta(days=1))
    if match := re.fullmatch(rf"to ({_DATE})", rest):
        return _stretch(start, _date(match[1]).end)
    if match := re.fullmatch(r"\(?to ~?([A-Z][a-z]{2})(?:/[A-Z][a-z]{2})?(?: \d{4})?\)?", rest):
        month = _NAMES[match[1]]
        return _stretch(start, period_end(dt.date(year - (month >= 10), month, 1), "month"))
    return None
