"""Text of a file: its encoding, found by one pass over the bytes that also checks size and lines; its separator.

A file without a byte order mark is UTF-8 where it can be, then UTF-16 where every other byte is zero, then
Windows-1252. One that mixes UTF-8 with other bytes is refused: no reading of it would be right.
"""

from __future__ import annotations

import codecs
import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from sojourn.series.codes import DataError, refuse
from sojourn.series.importers.files.limits import CHUNK, Limits

__all__ = ["LEGACY", "Scanned", "decoded", "head_rows", "last_lines", "scan_text", "separators"]

LEGACY = "cp1252"
"""Encoding of a text that is neither UTF-8 nor UTF-16: Windows-1252, which has all of Latin-1 that is printed."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", ";", "\t", "|")
_HEAD_LINES = 60
_TAIL_BYTES = 16_384


@dataclass(frozen=True)
class Scanned:
    """What one pass over a text has found.

    Attributes
    ----------
    encoding : str
        Its encoding, as Python names it.
    ended : bool
        Whether its last line has an end.
    lines : int
        How many ends of lines there are.
    size : int
        Bytes of the text in UTF-8, without byte order mark.
    tail : bytes
        Its last lines.
    """

    encoding: str
    ended: bool
    lines: int
    size: int
    tail: bytes


class _Recoded(io.RawIOBase):
    """A stream of bytes in another encoding, as UTF-8."""

    def __init__(self, raw: IO[bytes], encoding: str) -> None:
        self._raw = raw
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = self._raw.read(CHUNK // 4)
            self._left = self._decoder.decode(chunk, final=not chunk).encode("utf-8")
            if not chunk:
                break
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


def decoded(raw: IO[bytes], encoding: str) -> Any:
    """Return a stream of UTF-8 bytes without byte order mark of a stream in ``encoding``."""
    if encoding == "utf-8":
        return raw
    if encoding == "utf-8-sig":
        raw.read(len(codecs.BOM_UTF8))
        return raw
    return io.BufferedReader(_Recoded(raw, encoding), CHUNK)


def _guess(start: bytes, name: str) -> str:
    """Return the encoding that the first bytes tell: by their mark, or UTF-16 by its zero bytes; else UTF-8."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = max(len(start) // 2, 1)
    if len(start) >= 8 and max(even, odd) > 0.6 * half and min(even, odd) < 0.1 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    if start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
        raise _web_page(name, start)
    return "utf-8"


def _web_page(name: str, start: bytes) -> DataError:
    return refuse(
        "D107",
        f"{name}, row 1",
        "a web page, not a table",
        found=repr(start[:40]),
        remedy="download the file itself",
    )


