"""Adding up the figures that were selected, where their measure allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sojourn.calendar import Days
from sojourn.series.codes import refuse
from sojourn.series.model import DIMENSIONS
from sojourn.series.query.question import Question
from sojourn.series.store.cells import Bools, Cells, Codes, map_values

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
    """

    question: Question
    held: Cells
    rows: Codes
    first: Days
    last: Days
    start: Days
    covered: Bools

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
            for name in ("rows", "first", "last", "start", "covered"):
                setattr(self, name, getattr(self, name)[~drop])

    def check_adds(self) -> None:
        """Refuse to add up over a dimension, or over time, where the measure does not allow it (D606)."""
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
        """Add up the figures into one row for each period and value of the dimensions kept."""
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
        """Return (group) float64: the sum, or the mean or the last of the sums by date."""
        filled = np.nan_to_num(value)
        if self.question.aggregate == "sum":
            return np.asarray(np.bincount(group, weights=filled), dtype=np.float64)
        each = pd.DataFrame({"group": group, "from": self.start, "value": filled})
        dates = each.groupby(["group", "from"], sort=True)["value"].sum()
        return dates.groupby(level="group").agg(self.question.aggregate).to_numpy(dtype=float, copy=True)

    def _said(self, group: Codes, some_missing: Bools) -> np.ndarray[Any, np.dtype[np.object_]]:
        """Return (group) why an answer is not the full figure: the remark of its figures, partial, or at-least."""
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
        """Return (group) the lowest confidence among the figures added up."""
        levels = ["high", "medium", "low"]
        worst = np.zeros(size, dtype=np.int64)
        np.maximum.at(worst, group, map_values(self.held.columns["confidence"], levels.index)[self.rows])
        return np.array(levels, dtype=object)[worst]
