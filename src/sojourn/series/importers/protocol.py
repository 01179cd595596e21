"""What an importer is, and how it reads a file that a stranger gave us.

An importer names the layouts it knows, says whether a file has one of them (``detect``) and turns it into
figures (``read``). It reads only through :class:`SourceFile`, which refuses what is too large, packed, cut
off, of the wrong encoding or kind before any of it is interpreted. Importers are listed in
:mod:`sojourn.series.importers.registry`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector, nearest
from sojourn.series.codes import collect
from sojourn.series.figure_checks import check_figures
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import table_rows

__all__ = [
    "Check",
    "Dropped",
    "Imported",
    "Importer",
    "encoded",
    "finish",
    "labels",
    "months",
    "numbers",
    "problems_of",
    "vocabulary",
]

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?([eE][+-]?\d+)?")
_SHOWN = 5


@dataclass(frozen=True)
class Dropped:
    """Rows of a file that are not figures of ours: where, how many, why, and the sum of their values."""

    where: str
    rows: int
    reason: str
    value: float = 0.0


@dataclass(frozen=True)
class Check:
    """A total worked out from the rows against one that was published or given in the file."""

    name: str
    expected: float
    found: float
    tolerance: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the two agree within the tolerance."""
        return abs(self.expected - self.found) <= self.tolerance


