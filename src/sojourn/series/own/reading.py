"""From a table and its description to figures, checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Problem
from sojourn.series.codes import collect
from sojourn.series.importers.protocol import Dropped
from sojourn.series.model import DIMENSIONS, Measure, figures
from sojourn.series.own.description import Description
from sojourn.series.own.figure_values import Read, read_values
from sojourn.series.own.labels import read_labels
from sojourn.series.own.long_form import Long, lengthen
from sojourn.series.own.periods import Periods, read_periods
from sojourn.series.own.tables.grid import Grid
from sojourn.series.validation import check_figures

__all__ = ["Own", "read_own"]


@dataclass(frozen=True)
class Own:
    """An own series as it was read.

    Attributes
    ----------
    measure : Measure
        What it counts.
    table : pyarrow.Table
        Its figures.
    release : str
        The vintage.
    notes : tuple of str
        How the table was read, one sentence each.
    dropped : tuple of Dropped
        Cells without a figure.
    """

    measure: Measure
    table: pa.Table
    release: str
    notes: tuple[str, ...]
    dropped: tuple[Dropped, ...]


def read_own(grid: Grid, said: Description) -> Own:
    """Return the figures of a table by its description; the user's own names are known.

    Raises
    ------
    DataError
        Every problem of the table: D112, D202, D203, D206, D301 to D314, D401, D703, D704.
    """
    problems = collect(f"{grid.source} was not imported")
    long = lengthen(grid, said, problems)
    values = read_values(grid, long, said, problems)
    periods = read_periods(grid, long, said, problems)
    labels = read_labels(grid, long, problems)
    problems.raise_if_any()
    measure = said.measure()
    kept = np.flatnonzero(~np.isnan(values.value) | values.marked)
    if not len(kept):
        problems.add("D206", grid.source, "no figures in the table")
        problems.raise_if_any()
    release = said.release or _release([periods.end[at] for at in kept], periods.kind[kept[0]])
    table = _figures(measure, said, grid, release, (values, periods, labels), kept)
    check_figures(table, problems, grid.source, own=measure)
    if long.unused:
        problems.problems = [_told_apart(one, long.unused) for one in problems.problems]
    problems.raise_if_any()
    empty = len(values.value) - len(kept)
    dropped = (Dropped(grid.source, empty, "empty cells, which are no figures"),) if empty else ()
    return Own(measure, table, release, _notes(grid, long, values, periods, said), dropped)


def _told_apart(problem: Problem, unused: Sequence[str]) -> Problem:
    """Return a problem; one of figures given twice with the columns that may tell them apart."""
    if problem.code != "D401":
        return problem
    remedy = f"say which column tells them apart, such as --category COLUMN; not used: {', '.join(unused)[:200]}"
    return replace(problem, remedy=remedy)


def _release(ends: Sequence[dt.date], kind: str) -> str:
    """Return the vintage of a table that does not say it: the last day, or month, that it covers up to today."""
    last = min(max(ends), dt.datetime.now(dt.UTC).date()).isoformat()
    return last if kind in ("day", "span") else last[:7]


def _figures(
    measure: Measure,
    said: Description,
    grid: Grid,
    release: str,
    read: tuple[Read, Periods, dict[str, list[str]]],
    kept: np.ndarray[Any, np.dtype[np.int64]],
) -> pa.Table:
    """Return the table of the figures that are kept."""
    values, periods, labels = read
    columns: dict[str, Any] = {d: [labels[d][at] for at in kept] for d in (*DIMENSIONS, "name") if d in labels}
    return figures(
        {
            **columns,
            "publisher": measure.publisher,
            "measure": measure.name,
            "unit": measure.unit,
            "period": [periods.kind[at] for at in kept],
            "start": [periods.start[at] for at in kept],
            "end": [periods.end[at] for at in kept],
            "value": values.value[kept],
            "rounding": said.rounding,
            "suppression": np.where(values.marked[kept], "not-available", "none"),
            "confidence": said.confidence,
            "release": release,
            "source": said.source or grid.source,
            "licence": measure.licence,
            "digest": grid.digest,
        },
        len(kept),
    )


def _notes(grid: Grid, long: Long, values: Read, periods: Periods, said: Description) -> tuple[str, ...]:
    """Return how the table was read, one sentence each."""
    notes = [f"Read as {grid.how}, {len(grid.numbers):,} rows."]
    if long.wide:
        notes.append(f"Figures stand in {len(dict.fromkeys(long.heads)):,} columns, the first {long.heads[0]}.")
    if values.style:
        notes.append(f"Numbers are written as {values.style}.")
    if periods.order:
        notes.append(f"Dates are read as {periods.order}.")
    if values.marks:
        marks = ", ".join(f"{mark} ({count})" for mark, count in values.marks.items())
        notes.append(f"Not available where the table says {marks}.")
    for dimension, word in long.stated.items():
        notes.append(f"{dimension.capitalize()} of all rows: {word}.")
    if long.unused:
        notes.append(f"Columns not used: {', '.join(long.unused)}.")
    if not said.adds:
        notes.append('Figures are never added up unsaid; where they may be, say so: --adds time (adds="time").')
    return tuple(notes)
