"""Readings: the series, filters and spans that the words of a claim may mean, and how far each is from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sojourn.claims import tables
from sojourn.claims.extract.when import Option
from sojourn.claims.shelf import Curve, Shelf
from sojourn.series import measures

__all__ = ["FURTHEST", "Choice", "Reading", "Source", "Topic", "query_text", "sources"]

FURTHEST = 2.2
"""Readings further from the words than this are not tried."""

_US = ("southwest", "northern", "coastal", "nationwide")


@dataclass(frozen=True)
class Choice:
    """One value of a slot of the question, its distance from the words, and the name of what differs."""

    value: str
    distance: float = 0.0
    differs: str = ""


@dataclass(frozen=True)
class Topic:
    """What a claim is about, slot by slot; the first choice of each is the literal one."""

    concepts: tuple[Choice, ...]
    nationalities: tuple[Choice, ...]
    places: tuple[Choice, ...]
    component: str = ""
    family: str = ""
    category: str = ""
    program: str = "all"
    people: bool = False
    explicit: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """A curve that may answer, how far it is from the words and in what."""

    curve: Curve
    kind: str
    distance: float
    differs: tuple[str, ...]
    nationality: str
    place: str
    concept: str
    circular: bool = False

    def value(self, span: tuple[dt.date, dt.date]) -> float | None:
        """Return the figure of a span: a sum of a flow, the last figure of a stock."""
        if self.kind in ("flow", "event"):
            return self.curve.flow(span)
        found = self.curve.stock(span)
        return found * 100 if found is not None and self.kind == "share" else found


@dataclass(frozen=True)
class Reading:
    """A value that a claim may mean: what was asked, of which span, and how far that is from the words."""

    source: Source
    span: tuple[dt.date, dt.date]
    value: float
    distance: float
    differs: tuple[str, ...]
    base: tuple[dt.date, dt.date] | None = None
    other: Source | None = None
    how: str = "level"
    bounds: tuple[float, float] | None = None
    note: str = ""
    parts: tuple[float, ...] = field(default=())


@cache
def _definitions(concept: str) -> tuple[Mapping[str, str], ...]:
    return tuple(row for row in tables.rows("definitions") if row["concept"] == concept)


def sources(topic: Topic, shelf: Shelf) -> list[Source]:
    """Return the curves that may answer a claim, nearest to the words first; those of a topic are kept."""
    if topic in shelf.answers:
        return list(shelf.answers[topic])
    found: dict[tuple[str, tuple[tuple[str, str], ...], str], Source] = {}
    for concept in topic.concepts:
        for row in _definitions(concept.value):
            for one in _of_row(row, concept, topic, shelf):
                key = (one.curve.measure, one.curve.filters, one.curve.release)
                if key not in found or one.distance < found[key].distance:
                    found[key] = one
    ordered = sorted(found.values(), key=lambda s: (s.distance, s.curve.measure, s.curve.filters))
    shelf.answers[topic] = tuple(ordered)
    return ordered


def _of_row(row: Mapping[str, str], concept: Choice, topic: Topic, shelf: Shelf) -> Iterator[Source]:
    """Yield the curves of one definition under every choice of nationality and place."""
    if not shelf.holds(row["measure"]):
        return
    apart = _component(row["component"], topic.component)
    if apart is None:
        return
    for place, where in _places(row["places"], topic.places):
        for nationality in topic.nationalities:
            distance = float(row["distance"]) + concept.distance + apart[0] + place.distance + nationality.distance
            if distance > FURTHEST:
                continue
            differs = tuple(d for d in (concept.differs, apart[1], place.differs, nationality.differs) if d)
            if row["kind"] == "stock" and float(row["distance"]) >= 1:
                differs = (*differs, "stock for flow")
            for filters, release, more in _filters(row, nationality.value, where, topic, shelf):
                curve = shelf.curve(row["measure"], filters, release)
                if curve is not None and distance + more <= FURTHEST:
                    yield Source(
                        curve,
                        row["kind"],
                        round(distance + more, 3),
                        differs,
                        nationality.value,
                        place.value,
                        concept.value,
                        row["circular"] == "yes",
                    )


def _component(row: str, wanted: str) -> tuple[float, str] | None:
    """Return how far a component is from the one asked for, or None where it cannot be meant."""
    if not row or row == wanted:
        return 0.0, ""
    far = {
        ("USBP", ""): (0.0, ""),
        ("CBP", ""): (0.0, ""),
        ("CBP", "USBP"): (1.0, "component"),
        ("USBP", "CBP"): (0.4, ""),
        ("CBP", "OFO"): (1.5, "component"),
        ("OFO", "CBP"): (1.5, "component"),
        ("OFO", ""): (1.5, "component"),
    }
    return far.get((row, wanted))


def _places(listed: str, choices: Sequence[Choice]) -> Iterator[tuple[Choice, str]]:
    """Yield the places of a definition among those asked for, with the filter of each."""
    known = listed.split()
    for choice in choices:
        value = choice.value
        local = value in _US or "/" in value or value in ("USA", "")
        if known == ["*"]:
            yield choice, ""
            return
        if known == ["USA"]:
            if local:
                yield choice, ""
                return
        elif known == ["abroad"]:
            if not local:
                yield choice, value
        elif value in known or ("/" in value and "sector" in known):
            yield choice, value


def _filters(
    row: Mapping[str, str], nationality: str, where: str, topic: Topic, shelf: Shelf
) -> Iterator[tuple[dict[str, str], str, float]]:
    """Yield the filters of a question, the release to ask and how far both are from the words."""
    measure = row["measure"]
    filters = dict(item.split("=") for item in row["filters"].format(place=where, program=topic.program).split())
    people = _of_people(measure, nationality, topic, shelf)
    if people is None:
        return
    filters |= people | _at_place(measure, where, shelf)
    if topic.category and topic.category in shelf.values(measure, "category"):
        filters["category"] = topic.category
    if "category" not in filters and (split := _split(measure, shelf)):
        for value in split:
            yield {**filters, "category": value}, "latest", 0.0 if value == "all" else 0.1
        return
    yield filters, "latest", 0.0
    if not topic.category and measure == "visas-issued-yearly":
        yield {**filters, "category": "b1-b2"}, "latest", 0.1
    for release in shelf.older(measure)[:2]:
        yield filters, release, 0.1


def _of_people(measure: str, nationality: str, topic: Topic, shelf: Shelf) -> dict[str, str] | None:
    """Return the filters of nationality and family, or None where the measure does not split so."""
    filters = {}
    if not measure.startswith("china-") and nationality != "all":
        if nationality not in shelf.values(measure, "nationality"):
            return None
        filters["nationality"] = nationality
    elif nationality == "all" and not shelf.answers_everyone(measure):
        return None
    if topic.family:
        if topic.family not in shelf.values(measure, "family"):
            return None
        filters["family"] = topic.family
    return filters


def _at_place(measure: str, where: str, shelf: Shelf) -> dict[str, str]:
    """Return the filter of a place in the United States."""
    known = shelf.values(measure, "place")
    if where == "nationwide":
        return {"place": "all"} if "all" in known else {}
    return {"place": where} if known and (where in _US or "/" in where) else {}


def _split(measure: str, shelf: Shelf) -> tuple[str, ...]:
    """Return the categories to ask one by one, where the figures of a measure are not added up over them."""
    known = shelf.values(measure, "category")
    if len(known) < 2 or "category" in measures()[measure].adds:
        return ()
    return ("all",) if "all" in known else known[:12]


def query_text(source: Source, span: tuple[dt.date, dt.date]) -> str:
    """Return the call of ``sj.series`` that gives the figure of a span."""
    said = "".join(f', {name}="{value}"' for name, value in source.curve.filters)
    release = f', release="{source.curve.release}"'
    period = ""
    if source.kind in ("flow", "event") and span in source.curve.spans and not _monthly(source.curve, span):
        period = f', period="{_kind(span)}"' if _kind(span) else ""
    take = ".sum()" if source.kind in ("flow", "event") else ".iloc[-1]"
    return (
        f'sj.series("{source.curve.measure}"{said}, start="{span[0]}", '
        f'end="{span[1]}"{period}{release})["value"]{take}'
    )


def _monthly(curve: Curve, span: tuple[dt.date, dt.date]) -> bool:
    months = range(span[0].year * 12 + span[0].month, span[1].year * 12 + span[1].month + 1)
    return bool(curve.months) and all(m in curve.months for m in months)


def _kind(span: tuple[dt.date, dt.date]) -> str:
    if (span[0].month, span[0].day, span[1].month, span[1].day) == (1, 1, 12, 31) and span[0].year == span[1].year:
        return "calendar-year"
    if (span[0].month, span[0].day, span[1].month, span[1].day) == (10, 1, 9, 30):
        return "fiscal-year"
    return ""


def latest(options: Sequence[Option]) -> Option | None:
    """Return the literal option of a phrase."""
    return min(options, key=lambda o: o.distance, default=None)
