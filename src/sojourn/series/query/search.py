"""Finding series by words, and what the store has of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from sojourn.series.countries import iso3
from sojourn.series.model import TERMS, Measure, table_rows
from sojourn.series.store.entries import Entry
from sojourn.series.store.extent import extent_of
from sojourn.series.store.shelf import Store

__all__ = ["catalogue", "find_series"]

_SHOWN = 6


def find_series(words: str = "", *, store: Store | None = None) -> tuple[Measure, ...]:
    """Return the series that all the words speak of, the nearest first.

    A word is found in the name, title, publisher, unit and note of a series, in words that mean the same
    (``refugee``, ``visitor``), and in what its figures are split by: a nationality (``Chinese``, ``China``), a
    place ("San Diego"), an outcome.

    Parameters
    ----------
    words : str
        Words or parts of words, separated by spaces; without any, every series is returned.
    store : Store, optional
        Where to look for nationalities and places; the user's own store over the reference figures without it.

    Returns
    -------
    tuple of Measure
        In the order of their names.

    Examples
    --------
    >>> [measure.name for measure in sj.data.find_series("darien")]
    >>> [measure.name for measure in sj.data.find_series("Chinese San Diego")]
    """
    return tuple(measure for measure, _ in _found(words, store or Store()))


def _found(words: str, store: Store) -> list[tuple[Measure, dict[str, Any] | None]]:
    """Return the series that all the words speak of, each with how far its figures reach.

    Those with the words themselves in their texts come first, then those with words that mean the same, then those
    whose figures are split by them.
    """
    parts = re.findall(r"[\w-]+", words.casefold())
    entries: dict[str, list[Entry]] = {}
    for entry in store.entries():
        entries.setdefault(entry.measure, []).append(entry)
    found = []
    for measure in store.measures().values():
        held = extent_of(entries.get(measure.of or measure.name, []), store)
        text = _text_of(measure)
        missing = [part for part in parts if not _means(part, text)]
        if missing and not _split_by(missing, held):
            continue
        rank = 2 if missing else int(any(part not in text for part in parts))
        found.append((rank, measure, held))
    return [(measure, held) for _, measure, held in sorted(found, key=lambda f: f[0])]


def _text_of(measure: Measure) -> str:
    return " ".join((measure.name, measure.title, measure.publisher, measure.unit, measure.note)).casefold()


@cache
def _alike() -> dict[str, tuple[str, ...]]:
    """Return the words that mean the same as a word, from ``tables/synonyms.csv``."""
    return {row["word"]: tuple(row["means"].split()) for row in table_rows("synonyms.csv")}


def _means(part: str, text: str) -> bool:
    """Whether a text has a word, its singular, or one that means the same."""
    forms = {part, part.removesuffix("s")} if len(part) > 3 else {part}
    forms |= {other for form in tuple(forms) for other in _alike().get(form, ())}
    return any(form in text for form in forms)


def _split_by(missing: list[str], held: dict[str, Any] | None) -> bool:
    """Whether the figures of a measure are split by all of the words: nationalities, places, outcomes."""
    if held is None:
        return False
    words = {w for values in held["values"].values() for v in values for w in re.split("[/-]", v.casefold())}
    for part in missing:
        forms = (part, *_alike().get(part, ()))
        if not any(form in words or iso3(form).casefold() in words - {""} for form in forms):
            return False
    return True


def catalogue(words: str = "", *, every: bool = False, store: Store | None = None) -> pd.DataFrame:
    """Return what the store has of the series that words speak of.

    Parameters
    ----------
    words : str
        As in :func:`find_series`.
    every : bool
        Also series without figures in the store.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    pandas.DataFrame
        One row for each series: series, title, unit, first and last (the first and the last period, as they are
        written), period (the finest kind), scope (what it is split by, and in which regions and offices), gaps
        (which periods are missing inside), releases.

    Examples
    --------
    >>> sj.data.catalogue("refugee")[["series", "last"]]
    """
    rows = []
    for measure, held in _found(words, store or Store()):
        if held is None and not every:
            continue
        row = {"series": measure.name, "title": measure.title, "unit": measure.unit}
        row |= {n: held[n] if held else "" for n in ("first", "last", "period", "gaps")}
        row["scope"] = _scope(held["values"], measure) if held else ""
        rows.append(row | {"releases": ", ".join(held["releases"]) if held else ""})
    columns = ["series", "title", "unit", "first", "last", "period", "scope", "gaps", "releases"]
    return pd.DataFrame(rows, columns=columns)


def _scope(values: Mapping[str, Sequence[str]], measure: Measure) -> str:
    """Return which offices and regions the figures are of, and what they are split by."""
    said = []
    chosen = dict(measure.selects)
    for dimension, words in (("component", "component"), ("place", "region")):
        names = dict.fromkeys(v.split("/")[0] if dimension == "place" else v for v in values.get(dimension, ()))
        shown = [n for n in names if chosen.get(dimension, n) == n]
        if shown and len(shown) <= _SHOWN:
            said.append(" and ".join(TERMS[words].get(n, n) for n in shown))
    split = [d for d, v in values.items() if d not in chosen and (len(v) > 1 or d == "nationality")]
    if split:
        said.append(f"by {', '.join(split)}")
    scope = "; ".join(said)
    return scope[:1].upper() + scope[1:]
