"""Reading what changes by day in a Flee folder: the period, closures, and daily tables of locations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sojourn.calendar import FIRST_DAY, LAST_DAY
from sojourn.errors import nearest
from sojourn.flee.model import Closure, Location
from sojourn.flee.reading.cells import date_in, integer_in, known_in, long_enough, number_in
from sojourn.flee.reading.places import header
from sojourn.flee.reading.sheets import Reading, Row, Sheet, shown

__all__ = ["read_closures", "read_daily", "read_period"]

CLOSURE_COLUMNS = ("closure_type", "name1", "name2", "closure_start", "closure_end")
CLOSURE_KINDS = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")
LONGEST_DAYS = 36525


def read_period(sheet: Sheet, reading: Reading) -> tuple[date, int]:
    """Return the first day and the number of days of ``sim_period.csv``."""
    found: dict[str, Row] = {}
    known = {"startdate": "StartDate", "length": "Length"}
    for row in sheet.data(("key", "value")):
        key = row.cells[0].strip().lower()
        if key not in known:
            reading.warn(
                "F206",
                sheet.file,
                row.where(0),
                "nothing reads this key",
                found=shown(row.cells[0]),
                nearest=nearest(row.cells[0].strip(), known.values()),
            )
        elif key in found:
            reading.error("F121", row.where(0), f"{known[key]} is given twice")
        elif long_enough(reading, row, 2):
            found[key] = row
    start, days = date(2000, 1, 1), 1
    for key, name in known.items():
        if sheet.absent:
            break
        if key not in found:
            reading.error("F121", sheet.file, f"{name} is missing", remedy=f"add a row {name},...")
        elif key == "length":
            days = integer_in(reading, found[key], 1, low=1, high=LONGEST_DAYS)
        else:
            start = date_in(reading, found[key], 1) or start
    if not FIRST_DAY <= start <= LAST_DAY or (LAST_DAY - start).days < days:
        reading.error(
            "F120",
            found["startdate"].where(1) if "startdate" in found else sheet.file,
            "results could not label these days",
            found=f"{days} days from {start}",
            allowed=f"{FIRST_DAY} to {LAST_DAY}",
        )
        start = date(2000, 1, 1)
    return start, max(days, 1)


def read_closures(sheet: Sheet, places: tuple[Location, ...], days: int, reading: Reading) -> tuple[Closure, ...]:
    """Return the rows of ``closures.csv``."""
    _, rows = header(sheet, CLOSURE_COLUMNS, reading, {"type": "closure_type"})
    names = {place.name for place in places}
    countries = {place.country for place in places}
    closures = []
    for row in rows:
        if not long_enough(reading, row, 5):
            continue
        kind = row.cells[0].strip()
        if kind not in CLOSURE_KINDS:
            reading.error(
                "F128",
                row.where(0),
                "not a closure type",
                found=shown(kind),
                allowed=", ".join(CLOSURE_KINDS),
                nearest=nearest(kind, CLOSURE_KINDS),
            )
            continue
        known, code = (countries, "F125") if kind == "country" else (names, "F124")
        name1 = known_in(reading, row, 1, known, code)
        needs_two = kind in ("country", "link", "remove_forced_redirection")
        name2 = known_in(reading, row, 2, known, code) if needs_two else row.cells[2].strip()
        start, end = (integer_in(reading, row, column, low=-1, high=10**9) for column in (3, 4))
        closure = Closure(kind=kind, name1=name1, name2=name2, start=start, end=end)
        _remark(reading, row, closure, days)
        closures.append(closure)
    return tuple(closures)


def _remark(reading: Reading, row: Row, closure: Closure, days: int) -> None:
    """Warn of a closure that does less than it seems to."""
    if closure.kind == "remove_forced_redirection":
        said = "changes nothing in Flee's rules of movement"
        reading.warn("F211", row.file, row.where(0), said)
        return
    if closure.kind in ("location", "camp", "idpcamp") and closure.name2:
        said = f"not read: a {closure.kind} closure is about the first name alone"
        reading.warn("F214", row.file, row.where(2), said, found=shown(closure.name2))
    if closure.kind == "link" and reading.literal:
        reading.warn("F215", row.file, row.where(0), "has no effect, as in Flee")
    if closure.end != -1 and closure.end <= closure.start:
        said = "not after the start: nothing is opened again"
        reading.warn("F212", row.file, row.where(4), said, found=str(closure.end))
    if closure.start >= days:
        said = f"after the run of {days} days: never happens"
        reading.warn("F213", row.file, row.where(3), said, found=str(closure.start))


def read_daily(sheet: Sheet, names: tuple[str, ...], days: int, reading: Reading) -> NDArray[np.float64]:
    """Return a table ``Day,<location>,...`` as ``(day, location) float64``; row k is day k, as in Flee."""
    table = np.zeros((days, len(names)))
    if not sheet.rows:
        reading.no_rows(sheet, "empty")
        return table
    head = sheet.rows[0]
    columns = tuple(cell.strip() for cell in head.cells)
    if all(_is_number(cell) for cell in columns if cell):
        found = shown(",".join(columns))
        reading.error("F110", head.where(0), "the first row must name the locations", found=found)
        return table
    place = {name.strip(): column for column, name in enumerate(names)}
    picked = _daily_columns(reading, Row(sheet.file, head.line, head.cells), columns, place)
    rows = [Row(sheet.file, row.line, row.cells, columns) for row in sheet.rows[1:] if len(row.cells) > 1]
    if len(rows) < days:
        reading.error(
            "F129",
            sheet.file,
            f"{len(rows)} days of data for a run of {days}",
            allowed=f"{days} rows or more",
        )
    rows = _full_rows(reading, rows, columns)
    for day, row in enumerate(rows):
        if row.cells[0].strip() != str(day):
            said = f"rows are days in order, whatever this cell says: taken as day {day}"
            reading.warn("F217", sheet.file, row.where(0), said, found=shown(row.cells[0]))
            break
    if rows and picked:
        full = np.zeros((max(len(rows), days), len(names)))
        full[: len(rows), [place[columns[column]] for column in picked]] = _daily_values(reading, rows, picked)
        return full
    return table


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _daily_columns(reading: Reading, head: Row, columns: tuple[str, ...], place: Mapping[str, int]) -> list[int]:
    picked: dict[str, int] = {}
    for column, name in enumerate(columns[1:], 1):
        if not name:
            continue
        if name in picked:
            reading.error("F112", head.where(column), f"{shown(name)} appears twice")
        elif name in place:
            picked[name] = column
        else:
            said = "matches no location: the column was left out"
            near = nearest(name, place)
            reading.warn("F216", head.file, head.where(column), said, found=shown(name), nearest=near)
    return list(picked.values())


def _full_rows(reading: Reading, rows: list[Row], columns: tuple[str, ...]) -> list[Row]:
    """Return the rows that have a cell for every named column and none beyond."""
    named = 1 + max((column for column, name in enumerate(columns) if name), default=0)
    full = []
    for row in rows:
        if len(row.cells) < named:
            reading.error(
                "F113",
                f"{row.file}, row {row.line}",
                f"{len(row.cells)} cells",
                allowed=f"{named}, one for each column",
            )
        elif any(cell.strip() for cell in row.cells[named:]):
            reading.error(
                "F114",
                row.where(named),
                f"{len(row.cells)} cells, the last ones under no name",
                allowed=f"{named}, one for each column",
            )
        else:
            full.append(row)
    return full


def _daily_values(reading: Reading, rows: list[Row], picked: list[int]) -> NDArray[np.float64]:
    texts = [[row.cells[column] for column in picked] for row in rows]
    try:
        values = np.array(texts, dtype=np.float64)
    except ValueError:
        values = np.full((len(rows), len(picked)), np.nan)
    bad = ~(np.isfinite(values) & (values >= 0.0))
    if not bad.any():
        return values
    for row in (rows[i] for i in np.flatnonzero(bad.any(axis=1))):
        for column in picked:
            number_in(reading, row, column, low=0.0)
    return np.zeros_like(values)
