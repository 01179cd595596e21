"""How people of different age, gender, ethnicity, religion and home see places.

People who see every place alike are one kind. What a kind makes of a score is worked out before the run; each
newcomer's kind is drawn with the shares its demographics files give to the place where it appears.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.errors import Problem
from sojourn.flee.model import FleeScenario, Location
from sojourn.flee.reading.sheets import FleeError
from sojourn.flee.settings import MoveRules

__all__ = ["People", "nearness", "people"]

Floats = NDArray[np.float64]
EARTH_KM = 6371.0
AWARENESS = "floodawareness"
"""Attribute of people that says which of ``flood_awareness_weights`` is theirs."""
CHILD, BOY, ELDERLY = 19, 14, 59
"""Children are younger than the first, boys who take risks older than the second, the elderly older than the
third. Source: Flee 3."""
ETHNIC_BONUS = 10.0
"""Factor on the share of one's own ethnicity. Source: Flee 3."""
Kind = tuple[int, str, str, float]
"""Power of the score, ethnicity, religion, awareness of a flood forecast."""


class People(NamedTuple):
    """The kinds of people of a scenario.

    ``kinds`` tells who they are. ``power`` ``(kind) float64`` of the score: 1, 2 for those who avoid hazards, 0 for
    those who do not mind them. ``camp``, ``conflict`` and ``town`` ``(kind, place) float64`` multiply the score of
    a place while it is one. ``aware`` ``(kind) float64``: awareness of a flood forecast. ``share`` ``(place, kind)
    float64`` is cumulative; ``present`` ``(agent) int32`` holds the kinds of the people of ``agents.csv``.
    """

    kinds: tuple[Kind, ...]
    power: Floats
    camp: Floats
    conflict: Floats
    town: Floats
    aware: Floats
    share: Floats
    present: NDArray[np.int32]

    def see(self, score: Floats, camp: NDArray[np.bool_], conflict: NDArray[np.bool_]) -> Floats:
        """Return ``(kind, place) float64``, what each kind makes of the scores of a day."""
        presence = np.where(camp, self.camp, np.where(conflict, self.conflict, self.town))
        seen: Floats = score ** self.power[:, None] * presence
        return seen


def people(scenario: FleeScenario) -> People | None:
    """Return the kinds of people of a scenario, None where nothing depends on who somebody is.

    Raises :class:`~sojourn.flee.FleeError` where people or places lack an attribute that a rule needs.
    """
    needed = attributes_needed(scenario)
    if not needed:
        return None
    check(scenario, needed)
    files = {one.attribute: one for one in scenario.demographics}
    kinds: dict[Kind, int] = {}
    columns: list[Floats] = []
    weights = {
        name: np.array([files[name].by_location.get(p.name, files[name].default) for p in scenario.locations])
        for name in needed
    }
    for values in itertools.product(*(range(len(files[name].values)) for name in needed)):
        who = {name: files[name].values[value] for name, value in zip(needed, values, strict=True)}
        number = kinds.setdefault(kind_of(scenario, who), len(kinds))
        if number == len(columns):
            columns.append(np.zeros(len(scenario.locations)))
        columns[number] += np.prod([weights[n][:, v] for n, v in zip(needed, values, strict=True)], axis=0)
    present = stated_kinds(scenario, needed, kinds)
    columns += [np.zeros(len(scenario.locations))] * (len(kinds) - len(columns))
    move = scenario.settings.move
    ethnic = np.array([[share(p, "ethnicity", kind[1], scenario) for p in scenario.locations] for kind in kinds])
    devout = np.array([[share(p, "religion", kind[2], scenario) for p in scenario.locations] for kind in kinds])
    alike = np.ones((len(kinds), len(scenario.locations)))
    # Flee counts who is where each morning instead (the engine's Presence).
    stated = scenario.compat != "flee3"
    kin = np.where(np.isnan(ethnic), 1.0, ETHNIC_BONUS * ethnic)
    faith = np.where(np.isnan(devout), 1.0, devout / move.avg_religion_fraction)
    camp = (kin if move.match_camp_ethnicity else alike) * (faith if move.match_camp_religion else alike)
    return People(
        kinds=tuple(kinds),
        power=np.array([power for power, *_ in kinds], np.float64),
        camp=camp if stated else alike,
        conflict=kin if move.match_conflict_ethnicity and stated else alike,
        town=kin if move.match_town_ethnicity and stated else alike,
        aware=np.array([aware for *_, aware in kinds]),
        share=np.cumsum(np.array(columns).T, axis=1),
        present=present,
    )


