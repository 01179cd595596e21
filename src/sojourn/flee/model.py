"""A Flee folder as plain frozen data: what was written, checked, at full size, in file order.

Nothing here is scaled down, interpolated or corrected: populations, capacities and camp counts are those of
the files. ``settings.hasten`` is applied where a simulation is compiled, and :mod:`sojourn.flee.table` turns
the camp series into daily numbers. Locations are referred to by name; ``scenario.index`` gives their row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sojourn.errors import Problem
from sojourn.flee.settings import Settings
from sojourn.verbs import bind

if TYPE_CHECKING:
    from sojourn.flee.simulation import compile_model as _compile
    from sojourn.flee.simulation import simulate as _simulate
    from sojourn.flee.write import digest as _digest
    from sojourn.report import card as _card

__all__ = [
    "CAMP_CHANCE",
    "LOCATION_KINDS",
    "CampSeries",
    "Closure",
    "Correction",
    "DataFile",
    "Demographic",
    "FleeScenario",
    "FoodSecurity",
    "InitialAgents",
    "Location",
    "LocationChange",
    "Route",
    "camps_of_flee",
]

LOCATION_KINDS = ("camp", "idpcamp", "conflict", "forward", "marker", "flood_zone", "town", "other")
"""What a location starts as. ``idpcamp`` is a camp too; ``other`` is a type Flee does not know (chance 1)."""


@dataclass(frozen=True, kw_only=True)
class Location:
    """One row of ``locations.csv``.

    ``kind`` is one of :data:`LOCATION_KINDS`, at the start: a conflict zone whose date is later than day 0 is
    a ``town`` (``conflicts.csv`` starts it). ``type_text`` is the type as written. ``population`` is 0 for
    camps and ``capacity`` is -1 (none) for everything else. ``attributes`` holds the free columns as written.
    """

    name: str
    region: str
    country: str
    foreign: bool
    gps_x: float
    gps_y: float
    type_text: str
    kind: str
    conflict_date: int
    population: int
    capacity: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_camp(self) -> bool:
        """Whether it is given as a camp, inside the country or abroad: its number is a capacity."""
        return self.kind in ("camp", "idpcamp")

    @property
    def initial_idps(self) -> int:
        """People displaced inside the country who are there at the start, besides those registered."""
        return int(float(self.attributes.get("initial_idps") or 0))

    @property
    def capacity_per_day(self) -> int:
        """Room that is built each day."""
        return int(float(self.attributes.get("capacity_per_day") or 0))


CAMP_CHANCE = 0.005
"""Flee makes every place with a chance of leaving below this a camp, flood zones aside. Source: Flee 3."""


def camps_of_flee(places: tuple[Location, ...], settings: Settings) -> tuple[str, ...]:
    """Return the names of the locations that Flee takes for camps at the start.

    Besides camps these are places that people hardly ever leave, and all places where floods displace people.

    Source: Flee 3, camp names.
    """
    if settings.spawn.flood_driven_spawn_mode is not None:
        return tuple(place.name for place in places)
    chances = {"town": settings.move.default_movechance, "conflict": settings.move.conflict_movechance}
    return tuple(p.name for p in places if p.is_camp or chances.get(p.kind, 1.0) < CAMP_CHANCE)


@dataclass(frozen=True, kw_only=True)
class Route:
    """One row of ``routes.csv``: a road in both directions.

    ``forced_redirection`` is 0, 1 or 2 as written (1 counts the road twice in Flee). ``max_move_speed`` in km
    a day, None for the general one; ``walk_probability`` in [0, 1]; ``capacity_per_day``: people who can set out
    on it in a day, each way, None for any number (Flee has no such limit).
    """

    name1: str
    name2: str
    distance_km: float
    forced_redirection: int = 0
    max_move_speed: float | None = None
    walk_probability: float = 0.0
    capacity_per_day: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Closure:
    """One row of ``closures.csv``.

    ``kind``: country, location, link, camp, idpcamp or remove_forced_redirection. The closing happens on day
    index ``start``, the opening on day index ``end``; one that lies outside the run never happens.
    """

    kind: str
    name1: str
    name2: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One row of ``registration_corrections.csv``; ``day`` counts from the start date and may be negative."""

    name: str
    day: int


