"""Dates and periods as people write them: 2024-02-01, 1 February 2024, 2024M02, febrero 2024, 2024 Q1, FY2024.

A date whose parts can stand in more than one order (01/02/2024) is read by the order that all dates of the column
allow; where there are several, the column is in doubt.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.series.model import table_rows
from sojourn.series.own.written.conventions import ANY, Settled, settle
from sojourn.series.own.written.date_format import Format, When, whole_year

__all__ = ["ORDERS", "month_names", "read_dates", "read_orders"]

ORDERS = ("dd/mm/yyyy", "mm/dd/yyyy", "dd/mm/yy", "mm/dd/yy", "yy/mm/dd", "yyyy/mm", "yyyy/yy", "mmm-yy")
"""Conventions of dates whose order a single date may leave open."""

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?"
_NAME = r"(?P<name>[a-z]{3,})\.?"
_YEAR = r"(?P<year>(?:18|19|20|21)\d\d)"
_CLOCK = r"(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?)?"
_SURE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_CLOCK}",
        rf"{_YEAR}[/. ](?P<month>\d{{1,2}})[/. ](?P<day>\d{{1,2}})",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
        rf"y?{_YEAR}(?: ?-? ?m ?)(?P<month>\d{{1,2}})",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])",
        rf"(?P<month>\d{{1,2}})[-/. ]{_YEAR}",
        rf"{_YEAR} ?[-/ ]?(?:q|t)(?P<quarter>[1-4])",
        rf"(?:q|t)(?P<quarter>[1-4])[-/ ]?{_YEAR}",
        rf"fy ?{_YEAR}",
        rf"{_YEAR}(?:\.0)?",
        rf"{_NAME}(?:[-/, ]| de | del )+{_YEAR}",
        rf"{_YEAR}[-/, ]+{_NAME}",
        rf"{_DAY}(?:[-/ ]| de )*{_NAME}(?:[-/, ]| de | del )*{_YEAR}",
        rf"{_NAME}[- ]{_DAY}[-/, ]+{_YEAR}",
        rf"{_YEAR}[-/ ]{_NAME}[-/ ]{_DAY}",
    )
)
_THREE = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d\d)")
_YEAR_SLASH = re.compile(r"((?:18|19|20|21)\d\d)[-/. ](\d\d?)")
_NAME_YEAR = re.compile(r"([a-z]{3,})\.?[- '/](\d\d)")


@cache
def month_names() -> Mapping[str, int]:
    """Return the names of months and their short forms, without accents, each with its number."""
    return {row["name"]: int(row["month"]) for row in table_rows("month_names.csv")}


def _plain(text: str) -> str:
    """Return a text as it is compared: lower case, no accents, single spaces."""
    folded = unicodedata.normalize("NFKD", text.strip().casefold())
    return re.sub(r"\s+", " ", "".join(c for c in folded if not unicodedata.combining(c)))


def _sure(plain: str) -> When | None:
    """Return what a text stands for that is written in a form with one meaning, or None."""
    for pattern in _SURE:
        if match := pattern.fullmatch(plain):
            said = match.groupdict()
            year = int(said["year"])
            if plain.startswith("fy"):
                return When("fiscal-year", US_FISCAL_YEAR.start(year))
            if said.get("quarter"):
                return When("quarter", dt.date(year, 3 * int(said["quarter"]) - 2, 1))
            name = said.get("name")
            month = month_names().get(name) if name else int(said.get("month") or 0)
            if month is None:
                continue
            return _when(year, month, int(said.get("day") or 0))
    return None


def _when(year: int, month: int, day: int) -> When | None:
    """Return a year, a month or a day, whichever the numbers give; None for a date that does not exist."""
    with contextlib.suppress(ValueError):
        if day:
            return When("day", dt.date(year, month, day))
        return When("month", dt.date(year, month, 1)) if month else When("calendar-year", dt.date(year, 1, 1))
    return None


def read_orders(text: str) -> dict[str, When]:
    """Return what a text stands for by each convention that can read it; ``any`` where it has but one meaning."""
    plain = _plain(text)
    if match := _THREE.fullmatch(plain):
        return _three(match)
    found: dict[str, When | None] = {}
    if match := _YEAR_SLASH.fullmatch(plain):
        year, second = int(match[1]), match[2]
        found["yyyy/mm"] = _when(year, int(second), 0) if int(second) else None
        if len(second) == 2 and int(second) == (year + 1) % 100:
            found["yyyy/yy"] = When("span", dt.date(year, 1, 1))
    elif (match := _NAME_YEAR.fullmatch(plain)) and match[1] in month_names():
        found["mmm-yy"] = _when(whole_year(int(match[2])), month_names()[match[1]], 0)
    elif (sure := _sure(plain)) is not None:
        found[ANY] = sure
    return {order: when for order, when in found.items() if when is not None}


def _three(match: re.Match[str]) -> dict[str, When]:
    """Return the readings of three numbers, the last of which is a year in all but one order."""
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    if len(match[4]) == 4:
        readings = {"dd/mm/yyyy": _when(c, b, a), "mm/dd/yyyy": _when(c, a, b)}
    else:
        full = whole_year(c)
        readings = {"dd/mm/yy": _when(full, b, a), "mm/dd/yy": _when(full, a, b)}
        readings["yy/mm/dd"] = _when(whole_year(a), b, c) if len(match[1]) == 2 else None
    return {order: when for order, when in readings.items() if when is not None and when.kind == "day"}


def read_dates(texts: Iterable[str], format: str = "", *, across_years: bool = True) -> Settled[When]:
    """Read the distinct texts of a column of dates.

    Parameters
    ----------
    texts : iterable of str
        Its texts.
    format : str
        How they are written, as ``dd/mm/yyyy``, ``mmm yy`` or ``yyyy Q``, where that is known.
    across_years : bool
        Whether 2010/11 may stand for a year across two calendar years; not where the kind of period is known.

    Returns
    -------
    Settled
        With the order, one of :data:`ORDERS`, or the format as convention.

    Raises
    ------
    ValueError
        For a format without a year.
    """
    if not format:
        return settle(texts, read_orders, [o for o in ORDERS if o != "yyyy/yy" or across_years])
    pattern = Format(format, month_names())
    read: Callable[[str], dict[str, When]] = lambda text: pattern.read(_plain(text), format)  # noqa: E731
    return settle(texts, read, (format,))
