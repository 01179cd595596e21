"""Whom and what a sentence is about: nationality, place, component, family, what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sojourn.claims import tables

__all__ = ["Mention", "Mentions", "find_mentions"]


@dataclass(frozen=True)
class Mention:
    """A word of a table in a sentence: where it stands and what it stands for."""

    start: int
    end: int
    value: str
    weight: int = 0
    text: str = ""


@dataclass(frozen=True)
class Mentions:
    """Every mention in a sentence, by what it is a mention of."""

    concepts: tuple[Mention, ...]
    nationalities: tuple[Mention, ...]
    places: tuple[Mention, ...]
    groups: dict[str, tuple[Mention, ...]]


@cache
def _concepts() -> tuple[tuple[str, int, tables.Words], ...]:
    return tuple((r["concept"], int(r["rank"]), tables.Words.of(r["words"])) for r in tables.rows("concepts"))


@cache
def _places() -> tuple[tuple[str, tables.Words], ...]:
    return tuple((r["place"], tables.Words.of(r["words"])) for r in tables.rows("places"))


@cache
def _nationalities() -> tuple[tuple[str, tables.Words], ...]:
    return tuple((r["nationality"], tables.Words.of(r["words"])) for r in tables.rows("nationalities"))


@cache
def _groups() -> tuple[tuple[str, str, tables.Words], ...]:
    return tuple((r["dimension"], r["value"], tables.Words.of(r["words"])) for r in tables.rows("groups"))


_COUNTRY_OF_ORIGIN = re.compile(
    r"\b(?:from|of|nationals of|citizens of|leaving|fleeing)\s(?:mainland |the |communist )?$", re.IGNORECASE
)
_GOVERNMENT = re.compile(
    r"^(?:'s|’s)? (?:government|authorities|communist|national immigration|foreign ministry|"
    r"embassy|officials?|law enforcement|companies|president|new year|regime|economy|"
    r"intelligence|policies|producers|cooperation|american|border|cartels?|city|side|soil|"
    r"states?|ports?|territory|consulates?|had\b|has\b)",
    re.IGNORECASE,
)


def find_mentions(text: str) -> Mentions:
    """Return what a sentence mentions."""
    folded = text.casefold()
    places = tuple(
        _longest(
            Mention(m.start(), m.end(), v, 0, m.group()) for v, p in _places() for m in p.finditer(text, folded)
        )
    )
    groups: dict[str, list[Mention]] = {}
    for dimension, value, pattern in _groups():
        groups.setdefault(dimension, []).extend(
            Mention(m.start(), m.end(), value, 0, m.group()) for m in pattern.finditer(text, folded)
        )
    concepts = _longest(
        Mention(m.start(), m.end(), c, r, m.group()) for c, r, p in _concepts() for m in p.finditer(text, folded)
    )
    at_ports = [m for found in groups.values() for m in found if m.value == "OFO"]
    concepts = [
        c
        for c in concepts
        if not (c.value == "entry" and any(m.start <= c.start and c.end <= m.end for m in at_ports))
    ]
    return Mentions(
        tuple(concepts),
        tuple(_origins(text)),
        tuple(sorted(places, key=lambda m: m.start)),
        {d: tuple(_longest(iter(found))) for d, found in groups.items()},
    )


def _origins(text: str) -> Iterator[Mention]:
    """Yield the nationalities: adjectives and nouns of people, and countries that people are from."""
    folded = text.casefold()
    for code, pattern in _nationalities():
        for hit in pattern.finditer(text, folded):
            country = hit.group().lower() in _COUNTRIES
            before, after = text[max(0, hit.start() - 40) : hit.start()], text[hit.end() : hit.end() + 30]
            weight = 2
            if country:
                weight = 1 if _COUNTRY_OF_ORIGIN.search(before) else 0
            elif _GOVERNMENT.match(after):
                weight = 0
            if weight:
                yield Mention(hit.start(), hit.end(), code, weight, hit.group())


_COUNTRIES = frozenset(
    word.lower()
    for row in tables.rows("nationalities")
    for word in row["words"].split("|")
    if not re.search(r"(?:ans?|ese|ns|is?|ish|rks?|sh|bek|ks|ian|ine|ines)$", word)
    or word in ("china", "mainland china", "haiti", "iran", "bhutan")
) | {"people's republic of china", "afghanistan", "pakistan", "kazakhstan", "uzbekistan"}


def _longest(mentions: Iterator[Mention]) -> list[Mention]:
    """Return the mentions without those inside a longer or weightier one."""
    kept: list[Mention] = []
    for one in sorted(mentions, key=lambda m: (-m.weight, m.start - m.end, m.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda m: m.start)
