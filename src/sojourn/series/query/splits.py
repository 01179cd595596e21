"""Choosing, for each period of an answer, the split of the figures that shows the whole of what is asked.

A publisher may print the figures of one nationality for one office alone, and those of all offices for one region
alone. A split is chosen only where the parts that it has along every dimension of ``SCOPED`` make up the whole, or
where the question says which part it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sojourn.calendar import Days, made_of
from sojourn.series.codes import DataError, refuse
from sojourn.series.model import ALL, DIMENSIONS, KINDS
from sojourn.series.query.aggregation import Selected
from sojourn.series.query.question import Question
from sojourn.series.store.cells import SCOPED, Bools, Cells, Codes

__all__ = ["Candidates", "choose", "parts_of"]

_WIDTH = 1 << len(DIMENSIONS)


@dataclass(frozen=True)
class Candidates:
    """The cells of a release that lie in the periods of an answer.

    Attributes
    ----------
    cells : ndarray
        (cell) int64, their numbers.
    first : ndarray
        (cell) datetime64[D], the first day of the period of the answer that each belongs to.
    there : ndarray
        (cell) bool, whether a cell is in the time, of the office and split finely enough for the question.
    wanted : ndarray
        (cell) bool, whether it also has a figure that matches.
    """

    cells: Codes
    first: Days
    there: Bools
    wanted: Bools


class Lack(NamedTuple):
    """What the figures of a split, or of a period, lack of the whole along a dimension."""

    dimension: str
    there: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        if not self.there:
            return f"without {self.dimension} {', '.join(self.missing)}"
        return f"{self.dimension} {', '.join(self.there)} alone, without {', '.join(self.missing)}"


@dataclass(frozen=True)
class Choice:
    """Which cells are used.

    Attributes
    ----------
    used : ndarray
        (cell) bool.
    lacks : ndarray
        (cell) bool, whether the period lacks a part of the whole that the release has in other periods only.
    remarks : tuple of str
        Of periods that are left out or lack a part.
    """

    used: Bools
    lacks: Bools
    remarks: tuple[str, ...]


def choose(question: Question, held: Cells, target: str, found: Candidates) -> Choice:
    """Return which cells to use: for each period one kind of period and the least split that shows the whole.

    Parameters
    ----------
    question, held : Question, Cells
        What is asked, and of which release.
    target : str
        Kind of period of the answer.
    found : Candidates
        Only kinds and splits with a wanted cell are considered.

    Raises
    ------
    DataError
        D607 where several splits could answer, D612 where none shows the whole in any period though the release has
        the other parts.
    """
    order = [KINDS.index(k) for k in made_of(target, question.fiscal)]
    days, day = np.unique(found.first, return_inverse=True)
    codes = (day * len(KINDS) + held.kinds[found.cells]) * _WIDTH + held.splits[found.cells]
    distinct, inverse = np.unique(codes, return_inverse=True)
    offered = np.flatnonzero(np.bincount(inverse, weights=found.there & found.wanted) > 0)
    lacking, short = _lacking(question, held, found, day, inverse)
    by_day: dict[int, dict[int, list[int]]] = {}
    left_out: dict[int, list[Lack]] = {}
    for index in offered.tolist():
        rest, split = divmod(int(distinct[index]), _WIDTH)
        at, kind = divmod(rest, len(KINDS))
        if index in lacking:
            left_out.setdefault(at, []).append(lacking[index])
        else:
            by_day.setdefault(at, {}).setdefault(kind, []).append(split)
    if left_out and not by_day:
        raise _only_a_part(question, [reason for reasons in left_out.values() for reason in reasons])
    picked = np.zeros(len(distinct), dtype=bool)
    for at, kinds in by_day.items():
        kind = next(k for k in order if k in kinds)
        split = _least(question, kinds[kind], str(days[at]))
        picked[np.searchsorted(distinct, (at * len(KINDS) + kind) * _WIDTH + split)] = True
    remarks = [_counted("left out", [(str(days[at]), why[0]) for at, why in left_out.items() if at not in by_day])]
    remarks.append(_counted("incomplete", [(str(days[at]), short[at]) for at in by_day if at in short]))
    lacks = np.isin(day, [at for at in by_day if at in short])
    return Choice(picked[inverse] & found.there, lacks, tuple(r for r in remarks if r))


def _counted(what: str, periods: list[tuple[str, Lack]]) -> str:
    """Return a remark about the periods of which something is to be said, each given with its first day and why."""
    if not periods:
        return ""
    day, why = min(periods)
    return f"{len(periods)} {'period' if len(periods) == 1 else 'periods'} {what}, the first from {day}: {why}"


def _lacking(
    question: Question, held: Cells, found: Candidates, day: Codes, group: Codes
) -> tuple[dict[int, Lack], dict[int, Lack]]:
    """Return what each group of cells lacks of the parts that its period has, and what each period lacks of the
    whole.

    A group is what one kind of period and one split have for one period. Parts that the release has nowhere are
    not missed: the scope of the answer says which are there.
    """
    lacking: dict[int, Lack] = {}
    short: dict[int, Lack] = {}
    for dimension in SCOPED:
        names = held.names[dimension]
        if not question.open(dimension) or dimension not in question.measure.adds or len(names) == 1:
            continue
        whole = question.measure.whole.get(dimension, ())
        needed = np.array([n != ALL and (not whole or n in whole) for n in names])
        part = held.parts[dimension][found.cells]
        in_period = np.zeros((int(day.max(initial=-1)) + 1, len(names)), dtype=bool)
        in_period[day, part] = True
        there = np.zeros((int(group.max(initial=-1)) + 1, len(names)), dtype=bool)
        there[group[found.there], part[found.there]] = True
        day_of = np.zeros(len(there), dtype=np.int64)
        day_of[group] = day
        missing = in_period[day_of] & needed & ~there
        for at in _without_total(there, missing, names):
            lacking.setdefault(at, Lack(dimension, _named(names, there[at]), _named(names, missing[at])))
        absent = needed & ~in_period
        for at in _without_total(in_period, absent, names) if whole else ():
            short.setdefault(at, Lack(dimension, (), _named(names, absent[at])))
    return lacking, short


def _without_total(there: Bools, missing: Bools, names: tuple[str, ...]) -> list[int]:
    """Return the rows that miss a part and have no total that holds it."""
    total = there[:, names.index(ALL)] if ALL in names else np.zeros(len(there), dtype=bool)
    return [int(at) for at in np.flatnonzero(~total & missing.any(axis=1))]


def _named(names: tuple[str, ...], chosen: Bools) -> tuple[str, ...]:
    return tuple(name for name, one in zip(names, chosen, strict=True) if one)


def _only_a_part(question: Question, lacking: list[Lack]) -> DataError:
    """Return the error for figures that are published for a part of the whole only."""
    said = list(dict.fromkeys(lacking))
    choices = [f'{one.dimension}="{part}"' for one in said for part in one.there]
    return refuse(
        "D612",
        question.name,
        "published in this split for a part of the whole only",
        found="; ".join(map(str, said)),
        allowed=" or ".join(dict.fromkeys(choices)),
        remedy="say which part is meant, or keep the parts apart (by=...), or add up what there is (over=...)",
    )


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


def parts_of(found: Selected, cells: Codes) -> Mapping[str, frozenset[str]]:
    """Return what the figures are of, for each dimension that the question does not keep apart.

    Components and regions are those of the whole split, whichever of them the nationality asked for has figures of;
    ``all`` stands for a whole.
    """
    question, held = found.question, found.held
    parts: dict[str, frozenset[str]] = {}
    for dimension in DIMENSIONS:
        if dimension in question.by:
            continue
        if dimension in SCOPED and dimension not in question.wanted:
            names = held.names[dimension]
            present = frozenset(names[i] for i in np.unique(held.parts[dimension][cells]))
            whole = question.measure.whole.get(dimension, ())
            complete = ALL in present or (whole and set(whole) <= present)
            parts[dimension] = frozenset({ALL}) if complete else present
        elif dimension not in question.wanted and dimension not in question.measure.adds:
            parts[dimension] = frozenset(found.present(dimension))
    return parts
