"""Periods as sentences name them, resolved against the date of publication.

``Span`` is a stretch of whole days. A phrase offers one or several spans, the literal one first, each with its
distance from the words.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.claims import tables
from sojourn.claims.extract.numbers import WORDS, read_number

__all__ = ["Option", "Phrase", "Span", "find_phrases", "month_span", "shift", "year_span"]

Span = tuple[dt.date, dt.date]

_NAMES = "January February March April May June July August September October November December".split()
_MONTH = (
    r"(?P<{0}>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<{0}>(?:19[89]|20[0-3])\d)"
_COUNT = rf"(?P<count>\d{{1,2}}|{WORDS})"
_LAG_DAYS = 75
"""The latest month of a publisher may be as old as this when an article is printed."""


@dataclass(frozen=True)
class Option:
    """One span that a phrase may mean, and how far it is from the words."""

    span: Span
    distance: float
    note: str


@dataclass(frozen=True)
class Phrase:
    """A period in a sentence.

    ``explicit`` tells whether the words leave no choice of period; ``months`` shifts the period of another
    phrase ("a year before"); ``role`` is ``main``, ``since``, ``until`` or ``relative``.
    """

    start: int
    end: int
    text: str
    kind: str
    options: tuple[Option, ...]
    explicit: bool = True
    role: str = "main"
    months: int = 0
    base: bool = field(default=False)


def month_number(name: str) -> int:
    """Return the number of a month from the first letters of its name."""
    return [m[:3].lower() for m in _NAMES].index(name[:3].lower()) + 1


def month_span(year: int, month: int, last: tuple[int, int] | None = None) -> Span:
    """Return the days of a month, or from it to a last month (year, month)."""
    until = last or (year, month)
    return dt.date(year, month, 1), dt.date(*until, calendar.monthrange(*until)[1])


def year_span(year: int) -> Span:
    """Return the days of a calendar year."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def fiscal_span(year: int) -> Span:
    """Return the days of a fiscal year of the United States."""
    return US_FISCAL_YEAR.start(year), US_FISCAL_YEAR.start(year + 1) - dt.timedelta(days=1)


def _add_months(day: dt.date, months: int) -> dt.date:
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shift(span: Span, months: int) -> Span:
    """Return the span moved by months; ends of months stay ends of months."""
    start = _add_months(span[0], months)
    whole = (span[1] + dt.timedelta(days=1)).day == 1
    end = (
        _add_months(span[1] + dt.timedelta(days=1), months) - dt.timedelta(days=1)
        if whole
        else _add_months(span[1], months)
    )
    return start, end


def published_months(published: dt.date) -> list[tuple[int, int]]:
    """Return the months that may be the latest published ones on a day, latest first."""
    found = []
    year, month = published.year, published.month
    for _ in range(4):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        if (published - month_span(year, month)[1]).days <= _LAG_DAYS:
            found.append((year, month))
    return found


def to_date(start: dt.date, published: dt.date, distance: float, note: str) -> list[Option]:
    """Return the spans from a first day to each month that may be the latest published."""
    ends = [month_span(y, m)[1] for y, m in published_months(published)]
    return [Option((start, end), distance + 0.05 * i, note) for i, end in enumerate(e for e in ends if e > start)]


def _recent_month(month: int, published: dt.date, year: int | None = None) -> int:
    """Return the year of the latest such month that had ended before publication."""
    if year is not None:
        return year
    return published.year if month_span(published.year, month)[1] < published else published.year - 1


def _year_options(year: int, published: dt.date) -> tuple[Option, ...]:
    """Return a calendar year, as a whole or so far as it had gone; then the fiscal year, and years beside it."""
    options = []
    if year_span(year)[1] <= published:
        options.append(Option(year_span(year), 0, "calendar year"))
    else:
        options += to_date(dt.date(year, 1, 1), published, 0, "calendar year to date")
        options += to_date(fiscal_span(year)[0], published, 1, "fiscal year to date")
    if fiscal_span(year)[1] <= published:
        options.append(Option(fiscal_span(year), 1, "fiscal year"))
    for other in (year - 1, year + 1):
        if year_span(other)[1] <= published:
            options.append(Option(year_span(other), 1.5, "calendar year beside"))
        if fiscal_span(other)[1] <= published:
            options.append(Option(fiscal_span(other), 1.6, "fiscal year beside"))
    return tuple(options)


