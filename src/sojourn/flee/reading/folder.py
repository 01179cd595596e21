"""Reading a Flee folder, or a scenario file written from one, into a :class:`FleeScenario`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.errors import nearest
from sojourn.flee.model import (
    CampSeries,
    Demographic,
    FleeScenario,
    FoodSecurity,
    InitialAgents,
    Location,
    camps_of_flee,
)
from sojourn.flee.reading.days import read_closures, read_daily, read_period
from sojourn.flee.reading.document import Document, open_document, parse_document
from sojourn.flee.reading.people import (
    read_demographic,
    read_food_security,
    read_initial_agents,
    read_location_changes,
    read_major_routes,
)
from sojourn.flee.reading.places import read_locations, read_routes
from sojourn.flee.reading.registrations import check_series, read_corrections, read_layout
from sojourn.flee.reading.settings import read_settings
from sojourn.flee.reading.sheets import Folder, Reading, Sheet, load_yaml, shown
from sojourn.flee.settings import Settings

__all__ = ["read", "reads"]

_KNOWN = (
    "locations.csv",
    "routes.csv",
    "closures.csv",
    "conflicts.csv",
    "sim_period.csv",
    "registration_corrections.csv",
    "agents.csv",
    "flood_level.csv",
    "region_attributes_IPC.csv",
    "location_changes.csv",
    "major_routes.csv",
)


_DEMOGRAPHICS = re.compile(r"demographics_[^.]+\.csv")


def read(path: str | Path, settings: str | Path | None = None, compat: str | None = None) -> FleeScenario:
    """Read a Flee folder (``input_csv``, ``source_data``, ``simsetting.yml``) or an exported scenario file.

    Faults that need not stop a run are in ``warnings`` of the result, each with the choice made.

    Parameters
    ----------
    path : str or Path
        The folder or file.
    settings : str or Path, optional
        Another settings file to use.
    compat : {"flee3"}, optional
        Parse as Flee 3 does where the two differ.

    Returns
    -------
    FleeScenario
        The scenario, checked.

    Raises
    ------
    FleeError
        With every other fault at once: file, row, column, what was found and what is allowed.
    """
    path = Path(path)
    reading = Reading(literal=compat == "flee3")
    if compat not in (None, "flee3"):
        reading.error("F142", "compat", "not known", found=shown(compat), allowed="None or flee3")
    source: Folder | Document
    if path.is_file() and path.suffix.lower() in (".yml", ".yaml"):
        source = open_document(path, reading)
        compat = compat or source.compat
        reading.literal = compat == "flee3"
    else:
        source = Folder(path, reading)
        if not path.is_dir():
            said = "neither a folder nor a .yml file"
            reading.error("F101", shown(str(path)), said, remedy="give the folder that has input_csv in it")
    reading.raise_if_any()
    return _scenario(source, _settings_document(source, settings, reading), compat, reading)


def reads(text: str) -> FleeScenario:
    """Read the text of a scenario file, as :func:`sojourn.flee.dump` returns it.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    FleeScenario
        The scenario, checked.

    Raises
    ------
    FleeError
        With every fault at once.
    """
    reading = Reading()
    source = parse_document(text, "text", reading)
    reading.literal = source.compat == "flee3"
    reading.raise_if_any()
    return _scenario(source, source.settings, source.compat, reading)


def _scenario(source: Folder | Document, settings: Any, compat: str | None, reading: Reading) -> FleeScenario:
    rules = read_settings(settings, "simsetting.yml", reading)
    scenario = _Parts(source, rules, reading).scenario(compat)
    reading.raise_if_any()
    return replace(scenario, warnings=reading.warnings())


def _settings_document(source: Folder | Document, settings: str | Path | None, reading: Reading) -> Any:
    if settings is not None:
        path = Path(settings)
        folder, name = Folder(path.parent, reading), path.name
    elif isinstance(source, Document):
        return source.settings
    else:
        folder, name = source, "simsetting.yml"
    text = folder.text(name)
    return None if text is None else load_yaml(text, name, reading, version=(1, 1))


class _Parts:
    """The files of one source, read one after the other, each checked against those before it."""

    def __init__(self, source: Folder | Document, settings: Settings, reading: Reading) -> None:
        self.source = source
        self.settings = settings
        self.reading = reading

    def required(self, name: str, named_at: str = "") -> Sheet:
        """Return a sheet; an empty one, with an error recorded, if there is none."""
        return self.source.sheet(name, named_at) or Sheet(name, [], absent=True)

    def optional(self, name: str) -> Sheet | None:
        """Return a sheet if the source has it."""
        return self.source.sheet(name) if self.source.has(name) else None

    def scenario(self, compat: str | None) -> FleeScenario:
        reading, spawn = self.reading, self.settings.spawn
        start, days = read_period(self.required("input_csv/sim_period.csv"), reading)
        places = self.places()
        names = tuple(place.name for place in places)
        camps = tuple(place.name for place in places if place.is_camp)
        if compat == "flee3":
            camps = camps_of_flee(places, self.settings)
        softening = self.settings.move.softening
        routes = read_routes(self.required("input_csv/routes.csv"), names, softening, reading)
        series = self.series(start)
        check_series(series, names, camps, days, spawn.sum_from_camps, reading)
        corrections = self.optional("input_csv/registration_corrections.csv")
        changes = self.location_changes()
        major = self.optional("input_csv/major_routes.csv")
        self.unused_files(series)
        return FleeScenario(
            name=self.source.name,
            start=start,
            days=days,
            locations=places,
            routes=routes,
            closures=read_closures(self.required("input_csv/closures.csv"), places, days, reading),
            conflicts=self.conflicts(names, days),
            series=series,
            corrections=read_corrections(corrections, series, start, reading) if corrections else (),
            settings=self.settings,
            demographics=self.demographics(names),
            initial_agents=self.initial_agents(names),
            flood_levels=self.flood_levels(names, days),
            food_security=self.food_security(places),
            location_changes=read_location_changes(changes, names, reading) if changes else (),
            major_routes=read_major_routes(major, places, routes, reading) if major else (),
            compat=compat,
        )

    def places(self) -> tuple[Location, ...]:
        move = self.settings.move
        free = move.match_camp_ethnicity or move.match_town_ethnicity or move.match_conflict_ethnicity
        sheet = self.required("input_csv/locations.csv")
        return read_locations(sheet, self.reading, free or move.match_camp_religion)

    def series(self, start: date) -> tuple[CampSeries, ...]:
        sheet = self.required("source_data/data_layout.csv")
        return read_layout(
            sheet, start, lambda file, at: self.source.sheet(f"source_data/{file}", at), self.reading
        )

    def floods(self) -> bool:
        return self.settings.spawn.flood_driven_spawn_mode is not None or self.settings.move.flood_rules is not None

    def conflicts(self, names: tuple[str, ...], days: int) -> NDArray[np.float64]:
        name = "input_csv/conflicts.csv"
        if self.floods() and not self.source.has(name):
            return np.zeros((days, len(names)))
        return read_daily(self.required(name), names, days, self.reading)

    def flood_levels(self, names: tuple[str, ...], days: int) -> NDArray[np.float64] | None:
        name = "input_csv/flood_level.csv"
        if not self.floods():
            return None
        return read_daily(self.required(name), names, days, self.reading)

    def demographics(self, names: tuple[str, ...]) -> tuple[Demographic, ...]:
        files = [one for one in self.source.names("input_csv") if _DEMOGRAPHICS.fullmatch(one)]
        # Flee takes the attribute to be what stands between the first two underscores.
        sheets = [(self.required(f"input_csv/{one}"), one.split(".")[0].split("_")[1]) for one in files]
        return tuple(read_demographic(sheet, name, names, self.reading) for sheet, name in sheets)

    def initial_agents(self, names: tuple[str, ...]) -> InitialAgents | None:
        if not self.settings.spawn.read_from_agents_csv_file:
            return None
        index = {name: row for row, name in enumerate(names)}
        return read_initial_agents(self.required("input_csv/agents.csv"), index, self.reading)

    def food_security(self, places: tuple[Location, ...]) -> FoodSecurity | None:
        spawn, move = self.settings.spawn, self.settings.move
        name = "input_csv/region_attributes_IPC.csv"
        needed = spawn.starvation_driven_spawning or move.flee_when_starving or move.avoid_food_deprived_locations
        if not needed and not self.source.has(name):
            return None
        return read_food_security(self.required(name), {place.region for place in places}, self.reading)

    def location_changes(self) -> Sheet | None:
        inside, beside = "input_csv/location_changes.csv", "location_changes.csv"
        if self.reading.literal and isinstance(self.source, Folder):
            if self.source.has(inside):
                said = "not read: Flee looks for it in the directory it is run from"
                self.reading.warn("F205", inside, inside, said)
            return self.optional(beside)
        return self.optional(inside) or self.optional(beside)

    def unused_files(self, series: tuple[CampSeries, ...]) -> None:
        """Warn of CSV files that no rule reads: often a misspelt name."""
        spawn = self.settings.spawn
        used = {file.path for one in series for file in one.files} | {"data_layout.csv"}
        idle = set() if self.floods() else {"flood_level.csv"}
        idle |= set() if spawn.read_from_agents_csv_file else {"agents.csv"}
        for directory in ("input_csv", "source_data"):
            for name in self.source.names(directory):
                known = name in used if directory == "source_data" else name in _KNOWN and name not in idle
                if not name.endswith(".csv") or known or _DEMOGRAPHICS.fullmatch(name):
                    continue
                said = "not read: its rule is off" if name in idle else "not read: nothing names it"
                near = nearest(name, _KNOWN) if directory == "input_csv" and name not in idle else ""
                where = f"{directory}/{name}"
                self.reading.warn("F205", where, where, said, nearest=near)
