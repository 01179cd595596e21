"""Every key of a Flee settings file (``simsetting.yml``), in one table: the dataclasses below.

Each field is one key: its name, kind, default, bounds and meaning. The reader, the writer, the documentation
and the checks are all driven by these fields (see :func:`keys_of`), so a key is described in one place only.

Source: Flee 3, settings and their defaults.
"""

# ruff: noqa: RUF009 - the calls in the class bodies build dataclass fields
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

__all__ = [
    "ConflictSpawning",
    "FloodRules",
    "FloodSpawning",
    "Key",
    "LogLevels",
    "MoveRules",
    "Optimisations",
    "Settings",
    "SpawnRules",
    "keys_of",
    "leaves",
]

_SQRT_TEN = 3.16227766017  # Flee's own rounding of the square root of ten


@dataclass(frozen=True)
class Key:
    """One settings key: ``name`` as written in the file, ``attribute`` of the dataclass that holds it.

    ``kind`` is one of ``switch``, ``integer``, ``number``, ``text``, ``numbers``, ``integers`` (lists) or
    ``section`` (a nested mapping, of class ``section``). ``low`` and ``high`` bound numbers and list members.
    """

    name: str
    attribute: str
    kind: str
    default: Any
    meaning: str
    low: float | None = None
    high: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    section: type | None = None


def _key(kind: str, default: Any, meaning: str, **more: Any) -> Any:
    return field(default=default, metadata={"kind": kind, "meaning": meaning, **more})


def _switch(default: bool, meaning: str, **more: Any) -> Any:
    return _key("switch", default, meaning, **more)


def _number(default: float, meaning: str, **more: Any) -> Any:
    return _key("number", default, meaning, **more)


def _chance(default: float, meaning: str) -> Any:
    return _key("number", default, meaning, low=0.0, high=1.0)


def _integer(default: int, meaning: str, **more: Any) -> Any:
    return _key("integer", default, meaning, **more)


def _numbers(meaning: str, default: tuple[float, ...] | None = None, **more: Any) -> Any:
    return _key("numbers", default, meaning, optional=True, **more)


def _section(section: type, name: str, meaning: str) -> Any:
    meta = {"kind": "section", "section": section, "name": name, "meaning": meaning}
    return field(default_factory=section, metadata=meta)


def _optional_section(kind: type, meaning: str) -> Any:
    return _key("section", None, meaning, section=kind, optional=True)


@cache
def keys_of(section: type) -> dict[str, Key]:
    """Return the keys of a settings section (one of the dataclasses here), by their name in the file."""
    found = {}
    for one in fields(section):
        meta = dict(one.metadata)
        name = meta.pop("name", one.name)
        found[name] = Key(name=name, attribute=one.name, default=one.default, **meta)
    return found


def leaves(section: Any, path: str = "") -> Iterator[tuple[str, Key, Any]]:
    """Yield the path, key and value of every setting in a section and in the sections that are given in it.

    Parameters
    ----------
    section : Any
        A section of the settings.
    path : str, optional
        Path of the section, with dots.

    Yields
    ------
    tuple of str, Key, object
        Path, what is known of the key, and the value.
    """
    kind: type = type(section)
    for name, key in keys_of(kind).items():
        value = getattr(section, key.attribute)
        if key.section is None:
            yield path, key, value
        elif value is not None:
            yield from leaves(value, f"{path}{name}: ")


@dataclass(frozen=True, kw_only=True)
class LogLevels:
    """``log_levels``: what Flee logs. Only ``idp_totals`` changes a result (a column of ``out.csv``)."""

    agent: int = _integer(0, "agent logs (Flee only)", low=0)
    link: int = _integer(0, "link logs (Flee only)", low=0)
    camp: int = _integer(0, "camp messages (Flee only)", low=0)
    init: int = _integer(0, "start-up messages (Flee only)", low=0)
    conflict: int = _integer(0, "conflict messages (Flee only)", low=0)
    idp_totals: int = _integer(0, "1: out.csv gets a column of people displaced inside the country", low=0)
    granularity: str = _key("text", "location", "level of logs (Flee only)", choices=("location", "region"))


@dataclass(frozen=True, kw_only=True)
class ConflictSpawning:
    """``spawn_rules.conflict_driven_spawning``: people leave in proportion to conflict, not to camp data."""

    spawn_mode: str = _key("text", "constant", "how many leave a day", choices=("constant", "poisson", "pop_ratio"))
    displaced_per_conflict_day: float | None = _key(
        "number",
        None,
        "people a day per unit of conflict (share of the population for pop_ratio); 500, or 0.01",
        low=0.0,
        optional=True,
    )

    @property
    def displaced(self) -> float:
        """``displaced_per_conflict_day``, with the default that goes with the mode."""
        if self.displaced_per_conflict_day is not None:
            return self.displaced_per_conflict_day
        return 0.01 if self.spawn_mode == "pop_ratio" else 500.0


