"""Frontex: monthly detections of illegal border-crossing by route, kind of border and nationality.

The workbook has a column for each month since January 2009 and says in its notes as of when its figures are; its
links to another workbook are not followed. A long copy in IOM's compilation names months by date. Zeros are left
out.

Source: https://www.frontex.europa.eu/what-we-do/monitoring-and-risk-analysis/migratory-map/
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np

from sojourn.errors import Collector
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import country_codes, months, numbers, texts
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish, last_month
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile

__all__ = ["IMPORTERS"]

_MEASURE = "frontex-detections"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORKBOOK = Layout(
    ("Route", "Border type", "Nationality"),
    also={
        "Border type": ("Border type or inland", "BorderType", "Border"),
        "Nationality": ("NationalityLong", "Nationality (third countries)"),
    },
    each=rf"({'|'.join(_MONTHS)})[ -]?(19|20)\d\d",
)
_LONG = ("route", "type", "nat", "t", "n")
_AS_OF = re.compile(r"as (?:of|at) (\d{1,2})\s?([A-Z]{3})[A-Z]*\s?(\d{4}|\d\d)\b", re.IGNORECASE)
_NOBODY = "detections of nobody are left out"


def _route(routes: list[str], borders: list[str]) -> list[str]:
    """Return routes as paths: the route, then the kind of border."""
    return [f"{r.replace('/', ' ')}/{b.replace('/', ' ')}" for r, b in zip(routes, borders, strict=True)]


def _workbook(source: SourceFile) -> Imported:
    """Read the table with a column for each month."""
    problems, table, where = problems_of(source), source.table(), source.name
    shared: dict[str, Any] = {
        "period": "month",
        "nationality": code_names(table["Nationality"].combine_chunks(), problems, f"{where}, column Nationality"),
        "name": texts(table["Nationality"]),
        "category": _route(texts(table["Route"]), texts(table["Border type"])),
    }
    blocks, zeros = [], 0
    starts = {column: _month(column) for column in source.header if column not in _WORKBOOK.columns}
    release = _release(source) or str(max(starts.values()))[:7]
    for column, start in starts.items():
        value = numbers(
            table[column].combine_chunks(),
            problems,
            where,
            column.upper(),
            first_row=source.first_row,
            missing=("", "-"),
        )
        some = ~np.isnan(value) & (value != 0)
        zeros += int((~some).sum())
        if some.any():
            columns = filter_rows({**shared, "value": value}, some)
            blocks.append(figures_of(source, _MEASURE, release, {**columns, "start": [start] * int(some.sum())}))
    problems.raise_if_any()
    if not blocks:
        problems.add("D206", where, "no figures in the file")
        problems.raise_if_any()
    return finish(source, concatenate(blocks), release, problems, (Dropped(where, zeros, _NOBODY),))


def _month(column: str) -> dt.date:
    return dt.date(int(column[-4:]), _MONTHS.index(column[:3]) + 1, 1)


def _release(source: SourceFile) -> str:
    """Return the day as of which the notes of a workbook say that its figures are; empty where they say none."""
    for sheet in source.sheets:
        if "note" not in sheet.lower():
            continue
        for _, row in source.rows(sheet):
            for cell in row:
                found = _AS_OF.search(str(cell or ""))
                if found and found[2].lower() in _MONTHS:
                    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
                    return f"{year}-{_MONTHS.index(found[2].lower()) + 1:02}-{int(found[1]):02}"
    return ""


def _long(source: SourceFile) -> Imported:
    """Read the copy with a row for each month."""
    problems, table, where = problems_of(source), source.table(), source.name
    start = months(table["t"].combine_chunks(), problems, where, "t", years=(2009, 2049))
    columns = {
        "period": "month",
        "start": start,
        "nationality": country_codes(table["nat"], problems, where),
        "name": texts(table["nat"]),
        "category": _route(texts(table["route"]), _borders(texts(table["type"]), problems, where)),
        "value": numbers(table["n"].combine_chunks(), problems, where, "n"),
        "licence": "MIT",
    }
    problems.raise_if_any()
    release = last_month(start)
    return finish(source, figures_of(source, _MEASURE, release, columns), release, problems)


def _borders(written: list[str], problems: Collector, where: str) -> list[str]:
    """Return kinds of border; another word than Land and Sea is D304, since other tables have these columns too."""
    for word in sorted({w for w in written if w.lower() not in ("land", "sea")}):
        problems.add("D304", f"{where}, column type", "not a kind of border", found=word[:80], allowed="Land, Sea")
    return written


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="frontex-workbook",
        title="Frontex detections, a column for each month",
        measures=(_MEASURE,),
        layouts=(_WORKBOOK,),
        read=_workbook,
    ),
    Importer(
        name="frontex-long",
        title="Frontex detections, a row for each month",
        measures=(_MEASURE,),
        layouts=(_LONG,),
        read=_long,
    ),
)
"""Importers of Frontex's detections."""
