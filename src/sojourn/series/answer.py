"""Reading the figures of one release that answer a question.

The rows of a release overlap: by month and by year, by nationality and by sector, with totals. For each period
of the answer one kind of period and one split is chosen, the least split that still shows what was asked, so
that nothing is counted twice; then the figures left are added up where the measure allows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sojourn.series.calendar_periods import KINDS, Days, bucket, fits_into
from sojourn.series.codes import refuse
from sojourn.series.model import ALL, DIMENSIONS, Measure
from sojourn.series.rows import COUNTED_BY, Bools, Codes, Rows, word_codes

__all__ = ["Question", "answer"]

Values = np.ndarray[Any, np.dtype[np.float64]]

_COUNTRY = 1 << DIMENSIONS.index("country")


@dataclass(frozen=True)
class Question:
    """One question to the store: measure, values wanted by dimension, dimensions kept, period, split."""

    name: str
    measure: Measure
    wanted: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...]
    period: str | None
    start: dt.date | None
    end: dt.date | None
    aggregate: str
    breakdown: tuple[str, ...] | None

    def needed(self) -> int:
        """Return the bits of the dimensions along which figures must be split to answer."""
        asked = {d for d, values in self.wanted.items() if values != (ALL,)}
        return sum(1 << i for i, d in enumerate(DIMENSIONS) if d in self.by or d in asked)


def matches(dimension: str, word: str, wanted: tuple[str, ...]) -> bool:
    """Whether a value of a dimension is one of those wanted; paths match from any of their words down."""
    if dimension not in ("place", "category"):
        return word in wanted
    return any(word == w or f"/{word}/".find(f"/{w}/") >= 0 for w in wanted)


def answer(question: Question, held: Rows) -> pd.DataFrame | None:
    """Return the answer from one release, or None when nothing matches; raises DataError D605-D607."""
    wanted = np.ones(len(held.cell), dtype=bool)
    for dimension in question.wanted:
        wanted &= _wanted(question, dimension, held.columns[dimension])
    there = _in_time(question, held)
    for dimension in COUNTED_BY:
        there &= _wanted(question, dimension, held.columns[dimension].take(pa.array(held.first)))
    there &= _split_enough(question, held.splits)
    hit = there & (np.bincount(held.cell, weights=wanted, minlength=len(there)) > 0)
    target = question.period or _finest(question, held.kinds[hit])
    if target is None:
        return None
    cells = np.flatnonzero(there & np.isin(held.kinds, [KINDS.index(k) for k in fits_into(target)]))
    first, last = bucket(held.start[cells], held.end[cells], target)
    fits = held.end[cells] <= last
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
    found = _Found(question, held, rows, first[at], last[at], held.start[cells][at], covered[at])
    for dimension in ("place", "category"):
        found.drop_overlaps(dimension)
    found.check_adds()
    return found.added()


def _wanted(question: Question, dimension: str, column: pa.DictionaryArray) -> Bools:
    """Return (row) bool, whether the value of a dimension is one of those asked for."""
    asked = question.wanted.get(dimension)
    if asked is None:
        return np.ones(len(column), dtype=bool)
    return word_codes(column, lambda word: int(matches(dimension, word, asked))).astype(bool)


def _in_time(question: Question, held: Rows) -> Bools:
    """Return (cell) bool, whether the period lies inside start and end of the question."""
    mask = np.ones(len(held.start), dtype=bool)
    if question.start is not None:
        mask &= held.start >= np.datetime64(question.start)
    if question.end is not None:
        mask &= held.end <= np.datetime64(question.end)
    return mask


def _split_enough(question: Question, splits: Codes) -> Bools:
    """Return (cell) bool, whether a figure is split by every dimension needed (or exactly as asked)."""
    if question.breakdown is not None:
        exact = sum(1 << i for i, d in enumerate(DIMENSIONS) if d in question.breakdown)
        return np.asarray((splits | _COUNTRY) == (exact | _COUNTRY))
    needed = question.needed()
    return np.asarray((splits & needed) == needed)


def _finest(question: Question, kinds: Codes) -> str | None:
    """Return the finest kind of period among the rows; both kinds of year and nothing finer is D605."""
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
    """Return (cell) bool: for each period one kind of period and the least split among those published.

    ``found`` is kind, split and period of each cell; only kinds and splits that hold a row wanted are offered.
    """
    kinds, splits, first = found
    order = [KINDS.index(k) for k in fits_into(target)]
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
    """Return the split that is part of every other one; raises D607 where there is none."""
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
    """Return (cell) bool, whether the parts of its period add up to the whole; overlapping parts are D605.

    Counts of single days are events: a day without a row had none, so they cover their period.
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


