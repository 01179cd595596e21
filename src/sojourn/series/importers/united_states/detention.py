"""ICE detention statistics: population, length of stay, book-ins and book-outs by month, and what is detained.

The publisher issues a workbook every two weeks; a copy collects the last word of each on every month
(``latest_vintage``) and the headline figures of every issue by the day their data were drawn. Where two issues
claim the same day with other figures, neither can be dated and both are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.errors import Collector
from sojourn.series.importers.columns import months, numbers, texts, translate
from sojourn.series.importers.figures import concatenate, figures_of, filter_rows, finish
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile

__all__ = ["IMPORTERS"]

_ISSUE = ("fiscal_year", "file_date", "pull_date")
_POPULATION = ("agency", "month", "date", "adp", "adp_fy_ytd", *_ISSUE)
_STAY = ("agency", "month", "date", "avg_stay_length_days", "avg_stay_length_days_fy_ytd", *_ISSUE)
_BOOK_INS = ("arresting_agency", "month", "date", "n_book_ins", "n_book_ins_ytd", *_ISSUE)
_BOOK_OUTS = ("release_reason", "criminality", "month", "date", "n_book_outs", "n_book_outs_ytd", *_ISSUE)
_DETAINED = ("disposition", "fsc_frc", "adult", "total", *_ISSUE)
_REMOVALS = ("removals", *_ISSUE)
_FEAR = ("data_fiscal_year", "fsc", "adult", "total", *_ISSUE)
_MAX_DELAY_DAYS = 60
"""Data are issued within this many days of being drawn; longer gaps are wrong dates. Measured on the files."""


@dataclass(frozen=True)
class _Monthly:
    """A table by month: the column of figures, the columns that split it, and the measure it becomes."""

    layout: tuple[str, ...]
    value: str
    splits: Mapping[str, str]
    measure: str

    def read(self, source: SourceFile) -> Imported:
        problems, table, where = problems_of(source), source.table(), source.name
        start = months(table["date"].combine_chunks(), problems, where, "date", years=(2010, 2049))
        value = numbers(table[self.value].combine_chunks(), problems, where, self.value)
        columns: dict[str, Any] = {"period": "month", "start": start, "country": "USA", "value": value}
        for column, dimension in self.splits.items():
            labels = translate(table, column, f"detention/{column}", problems, where)
            before = columns.get(dimension)
            columns[dimension] = _joined(before, labels) if before else labels
        dropped = []
        if self.measure == "ice-adp":
            columns["value"] = np.round(value)
            dropped.append(Dropped(where, 0, "averages of people rounded to whole people"))
        last = max(texts(table["pull_date"]))
        figures = figures_of(source, self.measure, last, columns)
        return finish(source, figures, last, problems, dropped)


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    return ["/".join(p for p in pair if p != "all") or "all" for pair in zip(first, second, strict=True)]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _drawn(
    table: pa.Table, keys: list[str], value: np.ndarray[Any, Any], problems: Collector, where: str
) -> tuple[np.ndarray[Any, Any], list[dt.date], list[Dropped]]:
    """Return which rows carry a day that can be believed, the days, and what was left out.

    ``keys`` are the labels beside the day that name a figure. A row is left out when it was published before or
    long after its day, when its day is of another fiscal year, or when another row gives the same day and
    labels another figure; a repeated figure counts once.
    """
    days = [_day(d) for d in texts(table["pull_date"])]
    issued = [_day(d) for d in texts(table["file_date"])]
    for row, (day, issue) in enumerate(zip(days, issued, strict=True), start=2):
        if day is None or issue is None:
            problems.add("D306", f"{where}, row {row}, columns file_date and pull_date", "not a date")
    problems.raise_if_any()
    sure = [(d or dt.date.min, i or dt.date.min) for d, i in zip(days, issued, strict=True)]
    years = texts(table["fiscal_year"])
    good = np.array(
        [
            str(US_FISCAL_YEAR.of(d)) == y and 0 <= (i - d).days <= _MAX_DELAY_DAYS
            for (d, i), y in zip(sure, years, strict=True)
        ],
        dtype=bool,
    )
    late = int((~good).sum())
    found: dict[tuple[Any, ...], set[float]] = {}
    for row in np.flatnonzero(good).tolist():
        found.setdefault((sure[row][0], keys[row]), set()).add(float(value[row]))
    apart = repeated = 0
    seen = set()
    for row in np.flatnonzero(good).tolist():
        key = (sure[row][0], keys[row])
        if len(found[key]) > 1 or key in seen:
            good[row] = False
            apart += int(len(found[key]) > 1)
            repeated += int(len(found[key]) == 1)
        seen.add(key)
    notes = (
        (late, "published before, or long after, the day the data are said to be of"),
        (apart, "two issues give the same day other figures"),
        (repeated, "repeats a figure of another issue"),
    )
    return good, [d for d, _ in sure], [Dropped(where, count, why) for count, why in notes if count]


def _detained(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    ground = translate(table, "disposition", "detention/disposition", problems, where)
    adult = numbers(table["adult"].combine_chunks(), problems, where, "adult", missing=("",))
    family = numbers(table["fsc_frc"].combine_chunks(), problems, where, "fsc_frc", missing=("",))
    total = numbers(table["total"].combine_chunks(), problems, where, "total", missing=("",))
    value = np.where(np.isnan(total), adult + np.nan_to_num(family), total)
    good, days, dropped = _drawn(table, ground, value, problems, where)
    columns = {"period": "day", "country": "USA"}
    kept = filter_rows({"start": days, "category": ground, "value": value}, good & ~np.isnan(value))
    last = str(max(kept["start"].to_pylist()))
    return finish(source, figures_of(source, "ice-detained", last, {**columns, **kept}), last, problems, dropped)


def _removals(source: SourceFile) -> Imported:
    """Read the removals of each fiscal year up to the day the data were drawn."""
    problems, table, where = problems_of(source), source.table(), source.name
    value = numbers(table["removals"].combine_chunks(), problems, where, "removals")
    good, days, dropped = _drawn(table, ["all"] * table.num_rows, value, problems, where)
    starts = [dt.date(d.year - (d.month < 10), 10, 1) for d in days]
    kept = filter_rows({"start": starts, "end": days, "value": value}, good)
    kept, falling = _rising(kept)
    if falling:
        dropped.append(Dropped(where, falling, "fewer removals than at an earlier day of the fiscal year"))
    last = str(max(kept["end"].to_pylist()))
    columns = {**kept, "period": "span", "country": "USA"}
    return finish(source, figures_of(source, "ice-removals-to-date", last, columns), last, problems, dropped)


def _rising(columns: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Leave out counts to date that no later one of the year reaches; return the rest and how many went."""
    starts, ends, values = (columns[n].to_pylist() for n in ("start", "end", "value"))
    good = [
        all(v <= w for s2, e2, w in zip(starts, ends, values, strict=True) if s2 == s and e2 > e)
        for s, e, v in zip(starts, ends, values, strict=True)
    ]
    return filter_rows(columns, good), good.count(False)


