"""The figures of one release laid out for questions, worked out once and kept.

Which kind of period and which split answers a question depends on few things about a row: its period, the
dimensions it is split by, who counted it and where. Rows alike in these are one *cell*; there are hundreds of
cells where there are tens of thousands of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.series.calendar_periods import KINDS, Days
from sojourn.series.figure_checks import key_codes
from sojourn.series.model import ALL, DIMENSIONS, whole

__all__ = ["COUNTED_BY", "Bools", "Codes", "Rows", "prepare", "word_codes"]

Codes = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

COUNTED_BY = ("component", "country")
"""Dimensions that say who counted: what is published may differ between their values."""


@dataclass(frozen=True)
class Rows:
    """One release of one measure.

    ``table`` (row) holds the figures, ``columns`` its dimensions in one piece each. ``cell`` (row) int64 is the
    number of a row's cell; ``first`` (cell) int64 a row of it, ``start`` and ``end`` (cell) datetime64[D] its
    period, ``kinds`` (cell) int64 the kind of period (index in KINDS), ``splits`` (cell) int64 a bit for each
    dimension along which the figure is split.
    """

    table: pa.Table
    columns: dict[str, pa.DictionaryArray]
    cell: Codes
    first: Codes
    start: Days
    end: Days
    kinds: Codes
    splits: Codes


def word_codes(column: pa.DictionaryArray, number: Callable[[str], int]) -> Codes:
    """Return (row) int64, a number for each row worked out from the distinct words of a column."""
    lookup = np.array([number(w) for w in column.dictionary.to_pylist()] or [0], dtype=np.int64)
    return np.asarray(lookup[column.indices.to_numpy(zero_copy_only=False)])


def prepare(table: pa.Table) -> Rows:
    """Lay out a table of figures of one measure and release."""
    columns = {n: whole(table[n]) for n in (*DIMENSIONS, "period", "suppression", "confidence")}
    splits = np.zeros(table.num_rows, dtype=np.int64)
    for bit, dimension in enumerate(DIMENSIONS):
        splits |= word_codes(columns[dimension], lambda w: int(w != ALL)) << bit
    alike = key_codes(table, ("start", "end", "period", *COUNTED_BY))
    _, first, cell = np.unique(alike * (1 << len(DIMENSIONS)) + splits, return_index=True, return_inverse=True)
    start, end = (whole(table[n]).to_numpy(zero_copy_only=False).astype("datetime64[D]") for n in ("start", "end"))
    kinds = word_codes(columns["period"], KINDS.index)[first]
    return Rows(table, columns, cell, first, start[first], end[first], kinds, splits[first])
