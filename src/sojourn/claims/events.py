"""Dated events: removal flights, rules and what else a date or duration in a sentence can be held against."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sojourn.claims import tables
from sojourn.claims.extract.when import Phrase

__all__ = ["Event", "coming", "events", "held_against", "nth_flight", "since_previous", "until_event"]


@dataclass(frozen=True)
class Event:
    """Something that happened on known days."""

    name: str
    start: dt.date
    end: dt.date
    previous: str
    title: str
    source: str


@cache
def events() -> tuple[tuple[Event, tuple[tuple[re.Pattern[str], ...], ...]], ...]:
    """Return the events of the table with the words that name each."""
    made = []
    for row in tables.rows("events"):
        event = Event(
            row["event"],
            dt.date.fromisoformat(row["start"]),
            dt.date.fromisoformat(row["end"]),
            row["previous"],
            row["title"],
            row["source"],
        )
        ways = tuple(tuple(tables.pattern([w]) for w in way.split("+")) for way in row["words"].split("|") if way)
        made.append((event, ways))
    return tuple(made)


_NTH = {"first": 1, "second": 2, "third": 3, "1st": 1, "2nd": 2, "3rd": 3}
_FLIGHT = re.compile(
    r"\b(?P<n>first|second|third|1st|2nd|3rd)\b[^.;]{0,40}?\b(?:flight|charter|plane)\b", re.IGNORECASE
)
_LEFT = re.compile(r"\b(?:took off|take off|left|departed|flew|landed|took place|was on|on)\b", re.IGNORECASE)


def _flights() -> list[Event]:
    return [e for e, _ in events() if e.name == "flight"]


def held_against(
    text: str, phrase: Phrase, published: dt.date, others: Sequence[Phrase] = ()
) -> tuple[Event, bool, Event | None] | None:
    """Return the event that a date in a sentence is of, whether it is right, and an event that explains it if not.

    None where no event of the table is meant; of several dates in a sentence, only that of a flight is compared.
    """
    if not phrase.options or phrase.kind not in ("day", "month", "calendar-year", "since-calendar-year"):
        return None
    if phrase.kind == "since-calendar-year":
        return _stopped(text, phrase, published)
    span = phrase.options[0].span
    hit = _FLIGHT.search(text)
    if (
        hit
        and hit.end() <= phrase.start
        and _LEFT.search(text[hit.end() : phrase.start])
        and phrase.start - hit.end() < 90
    ):
        flights = [e for e in _flights() if e.start <= published]
        number = _NTH[hit["n"].lower()]
        if number <= len(flights):
            event = flights[number - 1]
            other = next((e for e, _ in events() if e.name == "flight-announced"), None) if number == 1 else None
            right = _meets(event, span)
            return event, right, other if other is not None and not right and _meets(other, span) else None
    if re.search(r"\b(?:flight|charter)\b[^.;]{0,40}\bon\s$", text[: phrase.start], re.IGNORECASE):
        flown = next((e for e in _flights() if e.start <= published and _meets(e, span)), None)
        return None if flown is None else (flown, True, None)
    if sum(bool(p.options) for p in others) > 1:
        return None
    for event, ways in events():
        if any(all(p.search(text) for p in way) for way in ways) and event.start <= published:
            return event, _meets(event, span), None
    return None


_STOPPED = re.compile(
    r"\b(?:discontinu|halt|paus|suspend|stopp|last (?:such )?(?:flight|charter))\w*", re.IGNORECASE
)
_RETURNS = re.compile(r"\b(?:flights?|charter|deport\w*|repatriat\w*|practice|removals?)\b", re.IGNORECASE)


def _stopped(text: str, phrase: Phrase, published: dt.date) -> tuple[Event, bool, Event | None] | None:
    """Return the first flight where a sentence says since which year there had been none."""
    if not (_STOPPED.search(text) and _RETURNS.search(text)):
        return None
    event = next((e for e in _flights() if e.start <= published and e.previous), None)
    return None if event is None else (event, int(event.previous) == phrase.options[0].span[0].year, None)


def _meets(event: Event, span: tuple[dt.date, dt.date]) -> bool:
    return event.start <= span[1] and event.end >= span[0]


def coming(text: str, published: dt.date) -> Event | None:
    """Return an event that a sentence without a date says is happening about the day of publication."""
    for event, ways in events():
        near = abs((event.start - published).days) <= 45
        if near and any(all(p.search(text) for p in way) for way in ways):
            return event
    return None


def nth_flight(number: int, published: dt.date) -> Event | None:
    """Return the flight of a number since the resumption, None where there were not so many before publication."""
    flights = [e for e in _flights() if e.start <= published]
    return flights[number - 1] if 0 < number <= len(flights) else None


def since_previous(published: dt.date) -> tuple[float, float] | None:
    """Return the least and most years between the first flight and the one before, of which the year is known."""
    flights = [e for e in _flights() if e.start <= published and e.previous]
    if not flights:
        return None
    year = int(flights[0].previous)
    when = flights[0].start
    return (when - dt.date(year, 12, 31)).days / 365.25, (when - dt.date(year, 1, 1)).days / 365.25


_UNITS: Mapping[str, float] = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}


def until_event(text: str, value: float, unit: str, published: dt.date) -> tuple[str, float, bool] | None:
    """Return what a duration before the election measures, its days, and whether that is the stated duration."""
    if not re.search(r"\bbefore (?:the |a )?(?:\w+ ){0,3}election\b", text, re.IGNORECASE):
        return None
    day = next(e.start for e, _ in events() if e.name == "election")
    if not 0 <= (day - published).days < 400:
        return None
    size = _UNITS[unit]
    starts = [("flight", e.start) for e in _flights() if 0 <= (published - e.start).days <= 14] + [
        ("publication", published)
    ]
    name, days = min(((n, float((day - s).days)) for n, s in starts), key=lambda p: abs(p[1] - value * size))
    return name, days, abs(days - value * size) <= 0.5 * size