def _fear(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    blocks = []
    dropped: list[Dropped] = []
    last = ""
    other = [a != b for a, b in zip(texts(table["data_fiscal_year"]), texts(table["fiscal_year"]), strict=True)]
    now = table.filter(pa.array([not o for o in other]))
    for column in ("fsc", "adult", "total"):
        value = numbers(now[column].combine_chunks(), problems, where, column, missing=("",))
        good, days, notes = _drawn(now, ["all"] * now.num_rows, value, problems, where)
        kept = filter_rows({"start": days, "value": value}, good & ~np.isnan(value))
        last = max(last, str(max(kept["start"].to_pylist())))
        dropped = [Dropped(where, sum(other), "figures of an earlier fiscal year, given again"), *notes]
        component = {"fsc": "family-center", "adult": "adult", "total": "all"}[column]
        blocks.append((component, kept))
    tables = [
        figures_of(
            source, "ice-fear-days", last, {**kept, "period": "day", "country": "USA", "component": component}
        )
        for component, kept in blocks
    ]
    return finish(source, concatenate(tables), last, problems, dropped)


_MONTHLY = (
    (
        "detention-population",
        "ICE average daily population",
        _Monthly(_POPULATION, "adp", {"agency": "component"}, "ice-adp"),
    ),
    (
        "detention-stay",
        "ICE length of stay",
        _Monthly(_STAY, "avg_stay_length_days", {"agency": "component"}, "ice-stay-days"),
    ),
    (
        "detention-book-ins",
        "ICE book-ins",
        _Monthly(_BOOK_INS, "n_book_ins", {"arresting_agency": "component"}, "ice-book-ins"),
    ),
    (
        "detention-book-outs",
        "ICE book-outs by reason",
        _Monthly(
            _BOOK_OUTS, "n_book_outs", {"release_reason": "category", "criminality": "category"}, "ice-book-outs"
        ),
    ),
)


IMPORTERS: tuple[Importer, ...] = (
    *(
        Importer(name=name, title=title, measures=(form.measure,), layouts=(form.layout,), read=form.read)
        for name, title, form in _MONTHLY
    ),
    Importer(
        name="detention-detained",
        title="People in ICE detention",
        measures=("ice-detained",),
        layouts=(_DETAINED,),
        read=_detained,
    ),
    Importer(
        name="detention-removals",
        title="ICE removals to date",
        measures=("ice-removals-to-date",),
        layouts=(_REMOVALS,),
        read=_removals,
    ),
    Importer(
        name="detention-fear",
        title="Days to a fear decision in ICE detention",
        measures=("ice-fear-days",),
        layouts=(_FEAR,),
        read=_fear,
    ),
)
"""Importers of ICE's detention statistics."""
