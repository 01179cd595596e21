"""A Flee scenario in one YAML file: the settings, and each table under the name of the file it stands for.

Tables are rows of cells as in the CSV files, except that daily tables are runs of equal values,
``<location>: [[first day, day after the last, value], ...]``. Reading one goes through the same checks as a folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.flee.reading.sheets import MAX_BYTES, Reading, Sheet, decode, load_yaml, sheet_of, shown

__all__ = ["FORMAT", "Document", "open_document", "parse_document"]

FORMAT = "flee-scenario/1"
_DIRECTORIES = ("input_csv", "source_data")
_MOST_CELLS = 50_000_000


@dataclass(frozen=True)
class Document:
    """A scenario file, parsed: a source of sheets just as a folder is."""

    file: str
    reading: Reading
    name: str = ""
    compat: str | None = None
    settings: Any = None
    tables: Mapping[str, Any] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the file has a table of this name."""
        return name in self.tables

    def names(self, directory: str) -> list[str]:
        """Return the names of the tables that stand for files of one directory, sorted."""
        start = f"{directory}/"
        return sorted(name.removeprefix(start) for name in self.tables if name.startswith(start))

    def sheet(self, name: str, named_at: str = "") -> Sheet | None:
        """Return a required table, or None with an error recorded."""
        where = f"{self.file}: {name}"
        if name not in self.tables:
            self.reading.error("F102", named_at or self.file, f"{shown(name)} does not exist")
            return None
        table = self.tables[name]
        if isinstance(table, Mapping):
            return self._daily(where, table)
        if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
            self.reading.error("F107", where, "not a list of rows", found=shown(table))
            return None
        return sheet_of(where, ([_cell(one) for one in row] for row in table))

    def _daily(self, where: str, table: Mapping[Any, Any]) -> Sheet | None:
        days, runs = table.get("days"), table.get("runs")
        if (
            not isinstance(days, int)
            or not isinstance(runs, Mapping)
            or not 0 <= days * (len(runs) + 1) <= _MOST_CELLS
        ):
            said = "not a daily table"
            self.reading.error("F107", where, said, found=shown(table), allowed="days: N, runs: {name: [...]}")
            return None
        columns = []
        for name, spans in runs.items():
            column = ["0"] * days
            for span in spans if isinstance(spans, list) else [spans]:
                if not (isinstance(span, list) and len(span) == 3 and all(type(one) is int for one in span[:2])):
                    said = "not [first day, day after the last, value]"
                    self.reading.error("F107", f"{where}: {shown(name)}", said, found=shown(span))
                    continue
                first, after = max(span[0], 0), min(span[1], days)
                column[first:after] = [_cell(span[2])] * max(after - first, 0)
            columns.append(column)
        head = ["#Day", *(_cell(name) for name in runs)]
        rows = [[str(day), *cells] for day, cells in enumerate(zip(*columns, strict=True))]
        if not columns:
            rows = [[str(day), ""] for day in range(days)]
        return sheet_of(where, [head, *rows])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str | int | float) else shown(value)


def open_document(path: Path, reading: Reading) -> Document:
    """Parse a scenario file; an empty one, with errors recorded, if it is not one."""
    file = path.name
    if path.stat().st_size > MAX_BYTES:
        reading.error("F104", file, "too large to be a scenario")
        return Document(file, reading)
    text = decode(path.read_bytes(), file, reading)
    return Document(file, reading) if text is None else parse_document(text, file, reading)


def parse_document(text: str, file: str, reading: Reading) -> Document:
    """Parse the text of a scenario file; an empty one, with errors recorded, if it is not one."""
    found = load_yaml(text, file, reading)
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        said = "not a scenario file written by this package"
        reading.error("F101", file, said, allowed=f"format: {FORMAT}")
        return Document(file, reading)
    tables: dict[str, Any] = {}
    for directory in _DIRECTORIES:
        inside = found.get(directory, {})
        if not isinstance(inside, Mapping):
            reading.error("F108", f"{file}: {directory}", "not a mapping of tables", found=shown(inside))
            continue
        tables |= {f"{directory}/{name}": table for name, table in inside.items()}
    compat = found.get("compat")
    if compat not in (None, "flee3"):
        reading.error("F142", f"{file}: compat", "not known", found=shown(compat), allowed="null or flee3")
        compat = None
    return Document(file, reading, str(found.get("name", Path(file).stem)), compat, found.get("settings"), tables)
