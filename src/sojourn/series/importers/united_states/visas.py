"""US nonimmigrant visas issued by nationality and class, and refusal rates of B visas.

The months and the fiscal years are separate publications of the State Department; their classes are written
with and without hyphens, and some classes changed names (B-1/B-2 was once B-1,2). Regional and grand totals of
the yearly file are checked against their parts and left out.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import encoded, months, numbers, texts, vocabulary, whole_years
from sojourn.series.importers.figures import add_up_repeats, figures_of, filter_rows, finish
from sojourn.series.importers.protocol import Check, Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import table_rows

__all__ = ["IMPORTERS"]

_MONTHLY = ("date", "nationality", "visa_class", "issuances", "source")
_YEARLY = ("fiscal_year", "nationality", "visa_class", "issuances")
_REFUSALS = ("fiscal_year", "nationality", "rate_percent", "source")
_TOTAL = re.compile(r"(grand )?totals?( for .*)?", re.IGNORECASE)
_TOTAL_CLASSES = ("GRANDTOTAL", "TOTALVISAS")
_UNCLEAR = "no visa class given"
_MONTH_TOLERANCE = 0.005

_Numbers = np.ndarray[Any, np.dtype[np.float64]]


def _classes(column: pa.ChunkedArray) -> pa.Array:
    """Return visa classes in one spelling: without hyphens, old names of the visitor class made B1-B2."""
    codes = encoded(column)
    renamed = vocabulary("visas", "class")
    found = []
    for raw in codes.dictionary.to_pylist():
        plain = re.sub(r"\s+", "", (raw or "").upper()).replace("-", "")
        found.append(renamed.get(plain, plain).replace("/", "-") or _UNCLEAR)
    return pa.DictionaryArray.from_arrays(codes.indices, pa.array(found, pa.string())).cast(pa.string())


def _names(column: pa.ChunkedArray) -> pa.Array:
    """Return nationalities as written, those of visas without one made one."""
    renamed = vocabulary("visas", "nationality")
    codes = encoded(column)
    found = []
    for raw in codes.dictionary.to_pylist():
        plain = re.sub(r"[^a-z]+", "", (raw or "").casefold())
        found.append(renamed.get(plain, raw))
    return pa.DictionaryArray.from_arrays(codes.indices, pa.array(found, pa.string())).cast(pa.string())


def _monthly(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = months(table["date"].combine_chunks(), problems, where, "date", years=(2010, 2035))
    value = numbers(table["issuances"].combine_chunks(), problems, where, "issuances")
    total = np.array([bool(_TOTAL.fullmatch(n)) for n in texts(table["nationality"])])
    checks, notes = _month_totals(start, value, total)
    notes += _limited(table, start, where)
    body = table.filter(pa.array(~total))
    names = _names(body["nationality"])
    columns, merged = add_up_repeats(
        {
            "start": start[~total],
            "nationality": code_names(names, problems, f"{where}, column nationality").cast(pa.string()),
            "name": names,
            "category": _classes(body["visa_class"]),
            "value": value[~total],
        },
        where,
        "the same month, nationality and class under several spellings: added up",
    )
    problems.raise_if_any()
    release = str(start.max())[:7]
    dropped = [Dropped(where, int(total.sum()), "grand totals: checked", float(value[total].sum())), *merged]
    figures = figures_of(source, "visas-issued", release, {**columns, "period": "month", "country": "USA"})
    return finish(source, figures, release, problems, [*dropped, *notes], checks)


def _limited(table: pa.Table, start: np.ndarray[Any, Any], where: str) -> list[Dropped]:
    """Return a note for every month that a source covers in part; it says so in brackets."""
    origin = encoded(table["source"])
    rows = origin.indices.to_numpy(zero_copy_only=False)
    notes = []
    for code, text in enumerate(origin.dictionary.to_pylist()):
        match = re.search(r"\(([^)]*only[^)]*)\)", text or "")
        if match is None:
            continue
        for month in np.unique(start[rows == code]):
            notes.append(Dropped(f"{where}, {str(month)[:7]}", 0, f"not the whole month: {match[1]}"))
    return notes


def _month_totals(
    start: np.ndarray[Any, Any], value: _Numbers, total: np.ndarray[Any, Any]
) -> tuple[list[Check], list[Dropped]]:
    """Compare each month's grand total with the sum of its rows.

    The publisher's totals leave out a few visas without a nationality, and the copy lacks some rows: they agree
    within half a percent, and every difference is noted.
    """
    checks, notes = [], []
    for month in np.unique(start[total]):
        here = start == month
        given, found = float(value[here & total].sum()), float(value[here & ~total].sum())
        name = f"{str(month)[:7]}: nationalities and classes add up to the grand total"
        checks.append(Check(name, given, found, _MONTH_TOLERANCE * given))
        if given != found:
            notes.append(
                Dropped(str(month)[:7], 0, "the grand total differs from the sum of the rows", found - given)
            )
    return checks, notes


def _yearly(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    years = np.array(whole_years(table, "fiscal_year", problems, where), dtype=np.float64)
    value = numbers(table["issuances"].combine_chunks(), problems, where, "issuances")
    problems.raise_if_any()
    written = texts(table["nationality"])
    total = np.array([bool(_TOTAL.fullmatch(n)) for n in written])
    grand = np.array([n.casefold().startswith("grand") for n in written])
    classes = _classes(table["visa_class"])
    summed = np.array([c in _TOTAL_CLASSES for c in classes.to_pylist()])
    checks = _totals(years[~summed], value[~summed], total[~summed], grand[~summed])
    total |= summed
    good = ~total & ~_broken(source, years, classes, value, written)
    kept = filter_rows({"category": classes, "value": value, "year": years}, good)
    names = _names(table["nationality"].filter(pa.array(good)))
    columns, merged = add_up_repeats(
        {
            "start": pa.array([US_FISCAL_YEAR.start(int(y)) for y in kept["year"].to_pylist()]),
            "nationality": code_names(names, problems, f"{where}, column nationality").cast(pa.string()),
            "name": names,
            "category": kept["category"],
            "value": kept["value"],
        },
        where,
        "the same year, nationality and class under several spellings: added up",
    )
    some = pc.greater(columns["value"], 0)
    columns = {name: pc.filter(column, some) for name, column in columns.items()}
    release = f"{int(years.max())}-09"
    dropped = [
        Dropped(where, int(total.sum()), "totals of regions and of classes", float(value[total].sum())),
        *_broken_notes(where, ~total & ~good, value),
        Dropped(where, len(some) - len(columns["value"]), "rows of no visas"),
        *merged,
    ]
    figures = figures_of(
        source, "visas-issued-yearly", release, {**columns, "period": "fiscal-year", "country": "USA"}
    )
    return finish(source, figures, release, problems, dropped, checks)


def _broken(
    source: SourceFile, years: _Numbers, classes: pa.Array, value: _Numbers, written: list[str]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which rows are errors of the publisher that are known: a fraction of a visa in a listed cell."""
    known = {
        (int(e["start"][:4]) + 1, e["name"], e["category"])
        for e in table_rows("known_errors.csv")
        if e["measure"] == "visas-issued-yearly"
    }
    rows = np.zeros(len(value), dtype=bool)
    labels = classes.to_pylist()
    for row in np.flatnonzero(value != np.round(value)):
        rows[row] = (int(years[row]), written[row], labels[row]) in known
    return rows


