"""The figures of a table as numbers: missing ones, separators, formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sojourn.errors import Collector
from sojourn.series.own.description import Description
from sojourn.series.own.long_form import Long
from sojourn.series.own.tables.grid import Grid
from sojourn.series.own.written.numbers import MISSING, STYLES, read_numbers

__all__ = ["Read", "read_values"]

_SHOWN = 5
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Read:
    """The figures of a table.

    Attributes
    ----------
    value : ndarray
        (figure) float64, NaN where there is none.
    marked : ndarray
        (figure) bool, whether it is marked as not available; the others without a value are empty cells.
    marks : mapping of str to int
        How often each mark of a missing figure stands there.
    style : str
        How numbers are written, where it makes a difference.
    """

    value: Floats
    marked: Flags
    marks: Counter[str]
    style: str


def read_values(grid: Grid, long: Long, said: Description, problems: Collector) -> Read:
    """Return the figures of a table as numbers.

    A text that is no number is D301, a formula D112, an endless number D301; numbers that can be read in more than
    one way are D703, with the readings and the option that decides.
    """
    missing = {m.casefold() for m in (*MISSING, *said.missing)}
    texts: dict[str, str] = {}
    marks: Counter[str] = Counter()
    for cell in long.value:
        if isinstance(cell, str):
            if cell.casefold() in missing:
                marks[cell] += 1
            else:
                bare = cell.removesuffix("%") if said.unit == "percent" else cell
                texts[cell] = bare.strip()
    read = read_numbers(dict.fromkeys(texts.values()), said.decimal, said.thousands)
    if read.doubt is not None:
        _doubt(grid, long, read.doubt.text, read.doubt.readings, problems)
    value = np.full(len(long.value), np.nan)
    marked = np.zeros(len(long.value), dtype=bool)
    bad: dict[str, list[int]] = {}
    for at, cell in enumerate(long.value):
        if isinstance(cell, float) and np.isfinite(cell):
            value[at] = cell
        elif isinstance(cell, str) and cell in marks:
            marked[at] = True
        elif isinstance(cell, str) and texts[cell] in read.values:
            value[at] = read.values[texts[cell]]
        elif cell is not None and not (read.doubt and texts.get(str(cell)) not in read.unread):
            bad.setdefault(str(cell), []).append(at)
    for text, rows in list(bad.items())[:_SHOWN]:
        _not_a_number(grid, long, text, rows, read.unread.get(texts.get(text, ""), ()), problems)
    return Read(value, marked, marks, read.convention if read.convention in STYLES else "")


def _doubt(grid: Grid, long: Long, text: str, readings: Mapping[str, float], problems: Collector) -> None:
    """Report a number that can be read in more than one way."""
    at = next(i for i, cell in enumerate(long.value) if isinstance(cell, str) and cell.rstrip("% ") == text)
    said: dict[float, list[str]] = {}
    for style, number in readings.items():
        said.setdefault(number, []).append(STYLES[style][0])
    shown = " or ".join(f"{number:.12g} (decimal mark {marks[0]})" for number, marks in said.items())
    problems.add(
        "D703",
        grid.spot(long.rows[at], long.heads[at]),
        "number that can be read in more than one way",
        found=f"{text}: {shown}",
        remedy="say which mark is which: " + " or ".join(f'--decimal "{marks[0]}"' for marks in said.values()),
    )


def _not_a_number(
    grid: Grid, long: Long, text: str, rows: list[int], styles: tuple[str, ...], problems: Collector
) -> None:
    """Report a text that is no number, with the first row it stands in."""
    formula = text.startswith(("=", "@"))
    allowed = f"numbers such as {', '.join(styles)}" if 0 < len(styles) < len(STYLES) else ""
    problems.add(
        "D112" if formula else "D301",
        grid.spot(long.rows[rows[0]], long.heads[rows[0]]),
        "formula where a figure is expected" if formula else f"not a number ({len(rows)} cells)",
        found=text[:80],
        allowed=allowed,
        remedy="" if formula else f'where it marks a figure that is not available: --missing "{text[:20]}"',
    )