@dataclass
class _Found:
    """The figures chosen for an answer: row numbers in the table, their periods, parts of periods."""

    question: Question
    held: Rows
    rows: Codes
    first: Days
    last: Days
    start: Days
    covered: Bools

    def words(self, dimension: str) -> tuple[Codes, list[str]]:
        """Return the codes of a dimension for the rows found and the words they stand for, in order."""
        column = self.held.columns[dimension]
        words = column.dictionary.to_pylist()
        rank = np.argsort(np.argsort(np.array(words, dtype=object)))
        codes = rank[column.indices.to_numpy(zero_copy_only=False)[self.rows]]
        return codes, sorted(words)

    def drop_overlaps(self, dimension: str) -> None:
        """Where a path and paths below it are both there, keep one: the parts if asked for, else the total."""
        codes, words = self.words(dimension)
        present = [words[c] for c in np.unique(codes)]
        totals = [w for w in present if any(o.startswith(f"{w}/") for o in present)]
        drop = np.zeros(len(codes), dtype=bool)
        for total in totals:
            part = np.isin(codes, [i for i, w in enumerate(words) if w.startswith(f"{total}/")])
            is_total = codes == words.index(total)
            spare, kept = (is_total, part) if dimension in self.question.by else (part, is_total)
            drop |= spare & np.isin(self.start, self.start[kept])
        if drop.any():
            for name in ("rows", "first", "last", "start", "covered"):
                setattr(self, name, getattr(self, name)[~drop])

    def check_adds(self) -> None:
        """Refuse to add up over a dimension, or over time, that the measure does not add up over (D606)."""
        question, adds = self.question, self.question.measure.adds
        for dimension in DIMENSIONS:
            if dimension in adds or dimension in question.by:
                continue
            codes, words = self.words(dimension)
            present = [words[c] for c in np.unique(codes)]
            if len(present) > 1:
                raise refuse(
                    "D606",
                    question.name,
                    f"figures are not added up over {dimension}",
                    found=", ".join(present[:8]) + (" ..." if len(present) > 8 else ""),
                    remedy=f'choose one ({dimension}="{present[0]}") or keep them apart (by="{dimension}")',
                )
        pairs = len(np.unique(np.stack([self.first, self.start]), axis=1)[0])
        if pairs > len(np.unique(self.first)) and question.aggregate == "sum" and "time" not in adds:
            raise refuse(
                "D606",
                question.name,
                "figures of different dates are not added up",
                remedy='say aggregate="last" or aggregate="mean", or take the period as published',
            )

    def added(self) -> pd.DataFrame:
        """Add up what is left; one row for each period and value of the dimensions kept."""
        days = self.first.astype(np.int64) * 2**20 + self.last.astype(np.int64)
        _, group = np.unique(days, return_inverse=True)
        kept = {}
        for dimension in self.question.by:
            codes, words = self.words(dimension)
            kept[dimension] = (codes, words)
            group = group * len(words) + codes
        _, at, group = np.unique(group, return_index=True, return_inverse=True)
        value = self.held.table["value"].to_numpy()[self.rows]
        missing = np.bincount(group, weights=np.isnan(value))
        parts = np.bincount(group)
        rounding = np.ones(len(at), dtype=np.int64)
        np.maximum.at(rounding, group, self.held.table["rounding"].to_numpy()[self.rows])
        total = self._combined(value, group)
        total[missing == parts] = np.nan
        data: dict[str, Any] = {"start": self.first[at], "end": self.last[at]}
        data |= {d: np.array(words, dtype=object)[codes[at]] for d, (codes, words) in kept.items()}
        data |= {"value": total, "unit": self.question.measure.unit, "rounding": rounding, "parts": parts}
        data["suppression"] = self._said(group, (missing > 0) & (missing < parts))
        data["confidence"] = self._confidence(group, len(at))
        return pd.DataFrame(data)

    def _combined(self, value: Values, group: Codes) -> Values:
        """Return (group) float64: the sum, or over time the mean or last of the sums of each date."""
        filled = np.nan_to_num(value)
        if self.question.aggregate == "sum":
            return np.asarray(np.bincount(group, weights=filled), dtype=np.float64)
        each = pd.DataFrame({"group": group, "from": self.start, "value": filled})
        dates = each.groupby(["group", "from"], sort=True)["value"].sum()
        return dates.groupby(level="group").agg(self.question.aggregate).to_numpy(dtype=float, copy=True)

    def _said(self, group: Codes, some_missing: Bools) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Return why each answer is not whole: its figures own word, partial, or at-least."""
        column = self.held.columns["suppression"]
        words = np.array(column.dictionary.to_pylist(), dtype=object)
        each = words[column.indices.to_numpy(zero_copy_only=False)[self.rows]]
        said = np.full(len(some_missing), "none", dtype=object)
        odd = np.flatnonzero(each != "none")
        said[group[odd][::-1]] = each[odd][::-1]
        said[group[~self.covered]] = "partial"
        said[some_missing] = "at-least"
        return said

    def _confidence(self, group: Codes, size: int) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Return the lowest confidence among the figures added up."""
        levels = ["high", "medium", "low"]
        worst = np.zeros(size, dtype=np.int64)
        np.maximum.at(worst, group, word_codes(self.held.columns["confidence"], levels.index)[self.rows])
        return np.array(levels, dtype=object)[worst]
