"""Checks of archives, which workbooks are too, before anything in them is interpreted."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from sojourn.series.codes import DataError, refuse
from sojourn.series.importers.files.limits import CHUNK, Limits

__all__ = ["check_workbook", "read_members"]

_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_ACTIVE = ("vbaproject", "embeddings/", "activex/", "connections.xml", "oleobject")
_IGNORED = ("externallinks/", "customxml/", "xl/calcchain")
"""Parts that are never opened: links to other workbooks are not followed, their kept values not read."""

_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".json")


@contextmanager
def _archive(opened: Any, name: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever the reader of archives trips over is a damaged file (D105)."""
    try:
        with opened() as file, zipfile.ZipFile(file) as archive:
            yield archive
    except DataError:
        raise
    except (
        zipfile.BadZipFile,
        EOFError,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as err:
        raise refuse("D105", name, f"damaged or cut off: {err}") from err


def _check_sizes(archive: zipfile.ZipFile, name: str, packed: int, limits: Limits) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    total = sum(m.file_size for m in members)
    if len(members) > limits.archive_members or total > limits.unpacked_bytes:
        raise refuse("D104", name, "unpacks to too much", found=f"{total:,} bytes in {len(members)} parts")
    if total > 64 * CHUNK and total > packed * limits.unpacked_ratio:
        raise refuse("D104", name, "unpacks to too much", found=f"{total:,} bytes from {packed:,}")
    return members


def check_workbook(opened: Any, name: str, packed: int, limits: Limits) -> None:
    """Refuse a workbook that unpacks to too much, is damaged, or holds more than sheets of plain values.

    Raises
    ------
    DataError
        D104 to D106, D109, D112 and D115.
    """
    with _archive(opened, name) as archive:
        for member in _check_sizes(archive, name, packed, limits):
            lower = member.filename.lower()
            if active := next((a for a in _ACTIVE if a in lower), ""):
                raise refuse("D115", name, "active content", found=f"{member.filename} ({active})")
            if lower.endswith((".xml", ".rels")) and not any(part in lower for part in _IGNORED):
                with archive.open(member) as part:
                    _check_part(name, member.filename, part, limits)


def read_members(opened: Any, name: str, packed: int, limits: Limits) -> tuple[tuple[str, bytes], ...]:
    """Return (name, bytes) of the tables of an archive, in order of their names.

    Raises
    ------
    DataError
        D104, D105, and D114 where it holds no table.
    """
    with _archive(opened, name) as archive:
        members = _check_sizes(archive, name, packed, limits)
        names = sorted(m.filename for m in members if m.filename.lower().endswith(_TABLES) and m.file_size)
        tables = tuple((n, archive.read(n)) for n in names if not n.startswith("__MACOSX/"))
    if not tables:
        found = ", ".join(m.filename for m in members)[:200]
        raise refuse("D114", name, "no table in the archive", found=found, allowed=", ".join(_TABLES))
    return tables


def _check_part(name: str, member: str, part: IO[bytes], limits: Limits) -> None:
    """Refuse a part of a workbook with entities, formulas or too many cells in a row."""
    where = f"{name}, {member}"
    tail, cells, first = b"", 0, True
    sheet = "worksheets/" in member
    while chunk := part.read(CHUNK):
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
                if cells > limits.sheet_columns:
                    raise refuse("D109", where, "too many columns in a row", allowed=str(limits.sheet_columns))
        tail = data[-32:] if data[-32:].rfind(b"<") < 0 else data[data.rfind(b"<") :][-64:]
        cells -= len(_CELL.findall(tail)) if sheet else 0
