"""Workbooks of the DHS Office of Homeland Security Statistics.

*Monthly Tables*: one sheet per table, known by its name and read by its layout (a row of groups over a row of
columns, a row for each fiscal year followed by its months). *Key Homeland Security Metrics*: long sheets of
Border Patrol encounters since October 1999, known by their columns. Every cell of both is rounded to ten.

Source: https://ohss.dhs.gov/topics/immigration/immigration-enforcement/monthly-tables and https://ohss.dhs.gov/khsm
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.errors import Collector, nearest
from sojourn.series.countries import iso3
from sojourn.series.importers.columns import vocabulary
from sojourn.series.importers.figures import concatenate, drop_repeats, figures_of, finish
from sojourn.series.importers.protocol import Check, Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, table_rows

__all__ = ["IMPORTERS"]

_MONTHS = "October November December January February March April May June July August September".split()
_ROUNDING = 10
_NOT_APPLICABLE, _NOT_AVAILABLE = "X", "NA"
_TITLE = re.compile(r"\(([A-Z][a-z]+) (\d{4})\)\s*$")
_YEAR = re.compile(r"(\d{4})( YTD)?")
_CALENDAR = {m: i for i, m in enumerate([*_MONTHS[3:], *_MONTHS[:3]], start=1)}


@dataclass
class _Rows:
    """Figures gathered row by row, and what was left out."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    not_applicable: int = 0

    def add(self, **cells: Any) -> None:
        for name, value in cells.items():
            self.columns.setdefault(name, []).append(value)


def _fiscal_month(year: int, name: str) -> dt.date:
    """Return the first day of a month of a US fiscal year."""
    month = _CALENDAR[name]
    return dt.date(year - (month >= 10), month, 1)


def _label(text: Any) -> str:
    """Return a heading without footnote marks and line breaks."""
    return re.sub(r"\s+", " ", str(text or "")).strip().rstrip("0123456789")


