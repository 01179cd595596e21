"""An untrusted file, read within limits.

Everything that an importer sees of a file comes through :class:`SourceFile`: its kind, header, sheets and rows.
Before a row is parsed, one pass over the bytes makes sure that the file is UTF-8 text of limited size and line
length that ends with a line end (CSV), or an archive of limited size without macros, links, entities and
formulas (xlsx). Nothing in a file is ever executed or fetched.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv as pacsv

from sojourn.series.codes import DataError, collect, refuse

__all__ = ["LIMITS", "Limits", "SourceFile"]


@dataclass(frozen=True)
class Limits:
    """Sizes above which a file is refused, in bytes, rows and cells."""

    file_bytes: int = 1_000_000_000
    unpacked_bytes: int = 1_500_000_000
    unpacked_ratio: int = 250
    columns: int = 2_000
    rows: int = 20_000_000
    line_bytes: int = 500_000
    sheet_columns: int = 1_000
    sheet_cells: int = 20_000_000
    archive_members: int = 2_000


LIMITS = Limits()
"""The limits in force; the largest file of the publishers that Sojourn reads has a few megabytes."""

_CHUNK = 1 << 20
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_BROKEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a damaged workbook makes its reader raise."""
_ACTIVE = ("vbaproject", "externallinks/", "embeddings/", "activex/", "connections.xml", "oleobject")


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
    kind : {"csv", "csv.gz", "xlsx"}
        What it is, by its first bytes and its name, which must agree.
    digest : str
        SHA-256 of its bytes.

    Raises
    ------
    DataError
        D101 to D115.
    """

    def __init__(self, path: str | Path, limits: Limits = LIMITS) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self.limits = limits
        if not self.path.is_file():
            raise refuse("D101", self.name, "no such file, or not a plain file")
        size = self.path.stat().st_size
        if size == 0:
            raise refuse("D102", self.name, "the file is empty")
        if size > limits.file_bytes:
            raise refuse("D103", self.name, "too large", found=f"{size:,} bytes", allowed=f"{limits.file_bytes:,}")
        try:
            with self.path.open("rb") as file:
                start = file.read(8)
        except OSError as err:
            raise refuse("D101", self.name, f"cannot be read: {err.strerror}") from err
        self.kind = _kind(self.name, start)
        self.digest = _digest(self.path)
        if self.kind == "xlsx":
            _scan_archive(self)
        else:
            _scan_text(self)

    def open(self) -> Any:
        """Open the text of a CSV file, unpacked, without its byte order mark."""
        raw: Any = gzip.open(self.path) if self.kind == "csv.gz" else self.path.open("rb")
        if raw.read(3) != codecs.BOM_UTF8:
            raw.seek(0)
        return raw

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The first row of a CSV file; empty for a workbook. Raises DataError D109, D203."""
        if self.kind == "xlsx":
            return ()
        with self.open() as file:
            line = file.readline(self.limits.line_bytes)
        names = tuple(_csv_row(line.decode("utf-8"), self.name))
        if len(names) > self.limits.columns:
            raise refuse(
                "D109", self.name, "too many columns", found=str(len(names)), allowed=str(self.limits.columns)
            )
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise refuse("D203", f"{self.name}, row 1", "column name given twice", found=", ".join(twice))
        return names

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets of a workbook, in order; empty for CSV."""
        if self.kind != "xlsx":
            return ()
        return tuple(self._book.sheetnames)

    def batches(
        self, *, block_bytes: int = 1 << 20, newlines: bool = False
    ) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield (row number of the first row, rows) of a CSV file, every column as dictionary-encoded text.

        Parameters
        ----------
        block_bytes : int
            Size of a block; about thirty are read ahead, which limits the memory used.
        newlines : bool
            Whether quoted cells may contain line breaks.

        Raises
        ------
        DataError
            D204 with the rows that have too few or too many columns, D110 above the limit of rows.
        """
        text = pa.dictionary(pa.int32(), pa.string())
        problems = collect(f"{self.name} was not imported")

        def wrong(row: pacsv.InvalidRow) -> str:
            problems.add(
                "D204",
                f"{self.name}, row {row.number}",
                f"{row.actual_columns} columns instead of {row.expected_columns}",
                found=row.text[:80],
            )
            return "skip"

        names = self.header
        with self.open() as file:
            reader = pacsv.open_csv(
                file,
                read_options=pacsv.ReadOptions(block_size=block_bytes, use_threads=False),
                parse_options=pacsv.ParseOptions(
                    ignore_empty_lines=False, invalid_row_handler=wrong, newlines_in_values=newlines
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, text), null_values=[], strings_can_be_null=False
                ),
            )
            row = 2
            for batch in _guarded(reader, self.name):
                problems.raise_if_any()
                if row + batch.num_rows > self.limits.rows:
                    raise refuse("D110", self.name, "too many rows", allowed=f"{self.limits.rows:,}")
                if blank := _blank_rows(batch):
                    raise refuse("D204", f"{self.name}, row {row + blank[0]}", f"{len(blank)} blank lines")
                if batch.num_rows:
                    yield row, batch
                row += batch.num_rows
        problems.raise_if_any()

    def table(self, *, newlines: bool = False) -> pa.Table:
        """Return a whole CSV file as columns of text; raises as :meth:`batches`, and D206 without rows."""
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

    @cached_property
    def _book(self) -> Any:
        """The workbook, read once into memory so that no file stays open."""
        try:
            import openpyxl
        except ImportError as err:
            raise refuse(
                "D611", self.name, "reading workbooks needs openpyxl", remedy='install "sojourn[excel]"'
            ) from err
        data = io.BytesIO(self.path.read_bytes())
        try:
            # openpyxl warns of unknown styles and of sheets that it leaves out; a missing sheet is noticed later.
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                return openpyxl.load_workbook(data, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as err:
            raise refuse("D105", self.name, f"damaged workbook: {err}") from err


def _guarded(reader: Any, name: str) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a reader; what Arrow finds wrong with the text becomes D204."""
    try:
        yield from reader
    except (pa.ArrowInvalid, EOFError, OSError, zlib.error) as err:
        raise refuse("D204", name, f"rows cannot be distinguished: {str(err)[:200]}") from err


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


def _csv_row(line: str, name: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line), strict=True))]
    except (csv.Error, StopIteration) as err:
        raise refuse("D202", f"{name}, row 1", "the header cannot be read", found=line[:80]) from err


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(name: str, start: bytes) -> str:
    """Return the kind of a file by its first bytes and its name, which must agree."""
    lower = name.lower()
    zipped, gzipped = start.startswith(b"PK\x03\x04"), start.startswith(b"\x1f\x8b")
    if lower.endswith(".xlsx"):
        if zipped:
            return "xlsx"
        code = "D107" if start.lstrip().startswith(b"<") else "D105"
        raise refuse(code, name, "not a workbook", found=repr(start), remedy="download the file again")
    if lower.endswith(".csv.gz"):
        if gzipped:
            return "csv.gz"
        raise refuse("D105", name, "not a gzip file", found=repr(start))
    if lower.endswith(".csv"):
        if zipped or gzipped or start.startswith(b"%PDF") or start.startswith(b"\xd0\xcf\x11\xe0"):
            raise refuse("D108", name, "not text", found=repr(start), remedy="give the file its right ending")
        return "csv"
    raise refuse("D114", name, "kind of file not known", found=name[-20:], allowed=".csv, .csv.gz, .xlsx")


class _TextScan:
    """One pass over the bytes of a text that checks encoding, line length, end and size."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.size = 0
        self.lines = 0
        self.line = 0
        self.last = b""

    def feed(self, chunk: bytes) -> None:
        name, limits = self.source.name, self.source.limits
        if self.size == 0:
            _check_start(chunk, name)
        if b"\0" in chunk:
            raise refuse(
                "D108", f"{name}, row {self.lines + chunk[: chunk.index(0)].count(10) + 1}", "binary content"
            )
        try:
            self.decoder.decode(chunk)
        except UnicodeDecodeError as err:
            row = self.lines + chunk[: err.start].count(10) + 1
            raise refuse(
                "D106",
                f"{name}, row {row}",
                "not UTF-8",
                found=repr(chunk[max(0, err.start - 10) : err.start + 10]),
                remedy="save the file as UTF-8",
            ) from err
        self.size += len(chunk)
        self.lines += chunk.count(b"\n")
        ends = chunk.rfind(b"\n")
        self.line = self.line + len(chunk) if ends < 0 else len(chunk) - ends - 1
        longest = self.line if ends < 0 or len(chunk) <= limits.line_bytes else max(map(len, chunk.split(b"\n")))
        if max(longest, self.line) > limits.line_bytes:
            raise refuse(
                "D111",
                f"{name}, row {self.lines + 1}",
                "line too long",
                allowed=f"{limits.line_bytes:,} bytes",
            )
        self.last = chunk[-1:]


def _check_start(chunk: bytes, name: str) -> None:
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refuse("D106", f"{name}, row 1", "UTF-16 text", remedy="save the file as UTF-8")
    if chunk.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
        raise refuse(
            "D107",
            f"{name}, row 1",
            "a web page, not a table",
            found=repr(chunk[:40]),
            remedy="download the file itself",
        )


def _scan_text(source: SourceFile) -> None:
    """Refuse a CSV file that is not UTF-8 text within the limits."""
    scan = _TextScan(source)
    packed = source.path.stat().st_size
    limits = source.limits
    try:
        with gzip.open(source.path) if source.kind == "csv.gz" else source.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                scan.feed(chunk)
                over = scan.size > limits.unpacked_bytes
                if over or (scan.size > 64 * _CHUNK and scan.size > packed * limits.unpacked_ratio):
                    raise refuse("D104", source.name, "unpacks to too much", found=f"more than {scan.size:,} bytes")
    except (EOFError, OSError, zlib.error) as err:
        raise refuse("D105", source.name, f"damaged or cut off: {err}") from err
    if scan.size == 0:
        raise refuse("D102", source.name, "the file is empty")
    if scan.last != b"\n":
        raise refuse(
            "D113",
            f"{source.name}, row {scan.lines + 1}",
            "the last line has no end: the file may be cut off",
            remedy="download the file again, or end its last line if it is whole",
        )


def _scan_archive(source: SourceFile) -> None:
    """Refuse a workbook that unpacks to too much, is damaged, or holds more than sheets of plain values."""
    limits = source.limits
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = archive.infolist()
            total = sum(m.file_size for m in members)
            packed = source.path.stat().st_size
            if len(members) > limits.archive_members or total > limits.unpacked_bytes:
                raise refuse(
                    "D104",
                    source.name,
                    "unpacks to too much",
                    found=f"{total:,} bytes in {len(members)} parts",
                )
            if total > 64 * _CHUNK and total > packed * limits.unpacked_ratio:
                raise refuse("D104", source.name, "unpacks to too much", found=f"{total:,} bytes from {packed:,}")
            for member in members:
                active = next((a for a in _ACTIVE if a in member.filename.lower()), "")
                if active:
                    raise refuse("D115", source.name, "active content", found=member.filename)
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        _scan_part(source, member.filename, part)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, OSError) as err:
        if isinstance(err, DataError):
            raise
        raise refuse("D105", source.name, f"damaged or cut off: {err}") from err


def _scan_part(source: SourceFile, member: str, part: IO[bytes]) -> None:
    """Refuse a part of a workbook with entities, formulas or too many cells in a row."""
    where = f"{source.name}, {member}"
    tail, cells, first = b"", 0, True
    sheet = "worksheets/" in member
    while chunk := part.read(_CHUNK):
        if first and (chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in chunk[:200]):
            raise refuse("D106", where, "not UTF-8")
        first = False
        data = tail + chunk
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise refuse("D115", where, "XML entities")
        if sheet:
            if _FORMULA.search(data):
                raise refuse("D112", where, "the sheet holds formulas", remedy="save the values instead")
            pieces = _ROW.split(data)
            for number, piece in enumerate(pieces):
                cells = (cells if number == 0 else 0) + len(_CELL.findall(piece))
                if cells > source.limits.sheet_columns:
                    raise refuse(
                        "D109", where, "too many columns in a row", allowed=str(source.limits.sheet_columns)
                    )
        tail = data[-32:] if data[-32:].rfind(b"<") < 0 else data[data.rfind(b"<") :][-64:]
        cells -= len(_CELL.findall(tail)) if sheet else 0
