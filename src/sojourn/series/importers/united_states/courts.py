"""The workload ledger of the immigration courts, in releases that count differently, and judges' output.

The release of 2021 counts active cases as pending, the release of 2025 active and inactive ones. Both are kept,
each under its own release and category, and nothing adds them up. What TRAC counts as a completion is another
concept again and has measures of its own (:mod:`sojourn.series.importers.quoted_figures`).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.errors import Collector
from sojourn.series.importers.columns import confidence_word, numbers, texts, vocabulary, whole_years
from sojourn.series.importers.figures import concatenate, figures_of, finish
from sojourn.series.importers.protocol import Check, Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile

__all__ = ["IMPORTERS"]

_LEDGER = (
    "fiscal_year",
    "period",
    "vintage",
    "pending_end",
    "receipts_new_cases",
    "completions",
    "motions_to_reopen_etc",
    "pending_definition",
    "source",
    "confidence",
)
_PER_JUDGE = ("fiscal_year", "completions", "judges_used", "completions_per_judge", "source", "confidence")
_MEASURES = {
    "pending_end": "eoir-pending",
    "receipts_new_cases": "eoir-new-cases",
    "completions": "eoir-completions",
    "motions_to_reopen_etc": "eoir-motions",
}
_STATED = re.compile(r"generated (\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?")
_TO = re.compile(r"FY(\d{4}) through Q[1-4] \((\d{1,2}) ([A-Z][a-z]{2}) (\d{4})\)")


def _release(vintage: str, source: str) -> str:
    """Return the latest date on which the source says its figures were generated, else the vintage."""
    stated = _STATED.search(source)
    return (stated[2] or stated[1]) if stated else vintage


def _ledger_period(year: str, text: str, problems: Collector, where: str) -> tuple[str, dt.date, dt.date]:
    """Return kind, start and end of a row: a fiscal year, shorter when it is not over."""
    if not re.fullmatch(r"(19|20)\d\d", year):
        problems.add("D306", f"{where}, column fiscal_year", "not a fiscal year", found=year[:80])
        return "fiscal-year", dt.date(1999, 10, 1), US_FISCAL_YEAR.end(2000)
    start = US_FISCAL_YEAR.start(int(year))
    if text == "FY":
        return "fiscal-year", start, US_FISCAL_YEAR.end(int(year))
    match = _TO.fullmatch(text)
    if not match or match[1] != year:
        problems.add("D306", f"{where}, column period", "not FY or FYyyyy through Qn (date)", found=text[:80])
        return "fiscal-year", start, US_FISCAL_YEAR.end(int(year))
    return "fiscal-year", start, dt.datetime.strptime(f"{match[2]} {match[3]} {match[4]}", "%d %b %Y").date()


def _ledger(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table = source.table()
    rows = {name: texts(table[name]) for name in table.column_names}
    definitions = vocabulary("courts", "pending-definition")
    columns: dict[str, dict[str, list[Any]]] = {m: {} for m in _MEASURES.values()}
    values = {
        name: numbers(table[name].combine_chunks(), problems, source.name, name, missing=("",))
        for name in _MEASURES
    }
    vintage_of: dict[str, str] = {}
    empty = 0
    for index in range(table.num_rows):
        where = f"{source.name}, row {index + 2}"
        definition = definitions.get(rows["pending_definition"][index], "")
        if not definition:
            found = rows["pending_definition"][index]
            problems.add("D304", f"{where}, column pending_definition", "unknown definition", found=found)
        vintage = rows["vintage"][index]
        if vintage_of.setdefault(vintage, definition) != definition:
            problems.add("D313", where, f"release {vintage} counts pending cases in two ways", found=definition)
        kind, start, end = _ledger_period(rows["fiscal_year"][index], rows["period"][index], problems, where)
        partial = end != US_FISCAL_YEAR.end(start.year + 1)
        shared = {
            "country": "USA",
            "suppression": "partial" if partial else "none",
            "release": _release(vintage, rows["source"][index]),
            "source": rows["source"][index],
            "confidence": confidence_word(rows["confidence"][index], problems, f"{where}, column confidence"),
        }
        for name, measure in _MEASURES.items():
            value = float(values[name][index])
            if value != value:
                empty += 1
                continue
            stock = measure == "eoir-pending"
            when = {"period": "day", "start": end} if stock else {"period": kind, "start": start}
            own = {"value": value, "category": definition if stock else "all", "end": end}
            if stock:
                own["suppression"] = "none"
            for column, cell in (shared | when | own).items():
                columns[measure].setdefault(column, []).append(cell)
    problems.raise_if_any()
    tables = [figures_of(source, m, "", c) for m, c in columns.items() if c]
    release = max(max(c["release"]) for c in columns.values() if c)
    dropped = (Dropped(source.name, empty, "cells without a figure"),) if empty else ()
    return finish(source, concatenate(tables), release, problems, dropped, _balances(rows, values))


def _balances(rows: dict[str, list[str]], values: dict[str, Any]) -> list[Check]:
    """Compare each year's pending cases with the year before plus what came and less what was completed.

    Only where active and inactive cases are counted: else cases also leave by being put aside. Transfers and
    corrections are not published; they leave at most 3 % of the pending cases.
    """
    checks = []
    at = {
        (rows["vintage"][i], rows["fiscal_year"][i]): i
        for i in range(len(rows["vintage"]))
        if rows["period"][i] == "FY" and "inactive" in rows["pending_definition"][i]
    }
    for (vintage, year), now in sorted(at.items()):
        before = at.get((vintage, str(int(year) - 1)))
        came = values["receipts_new_cases"][now] + values["motions_to_reopen_etc"][now]
        if before is None or came != came:
            continue
        expected = values["pending_end"][before] + came - values["completions"][now]
        found = float(values["pending_end"][now])
        name = f"pending cases of FY{year}, release {vintage}: year before, new cases and completions"
        checks.append(Check(name, float(expected), found, 0.03 * found))
    return checks


def _per_judge(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table = source.table()
    where = source.name
    read = {
        name: numbers(table[name].combine_chunks(), problems, where, name)
        for name in ("completions", "judges_used", "completions_per_judge")
    }
    problems.raise_if_any()
    years = whole_years(table, "fiscal_year", problems, where)
    columns = {
        "period": "fiscal-year",
        "start": [US_FISCAL_YEAR.start(y) for y in years],
        "country": "USA",
        "category": "completions divided by judges on board",
        "value": read["completions_per_judge"],
        "suppression": "approximate",
        "confidence": [
            confidence_word(c, problems, f"{where}, column confidence") for c in texts(table["confidence"])
        ],
        "source": texts(table["source"]),
    }
    release = f"{max(years)}-09"
    checks = [
        Check(f"completions per judge of FY{year}", float(done / judges), float(each), 0.5)
        for year, done, judges, each in zip(
            years, read["completions"], read["judges_used"], read["completions_per_judge"], strict=True
        )
    ]
    figures = figures_of(source, "eoir-completions-per-judge", release, columns)
    return finish(source, figures, release, problems, (), checks)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="eoir-ledger",
        title="EOIR workload ledger",
        measures=("eoir-completions", "eoir-motions", "eoir-new-cases", "eoir-pending"),
        layouts=(_LEDGER,),
        read=_ledger,
    ),
    Importer(
        name="eoir-per-judge",
        title="EOIR completions per judge",
        measures=("eoir-completions-per-judge",),
        layouts=(_PER_JUDGE,),
        read=_per_judge,
    ),
)
"""Importers of the immigration courts."""
