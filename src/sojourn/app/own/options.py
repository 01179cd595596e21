"""Options of ``sojourn data import`` for a table of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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

_OWN = "Tables of your own"

Name = Annotated[
    str | None, typer.Option("--as", help="Name of your own series: boat-landings.", rich_help_panel=_OWN)
]
Spec = Annotated[
    Path | None,
    typer.Option(
        "--spec", help="YAML file with the description; FILE.yaml beside the file without it.", rich_help_panel=_OWN
    ),
]
Value = Annotated[str | None, typer.Option("--value", help="Column of the figures.", rich_help_panel=_OWN)]
Date = Annotated[
    list[str] | None, typer.Option("--date", help="Column of the dates; several are joined.", rich_help_panel=_OWN)
]
EndColumn = Annotated[
    str | None, typer.Option("--end", help="Column of the last days, with --period span.", rich_help_panel=_OWN)
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="What the heads of the columns of figures are: date, month, nationality, place ...",
        rich_help_panel=_OWN,
    ),
]
Nationality = Annotated[
    str | None, typer.Option("--nationality", help="Column, or code or name for all rows.", rich_help_panel=_OWN)
]
Country = Annotated[
    str | None, typer.Option("--country", help="Country that counted: column, code or name.", rich_help_panel=_OWN)
]
Place = Annotated[
    str | None, typer.Option("--place", help="Column, or a place for all rows.", rich_help_panel=_OWN)
]
Family = Annotated[
    str | None, typer.Option("--family", help="Family status: column or term.", rich_help_panel=_OWN)
]
Component = Annotated[
    str | None, typer.Option("--component", help="Part of the publisher: column or name.", rich_help_panel=_OWN)
]
Category = Annotated[
    str | None, typer.Option("--category", help="Any other split: column or name.", rich_help_panel=_OWN)
]
Unit = Annotated[
    str | None,
    typer.Option("--unit", help="What one is one of: person, case, or a unit of your own.", rich_help_panel=_OWN),
]
Period = Annotated[
    str | None,
    typer.Option("--period", help="day, month, quarter, calendar-year, fiscal-year or span.", rich_help_panel=_OWN),
]
Publisher = Annotated[str | None, typer.Option("--publisher", help="Who counted.", rich_help_panel=_OWN)]
Title = Annotated[
    str | None, typer.Option("--title", help="What the figures are, in a line.", rich_help_panel=_OWN)
]
Definition = Annotated[
    str | None, typer.Option("--definition", help="What is counted and what is not.", rich_help_panel=_OWN)
]
Licence = Annotated[str | None, typer.Option("--licence", help="Licence of the figures.", rich_help_panel=_OWN)]
Source = Annotated[str | None, typer.Option("--source", help="Where they were published.", rich_help_panel=_OWN)]
Adds = Annotated[
    list[str] | None,
    typer.Option(
        "--adds", help="Dimension, or time, over which figures add up; repeat for several.", rich_help_panel=_OWN
    ),
]
Format = Annotated[
    str | None, typer.Option("--format", help="How dates are written: dd/mm/yyyy, mmm yy.", rich_help_panel=_OWN)
]
Decimal = Annotated[
    str | None, typer.Option("--decimal", help="Decimal mark of the numbers: . or ,", rich_help_panel=_OWN)
]
Thousands = Annotated[
    str | None, typer.Option("--thousands", help="Separator of thousands: , . or a space.", rich_help_panel=_OWN)
]
Missing = Annotated[
    list[str] | None,
    typer.Option("--missing", help="Further mark of a missing figure; repeat for several.", rich_help_panel=_OWN),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option("--ignore", help="Column to leave out; repeat for several.", rich_help_panel=_OWN),
]
Rounding = Annotated[
    int | None, typer.Option("--rounding", help="What the figures are multiples of.", rich_help_panel=_OWN)
]
Confidence = Annotated[str | None, typer.Option("--confidence", help="high, medium or low.", rich_help_panel=_OWN)]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Encoding of the text, where it cannot be told.", rich_help_panel=_OWN),
]
Separator = Annotated[
    str | None,
    typer.Option("--separator", help="What stands between the columns: ';' or tab.", rich_help_panel=_OWN),
]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.", rich_help_panel=_OWN)]
HeaderRow = Annotated[
    int | None, typer.Option("--header-row", help="Row with the names of the columns.", rich_help_panel=_OWN)
]
Preview = Annotated[bool, typer.Option("--preview", help="Read and check, keep nothing.", rich_help_panel=_OWN)]
