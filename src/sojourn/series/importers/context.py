"""What pushes people to leave China, and what was decided when: macro series, policy indexes, dated policies.

The National Bureau of Statistics published no youth unemployment for July to November 2023 and changed its
definition in December 2023; the gap is kept as figures not available and the definition as the category.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.calendar import read_period
from sojourn.errors import Collector
from sojourn.series.importers.columns import confidence_word, months, numbers, texts, translate
from sojourn.series.importers.figures import concatenate, figures_of, finish
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import table_rows

__all__ = ["IMPORTERS", "POLICY_COLUMNS", "read_policies"]

_OXCGRT = (
    "CountryCode",
    "CountryName",
    "RegionCode",
    "RegionName",
    "CityCode",
    "CityName",
    "Jurisdiction",
    "date",
    "value",
    "index",
)
_CONFIDENCE = ("month", "cci", "source")
_YEARS = (2000, 2049)
_YOUTH = "unemp_youth_16_24_pct"
_YOUTH_NEW = np.datetime64("2023-12-01")
"""First month of youth unemployment without students. Source: NBS, 17 January 2024."""

POLICY_COLUMNS = ("date", "date_precision", "actor", "event", "relevance", "source", "confidence")
_RULE_COLUMNS = ("start", "end", "rule", "effect_note", "source", "confidence")


_SERIES = tuple(row["column"] for row in table_rows("china_macro.csv"))
_MACRO = Layout(("month",), optional=_SERIES, one_of=(_SERIES,))


def _macro(source: SourceFile) -> Imported:
    """Read the official Chinese series: a row for each month, a column for each series."""
    problems, table, where = problems_of(source), source.table(), source.name
    known = {row["column"]: row for row in table_rows("china_macro.csv")}
    start = months(table["month"].combine_chunks(), problems, where, "month", years=_YEARS)
    blocks = []
    release = str(start.max())[:7]
    for column in source.header[1:]:
        value = numbers(table[column].combine_chunks(), problems, where, column, missing=("",))
        given = np.flatnonzero(~np.isnan(value))
        if not len(given):
            continue
        rows = np.arange(given[0], given[-1] + 1) if column == _YOUTH else given
        category: Any = known[column]["category"]
        if column == _YOUTH:
            category = np.where(start[rows] < _YOUTH_NEW, "all of ages 16-24", "without students").tolist()
        columns = {
            "period": "month",
            "start": start[rows],
            "country": "CHN",
            "category": category,
            "value": value[rows],
            "suppression": ["not-available" if np.isnan(v) else "none" for v in value[rows]],
            "confidence": "medium",
        }
        blocks.append(figures_of(source, known[column]["measure"], release, columns))
    problems.raise_if_any()
    return finish(source, concatenate(blocks), release, problems)


def _oxcgrt(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    value = numbers(table["value"].combine_chunks(), problems, where, "value", missing=("",))
    start = _days(table, problems, where)
    code = texts(table["CountryCode"])
    national = np.array([j == "NAT_TOTAL" for j in texts(table["Jurisdiction"])])
    index = np.array(translate(table, "index", "context/oxcgrt", problems, where), dtype=object)
    rows = np.flatnonzero(~np.isnan(value) & national)
    columns = {
        "period": "day",
        "start": start[rows],
        "country": [code[r] for r in rows],
        "category": index[rows].tolist(),
        "value": value[rows],
    }
    release = str(start[rows].max()) if len(rows) else "1900"
    dropped = [
        Dropped(where, int((np.isnan(value) & national).sum()), "days without a value"),
        Dropped(where, int((~national).sum()), "regions and cities"),
    ]
    figures = figures_of(source, "oxcgrt-index", release, columns)
    return finish(source, figures, release, problems, [d for d in dropped if d.rows])


def _days(table: pa.Table, problems: Collector, where: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    days = []
    for row, text in enumerate(texts(table["date"]), start=2):
        try:
            days.append(np.datetime64(dt.date.fromisoformat(text)))
        except ValueError:
            problems.add("D306", f"{where}, row {row}, column date", "not a date", found=text[:80])
            days.append(np.datetime64("1900-01-01"))
    return np.array(days, dtype="datetime64[D]")


def _consumers(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = months(table["month"].combine_chunks(), problems, where, "month", years=_YEARS)
    columns = {
        "period": "month",
        "start": start,
        "country": "CHN",
        "value": numbers(table["cci"].combine_chunks(), problems, where, "cci"),
        "source": texts(table["source"]),
        "confidence": "medium",
    }
    release = str(start.max())[:7]
    return finish(source, figures_of(source, "china-confidence", release, columns), release, problems)


def read_policies(path: str | Path) -> list[dict[str, str]]:
    """Return the dated policies and events of a timeline file, in order of date.

    Each has the columns of :data:`POLICY_COLUMNS` and ``end``; a list of rules (start, end, rule) is read into
    the same columns. Raises DataError for a date or a confidence word that is not one, and for a policy
    without a source.
    """
    source = SourceFile(path)
    problems, table = problems_of(source), source.table()
    if source.header == POLICY_COLUMNS:
        renamed = {c: c for c in POLICY_COLUMNS}
    elif source.header == _RULE_COLUMNS:
        renamed = {"date": "start", "end": "end", "event": "rule", "relevance": "effect_note"}
        renamed |= {"source": "source", "confidence": "confidence"}
    else:
        problems.add("D201", source.name, "not a timeline of policies", found=", ".join(source.header)[:200])
        problems.raise_if_any()
        return []
    columns = {ours: texts(table[theirs]) for ours, theirs in renamed.items()}
    found = []
    for index in range(table.num_rows):
        row = {"end": "", "date_precision": "", "actor": "", **{k: v[index] for k, v in columns.items()}}
        where = f"{source.name}, row {index + 2}"
        for name in ("date", "end"):
            if row[name] and not _is_date(row[name]):
                problems.add("D306", f"{where}, column {name}", "not a date", found=row[name])
        confidence_word(row["confidence"], problems, f"{where}, column confidence")
        for name in ("date", "event", "source"):
            if not row[name]:
                problems.add("D303", f"{where}, column {name}", "empty")
        found.append(row)
    problems.raise_if_any()
    return sorted(found, key=lambda r: (r["date"], r["event"]))


def _is_date(text: str) -> bool:
    try:
        period = read_period(text)
    except ValueError:
        return False
    return period is not None and period.kind in ("day", "month", "calendar-year")


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="china-macro",
        title="Official Chinese series",
        measures=tuple(sorted({row["measure"] for row in table_rows("china_macro.csv")})),
        layouts=(_MACRO,),
        read=_macro,
    ),
    Importer(
        name="oxcgrt",
        title="COVID-19 policy indexes",
        measures=("oxcgrt-index",),
        layouts=(_OXCGRT,),
        read=_oxcgrt,
    ),
    Importer(
        name="confidence",
        title="Consumer confidence",
        measures=("china-confidence",),
        layouts=(_CONFIDENCE,),
        read=_consumers,
    ),
)
"""Importers of the context of departures."""
