"""A table as it was read: named columns of cells, and where each of them stands."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sojourn.series.codes import refuse

__all__ = ["Cell", "Grid", "clean_cell", "grid_of_frame", "grid_of_rows"]

Cell = str | float | dt.date | None
"""A text without outer spaces, a number, a date, or None for an empty cell."""


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    source, digest : str
        What it was read from, for messages, and the SHA-256 of its bytes.
    columns : mapping of str to list
        (row) the cells of each column.
    numbers : sequence of int
        (row) the number of the row, or the line, in the file.
    how : str
        How it was read: kind of file, encoding, separator.
    """

    source: str
    digest: str
    columns: Mapping[str, Sequence[Cell]]
    numbers: Sequence[int]
    how: str

    def spot(self, row: int, column: str) -> str:
        """Return where a cell stands, for messages."""
        return f"{self.source}, row {self.numbers[row]}, column {column}"


def clean_cell(value: Any) -> Cell:
    """Return a value as a cell; what is neither text, number, date nor missing becomes its text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | float | np.integer | np.floating):
        number = float(value)
        return None if number != number else number
    if isinstance(value, pd.Period):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time(0) and value.tzinfo is None else value.isoformat()
    if isinstance(value, np.datetime64):
        return clean_cell(pd.Timestamp(value))
    return value if isinstance(value, dt.date) else str(value).strip() or None


def grid_of_rows(
    source: str, digest: str, rows: Sequence[tuple[int, Sequence[Any]]], how: str, header_row: int | None
) -> Grid:
    """Return the table of numbered rows, the first of which (or ``header_row``) holds the names of the columns.

    Blank rows and columns without a name and without a cell are left out.

    Raises
    ------
    DataError
        D202 for a header that is none, D203 for a name given twice, D204 for rows with more or fewer cells than
        the header, D206 without rows.
    """
    filled = [(number, [clean_cell(v) for v in row]) for number, row in rows]
    filled = [(number, row) for number, row in filled if any(c is not None for c in row)]
    filled = [(number, row) for number, row in filled if header_row is None or number >= header_row]
    if not filled or (header_row is not None and filled[0][0] != header_row):
        raise refuse("D202", source, "no header", found=f"row {header_row}" if header_row else "no rows")
    (first, head), body = filled[0], filled[1:]
    while head and head[-1] is None:
        head.pop()
    names = [_name(cell) for cell in head]
    width = len(names)
    ragged = [(n, row) for n, row in body if len(row) < width or any(c is not None for c in row[width:])]
    if ragged:
        number, row = ragged[0]
        raise refuse(
            "D204",
            f"{source}, row {number}",
            f"{len(ragged)} rows without the {width} cells of the header (row {first})",
            found="; ".join("" if c is None else str(c) for c in row)[:80],
            remedy="say where the header is (--header-row), or remove titles and footnotes",
        )
    if not body:
        raise refuse("D206", source, "a header and no rows")
    columns = {i: [row[i] for _, row in body] for i in range(width)}
    kept = [i for i in range(width) if names[i] or any(c is not None for c in columns[i])]
    return Grid(source, digest, _named(source, [(names[i], columns[i]) for i in kept]), [n for n, _ in body], how)


def _name(cell: Cell) -> str:
    """Return the name of a column: a text, a whole number such as a year, or a date."""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return "" if cell is None else str(cell)


def _named(source: str, columns: Sequence[tuple[str, Sequence[Cell]]]) -> dict[str, Sequence[Cell]]:
    names = [name for name, _ in columns]
    if twice := sorted({n for n in names if n and names.count(n) > 1}):
        raise refuse("D203", f"{source}, header", "column name given twice", found=", ".join(twice))
    if "" in names:
        at = names.index("")
        raise refuse("D202", f"{source}, header", f"column {at + 1} has no name", found=", ".join(names)[:80])
    return dict(columns)


def grid_of_frame(
    frame: pd.DataFrame, source: str = "data frame", how: str = "data frame", digest: str = ""
) -> Grid:
    """Return the table of a data frame; a named index is a column too."""
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    cells = [[clean_cell(v) for v in frame.iloc[:, at].tolist()] for at in range(len(frame.columns))]
    columns = [(_name(clean_cell(name)), column) for name, column in zip(frame.columns, cells, strict=True)]
    if not len(frame):
        raise refuse("D206", source, "no rows")
    text = repr([(name, list(cells)) for name, cells in columns])
    digest = digest or hashlib.sha256(text.encode()).hexdigest()
    return Grid(source, digest, _named(source, columns), range(1, len(frame) + 1), how)
