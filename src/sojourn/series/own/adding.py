"""Adding a series of one's own to the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import pandas as pd
import pyarrow as pa

from sojourn.series.model import ALL, DIMENSIONS, Measure
from sojourn.series.own.description import Described, Description, read_description
from sojourn.series.own.reading import Own, read_own
from sojourn.series.own.spec_file import beside, read_spec
from sojourn.series.own.tables.files import read_grid
from sojourn.series.own.tables.grid import Grid, grid_of_frame
from sojourn.series.store import Origin, Receipt, Store

__all__ = ["Added", "add"]

_IMPORTER = "own"


@dataclass(frozen=True)
class Added:
    """What was read of an own series, and what became of it.

    Attributes
    ----------
    measure : Measure
        What it counts.
    figures : pandas.DataFrame
        Its figures: start, end, period, the dimensions that it is split by, and value.
    release : str
        The vintage.
    notes : tuple of str
        How the table was read, one sentence each.
    receipt : Receipt or None
        What the store did; None for a preview.
    """

    measure: Measure
    figures: pd.DataFrame
    release: str
    notes: tuple[str, ...]
    receipt: Receipt | None


def add(
    table: pd.DataFrame | str | Path,
    name: str = "",
    *,
    spec: str | Path | None = None,
    release: str = "",
    replace: bool = False,
    preview: bool = False,
    store: Store | None = None,
    **described: Unpack[Described],
) -> Added:
    """Add a series of your own to the store: all of it or, if anything is wrong, nothing.

    Adding the same again changes nothing. What is kept is asked for by :func:`series` and found by
    :func:`find_series` like an official one.

    Parameters
    ----------
    table : pandas.DataFrame, str or pathlib.Path
        The figures, or a file of them: CSV in any dialect, TSV, Excel, Parquet or JSON.
    name : str
        What the series is called: lower-case words with hyphens, not the name of an official one.
    spec : str or pathlib.Path, optional
        A YAML file with the description; without it, ``my.csv.yaml`` beside ``my.csv`` where there is one. Its keys
        are those below, and ``as`` for the name; what is given as an argument counts more.
    release : str
        Name of the vintage; the last day or month that the figures cover without it.
    replace : bool
        Let the figures take the place of those that the store has under this release, and the description that of
        another one.
    preview : bool
        Read and check, and keep nothing.
    store : Store, optional
        Where to keep them; the user's own store without it.
    **described : str, int or sequence of str
        What the figures are and where they stand, by the names under Notes; unit and publisher are needed.

    Returns
    -------
    Added
        What was read, how, and what the store did with it.

    Raises
    ------
    DataError
        D1xx to D4xx and D7xx, every problem with the table and its description; D501 to D503, the store.

    Notes
    -----
    What may be said of a series:

    unit, publisher : str
        What one is one of (``person``, ``case``, or a unit of your own), and who counted.
    value, date : str
        The columns that hold figures and dates; several columns of dates are joined (``("year", "month")``).
    end : str
        The column of last days, where figures are of any stretch of days (``period="span"``).
    columns : {"date", "month", "nationality", "country", "family", "component", "place", "category"}
        What the heads of the columns are where figures stand in several; ``month`` goes with a column of years as
        ``date``.
    nationality, country, family, component, place, category : str
        A column, or one value for all rows; ``"=value"`` is never a column.
    period : {"day", "month", "quarter", "calendar-year", "fiscal-year", "span"}
        What a figure is of, where the dates do not say it.
    format : str
        How dates are written: ``dd/mm/yyyy``, ``mmm yy``, ``yyyy Q``.
    decimal, thousands : str
        The marks within numbers, where they leave a doubt.
    missing : str or sequence of str
        Further marks of figures that are not available.
    ignore : str or sequence of str
        Columns to leave out.
    title, definition, source, licence : str
        What the figures are, in words.
    adds : str or sequence of str
        Dimensions, and ``time``, over which figures may be added up unsaid.
    rounding : int
        What figures are multiples of.
    confidence : {"high", "medium", "low"}
        How sure the figures are as a quotation of their publisher.
    encoding, separator, sheet : str
        How a file is read, where that cannot be found out.
    header_row : int
        Number of the row with the names of the columns, where titles stand above it.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": ["2024-01", "2024-02"], "landed": [41, 37]})
    >>> sj.data.add(frame, "landings", value="landed", date="month", unit="person", publisher="Coast Guard")
    """
    store = store or Store()
    said, where = _said(table, spec, {**described, "release": release})
    found = read_description(name or str(said.pop("as", "")), {k: v for k, v in said.items() if k != "as"}, where)
    grid = _grid(table, found)
    with store.naming():
        own = read_own(grid, found)
    receipt = None if preview else _kept(own, grid, store, replace)
    return Added(own.measure, _shown(own.table), own.release, own.notes, receipt)


def _said(
    table: pd.DataFrame | str | Path, spec: str | Path | None, given: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Return what is said of a series, in a file and in arguments, and where."""
    path = Path(spec) if spec else None if isinstance(table, pd.DataFrame) else beside(Path(table))
    said = read_spec(path) if path else {}
    said |= {key: value for key, value in given.items() if value not in (None, "", (), [])}
    return said, path.name if path else "description"


def _grid(table: pd.DataFrame | str | Path, said: Description) -> Grid:
    if isinstance(table, pd.DataFrame):
        return grid_of_frame(table)
    return read_grid(
        Path(table),
        encoding=said.encoding,
        separator={"tab": "\t", "\\t": "\t"}.get(said.separator, said.separator),
        sheet=said.sheet,
        header_row=said.header_row,
    )


def _kept(own: Own, grid: Grid, store: Store, replace: bool) -> Receipt:
    origin = Origin(grid.source, grid.digest, _IMPORTER, own=own.measure)
    added, unchanged = store.keep(own.table, origin, release=own.release, replace=replace)
    return Receipt(grid.source, _IMPORTER, added, unchanged, own.dropped, ())


def _shown(table: pa.Table) -> pd.DataFrame:
    """Return figures as a frame: periods, the dimensions that they are split by, and values."""
    frame: pd.DataFrame = table.to_pandas()
    split = [d for d in DIMENSIONS if (frame[d] != ALL).any()]
    frame[split] = frame[split].astype(str)
    return frame[["start", "end", "period", *split, "value"]]