def _fiscal_options(year: int, published: dt.date) -> tuple[Option, ...]:
    """Return a fiscal year, as a whole or to date; then the calendar year and the years beside."""
    options = []
    if fiscal_span(year)[1] <= published:
        options.append(Option(fiscal_span(year), 0, "fiscal year"))
    else:
        options += to_date(fiscal_span(year)[0], published, 0, "fiscal year to date")
    if year_span(year)[1] <= published:
        options.append(Option(year_span(year), 1, "calendar year"))
    for other in (year - 1, year + 1):
        if fiscal_span(other)[1] <= published:
            options.append(Option(fiscal_span(other), 1.5, "fiscal year beside"))
    return tuple(options)


def _month_options(year: int, month: int, published: dt.date) -> tuple[Option, ...]:
    """Return a month; then its neighbours and the same month of the years beside."""
    first = month_span(year, month)
    options = [Option(first, 0, "month")]
    for months, distance, note in (
        (-1, 1, "month before"),
        (1, 1, "month after"),
        (-12, 1.5, "a year before"),
        (12, 1.5, "a year after"),
    ):
        other = shift(first, months)
        if other[1] <= published:
            options.append(Option(other, distance, note))
    return tuple(options)


def _span_options(span: Span, published: dt.date) -> tuple[Option, ...]:
    """Return a span of months; then that from the start of its year, a year before, its last month."""
    options = [Option(span, 0, "span of months")]
    fiscal = US_FISCAL_YEAR.start(US_FISCAL_YEAR.of(span[1]))
    for start, note in (
        (fiscal, "fiscal year to the same month"),
        (dt.date(span[1].year, 1, 1), "calendar year to the same month"),
    ):
        if start != span[0]:
            options.append(Option((start, span[1]), 1, note))
    options.append(Option((span[1].replace(day=1), span[1]), 1, "last month of the span"))
    for months in (-12, 12):
        if shift(span, months)[1] <= published:
            options.append(Option(shift(span, months), 1.5, "the same months of another year"))
    options.append(Option((span[0], month_span(span[0].year, span[0].month)[1]), 1.5, "first month of the span"))
    return tuple(o for o in options if o.span[1] <= published)


def _rule(pattern: str) -> re.Pattern[str]:
    """Return a rule of the table with its months, years and counts put in."""
    full = pattern.replace("<COUNT>", _COUNT)
    full = re.sub(r"<MONTH:(\w+)>", lambda m: _MONTH.format(m[1]), full)
    return re.compile(re.sub(r"<YEAR:(\w+)>", lambda m: _YEAR.format(m[1]), full), re.IGNORECASE)


_P = [(row["rule"], _rule(row["pattern"])) for row in tables.rows("periods")]
_SINCE = re.compile(
    r"\b(?:since|starting in|starting)\s(?:the (?:start|beginning) of )?(?:early |late |mid-)?$", re.IGNORECASE
)
_UNTIL = re.compile(
    r"\b(?:as of|by|until|through|up to|at|to|before)\s(?:the )?(?:(?:end|close|last \w+|middle|"
    r"beginning|start)\s)?(?:of\s)?(?:early |late |mid-)?$|\b(?:end|close) of (?:the )?$",
    re.IGNORECASE,
)
_BASE = re.compile(
    r"\b(?:from|than|against|over|versus|vs\.?|compared (?:to|with)|relative to|of the "
    r"(?:number|level|total|figure)s?|the (?:number|level|total|figure|count)s?|that of|those "
    r"of|those)"
    r"(?: (?:just|only|those|that|the|number|figure|level|total|same|all|in|of|for|during|at|a "
    r"mere|what it was|they did|it was|were|recorded|seen))*\s?$",
    re.IGNORECASE,
)


def find_phrases(text: str, published: dt.date) -> list[Phrase]:
    """Return the periods that a sentence names, in order."""
    taken = bytearray(len(text))
    found: list[Phrase] = []
    for name, pattern in _P:
        for hit in pattern.finditer(text):
            if any(taken[hit.start() : hit.end()]):
                continue
            made = _MAKE[name](hit, published)
            if made is None:
                continue
            taken[hit.start() : hit.end()] = b"\1" * (hit.end() - hit.start())
            found.append(_role(replace(made, start=hit.start(), end=hit.end(), text=hit.group()), text, published))
    return sorted(found, key=lambda p: p.start)


def _role(phrase: Phrase, text: str, published: dt.date) -> Phrase:
    """Return the phrase with what the words before it make of it: since, until, or the base of a comparison."""
    before = text[max(0, phrase.start - 60) : phrase.start]
    if _SINCE.search(before) and phrase.options:
        first = phrase.options[0].span[0]
        options = tuple(
            Option(o.span, o.distance, f"since {first:%Y-%m}") for o in to_date(first, published, 0, "")
        )
        kept = options or phrase.options
        return replace(phrase, role="since", options=kept, base=True, kind=f"since-{phrase.kind}")
    if phrase.role == "relative" and phrase.months > 0:
        return phrase
    base = (
        bool(_BASE.search(before))
        and not re.search(r"\bover the\s$", before, re.IGNORECASE)
        and not re.search(r"(?:^|[,;(]\s?)from\s$", before, re.IGNORECASE)
    ) or phrase.role == "relative"
    until = bool(_UNTIL.search(before)) and phrase.role == "main"
    return replace(phrase, base=base, role="until" if until else phrase.role)


