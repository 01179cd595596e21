"""Selecting the figures of one release that answer a question.

The rows of a release overlap: by month and by year, by nationality and by sector, with totals. For each period
of the answer one kind of period and one split is selected, the least split that still shows what was asked
for, so that nothing is counted twice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from sojourn.calendar import US_FISCAL_YEAR, Days, containing, made_of
from sojourn.series.codes import refuse
from sojourn.series.model import DIMENSIONS, KINDS
from sojourn.series.query.aggregation import Selected
from sojourn.series.query.question import Question
from sojourn.series.store.cells import COUNTED_BY, Bools, Cells, Codes, map_values

__all__ = ["answer"]

_COUNTRY = 1 << DIMENSIONS.index("country")


def matches(dimension: str, word: str, wanted: tuple[str, ...]) -> bool:
    """Whether a value is one of those wanted; a path also matches any run of its words."""
    if dimension not in ("place", "category"):
        return word in wanted
    return any(word == w or f"/{word}/".find(f"/{w}/") >= 0 for w in wanted)


def answer(question: Question, held: Cells) -> pd.DataFrame | None:
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
        splits could answer.
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
    cells = np.flatnonzero(there & np.isin(held.kinds, usable))
    if target in ("day", "span"):  # each its own period
        first, last = held.start[cells], held.end[cells]
    else:
        first, last = containing(held.start[cells], target, question.fiscal)
    fits = held.end[cells] <= last
    if question.fiscal != US_FISCAL_YEAR:  # publishers' own fiscal years, whole or in part, are other ones
        fits &= held.kinds[cells] != KINDS.index("fiscal-year")
    cells, first, last = cells[fits], first[fits], last[fits]
    chosen = _choose(question, target, (held.kinds[cells], held.splits[cells], first), hit[cells])
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
    found = Selected(question, held, rows, first[at], last[at], held.start[cells][at], covered[at])
    for dimension in ("place", "category"):
        found.drop_overlaps(dimension)
    found.check_adds()
    return found.added()


def _wanted(question: Question, dimension: str, column: pa.DictionaryArray) -> Bools:
    """Return (row) bool, whether the value of a dimension is one of those wanted."""
    asked = question.wanted.get(dimension)
    if asked is None:
        return np.ones(len(column), dtype=bool)
    return map_values(column, lambda word: int(matches(dimension, word, asked))).astype(bool)


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


def _choose(question: Question, target: str, found: tuple[Codes, Codes, Days], wanted: Bools) -> Bools:
    """Return (cell) bool, which cells to use: for each period one kind of period and the least split published.

    ``found`` holds kind, split and period of each cell; only kinds and splits with a wanted row are considered.
    """
    kinds, splits, first = found
    order = [KINDS.index(k) for k in made_of(target, question.fiscal)]
    days, day = np.unique(first, return_inverse=True)
    width = 1 << len(DIMENSIONS)
    codes = (day * len(KINDS) + kinds) * width + splits
    distinct, inverse = np.unique(codes, return_inverse=True)
    offered_codes = distinct[np.bincount(inverse, weights=wanted) > 0]
    by_day: dict[int, dict[int, list[int]]] = {}
    for code in offered_codes.tolist():
        rest, split = divmod(code, width)
        at, kind = divmod(rest, len(KINDS))
        by_day.setdefault(at, {}).setdefault(kind, []).append(split)
    picked = np.zeros(len(distinct), dtype=bool)
    for at, offered in by_day.items():
        kind = next(k for k in order if k in offered)
        split = _least(question, offered[kind], str(days[at]))
        picked[np.searchsorted(distinct, (at * len(KINDS) + kind) * width + split)] = True
    return np.asarray(picked[inverse])


def _least(question: Question, splits: list[int], when: str) -> int:
    """Return the split that is part of every other one; D607 where there is none."""
    least = min(splits, key=lambda s: (s.bit_count(), s))
    if all(least & other == least for other in splits):
        return least
    minimal = [s for s in splits if not any(o != s and o & s == o for o in splits)]
    named = [tuple(d for i, d in enumerate(DIMENSIONS) if s >> i & 1 and d != "country") for s in minimal]
    said = " or ".join(f"breakdown={list(n)}" for n in named)
    raise refuse(
        "D607", f"{question.name}, period from {when}", "published in more than one split", remedy=f"say {said}"
    )


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