def _broken_notes(where: str, rows: np.ndarray[Any, Any], value: _Numbers) -> list[Dropped]:
    return [
        Dropped(f"{where}, row {row + 2}", 1, "known error of the publisher: not a whole number", float(value[row]))
        for row in np.flatnonzero(rows)
    ]


def _totals(
    years: _Numbers, value: _Numbers, total: np.ndarray[Any, Any], grand: np.ndarray[Any, Any]
) -> list[Check]:
    """Compare the grand total of each year with the sum of its nationalities."""
    checks = []
    for year in np.unique(years[grand]):
        here = years == year
        checks.append(
            Check(
                f"FY{int(year)}: nationalities add up to the grand total",
                float(value[here & grand].sum()),
                float(value[here & ~total].sum()),
            )
        )
    return checks


def _refusals(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    years = whole_years(table, "fiscal_year", problems, where)
    names = table["nationality"].combine_chunks()
    columns = {
        "period": "fiscal-year",
        "start": [US_FISCAL_YEAR.start(y) for y in years],
        "country": "USA",
        "nationality": code_names(names, problems, f"{where}, column nationality"),
        "name": names,
        "value": numbers(table["rate_percent"].combine_chunks(), problems, where, "rate_percent"),
        "source": texts(table["source"]),
        "confidence": "medium",
    }
    release = f"{max(years)}-09"
    return finish(source, figures_of(source, "visa-b-refusal-rate", release, columns), release, problems)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="visas-month",
        title="Visas issued by month",
        measures=("visas-issued",),
        layouts=(_MONTHLY,),
        read=_monthly,
    ),
    Importer(
        name="visas-year",
        title="Visas issued by fiscal year",
        measures=("visas-issued-yearly",),
        layouts=(_YEARLY,),
        read=_yearly,
    ),
    Importer(
        name="visa-refusals",
        title="B-visa refusal rates",
        measures=("visa-b-refusal-rate",),
        layouts=(_REFUSALS,),
        read=_refusals,
    ),
)
"""Importers of the State Department's visa statistics."""