def _phrase(kind: str, options: tuple[Option, ...], **more: object) -> Phrase:
    return Phrase(0, 0, "", kind, options, **more)  # type: ignore[arg-type]


def _iso(hit: re.Match[str], published: dt.date) -> Phrase | None:
    year, month = int(hit["y"]), int(hit["m"])
    if not 1 <= month <= 12:
        return None
    if hit["d"]:
        return _of_day(year, month, int(hit["d"]))
    return _phrase("month", _month_options(year, month, published))


def _of_day(year: int, month: int, day: int) -> Phrase | None:
    try:
        when = dt.date(year, month, day)
    except ValueError:
        return None
    return _phrase("day", (Option((when, when), 0, "day"),))


def _fiscal(hit: re.Match[str], published: dt.date) -> Phrase | None:
    now = US_FISCAL_YEAR.of(published)
    if short := hit["short"] or hit["after"]:
        return _phrase("fiscal-year", _fiscal_options(2000 + int(short), published))
    year = now if (hit["rel"] or "").lower() in ("this", "current") else now - 1
    return _phrase("fiscal-year", _fiscal_options(year, published))


def _part(hit: re.Match[str], published: dt.date) -> Phrase | None:
    unit, which = hit["unit"].lower(), hit["which"].lower()
    count = 1
    if hit["count"]:
        said = hit["count"]
        count = int(read_number(said if said[0].isdigit() else None, said, None).value)
    number = {"first": 1, "opening": 1, "second": 2, "third": 3, "fourth": 4, "last": 0}[which]
    if unit.startswith("month") and (which not in ("first", "opening") or (not hit["count"] and unit == "month")):
        return None
    size = {"half": 6, "quarter": 3}.get(unit, count)
    year = _named_year(hit["y"], hit["rel"], published)
    if year is None:
        year = published.year if unit != "half" or published.month > 6 else published.year - 1
    number = number or 12 // size
    if not 1 <= size <= 12 or number * size > 12:
        return None
    first = fiscal_span(year)[0] if hit["fy"] else dt.date(year, 1, 1)
    start = _add_months(first, (number - 1) * size)
    span = (start, _add_months(start, size) - dt.timedelta(days=1))
    return _phrase("span", _span_options(span, published)) if span[1] <= published else None


def _named_year(year: str | None, relative: str | None, published: dt.date) -> int | None:
    if year:
        return int(year)
    if relative:
        return published.year - relative.lower().startswith("last")
    return None


def _months(hit: re.Match[str], published: dt.date) -> Phrase | None:
    first, last = month_number(hit["a"]), month_number(hit["b"])
    end_year = _named_year(hit["yb"], hit["rel"], published)
    if end_year is None and hit["ya"]:
        end_year = int(hit["ya"]) + (last < first)
    year = _recent_month(last, published, end_year)
    start_year = int(hit["ya"]) if hit["ya"] else year - (first > last)
    if (start_year, first) > (year, last):
        return None
    return _phrase("span", _span_options(month_span(start_year, first, (year, last)), published))


def _day(hit: re.Match[str], published: dt.date) -> Phrase | None:
    name, day, year = (hit["m"], hit["d"], hit["y"]) if hit["m"] else (hit["m2"], hit["d2"], hit["y2"])
    month = month_number(name)
    when = int(year) if year else published.year - ((month, int(day)) > (published.month, published.day))
    return _of_day(when, month, int(day))


def _month(hit: re.Match[str], published: dt.date) -> Phrase | None:
    if (
        hit["m"].lower() in ("may", "march", "mar", "dec", "jan", "sep")
        and not hit["y"]
        and not re.search(
            r"\b(?:in|of|since|from|to|until|by|through|than|last|this|early|late|mid|for|during|"
            r"between|and|month of)[\s-]$",
            hit.string[max(0, hit.start() - 12) : hit.start()],
            re.IGNORECASE,
        )
    ):
        return None
    if not hit["y"] and re.match(r",? \d{4}\b(?!,)", hit.string[hit.end() :]):
        return None
    month = month_number(hit["m"])
    year = _recent_month(month, published, _named_year(hit["y"], hit["rel"], published))
    return _phrase("month", _month_options(year, month, published))


