"""Writing a Flee scenario, every value explicit, so that :func:`sojourn.flee.read` reads it back.

As one YAML file, or as a folder of CSV files as Flee reads them.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.days import CLOSURE_COLUMNS
from sojourn.flee.reading.document import FORMAT
from sojourn.flee.reading.places import LOCATION_COLUMNS, ROUTE_COLUMNS
from sojourn.flee.settings import keys_of
from sojourn.writing import write_folder_of, write_text

__all__ = ["digest", "dump", "write", "write_folder"]

Rows = list[list[Any]]


def write(scenario: FleeScenario, path: str | Path) -> None:
    """Write a scenario to a ``.yml`` file; warnings are not part of it.

    Parameters
    ----------
    scenario : FleeScenario
        A Flee folder, read.
    path : str or Path
        The file to write.

    Raises
    ------
    WriteError
        W101 where it cannot be written; what was there is left.
    """
    write_text(path, dump(scenario))


@lru_cache(maxsize=4)  # runs of one scenario often follow one another, and it never changes
def dump(scenario: FleeScenario) -> str:
    """Return a scenario as YAML text: two scenarios are the same if and only if their texts are.

    Parameters
    ----------
    scenario : FleeScenario
        A Flee folder, read.

    Returns
    -------
    str
        YAML text.
    """
    document = {
        "format": FORMAT,
        "name": scenario.name,
        "compat": scenario.compat,
        "settings": settings_mapping(scenario.settings, scenario.compat == "flee3"),
        "input_csv": _input_tables(scenario),
        "source_data": _source_tables(scenario),
    }
    return _yaml(document)


def digest(scenario: FleeScenario) -> str:
    """Return the SHA-256 of a scenario's text, which is equal for scenarios that are the same.

    Parameters
    ----------
    scenario : FleeScenario
        A Flee folder, read.

    Returns
    -------
    str
        Hexadecimal text.
    """
    return hashlib.sha256(dump(scenario).encode()).hexdigest()


def write_folder(scenario: FleeScenario, path: str | Path) -> None:
    """Write a scenario to a new Flee folder: ``input_csv``, ``source_data`` and ``simsetting.yml``.

    Settings that are not given are left out, because Flee takes the presence of some for their use. Whether
    oddities are kept is no part of a folder. It is written beside its place, then renamed.

    Parameters
    ----------
    scenario : FleeScenario
        A Flee folder, read.
    path : str or Path
        The folder to make.

    Raises
    ------
    WriteError
        W101 where something is at ``path`` already, or it cannot be written.
    """
    tables = {"input_csv": _input_tables(scenario), "source_data": _source_tables(scenario)}
    settings = _given(settings_mapping(scenario.settings, scenario.compat == "flee3"))
    texts = {"simsetting.yml": _yaml(settings)}
    for directory, files in tables.items():
        for name, table in files.items():
            stream = io.StringIO()
            csv.writer(stream, lineterminator="\n").writerows(_daily_rows(table) if "runs" in table else table)
            texts[f"{directory}/{name}"] = stream.getvalue()
    write_folder_of(path, texts)


def _yaml(document: dict[str, Any]) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = None
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 10_000
    writer.allow_unicode = True
    text = io.StringIO()
    writer.dump(document, text)
    return text.getvalue()


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without those that have no value."""
    return {
        name: _given(value) if isinstance(value, dict) else value
        for name, value in settings.items()
        if value is not None
    }


def _daily_rows(table: dict[str, Any]) -> Rows:
    """Return a daily table as the rows of its file: a row for each day, a column for each place that has any."""
    values = np.zeros((table["days"], len(table["runs"])))
    for column, spans in enumerate(table["runs"].values()):
        for start, end, value in spans:
            values[start:end, column] = value
    return [["#Day", *table["runs"]], *([day, *map(_short, row)] for day, row in enumerate(values.tolist()))]


def _short(value: float) -> float | int:
    """Return a whole number without its point, as Flee's files have it."""
    return int(value) if value.is_integer() else value


