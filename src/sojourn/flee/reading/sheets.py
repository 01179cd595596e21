"""Text, CSV and YAML of a Flee folder, read safely: nothing outside it, nothing huge, nothing guessed.

A :class:`Sheet` is rows of cells that know their file, row and column, wherever they came from.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from reprlib import Repr
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MantissaNoDotYAML1_1Warning, YAMLError

from sojourn.errors import Collector, Problem, SojournError, nearest
from sojourn.flee.codes import CODES

__all__ = ["FleeError", "Folder", "Reading", "Row", "Sheet", "load_yaml", "shown"]

MAX_BYTES = 256 * 1024 * 1024
MAX_CELL = 1000

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlist = _SHORT.maxdict = 6
_SHORT.maxlevel = 2


class FleeError(SojournError):
    """A Flee folder, or a file made by Flee, was refused."""


def shown(value: object) -> str:
    """Return a short text of any value, however large."""
    return _SHORT.repr(value)


@dataclass
class Reading:
    """What one reading has found so far. ``literal`` is True when files are parsed as Flee parses them."""

    literal: bool = False
    collector: Collector = field(default_factory=lambda: Collector(CODES, FleeError, "Flee input refused"))
    _counted: dict[tuple[str, str], tuple[Problem, int]] = field(default_factory=dict)

    def error(self, code: str, where: str, message: str, **details: str) -> None:
        """Record a fault that refuses the input."""
        self.collector.add(code, where, message, **details)

    def warn(self, code: str, file: str, where: str, message: str, **details: str) -> None:
        """Record a fault that does not; the second and later ones of a kind in a file are counted."""
        CODES[code]
        first, count = self._counted.get((code, file), (Problem(code, where, message, **details), 0))
        self._counted[code, file] = (first, count + 1)

    def no_rows(self, sheet: Sheet, message: str) -> None:
        """Record that a sheet has no rows, unless it is known to be absent."""
        if not sheet.absent:
            self.error("F115", sheet.file, message)

    def warnings(self) -> tuple[Problem, ...]:
        """Return one warning for each kind and file, with the number of others like it."""
        found = []
        for first, count in self._counted.values():
            more = f" (and {count - 1} more like it)" if count > 1 else ""
            found.append(
                Problem(
                    first.code,
                    first.where,
                    first.message + more,
                    first.found,
                    first.allowed,
                    first.nearest,
                    first.remedy,
                )
            )
        return tuple(found)

    def raise_if_any(self) -> None:
        """Raise every error found so far."""
        self.collector.raise_if_any()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; ``line`` counts from 1, as an editor does."""

    file: str
    line: int
    cells: list[str]
    columns: tuple[str, ...] = ()

    def where(self, column: int) -> str:
        """File, row and column of a cell."""
        name = f" ({self.columns[column]})" if column < len(self.columns) else ""
        return f"{self.file}, row {self.line}, column {column + 1}{name}"

    @property
    def is_comment(self) -> bool:
        """Whether Flee takes this row as a comment: empty, or its first character is ``#``."""
        return not self.cells or self.cells[0].startswith("#")


@dataclass(frozen=True)
class Sheet:
    """The rows of one file, comments included; ``absent`` if the file could not be read at all."""

    file: str
    rows: list[Row]
    absent: bool = False

    def data(self, columns: tuple[str, ...]) -> list[Row]:
        """Return the rows that are no comments, with their columns named."""
        return [
            Row(self.file, row.line, row.cells, columns)
            for row in self.rows
            if not row.is_comment and any(row.cells)
        ]


