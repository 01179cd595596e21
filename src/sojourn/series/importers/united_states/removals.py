"""Removals from the United States: by citizenship, by flight, and the orders that wait to be carried out.

ICE's own yearly tables and the tables that the University of Washington Center for Human Rights derived from
records released under the Freedom of Information Act; in the latter cells under five are hidden, the removals
are of the fiscal years 2016 to 2019, and the last year ends with August 2019.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.calendar import US_FISCAL_YEAR, Period, read_period
from sojourn.errors import Collector
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import confidence_word, months, numbers, texts, translate, whole_years
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Check, Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL

__all__ = ["IMPORTERS"]

_YEAR = ("citizenship", "fiscal_year", "removals")
_MONTH = ("citizenship", "month", "removals", "suppressed")
_DISPOSITION = ("citizenship", "fiscal_year", "processing_disposition_code", "removals", "suppressed")
_QUANTILES = ("10%", "25%", "50%", "75%", "90%")
_DAYS = ("citizenship", "fiscal_year", "count", "mean", *_QUANTILES)
_HISTORY = ("fiscal_year", "citizenship", "removals", "scope", "source", "confidence")
_FLIGHTS = ("date", "event", "passengers", "notes", "source", "confidence")
_ORDERS = ("date", "country", "noncitizens_with_final_order_not_detained", "source", "confidence")
_COOPERATION = ("date", "status", "number", "countries", "source", "confidence")
_PORTS = ("month", "disposition", "value", "source", "confidence")
_LIFECYCLE = ("cohort", "status_date", "outcome", "share", "group", "source", "confidence")

_UWCHR = ("https://uwchr.github.io/ice-enforce/", dt.date(2019, 8, 31))
"""Address of the derived tables and the last day of their records. Source: their table by month."""


def _sure(table: pa.Table, problems: Collector, where: str) -> list[str]:
    return [confidence_word(c, problems, f"{where}, column confidence") for c in texts(table["confidence"])]


def _people(table: pa.Table, column: str, problems: Collector, where: str) -> dict[str, Any]:
    """Return the nationality and name columns of a column of citizenships."""
    names = table[column].combine_chunks().cast(pa.string())  # forget labels of rows that were taken out
    return {"nationality": code_names(names, problems, f"{where}, column {column}"), "name": texts(table[column])}


def _years(
    table: pa.Table, problems: Collector, where: str, last: dt.date | None = None
) -> tuple[dict[str, Any], list[int]]:
    """Return the period columns of a column of fiscal years; one that ends after ``last`` is partial."""
    years = whole_years(table, "fiscal_year", problems, where)
    ends = [US_FISCAL_YEAR.end(y) for y in years]
    short = [last is not None and y == last.year and e > last for y, e in zip(years, ends, strict=True)]
    return {
        "period": "fiscal-year",
        "start": [US_FISCAL_YEAR.start(y) for y in years],
        "end": [last if s else e for s, e in zip(short, ends, strict=True)],
        "country": "USA",
        "suppression": ["partial" if s else "none" for s in short],
    }, years


def _hidden(table: pa.Table, problems: Collector, where: str) -> tuple[Any, list[str]]:
    """Return the removals and why each is missing; the mark of a hidden cell must fit its emptiness."""
    value = numbers(table["removals"].combine_chunks(), problems, where, "removals", missing=("",))
    marks = texts(table["suppressed"])
    for row, (mark, empty) in enumerate(zip(marks, np.isnan(value), strict=True), start=2):
        if mark not in ("0", "1") or (mark == "1") != bool(empty):
            problems.add("D312", f"{where}, row {row}, column suppressed", "does not fit the cell", found=mark)
    return value, ["suppressed" if m == "1" else "none" for m in marks]


def _by_year(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    periods, years = _years(table, problems, where, _UWCHR[1])
    columns = {
        **periods,
        **_people(table, "citizenship", problems, where),
        "value": numbers(table["removals"].combine_chunks(), problems, where, "removals"),
        "source": _UWCHR[0],
    }
    release = _release(years)
    return finish(source, figures_of(source, "ice-removals", release, columns), release, problems)


def _release(years: list[int]) -> str:
    return str(_UWCHR[1])[:7] if max(years) == _UWCHR[1].year else f"{max(years)}-09"


def _by_month(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = months(table["month"].combine_chunks(), problems, where, "month", years=(2010, 2035))
    value, suppression = _hidden(table, problems, where)
    columns = {
        "period": "month",
        "start": start,
        "country": "USA",
        **_people(table, "citizenship", problems, where),
        "value": value,
        "suppression": suppression,
        "source": _UWCHR[0],
    }
    release = str(start.max())[:7]
    return finish(source, figures_of(source, "ice-removals-monthly", release, columns), release, problems)


def _by_disposition(source: SourceFile) -> Imported:
    """Read removals by disposition; a cell is hidden or of a year not over, so hidden ones of such a year go."""
    problems, table, where = problems_of(source), source.table(), source.name
    periods, years = _years(table, problems, where, _UWCHR[1])
    value, suppression = _hidden(table, problems, where)
    partial = np.array([s == "partial" for s in periods["suppression"]])
    kept = ~(np.isnan(value) & partial)
    columns = {
        **periods,
        **_people(table, "citizenship", problems, where),
        "category": [c or "not recorded" for c in texts(table["processing_disposition_code"])],
        "value": value,
        "suppression": [s if s != "none" else p for s, p in zip(suppression, periods["suppression"], strict=True)],
    }
    release = _release(years)
    figures = figures_of(source, "ice-removals-disposition", release, filter_rows(columns, kept))
    gone = int((~kept).sum())
    dropped = (Dropped(where, gone, "hidden cells of a year that is not over"),) if gone else ()
    return finish(source, figures, release, problems, dropped)


def _days(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    periods, years = _years(table, problems, where, _UWCHR[1])
    shared = {**periods, **_people(table, "citizenship", problems, where)}
    release = _release(years)
    cases = numbers(table["count"].combine_chunks(), problems, where, "count")
    blocks = [figures_of(source, "ice-days-to-removal-cases", release, {**shared, "value": cases})]
    for column in ("mean", *_QUANTILES):
        value = numbers(table[column].combine_chunks(), problems, where, column)
        label = "mean" if column == "mean" else f"{column[:-1]} percent took at most"
        days = {**shared, "category": label, "value": value}
        blocks.append(figures_of(source, "ice-days-to-removal", release, days))
    return finish(source, concatenate(blocks), release, problems)


_ANNUAL = Layout(("citizenship",), each=r"fy(19|20)\d\d")


def _annual(source: SourceFile) -> Imported:
    """Read ICE's annual table: a row for each citizenship, a column for each fiscal year, and a row of totals."""
    problems, table, where = problems_of(source), source.table(), source.name
    total = texts(table["citizenship"]).index("Total") if "Total" in texts(table["citizenship"]) else -1
    rows = pa.array([i for i in range(table.num_rows) if i != total])
    body = table.take(rows)
    people = _people(body, "citizenship", problems, where)
    blocks, checks = [], []
    release = f"{max(source.header[1:])[2:]}-09"
    for column in source.header[1:]:
        value = numbers(table[column].combine_chunks(), problems, where, column)
        if total >= 0:
            checks.append(
                Check(f"{column}: citizenships add up to Total", value[total], np.delete(value, total).sum())
            )
            value = np.delete(value, total)
        year = int(column[2:])
        shared = {"period": "fiscal-year", "start": US_FISCAL_YEAR.start(year), "country": "USA"}
        blocks.append(figures_of(source, "ice-removals", release, {**people, **shared, "value": value}))
    dropped = [Dropped(f"{where}, row {total + 2}", 1, "total of the rows: checked")] if total >= 0 else []
    return finish(source, concatenate(blocks), release, problems, dropped, checks)


