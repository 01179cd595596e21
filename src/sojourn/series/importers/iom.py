"""Tables that IOM collects: irregular and regular passages by country, and people dead or missing.

The three tables of passages share one layout, so the name of the file says which it is. In the table of exits
the publisher has swapped the country and the nationality; what the columns hold decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from sojourn.errors import Collector
from sojourn.series.codes import refuse
from sojourn.series.importers.columns import country_codes, months, numbers, texts
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish, last_month
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import OTHER, table_rows

__all__ = ["IMPORTERS"]

_PASSAGES = ("t", "geo", "nat", "n")
_DEATHS = ("month", "geo", "route", "cause", "dead_missing", "incidents")
_YEARS = (2010, 2035)

_REPORTERS = frozenset({"ARG", "BOL", "BRA", "COL", "CRI", "ECU", "GTM", "HND", "MEX", "PAN", "PER"})
"""Countries that report their borders to these tables."""

_KINDS = (  # the first word found in the name of the file counts: "irregular" holds "regular"
    ("irregular", "iom-irregular-entries"),
    ("exit", "iom-regular-exits"),
    ("regular_entr", "iom-regular-entries"),
)
_BEFORE = 6


def _measure(source: SourceFile) -> str:
    """Return the measure that the name of a file tells; raises DataError D201 when it tells none."""
    found = [measure for word, measure in _KINDS if word in source.name.lower()]
    if not found:
        raise refuse(
            "D201",
            source.name,
            "three tables have this layout and the name of the file does not say which",
            allowed="a name with irregular, regular_entries or exits",
            remedy="keep the name under which the file was published",
        )
    return found[0]


def _reporting_column(geo: list[str], nat: list[str], problems: Collector, where: str) -> str:
    """Return the name of the column that holds the reporting country: ``geo``, or ``nat`` when swapped."""
    fits = [name for name, column in (("geo", geo), ("nat", nat)) if set(column) <= _REPORTERS]
    if len(fits) == 1:
        return fits[0]
    if len(fits) == 2:
        return "geo" if len(set(geo)) <= len(set(nat)) else "nat"
    strange = sorted(set(geo) - _REPORTERS)
    problems.add(
        "D313",
        f"{where}, columns geo and nat",
        "neither column holds only reporting countries",
        found=", ".join(strange)[:80],
        allowed=", ".join(sorted(_REPORTERS)),
    )
    return "geo"


def _known_errors(
    measure: str, columns: Mapping[str, Any], where: str
) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], list[Dropped]]:
    """Return which rows to keep, and what is dropped as a known error of the publisher.

    An error of ``tables/known_errors.csv`` is dropped only where it shows: the month's total is at least
    ``factor`` times the median of the months before, so a corrected release is read whole.
    """
    start = np.asarray(columns["start"], dtype="datetime64[D]")
    country = np.asarray(columns["country"], dtype=object)
    value = np.nan_to_num(np.asarray(columns["value"], dtype=np.float64))
    good = np.ones(len(start), dtype=bool)
    dropped: list[Dropped] = []
    for error in (e for e in table_rows("known_errors.csv") if e["measure"] == measure):
        first, last = dt.date.fromisoformat(error["start"]), dt.date.fromisoformat(error["end"])
        here = country == error["country"]
        earlier = np.unique(start[here & (start < np.datetime64(first))])[-_BEFORE:]
        usual = float(np.median([value[here & (start == m)].sum() for m in earlier])) if len(earlier) else 0.0
        for month in np.unique(start[here & (start >= np.datetime64(first)) & (start <= np.datetime64(last))]):
            rows = here & (start == month)
            total = float(value[rows].sum())
            if usual and total >= float(error["factor"]) * usual:
                good &= ~rows
                spot = f"{where}, {error['country']} {str(month)[:7]}"
                dropped.append(Dropped(spot, int(rows.sum()), error["reason"], total))
    return good, dropped


def _passages(source: SourceFile) -> Imported:
    measure = _measure(source)
    problems = problems_of(source)
    table = source.table()
    where = source.name
    reporter = _reporting_column(texts(table["geo"]), texts(table["nat"]), problems, where)
    people = "nat" if reporter == "geo" else "geo"
    start = months(table["t"].combine_chunks(), problems, where, "t", years=_YEARS)
    columns: dict[str, Any] = {
        "start": start,
        "country": country_codes(table[reporter], problems, where),
        "nationality": country_codes(table[people], problems, where, empty=OTHER),
        "name": texts(table[people]),
        "value": numbers(table["n"].combine_chunks(), problems, where, "n", missing=("",)),
    }
    problems.raise_if_any()
    empty = np.isnan(columns["value"])
    good, dropped = _known_errors(measure, columns, where)
    if empty.any():
        dropped.append(Dropped(where, int(empty.sum()), "rows without a value"))
    if reporter == "nat":
        dropped.append(Dropped(where, 0, "columns geo and nat were swapped by the publisher: read as swapped"))
    kept = filter_rows(columns, good & ~empty)
    release = last_month(start)
    figures = figures_of(source, measure, release, {**kept, "period": "month"})
    return finish(source, figures, release, problems, dropped)


def _deaths(source: SourceFile) -> Imported:
    problems = problems_of(source)
    table = source.table()
    where = source.name
    start = months(table["month"].combine_chunks(), problems, where, "month", years=(2010, 2035))
    shared = {
        "period": "month",
        "start": start,
        "country": country_codes(table["geo"], problems, where),
        "category": [
            f"{route}/{cause.replace('/', ' ')}"
            for route, cause in zip(texts(table["route"]), texts(table["cause"]), strict=True)
        ],
    }
    dead = numbers(table["dead_missing"].combine_chunks(), problems, where, "dead_missing")
    incidents = numbers(table["incidents"].combine_chunks(), problems, where, "incidents")
    problems.raise_if_any()
    release = last_month(start)
    figures = concatenate(
        [
            figures_of(source, "iom-deaths", release, {**shared, "value": dead, "suppression": "at-least"}),
            figures_of(source, "iom-incidents", release, {**shared, "value": incidents, "suppression": "at-least"}),
        ]
    )
    return finish(source, figures, release, problems)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="iom-passages",
        title="IOM entries and exits",
        measures=("iom-irregular-entries", "iom-regular-entries", "iom-regular-exits"),
        layouts=(_PASSAGES,),
        read=_passages,
    ),
    Importer(
        name="iom-missing",
        title="IOM Missing Migrants",
        measures=("iom-deaths", "iom-incidents"),
        layouts=(_DEATHS,),
        read=_deaths,
    ),
)
"""Importers of the tables that IOM collects."""
