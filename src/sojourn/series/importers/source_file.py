"""An untrusted file, read within limits.

Everything that an importer sees of a file comes through :class:`SourceFile`: its kind, header, sheets and rows.
Before a row is parsed, one pass over the bytes makes sure that the file is a text of limited size and line length
in one encoding, or an archive of limited size without macros, entities and formulas. Nothing in a file is ever
executed or fetched.
"""

from __future__ import annotations

import copy
import datetime as dt
import gzip
import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from sojourn.series.codes import collect, refuse
from sojourn.series.importers.files.archive import check_workbook, read_members
from sojourn.series.importers.files.fit import Fit, Head, fit_table, is_note, notes_at_end
from sojourn.series.importers.files.json_table import read_json
from sojourn.series.importers.files.limits import LIMITS, Limits
from sojourn.series.importers.files.text import (
    Scanned,
    decoded,
    head_rows,
    last_lines,
    scan_text,
    separators,
)
from sojourn.series.importers.layout import Match

__all__ = ["LIMITS", "Limits", "SourceFile"]

_HEAD_BYTES = 1 << 16
_HEAD_ROWS = 40
_BATCH = 100_000
_BROKEN = (
    ArithmeticError,
    AttributeError,
    AssertionError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a damaged workbook makes its reader raise."""
_TEXTS = (".csv", ".tsv", ".txt", ".tab")
_ENDINGS = ".csv, .tsv, .txt (also .gz), .xlsx, .json, .zip"
_OTHER = (b"%PDF", b"\xd0\xcf\x11\xe0")
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


class SourceFile:
    """One file to import, checked when it is opened.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    limits : Limits
        Sizes above which it is refused.

    Attributes
    ----------
    name : str
        Name of the file without its folder, for messages.
    kind : {"csv", "csv.gz", "xlsx", "json", "zip"}
        What it is, by its first bytes and its name, which must agree. Any text with columns is "csv".
    digest : str
        SHA-256 of its bytes; for a table of an archive, of the archive.

    Raises
    ------
    DataError
        D101 to D115.
    """

    def __init__(self, path: str | Path, limits: Limits = LIMITS) -> None:
        self.path = Path(path)
        self.name = self.path.name
        if not self.path.is_file():
            raise refuse("D101", self.name, "no such file, or not a plain file")
        try:
            with self.path.open("rb") as file:
                self.digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as err:
            raise refuse("D101", self.name, f"cannot be read: {err.strerror}") from err
        self._data: bytes | None = None
        self._check(self.path.stat().st_size, limits)

    @classmethod
    def member(cls, archive: SourceFile, name: str, data: bytes) -> SourceFile:
        """Return one table of an archive as a file of its own."""
        source = cls.__new__(cls)
        source.path, source.digest, source._data = archive.path, archive.digest, data
        source.name = f"{archive.name}/{name}"
        source._check(len(data), archive.limits)
        return source

    def _check(self, size: int, limits: Limits) -> None:
        self.limits, self.size = limits, size
        self._fit: Fit | None = None
        self.remarks: list[tuple[str, int, str]] = []
        if size == 0:
            raise refuse("D102", self.name, "the file is empty")
        if size > limits.file_bytes:
            raise refuse("D103", self.name, "too large", found=f"{size:,} bytes", allowed=f"{limits.file_bytes:,}")
        with self._raw() as file:
            start = file.read(8)
        self.kind = _kind(self.name, start)
        self._text: Scanned | None = None
        if self.kind == "xlsx":
            check_workbook(self._raw, self.name, size, limits)
        elif self.kind in ("csv", "csv.gz"):
            self._text = scan_text(self._unpacked, self.name, size, limits)
            self._remark_text(self._text)
        elif self.kind == "json" and size > limits.json_bytes:
            raise refuse("D103", self.name, "too large", found=f"{size:,} bytes", allowed=f"{limits.json_bytes:,}")

    def _remark_text(self, text: Scanned) -> None:
        if text.encoding not in ("utf-8", "utf-8-sig"):
            said = {"cp1252": "Windows-1252 (Latin-1)"}.get(text.encoding, text.encoding.upper())
            self.remarks.append((self.name, 0, f"not UTF-8: read as {said}"))
        if not text.ended:
            self.remarks.append(
                (self.name, 0, "the last line has no end: if the file was cut off there, its last figure is wrong")
            )

    def _raw(self) -> Any:
        return self.path.open("rb") if self._data is None else io.BytesIO(self._data)

    def _unpacked(self) -> Any:
        if self.kind != "csv.gz":
            return self._raw()
        return gzip.open(self.path if self._data is None else self._raw())

    def open(self) -> Any:
        """Open the text of a CSV file, unpacked, in UTF-8 without its byte order mark."""
        return decoded(self._unpacked(), self._text.encoding if self._text else "utf-8")

    def members(self) -> tuple[SourceFile, ...]:
        """Return the tables of an archive, in order of their names; raises DataError D114 without any."""
        tables = read_members(self._raw, self.name, self.size, self.limits)
        return tuple(SourceFile.member(self, name, data) for name, data in tables)

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The first rows of every table that the file may hold: one for each separator or sheet."""
        if self.kind == "xlsx":
            return tuple(Head("", s, tuple(self._sheet_head(s))) for s in self.sheets)
        if self.kind == "json":
            names, rows = self._json
            return (Head("", "", ((1, 1, names), *((n, n, r) for n, r in enumerate(rows[:_HEAD_ROWS], 2)))),)
        if self.kind == "zip":
            return ()
        with self.open() as file:
            start = file.read(max(_HEAD_BYTES, self.limits.line_bytes)).decode("utf-8", errors="ignore")
        found = [Head(s, "", tuple(head_rows(start, s))) for s in separators(start)]
        if (most := max((len(cells) for h in found for _, _, cells in h.rows), default=0)) > self.limits.columns:
            raise refuse("D109", self.name, "too many columns", found=str(most), allowed=str(self.limits.columns))
        return tuple(h for h in found if h.rows)

    def fitted(self, head: Head, row: int, match: Match) -> SourceFile:
        """Return the same file, read by the names and in the order of a layout.

        Raises
        ------
        DataError
            D203 where two columns have one of its names.
        """
        fitted = copy.copy(self)
        fitted.remarks = list(self.remarks)
        fitted._fit = fit = fit_table(self.name, head, row, match)
        if fit.line > 1:
            fitted.remarks.append((self.name, 0, f"{fit.line - 1} lines above the header are not read"))
        if fit.extra:
            said = ", ".join(fit.extra)
            fitted.remarks.append((self.name, 0, f"columns that the layout does not have: {said[:200]}"))
        return fitted

    @cached_property
    def _plain_fit(self) -> Fit:
        """How a file is read that no layout was found for: every column, by the name it has."""
        heads = self.heads
        if not heads or not heads[0].rows:
            raise refuse("D202", f"{self.name}, row 1", "the header cannot be read")
        return fit_table(self.name, max(heads, key=lambda h: len(h.rows[0][2]) if h.rows else 0), 0, None)

    @property
    def fit(self) -> Fit:
        """How the table is read."""
        return self._fit or self._plain_fit

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns that are read; empty for a workbook or an archive without a fitting table.

        Raises DataError D109, D202, D203.
        """
        if self._fit is None and self.kind in ("xlsx", "zip"):
            return ()
        return self.fit.names

    @property
    def first_row(self) -> int:
        """Number of the line of the first row of the table."""
        return self.fit.skip + 1

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets of a workbook, in order; empty for any other file."""
        if self.kind != "xlsx":
            return ()
        return tuple(sheet.title for sheet in self._book.worksheets)

    def batches(
        self, *, block_bytes: int = 1 << 20, newlines: bool = False
    ) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield (row number of the first row, rows) of the table, every column as dictionary-encoded text.

        Parameters
        ----------
        block_bytes : int
            Size of a block of text; about thirty are read ahead, which limits the memory used.
        newlines : bool
            Whether quoted cells may contain line breaks.

        Raises
        ------
        DataError
            D113 for a last row that is cut off, D204 with the rows that have too few or too many columns, D110
            above the limit of rows.
        """
        if self.kind == "zip":
            raise refuse("D114", self.name, "an archive, not a table")
        if self.kind in ("xlsx", "json"):
            yield from self._row_batches()
            return
        fit, names = self.fit, self.header
        with self._table_text(fit) as file:
            reader = self._reader(file, fit, block_bytes, newlines)
            row = self.first_row
            for batch in reader:
                if row + batch.num_rows > self.limits.rows:
                    raise refuse("D110", self.name, "too many rows", allowed=f"{self.limits.rows:,}")
                batch = pa.RecordBatch.from_arrays([batch.column(f"c{at}") for at in fit.at], names=list(names))
                if blank := _blank_rows(batch):
                    raise refuse("D204", f"{self.name}, row {row + blank[0]}", f"{len(blank)} blank lines")
                if batch.num_rows:
                    yield row, batch
                row += batch.num_rows

    def _reader(self, file: Any, fit: Fit, block_bytes: int, newlines: bool) -> Iterator[pa.RecordBatch]:
        """Yield the batches of a text; rows that are too short or too long are raised together."""
        problems = collect(f"{self.name} was not imported")
        last = self._text.lines + 1 if self._text and not self._text.ended else 0

        def wrong(row: pacsv.InvalidRow) -> str:
            cut = row.number == last and row.actual_columns < row.expected_columns
            problems.add(
                "D113" if cut else "D204",
                f"{self.name}, row {row.number}",
                "the last line has no end and too few columns: the file is cut off"
                if cut
                else f"{row.actual_columns} columns instead of {row.expected_columns}",
                found=row.text[:80],
            )
            return "skip"

        names = [f"c{at}" for at in range(fit.width)]
        read = [names[at] for at in fit.at]
        try:
            yield from _checked(
                pacsv.open_csv(
                    file,
                    read_options=pacsv.ReadOptions(
                        block_size=block_bytes, use_threads=False, skip_rows=fit.skip, column_names=names
                    ),
                    parse_options=pacsv.ParseOptions(
                        delimiter=fit.separator,
                        ignore_empty_lines=False,
                        invalid_row_handler=wrong,
                        newlines_in_values=newlines,
                    ),
                    convert_options=pacsv.ConvertOptions(
                        column_types=dict.fromkeys(read, _DICTIONARY),
                        include_columns=list(dict.fromkeys(read)),
                        null_values=[],
                        strings_can_be_null=False,
                    ),
                ),
                problems,
            )
        except (pa.ArrowInvalid, EOFError, OSError, zlib.error) as err:
            if "Empty CSV" in str(err):
                return
            raise refuse("D204", self.name, f"rows cannot be distinguished: {str(err)[:200]}") from err
        problems.raise_if_any()

    def _table_text(self, fit: Fit) -> Any:
        """Open the text without the remarks below its table."""
        text = self._text
        if text is None:
            return self.open()
        lines = last_lines(text.tail, fit.separator)
        count = min(notes_at_end([cells for cells, _ in lines]), text.lines + (not text.ended) - fit.skip)
        if count <= 0:
            return self.open()
        said = [cells for cells, _ in lines[-count:] if any(cells)]
        if said:
            self._remark_notes(said)
        size = sum(length for _, length in lines[-count:])
        return (
            io.BytesIO(self._all_text()[:-size]) if text.size < 1 << 26 else _Shorter(self.open(), text.size - size)
        )

    def _all_text(self) -> bytes:
        with self.open() as file:
            return bytes(file.read())

    def _remark_notes(self, said: Sequence[Sequence[str]]) -> None:
        first = " ".join(c for c in said[0] if c)[:80]
        self.remarks.append((f"{self.name}, below the table", len(said), f"remarks, the first of them: {first}"))

    def _row_batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield the rows of a sheet or of JSON."""
        fit, names = self.fit, self.header
        rows = self._sheet_rows(fit) if self.kind == "xlsx" else [list(r) for r in self._json[1]]
        count = notes_at_end(rows) if self.kind == "xlsx" else 0
        if said := [r for r in rows[len(rows) - count :] if any(r)]:
            self._remark_notes(said)
        rows = rows[: len(rows) - count]
        blank = [at for at, r in enumerate(rows) if not any(r)]
        if blank:
            raise refuse("D204", f"{self.name}, row {self.first_row + blank[0]}", f"{len(blank)} blank lines")
        for offset in range(0, len(rows), _BATCH):
            part = rows[offset : offset + _BATCH]
            arrays = [pa.array([r[at] for r in part], pa.string()).dictionary_encode() for at in fit.at]
            yield self.first_row + offset, pa.RecordBatch.from_arrays(arrays, names=list(names))

    def table(self, *, newlines: bool = False) -> pa.Table:
        """Return the whole table as columns of text; raises as :meth:`batches`, and D206 without rows."""
        found = [batch for _, batch in self.batches(newlines=newlines)]
        if not found:
            raise refuse("D206", self.name, "a header and no rows")
        return pa.Table.from_batches(found).unify_dictionaries().combine_chunks()

    def rows(self, sheet: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Yield (row number, values) of a sheet: text, numbers, dates or None as the workbook holds them.

        Raises DataError D205 for a missing sheet, D109 and D110 above the limits.
        """
        if sheet not in self.sheets:
            raise refuse("D205", self.name, "sheet missing", found=", ".join(self.sheets)[:200], allowed=sheet)
        cells = 0
        try:
            page = self._book[sheet]
            page.reset_dimensions()
            for number, row in enumerate(page.iter_rows(values_only=True), start=1):
                cells += len(row) + 1
                if len(row) > self.limits.sheet_columns:
                    raise refuse(
                        "D109",
                        f"{self.name}, sheet {sheet}, row {number}",
                        "too many columns",
                        found=str(len(row)),
                    )
                if cells > self.limits.sheet_cells:
                    raise refuse("D110", f"{self.name}, sheet {sheet}, row {number}", "too many cells")
                yield number, tuple(row)
        except _BROKEN as err:
            raise refuse("D105", f"{self.name}, sheet {sheet}", f"damaged workbook: {err}") from err

    def _sheet_head(self, sheet: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        for number, row in self.rows(sheet):
            if number > _HEAD_ROWS:
                return
            cells = [_written(v) for v in row]
            while cells and not cells[-1]:
                cells.pop()
            yield number, number, tuple(cells)

    def _sheet_rows(self, fit: Fit) -> list[list[str]]:
        """Return the rows of a sheet below its header as text, each as wide as the header."""
        found = []
        for number, row in self.rows(fit.sheet):
            if number > fit.skip:
                cells = [_written(v) for v in row]
                if len(cells) > fit.width and any(cells[fit.width :]) and not is_note(cells):
                    raise refuse(
                        "D204",
                        f"{self.name}, sheet {fit.sheet}, row {number}",
                        f"{len(cells)} columns instead of {fit.width}",
                    )
                found.append((cells + [""] * fit.width)[: fit.width])
        return found

    @cached_property
    def _json(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        with self._raw() as file:
            names, rows = read_json(file.read(), self.name)
        if len(names) > self.limits.columns or len(rows) > self.limits.rows:
            raise refuse("D110", self.name, "too many rows or columns", found=f"{len(rows)} by {len(names)}")
        return names, rows

    @cached_property
    def _book(self) -> Any:
        """The workbook, read once into memory so that no file stays open."""
        try:
            import openpyxl
        except ImportError as err:
            raise refuse(
                "D611", self.name, "reading workbooks needs openpyxl", remedy='install "sojourn[excel]"'
            ) from err
        with self._raw() as file:
            data = io.BytesIO(file.read())
        try:
            # openpyxl warns of unknown styles and of sheets that it leaves out; a missing sheet is noticed later.
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                return openpyxl.load_workbook(data, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as err:
            raise refuse("D105", self.name, f"damaged workbook: {err}") from err


class _Shorter(io.RawIOBase):
    """A stream that ends after a number of bytes."""

    def __init__(self, stream: Any, size: int) -> None:
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _checked(reader: Any, problems: Any) -> Iterator[pa.RecordBatch]:
    """Yield batches, and raise the problems found in the text behind them."""
    for batch in reader:
        problems.raise_if_any()
        yield batch


def _written(value: Any) -> str:
    """Return a cell of a workbook as text: whole numbers without a point, dates as ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).strip()


def _blank_rows(batch: pa.RecordBatch) -> list[int]:
    """Return the rows that are empty in every column."""
    blank: set[int] | None = None
    for column in batch.columns:
        words = column.dictionary.to_pylist()
        if "" not in words:
            return []
        at = (column.indices.to_numpy() == words.index("")).nonzero()[0].tolist()
        blank = set(at) if blank is None else blank & set(at)
        if not blank:
            return []
    return sorted(blank or ())


def _kind(name: str, start: bytes) -> str:
    """Return the kind of a file by its first bytes and its name, which must agree."""
    lower = name.lower()
    zipped, gzipped = start.startswith(b"PK\x03\x04"), start.startswith(b"\x1f\x8b")
    if lower.endswith((".xlsx", ".xlsm")):
        if zipped:
            return "xlsx"
        code = "D107" if start.lstrip().startswith(b"<") else "D105"
        raise refuse(code, name, "not a workbook", found=repr(start), remedy="download the file again")
    if lower.endswith(".zip"):
        if zipped:
            return "zip"
        raise refuse("D105", name, "not a zip archive", found=repr(start), remedy="download the file again")
    if lower.endswith(tuple(f"{t}.gz" for t in _TEXTS)):
        if gzipped:
            return "csv.gz"
        raise refuse("D105", name, "not a gzip file", found=repr(start))
    if lower.endswith((*_TEXTS, ".json")):
        if zipped or gzipped or start.startswith(_OTHER):
            raise refuse("D108", name, "not text", found=repr(start), remedy="give the file its right ending")
        return "json" if lower.endswith(".json") else "csv"
    raise refuse("D114", name, "kind of file not known", found=name[-20:], allowed=_ENDINGS)