@dataclass(frozen=True, kw_only=True)
class FloodSpawning:
    """``spawn_rules.flood_driven_spawn_mode``: people leave flooded places, by flood level."""

    spawn_mode: str = _key(
        "text", "pop_ratio", "how many leave a day", choices=("constant", "poisson", "pop_ratio")
    )
    displaced_per_flood_day: tuple[float, ...] | None = _numbers(
        "people (or share of the population) a day at flood level 0, 1, 2, ...", low=0.0
    )

    @property
    def displaced(self) -> tuple[float, ...]:
        """``displaced_per_flood_day``, with the default that goes with the mode."""
        if self.displaced_per_flood_day is not None:
            return self.displaced_per_flood_day
        return (0.0, 0.1, 0.2, 0.5, 0.9) if self.spawn_mode == "pop_ratio" else (0.0, 100, 200, 300, 500)


@dataclass(frozen=True, kw_only=True)
class SpawnRules:
    """``spawn_rules``: how many people appear, where and when."""

    take_from_population: bool = _switch(False, "people who leave are taken from the place's population")
    insert_day0: bool = _switch(True, "people registered in camps on day 0 are there at the start")
    empty_camps_on_day0: bool = _switch(False, "camps start empty and day-0 registrations are subtracted")
    conflict_zone_spawning_only: bool = _switch(True, "people appear in conflict zones only")
    flood_zone_spawning_only: bool = _switch(False, "people appear in flood zones only")
    camps_are_sinks: bool = _switch(False, "people in camps leave the simulation at a given rate")
    read_from_agents_csv_file: bool = _switch(False, "people present at the start are read from agents.csv")
    sum_from_camps: bool = _switch(True, "totals are the sum of camps, not the file named total")
    starvation_driven_spawning: bool = _switch(False, "people also leave places short of food")
    conflict_driven_spawning: ConflictSpawning | None = _optional_section(
        ConflictSpawning, "people leave in proportion to conflict instead of following camp data"
    )
    average_social_connectivity: float = _number(3.0, "unused by any movement rule", low=0.0)
    flood_driven_spawn_mode: FloodSpawning | None = _optional_section(
        FloodSpawning, "people leave flooded places instead of following camp data"
    )
    conflict_spawn_decay: tuple[float, ...] | None = _numbers(
        "factor on departures and on the avoidance of a conflict zone, by time since it started", low=0.0
    )
    conflict_spawn_decay_interval: int = _integer(30, "days each factor of conflict_spawn_decay lasts", low=1)


@dataclass(frozen=True, kw_only=True)
class FloodRules:
    """``move_rules.flood_rules``: how floods change movement."""

    max_flood_level: int = _integer(-1, "highest flood level, -1 for none", low=-1)
    flood_movechances: tuple[float, ...] | None = _numbers(
        "chance of leaving a flooded place, by level", low=0.0, high=1.0
    )
    flood_loc_weights: tuple[float, ...] | None = _numbers("factor on a flooded place's score, by level", low=0.0)
    flood_link_weights: tuple[float, ...] | None = _numbers("unused by Flee", low=0.0)
    flood_forecaster: bool = _switch(False, "people know a flood forecast")
    flood_forecaster_timescale: int = _integer(0, "days the forecast looks ahead", low=0)
    flood_forecaster_weights: tuple[float, ...] | None = _numbers("weight of each day of the forecast", low=0.0)
    flood_forecaster_end_time: int = _integer(0, "day the forecast stops", low=0)
    flood_awareness_weights: tuple[float, ...] | None = _numbers(
        "weight of the forecast by a person's awareness", low=0.0
    )


