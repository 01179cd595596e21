"""Tables that users have: CSV in its dialects, TSV, Excel, Parquet and JSON."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.series.codes import DataError, refuse
from sojourn.series.importers.source_file import LIMITS, SourceFile
from sojourn.series.own.tables.grid import Grid, grid_of_frame, grid_of_rows
from sojourn.series.own.tables.text import SEPARATORS, decode, split_rows

__all__ = ["KINDS", "read_grid"]

KINDS = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".parquet", ".json", ".jsonl")
"""Endings of the files that are read."""


def read_grid(
    path: Path, *, encoding: str = "", separator: str = "", sheet: str = "", header_row: int | None = None
) -> Grid:
    """Read the table in a file.

    Parameters
    ----------
    path : Path
        The file, of one of :data:`KINDS`.
    encoding, separator : str
        Of a text, where they are not to be found out.
    sheet : str
        Name of the sheet of a workbook; needed where several have rows.
    header_row : int, optional
        Number of the row with the names of the columns; the first that is not blank without it.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        D101 to D115, D202 to D206, D706: what is wrong with the file.
    """
    name = path.name
    kind = next((k for k in sorted(KINDS, key=len, reverse=True) if name.lower().endswith(k)), "")
    if not kind:
        raise refuse("D114", name, "kind of file not known", found=path.suffix, allowed=", ".join(KINDS))
    if kind == ".xlsx":
        return _workbook(path, sheet, header_row)
    data = _bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    if kind == ".parquet":
        return grid_of_frame(_parquet(path), name, "Parquet", digest)
    if kind == ".csv.gz":
        data = _unpacked(data, name)
    text, code = decode(data, name, encoding)
    if kind in (".json", ".jsonl"):
        return grid_of_frame(_json(text, name, lines=kind == ".jsonl"), name, "JSON", digest)
    rows, found = split_rows(text, name, separator or ("\t" if kind == ".tsv" else ""))
    if len(rows) > LIMITS.rows or max(len(row) for _, row in rows) > LIMITS.columns:
        raise refuse("D110", name, "too many rows or columns", allowed=f"{LIMITS.rows:,} x {LIMITS.columns:,}")
    return grid_of_rows(
        name, digest, rows, f"{code} text, {SEPARATORS.get(found, found)} between columns", header_row
    )


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise refuse("D101", path.name, "no such file, or not a plain file")
    size = path.stat().st_size
    if size > LIMITS.file_bytes:
        raise refuse("D103", path.name, "too large", found=f"{size:,} bytes", allowed=f"{LIMITS.file_bytes:,}")
    try:
        return path.read_bytes()
    except OSError as err:
        raise refuse("D101", path.name, f"cannot be read: {err.strerror}") from err


def _unpacked(data: bytes, name: str) -> bytes:
    """Return the content of a gzip file, up to the limit of what a file may unpack to."""
    found = b""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            found = file.read(LIMITS.unpacked_bytes + 1)
    except (EOFError, OSError, zlib.error) as err:
        raise refuse("D105", name, f"damaged or cut off: {err}") from err
    if len(found) > LIMITS.unpacked_bytes:
        raise refuse("D104", name, "unpacks to too much", allowed=f"{LIMITS.unpacked_bytes:,} bytes")
    return found


def _workbook(path: Path, sheet: str, header_row: int | None) -> Grid:
    """Return the table of a sheet; without its name, of the only sheet that has rows."""
    source = SourceFile(path)
    named = [sheet] if sheet else list(source.sheets)
    found = {one: [(n, row) for n, row in source.rows(one) if any(c is not None for c in row)] for one in named}
    filled = [one for one, rows in found.items() if rows]
    if len(filled) != 1:
        said = "several sheets have rows" if filled else "no sheet has rows"
        raise refuse("D205", source.name, said, found=", ".join(filled), remedy="say which: --sheet NAME")
    width = max(len(row) for _, row in found[filled[0]])
    rows = [(n, (*row, *[None] * (width - len(row)))) for n, row in found[filled[0]]]
    return grid_of_rows(source.name, source.digest, rows, f"workbook, sheet {filled[0]}", header_row)


def _parquet(path: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(path)
        table.validate(full=True)  # what a damaged file holds may be no text at all
        frame: pd.DataFrame = table.to_pandas(date_as_object=True)
    except (pa.ArrowException, OSError, ValueError) as err:
        raise refuse("D105", path.name, f"not a Parquet file, or damaged: {str(err)[:80]}") from err
    return frame


def _json(text: str, name: str, *, lines: bool) -> pd.DataFrame:
    """Return the table of a JSON text: a list of records, one record a line, or a list of cells for each column."""
    try:
        said = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else json.loads(text)
    except ValueError as err:
        raise refuse("D105", name, f"not JSON: {str(err)[:80]}") from err
    if isinstance(said, list) and said and all(isinstance(row, Mapping) for row in said):
        return _flat(pd.DataFrame(said, dtype=object), name)
    if isinstance(said, Mapping) and said:
        columns = [list(c.values()) if isinstance(c, Mapping) else c for c in said.values()]
        if all(isinstance(c, list) for c in columns) and len({len(c) for c in columns}) == 1:
            return _flat(pd.DataFrame(dict(zip(said, columns, strict=True)), dtype=object), name)
    raise _not_a_table(name)


def _flat(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame whose cells hold no lists or records; raises D202 where they do."""
    nested: Any = frame.map(lambda v: isinstance(v, list | Mapping))
    if nested.to_numpy().any():
        raise _not_a_table(name)
    return frame


def _not_a_table(name: str) -> DataError:
    return refuse(
        "D202",
        name,
        "not a table",
        allowed='a list of records [{"date": ..., "value": ...}], or columns {"date": [...], "value": [...]}',
    )