def _history(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    periods, years = _years(table, problems, where)
    measure = np.array(translate(table, "scope", "removals/scope", problems, where), dtype=object)
    columns = {
        **periods,
        **_people(table, "citizenship", problems, where),
        "value": numbers(table["removals"].combine_chunks(), problems, where, "removals"),
        "confidence": _sure(table, problems, where),
        "source": texts(table["source"]),
    }
    problems.raise_if_any()
    release = f"{max(years)}-09"
    blocks = []
    for name in sorted(set(measure)):
        blocks.append(figures_of(source, name, release, filter_rows(columns, measure == name)))
    return finish(source, concatenate(blocks), release, problems)


def _dates(table: pa.Table, column: str, problems: Collector, where: str) -> list[Period]:
    found = []
    for row, text in enumerate(texts(table[column]), start=2):
        try:
            period = read_period(text)
        except ValueError:
            period = None
        if period is None:
            problems.add("D306", f"{where}, row {row}, column {column}", "not a date", found=text[:80])
            period = Period("day", dt.date(2000, 1, 1), dt.date(2000, 1, 1))
        found.append(period)
    return found


def _when(periods: list[Period]) -> dict[str, Any]:
    return {
        "period": [p.kind for p in periods],
        "start": [p.start for p in periods],
        "end": [p.end for p in periods],
        "country": "USA",
    }


def _flights(source: SourceFile) -> Imported:
    """Read the removal flights to China; a flight without a count of passengers is one that is not available."""
    problems, table, where = problems_of(source), source.table(), source.name
    periods = _dates(table, "date", problems, where)
    value = numbers(table["passengers"].combine_chunks(), problems, where, "passengers", missing=("",))
    remarks = texts(table["notes"])
    columns = {
        **_when(periods),
        "nationality": "CHN",
        "name": "China",
        "value": value,
        "suppression": [
            "not-available" if np.isnan(v) else "approximate" if "approx" in r else "none"
            for v, r in zip(value, remarks, strict=True)
        ],
        "confidence": _sure(table, problems, where),
        "source": texts(table["source"]),
    }
    release = str(max(p.end for p in periods))[:7]
    return finish(source, figures_of(source, "removal-flight-passengers", release, columns), release, problems)


def _orders(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    periods = _dates(table, "date", problems, where)
    names = texts(table["country"])
    total = [n.upper().startswith("TOTAL") for n in names]
    people = pa.array([None if t else n for n, t in zip(names, total, strict=True)]).fill_null("Other")
    coded = code_names(people, problems, f"{where}, column country").to_pylist()
    sources = texts(table["source"])
    column = _ORDERS[2]
    columns = {
        **_when(periods),
        "nationality": [ALL if t else c for c, t in zip(coded, total, strict=True)],
        "name": ["" if t else n for n, t in zip(names, total, strict=True)],
        "value": numbers(table[column].combine_chunks(), problems, where, column),
        "suppression": ["approximate" if "approx" in s else "none" for s in sources],
        "confidence": _sure(table, problems, where),
        "source": sources,
    }
    release = str(max(p.end for p in periods))
    return finish(source, figures_of(source, "ice-final-orders", release, columns), release, problems)


def _cooperation(source: SourceFile) -> Imported:
    """Read the numbers of uncooperative countries; rows that only name countries are left out."""
    problems, table, where = problems_of(source), source.table(), source.name
    periods = _dates(table, "date", problems, where)
    value = numbers(table["number"].combine_chunks(), problems, where, "number", missing=("",))
    rows = np.flatnonzero(~np.isnan(value))
    part = table.take(pa.array(rows))
    columns = {
        **_when([periods[i] for i in rows]),
        "category": texts(part["status"]),
        "value": value[rows],
        "confidence": _sure(part, problems, where),
        "source": texts(part["source"]),
    }
    release = str(max(p.end for p in periods))[:7]
    named = len(value) - len(rows)
    dropped = [Dropped(where, named, "names countries without a number")] if named else []
    return finish(
        source, figures_of(source, "uncooperative-countries", release, columns), release, problems, dropped
    )


def _ports(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = months(table["month"].combine_chunks(), problems, where, "month", years=(2010, 2035))
    columns = {
        "period": "month",
        "start": start,
        "country": "USA",
        "component": "OFO",
        "place": "southwest",
        "category": translate(table, "disposition", "removals/disposition", problems, where),
        "value": numbers(table["value"].combine_chunks(), problems, where, "value"),
        "confidence": _sure(table, problems, where),
        "source": texts(table["source"]),
    }
    release = str(start.max())[:7]
    return finish(source, figures_of(source, "cbp-ofo-dispositions", release, columns), release, problems)


_COHORT = re.compile(r"(FY)?(\d{4})-(FY)?(\d{4})\b.*")


def _lifecycle(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    periods = []
    for row, text in enumerate(texts(table["cohort"]), start=2):
        match = _COHORT.fullmatch(text)
        if not match:
            problems.add("D306", f"{where}, row {row}, column cohort", "not a cohort of years", found=text[:80])
            continue
        first, last, fiscal = int(match[2]), int(match[4]), bool(match[1])
        start = US_FISCAL_YEAR.start(first) if fiscal else dt.date(first, 1, 1)
        periods.append(Period("span", start, US_FISCAL_YEAR.end(last) if fiscal else dt.date(last, 12, 31)))
    problems.raise_if_any()
    status = texts(table["status_date"])
    columns = {
        **_when(periods),
        "place": "southwest",
        "family": translate(table, "group", "removals/group", problems, where),
        "category": [f"{o}, as of {s}" for o, s in zip(texts(table["outcome"]), status, strict=True)],
        "value": numbers(table["share"].combine_chunks(), problems, where, "share"),
        "confidence": _sure(table, problems, where),
        "source": texts(table["source"]),
    }
    release = max(status)
    return finish(source, figures_of(source, "dhs-lifecycle-share", release, columns), release, problems)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="removals-year",
        title="ICE removals by fiscal year",
        measures=("ice-removals",),
        layouts=(_YEAR,),
        read=_by_year,
    ),
    Importer(
        name="removals-month",
        title="ICE removals by month",
        measures=("ice-removals-monthly",),
        layouts=(_MONTH,),
        read=_by_month,
    ),
    Importer(
        name="removals-disposition",
        title="ICE removals by disposition",
        measures=("ice-removals-disposition",),
        layouts=(_DISPOSITION,),
        read=_by_disposition,
    ),
    Importer(
        name="removals-days",
        title="Days from apprehension to removal",
        measures=("ice-days-to-removal", "ice-days-to-removal-cases"),
        layouts=(_DAYS,),
        read=_days,
    ),
    Importer(
        name="removals-annual",
        title="ICE annual report, removals",
        measures=("ice-removals",),
        layouts=(_ANNUAL,),
        read=_annual,
    ),
    Importer(
        name="removals-history",
        title="Removals by citizenship since 2005",
        measures=("dhs-removals", "ice-removals-history"),
        layouts=(_HISTORY,),
        read=_history,
    ),
    Importer(
        name="removal-flights",
        title="Removal flights to China",
        measures=("removal-flight-passengers",),
        layouts=(_FLIGHTS,),
        read=_flights,
    ),
    Importer(
        name="final-orders",
        title="Final orders not detained",
        measures=("ice-final-orders",),
        layouts=(_ORDERS,),
        read=_orders,
    ),
    Importer(
        name="cooperation",
        title="Uncooperative countries",
        measures=("uncooperative-countries",),
        layouts=(_COOPERATION,),
        read=_cooperation,
    ),
    Importer(
        name="port-dispositions",
        title="Dispositions at ports of entry",
        measures=("cbp-ofo-dispositions",),
        layouts=(_PORTS,),
        read=_ports,
    ),
    Importer(
        name="lifecycle",
        title="Outcomes of cohorts of encounters",
        measures=("dhs-lifecycle-share",),
        layouts=(_LIFECYCLE,),
        read=_lifecycle,
    ),
)
"""Importers of removals and what leads to them."""