@dataclass(frozen=True, kw_only=True)
class MoveRules:
    """``move_rules``: when people move, where to and how fast. Distances in km, speeds in km a day."""

    max_move_speed: float = _number(360.0, "km a day", above=0.0)
    max_walk_speed: float = _number(35.0, "km a day on foot", above=0.0)
    max_crossing_speed: float = _number(20.0, "unused by any movement rule", above=0.0)
    foreign_weight: float = _number(1.0, "factor on the score of places abroad", low=0.0)
    camp_weight: float = _number(1.0, "factor on the score of camps", low=0.0)
    conflict_weight: float = _number(1.0 / _SQRT_TEN, "factor on the score of conflict zones", low=0.0)
    conflict_movechance: float = _chance(1.0, "chance a day of leaving a conflict zone")
    camp_movechance: float = _chance(0.001, "chance a day of leaving a camp")
    idpcamp_movechance: float = _chance(0.1, "chance a day of leaving a camp inside the country")
    default_movechance: float = _chance(0.3, "chance a day of leaving any other place")
    awareness_level: int = _integer(1, "how many roads ahead people see", low=-1, high=10)
    capacity_buffer: float = _chance(0.9, "share of capacity above which a camp starts to repel")
    capacity_scaling: float = _number(1.0, "factor on the capacities of locations.csv", low=0.0)
    avoid_short_stints: bool = _switch(False, "people who moved little lately do not rest in a town")
    start_on_foot: bool = _switch(False, "the first road is walked")
    use_v1_rules: bool = _switch(False, "rules of Flee 1 (fixes five other keys)")
    softening: float = _number(10.0, "km added to every route", low=0.0)
    weight_softening: float = _number(0.0, "constant added to every score", low=0.0)
    weight_power: float = _number(1.0, "power of a route's weight")
    distance_power: float = _number(1.0, "power of distance in a route's weight")
    stay_close_to_home: bool = _switch(False, "nearer places are preferred by straight-line distance")
    home_distance_power: float = _number(0.5, "power of that distance")
    use_pop_for_loc_weight: bool = _switch(False, "populous places are preferred")
    pop_power_for_loc_weight: float = _number(0.1, "power of that population")
    movechance_pop_base: float = _number(10000.0, "population at which move chances are as given", above=0.0)
    movechance_pop_scale_factor: float = _number(0.0, "power of population in move chances, 0 for off")
    pruning_threshold: float = _number(
        1.0, "routes worse than the best by this factor are dropped; 1 for off", low=0.0
    )
    fixed_routes: bool = _switch(False, "one best route per destination, with major_routes.csv")
    two_system_decision_making: bool = _switch(False, "no effect: Flee can never switch it on from a file")
    use_economic_pull: bool = _switch(False, "trade_volume and hdi attract")
    harvest_months: tuple[int, ...] = _key("integers", (), "months (1-12) in which nobody sets out", low=1, high=12)
    flee_when_starving: bool = _switch(False, "food shortage raises move chances")
    avoid_food_deprived_locations: bool = _switch(False, "food shortage lowers scores")
    women_avoid_hazards: bool = _switch(False, "women weigh scores twice", name="WomenAvoidHazards")
    children_avoid_hazards: bool = _switch(False, "children weigh scores twice", name="ChildrenAvoidHazards")
    elderly_avoid_hazards: bool = _switch(False, "people over 59 weigh scores twice", name="ElderlyAvoidHazards")
    boys_take_risk: bool = _switch(False, "boys over 14 ignore scores", name="BoysTakeRisk")
    match_camp_religion: bool = _switch(False, "camps attract by shared religion", name="MatchCampReligion")
    match_camp_ethnicity: bool = _switch(False, "camps attract by shared ethnicity", name="MatchCampEthnicity")
    match_town_ethnicity: bool = _switch(False, "towns attract by shared ethnicity", name="MatchTownEthnicity")
    match_conflict_ethnicity: bool = _switch(
        False, "conflict zones attract by shared ethnicity", name="MatchConflictEthnicity"
    )
    avg_religion_fraction: float = _number(0.25, "average share of a religion", above=0.0)
    flood_rules: FloodRules | None = _optional_section(FloodRules, "how floods change movement")


@dataclass(frozen=True, kw_only=True)
class Optimisations:
    """``optimisations``: the scale-down factor."""

    hasten: int = _integer(1, "people per simulated agent", low=1)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A complete settings file, every value explicit.

    Attributes
    ----------
    number_of_steps : int
        Unused; ``sim_period.csv`` gives the length.
    conflict_input_file : str
        Unused; ``conflicts.csv`` is read from ``input_csv``.
    flood_level_input_file : str
        Unused; ``flood_level.csv`` is read from ``input_csv``.
    default_conflict_intensity : int
        Intensity that a change of location gives a conflict zone.
    log : LogLevels
        What Flee logs.
    spawn : SpawnRules
        How many people appear, where and when.
    move : MoveRules
        When people move, where to and how fast.
    optimisations : Optimisations
        The scale-down factor.
    """

    number_of_steps: int = _integer(-1, "unused: sim_period.csv gives the length", low=-1)
    conflict_input_file: str = _key("text", "", "unused: conflicts.csv is read from input_csv")
    flood_level_input_file: str = _key("text", "", "unused: flood_level.csv is read from input_csv")
    default_conflict_intensity: int = _integer(1, "intensity a location change gives a conflict zone", low=0)
    log: LogLevels = _section(LogLevels, "log_levels", "what Flee logs")
    spawn: SpawnRules = _section(SpawnRules, "spawn_rules", "how many people appear, where and when")
    move: MoveRules = _section(MoveRules, "move_rules", "when people move, where to and how fast")
    optimisations: Optimisations = _section(Optimisations, "optimisations", "the scale-down factor")

    @property
    def hasten(self) -> int:
        """People per simulated agent."""
        return self.optimisations.hasten
