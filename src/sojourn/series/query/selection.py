"""Selecting the figures of one release that answer a question.

The rows of a release overlap: by month and by year, by nationality and by sector, with totals. For each period
of the answer one kind of period and one split is selected, the least split that still shows what was asked
for, so that nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from sojourn.calendar import US_FISCAL_YEAR, Days, containing, made_of
from sojourn.series.codes import refuse
from sojourn.series.model import DIMENSIONS, KINDS
from sojourn.series.query.aggregation import Selected
from sojourn.series.query.question import Question
from sojourn.series.query.splits import Candidates, choose, parts_of
from sojourn.series.store.cells import COUNTED_BY, Bools, Cells, Codes, map_values

__all__ = ["Answer", "answer"]

_COUNTRY = 1 << DIMENSIONS.index("country")


def matching(dimension: str, words: Sequence[str], wanted: tuple[str, ...]) -> frozenset[str]:
    """Return which values of a dimension are meant by those wanted.

    A path is meant with all that lies below it. Where no path begins like this, any run of its words is enough:
    ``san-diego-sector`` for ``southwest/san-diego-sector``. ``parole`` is the total of that name where there is
    one, and not ``convicted/parole`` too.
    """
    if dimension not in ("place", "category"):
        return frozenset(wanted)
    meant: set[str] = set()
    for one in wanted:
        below = {word for word in words if word == one or word.startswith(f"{one}/")}
        meant |= below or {word for word in words if f"/{word}/".find(f"/{one}/") >= 0}
    return frozenset(meant)


@dataclass(frozen=True)
class Answer:
    """What one release answers.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row for each period and value of the dimensions kept.
    period : str
        Kind of period of its rows.
    parts : mapping of str to frozenset of str
        What the figures are of, for each dimension that the question leaves open: components, regions, and values
        of dimensions that are not added up. Figures of two releases go together only where this is the same.
    remarks : tuple of str
        What a reader must know: periods left out, names added up.
    """

    frame: pd.DataFrame
    period: str
    parts: Mapping[str, frozenset[str]]
    remarks: tuple[str, ...]


def answer(question: Question, held: Cells) -> Answer | None:
    """Return the answer from one release, or None when nothing matches.

    Parameters
    ----------
    question : Question
        What is asked.
    held : Cells
        The figures of one release of its measure.

    Raises
    ------
    DataError
        D605 for periods that overlap or do not fit, D606 for figures that are not added up, D607 where several
        splits could answer, D612 where only a part of the whole is published in the split that is needed.
    """
    wanted = np.ones(len(held.cell), dtype=bool)
    for dimension in question.wanted:
        wanted &= _wanted(question, dimension, held.columns[dimension])
    there = _in_time(question, held)
    for dimension in COUNTED_BY:
        there &= _wanted(question, dimension, held.columns[dimension].take(pa.array(held.first_row)))
    there &= _split_enough(question, held.splits)
    hit = there & (np.bincount(held.cell, weights=wanted, minlength=len(there)) > 0)
    target = question.period or _finest(question, held.kinds[hit])
    if target is None:
        return None
    usable = [KINDS.index(k) for k in made_of(target, question.fiscal)]
    cells = np.flatnonzero(np.isin(held.kinds, usable))
    if target in ("day", "span"):  # each its own period
        first, last = held.start[cells], held.end[cells]
    else:
        first, last = containing(held.start[cells], target, question.fiscal)
    fits = held.end[cells] <= last
    if question.fiscal != US_FISCAL_YEAR:  # publishers' own fiscal years, whole or in part, are other ones
        fits &= held.kinds[cells] != KINDS.index("fiscal-year")
    cells, first, last = cells[fits], first[fits], last[fits]
    choice = choose(question, held, target, Candidates(cells, first, there[cells], hit[cells]))
    chosen = choice.used
    cells, first, last = cells[chosen], first[chosen], last[chosen]
    covered = np.ones(len(cells), dtype=bool)
    if target not in ("day", "span"):
        daily = held.kinds[cells] == KINDS.index("day")
        covered = _covered(question, (held.start[cells], held.end[cells]), (first, last), daily)
    place = np.full(len(there), -1)
    place[cells] = np.arange(len(cells))
    rows = np.flatnonzero(wanted & (place[held.cell] >= 0))
    if not len(rows):
        return None
    at = place[held.cell[rows]]
    lacks = choice.lacks[chosen][at]
    found = Selected(question, held, rows, first[at], last[at], held.start[cells][at], covered[at], lacks)
    for dimension in ("place", "category"):
        found.drop_overlaps(dimension)
    found.check_adds()
    return Answer(found.added(), target, parts_of(found, cells), (*choice.remarks, *found.spellings()))


def _wanted(question: Question, dimension: str, column: pa.DictionaryArray) -> Bools:
    """Return (row) bool, whether the value of a dimension is one of those wanted."""
    asked = question.wanted.get(dimension)
    if asked is None:
        return np.ones(len(column), dtype=bool)
    meant = matching(dimension, column.dictionary.to_pylist(), asked)
    return map_values(column, lambda word: int(word in meant)).astype(bool)


def _in_time(question: Question, held: Cells) -> Bools:
    """Return (cell) bool, whether the period lies inside start and end of the question."""
    mask = np.ones(len(held.start), dtype=bool)
    if question.start is not None:
        mask &= held.start >= np.datetime64(question.start)
    if question.end is not None:
        mask &= held.end <= np.datetime64(question.end)
    return mask


def _split_enough(question: Question, splits: Codes) -> Bools:
    """Return (cell) bool, whether the figures are split by all that is needed, or exactly by ``breakdown``."""
    if question.breakdown is not None:
        exact = sum(1 << i for i, d in enumerate(DIMENSIONS) if d in question.breakdown)
        return np.asarray((splits | _COUNTRY) == (exact | _COUNTRY))
    needed = question.needed()
    return np.asarray((splits & needed) == needed)


def _finest(question: Question, kinds: Codes) -> str | None:
    """Return the finest kind of period among the cells; D605 when it is a year and there are both kinds of year."""
    found = [KINDS[k] for k in np.unique(kinds)]
    if found[:2] == ["calendar-year", "fiscal-year"]:
        raise refuse(
            "D605",
            question.name,
            "published by calendar year and by fiscal year",
            remedy='choose: period="calendar-year" or period="fiscal-year"',
        )
    return found[0] if found else None


def _covered(question: Question, span: tuple[Days, Days], whole_span: tuple[Days, Days], daily: Bools) -> Bools:
    """Return (cell) bool, whether its period is covered from end to end; overlapping parts are D605.

    Counts by day are events: a day without a row had none, so they always cover their period.
    """
    start, end = (d.astype(np.int64) for d in span)
    first, last = (d.astype(np.int64) for d in whole_span)
    order = np.lexsort((end, start, first))
    f, s, e = first[order], start[order], end[order]
    new = np.ones(len(f), dtype=bool)
    new[1:] = (f[1:] != f[:-1]) | (s[1:] != s[:-1]) | (e[1:] != e[:-1])
    f, s, e = f[new], s[new], e[new]
    over = (s[1:] <= e[:-1]) & (f[1:] == f[:-1])
    if over.any():
        at = np.datetime64(int(s[1:][over][0]), "D")
        raise refuse(
            "D605",
            question.name,
            "periods overlap",
            found=f"the period from {at} begins inside the one before it",
            remedy="narrow start and end, or choose the kind of period",
        )
    days, period = np.unique(f, return_inverse=True)
    held = np.bincount(period, weights=e - s + 1)
    return np.asarray((held[np.searchsorted(days, first)] == last - first + 1) | daily)
