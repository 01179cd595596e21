"""Single figures quoted from reports and web pages, each with its period, source and confidence.

Such files hold one labelled figure a row. ``tables/quoted_figures.csv`` says which measure a label stands for; a
label that is not there is refused. The figure keeps the source and the word of confidence of its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from sojourn.calendar import Period, read_period
from sojourn.errors import nearest
from sojourn.series.countries import iso3
from sojourn.series.importers.columns import confidence_word, texts
from sojourn.series.importers.figures import concatenate, figures_of, finish
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, table_rows

__all__ = ["IMPORTERS"]

_LAYOUTS = (
    ("period", "measure", "value", "source", "confidence"),
    ("period", "measure", "value", "unit", "source", "confidence"),
    ("period", "measure", "nationality", "value", "unit", "source", "confidence"),
    ("period", "nationality", "measure", "value", "source", "confidence"),
    ("date_or_fy", "measure", "value", "unit", "source", "confidence"),
    ("metric", "period", "value", "unit", "source", "confidence"),
)
_APPROXIMATE = re.compile(r"\bapprox\b|\babout\b", re.IGNORECASE)
_AT_LEAST = re.compile(r"\bmore than\b|\bover\)|\bat least\b", re.IGNORECASE)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _label(text: str, known: Mapping[str, Mapping[str, str]]) -> tuple[Mapping[str, str] | None, str]:
    """Return what a label means and its nationality; ``docket, Mexico`` is ``docket, *`` of Mexico."""
    if text in known:
        return known[text], known[text]["nationality"]
    head, _, country = text.rpartition(", ")
    meant = known.get(f"{head}, *")
    return (meant, iso3(country)) if meant and iso3(country) else (None, "")


def _values(text: str) -> list[tuple[str, float]]:
    """Return the figures of a cell: one, or the low and the high end of a range."""
    if _NUMBER.fullmatch(text):
        return [("", float(text))]
    if match := _RANGE.fullmatch(text):
        return [("low", float(match[1])), ("high", float(match[2]))]
    return []


def _suppression(*remarks: str) -> str:
    text = " ".join(remarks)
    return "at-least" if _AT_LEAST.search(text) else "approximate" if _APPROXIMATE.search(text) else "none"


class _Gathered:
    """The figures of one file, gathered by measure."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.problems = problems_of(source)
        self.known = {row["label"]: row for row in table_rows("quoted_figures.csv")}
        self.columns: dict[str, dict[str, list[Any]]] = {}
        self.dropped: list[Dropped] = []
        self.ends: list[tuple[bool, str]] = []

    def row(self, number: int, cells: Mapping[str, str]) -> None:
        where = f"{self.source.name}, row {number}"
        label = cells.get("measure") or cells.get("metric", "")
        meant, nationality = _label(label, self.known)
        if meant is None:
            near = nearest(label, self.known)
            self.problems.add("D304", f"{where}, column measure", "unknown label", found=label, nearest=near)
            return
        if not meant["measure"]:
            self.dropped.append(Dropped(where, 1, f"repeats a figure of another file: {label}"))
            return
        name = cells.get("nationality", "all")
        if name != "all":
            nationality = iso3(name)
            if not nationality:
                spot = f"{where}, column nationality"
                self.problems.add("D305", spot, "nationality not in the crosswalk", found=name)
        if not cells["value"]:
            self.dropped.append(Dropped(where, 1, "no figure"))
            return
        written = cells.get("period") or cells.get("date_or_fy", "")
        period = self._period(written, where)
        values = _values(cells["value"])
        if not values:
            self.problems.add("D301", f"{where}, column value", "not a number", found=cells["value"][:80])
        sure = confidence_word(cells["confidence"], self.problems, f"{where}, column confidence")
        if period is None or not values:
            return
        moment = period.moment(meant["when"])
        self.ends.append((moment.kind != "calendar-year", str(moment.end)))
        remarks = _suppression(label, cells.get("unit", ""), cells["source"])
        for end, value in values:
            self._add(meant, moment, value, end, (nationality, name, sure, remarks, cells["source"]))

    def _period(self, written: str, where: str) -> Period | None:
        try:
            period = read_period(written)
        except (ValueError, KeyError):
            self.problems.add("D306", f"{where}, column period", "not a date", found=written)
            return None
        if period is None and written.endswith("to date"):
            self.dropped.append(Dropped(where, 1, f"the end of the period {written!r} is not given"))
        elif period is None:
            self.problems.add("D306", f"{where}, column period", "not a period", found=written)
        return period

    def _add(
        self,
        meant: Mapping[str, str],
        period: Period,
        value: float,
        end: str,
        labels: tuple[str, str, str, str, str],
    ) -> None:
        nationality, name, sure, suppression, source = labels
        category = meant["category"] if not end else f"{meant['category']}, {end}".removeprefix("all, ")
        row = {
            "component": meant["component"],
            "nationality": nationality or ALL,
            "name": "" if name == "all" else name,
            "family": meant["family"],
            "category": category,
            "period": period.kind,
            "start": period.start,
            "end": period.end,
            "value": value * float(meant["scale"]),
            "confidence": sure,
            "suppression": suppression,
            "source": source,
        }
        columns = self.columns.setdefault(meant["measure"], {})
        for column, cell in row.items():
            columns.setdefault(column, []).append(cell)

    def tables(self, release: str) -> list[pa.Table]:
        return [figures_of(self.source, m, release, c) for m, c in sorted(self.columns.items())]


def _read(source: SourceFile) -> Imported:
    gathered = _Gathered(source)
    table = source.table()
    columns = {name: texts(table[name]) for name in table.column_names}
    for index in range(table.num_rows):
        gathered.row(index + 2, {name: column[index] for name, column in columns.items()})
    gathered.problems.raise_if_any()
    if not gathered.ends:
        gathered.problems.add("D206", source.name, "no figures in the file")
        gathered.problems.raise_if_any()
    release = max(gathered.ends)[1][
        :7
    ]  # a whole year ("2026, undated") dates the file only where nothing else does
    return finish(source, concatenate(gathered.tables(release)), release, gathered.problems, gathered.dropped)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="quoted-figures",
        title="Single figures quoted from reports",
        measures=tuple(sorted({row["measure"] for row in table_rows("quoted_figures.csv") if row["measure"]})),
        layouts=_LAYOUTS,
        read=_read,
    ),
)
"""The importer of single figures."""
