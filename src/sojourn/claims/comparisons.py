"""Figures of two periods or two parts: changes, multiples, shares, directions, which is more."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.claims.extract.when import (
    Option,
    Phrase,
    Span,
    fiscal_span,
    month_span,
    published_months,
    shift,
    to_date,
    year_span,
)
from sojourn.claims.readings import Choice, Reading, Source, Topic, sources
from sojourn.claims.shelf import Shelf

__all__ = ["Pair", "changes", "pairs", "shares"]


@dataclass(frozen=True)
class Pair:
    """A period and the one that it is compared with."""

    span: Span
    base: Span
    distance: float
    differs: tuple[str, ...] = ()


def pairs(main: Phrase | None, base: Phrase | None, carried: Phrase | None, published: dt.date) -> list[Pair]:
    """Return the pairs of periods that a comparison may be of, the literal one first."""
    made: list[Pair] = []
    if main is None and carried is not None and (base is None or base.role != "since"):
        main = replace(carried, options=tuple(o for o in carried.options if o.distance < 1.25))
    if base is not None and base.role == "since":
        made = list(_since(main, base, published))
    elif base is not None and base.options:
        made = list(_explicit(main, base, published))
    else:
        months = base.months if base is not None else 0
        made = list(_shifted(main, months, published))
    seen: dict[tuple[Span, Span], Pair] = {}
    for pair in made:
        key = (pair.span, pair.base)
        if (
            pair.span[1] <= published
            and pair.base != pair.span
            and (key not in seen or pair.distance < seen[key].distance)
        ):
            seen[key] = pair
    return sorted(seen.values(), key=lambda p: p.distance)


def _first_span(base: Phrase) -> Span:
    start = base.options[0].span[0]
    return month_span(start.year, start.month) if "month" in base.kind else year_span(start.year)


def _since(main: Phrase | None, base: Phrase, published: dt.date) -> Iterator[Pair]:
    """Yield a month or year of the base and the same or the latest one."""
    first = _first_span(base)
    if main is not None and main.options:
        for option in main.options:
            yield Pair(option.span, first, option.distance, _differs(option))
    if "month" in base.kind:
        for years in range(1, 12):
            same = shift(first, 12 * years)
            if same[1] <= published:
                yield Pair(same, first, 0.0 if (published - same[1]).days < 400 else 1.5)
        for year, month in published_months(published):
            yield Pair(month_span(year, month), first, 0.1)
        return
    for option in _years(published):
        if option.span[0] > first[0]:
            yield Pair(option.span, first, option.distance)


def _years(published: dt.date) -> list[Option]:
    last = US_FISCAL_YEAR.of(published) - 1
    return [
        Option(year_span(published.year - 1), 0.0, ""),
        *to_date(dt.date(published.year, 1, 1), published, 0.1, ""),
        Option(fiscal_span(last), 0.5, ""),
    ]


def _differs(option: Option) -> tuple[str, ...]:
    return ("period",) if option.distance >= 0.5 else ()


def _explicit(main: Phrase | None, base: Phrase, published: dt.date) -> Iterator[Pair]:
    """Yield pairs with a base that has a period of its own."""
    if main is None or not main.options:
        yield from _after(base, published)
        return
    if main.options[0].span[1] < base.options[0].span[0]:
        main, base = base, main
    for one in main.options:
        for other in base.options:
            far = abs(_length(one.span) - _length(other.span)) > 3
            apart = (
                max(one.distance, other.distance) + (0.25 if far else 0.0) + 0.5 * min(one.distance, other.distance)
            )
            yield Pair(one.span, other.span, apart, ("period",) if max(one.distance, other.distance) >= 0.5 else ())
            if (
                far
                and one.span[0].year != other.span[0].year
                and _length(one.span) < 360
                and _length(other.span) > 360
            ):
                same = shift(one.span, 12 * (other.span[1].year - one.span[1].year))
                yield Pair(
                    one.span,
                    same,
                    one.distance + other.distance,
                    ("period",) if one.distance + other.distance >= 0.5 else (),
                )


def _length(span: Span) -> int:
    return (span[1] - span[0]).days


def _after(base: Phrase, published: dt.date) -> Iterator[Pair]:
    """Yield the period after a base that stands alone, as a whole or to date."""
    first = base.options[0].span
    if _length(first) < 40:
        yield Pair(shift(first, 1), first, 0.0)
        for year, month in published_months(published):
            yield Pair(month_span(year, month), first, 0.1)
        yield Pair(shift(first, 12), first, 0.3)
        return
    for option in base.options:
        if option.distance > 1:
            continue
        later = shift(option.span, 12)
        if later[1] <= published:
            yield Pair(later, option.span, option.distance * 0.4)
        for one in to_date(later[0], published, option.distance * 0.4, ""):
            if one.span[1] < later[1]:
                yield Pair(one.span, option.span, one.distance)
                yield Pair(one.span, shift(one.span, -12), one.distance)


def _shifted(main: Phrase | None, months: int, published: dt.date) -> Iterator[Pair]:
    """Yield a period and the one some months before it; without months, the period before."""
    if main is not None and main.options:
        options: Sequence[Option] = main.options
    else:
        options = [Option(o.span, o.distance + 0.1, o.note) for o in _years(published)]
        if months:
            options = [*options, *(Option(month_span(y, m), 0.3, "") for y, m in published_months(published))]
    for option in options:
        differs = _differs(option)
        if months:
            yield Pair(option.span, shift(option.span, months), option.distance, differs)
            continue
        year = _length(option.span) > 40
        yield Pair(option.span, shift(option.span, -12), option.distance + (0.0 if year else 0.2), differs)
        if not year:
            yield Pair(option.span, shift(option.span, -1), option.distance + 0.1, differs)
    if main is not None and len(main.options) and months == 0 and main.options[0].note == "calendar year":
        return


def changes(
    found: Sequence[Source], periods: Sequence[Pair], kind: str, detail: str, value: float
) -> list[Reading]:
    """Return the readings of a percent change or a multiple.

    A multiple stated as a percent increase ("1,300 percent more" for 13 times) is a reading one step away.
    """
    made = []
    for source in found:
        for pair in periods:
            far = source.distance + pair.distance
            if far > 2:
                continue
            now, before = source.value(pair.span), source.value(pair.base)
            if now is None or before is None or before <= 0 or now < 0:
                continue
            ratio = now / before
            differs = (*source.differs, *pair.differs)
            if kind == "percent-change":
                change = 100 * (ratio - 1)
                signed = -change if detail == "down" else change
                made.append(_pair_reading(source, pair, signed, far, differs, "change"))
                if value >= 100:
                    made.append(
                        _pair_reading(
                            source, pair, 100 * ratio, far + 1, (*differs, "ratio"), "ratio stated as a change"
                        )
                    )
            else:
                same = 1 / ratio if ratio > 0 and (ratio < 1) != (value < 1) and detail == "down" else ratio
                made.append(_pair_reading(source, pair, same, far, differs, "ratio"))
                if detail == "more":
                    made.append(_pair_reading(source, pair, ratio - 1, far + 0.3, differs, "ratio less one"))
    return made


def _pair_reading(
    source: Source, pair: Pair, value: float, distance: float, differs: tuple[str, ...], how: str
) -> Reading:
    parts = tuple(v for v in (source.value(pair.span), source.value(pair.base)) if v is not None)
    return Reading(source, pair.span, value, round(distance, 3), differs, base=pair.base, how=how, parts=parts)


def shares(topic: Topic, options: Sequence[Option], shelf: Shelf, text: str) -> list[Reading]:
    """Return the readings of a share: of a nationality, sector, component or family in the whole that holds it."""
    made = list(_by_component(topic, options, shelf, text))
    for part, whole in _wholes(topic, text):
        totals = {(s.curve.measure, s.curve.release): s for s in sources(whole, shelf)}
        for source in sources(part, shelf):
            total = totals.get((source.curve.measure, source.curve.release)) or _same_kind(source, totals.values())
            if total is None or total.curve is source.curve:
                continue
            for option in options:
                made += _share_reading(source, total, option)
    return made


_ARRESTED_BY = {
    "CBP": r"\bCBP\b|\bborder arrests|\bBorder Patrol\b",
    "ICE": r"\barrests by ICE|\bICE arrests|\binterior arrests",
}


def _by_component(topic: Topic, options: Sequence[Option], shelf: Shelf, text: str) -> Iterator[Reading]:
    """Yield the shares of those whom one agency had arrested, where a measure is split so."""
    named = next((c for c, words in _ARRESTED_BY.items() if re.search(words, text, re.IGNORECASE)), "")
    for total in sources(topic, shelf):
        filters = dict(total.curve.filters)
        if not named or filters.get("component") != "all" or topic.concepts[0].value == "encounter":
            continue
        curve = shelf.curve(total.curve.measure, {**filters, "component": named}, total.curve.release)
        if curve is None:
            continue
        part = replace(total, curve=curve)
        for option in options:
            yield from _share_reading(part, total, option)


def _share_reading(part: Source, total: Source, option: Option) -> Iterator[Reading]:
    """Yield what part of a total is in one period, in percent, where both are known and it is a part."""
    top, bottom = part.value(option.span), total.value(option.span)
    if top is None or not bottom or top > bottom:
        return
    differs, far = (*part.differs, *_differs(option)), round(part.distance + option.distance, 3)
    share = 100 * top / bottom
    yield Reading(part, option.span, share, far, differs, other=total, how="share", parts=(top, bottom))


def _same_kind(source: Source, totals: Iterable[Source]) -> Source | None:
    return next(
        (t for t in totals if t.curve.unit == source.curve.unit and t.place == source.place and t.distance < 0.5),
        None,
    )


def _wholes(topic: Topic, text: str) -> Iterator[tuple[Topic, Topic]]:
    """Yield the part and the whole of each share that a topic allows."""
    place = topic.places[0].value
    national = topic.nationalities[0].value
    if "/" in place:
        near = replace(topic, places=(Choice(place),), nationalities=topic.nationalities[:1])
        yield near, replace(near, places=(Choice(place.split("/")[0]),))
        yield near, replace(near, places=(Choice("nationwide"),))
    if topic.family:
        yield topic, replace(topic, family="")
    if topic.component in ("USBP", "OFO") and re.search(r"ports?\b|between", text, re.IGNORECASE):
        near = replace(topic, nationalities=topic.nationalities[:1])
        yield near, replace(near, component="CBP")
    if national != "all" and "/" not in place:
        near = replace(topic, nationalities=topic.nationalities[:1])
        yield near, replace(near, nationalities=(Choice("all"),))
