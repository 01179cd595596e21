"""The scope of an answer in one sentence: who counted what, where, of whom, when, in which release."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from sojourn.calendar import FiscalYear, label
from sojourn.series.countries import country_name
from sojourn.series.model import ALL, OTHER, TERMS
from sojourn.series.query.question import Question
from sojourn.series.query.selection import Answer

__all__ = ["scope_of"]


def scope_of(question: Question, answer: Answer) -> str:
    """Return what the figures of an answer are of.

    Parameters
    ----------
    question : Question
        What was asked.
    answer : Answer
        Its answer; the frame has the column ``release``.

    Returns
    -------
    str
        Such as "US Customs and Border Protection (Border Patrol), southwest border, China, FY2023, release
        2025-05".
    """
    said = [_who(question, answer), *_countries(question), *_places(question, answer), _nationalities(question)]
    said += [
        *_families(question),
        *_categories(question, answer),
        _when(answer.frame, answer.period, question.fiscal),
    ]
    releases = answer.frame["release"].unique().tolist()
    said.append(("release " if len(releases) == 1 else "releases ") + _few(releases))
    return ", ".join(part for part in said if part)


def _few(words: Iterable[str], shown: int = 4) -> str:
    """Return a few words in a row, or the first of them and how many more there are."""
    named = list(words)
    if len(named) <= shown:
        return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return f"{', '.join(named[: shown - 1])} and {len(named) - shown + 1} more"


def _meant(question: Question, answer: Answer, dimension: str) -> list[str]:
    """Return the values of a dimension that the figures are of; ``all`` where they are the whole."""
    if dimension in question.wanted:
        return list(question.wanted[dimension])
    if dimension in question.by and dimension in answer.frame:
        return sorted(answer.frame[dimension].unique())
    return sorted(answer.parts.get(dimension, frozenset({ALL})))


def _who(question: Question, answer: Answer) -> str:
    measure = question.measure
    parts = _meant(question, answer, "component")
    if parts == [ALL] and not measure.whole.get("component"):
        return measure.publisher
    names = measure.whole["component"] if parts == [ALL] else parts
    return f"{measure.publisher} ({_few(TERMS['component'].get(name, name) for name in names)})"


def _countries(question: Question) -> list[str]:
    return [_few(country_name(code) for code in question.wanted.get("country", ()) if code != ALL)]


def _places(question: Question, answer: Answer) -> list[str]:
    places = _meant(question, answer, "place")
    whole = question.measure.whole.get("place", ())
    if places == [ALL]:
        return [_few((TERMS["region"].get(p, p) for p in whole), len(whole))]
    return [_few(_place(place) for place in places)]


def _place(path: str) -> str:
    """Return a place in words: ``southwest/san-diego-sector`` is the San Diego Sector."""
    if path == ALL:
        return "all places"
    last = path.rsplit("/", 1)[-1]
    return TERMS["region"].get(last, " ".join(w.capitalize() for w in last.split("-")))


def _nationalities(question: Question) -> str:
    codes = [c for c in question.wanted.get("nationality", ()) if c != ALL]
    if not codes:
        return "each nationality" if "nationality" in question.by else "all nationalities"
    return _few("other nationalities" if c == OTHER else country_name(c) for c in codes)


def _families(question: Question) -> list[str]:
    return [_few(w.replace("-", " ") for w in question.wanted.get("family", ()) if w != ALL)]


def _categories(question: Question, answer: Answer) -> list[str]:
    words = _meant(question, answer, "category")
    if words == [ALL]:
        return []
    return [f"category {_few(re.sub('[-/]', ' ', word) if word != ALL else 'total' for word in words)}"]


def _when(frame: pd.DataFrame, kind: str, fiscal: FiscalYear) -> str:
    """Return the periods of an answer, as they are written."""
    first, last = frame["start"].min(), frame["start"].max()
    if kind == "span":
        return f"{first:%Y-%m-%d} to {frame['end'].max():%Y-%m-%d}"
    names = [label(kind, day.date(), fiscal) for day in (first, last)]
    return names[0] if first == last else f"{names[0]} to {names[1]}"
