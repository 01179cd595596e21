"""Reading the optional files of a Flee folder: people and their attributes, food, changes, major routes."""

from __future__ import annotations

import itertools
from collections.abc import Collection

import numpy as np

from sojourn.errors import nearest
from sojourn.flee.model import Demographic, FoodSecurity, InitialAgents, Location, LocationChange, Route
from sojourn.flee.reading.cells import integer_in, known_in, long_enough, name_in, number_in
from sojourn.flee.reading.places import checked_kind
from sojourn.flee.reading.sheets import Reading, Row, Sheet, shown

__all__ = [
    "read_demographic",
    "read_food_security",
    "read_initial_agents",
    "read_location_changes",
    "read_major_routes",
]


def read_demographic(sheet: Sheet, attribute: str, names: Collection[str], reading: Reading) -> Demographic:
    """Return one ``demographics_<attribute>.csv``: values in rows, weights by location in columns."""
    rows = [row for row in sheet.rows if any(cell.strip() for cell in row.cells)]
    columns = tuple(cell.strip() for cell in rows[0].cells) if rows else ()
    empty = Demographic(attribute=attribute, values=(), default=np.zeros(0))
    if not rows or columns[0] != attribute or "Default" not in columns:
        reading.error(
            "F136",
            f"{sheet.file}, row 1",
            "the header must name the attribute and Default",
            found=shown(",".join(columns)),
            allowed=f"{attribute},Default,<location>,...",
        )
        return empty
    body = [Row(sheet.file, row.line, row.cells, columns) for row in rows[1:]]
    body = [row for row in body if long_enough(reading, row, 2)]
    values = tuple(name_in(reading, row, 0) for row in body)
    weights = {}
    for column, name in enumerate(columns[1:], 1):
        if not name:
            continue
        if name in weights:
            reading.error("F112", rows[0].where(column), f"{shown(name)} appears twice")
        weights[name] = np.array([number_in(reading, row, column, low=0.0, empty=0.0) for row in body])
        if not weights[name].sum() > 0:
            reading.error("F136", f"{sheet.file}, column {column + 1} ({name})", "no weight above 0")
        if name != "Default" and name not in names:
            said = "matches no location: the column was left out"
            near = nearest(name, names)
            where = rows[0].where(column)
            reading.warn("F216", sheet.file, where, said, found=shown(name), nearest=near)
    return Demographic(
        attribute=attribute,
        values=values,
        default=weights["Default"],
        by_location={name: one for name, one in weights.items() if name in names},
    )


def read_initial_agents(sheet: Sheet, index: dict[str, int], reading: Reading) -> InitialAgents:
    """Return ``agents.csv``: a header row (location, attribute, ...) and a row for each person."""
    rows = [row for row in sheet.rows if not row.is_comment and any(row.cells)]
    if not rows:
        reading.no_rows(sheet, "no header row")
        return InitialAgents(locations=np.zeros(0, dtype=np.int32))
    columns = tuple(cell.strip() for cell in rows[0].cells)
    for column, name in enumerate(columns):
        if name in columns[:column]:
            reading.error("F112", rows[0].where(column), f"{shown(name)} appears twice")
    body = [Row(sheet.file, row.line, row.cells, columns) for row in rows[1:]]
    kept = []
    for row in body:
        if len(row.cells) > len(columns):
            reading.error("F114", row.where(len(columns)), f"{len(row.cells)} cells")
        elif long_enough(reading, row, len(columns)) and _is_placed(reading, row, index):
            kept.append(row)
    codes, values = {}, {}
    for column, name in enumerate(columns[1:], 1):
        texts = np.array([row.cells[column].strip() for row in kept], dtype=np.str_)
        levels, code = np.unique(texts, return_inverse=True)
        codes[name], values[name] = code.astype(np.int32), tuple(str(one) for one in levels)
    where = [index[row.cells[0] if reading.literal else row.cells[0].strip()] for row in kept]
    return InitialAgents(locations=np.array(where, dtype=np.int32), codes=codes, values=values)


def _is_placed(reading: Reading, row: Row, index: dict[str, int]) -> bool:
    if reading.literal and row.cells[0] not in index:
        said = "not in locations.csv: the person was left out, as in Flee"
        reading.warn("F124", row.file, row.where(0), said, found=shown(row.cells[0]))
        return False
    return known_in(reading, row, 0, index) in index


def read_food_security(sheet: Sheet, regions: Collection[str], reading: Reading) -> FoodSecurity | None:
    """Return ``region_attributes_IPC.csv``: days in rows, percent of people short of food by region."""
    if len(sheet.rows) < 2:
        reading.no_rows(sheet, "no day")
        return None
    columns = tuple(cell.strip() for cell in sheet.rows[0].cells)
    for column, name in enumerate(columns[1:], 1):
        if name and name not in regions:
            said = "matches no region of locations.csv"
            reading.warn("F216", sheet.file, sheet.rows[0].where(column), said, found=shown(name))
    rows = [Row(sheet.file, row.line, row.cells, columns) for row in sheet.rows[1:] if any(row.cells)]
    rows = [row for row in rows if long_enough(reading, row, len(columns))]
    days = np.array([number_in(reading, row, 0) for row in rows])
    if (np.diff(days) <= 0).any():
        row = rows[int(np.argmax(np.diff(days) <= 0)) + 1]
        reading.error("F119", row.where(0), "days must rise", found=shown(row.cells[0]))
    used = [column for column, name in enumerate(columns) if column and name]
    percent = [[number_in(reading, row, column, low=0.0, high=100.0) for column in used] for row in rows]
    return FoodSecurity(
        days=days,
        regions=tuple(columns[column] for column in used),
        percent=np.array(percent, dtype=np.float64).reshape(len(rows), len(used)),
    )


def read_location_changes(sheet: Sheet, names: Collection[str], reading: Reading) -> tuple[LocationChange, ...]:
    """Return the rows of ``location_changes.csv``: name, new type, day."""
    changes = []
    for row in sheet.data(("name", "type", "day")):
        if not long_enough(reading, row, 3):
            continue
        changes.append(
            LocationChange(
                name=known_in(reading, row, 0, names),
                type_text=row.cells[1].strip(),
                kind=checked_kind(reading, row, 1),
                day=integer_in(reading, row, 2, low=0),
            )
        )
    return tuple(changes)


def read_major_routes(
    sheet: Sheet, places: tuple[Location, ...], routes: tuple[Route, ...], reading: Reading
) -> tuple[tuple[str, ...], ...]:
    """Return the rows of ``major_routes.csv``: places along a road, each joined to the next.

    With ``flee3`` a row that ends with empty cells ends with an empty name: Flee takes it one way only.
    """
    names = [place.name for place in places]
    joined = {frozenset((route.name1, route.name2)) for route in routes}
    found = []
    for row in sheet.data(()):
        last = max(column for column, cell in enumerate(row.cells) if cell.strip())
        stops = tuple(known_in(reading, row, column, names) for column in range(last + 1))
        if len(stops) < 2:
            reading.error("F113", f"{row.file}, row {row.line}", "a route of one place")
        for column, pair in enumerate(itertools.pairwise(stops), 1):
            if all(stop in names for stop in pair) and frozenset(pair) not in joined:
                found_pair = f"{pair[0]}, {pair[1]}"
                reading.error("F137", row.where(column), "no road joins these", found=found_pair)
        one_way = reading.literal and last + 1 < len(row.cells)
        found.append((*stops, "") if one_way else stops)
    return tuple(found)