class _TextScan:
    """One pass over a text in UTF-8 that checks encoding, line length and size."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.size = self.lines = self.line = 0
        self.tail = b""
        self.foreign = False

    def feed(self, chunk: bytes) -> None:
        if self.size == 0 and chunk.lstrip()[:1] == b"<":
            raise _web_page(self.name, chunk)
        if b"\0" in chunk:
            raise refuse("D108", f"{self.name}, row {self._row(chunk, chunk.index(0))}", "binary content")
        if not (chunk.isascii() and not self.foreign):
            self._decode(chunk)
        self.size += len(chunk)
        self.lines += chunk.count(b"\n")
        ends = chunk.rfind(b"\n")
        self.line = self.line + len(chunk) if ends < 0 else len(chunk) - ends - 1
        limit = self.limits.line_bytes
        longest = self.line if ends < 0 or len(chunk) <= limit else max(map(len, chunk.split(b"\n")))
        if max(longest, self.line) > limit:
            raise refuse("D111", f"{self.name}, row {self.lines + 1}", "line too long", allowed=f"{limit:,} bytes")
        self.tail = (self.tail + chunk[-_TAIL_BYTES:])[-_TAIL_BYTES:]

    def _decode(self, chunk: bytes) -> None:
        before = self.foreign
        self.foreign = True
        try:
            self.decoder.decode(chunk)
        except UnicodeDecodeError as err:
            at = max(err.start, 0)
            if before or not chunk[:at].isascii():
                raise refuse(
                    "D106",
                    f"{self.name}, row {self._row(chunk, at)}",
                    "neither UTF-8 nor any other single encoding",
                    found=repr(chunk[max(0, at - 10) : at + 10]),
                    remedy="save the file as UTF-8",
                ) from err
            raise _NotUtf8Error from err

    def finish(self) -> None:
        """Look at the end: a letter that is cut off is not UTF-8."""
        if self.foreign:
            try:
                self.decoder.decode(b"", final=True)
            except UnicodeDecodeError as err:
                raise _NotUtf8Error from err

    def _row(self, chunk: bytes, at: int) -> int:
        return self.lines + chunk[:at].count(10) + 1


class _NotUtf8Error(Exception):
    """The text is not UTF-8 from its first letter outside ASCII on."""


def scan_text(opened: Any, name: str, packed: int, limits: Limits) -> Scanned:
    """Check a text and return its encoding; ``opened`` opens its bytes, unpacked, anew each time.

    Raises
    ------
    DataError
        D102, D104 to D108 and D111.
    """
    try:
        with opened() as file:
            start = file.read(4096)
        if not start:
            raise refuse("D102", name, "the file is empty")
        encoding = _guess(start, name)
        try:
            scan = _scan(opened, encoding, name, packed, limits)
        except _NotUtf8Error:
            encoding = LEGACY
            scan = _scan(opened, encoding, name, packed, limits)
    except UnicodeDecodeError as err:
        raise refuse("D106", name, f"not {err.encoding} text", remedy="save the file as UTF-8") from err
    except (EOFError, OSError, zlib.error) as err:
        raise refuse("D105", name, f"damaged or cut off: {err}") from err
    if scan.size == 0:
        raise refuse("D102", name, "the file is empty")
    tail = scan.tail if scan.size <= _TAIL_BYTES else scan.tail.partition(b"\n")[2]
    return Scanned(encoding, scan.tail.endswith(b"\n"), scan.lines, scan.size, tail)


def _scan(opened: Any, encoding: str, name: str, packed: int, limits: Limits) -> _TextScan:
    scan = _TextScan(name, limits)
    with opened() as raw:
        file = decoded(raw, encoding)
        while chunk := file.read(CHUNK):
            scan.feed(chunk)
            over = scan.size > limits.unpacked_bytes
            if over or (scan.size > 64 * CHUNK and scan.size > packed * limits.unpacked_ratio):
                raise refuse("D104", name, "unpacks to too much", found=f"more than {scan.size:,} bytes")
        scan.finish()
    return scan


def separators(start: str) -> tuple[str, ...]:
    """Return the separators that may stand between the columns of a text, the likeliest first."""
    lines = start.splitlines()[:_HEAD_LINES]
    count = {s: max((line.count(s) for line in lines), default=0) for s in _SEPARATORS}
    found = [s for s in sorted(_SEPARATORS, key=lambda s: -count[s]) if count[s]]
    return tuple(found) or (",",)


def head_rows(start: str, separator: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return (first line, last line, cells) of the first rows of a text; what cannot be told apart ends them."""
    lines = start.splitlines(keepends=True)[:_HEAD_LINES]
    return list(_head(lines, separator))


def _head(lines: Sequence[str], separator: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        before = reader.line_num
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            return
        yield before + 1, reader.line_num, tuple(c.strip() for c in cells)


def last_lines(tail: bytes, separator: str) -> list[tuple[tuple[str, ...], int]]:
    """Return (cells, bytes) of the last lines of a text; a line that cannot be told apart is one cell."""
    found = []
    for line in tail.splitlines(keepends=True):
        text = line.decode("utf-8", errors="replace")
        try:
            cells = next(csv.reader([text], delimiter=separator, strict=True), [])
        except csv.Error:
            cells = ["\N{REPLACEMENT CHARACTER}1"]
        found.append((tuple(c.strip() for c in cells), len(line)))
    return found