def _month_end(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


@dataclass(frozen=True)
class _Axis:
    """Turns headings into dimensions of a figure; ``part`` is the component that a heading of areas is under."""

    kind: str
    problems: Collector
    where: str

    def read(self, text: Any) -> dict[str, str]:
        """Return the dimensions that a heading stands for; records D304 or D305 when it is unknown."""
        name = _label(text)
        known = vocabulary("ohss", self.kind)
        if self.kind == "nationality":
            code = known.get(name) or iso3(name)
            if not code:
                self.problems.add("D305", self.where, "nationality not in the crosswalk", found=name)
            return {"nationality": code or ALL, "name": "" if code == ALL else name}
        if name not in known:
            near = nearest(name, known)
            self.problems.add("D304", self.where, f"unknown {self.kind}", found=name, nearest=near)
            return {}
        column = {"region": "place", "process": "category"}.get(self.kind, self.kind)
        return {column: known[name]}


def _dimensions(spec: Mapping[str, str], group: dict[str, str], column: dict[str, str]) -> dict[str, str]:
    """Put the dimensions of a sheet, a group of columns and a column together."""
    found = {name: spec[name] for name in ("component", "place", "category")} | {"nationality": ALL, "name": ""}
    area = column.get("area")
    part = group.get("component", ALL)
    both = [d["category"] for d in (group, column) if d.get("category", ALL) != ALL]
    found |= group | {k: v for k, v in column.items() if k != "area"}
    if both:
        found["category"] = "/".join(both)
    if area:
        kind = {"USBP": "sector", "OFO": "field-office"}[part]
        found["place"] = f"{spec['place']}/{area}-{kind}"
    return {"family": ALL, **found}


@dataclass
class _Sheet:
    """One sheet of the Monthly Tables: where its header is, what its columns are."""

    source: SourceFile
    spec: Mapping[str, str]
    problems: Collector
    release: str = ""
    dimensions: list[dict[str, str] | None] = field(default_factory=list)

    @property
    def where(self) -> str:
        return f"{self.source.name}, sheet {self.spec['sheet']}"

    def data(self) -> Iterator[tuple[int, int, bool, str, tuple[Any, ...]]]:
        """Yield (row, fiscal year, to date, month or Total, cells) of every row of figures."""
        above: tuple[Any, ...] = ()
        year, to_date = 0, False
        for number, row in self.source.rows(self.spec["sheet"]):
            if not self.dimensions:
                self._heading(number, row, above)
                above = row
                continue
            month = str(row[1] or "").strip() if len(row) > 1 else ""
            if month != "Total" and month not in _CALENDAR:
                return
            if row[0] is not None:
                match = _YEAR.fullmatch(str(row[0]).strip())
                if not match:
                    spot = f"{self.where}, row {number}, column 1"
                    self.problems.add("D306", spot, "not a fiscal year", found=str(row[0])[:80])
                    return
                year, to_date = int(match[1]), bool(match[2])
            yield number, year, to_date, month, row[2:]

    def _heading(self, number: int, row: tuple[Any, ...], above: tuple[Any, ...]) -> None:
        """Look for the edition in the title and for the row of columns."""
        title = next((_TITLE.search(str(c)) for c in row if isinstance(c, str) and _TITLE.search(c)), None)
        if title and title[1] in _CALENDAR:
            self.release = f"{title[2]}-{_CALENDAR[title[1]]:02d}"
        if [_label(c) for c in row[:2]] != ["Fiscal Year", "Month"]:
            if number > 8:
                self.problems.add("D202", self.where, "no row of columns that begins with Fiscal Year, Month")
                self.problems.raise_if_any()
            return
        group: dict[str, str] = {}
        skipped = False
        for index, cell in enumerate(row[2:], start=2):
            spot = f"{self.where}, row {number}, column {index + 1}"
            if cell is None:
                self.dimensions.append(None)
                continue
            over = above[index] if self.spec["groups"] and index < len(above) else None
            if over is not None:
                group = _Axis(self.spec["groups"], self.problems, spot).read(over)
                skipped = bool(self.spec["skip"]) and self.spec["skip"] in group.values()
            column = _Axis(self.spec["columns"], self.problems, spot).read(cell)
            self.dimensions.append(None if skipped else _dimensions(self.spec, group, column))


def _monthly_sheet(sheet: _Sheet) -> _Rows:
    """Read the figures of a sheet."""
    rows = _Rows()
    last: dict[int, dt.date] = {}
    years: list[tuple[int, bool, int, tuple[Any, ...]]] = []
    for number, year, to_date, month, cells in sheet.data():
        if month == "Total":
            years.append((year, to_date, number, cells))
            continue
        start = _fiscal_month(year, month)
        last[year] = max(start, last.get(year, start))
        _cells(sheet, rows, number, cells, {"period": "month", "start": start, "end": _month_end(start)})
    for year, to_date, number, cells in years:
        start = US_FISCAL_YEAR.start(year)
        end = _month_end(last[year]) if to_date and year in last else US_FISCAL_YEAR.end(year)
        _cells(sheet, rows, number, cells, {"period": "fiscal-year", "start": start, "end": end}, to_date)
    return rows


def _cells(
    sheet: _Sheet,
    rows: _Rows,
    number: int,
    cells: tuple[Any, ...],
    period: dict[str, Any],
    partial: bool = False,
) -> None:
    for index, dimensions in enumerate(sheet.dimensions):
        if dimensions is None:
            continue
        cell = cells[index] if index < len(cells) else None
        if cell == _NOT_APPLICABLE:
            rows.not_applicable += 1
            continue
        missing = cell == _NOT_AVAILABLE
        if not missing and (isinstance(cell, bool) or not isinstance(cell, int | float)):
            spot = f"{sheet.where}, row {number}, column {index + 3}"
            code = "D303" if cell is None else "D301"
            sheet.problems.add(code, spot, "not a number, X or NA", found=str(cell)[:80])
            continue
        suppression = "not-available" if missing else "partial" if partial else "none"
        rows.add(
            **dimensions,
            **period,
            value=float(cell) if isinstance(cell, int | float) else None,
            suppression=suppression,
        )


def _monthly(source: SourceFile) -> Imported:
    """Read the Monthly Tables: every sheet that ``tables/ohss_sheets.csv`` knows."""
    problems = problems_of(source)
    dropped: list[Dropped] = []
    checks: list[Check] = []
    blocks = []
    releases: dict[str, str] = {}
    specs = {spec["sheet"]: spec for spec in table_rows("ohss_sheets.csv")}
    for name in source.sheets:
        if name not in specs:
            dropped.append(Dropped(f"{source.name}, sheet {name}", 0, "not a table of figures that is known"))
            continue
        sheet = _Sheet(source, specs[name], problems)
        rows = _monthly_sheet(sheet)
        problems.raise_if_any()
        releases[name] = sheet.release
        if rows.not_applicable:
            dropped.append(Dropped(sheet.where, rows.not_applicable, "marked X by the publisher: not applicable"))
        if rows.columns:
            checks.append(_years_check(sheet.where, rows))
            columns = {**rows.columns, "country": "USA", "rounding": _ROUNDING}
            blocks.append(figures_of(source, specs[name]["measure"], sheet.release or "1900", columns))
    if len(set(releases.values())) != 1 or not all(releases.values()):
        found = ", ".join(sorted({r or "none" for r in releases.values()}))
        problems.add("D404", source.name, "the titles of the sheets name different editions", found=found)
    problems.raise_if_any()
    table, repeats = drop_repeats(concatenate(blocks), problems, source.name, "repeats a figure of another sheet")
    release = next(iter(releases.values()))
    return finish(source, table, release, problems, [*dropped, *repeats], checks)


def _years_check(where: str, rows: _Rows) -> Check:
    """Compare every fiscal year with the sum of its months; return the comparison that fits worst.

    Each rounded cell can be five off, so that is what the sum may differ per cell. Years of which the publisher
    marks months as not applicable are left out: their totals hold cases of those months all the same.
    """
    columns = rows.columns
    names = [n for n in columns if n not in {"period", "start", "end", "value", "suppression"}]
    months: dict[tuple[Any, ...], list[float]] = {}
    years: dict[tuple[Any, ...], float] = {}
    for index, (period, start, value) in enumerate(
        zip(columns["period"], columns["start"], columns["value"], strict=True)
    ):
        year = US_FISCAL_YEAR.of(start)
        key = (year, *(columns[n][index] for n in names))
        if period == "month":
            months.setdefault(key, []).append(float("nan") if value is None else value)
        elif value is not None:
            years[key] = value
    worst = Check(f"{where}: fiscal years are the sums of their months", 0.0, 0.0)
    excess = -1e9
    most = {year: max(len(p) for k, p in months.items() if k[0] == year) for year in {k[0] for k in months}}
    for key, total in years.items():
        parts = months.get(key, [])
        found, tolerance = sum(parts), _ROUNDING / 2 * (len(parts) + 1)
        if len(parts) == most.get(key[0]) and found == found and abs(found - total) - tolerance > excess:
            excess = abs(found - total) - tolerance
            worst = Check(worst.name, total, found, tolerance)
    return worst


_KHSM = {"Region": "region", "Citizenship": "nationality", "Family Status": "family", "Sector": "area"}


def _long_sheet(
    source: SourceFile, name: str, problems: Collector
) -> tuple[_Rows, dict[int, dt.date], list[tuple[int, dict[str, str], float]]]:
    """Read a long sheet; return its monthly figures, the last month of each year, and its yearly figures."""
    rows = _Rows()
    last: dict[int, dt.date] = {}
    yearly: list[tuple[int, dict[str, str], float]] = []
    header: list[str] = []
    where = f"{source.name}, sheet {name}"
    seen: dict[tuple[str, Any], dict[str, str]] = {}
    for number, row in source.rows(name):
        if not header:
            header = [_label(c) for c in row]
            strange = [h for h in header if h not in _KHSM and h not in ("Fiscal Year", "Month", "Quantity")]
            if strange:
                problems.add("D202", f"{where}, row {number}", "unknown column", found=", ".join(strange)[:80])
                problems.raise_if_any()
            continue
        cells = dict(zip(header, row, strict=False))
        found: dict[str, str] = {"place": ALL, "family": ALL, "nationality": ALL, "name": ""}
        for column, kind in _KHSM.items():
            if column in cells:
                key = (kind, cells[column])
                if key not in seen:
                    spot = f"{where}, row {number}, column {column}"
                    seen[key] = _Axis(kind, problems, spot).read(cells[column])
                found |= seen[key]
        area = found.pop("area", "")
        if area:
            found["place"] = f"{found['place']}/{area}-sector"
        year, value = cells["Fiscal Year"], cells["Quantity"]
        if not isinstance(year, int) or not isinstance(value, int | float):
            problems.add("D301", f"{where}, row {number}", "not a number", found=f"{year}, {value}"[:80])
            continue
        if "Month" not in cells:
            yearly.append((year, found, float(value)))
            continue
        match = re.fullmatch(r"\d\d ([A-Z][a-z]+)", str(cells["Month"]))
        if not match or match[1] not in _CALENDAR:
            problems.add(
                "D306", f"{where}, row {number}, column Month", "not a month", found=str(cells["Month"])[:80]
            )
            continue
        start = _fiscal_month(year, match[1])
        last[year] = max(start, last.get(year, start))
        rows.add(
            **found, period="month", start=start, end=_month_end(start), value=float(value), suppression="none"
        )
    return rows, last, yearly


def _metrics(source: SourceFile) -> Imported:
    """Read the Key Homeland Security Metrics; a fiscal year without September is marked partial."""
    problems = problems_of(source)
    dropped: list[Dropped] = []
    blocks = []
    last: dict[int, dt.date] = {}
    everything: list[tuple[str, _Rows, list[tuple[int, dict[str, str], float]]]] = []
    for name in source.sheets:
        rows, ends, yearly = _long_sheet(source, name, problems)
        problems.raise_if_any()
        if name.endswith(" Sector") and "Rgn" not in name:
            dropped.append(
                Dropped(f"{source.name}, sheet {name}", len(yearly), "repeated with regions in another sheet")
            )
            continue
        for year, end in ends.items():
            last[year] = max(end, last.get(year, end))
        everything.append((name, rows, yearly))
    release = str(max(last.values()))[:7]
    for _, rows, yearly in everything:
        for year, found, value in yearly:
            end = _month_end(last[year]) if year in last else US_FISCAL_YEAR.end(year)
            rows.add(
                **found,
                period="fiscal-year",
                start=US_FISCAL_YEAR.start(year),
                end=end,
                value=value,
                suppression="none" if end == US_FISCAL_YEAR.end(year) else "partial",
            )
        columns = {**rows.columns, "component": "USBP", "country": "USA", "rounding": _ROUNDING}
        blocks.append(figures_of(source, "ohss-usbp-encounters", release, columns))
    table, repeats = drop_repeats(concatenate(blocks), problems, source.name, "repeats a figure of another sheet")
    checks = [_metrics_check(source, everything)]
    return finish(source, table, release, problems, [*dropped, *repeats], checks)


def _metrics_check(
    source: SourceFile, sheets: list[tuple[str, _Rows, list[tuple[int, dict[str, str], float]]]]
) -> Check:
    """Compare the yearly totals of all borders with the sum of their months."""
    name = f"{source.name}: fiscal years are the sums of their months"
    merged = _Rows()
    for sheet, rows, _ in sheets:
        if sheet.endswith(" Count"):
            for column, values in rows.columns.items():
                merged.columns.setdefault(column, []).extend(values)
    return _years_check(name.split(":")[0], merged) if merged.columns else Check(name, 0.0, 0.0)


def _is_monthly(source: SourceFile) -> bool:
    known = {spec["sheet"] for spec in table_rows("ohss_sheets.csv")}
    return len(known & set(source.sheets)) >= 3


def _is_metrics(source: SourceFile) -> bool:
    return {"Annual Citizenship", "Monthly Citizenship", "Monthly Region"} <= set(source.sheets)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="ohss-monthly",
        title="OHSS Monthly Tables",
        measures=tuple(sorted({spec["measure"] for spec in table_rows("ohss_sheets.csv")})),
        recognise=_is_monthly,
        read=_monthly,
    ),
    Importer(
        name="ohss-metrics",
        title="OHSS Key Homeland Security Metrics",
        measures=("ohss-usbp-encounters",),
        recognise=_is_metrics,
        read=_metrics,
    ),
)
"""Importers of the workbooks of OHSS."""