def parse_csv(text: str, file: str, reading: Reading) -> Sheet:
    """Parse CSV text; what is not CSV is recorded as an error and ends the sheet there."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as problem:
            reading.error("F107", f"{file}, row {reader.line_num}", f"not valid CSV: {problem}")
            break
        row = Row(file, reader.line_num, cells)
        if any(len(cell) > MAX_CELL for cell in cells) and not row.is_comment:
            column = next(i for i, cell in enumerate(cells) if len(cell) > MAX_CELL)
            reading.error(
                "F109",
                row.where(column),
                f"a cell of {len(cells[column])} characters",
                found=shown(cells[column]),
                allowed=f"at most {MAX_CELL} characters",
            )
            row = Row(file, row.line, [cell[:MAX_CELL] for cell in cells])
        rows.append(row)
    return Sheet(file, rows)


def load_yaml(text: str, file: str, reading: Reading, version: tuple[int, int] = (1, 2)) -> Any:
    """Parse YAML text into plain values; None, with an error recorded, if it is not YAML.

    ``version`` (1, 1) reads yes, no, on and off as switches, as Flee's YAML library does.
    """
    parser = YAML(typ="safe", pure=True)
    parser.version = version
    try:
        with warnings.catch_warnings():
            # 1e3 is a number to us in either version.
            warnings.simplefilter("ignore", MantissaNoDotYAML1_1Warning)
            return parser.load(text)
    except (YAMLError, ValueError, OverflowError, RecursionError, AttributeError, TypeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        row = f", row {mark.line + 1}" if mark is not None else ""
        said = getattr(problem, "problem", None) or type(problem).__name__
        reading.error("F108", f"{file}{row}", f"not valid YAML: {said}")
        return None


@dataclass(frozen=True)
class Folder:
    """A Flee folder on disk. Files are named by their path in it, as ``input_csv/routes.csv``."""

    root: Path
    reading: Reading

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.root.resolve().name

    def has(self, name: str) -> bool:
        """Whether the folder has something of this name."""
        return _is_plain(name) and (self.root / name).exists()

    def names(self, directory: str) -> list[str]:
        """Return the names in one directory of the folder, sorted."""
        path = self.root / directory
        try:
            return sorted(one.name for one in path.iterdir())
        except OSError:
            return []

    def text(self, name: str, named_at: str = "") -> str | None:
        """Return the text of a required file, or None with an error recorded.

        ``named_at`` is where the file's name was found, if that was another file.
        """
        path, where = self.root / name, named_at or name
        if not _is_plain(name):
            self._outside(where, name)
            return None
        try:
            resolved = path.resolve()
            if not resolved.is_relative_to(self.root.resolve()):
                self._outside(where, name)
                return None
            if not path.exists():
                self._missing(where, name)
                return None
            if not path.is_file():
                self.reading.error("F103", where, "not an ordinary file", found=shown(name))
                return None
            if path.stat().st_size > MAX_BYTES:
                self.reading.error("F104", where, "too large to be a Flee input", found=shown(name))
                return None
            return decode(path.read_bytes(), name, self.reading)
        except (OSError, RuntimeError) as problem:
            self.reading.error("F103", where, f"cannot be read: {problem}", found=shown(name))
            return None

    def sheet(self, name: str, named_at: str = "") -> Sheet | None:
        """Return a required CSV file, or None with an error recorded."""
        text = self.text(name, named_at)
        return None if text is None else parse_csv(text, name, self.reading)

    def _outside(self, where: str, name: str) -> None:
        self.reading.error(
            "F105",
            where,
            "a file name that leads out of the folder",
            found=shown(name),
            allowed="files inside the folder, no .., no absolute path, no link to elsewhere",
        )

    def _missing(self, where: str, name: str) -> None:
        pure = PurePosixPath(name)
        self.reading.error(
            "F102",
            where,
            f"{shown(name)} does not exist",
            nearest=nearest(pure.name, self.names(str(pure.parent))),
        )


def _is_plain(name: str) -> bool:
    """Whether a name stays inside the folder on every system: no .., no root, no drive, no backslash."""
    return (
        all(part not in ("", ".", "..") for part in name.split("/"))
        and len(name) <= 255
        and not any(ord(letter) < 32 or letter in "\\:" for letter in name)
    )


def decode(raw: bytes, name: str, reading: Reading) -> str | None:
    """Return UTF-8 bytes as text, or None with an error recorded."""
    if b"\0" in raw:
        row = raw[: raw.index(b"\0")].count(b"\n") + 1
        reading.error("F106", f"{name}, row {row}", "has a zero byte: not text, or not UTF-8")
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        row = raw[: problem.start].count(b"\n") + 1
        reading.error(
            "F106",
            f"{name}, row {row}",
            "not UTF-8 text",
            found=shown(raw[problem.start : problem.start + 4]),
            remedy="save the file as UTF-8",
        )
        return None
    if text.startswith("\ufeff"):
        reading.warn("F201", name, name, "a byte order mark at the start was skipped")
        return text[1:]
    return text


def sheet_of(file: str, rows: Iterable[list[str]]) -> Sheet:
    """Return a sheet made from cells that did not come from a CSV file."""
    return Sheet(file, [Row(file, line, cells) for line, cells in enumerate(rows, 1)])