def attributes_needed(scenario: FleeScenario) -> tuple[str, ...]:
    """Return the attributes of people that the rules in use read."""
    move = scenario.settings.move
    forecast = move.flood_rules is not None and move.flood_rules.flood_forecaster
    ethnic = move.match_camp_ethnicity or move.match_town_ethnicity or move.match_conflict_ethnicity
    wanted = {
        "age": move.children_avoid_hazards or move.elderly_avoid_hazards or move.boys_take_risk,
        "gender": move.women_avoid_hazards or move.boys_take_risk,
        "ethnicity": ethnic,
        "religion": move.match_camp_religion,
        AWARENESS: bool(forecast and move.flood_rules and move.flood_rules.flood_awareness_weights),
    }
    return tuple(name for name, is_read in wanted.items() if is_read)


def kind_of(scenario: FleeScenario, who: Mapping[str, str]) -> Kind:
    """Return the kind of somebody with these attributes."""
    power = power_of(
        scenario.settings.move,
        float(who["age"]) if "age" in who else np.nan,
        who.get("gender", ""),
        literal=scenario.compat == "flee3",
    )
    aware = 1.0
    if AWARENESS in who and scenario.settings.move.flood_rules is not None:
        aware = (scenario.settings.move.flood_rules.flood_awareness_weights or ())[int(who[AWARENESS])]
    return power, who.get("ethnicity", ""), who.get("religion", ""), aware


def power_of(move: MoveRules, age: float, gender: str, *, literal: bool) -> int:
    """Return the power to which somebody raises the score of a place.

    With ``flee3``, every male over 14 takes risks, but nobody does unless children avoid hazards; otherwise
    boys are younger than 19.

    Source: Flee 3, score of an end point.
    """
    power, careful = 1, False
    if move.children_avoid_hazards and age < CHILD:
        power, careful = 2, True
    daring = move.boys_take_risk and gender == "male" and age > BOY
    if daring and (move.children_avoid_hazards if literal else age < CHILD):
        power = 0
    if move.elderly_avoid_hazards and age > ELDERLY:
        power, careful = 2 * power, True
    if move.women_avoid_hazards and gender == "female" and not careful:
        power = 2 * power
    return power


def share(place: Location, attribute: str, value: str, scenario: FleeScenario) -> float:
    """Return the share of a place's people with a value of an attribute, NaN where nobody is counted.

    Columns of ``locations.csv`` named after the values count people. They are shares of the population, or of
    all that is counted where there is none, as in camps.
    """
    values = {v for one in scenario.demographics if one.attribute == attribute for v in one.values}
    counts = {one: float(place.attributes.get(one) or 0.0) for one in values}
    whole = float(place.population) if place.population > 0 else sum(counts.values())
    return counts.get(value, 0.0) / whole if sum(counts.values()) > 0 else np.nan


def stated_kinds(scenario: FleeScenario, needed: tuple[str, ...], kinds: dict[Kind, int]) -> NDArray[np.int32]:
    """Return the kinds of the people of ``agents.csv``, adding those not met so far."""
    agents = scenario.initial_agents
    if agents is None or not scenario.settings.spawn.read_from_agents_csv_file:
        return np.zeros(0, np.int32)
    rows = np.array([agents.codes[name] for name in needed])
    combinations, which = np.unique(rows, axis=1, return_inverse=True)
    found = []
    for column in combinations.T:
        who = {name: agents.values[name][code] for name, code in zip(needed, column, strict=True)}
        found.append(kinds.setdefault(kind_of(scenario, who), len(kinds)))
    return np.array(found, np.int32)[which.reshape(-1)]


