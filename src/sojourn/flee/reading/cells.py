"""One cell at a time: names, numbers and dates, each checked, each error located.

A cell that cannot be read is recorded and replaced by a harmless value: one reading finds every fault.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from datetime import date

from sojourn.errors import nearest
from sojourn.flee.reading.sheets import Reading, Row, shown

__all__ = ["date_in", "integer_in", "known_in", "long_enough", "name_in", "number_in"]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_LARGEST = 10**12


def long_enough(reading: Reading, row: Row, least: int) -> bool:
    """Whether a row has at least ``least`` cells; if not, an error is recorded."""
    if len(row.cells) >= least:
        return True
    reading.error(
        "F113",
        f"{row.file}, row {row.line}",
        f"{len(row.cells)} cells",
        found=shown(",".join(row.cells)),
        allowed=f"at least {least}: {', '.join(row.columns[:least])}",
    )
    return False


def name_in(reading: Reading, row: Row, column: int) -> str:
    """Return the name in a cell. Blanks around it are cut, except where Flee is followed to the letter."""
    raw = row.cells[column] if column < len(row.cells) else ""
    name = raw.strip()
    if not name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        reading.error("F116", row.where(column), "empty, or not printable", found=shown(raw))
        return ""
    if name != raw:
        kept = "kept, as Flee does" if reading.literal else "cut off"
        reading.warn(
            "F202",
            row.file,
            row.where(column),
            f"blanks around a name were {kept}",
            found=shown(raw),
        )
        return raw if reading.literal else name
    return name


def known_in(reading: Reading, row: Row, column: int, known: Collection[str], code: str = "F124") -> str:
    """Return the name in a cell, which must be one of ``known`` (if any is: an unread map has its own error)."""
    name = name_in(reading, row, column)
    if name and known and name not in known:
        what = "no country of locations.csv" if code == "F125" else "not in locations.csv"
        if code == "F133":
            what = "not in data_layout.csv"
        reading.error(code, row.where(column), what, found=shown(name), nearest=nearest(name, known))
    return name


def number_in(
    reading: Reading,
    row: Row,
    column: int,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    empty: float | None = None,
) -> float:
    """Return the finite number in a cell, within bounds; ``empty`` is what an empty cell means."""
    text = row.cells[column].strip() if column < len(row.cells) else ""
    if not text and empty is not None:
        return empty
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        reading.error("F117", row.where(column), "not a finite number", found=shown(text))
        return 0.0
    return value if _within(reading, row, column, value, low, high) else 0.0


def integer_in(
    reading: Reading,
    row: Row,
    column: int,
    *,
    low: int = -_LARGEST,
    high: int = _LARGEST,
    empty: int | None = None,
) -> int:
    """Return the whole number in a cell, within bounds; ``empty`` is what an empty cell means."""
    text = row.cells[column].strip() if column < len(row.cells) else ""
    if not text and empty is not None:
        return empty
    if not _INTEGER.fullmatch(text):
        reading.error(
            "F118",
            row.where(column),
            "not a whole number",
            found=shown(text),
            remedy="write digits only",
        )
        return 0
    value = int(text)
    return value if _within(reading, row, column, value, low, high) else 0


def _within(reading: Reading, row: Row, column: int, value: float, low: float, high: float) -> bool:
    if low <= value <= high:
        return True
    allowed = f"{low:g} or more" if math.isinf(high) or high == _LARGEST else f"{low:g} to {high:g}"
    reading.error("F119", row.where(column), "out of range", found=shown(row.cells[column]), allowed=allowed)
    return False


def date_in(reading: Reading, row: Row, column: int) -> date | None:
    """Return the date in a cell (year-month-day), or None with an error recorded."""
    text = row.cells[column].strip() if column < len(row.cells) else ""
    match = _DATE.fullmatch(text)
    if match:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            pass
    reading.error("F120", row.where(column), "not a date", found=shown(text), allowed="YYYY-MM-DD")
    return None
