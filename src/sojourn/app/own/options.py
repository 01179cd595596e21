"""Options of ``sojourn data import`` for a table of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "Adds",
    "Category",
    "Columns",
    "Component",
    "Confidence",
    "Country",
    "Date",
    "Decimal",
    "Definition",
    "Encoding",
    "EndColumn",
    "Family",
    "Format",
    "HeaderRow",
    "Ignore",
    "Licence",
    "Missing",
    "Name",
    "Nationality",
    "Period",
    "Place",
    "Preview",
    "Publisher",
    "Rounding",
    "Separator",
    "Sheet",
    "Source",
    "Spec",
    "Thousands",
    "Title",
    "Unit",
    "Value",
]


def _option(flag: str, said: str) -> Any:
    """Return an option that stands among those for tables of the user's own."""
    return typer.Option(flag, help=said, rich_help_panel="Tables of your own")


Name = Annotated[str | None, _option("--as", "Name of your own series: boat-landings.")]
Spec = Annotated[
    Path | None,
    _option("--spec", "YAML file with the description; FILE.yaml beside the file without it."),
]
Value = Annotated[str | None, _option("--value", "Column of the figures.")]
Date = Annotated[list[str] | None, _option("--date", "Column of the dates; several are joined.")]
EndColumn = Annotated[str | None, _option("--end", "Column of the last days, with --period span.")]
Columns = Annotated[
    str | None,
    _option("--columns", "What the heads of the columns of figures are: date, month, nationality, place ..."),
]
Nationality = Annotated[str | None, _option("--nationality", "Column, or code or name for all rows.")]
Country = Annotated[str | None, _option("--country", "Country that counted: column, code or name.")]
Place = Annotated[str | None, _option("--place", "Column, or a place for all rows.")]
Family = Annotated[str | None, _option("--family", "Family status: column or term.")]
Component = Annotated[str | None, _option("--component", "Part of the publisher: column or name.")]
Category = Annotated[str | None, _option("--category", "Any other split: column or name.")]
Unit = Annotated[
    str | None,
    _option("--unit", "What one is one of: person, case, or a unit of your own."),
]
Period = Annotated[
    str | None,
    _option("--period", "day, month, quarter, calendar-year, fiscal-year or span."),
]
Publisher = Annotated[str | None, _option("--publisher", "Who counted.")]
Title = Annotated[str | None, _option("--title", "What the figures are, in a line.")]
Definition = Annotated[str | None, _option("--definition", "What is counted and what is not.")]
Licence = Annotated[str | None, _option("--licence", "Licence of the figures.")]
Source = Annotated[str | None, _option("--source", "Where they were published.")]
Adds = Annotated[
    list[str] | None,
    _option("--adds", "Dimension, or time, over which figures add up; repeat for several."),
]
Format = Annotated[str | None, _option("--format", "How dates are written: dd/mm/yyyy, mmm yy.")]
Decimal = Annotated[str | None, _option("--decimal", "Decimal mark of the numbers: . or ,")]
Thousands = Annotated[str | None, _option("--thousands", "Separator of thousands: , . or a space.")]
Missing = Annotated[
    list[str] | None,
    _option("--missing", "Further mark of a missing figure; repeat for several."),
]
Ignore = Annotated[
    list[str] | None,
    _option("--ignore", "Column to leave out; repeat for several."),
]
Rounding = Annotated[int | None, _option("--rounding", "What the figures are multiples of.")]
Confidence = Annotated[str | None, _option("--confidence", "high, medium or low.")]
Encoding = Annotated[
    str | None,
    _option("--encoding", "Encoding of the text, where it cannot be told."),
]
Separator = Annotated[
    str | None,
    _option("--separator", "What stands between the columns: ';' or tab."),
]
Sheet = Annotated[str | None, _option("--sheet", "Sheet of a workbook.")]
HeaderRow = Annotated[int | None, _option("--header-row", "Row with the names of the columns.")]
Preview = Annotated[bool, _option("--preview", "Read and check, keep nothing.")]
