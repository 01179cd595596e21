"""Reading periods as reports write them: FY2023 Q2, 2024-06, FY2021-FY2023, 2024-06-04..2024-07-02."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from sojourn.series.model import period_end

__all__ = ["Period", "read_period"]


@dataclass(frozen=True)
class Period:
    """A stretch of days and what kind of period it is; both ends are part of it."""

    kind: str
    start: dt.date
    end: dt.date

    def moment(self, when: str) -> Period:
        """Return the day at the ``end`` or ``start`` of the period; the fiscal year up to it for ``fytd``.

        ``since YYYY-MM-DD`` puts the start elsewhere; an empty ``when`` changes nothing.
        """
        if when in ("end", "start"):
            day = self.end if when == "end" else self.start
            return Period("day", day, day)
        if when == "fytd":
            return _span(fiscal_start(self.end.year + (self.end.month >= 10)), self.end)
        if when.startswith("since "):
            return _span(dt.date.fromisoformat(when.removeprefix("since ")), self.end)
        return self


_MONTHS = {m: i for i, m in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)}


def fiscal_start(year: int) -> dt.date:
    """Return the first day of a US fiscal year."""
    return dt.date(year - 1, 10, 1)


def _whole(kind: str, start: dt.date) -> Period:
    return Period(kind, start, period_end(start, kind))


def _span(start: dt.date, end: dt.date) -> Period:
    """Return the stretch as a fiscal year when it is one, else as a span."""
    if start.month == 10 and end == period_end(start, "fiscal-year"):
        return Period("fiscal-year", start, end)
    return Period("span", start, end)


def _quarter(year: int, number: int) -> Period:
    month = 10 + 3 * (number - 1)
    return _whole("quarter", dt.date(year - 1 + (month > 12), (month - 1) % 12 + 1, 1))


def _date(text: str) -> Period:
    """Return the period of ``2024``, ``2024-06`` or ``2024-06-04``."""
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 1:
        return _whole("calendar-year", dt.date(parts[0], 1, 1))
    if len(parts) == 2:
        return _whole("month", dt.date(parts[0], parts[1], 1))
    return _whole("day", dt.date(parts[0], parts[1], parts[2]))


_DATE = r"\d{4}(?:-\d\d){0,2}"
_REMARK = r"(?: \(?[a-z][a-z ]*\)?)?"


def read_period(text: str) -> Period | None:
    """Return the period that a report's text stands for, or None when its end is not told.

    A remark after the period ("2026 (undated list)", "2025-07 law") does not count. ``..2024-08-31`` is the
    last day of a stretch whose start is told elsewhere. Raises ValueError for a date that does not exist.
    """
    if match := re.fullmatch(rf"({_DATE}){_REMARK}", text):
        return _date(match[1])
    if match := re.fullmatch(rf"({_DATE})?\.\.({_DATE})", text):
        end = _date(match[2])
        return _span(_date(match[1]).start, end.end) if match[1] else end
    if match := re.fullmatch(r"start FY(\d{4})|FY(\d{4}) start", text):
        return _whole("day", fiscal_start(int(match[1] or match[2])))
    match = re.fullmatch(r"FY(\d{4})(.*)", text)
    return _fiscal(int(match[1]), match[2].strip()) if match else None


def _fiscal(year: int, rest: str) -> Period | None:
    """Return the period of a text that began with a fiscal year."""
    start = fiscal_start(year)
    if rest in ("", "on"):
        return _whole("fiscal-year", start)
    if rest == "end":
        return _whole("day", dt.date(year, 9, 30))
    if match := re.fullmatch(r"Q([1-4])", rest):
        return _quarter(year, int(match[1]))
    if match := re.fullmatch(r"Q1-Q([1-4])|H1", rest):
        return _span(start, _quarter(year, int(match[1] or 2)).end)
    if match := re.fullmatch(r"-(?:FY)?(\d{4}|\d\d)(Q[1-4])?(?: cohort)?", rest):
        last = int(match[1]) if len(match[1]) == 4 else year // 100 * 100 + int(match[1])
        return _span(start, _quarter(last, int(match[2][1]) if match[2] else 4).end)
    if match := re.fullmatch(r"first (\d+) months", rest):
        months = start.month + int(match[1]) - 1
        return _span(start, period_end(dt.date(start.year + months // 13, (months - 1) % 12 + 1, 1), "month"))
    if match := re.fullmatch(rf"to ({_DATE})", rest):
        return _span(start, _date(match[1]).end)
    if match := re.fullmatch(r"\(?to ~?([A-Z][a-z]{2})(?:/[A-Z][a-z]{2})?(?: \d{4})?\)?", rest):
        month = _MONTHS[match[1]]
        return _span(start, period_end(dt.date(year - (month >= 10), month, 1), "month"))
    return None
