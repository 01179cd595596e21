"""A table in long form: one row for each figure, whether its dates stand in a column or in the heads of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import Collector, nearest
from sojourn.series.model import DIMENSIONS
from sojourn.series.own.description import Description
from sojourn.series.own.tables.grid import Cell, Grid
from sojourn.series.own.written.dates import read_dates

__all__ = ["Long", "lengthen"]


@dataclass(frozen=True)
class Long:
    """The figures of a table, one after the other.

    Attributes
    ----------
    rows, heads : list
        (figure) the row of the table that it stands in, counted from 0, and the name of its column.
    value, date, end : list
        (figure) cells; ``end`` is empty where no column of ends was named.
    labels : mapping of str to list
        (figure) cells, for each dimension that has a column.
    sources : mapping of str to str
        The column of each dimension; none for the one whose values are the heads of columns.
    stated : mapping of str to str
        The one value of each other dimension that was described.
    unused : tuple of str
        Columns of the table that nothing was taken from.
    wide : bool
        Whether figures stand in several columns.
    """

    rows: list[int]
    heads: list[str]
    value: list[Cell]
    date: list[Cell]
    end: list[Cell]
    labels: Mapping[str, list[Cell]]
    sources: Mapping[str, str]
    stated: Mapping[str, str]
    unused: tuple[str, ...]
    wide: bool


def lengthen(grid: Grid, said: Description, problems: Collector) -> Long:
    """Return the figures of a table, one after the other.

    Columns that are not there are D202; so are, where figures stand in several columns, columns that are neither
    figures nor named otherwise.
    """
    columns = said.columns or ("" if said.value or said.date else "date")
    named = _named(grid, said, problems)
    figures = [said.value] if not columns else _figure_columns(grid, said, columns, named, problems)
    problems.raise_if_any()
    dates = [_joined([grid.columns[c][row] for c in said.date]) for row in range(len(grid.numbers))]
    by_dimension = {dimension: column for column, dimension in named.items() if dimension in DIMENSIONS}
    cells = [(row, head) for row in range(len(grid.numbers)) for head in figures]
    labels = {d: [grid.columns[column][row] for row, _ in cells] for d, column in by_dimension.items()}
    if columns in DIMENSIONS:
        labels[columns] = [head for _, head in cells]
    return Long(
        rows=[row for row, _ in cells],
        heads=[head for _, head in cells],
        value=[grid.columns[head][row] for row, head in cells],
        date=[_date_of(columns, head, dates[row]) for row, head in cells],
        end=[grid.columns[said.end][row] for row, _ in cells] if said.end else [],
        labels=labels,
        sources=by_dimension,
        stated=_stated(grid, said),
        unused=tuple(c for c in grid.columns if c not in {*figures, *named}),
        wide=bool(columns),
    )


def _date_of(columns: str, head: str, date: Cell) -> Cell:
    """Return the date of a figure: that of its row, the head of its column, or both."""
    if columns == "date":
        return head
    return _joined([date, head]) if columns == "month" else date


def _joined(cells: Sequence[Cell]) -> Cell:
    """Return one cell, or the texts of several with a space between them; None where one is empty."""
    if len(cells) == 1 or not cells:
        return cells[0] if cells else None
    if any(cell is None for cell in cells):
        return None
    return " ".join(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells)


def _named(grid: Grid, said: Description, problems: Collector) -> dict[str, str]:
    """Return what each column that was named holds: value, date, end or a dimension."""
    found: dict[str, str] = {}
    wanted = [(said.value, "value"), *((c, "date") for c in said.date), (said.end, "end")]
    wanted += [(c, "ignore") for c in said.ignore]
    for column, what in wanted:
        if column and column not in grid.columns:
            problems.add(
                "D202",
                f"{grid.source}, {what}",
                "no such column",
                found=column,
                allowed=", ".join(grid.columns)[:200],
                nearest=nearest(column, grid.columns),
            )
        elif column:
            found[column] = what
    for dimension in DIMENSIONS:
        column = getattr(said, dimension)
        if column in grid.columns:
            found[column] = dimension
        elif column and not column.startswith("=") and (close := nearest(column, grid.columns)):
            problems.add(
                "D202",
                f"{grid.source}, {dimension}",
                "no such column",
                found=column,
                nearest=close,
                remedy=f'for one value of all rows, write "={column}"',
            )
    return found


def _stated(grid: Grid, said: Description) -> dict[str, str]:
    """Return the one value of each dimension that was described by a value and not by a column."""
    given = {d: getattr(said, d) for d in DIMENSIONS}
    return {d: v.removeprefix("=") for d, v in given.items() if v and v not in grid.columns}


def _figure_columns(
    grid: Grid, said: Description, columns: str, named: Mapping[str, str], problems: Collector
) -> list[str]:
    """Return the columns that hold figures."""
    rest = [c for c in grid.columns if c not in named]
    if columns not in ("date", "month"):
        return rest
    texts = [f"2000 {c}" for c in rest] if columns == "month" else rest
    read = read_dates(texts, "" if columns == "month" else said.format, across_years=not said.period)
    heads = [c for c, text in zip(rest, texts, strict=True) if text not in read.unread]
    if not heads:
        problems.add(
            "D202",
            f"{grid.source}, header",
            "no column of figures was named, and no head of a column is a date",
            found=", ".join(rest)[:200],
            remedy="say which column holds the figures and which the dates: --value COLUMN --date COLUMN",
        )
    for column in [c for c in rest if c not in heads] if heads else ():
        problems.add(
            "D202",
            f"{grid.source}, header",
            "this column is neither a date nor named",
            found=column,
            remedy="say what it holds, such as --nationality, or leave it out: --ignore",
        )
    return heads