def check(scenario: FleeScenario, needed: tuple[str, ...]) -> None:
    """Refuse a scenario in which people or places lack an attribute that a rule needs, or its number."""
    problems = []
    files = {one.attribute: one for one in scenario.demographics}
    agents = scenario.initial_agents if scenario.settings.spawn.read_from_agents_csv_file else None
    for name in needed:
        sources = {f"input_csv/demographics_{name}.csv": files[name].values if name in files else None}
        if agents is not None:
            sources["input_csv/agents.csv"] = agents.values.get(name)
        for file, values in sources.items():
            if values is None:
                problems.append(Problem("F305", file, f"a rule needs the {name} of people"))
            elif name == "age":
                problems += [_no_number(file, name, value) for value in values if not _is_number(value)]
            elif name == AWARENESS:
                problems += _no_weight(scenario, file, values)
            elif name in ("ethnicity", "religion") and scenario.compat == "flee3":
                problems += [_no_value(file, value) for value in values if value not in files[name].values]
            elif name in ("ethnicity", "religion"):
                problems += [_no_column(file, value) for value in values if not _has_column(scenario, value)]
        counted = name in ("ethnicity", "religion") and name in files and scenario.compat != "flee3"
        for place in scenario.locations if counted else ():
            where = f"input_csv/locations.csv, {place.name}"
            texts = (place.attributes.get(value) or "0" for value in files[name].values)
            problems += [_no_number(where, name, text) for text in texts if not _is_number(text)]
    if problems:
        raise FleeError(problems, "attributes that rules need")


def _no_weight(scenario: FleeScenario, file: str, values: tuple[str, ...]) -> list[Problem]:
    rules = scenario.settings.move.flood_rules
    count = len(rules.flood_awareness_weights or ()) if rules is not None else 0
    allowed = [str(row) for row in range(count)]
    said = f"{AWARENESS} counts the flood_awareness_weights from 0"
    return [
        Problem("F305", file, said, found=value, allowed=", ".join(allowed))
        for value in values
        if value not in allowed
    ]


def _no_value(file: str, value: str) -> Problem:
    said = f"a rule counts people by {value}, which no demographics file names"
    return Problem("F305", file, said, remedy=f"add a row {value} to the demographics file")


def _has_column(scenario: FleeScenario, value: str) -> bool:
    return any(value in place.attributes for place in scenario.locations)


def _no_column(file: str, value: str) -> Problem:
    said = f"a rule compares people with places by {value}, but locations.csv has no such column"
    return Problem("F305", file, said, remedy=f"add a column {value} that counts people")


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)) and float(text) >= 0.0)
    except ValueError:
        return False


def _no_number(where: str, name: str, found: str) -> Problem:
    return Problem("F305", where, f"{name} needs a number", found=found, allowed="0 or more")


def nearness(scenario: FleeScenario) -> Floats:
    """Return ``(home, place) float64``: the factor by which distance from home lowers a place's score.

    It is 1 / km to a power, no km counting less than 1. With ``flee3`` latitude and longitude are exchanged.
    No rows where home does not matter.

    Source: Flee 3, staying close to home.
    """
    move, places = scenario.settings.move, scenario.locations
    if not move.stay_close_to_home:
        return np.zeros((0, len(places)))
    first = np.radians([place.gps_x for place in places])
    second = np.radians([place.gps_y for place in places])
    north, east = (second, first) if scenario.compat == "flee3" else (first, second)
    half_north = np.sin((north[:, None] - north) / 2.0) ** 2
    half_east = np.sin((east[:, None] - east) / 2.0) ** 2
    a = np.clip(half_north + np.cos(north[:, None]) * np.cos(north) * half_east, 0.0, 1.0)
    km = 2.0 * EARTH_KM * np.arctan2(np.sqrt(a), np.sqrt(1.0 - a))
    near: Floats = np.maximum(km, 1.0) ** -move.home_distance_power
    return near
