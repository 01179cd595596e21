"""The figures of one release, indexed by cell so that questions are answered quickly.

Which kind of period and which split answers a question depends on few things about a row: its period, the
dimensions it is split by, who counted it and in which region. Rows alike in these make up one *cell*; a table of
tens of thousands of rows has a few hundred cells.
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

__all__ = ["COUNTED_BY", "SCOPED", "Bools", "Cells", "Codes", "find_cells", "map_values", "region"]

Codes = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

COUNTED_BY = ("component", "country")
"""Dimensions that say who counted: what is published may differ between their values."""

SCOPED = ("component", "place")
"""Dimensions whose parts make up a whole that a sum may lack: offices, and regions (the first word of a place)."""


@dataclass(frozen=True)
class Cells:
    """One release of one measure, with the cell of every row.

    Attributes
    ----------
    table : pyarrow.Table
        (row) The figures.
    columns : dict of str to pyarrow.DictionaryArray
        (row) The dimensions, names and remarks, each in one chunk.
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
    parts : dict of str to ndarray
        (cell) int64 for each dimension of SCOPED, the part that the figures are of, as an index into ``names``.
    names : dict of str to tuple of str
        The parts that the release has of each dimension of SCOPED; "all" among them.
    """

    table: pa.Table
    columns: dict[str, pa.DictionaryArray]
    cell: Codes
    first_row: Codes
    start: Days
    end: Days
    kinds: Codes
    splits: Codes
    parts: dict[str, Codes]
    names: dict[str, tuple[str, ...]]


def region(place: str) -> str:
    """Return the first word of a place: the region that it is in."""
    return place.split("/", 1)[0]


def map_values(column: pa.DictionaryArray, number: Callable[[str], int]) -> Codes:
    """Return (row) int64, ``number`` of each row's value; it is called once for each distinct value."""
    lookup = np.array([number(w) for w in column.dictionary.to_pylist()] or [0], dtype=np.int64)
    return np.asarray(lookup[column.indices.to_numpy(zero_copy_only=False)])


def find_cells(table: pa.Table) -> Cells:
    """Index a table of figures of one measure and release."""
    columns = {n: whole(table[n]) for n in (*DIMENSIONS, "name", "period", "suppression", "confidence")}
    splits = np.zeros(table.num_rows, dtype=np.int64)
    for bit, dimension in enumerate(DIMENSIONS):
        splits |= map_values(columns[dimension], lambda w: int(w != ALL)) << bit
    named = {d: sorted({_part(d, w) for w in columns[d].dictionary.to_pylist()}) for d in SCOPED}
    parts = {d: map_values(columns[d], lambda w, d=d: named[d].index(_part(d, w))) for d in SCOPED}  # type: ignore[misc]
    alike = key_codes(table, ("start", "end", "period", *COUNTED_BY))
    codes = (alike * len(named["place"]) + parts["place"]) * (1 << len(DIMENSIONS)) + splits
    _, first, cell = np.unique(codes, return_index=True, return_inverse=True)
    start, end = (whole(table[n]).to_numpy(zero_copy_only=False).astype("datetime64[D]") for n in ("start", "end"))
    kinds = map_values(columns["period"], KINDS.index)[first]
    there = {d: codes[first] for d, codes in parts.items()}
    names = {d: tuple(words) for d, words in named.items()}
    return Cells(table, columns, cell, first, start[first], end[first], kinds, splits[first], there, names)


def _part(dimension: str, word: str) -> str:
    """Return the part of a whole that a value of a dimension stands for."""
    return region(word) if dimension == "place" else word
