"""Adding up the figures that were selected, where their measure allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sojourn.calendar import Days
from sojourn.series.codes import DataError, refuse
from sojourn.series.model import ALL, DIMENSIONS, OTHER
from sojourn.series.query.question import Question
from sojourn.series.store.cells import Bools, Cells, Codes, map_values, region

__all__ = ["Selected"]

Values = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Selected:
    """The rows that were selected for an answer.

    Attributes
    ----------
    question : Question
        What is asked.
    held : Cells
        The release that the rows are from.
    rows : ndarray
        (figure) int64, row numbers.
    first, last : ndarray
        (figure) datetime64[D], the period of the answer that a figure belongs to.
    start : ndarray
        (figure) datetime64[D], the first day of the figure's own period.
    covered : ndarray
        (figure) bool, whether the figures of that period of the answer cover all of it.
    lacks : ndarray
        (figure) bool, whether that period of the answer lacks a part of the whole that other periods have.
    """

    question: Question
    held: Cells
    rows: Codes
    first: Days
    last: Days
    start: Days
    covered: Bools
    lacks: Bools

    def words(self, dimension: str) -> tuple[Codes, list[str]]:
        """Return (figure) int64, the index of each value of a dimension, and the distinct values in order."""
        column = self.held.columns[dimension]
        words = column.dictionary.to_pylist()
        rank = np.argsort(np.argsort(np.array(words, dtype=object)))
        codes = rank[column.indices.to_numpy(zero_copy_only=False)[self.rows]]
        return codes, sorted(words)

    def drop_overlaps(self, dimension: str) -> None:
        """Where a path and its parts are both selected, keep the parts if they are asked for, else the total."""
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
            for name in ("rows", "first", "last", "start", "covered", "lacks"):
                setattr(self, name, getattr(self, name)[~drop])

    def check_adds(self) -> None:
        """Refuse to add up over a dimension, or over time, where the measure does not allow it (D606)."""
        question, adds = self.question, self.question.measure.adds
        for dimension in DIMENSIONS:
            if dimension in question.by or dimension in question.over:
                continue
            present = self.present(dimension)
            regions = dimension == "place" and question.open("place") and "place" not in question.measure.whole
            if (dimension not in adds or regions) and len(present) > 1:
                raise self._open(dimension, present)
        if question.aggregate == "sum" and "time" not in adds and self._several_dates():
            raise refuse(
                "D606",
                question.name,
                "figures of different dates are not added up",
                remedy='say aggregate="last" or aggregate="mean", or take the period as published',
            )

    def _several_dates(self) -> bool:
        """Whether a period of the answer has figures of more than one date."""
        dates = self.first.astype(np.int64) * 2**20 + self.start.astype(np.int64)
        return len(pd.unique(dates)) > len(pd.unique(self.first))

    def _open(self, dimension: str, present: list[str]) -> DataError:
        """Return the error for a dimension that the question leaves open and that is not added up."""
        measure = self.question.measure
        choices = f'choose one ({dimension}="{present[0]}") or keep them apart (by="{dimension}")'
        if dimension in measure.on_purpose or dimension in measure.adds:
            choices += f', or add them up on purpose (over="{dimension}")'
        return refuse(
            "D606",
            self.question.name,
            f"figures are not added up over {dimension}",
            found=", ".join(self._figure_of(dimension, word) for word in present[:8])
            + (" ..." if len(present) > 8 else ""),
            remedy=choices,
        )

    def _figure_of(self, dimension: str, word: str) -> str:
        """Return a part of a sum as a message shows it: its name, and its figure where there is one period."""
        codes, words = self.words(dimension)
        if dimension == "place" and dimension in self.question.measure.adds:
            words = [region(w) for w in words]
        at = np.isin(codes, [i for i, w in enumerate(words) if w == word])
        if len(np.unique(self.first)) > 1 or self.question.aggregate != "sum":
            return word
        value = self.held.table["value"].to_numpy()[self.rows][at]
        return f"{word} ({np.nansum(value):,.0f})"

    def present(self, dimension: str) -> list[str]:
        """Return the values of a dimension among the figures; regions where places of one region add up."""
        codes, words = self.words(dimension)
        present = [words[c] for c in np.flatnonzero(np.bincount(codes, minlength=len(words)))]
        if dimension == "place" and dimension in self.question.measure.adds:
            return list(dict.fromkeys(region(w) for w in present))
        return present

    def spellings(self) -> list[str]:
        """Return a remark for each nationality whose figures add up rows that the publisher names differently."""
        question = self.question
        asked = question.wanted.get("nationality", ())
        if not asked and "nationality" not in question.by:
            return []
        codes, words = self.words("nationality")
        column = self.held.columns["name"]
        names = column.dictionary.to_pylist()
        name = column.indices.to_numpy(zero_copy_only=False)[self.rows].astype(np.int64)
        at, pair = np.unique(np.stack([self.start.astype(np.int64), codes]), axis=1, return_inverse=True)
        several = np.zeros(at.shape[1], dtype=bool)
        order = np.lexsort((name, pair))
        p, n = pair[order], name[order]
        several[p[1:][(p[1:] == p[:-1]) & (n[1:] != n[:-1])]] = True
        remarks = []
        for code in np.unique(at[1][several]):
            if words[code] in (OTHER, ALL):
                continue
            said = ", ".join(sorted({names[i] for i in name[codes == code]}))
            remarks.append(f"{words[code]} adds up rows that the publisher names {said}")
        return remarks

    def added(self) -> pd.DataFrame:
        """Add up the figures into one row for each period and value of the dimensions kept."""
        group = self.first.astype(np.int64) * 2**20 + self.last.astype(np.int64)
        kept = {}
        for dimension in self.question.by:
            codes, words = self.words(dimension)
            kept[dimension] = (codes, words)
            group = _ranked(group)[1] * len(words) + codes
        at, group = _ranked(group)
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
        """Return (group) float64: the sum, or the mean or the last of the sums by date."""
        filled = np.nan_to_num(value)
        if self.question.aggregate == "sum":
            return np.asarray(np.bincount(group, weights=filled), dtype=np.float64)
        each = pd.DataFrame({"group": group, "from": self.start, "value": filled})
        dates = each.groupby(["group", "from"], sort=True)["value"].sum()
        return dates.groupby(level="group").agg(self.question.aggregate).to_numpy(dtype=float, copy=True)

    def _said(self, group: Codes, some_missing: Bools) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Return (group) why an answer is not the full figure: the remark of its figures, or what it lacks."""
        column = self.held.columns["suppression"]
        words = np.array(column.dictionary.to_pylist(), dtype=object)
        each = words[column.indices.to_numpy(zero_copy_only=False)[self.rows]]
        said = np.full(len(some_missing), "none", dtype=object)
        odd = np.flatnonzero(each != "none")
        said[group[odd][::-1]] = each[odd][::-1]
        said[group[self.lacks]] = "incomplete"
        said[group[~self.covered]] = "partial"
        said[some_missing] = "at-least"
        return said

    def _confidence(self, group: Codes, size: int) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Return (group) the lowest confidence among the figures added up."""
        levels = ["high", "medium", "low"]
        worst = np.zeros(size, dtype=np.int64)
        np.maximum.at(worst, group, map_values(self.held.columns["confidence"], levels.index)[self.rows])
        return np.array(levels, dtype=object)[worst]


def _ranked(keys: Codes) -> tuple[Codes, Codes]:
    """Return (distinct) the first place of each distinct key in ascending order, and (key) the rank of each key."""
    codes, distinct = pd.factorize(keys)
    order = np.argsort(distinct, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    group = rank[codes]
    at = np.zeros(len(order), dtype=np.int64)
    at[group[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return at, group
