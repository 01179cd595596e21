"""Records and ranks: whether a period is the highest or lowest of all before it, or since another."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.claims.extract.when import Option, Phrase, Span, fiscal_span, shift, to_date, year_span
from sojourn.claims.readings import Source

__all__ = ["Ranked", "rank"]


@dataclass(frozen=True)
class Ranked:
    """One test of a rank: the period, its value, its place in the order, and the period that stands against it."""

    source: Source
    span: Span
    value: float
    place: int
    of: int
    rival: Span | None
    distance: float


def rank(
    found: Sequence[Source], words: str, main: Phrase | None, since: Phrase | None, published: dt.date
) -> list[Ranked]:
    """Return where each series that may be meant puts the period, nearest reading first."""
    lowest = bool(re.search(r"\b(?:lowest|smallest|fewest|record low|record-low|historic low)\b", words))
    made = []
    for source in found:
        if source.distance > 0.45 or source.kind == "event":
            continue
        for option in _periods(words, main, published):
            one = _ranked(source, option, lowest, _from(since, words, option, published))
            if one is not None:
                made.append(one)
    return sorted(made, key=lambda r: (r.distance, -r.of))


def _periods(words: str, main: Phrase | None, published: dt.date) -> Iterator[Option]:
    """Yield the periods that may be the record."""
    if main is not None and main.options:
        yield from (o for o in main.options if o.distance < 0.5)
        if main.kind in ("calendar-year", "last-year", "this-year"):
            yield from (Option(o.span, 0.3, o.note) for o in main.options if 0.5 <= o.distance <= 1)
        return
    last = US_FISCAL_YEAR.of(published) - 1
    if not re.search(r"month", words):
        yield Option(year_span(published.year - 1), 0.1, "latest calendar year")
        yield Option(fiscal_span(last), 0.1, "latest fiscal year")
        yield from to_date(dt.date(published.year, 1, 1), published, 0.2, "to date")


def _from(since: Phrase | None, words: str, option: Option, published: dt.date) -> dt.date | None:
    """Return the first day of the comparison, or None for all that is known."""
    if since is not None and since.options:
        return since.options[0].span[0]
    if hit := re.search(r"since (?:at least )?(?:(\w{3,9}) )?(?:of )?(?:fiscal (?:year )?)?(\d{4})", words):
        month = _MONTHS.get((hit[1] or "")[:3], 1)
        return dt.date(int(hit[2]), month, 1)
    if hit := re.search(r"in (?:more than |over |nearly |at least |almost )?(\w+) (years|months|decades)", words):
        count = _COUNTS.get(hit[1], 0) or (int(hit[1]) if hit[1].isdigit() else 0)
        if count:
            size = {"years": 12, "months": 1, "decades": 120}[hit[2]]
            return shift(option.span, -size * count)[0]
    return None


_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_COUNTS = {
    w: i for i, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"a": 1, "fifteen": 15, "twenty": 20}


def _ranked(source: Source, option: Option, lowest: bool, first: dt.date | None) -> Ranked | None:
    """Return the rank of one period among those of its length before it."""
    value = source.value(option.span)
    if value is None or (first is not None and first >= option.span[0]):
        return None
    length = (option.span[1].year - option.span[0].year) * 12 + option.span[1].month - option.span[0].month + 1
    step = 12 if length > 1 else 1
    others: list[tuple[float, Span]] = []
    back = 1
    while back < 600:
        span = shift(option.span, -step * back)
        if span[0] < source.curve.first:
            break
        if first is not None and span[0] <= first:
            break
        other = source.value(span)
        if other is not None:
            others.append((other, span))
        back += 1
    if len(others) < (1 if first is not None else 3):
        return None
    beaten_by = [(v, s) for v, s in others if (v < value if lowest else v > value)]
    if not beaten_by and first is not None and source.curve.first > first + dt.timedelta(days=31):
        return None
    rival = (min(beaten_by) if lowest else max(beaten_by))[1] if beaten_by else None
    return Ranked(
        source, option.span, value, len(beaten_by) + 1, len(others) + 1, rival, source.distance + option.distance
    )
