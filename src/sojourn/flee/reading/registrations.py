"""Reading the registrations of a Flee folder: the layout, the series, and their corrections."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import numpy as np

from sojourn.errors import nearest
from sojourn.flee.model import CampSeries, Correction, DataFile
from sojourn.flee.reading.cells import date_in, integer_in, known_in, long_enough, name_in
from sojourn.flee.reading.sheets import Reading, Row, Sheet, shown
from sojourn.flee.registrations import corrected, series_rows

__all__ = ["check_series", "read_corrections", "read_layout"]

Opener = Callable[[str, str], Sheet | None]
"""Opens a file of ``source_data`` by name; the second argument is where the name was found."""


def read_layout(sheet: Sheet, start: date, opened: Opener, reading: Reading) -> tuple[CampSeries, ...]:
    """Return the series named in ``data_layout.csv``, with the rows of their files."""
    found: dict[str, CampSeries] = {}
    for row in sheet.data(("name", "file")):
        if len(row.cells) < 2:
            said = "a row without a file was left out, as Flee does"
            reading.warn("F204", sheet.file, row.where(0), said, found=shown(row.cells[0]))
            continue
        name = name_in(reading, row, 0)
        if name in found:
            reading.error("F130", row.where(0), f"{shown(name)} appears twice")
        files = []
        for column in range(1, len(row.cells)):
            file = row.cells[column].strip()
            if not file and column > 1:
                reading.warn("F204", sheet.file, row.where(column), "an empty file name was left out")
                continue
            one = opened(name_in(reading, row, column).strip(), row.where(column)) if file else None
            if not file:
                reading.error("F116", row.where(column), "no file name")
            if one is not None:
                files.append(_series(one, file, start, reading))
        found.setdefault(name, CampSeries(name=name, files=tuple(files)))
    if not found:
        reading.no_rows(sheet, "no series")
    return tuple(found.values())


def _series(sheet: Sheet, path: str, start: date, reading: Reading) -> DataFile:
    """Return the rows of one file of dates and counts."""
    days: list[int] = []
    values: list[int] = []
    for place, row in enumerate(sheet.rows):
        row = Row(sheet.file, row.line, row.cells, ("date", "count"))
        if row.is_comment or not any(row.cells):
            continue
        if place == 0 and row.cells[0].strip() in ("Date", "DateTime", ""):
            continue
        if len(row.cells) < 2 or not row.cells[1].strip():
            reading.warn("F204", sheet.file, row.where(1), "a date without a count was left out")
            continue
        if any(cell.strip() for cell in row.cells[2:]) and not row.cells[2].strip().startswith("#"):
            reading.warn("F203", sheet.file, row.where(2), "cells after the second were not read")
        day = date_in(reading, row, 0)
        values.append(integer_in(reading, row, 1, low=0))
        days.append((day - start).days if day else (days[-1] + 1 if days else 0))
    if not days:
        reading.no_rows(sheet, "no date with a count")
        days, values = [0], [0]
    return DataFile(
        path=path,
        days=np.array(days, dtype=np.int64),
        values=np.array(values, dtype=np.int64),
    )


def check_series(
    series: tuple[CampSeries, ...],
    places: Collection[str],
    camps: Collection[str],
    days: int,
    sum_from_camps: bool,
    reading: Reading,
) -> None:
    """Record what is missing from the series, unsorted in them, or beside the map."""
    file = "source_data/data_layout.csv"
    names = [one.name for one in series]
    for camp in camps:
        if camp in names:
            continue
        near = nearest(camp, [name for name in names if name not in places])
        if reading.literal:
            reading.error("F132", file, "a camp without a series", found=shown(camp), nearest=near)
        else:
            said = "a camp without a series: nobody is taken to be registered there"
            reading.warn("F132", file, file, said, found=shown(camp), nearest=near)
    if "total" not in names and not sum_from_camps:
        said = "sum_from_camps is off, but no series is named total"
        reading.error("F131", file, said, nearest=nearest("total", names))
    elif names and names[0] != "total":
        said = "the first series is not total"
        if reading.literal:
            said += "; as in Flee, it is left out of the daily change all the same"
        reading.warn("F218", file, file, said, found=shown(names[0]))
    for one in series:
        _remark_place(one, places, camps, reading)
        for part in one.files:
            _remark_rows(part, days, reading)


def _remark_place(one: CampSeries, places: Collection[str], camps: Collection[str], reading: Reading) -> None:
    file = "source_data/data_layout.csv"
    if one.name == "total":
        return
    if one.name not in places:
        choice = "its changes count as departures, as in Flee" if reading.literal else "left out of departures"
        near = nearest(one.name, places)
        said = f"a series of no location: {choice}"
        reading.warn("F219", file, file, said, found=shown(one.name), nearest=near)
    elif one.name not in camps:
        said = "a series of a place that is not a camp: its changes count as departures, and nothing else"
        reading.warn("F220", file, file, said, found=shown(one.name))


def _remark_rows(part: DataFile, days: int, reading: Reading) -> None:
    file = f"source_data/{part.path}"
    steps = np.diff(part.days)
    if (steps < 0).any():
        late = int(np.argmax(steps < 0)) + 1
        choice = "kept in file order, as Flee does" if reading.literal else "sorted by date"
        said = f"{int((steps < 0).sum())} dates are earlier than the row before; rows were {choice}"
        reading.warn("F221", file, f"{file}, series row {late + 1}", said)
    _, counts = np.unique(part.days, return_counts=True)
    if (counts > 1).any():
        said = f"{int((counts > 1).sum())} dates have two rows or more; the last counts"
        reading.warn("F222", file, file, said)
    if part.days[0] > 0:
        said = f"starts on day {int(part.days[0])}; the first value stands for the days before"
        reading.warn("F223", file, file, said)
    if part.days.max() < days - 1:
        said = f"ends on day {int(part.days.max())} of {days}; the last value stands for the days after"
        reading.warn("F224", file, file, said)


def read_corrections(
    sheet: Sheet, series: tuple[CampSeries, ...], start: date, reading: Reading
) -> tuple[Correction, ...]:
    """Return the rows of ``registration_corrections.csv``; each needs a row on its date, and one before it."""
    rows = {one.name: series_rows(one, 1, reading.literal) for one in series if one.files}
    found = []
    for row in sheet.data(("name", "date")):
        if not long_enough(reading, row, 2):
            continue
        name = known_in(reading, row, 0, [one.name for one in series], "F133")
        day = date_in(reading, row, 1)
        if day is None or name not in rows:
            continue
        offset = (day - start).days
        if offset < 0:
            reading.warn("F225", sheet.file, row.where(1), "before the run: ignored, as in Flee")
        else:
            days, values = rows[name]
            hits = np.flatnonzero(days == offset)
            if not (hits > 0).any():
                said = "no row of the series has this date, or it is the first"
                reading.error("F134", row.where(1), said, found=row.cells[1].strip())
                continue
            if (values[hits[hits > 0] - 1] < 1).any():
                said = "nobody was registered on the date before: there is nothing to scale"
                reading.error("F135", row.where(1), said, found=row.cells[1].strip())
                continue
            rows[name] = corrected(rows[name], offset)
        found.append(Correction(name=name, day=offset))
    return tuple(found)