@dataclass(frozen=True)
class Imported:
    """What an importer read: figures of one release, what it left out and why, and the checks that held."""

    table: pa.Table
    release: str
    dropped: tuple[Dropped, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Importer:
    """A reader of one publisher's files.

    ``layouts`` are the header rows it knows, for messages about a file that nearly fits; ``detect`` looks at
    the header (or sheets) only; ``read`` returns figures or raises DataError with every problem found.
    """

    name: str
    title: str
    layouts: tuple[tuple[str, ...], ...]
    detect: Callable[[SourceFile], bool]
    read: Callable[[SourceFile], Imported]


def finish(
    source: SourceFile,
    table: pa.Table,
    release: str,
    problems: Collector,
    dropped: Sequence[Dropped] = (),
    checks: Sequence[Check] = (),
) -> Imported:
    """Check what was read and return it; the last call of every ``read``.

    Raises DataError with the problems gathered so far, those of the figures, and every check that failed.
    """
    problems.raise_if_any()
    if table.num_rows == 0:
        problems.add("D206", source.name, "no figures in the file")
    check_figures(table, problems, source.name)
    for check in checks:
        if not check.holds:
            problems.add(
                "D402", source.name, check.name, found=f"{check.found:,.0f}", allowed=f"{check.expected:,.0f}"
            )
    problems.raise_if_any()
    return Imported(table, release, tuple(dropped), tuple(checks))


@cache
def vocabulary(publisher: str, column: str) -> Mapping[str, str]:
    """Return a publisher's labels for one column in our terms, from ``tables/labels/<publisher>.csv``."""
    rows = table_rows(f"labels/{publisher}.csv")
    return {row["theirs"]: row["ours"] for row in rows if row["column"] == column}


def encoded(column: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column of text dictionary-encoded and in one piece."""
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks() if column.num_chunks else pa.array([], column.type)
    return column if isinstance(column, pa.DictionaryArray) else column.cast(pa.string()).dictionary_encode()


def _bad_cells(
    column: pa.DictionaryArray,
    bad: Mapping[int, tuple[str, str]],
    spot: tuple[str, str, int],
    problems: Collector,
) -> None:
    """Record the first rows of each bad value; ``bad`` maps its index in the column to (code, message)."""
    where, name, first_row = spot
    codes = column.indices.to_numpy(zero_copy_only=False)
    for code, (problem, message) in bad.items():
        rows = np.flatnonzero(codes == code)
        for row in rows[:_SHOWN]:
            value = column.dictionary[code].as_py()
            problems.add(
                problem, f"{where}, row {first_row + int(row)}, column {name}", message, found=str(value)[:80]
            )


def numbers(
    column: pa.Array,
    problems: Collector,
    where: str,
    name: str,
    *,
    first_row: int = 2,
    missing: Iterable[str] = (),
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (row) float64 the numbers written in a column of text; NaN for the texts in ``missing``.

    Thousands commas are read. Anything else is D301, an empty cell D303, a formula D112, each with file, row,
    column and value. ``first_row`` is the row number in the file of the first entry.
    """
    entries = encoded(column)
    absent = set(missing)
    values = np.full(len(entries.dictionary) + 1, np.nan)
    bad: dict[int, tuple[str, str]] = {}
    for code, raw in enumerate(entries.dictionary.to_pylist()):
        text = (raw or "").strip()
        if text in absent:
            continue
        if _NUMBER.fullmatch(text) and math.isfinite(float(text.replace(",", ""))):
            values[code] = float(text.replace(",", ""))
        elif text.startswith(("=", "@")):
            bad[code] = ("D112", "formula where a number is expected")
        elif not text:
            bad[code] = ("D303", "no value")
        else:
            bad[code] = ("D301", "not a number")
    _bad_cells(entries, bad, (where, name, first_row), problems)
    codes = entries.indices.fill_null(len(entries.dictionary)) if entries.indices.null_count else entries.indices
    return np.asarray(values[codes.to_numpy(zero_copy_only=False)], dtype=np.float64)


def labels(
    column: pa.Array,
    vocabulary: Mapping[str, str],
    problems: Collector,
    where: str,
    name: str,
    *,
    first_row: int = 2,
) -> pa.DictionaryArray:
    """Return a column of a publisher's labels in our terms, dictionary-entries.

    ``vocabulary`` maps theirs to ours. A label not in it is D304 (D112 when it is a formula) with row,
    value and the nearest known.
    """
    entries = encoded(column)
    bad: dict[int, tuple[str, str]] = {}
    found: list[str] = []
    for code, raw in enumerate(entries.dictionary.to_pylist()):
        ours = vocabulary.get((raw or "").strip())
        if ours is None:
            close = nearest(raw or "", vocabulary)
            hint = f"; nearest known: {close}" if close else ""
            formula = (raw or "").lstrip().startswith(("=", "@"))
            bad[code] = (
                ("D112", "formula where a label is expected") if formula else ("D304", f"unknown label{hint}")
            )
        found.append(ours or "")
    _bad_cells(entries, bad, (where, name, first_row), problems)
    return pa.DictionaryArray.from_arrays(entries.indices, pa.array(found, pa.string()))


def months(
    column: pa.Array,
    problems: Collector,
    where: str,
    name: str,
    *,
    first_row: int = 2,
    years: tuple[int, int],
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Return (row) datetime64[D] the first days of months written ``YYYY-MM-01`` or ``YYYY-MM``.

    A text that is neither is D306, a year outside ``years`` (first, last) D307.
    """
    entries = encoded(column)
    values = np.full(len(entries.dictionary), np.datetime64("1900-01-01"), dtype="datetime64[D]")
    bad: dict[int, tuple[str, str]] = {}
    for code, raw in enumerate(entries.dictionary.to_pylist()):
        match = re.fullmatch(r"(\d{4})-(\d\d)(-01)?", (raw or "").strip())
        if not match or not 1 <= int(match[2]) <= 12:
            bad[code] = ("D306", "not a month written YYYY-MM-01")
        elif not years[0] <= int(match[1]) <= years[1]:
            bad[code] = ("D307", f"year outside {years[0]} to {years[1]}")
        else:
            values[code] = np.datetime64(f"{match[1]}-{match[2]}-01")
    _bad_cells(entries, bad, (where, name, first_row), problems)
    return np.asarray(values[entries.indices.to_numpy(zero_copy_only=False)])


def problems_of(source: SourceFile) -> Collector:
    """Return the collector in which an importer gathers what is wrong with ``source``."""
    return collect(f"{source.name} was not imported")
