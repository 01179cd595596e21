"""Home Office of the United Kingdom: asylum claims, decisions, resettlement, and claims awaiting a decision.

The layouts are those of the sheets "Data - Asy_D01", "Data - Asy_D02" and "Data - Asy_D03" of the workbooks "Asylum
claims datasets", "Asylum claims awaiting a decision datasets" and their predecessors on
https://www.gov.uk/government/statistical-data-sets/immigration-system-statistics-data-tables, which have a title
above the header and "End of table" below the rows; also of the tables of the R package asylum,
https://github.com/humaniverse/asylum. The sheets have no totals: rows that agree in every column that is kept are
parts of one figure and added up.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import encoded, numbers, texts
from sojourn.series.importers.figures import add_up_repeats, concatenate, figures_of, filter_rows, finish
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile

__all__ = ["IMPORTERS"]

_ALSO = {
    "Applicant type": ("Claimant type",),
    "Location of application": ("Location of claim", "Claim location"),
    "Case outcome": ("Outcome", "Case outcome detail"),
    "Case outcome group": ("Outcome group",),
}
_PEOPLE = ("Region", "Age", "Sex", "UASC", "Year", "Date")
_CLAIMS = Layout(
    ("Quarter", "Nationality", "Applicant type", "Applications"),
    optional=(*_PEOPLE, "Location of application"),
    also={**_ALSO, "Applications": ("Claims", "Asylum claims", "Asylum applications")},
)
_OUTCOMES = Layout(
    ("Quarter", "Nationality", "Case type", "Case outcome", "Applicant type", "Decisions"),
    optional=(*_PEOPLE, "Case outcome group", "Host country"),
    also={**_ALSO, "Decisions": ("Outcomes", "Initial decisions", "Cases")},
)
_WAITING = Layout(
    ("Date", "Nationality", "Applicant type", "Application stage", "Applications"),
    optional=("Region", "Duration"),
    also={
        **_ALSO,
        "Date": ("Date (as at…)", "Date (as at)", "Date (as at...)", "Date as at"),
        "Application stage": ("Claim stage", "Stage"),
        "Applications": ("Claims", "Asylum claims"),
    },
)
_QUARTER = re.compile(r"(\d{4})[ -]?Q([1-4])", re.IGNORECASE)
_NONE = ("", "z", "x", ":", "-")
_REPEATS = "rows of one figure were added up: the table tells them apart by a column that is not kept"


def _quarters(table: pa.Table, problems: Collector, where: str) -> Any:
    """Return the first day of each quarter written as ``2023 Q4``."""
    given = encoded(table["Quarter"])
    days = []
    for raw in given.dictionary.to_pylist():
        match = _QUARTER.fullmatch((raw or "").strip())
        if match is None or not 1980 <= int(match[1]) <= 2049:
            problems.add("D306", f"{where}, column Quarter", "not a quarter written 2023 Q4", found=str(raw)[:80])
        days.append(dt.date(int(match[1]), 3 * int(match[2]) - 2, 1) if match else dt.date(2000, 1, 1))
    return np.array(days, dtype="datetime64[D]")[given.indices.to_numpy(zero_copy_only=False)]


def _dates(table: pa.Table, problems: Collector, where: str) -> Any:
    """Return days written as ``31 Dec 2023`` or ``2023-12-31``."""
    given = encoded(table["Date"])
    days = []
    for raw in given.dictionary.to_pylist():
        written = (raw or "").strip()
        day = None
        for form in ("%Y-%m-%d", "%d %b %Y", "%d %B %Y"):
            try:
                day = dt.datetime.strptime(written, form).date()
            except ValueError:
                continue
        if day is None or not 1980 <= day.year <= 2049:
            problems.add("D306", f"{where}, column Date", "not a day written 31 Dec 2023", found=written[:80])
            day = dt.date(2000, 1, 1)
        days.append(day)
    return np.array(days, dtype="datetime64[D]")[given.indices.to_numpy(zero_copy_only=False)]


def _people(table: pa.Table, problems: Collector, where: str) -> dict[str, Any]:
    """Return who was counted: nationality, and whether main applicants or dependants."""
    names = table["Nationality"].combine_chunks()
    written = texts(table["Applicant type"])
    for word in sorted({w for w in written if not re.match(r"main|dependant|dependent", w, re.IGNORECASE)}):
        problems.add("D304", f"{where}, column Applicant type", "unknown label", found=word[:80])
    return {
        "country": "GBR",
        "nationality": code_names(names, problems, f"{where}, column Nationality"),
        "name": texts(names),
        "component": ["main-applicant" if w[:4].lower() == "main" else "dependant" for w in written],
    }


def _path(table: pa.Table, columns: Sequence[str]) -> list[str]:
    """Return some columns as paths, without those that the table lacks."""
    there = [c for c in columns if c in table.column_names]
    words = {"UASC": {"UASC": "unaccompanied child", "Non-UASC": "not an unaccompanied child"}}
    parts = [[words.get(c, {}).get(w, w or "not stated").replace("/", " ") for w in texts(table[c])] for c in there]
    return ["/".join(row) for row in zip(*parts, strict=True)] if parts else ["all"] * table.num_rows


def _counts(source: SourceFile, table: pa.Table, name: str, problems: Collector) -> Any:
    return numbers(
        table[name].combine_chunks(), problems, source.name, name, first_row=source.first_row, missing=_NONE
    )


def _added(
    source: SourceFile, measure: str, release: str, columns: dict[str, Any], dropped: list[Dropped]
) -> pa.Table:
    """Return figures without those of nobody, rows of one figure added up."""
    some = np.nan_to_num(np.asarray(columns["value"])) != 0
    scalars = {n: c for n, c in columns.items() if isinstance(c, str)}
    kept = filter_rows({n: c for n, c in columns.items() if n not in scalars}, some)
    added, repeats = add_up_repeats(kept, source.name, _REPEATS)
    dropped.extend(repeats)
    return figures_of(source, measure, release, {**scalars, **added})


def _last(start: Any, months: int) -> str:
    """Return the release: the last month covered, ``months`` after the last start."""
    return str(start.max().astype("datetime64[M]") + months)


def _claims(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = _quarters(table, problems, where)
    columns = _people(table, problems, where) | {
        "period": "quarter",
        "start": start,
        "category": _path(table, ("Sex", "Age", "UASC", "Location of application")),
        "value": _counts(source, table, "Applications", problems),
    }
    problems.raise_if_any()
    dropped: list[Dropped] = []
    release = _last(start, 2)
    figures = _added(source, "uk-asylum-applications", release, columns, dropped)
    return finish(source, figures, release, problems, dropped)


def _outcomes(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = _quarters(table, problems, where)
    kinds = [w.lower() for w in texts(table["Case type"])]
    for word in sorted({k for k in kinds if not k.startswith(("asylum", "resettle"))}):
        problems.add("D304", f"{where}, column Case type", "unknown label", found=word[:80])
    shared = _people(table, problems, where) | {
        "period": "quarter",
        "start": start,
        "value": _counts(source, table, "Decisions", problems),
    }
    problems.raise_if_any()
    asylum = np.array([k.startswith("asylum") for k in kinds], dtype=bool)
    dropped: list[Dropped] = []
    release = _last(start, 2)
    paths = {
        "uk-asylum-decisions": _path(table, ("Case outcome group", "Case outcome", "Sex", "Age", "UASC")),
        "uk-resettlement": _path(table, ("Case outcome", "Sex", "Age", "UASC")),
    }
    blocks = [
        _added(source, measure, release, filter_rows({**shared, "category": paths[measure]}, rows), dropped)
        for measure, rows in (("uk-asylum-decisions", asylum), ("uk-resettlement", ~asylum))
        if rows.any()
    ]
    return finish(source, concatenate(blocks), release, problems, dropped)


def _waiting(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = _dates(table, problems, where)
    columns = _people(table, problems, where) | {
        "period": "day",
        "start": start,
        "category": _path(table, ("Application stage", "Duration")),
        "value": _counts(source, table, "Applications", problems),
    }
    problems.raise_if_any()
    dropped: list[Dropped] = []
    release = _last(start, 0)
    return finish(
        source, _added(source, "uk-asylum-pending", release, columns, dropped), release, problems, dropped
    )


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="home-office-claims",
        title="UK Home Office asylum claims (Asy_D01)",
        measures=("uk-asylum-applications",),
        layouts=(_CLAIMS,),
        read=_claims,
    ),
    Importer(
        name="home-office-outcomes",
        title="UK Home Office initial decisions and resettlement (Asy_D02)",
        measures=("uk-asylum-decisions", "uk-resettlement"),
        layouts=(_OUTCOMES,),
        read=_outcomes,
    ),
    Importer(
        name="home-office-waiting",
        title="UK Home Office asylum claims awaiting a decision (Asy_D03)",
        measures=("uk-asylum-pending",),
        layouts=(_WAITING,),
        read=_waiting,
    ),
)
"""Importers of the Home Office's asylum tables."""