@dataclass(frozen=True, kw_only=True, eq=False)
class DataFile:
    """One file of ``source_data``, rows in file order.

    ``days``: ``(row) int64, days since the start date``; ``values``: ``(row) int64, persons``.
    """

    path: str
    days: NDArray[np.int64]
    values: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class CampSeries:
    """One row of ``data_layout.csv``: a name (a camp, ``total``, or neither) and files that are added up."""

    name: str
    files: tuple[DataFile, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Demographic:
    """One ``demographics_<attribute>.csv``: weights of the attribute's values, by location or by default.

    ``default``: ``(value) float64, weight``; ``by_location``: name -> the same.
    """

    attribute: str
    values: tuple[str, ...]
    default: NDArray[np.float64]
    by_location: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class InitialAgents:
    """``agents.csv``: people present at the start, in file order.

    ``locations``: ``(agent) int32, row of the location``. Each attribute is coded: ``codes[name]``:
    ``(agent) int32, index into values[name]``.
    """

    locations: NDArray[np.int32]
    codes: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class FoodSecurity:
    """``region_attributes_IPC.csv``: percent of people short of food, by region, linear between days.

    ``days``: ``(row) float64, day``; ``percent``: ``(row, region) float64, 0 to 100``.
    """

    days: NDArray[np.float64]
    regions: tuple[str, ...]
    percent: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LocationChange:
    """One row of ``location_changes.csv``: from ``day`` on the location has another kind."""

    name: str
    type_text: str
    kind: str
    day: int


@bind
@dataclass(frozen=True, kw_only=True, eq=False)
class FleeScenario:
    """A Flee folder, read and checked.

    Attributes
    ----------
    name : str
        Name of the folder.
    start : date
        Day 0.
    days : int
        Number of days.
    locations : tuple[Location, ...]
        Places, in the order of the file.
    routes : tuple[Route, ...]
        Roads between them.
    closures : tuple[Closure, ...]
        Roads, places and borders that are closed, and when.
    conflicts : ndarray
        (day, location) float64, intensity; at least ``days`` rows, zero for a location without a column.
    series : tuple[CampSeries, ...]
        Rows of ``data_layout.csv`` in order; the first is normally named ``total``.
    corrections : tuple[Correction, ...]
        Corrections of registrations, one for each row of ``registration_corrections.csv``.
    settings : Settings
        Every setting, explicit.
    demographics : tuple[Demographic, ...]
        Attributes of agents and how often they occur.
    initial_agents : InitialAgents or None
        People of ``agents.csv``, there at the start; None without such a file.
    flood_levels : ndarray or None
        (day, location) float64, level.
    food_security : FoodSecurity or None
        Percent of people short of food, by region and day, or None.
    location_changes : tuple[LocationChange, ...]
        Places that change their kind, and when.
    major_routes : tuple[tuple[str, ...], ...]
        Major routes, each a tuple of names.
    compat : str or None
        ``"flee3"`` where the files were parsed as Flee 3 parses them, else None.
    warnings : tuple[Problem, ...]
        Every fault of the files that did not stop the reading, with the choice made.
    """

    name: str
    start: date
    days: int
    locations: tuple[Location, ...]
    routes: tuple[Route, ...]
    closures: tuple[Closure, ...]
    conflicts: NDArray[np.float64]
    series: tuple[CampSeries, ...]
    corrections: tuple[Correction, ...] = ()
    settings: Settings = field(default_factory=Settings)
    demographics: tuple[Demographic, ...] = ()
    initial_agents: InitialAgents | None = None
    flood_levels: NDArray[np.float64] | None = None
    food_security: FoodSecurity | None = None
    location_changes: tuple[LocationChange, ...] = ()
    major_routes: tuple[tuple[str, ...], ...] = ()
    compat: str | None = None
    warnings: tuple[Problem, ...] = ()

    if TYPE_CHECKING:
        card = _card
        compile = _compile
        digest = _digest

        def dump(self) -> str:
            """Return the scenario as YAML text."""

        simulate = _simulate

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each location, by name."""
        return {place.name: row for row, place in enumerate(self.locations)}

    @cached_property
    def camps(self) -> tuple[str, ...]:
        """Names of the locations that start as camps, in file order: the columns of ``out.csv``.

        With ``flee3`` see :func:`camps_of_flee`.
        """
        if self.compat == "flee3":
            return camps_of_flee(self.locations, self.settings)
        return tuple(place.name for place in self.locations if place.is_camp)

    @property
    def follows_registrations(self) -> bool:
        """Whether as many people appear as are registered, not as conflict or floods displace."""
        spawn = self.settings.spawn
        return spawn.conflict_driven_spawning is None and spawn.flood_driven_spawn_mode is None

    @property
    def follows_floods(self) -> bool:
        """Whether a rule of floods is on; Flee then ignores ``conflicts.csv``."""
        return self.settings.spawn.flood_driven_spawn_mode is not None or self.settings.move.flood_rules is not None

    @property
    def home_country(self) -> str:
        """The country of the first location; every other country is foreign."""
        return self.locations[0].country