def settings_mapping(section: object, literal: bool) -> dict[str, Any]:
    """Return settings as the mapping of a settings file, every key given."""
    found: dict[str, Any] = {}
    kind: Any = type(section)
    for name, key in keys_of(kind).items():
        value = getattr(section, key.attribute)
        if key.section is not None and value is not None:
            value = settings_mapping(value, literal)
        if literal and name == "camps_are_sinks":
            # Flee, and so a reading that follows it, knows this key by another spelling only.
            found |= {"camps_are_sicks": True} if value else {}
        else:
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _input_tables(scenario: FleeScenario) -> dict[str, Any]:
    days = scenario.days
    tables: dict[str, Any] = {
        "sim_period.csv": [["StartDate", scenario.start], ["Length", days]],
        "locations.csv": _locations(scenario),
        "routes.csv": _routes(scenario),
        "closures.csv": [
            ["#" + CLOSURE_COLUMNS[0], *CLOSURE_COLUMNS[1:]],
            *([one.kind, one.name1, one.name2, one.start, one.end] for one in scenario.closures),
        ],
        "conflicts.csv": _daily(scenario, scenario.conflicts),
        "registration_corrections.csv": [
            [one.name, scenario.start + timedelta(days=one.day)] for one in scenario.corrections
        ],
    }
    for one in scenario.demographics:
        weights = {"Default": one.default, **one.by_location}
        columns = zip(one.values, *(weight.tolist() for weight in weights.values()), strict=True)
        tables[f"demographics_{one.attribute}.csv"] = [[one.attribute, *weights], *map(list, columns)]
    people = scenario.initial_agents
    if people is not None:
        attributes = [np.array(people.values[name], dtype=object)[code] for name, code in people.codes.items()]
        names = (scenario.locations[row].name for row in people.locations)
        columns = zip(names, *attributes, strict=True)
        tables["agents.csv"] = [["location", *people.codes], *map(list, columns)]
    if scenario.flood_levels is not None:
        tables["flood_level.csv"] = _daily(scenario, scenario.flood_levels)
    food = scenario.food_security
    if food is not None:
        lines = zip(food.days.tolist(), food.percent.tolist(), strict=True)
        tables["region_attributes_IPC.csv"] = [["#Day", *food.regions], *([day, *row] for day, row in lines)]
    if scenario.location_changes:
        tables["location_changes.csv"] = [[c.name, c.type_text, c.day] for c in scenario.location_changes]
    if scenario.major_routes:
        tables["major_routes.csv"] = [list(stops) for stops in scenario.major_routes]
    return tables


def _locations(scenario: FleeScenario) -> Rows:
    free = _columns(place.attributes for place in scenario.locations)
    rows: Rows = [["#" + LOCATION_COLUMNS[0], *LOCATION_COLUMNS[1:], *free]]
    for place in scenario.locations:
        people = place.capacity if place.is_camp else place.population
        fixed = [place.name, place.region, place.country, place.gps_x, place.gps_y, place.type_text]
        rows.append([*fixed, place.conflict_date, people, *(place.attributes.get(one, "") for one in free)])
    return rows


def _routes(scenario: FleeScenario) -> Rows:
    free = _columns(route.attributes for route in scenario.routes)
    rows: Rows = [["#" + ROUTE_COLUMNS[0], *ROUTE_COLUMNS[1:], *free]]
    for route in scenario.routes:
        fixed = [route.name1, route.name2, route.distance_km, route.forced_redirection]
        rows.append([*fixed, *(route.attributes.get(one, "") for one in free)])
    return rows


def _columns(attributes: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(name for one in attributes for name in one))


def _daily(scenario: FleeScenario, table: NDArray[np.float64]) -> dict[str, Any]:
    """Return a daily table as runs of equal values; days of 0 are left out."""
    runs = {}
    for place, values in zip(scenario.locations, table.T, strict=True):
        edges = np.flatnonzero(np.diff(values)) + 1
        starts, ends = [0, *edges.tolist()], [*edges.tolist(), len(values)]
        spans = zip(starts, ends, values[starts].tolist(), strict=True)
        found = [[start, end, value] for start, end, value in spans if value != 0.0]
        if found:
            runs[place.name] = found
    return {"days": len(table), "runs": runs}


def _source_tables(scenario: FleeScenario) -> dict[str, Any]:
    layout = [[one.name, *(file.path for file in one.files)] for one in scenario.series]
    tables: dict[str, Any] = {"data_layout.csv": layout}
    for one in scenario.series:
        for file in one.files:
            lines = zip(file.days.tolist(), file.values.tolist(), strict=True)
            tables[file.path] = [[scenario.start + timedelta(days=day), value] for day, value in lines]
    return tables
