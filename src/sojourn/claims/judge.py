"""The verdict on one figure, by its kind."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sojourn.claims import events
from sojourn.claims.comparisons import changes, pairs, shares
from sojourn.claims.context import Carried, Parsed, Subject, subject_of
from sojourn.claims.extract.quantities import Quantity
from sojourn.claims.extract.when import Phrase, fiscal_span, year_span
from sojourn.claims.periods import Stated, base_of, period_of
from sojourn.claims.ranks import rank
from sojourn.claims.readings import Reading, Source, sources
from sojourn.claims.shelf import Shelf
from sojourn.claims.verdicts import Decision, decide

__all__ = ["Case", "Judged", "judge"]

_WITHOUT_SUBJECT = ("date", "event", "duration")
_NEEDS_SUBJECT = ("false", "other-definition")
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375}


@dataclass(frozen=True)
class Case:
    """A figure with all that its verdict needs."""

    parsed: Parsed
    quantity: Quantity
    carried: Carried
    subject: Subject
    published: dt.date
    shelf: Shelf

    @property
    def text(self) -> str:
        """The sentence."""
        return self.parsed.sentence.text


@dataclass(frozen=True)
class Judged:
    """A verdict, the words of the period it is of, and what must be said besides."""

    decision: Decision
    stated: str = ""
    kind: str = ""
    words: str = ""
    notes: tuple[str, ...] = ()


def _none(reason: str) -> Decision:
    return Decision("not-checkable", None, (), 0.0, 0.0, reason)


def judge(
    parsed: Parsed, quantity: Quantity, carried: Carried, published: dt.date, shelf: Shelf
) -> tuple[Case, Judged]:
    """Return the verdict on a figure."""
    case = Case(parsed, quantity, carried, subject_of(parsed, quantity, carried), published, shelf)
    how = _HOW.get(quantity.kind)
    if case.subject.foreign and quantity.kind not in ("duration", "date"):
        return case, Judged(_none("no series of the store counts this"))
    if how is None or (quantity.kind == "level" and not case.subject.noun):
        return case, Judged(_none("no series of the store counts this"))
    judged = how(case)
    if (
        not case.subject.found
        and quantity.kind not in _WITHOUT_SUBJECT
        and judged.decision.verdict in _NEEDS_SUBJECT
    ):
        reason = "the words do not say what is counted"
        return case, replace(
            judged, decision=replace(judged.decision, verdict="not-checkable", misattributed=False, reason=reason)
        )
    return case, judged


def _sure(case: Case, stated: Stated | None = None, readings: Sequence[Reading] = ()) -> bool:
    """Tell whether subject and period were found well enough for a figure that fits nothing to be false."""
    subject = case.subject
    if not subject.found or subject.topic.assumed:
        return False
    if readings and all(
        r.source.nationality != subject.topic.nationalities[0].value for r in readings if r.distance < 0.5
    ):
        return False
    return stated is None or (stated.found and stated.phrase is not None)


def _explicit(case: Case, stated: Stated | None) -> frozenset[str]:
    named = case.subject.topic.explicit
    if stated is not None and stated.explicit:
        named |= {"period"}
    return named


def _level(case: Case) -> Judged:
    quantity = case.quantity
    stated = period_of(case.parsed, quantity, case.carried, case.published)
    found = sources(case.subject.topic, case.shelf)
    readings = [r for s in found for r in _values(s, stated, case.published)]
    if (
        not stated.found
        and (quantity.comparator == "vague" or "typical" in case.text)
        and any(p.kind == "vague" for p in case.parsed.phrases)
    ):
        latest = [
            r
            for r in readings
            if r.distance < 0.5 and re.search(r"\b(?:every|each|per|a) year\b", case.text, re.IGNORECASE)
        ]
        readings = latest + [r for s in found if s.kind != "event" for r in _typical(s, case.published)]
    words = stated.phrase.text if stated.phrase else ""
    if not found:
        return Judged(_none(_missing(case)), words)
    decision = decide(
        readings,
        quantity.low,
        quantity.high,
        explicit=_explicit(case, stated),
        sure=_sure(case, stated, readings) and _covered(readings) and quantity.comparator != "vague",
        people=case.subject.topic.people,
        strict=not stated.found,
    )
    if decision.verdict in ("false", "not-checkable") and (derived := _derived(case)):
        return replace(derived, stated=words)
    return Judged(decision, words)


def _typical(source: Source, published: dt.date) -> list[Reading]:
    """Return the median of the ten fiscal and calendar years before the year of publication ("in years before")."""
    made = []
    for span_of in (fiscal_span, year_span):
        years = [
            (span_of(published.year - back), source.value(span_of(published.year - back))) for back in range(1, 11)
        ]
        known = sorted((v, s) for s, v in years if v is not None and s[1] <= published)
        if len(known) >= 3:
            value, span = known[len(known) // 2]
            made.append(
                Reading(source, span, value, round(source.distance, 3), source.differs, note="median of ten years")
            )
    return made


def _missing(case: Case) -> str:
    topic = case.subject.topic
    if topic.nationalities[0].value != "all" and case.subject.found:
        return "no series of the store counts this of that nationality and place"
    return "no series of the store counts this"


def _covered(readings: Sequence[Reading]) -> bool:
    return any(r.distance < 0.45 for r in readings)


def _values(source: Source, stated: Stated, published: dt.date) -> list[Reading]:
    """Return the values of one curve over the spans that may be meant."""
    if source.kind == "event":
        return _of_events(source, stated, published)
    made = []
    for option in stated.options:
        distance = source.distance + option.distance
        if distance > 2:
            continue
        span = option.span
        differs = (*source.differs, "period") if option.distance >= 0.5 else source.differs
        value = source.value(span)
        if value is not None:
            bounds = None
            if stated.within and source.kind == "flow":
                month = (span[1].replace(day=1), span[1])
                last = source.value(month)
                bounds = (value - last, value) if last is not None and month != span else None
            made.append(Reading(source, span, value, round(distance, 3), differs, bounds=bounds, note=option.note))
        if stated.cumulative and source.kind == "flow" and option.distance < 0.5:
            made += _cumulative(source, span, distance)
    return made


def _cumulative(source: Source, span: tuple[dt.date, dt.date], distance: float) -> list[Reading]:
    """Return the sums from the start of the series, of the year and of the fiscal year to the end of a span."""
    end = span[1]
    fiscal = dt.date(end.year - (end.month < 10), 10, 1)
    made = []
    for start, far in ((source.curve.first, 0.1), (dt.date(end.year, 1, 1), 0.1), (fiscal, 0.3)):
        value = source.value((start, end)) if start < end and start != span[0] else None
        if value is not None:
            made.append(
                Reading(source, (start, end), value, round(distance + far, 3), source.differs, note="up to then")
            )
    return made


def _of_events(source: Source, stated: Stated, published: dt.date) -> list[Reading]:
    """Return single events and their sum: those of the last four months first."""
    made = []
    past = sorted((s, v) for s, v in source.curve.spans.items() if s[1] <= published)
    for span, value in past:
        near = (published - span[1]).days <= 120
        made.append(
            Reading(source, span, value, round(source.distance + (0.0 if near else 0.3), 3), source.differs)
        )
    recent = [(s, v) for s, v in past if (published - s[1]).days <= 400]
    if len(recent) > 1:
        span = (recent[0][0][0], recent[-1][0][1])
        made.append(
            Reading(source, span, sum(v for _, v in recent), round(source.distance + 0.4, 3), source.differs)
        )
    return made


def _derived(case: Case) -> Judged | None:
    """Return the verdict on a figure that is the difference or sum of two others of its sentence."""
    others = [q for q in case.parsed.quantities if q.kind == "level" and q is not case.quantity and q.value > 100]
    value = case.quantity.value
    for i, one in enumerate(others):
        for two in others[i + 1 :]:
            for how, made in (("difference", abs(one.value - two.value)), ("sum", one.value + two.value)):
                if abs(made - value) > 0.5 * case.quantity.unit or value < 100:
                    continue
                parts = [
                    judge(case.parsed, q, case.carried, case.published, case.shelf)[1].decision
                    for q in (one, two)
                    if _plain(case, q, one, two)
                ]
                if (
                    len(parts) == 2
                    and all(p.verdict in ("true", "other-definition") for p in parts)
                    and parts[0].reading
                ):
                    first, second = parts[0].reading, parts[1].reading
                    reading = replace(
                        first,
                        value=made,
                        how=how,
                        other=second.source if second else None,
                        parts=(one.value, two.value),
                    )
                    verdict = "true" if all(p.verdict == "true" for p in parts) else "other-definition"
                    return Judged(
                        Decision(verdict, reading, (), min(p.probability for p in parts), parts[0].chance),
                        kind="difference",
                    )
    return None


def _plain(case: Case, quantity: Quantity, one: Quantity, two: Quantity) -> bool:
    """Tell whether a figure is not itself made of the others, so that no two figures rest on each other."""
    return (
        quantity.start < case.quantity.start and one.start < case.quantity.start and two.start < case.quantity.start
    )


def _change(case: Case) -> Judged:
    quantity = case.quantity
    main, base = base_of(case.parsed, quantity, case.published)
    before = _carried_phrase(case) if main is None else None
    periods = pairs(main, base, before, case.published)
    found = sources(case.subject.topic, case.shelf)
    if not found:
        return Judged(_none(_missing(case)))
    readings = changes(
        [s for s in found if s.kind not in ("percent", "share")],
        periods,
        quantity.kind,
        quantity.detail,
        quantity.value,
    )
    if quantity.kind == "percent-change" and (percents := [s for s in found if s.kind == "percent"]):
        stated = period_of(case.parsed, quantity, case.carried, case.published)
        readings += [r for s in percents for r in _values(s, stated, case.published)]
    known = main is not None or (base is not None and (before is not None or base.role == "since"))
    decision = decide(
        readings,
        quantity.low,
        quantity.high,
        explicit=case.subject.topic.explicit
        | (
            {"period"}
            if (main is not None and main.explicit) or (base is not None and base.options)
            else frozenset()
        ),
        sure=_sure(case, None, readings) and known and _covered(readings),
        ratio=quantity.kind == "percent-change",
    )
    words = " v ".join(p.text for p in (main or before, base) if p is not None)
    return Judged(decision, words)


def _carried_phrase(case: Case) -> Phrase | None:
    phrase, at = case.carried.phrase
    return phrase if phrase is not None and case.carried.at - at <= 1 else None


_WORDED = {
    "tiny": (0.0, 5.0),
    "negligible": (0.0, 3.0),
    "small": (0.0, 20.0),
    "large": (25.0, 100.0),
    "significant": (10.0, 100.0),
    "vast": (60.0, 100.0),
    "overwhelming": (70.0, 100.0),
    "majority": (50.0, 100.0),
}


def _share(case: Case) -> Judged:
    quantity = case.quantity
    low, high = quantity.low, quantity.high
    worded = quantity.value == 0
    if worded:
        low, high = next((v for k, v in _WORDED.items() if k in quantity.detail), (0.0, 0.0))
    stated = period_of(case.parsed, quantity, case.carried, case.published)
    found = [s for s in sources(case.subject.topic, case.shelf) if s.kind in ("share", "percent")]
    readings = [r for s in found for r in _values(s, stated, case.published)]
    readings += shares(case.subject.topic, stated.options, case.shelf, case.text)
    if not readings:
        return Judged(_none("no series of the store holds both the part and the whole"))
    decision = decide(
        readings,
        low,
        high,
        explicit=_explicit(case, stated),
        sure=_sure(case, stated, readings) and not worded,
        lucky=0.3 if worded else None,
    )
    return Judged(decision, stated.phrase.text if stated.phrase else "")


def _rate(case: Case) -> Judged:
    quantity = case.quantity
    stated = period_of(case.parsed, quantity, case.carried, case.published)
    found = sources(case.subject.topic, case.shelf)
    readings = []
    for source in found:
        for reading in _values(source, stated, case.published) if source.kind == "flow" else ():
            days = (reading.span[1] - reading.span[0]).days + 1
            readings.append(
                replace(
                    reading,
                    value=reading.value * _DAYS[quantity.detail] / days,
                    how=f"per {quantity.detail}",
                    parts=(reading.value, float(days)),
                )
            )
    if not readings:
        return Judged(_none(_missing(case)))
    decision = decide(
        readings, quantity.low, quantity.high, explicit=_explicit(case, stated), sure=_sure(case, stated, readings)
    )
    return Judged(decision, stated.phrase.text if stated.phrase else "")


def _direction(case: Case) -> Judged:
    """Judge an increase or decrease without a figure, and what surpasses what."""
    down = bool(re.search(r"drop|fall|decline|decrease|down|fewer|less", case.quantity.detail))
    main, base = base_of(case.parsed, case.quantity, case.published)
    if case.quantity.detail == "more":
        return _more_at(case)
    before = _carried_phrase(case) if main is None else None
    periods = [p for p in pairs(main, base, before, case.published) if p.distance < 0.5]
    if base is not None and re.search(r"\b(?:entire|whole|full|all of|total)\b", case.text, re.IGNORECASE):
        whole = {o.span for o in base.options}
        periods = [p for p in periods if p.base in whole] or periods
    if base is None:
        return Judged(_none("nothing is said of what it is compared with"))
    tested = []
    for source in sources(case.subject.topic, case.shelf):
        if source.distance >= 0.5:
            continue
        for pair in periods:
            now, then = source.value(pair.span), source.value(pair.base)
            if now is not None and then is not None:
                fits = now < then if down else now > then
                tested.append(
                    (
                        fits,
                        Reading(
                            source,
                            pair.span,
                            now,
                            round(source.distance + pair.distance, 3),
                            source.differs,
                            base=pair.base,
                            how="comparison",
                            parts=(now, then),
                        ),
                    )
                )
    return Judged(_by_test(case, tested), " v ".join(p.text for p in (main or before, base) if p is not None))


def _by_test(case: Case, tested: Sequence[tuple[bool, Reading]]) -> Decision:
    """Return the verdict of tests that a reading passes or fails: true when the nearest passes."""
    if not tested:
        return _none("no series covers both periods")
    ordered = sorted(tested, key=lambda t: (t[1].distance, not t[0]))
    passed = [r for fits, r in ordered if fits]
    others = tuple(r for _, r in ordered[1:4])
    if passed:
        return Decision("true", passed[0], others, len(passed) / len(tested), 0.5)
    if not _sure(case):
        return Decision(
            "not-checkable", ordered[0][1], others, 0.0, 0.5, "the words do not say enough to choose a series"
        )
    return Decision("false", ordered[0][1], others, 1.0, 0.5)


def _more_at(case: Case) -> Judged:
    """Judge whether one component counted more than the other."""
    stated = period_of(case.parsed, case.quantity, case.carried, case.published)
    named = sorted(case.parsed.mentions.groups.get("component", ()), key=lambda m: m.start)
    if len({m.value for m in named}) < 2:
        return Judged(_none("the two sides compared were not found"))
    sides = [sources(replace(case.subject.topic, component=m.value), case.shelf) for m in (named[0], named[-1])]
    tested = []
    for one in sides[0]:
        for two in sides[1]:
            if one.place != two.place or max(one.distance, two.distance) > 0.3:
                continue
            for option in stated.options[:2]:
                a, b = one.value(option.span), two.value(option.span)
                if a is not None and b is not None and option.distance < 0.5:
                    tested.append(
                        (
                            a > b,
                            Reading(
                                one,
                                option.span,
                                a,
                                one.distance + two.distance + option.distance,
                                (),
                                other=two,
                                how="comparison",
                                parts=(a, b),
                            ),
                        )
                    )
    return Judged(_by_test(case, tested), stated.phrase.text if stated.phrase else "")


def _rank(case: Case) -> Judged:
    quantity = case.quantity
    if quantity.detail == "nth flight":
        event = events.nth_flight(int(quantity.value), case.published)
        if event is None:
            return Judged(_none("no such flight is known before publication"))
        return Judged(
            Decision("true", None, (), 0.9, 0.1),
            event.start.isoformat(),
            words=f"{event.title}, {event.start} ({event.source})",
        )
    words = quantity.detail
    since = next((p for p in case.parsed.phrases if p.role == "since" and p.start >= quantity.start), None)
    usable = [p for p in case.parsed.phrases if p.options and p.role in ("main", "until") and not p.base]
    main = min(usable, key=lambda p: abs(p.start - quantity.start), default=None) or _recent_period(case)
    found = sources(case.subject.topic, case.shelf)
    flows = [s for s in found if s.kind != "event"]
    ranked = rank(flows, words, main, since, case.published)
    if not ranked:
        return Judged(_none("no series covers the periods compared"), main.text if main else "")
    wanted = {"second": 2, "third": 3, "fourth": 4, "fifth": 5}.get(
        re.sub(r"^(?:the |a )", "", words).split("-")[0].split()[0], 1
    )
    tested = [
        (
            r.place == wanted,
            Reading(
                r.source,
                r.span,
                r.value,
                round(r.distance, 3),
                r.source.differs,
                base=r.rival,
                how=f"rank {r.place} of {r.of}",
            ),
        )
        for r in ranked
    ]
    sure = replace(case, subject=case.subject) if main is not None else None
    if sure is None and not any(fits for fits, _ in tested):
        return Judged(_none("the words do not say which period is meant"))
    return Judged(_by_test(case, tested), main.text if main else "")


def _recent_period(case: Case) -> Phrase | None:
    phrase, at = case.carried.phrase
    return phrase if phrase is not None and case.carried.at - at <= 1 and phrase.kind == "month" else None


def _duration(case: Case) -> Judged:
    quantity = case.quantity
    unit = next((u for u in ("day", "week", "month", "year") if u in quantity.detail), "")
    if unit and (made := events.until_event(case.text, quantity.value, unit, case.published)):
        name, days, fits = made
        return Judged(
            Decision("true" if fits else "false", None, (), 0.9, 0.2),
            "until the election",
            words=f"{days:.0f} days from {name} to the election",
        )
    if (
        unit == "year"
        and re.search(r"first time in", case.text, re.IGNORECASE)
        and re.search(r"flight|charter|deport", case.text, re.IGNORECASE)
    ):
        years = events.since_previous(case.published)
        if years is not None:
            fits = years[0] - 0.6 <= quantity.value <= years[1] + 0.1
            return Judged(
                Decision("true" if fits else "false", None, (), 0.8, 0.2),
                "",
                words=f"{years[0]:.1f} to {years[1]:.1f} years since the flight before",
            )
    found = (
        [s for s in sources(case.subject.topic, case.shelf) if s.curve.unit == "day"] if case.subject.found else []
    )
    stated = period_of(case.parsed, quantity, case.carried, case.published)
    readings = [r for s in found if unit == "day" for r in _values(s, stated, case.published)]
    if not readings:
        return Judged(_none("no series of the store counts this"))
    low, high = quantity.value - 0.5 * quantity.unit, quantity.value + 0.5 * quantity.unit
    return Judged(decide(readings, low, high, explicit=_explicit(case, stated), sure=False))


def _price(case: Case) -> Judged:
    return Judged(_none("prices of routes are known from the press alone: circular, and few"))


def _date(case: Case) -> Judged:
    """Judge a date against the events known."""
    phrase = next(p for p in case.parsed.phrases if p.start == case.quantity.start and p.end == case.quantity.end)
    held = events.held_against(case.text, phrase, case.published, case.parsed.phrases)
    if held is None:
        return Judged(_none("no event of the tables is dated by this"))
    event, right, other = held
    said = (
        f"{event.title}: {event.start}"
        + (f" to {event.end}" if event.end != event.start else "")
        + f" ({event.source})"
    )
    if other is not None:
        said += f"; {other.title}: {other.start}"
    return Judged(
        Decision("true" if right else "false", None, (), 0.9, 0.1, misattributed=other is not None),
        phrase.text,
        words=said,
    )


def _coming(case: Case) -> Judged:
    event = events.coming(case.text, case.published)
    if event is None:
        return Judged(_none("no event of the tables is dated by this"))
    return Judged(
        Decision("true", None, (), 0.8, 0.2),
        event.start.isoformat(),
        words=f"{event.title}: {event.start} ({event.source})",
    )


_HOW: dict[str, Callable[[Case], Judged]] = {
    "level": _level,
    "percent-change": _change,
    "multiple": _change,
    "share": _share,
    "rate": _rate,
    "rank": _rank,
    "comparison": _direction,
    "direction": _direction,
    "duration": _duration,
    "price": _price,
    "date": _date,
    "event": _coming,
}
