"""Reading the map of a Flee folder: locations and routes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sojourn.errors import nearest
from sojourn.flee.model import Location, Route
from sojourn.flee.reading.cells import integer_in, known_in, long_enough, name_in, number_in
from sojourn.flee.reading.sheets import Reading, Row, Sheet, shown

__all__ = ["checked_kind", "header", "kind_of", "read_locations", "read_routes"]

LOCATION_COLUMNS = (
    "name",
    "region",
    "country",
    "gps_x",
    "gps_y",
    "location_type",
    "conflict_date",
    "pop/cap",
)
ROUTE_COLUMNS = ("name1", "name2", "distance", "forced_redirection")
_PLACE_NAMES = ("camp", "idpcamp", "conflict_zone", "forwarding_hub", "marker", "flood_zone", "town", "default")
_LONGEST_DAYS = 36525
_ATTRIBUTES: Mapping[str, float] = {
    # highest value; every one of them is a number of 0 or more
    "initial_idps": 1e12,
    "conflict_intensity": 1e6,
    "capacity_per_day": 1e12,
    "deactivation_probability": 1.0,
    "farmer_fraction": 1.0,
    "trade_volume": 1e15,
    "hdi": 1.0,
}
_WHOLE = ("initial_idps", "capacity_per_day")


def kind_of(type_text: str) -> str:
    """Return the kind of a location type as Flee reads it: by the first known word it contains."""
    text = type_text.lower()
    if "camp" in text:
        return "idpcamp" if "idp" in text else "camp"
    for word, kind in (
        ("conflict", "conflict"),
        ("forward", "forward"),
        ("marker", "marker"),
        ("flood_zone", "flood_zone"),
        ("default", "town"),
        ("town", "town"),
    ):
        if word in text:
            return kind
    return "other"


def checked_kind(reading: Reading, row: Row, column: int) -> str:
    """Return the kind of the location type in a cell."""
    text = row.cells[column]
    kind = kind_of(text)
    if kind == "other":
        near = nearest(text.strip().lower(), _PLACE_NAMES)
        if reading.literal:
            said = "not a location type; people leave it with chance 1, as in Flee"
            reading.warn("F123", row.file, row.where(column), said, found=shown(text), nearest=near)
        else:
            reading.error(
                "F123",
                row.where(column),
                "not a location type",
                found=shown(text),
                allowed=", ".join(_PLACE_NAMES),
                nearest=near,
            )
    return kind


def header(
    sheet: Sheet, columns: tuple[str, ...], reading: Reading, aliases: Mapping[str, str]
) -> tuple[tuple[str, ...], list[Row]]:
    """Return the column names of a sheet and its rows of data; check a header row against the reading order."""
    head = _header_row(sheet, columns, aliases)
    if head is None:
        return columns, sheet.data(columns)
    if not head.is_comment:
        said = "the header must start with #, or it is read as a row of data"
        reading.error("F110", head.where(0), said, found=shown(head.cells[0]))
    for position, name in enumerate(_canonical(head, aliases)[: len(columns)]):
        if name in columns and name != columns[position] and not {name, columns[position]} <= _EITHER:
            reading.error(
                "F111",
                head.where(position),
                "columns are read by position, whatever the header says",
                found=shown(head.cells[position]),
                allowed=", ".join(columns),
            )
    extra = tuple(cell.strip() for cell in head.cells[len(columns) :])
    for position, name in enumerate(extra):
        if name and name in extra[:position]:
            reading.error("F112", head.where(len(columns) + position), f"{name} appears twice")
    named = columns + extra
    return named, [row for row in sheet.data(named) if row.line != head.line]


def _canonical(row: Row, aliases: Mapping[str, str]) -> list[str]:
    cells = [cell.strip().lstrip("#").strip().lower() for cell in row.cells]
    return [aliases.get(cell, cell) for cell in cells]


def _header_row(sheet: Sheet, columns: tuple[str, ...], aliases: Mapping[str, str]) -> Row | None:
    """Return the first row at the top that names at least half of the columns."""
    for row in sheet.rows:
        names = _canonical(row, aliases)[: len(columns)]
        matches = sum(name in columns for name in names)
        if matches >= 2 and matches * 2 >= len(names):
            return row
        if not row.is_comment:
            break  # data begin
    return None


_EITHER = {"gps_x", "gps_y"}  # Flee's own files disagree on which comes first
_LOCATION_ALIASES = {
    "latitude": "gps_x",
    "lat": "gps_x",
    "longitude": "gps_y",
    "lon": "gps_y",
    "population": "pop/cap",
    "capacity": "pop/cap",
    "pop": "pop/cap",
    "type": "location_type",
}
_ROUTE_ALIASES = {"distance_km": "distance", "distance (km)": "distance"}


def _attributes(reading: Reading, row: Row, first: int) -> dict[str, str]:
    """Return the free columns of a row that have a value, as written."""
    found = {}
    for column in range(first, len(row.cells)):
        text = row.cells[column].strip()
        if column >= len(row.columns) or not row.columns[column]:
            if text:
                reading.error(
                    "F114",
                    row.where(column),
                    "a value in a column without a name",
                    found=shown(text),
                    remedy="name the column in the header row, which starts with #",
                )
        elif text:
            found[row.columns[column]] = text
    return found


def read_locations(sheet: Sheet, reading: Reading, free_columns: bool) -> tuple[Location, ...]:
    """Return the rows of ``locations.csv``. ``free_columns``: rules read columns of any name (ethnicity)."""
    columns, rows = header(sheet, LOCATION_COLUMNS, reading, _LOCATION_ALIASES)
    if not rows:
        reading.no_rows(sheet, "no location")
    for position, name in enumerate(columns[8:]):
        if name and name not in _ATTRIBUTES and not free_columns:
            where = f"{sheet.file}, column {position + 9} ({name})"
            reading.warn("F207", sheet.file, where, "no rule in use reads this column")
    places: dict[str, Location] = {}
    home = ""
    for row in rows:
        name = name_in(reading, row, 0)
        if name in places:
            reading.error("F122", row.where(0), f"{shown(name)} is defined twice")
        country = row.cells[2].strip() if len(row.cells) > 2 else ""
        home = home or country or "unknown"
        places.setdefault(name, _location(reading, row, name, country or "unknown", home))
    return tuple(places.values())


def _location(reading: Reading, row: Row, name: str, country: str, home: str) -> Location:
    if not long_enough(reading, row, 8):
        row = Row(row.file, row.line, [name, "", "", "", "", "town", "", ""], row.columns)
    type_text = row.cells[5].strip()
    kind = checked_kind(reading, row, 5)
    conflict_date = 0
    if kind == "conflict":
        conflict_date = integer_in(reading, row, 6, low=-_LONGEST_DAYS, high=_LONGEST_DAYS, empty=0)
        kind = "town" if conflict_date > 0 else "conflict"
    people = integer_in(reading, row, 7, low=0, empty=0)
    x, y = number_in(reading, row, 3, empty=0.0), number_in(reading, row, 4, empty=0.0)
    if max(abs(x), abs(y)) > 180 or min(abs(x), abs(y)) > 90:
        found = f"{row.cells[3]}, {row.cells[4]}"
        reading.error("F126", row.where(3), "not degrees of latitude and longitude", found=shown(found))
    for column, one in enumerate(row.columns[8 : len(row.cells)], 8):
        if one in _WHOLE:
            integer_in(reading, row, column, low=0, empty=0)
        elif one in _ATTRIBUTES:
            number_in(reading, row, column, low=0.0, high=_ATTRIBUTES[one], empty=0.0)
    is_camp = kind in ("camp", "idpcamp")
    return Location(
        name=name,
        region=row.cells[1].strip() or "unknown",
        country=country,
        foreign=country != home,
        gps_x=x,
        gps_y=y,
        type_text=type_text,
        kind=kind,
        conflict_date=conflict_date,
        population=0 if is_camp else people,
        capacity=people if is_camp else -1,
        attributes=_attributes(reading, row, 8),
    )


def read_routes(sheet: Sheet, names: Collection[str], softening: float, reading: Reading) -> tuple[Route, ...]:
    """Return the rows of ``routes.csv``; a pair given twice with one length is kept once, unless literal.

    ``softening``: km added to every route, without which none may be of no length.
    """
    columns, rows = header(sheet, ROUTE_COLUMNS, reading, _ROUTE_ALIASES)
    for name in columns[4:]:
        if name == "capacity_per_day" and reading.literal:
            said = f"no rule of Flee reads the column {name}: any number of people set out"
            reading.warn("F207", sheet.file, sheet.file, said)
        elif name and name not in ("max_move_speed", "walk_probability", "capacity_per_day"):
            reading.warn("F207", sheet.file, sheet.file, f"no rule reads the column {shown(name)}")
    routes: list[Route] = []
    seen: dict[frozenset[str], set[float]] = {}
    for row in rows:
        if not long_enough(reading, row, 3):
            continue
        route = _route(reading, row, names, softening)
        lengths = seen.setdefault(frozenset((route.name1, route.name2)), set())
        if lengths and _is_repeat(reading, row, route, lengths):
            continue
        lengths.add(route.distance_km)
        routes.append(route)
    if not rows:
        reading.no_rows(sheet, "no route")
    reached = frozenset().union(*seen)
    for name in names if rows else ():
        if name not in reached:
            said = f"no road reaches {shown(name)}: whoever is there stays"
            reading.warn("F208", sheet.file, sheet.file, said)
    return tuple(routes)


def _route(reading: Reading, row: Row, names: Collection[str], softening: float) -> Route:
    name1, name2 = (known_in(reading, row, column, names) for column in (0, 1))
    if name1 and name1 == name2:
        reading.error("F127", row.where(1), "leads back to the same place", found=shown(name1))
    distance = number_in(reading, row, 2, low=0.0 if softening > 0 else 1e-3, high=50_000.0)
    if distance == 0.0 and softening > 0:
        reading.warn("F210", row.file, row.where(2), "a road of no length was kept: covered at once")
    forced = integer_in(reading, row, 3, low=0, high=2, empty=0)
    if forced:
        twice = "; Flee counts a road marked 1 twice" if forced == 1 else ""
        reading.warn("F211", row.file, row.where(3), f"changes nothing in Flee's rules of movement{twice}")
    attributes = _attributes(reading, row, 4)
    speed, walk, limit = None, 0.0, None
    for column, name in enumerate(row.columns[4 : len(row.cells)], 4):
        if name == "max_move_speed" and row.cells[column].strip():
            speed = number_in(reading, row, column, low=1e-6)
        elif name == "walk_probability":
            walk = number_in(reading, row, column, low=0.0, high=1.0, empty=0.0)
        elif name == "capacity_per_day" and row.cells[column].strip():
            limit = integer_in(reading, row, column, low=0)
    return Route(
        name1=name1,
        name2=name2,
        distance_km=distance,
        forced_redirection=forced,
        max_move_speed=speed,
        walk_probability=walk,
        capacity_per_day=limit,
        attributes=attributes,
    )


def _is_repeat(reading: Reading, row: Row, route: Route, lengths: set[float]) -> bool:
    drop = route.distance_km in lengths and not reading.literal
    said = (
        "left out: the same road was given before"
        if drop
        else "kept: the two places are joined by one more road, and it counts as one more choice"
    )
    reading.warn("F209", row.file, row.where(0), said, found=f"{route.name1}, {route.name2}")
    return drop
