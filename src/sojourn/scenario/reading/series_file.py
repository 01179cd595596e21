"""Series that a scenario keeps in a CSV file beside it: read, checked, and made part of the scenario."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from sojourn.calendar import PERIODS, period_index, starts_period
from sojourn.errors import nearest
from sojourn.scenario.codes import Findings, Path

__all__ = ["embedded"]

_LARGEST_BYTES = 20_000_000
_MOST_PERIODS = 100_000
_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def embedded(series: dict[str, Any], file: FilePath, findings: Findings, path: Path) -> dict[str, Any]:
    """Return ``start`` and ``values`` of a written series that names this file; nothing if it cannot be read."""
    period = series.get("period", "month")
    rows = _rows(file, series.get("column"), series.get("where", {}), findings, path)
    if rows is None or period not in PERIODS:
        return {}
    if not rows:
        _problem(findings, path, file, "no rows below the heading", remedy="write a row for each period")
        return {}
    start = rows[0][0]
    if not starts_period(period, start):
        _problem(findings, path, file, f"no {period} starts on the first date", str(start))
        return {}
    values: list[float | None] = []
    for day, value in rows:
        index = period_index(period, start, day)
        if index < len(values):
            _problem(findings, path, file, f"the dates are not in order, one for each {period}", str(day))
            return {}
        if index > _MOST_PERIODS:
            _problem(findings, path, file, f"more than {_MOST_PERIODS:,} periods", str(day))
            return {}
        values += [None] * (index - len(values)) + [value]
    return {"start": start.isoformat(), "values": values}


def _problem(findings: Findings, path: Path, file: FilePath, message: str, found: str = "", **details: str) -> None:
    findings.problem("L116", (*path, "file"), f"{file.name}: {message}", found=found, **details)


def _rows(
    file: FilePath, column: object, where: object, findings: Findings, path: Path
) -> list[tuple[dt.date, float | None]] | None:
    """Return dates and values of one column, in the rows where other columns have the values wanted.

    None, with the reason in the findings, if that cannot be done.
    """
    if (size := file.stat().st_size) > _LARGEST_BYTES:
        _problem(findings, path, file, "too large", f"{size:,} bytes", allowed=f"{_LARGEST_BYTES:,} bytes")
        return None
    try:
        table = csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig")), strict=True)
        columns = [name for name in table.fieldnames or () if name != "date"]
        if "date" not in (table.fieldnames or ()) or not columns:
            _problem(findings, path, file, "no `date` column and another", ", ".join(table.fieldnames or ()))
            return None
        kept = _Kept(where, columns)
        columns = [name for name in columns if name not in kept.wanted]
        if column is None and len(columns) == 1:
            column = columns[0]
        if column not in columns:
            _problem(
                findings,
                path,
                file,
                "say with `column` which column holds the values" if column is None else "no such column",
                str(column or ""),
                allowed=", ".join(columns),
                nearest=nearest(str(column), columns),
            )
            return None
        return [(_date(row["date"]), _value(row[str(column)])) for row in kept.among(_whole_rows(table))]
    except (UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        _problem(
            findings,
            path,
            file,
            f"not a table of dates and numbers: {error}",
            allowed="UTF-8 text; a date YYYY-MM-DD or YYYY-MM and a number, or nothing, in each row",
        )
        return None


class _Kept:
    """The rows of a tidy table that belong to one series; ValueError for columns and values that it has not."""

    def __init__(self, where: object, columns: Sequence[str]) -> None:
        if not isinstance(where, Mapping) or not all(isinstance(v, str | int | float) for v in where.values()):
            raise ValueError("`where` is columns and the value of each")
        self.wanted = {str(name): str(value) for name, value in where.items()}
        if unknown := [name for name in self.wanted if name not in columns]:
            close = nearest(unknown[0], columns)
            raise ValueError(f"there is no column `{unknown[0]}`" + (f"; did you mean `{close}`?" if close else ""))

    def among(self, rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
        """Yield the rows that belong to the series."""
        found = {name: {value: 0} for name, value in self.wanted.items()}
        for row in rows:
            for name, counts in found.items():
                counts[row[name].strip()] = counts.get(row[name].strip(), 0) + 1
            if all(row[name].strip() == value for name, value in self.wanted.items()):
                yield row
        for name, counts in found.items():
            if not counts.pop(self.wanted[name]):
                close = nearest(self.wanted[name], counts) or ", ".join(sorted(counts)[:8])
                raise ValueError(f"no row has `{self.wanted[name]}` in `{name}`; there are {close}")


def _whole_rows(table: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    """Yield the rows; a row with more or fewer cells than the heading is no row of the table."""
    for row in table:
        if None in row or None in row.values():
            raise ValueError(
                f"line {table.line_num} has {'more' if None in row else 'fewer'} cells than the heading"
            )
        yield row


def _date(text: str) -> dt.date:
    if not _DATE.fullmatch(text := text.strip()):
        raise ValueError(f"`{text[:20]}` is not a date YYYY-MM-DD or month YYYY-MM")
    return dt.date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _value(text: str) -> float | None:
    if not text.strip():
        return None
    value = float(text) if _NUMBER.fullmatch(text.strip()) else math.inf
    if not math.isfinite(value):
        raise ValueError(f"`{text[:20]}` is not a finite number")
    return value