def _relative(hit: re.Match[str], published: dt.date) -> Phrase | None:
    if hit.group().lower().startswith("year since") or hit.group().lower().startswith("years since"):
        return None
    months = -12
    if hit["y"]:
        months = (int(hit["y"]) - published.year) * 12
    return _phrase("relative", (), role="relative", months=months, base=True)


def _ago(hit: re.Match[str], published: dt.date) -> Phrase | None:
    said = hit["count"]
    count = int(read_number(said if said[0].isdigit() else None, said, None).value)
    months = count * (12 if hit["unit"].lower().startswith("year") else 1)
    return _phrase("relative", (), role="relative", months=-months, base=True)


def _past(hit: re.Match[str], published: dt.date) -> Phrase | None:
    said = hit["count"]
    count = int(read_number(said if said[0].isdigit() else None, said, None).value)
    unit = hit["unit"].lower()
    if unit in ("weeks", "days"):
        start = published - dt.timedelta(days=count * (7 if unit == "weeks" else 1))
        return _phrase("span", (Option((start, published), 0, "days before publication"),), explicit=False)
    size = count * (12 if unit == "years" else 1)
    if unit == "years" and re.search(
        r"\beach of\s$", hit.string[max(0, hit.start() - 10) : hit.start()], re.IGNORECASE
    ):
        return _phrase("years", _each(count, published), explicit=False)
    options = []
    for year, month in published_months(published):
        end = month_span(year, month)[1]
        options.append(
            Option((_add_months(end + dt.timedelta(days=1), -size), end), 0.05, "months before publication")
        )
    if unit == "years":
        options.append(
            Option((year_span(published.year - count)[0], year_span(published.year - 1)[1]), 0.1, "calendar years")
        )
        last = US_FISCAL_YEAR.of(published) - 1
        options.append(Option((fiscal_span(last - count + 1)[0], fiscal_span(last)[1]), 0.5, "fiscal years"))
    return _phrase("span", tuple(options), explicit=False)


def _each(count: int, published: dt.date) -> tuple[Option, ...]:
    """Return the last fiscal and calendar years one by one."""
    last = US_FISCAL_YEAR.of(published) - 1
    years = [Option(fiscal_span(last - back), 0.0, "fiscal year") for back in range(count)]
    return (*years, *(Option(year_span(published.year - 1 - back), 0.1, "calendar year") for back in range(count)))


def _this_year(_hit: re.Match[str], published: dt.date) -> Phrase:
    options = to_date(dt.date(published.year, 1, 1), published, 0, "calendar year to date")
    now = US_FISCAL_YEAR.of(published)
    options += to_date(fiscal_span(now)[0], published, 1, "fiscal year to date")
    if fiscal_span(published.year)[1] <= published:
        options.append(Option(fiscal_span(published.year), 1, "fiscal year"))
    return _phrase("this-year", tuple(options), explicit=False)


def _last_year(_hit: re.Match[str], published: dt.date) -> Phrase:
    year = published.year - 1
    options = [Option(year_span(year), 0, "calendar year")]
    last = US_FISCAL_YEAR.of(published) - 1
    options.append(Option(fiscal_span(last), 0.75, "fiscal year"))
    if last != year:
        options.append(Option(fiscal_span(year), 1, "fiscal year"))
    options.append(Option(year_span(year - 1), 1.5, "calendar year before"))
    return _phrase("last-year", tuple(options), explicit=False)


def _last_month(_hit: re.Match[str], published: dt.date) -> Phrase:
    before = _add_months(published.replace(day=1), -1)
    return _phrase("month", _month_options(before.year, before.month, published))


def _month_before(hit: re.Match[str], _published: dt.date) -> Phrase:
    if hit["next"]:
        return _phrase("relative", (), role="relative", months=12 if hit["nextunit"].lower() == "year" else 1)
    return _phrase("relative", (), role="relative", months=-1, base=True)


def _vague(_hit: re.Match[str], _published: dt.date) -> Phrase:
    return _phrase("vague", (), explicit=False, role="vague")


def _calendar_year(hit: re.Match[str], published: dt.date) -> Phrase:
    return _phrase("calendar-year", _year_options(int(hit["y"]), published))


_MAKE: dict[str, Callable[[re.Match[str], dt.date], Phrase | None]] = {
    "iso": _iso,
    "fiscal": _fiscal,
    "part": _part,
    "months": _months,
    "day": _day,
    "month": _month,
    "relative": _relative,
    "ago": _ago,
    "before": _month_before,
    "past": _past,
    "thisyear": _this_year,
    "lastyear": _last_year,
    "lastmonth": _last_month,
    "vague": _vague,
    "year": _calendar_year,
}
