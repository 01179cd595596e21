"""The figures of one release, indexed by cell so that questions are answered quickly.

Which kind of period and which split answers a question depends on few things about a row: its period, the
dimensions it is split by, who counted it and where. Rows alike in these make up one *cell*; a table of tens of
thousands of rows has a few hundred cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.calendar import Days
from sojourn.series.model import ALL, DIMENSIONS, KINDS, whole
from sojourn.series.validation import key_codes

__all__ = ["COUNTED_BY", "Bools", "Cells", "Codes", "find_cells", "map_values"]

Codes = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

COUNTED_BY = ("component", "country")
"""Dimensions that say who counted: what is published may differ between their values."""


@dataclass(frozen=True)
class Cells:
    """One release of one measure, with the cell of every row.

    Attributes
    ----------
    table : pyarrow.Table
        (row) The figures.
    columns : dict of str to pyarrow.DictionaryArray
        (row) The dimensions and remarks, each in one chunk.
    cell : ndarray
        (row) int64, the number of the cell that a row belongs to.
    first_row : ndarray
        (cell) int64, the first row of the cell.
    start, end : ndarray
        (cell) datetime64[D], the period.
    kinds : ndarray
        (cell) int64, the kind of period, as an index into KINDS.
    splits : ndarray
        (cell) int64, one bit for each dimension along which the figures are split.
    """

    table: pa.Table
    columns: dict[str, pa.DictionaryArray]
    cell: Codes
    first_row: Codes
    start: Days
    end: Days
    kinds: Codes
    splits: Codes


def map_values(column: pa.DictionaryArray, number: Callable[[str], int]) -> Codes:
    """Return (row) int64, ``number`` of each row's value; it is called once for each distinct value."""
    lookup = np.array([number(w) for w in column.dictionary.to_pylist()] or [0], dtype=np.int64)
    return np.asarray(lookup[column.indices.to_numpy(zero_copy_only=False)])


def find_cells(table: pa.Table) -> Cells:
    """Index a table of figures of one measure and release."""
    columns = {n: whole(table[n]) for n in (*DIMENSIONS, "period", "suppression", "confidence")}
    splits = np.zeros(table.num_rows, dtype=np.int64)
    for bit, dimension in enumerate(DIMENSIONS):
        splits |= map_values(columns[dimension], lambda w: int(w != ALL)) << bit
    alike = key_codes(table, ("start", "end", "period", *COUNTED_BY))
    _, first, cell = np.unique(alike * (1 << len(DIMENSIONS)) + splits, return_index=True, return_inverse=True)
    start, end = (whole(table[n]).to_numpy(zero_copy_only=False).astype("datetime64[D]") for n in ("start", "end"))
    kinds = map_values(columns["period"], KINDS.index)[first]
    return Cells(table, columns, cell, first, start[first], end[first], kinds, splits[first])
