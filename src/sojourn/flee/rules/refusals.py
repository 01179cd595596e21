"""Scenarios on which Flee itself stops: refused under ``flee3``, as there is nothing to reproduce."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sojourn.errors import Problem
from sojourn.flee.model import FleeScenario, Location
from sojourn.flee.reading.sheets import FleeError
from sojourn.flee.rules.floods import whole
from sojourn.flee.settings import FloodRules, MoveRules

__all__ = ["refuse_where_flee_stops"]

SETTINGS = "simsetting.yml: "
LOCATIONS = "input_csv/locations.csv, "


def refuse_where_flee_stops(scenario: FleeScenario) -> None:
    """Refuse, all at once, what ends a run of Flee with an error."""
    checks = (own_kind, sinks, economy, food, floods, stated_ages, changes)
    problems = [
        Problem("F306", where, f"Flee stops: {said}", remedy="run without compat, or change the folder")
        for check in checks
        for where, said in check(scenario)
    ]
    if problems:
        raise FleeError(problems, "where Flee itself stops")


Found = Iterator[tuple[str, str]]
"""Where, and why Flee stops."""


def own_kind(scenario: FleeScenario) -> Found:
    """Counting people by ethnicity or religion fails with the first who spends a night on a road."""
    move = scenario.settings.move
    names = ("match_camp_religion", "match_camp_ethnicity", "match_town_ethnicity", "match_conflict_ethnicity")
    if not any(getattr(move, name) for name in names):
        return
    for route in scenario.routes:
        speed = route.max_move_speed or move.max_move_speed
        if move.start_on_foot or route.walk_probability > 0:
            speed = min(speed, move.max_walk_speed)
        if route.distance_km >= speed:
            said = "rules that compare people with places cannot count somebody who spends a night on a road"
            yield f"input_csv/routes.csv, {route.name1}, {route.name2}", said
            return


def sinks(scenario: FleeScenario) -> Found:
    """A chance of deactivation is compared as text."""
    stated = [place for place in scenario.locations if "deactivation_probability" in place.attributes]
    if scenario.settings.spawn.camps_are_sinks and stated:
        yield LOCATIONS + stated[0].name, "it compares deactivation_probability as text"


def economy(scenario: FleeScenario) -> Found:
    """Places abroad need trade and development."""
    if scenario.settings.move.use_economic_pull:
        for place in scenario.locations:
            lacking = [name for name in ("trade_volume", "hdi") if name not in place.attributes]
            if place.foreign and lacking:
                yield LOCATIONS + place.name, f"use_economic_pull needs {' and '.join(lacking)} of places abroad"


def food(scenario: FleeScenario) -> Found:
    """Reports of food security must cover every day, and every place that a rule asks for."""
    table, move, spawn = scenario.food_security, scenario.settings.move, scenario.settings.spawn
    file = "input_csv/region_attributes_IPC.csv"
    if table is None:
        return
    if len(table.days) < 2 or table.days[0] > 0 or table.days[-1] < scenario.days - 1:
        yield file, f"days 0 to {scenario.days - 1} must lie between the first and the last row"

    def needed(row: int, place: Location) -> bool:
        displaced = spawn.starvation_driven_spawning and (
            not spawn.conflict_zone_spawning_only or bool((scenario.conflicts[:, row] > 0).any())
        )
        avoided = move.avoid_food_deprived_locations and not place.foreign
        return move.flee_when_starving or displaced or avoided

    for row, place in enumerate(scenario.locations):
        # A place that is named like a region is taken for one, and left without a value.
        if needed(row, place) and (place.region not in table.regions or place.name in table.regions):
            yield file, f"{place.name} has no value: its region needs a column, its own name must have none"


def floods(scenario: FleeScenario) -> Found:
    """Flood rules need departures by flood, lists of weights, and levels below the last of each list."""
    move, spawn = scenario.settings.move, scenario.settings.spawn
    rules, driven, levels = move.flood_rules, spawn.flood_driven_spawn_mode, scenario.flood_levels
    if (rules is None and driven is None) or levels is None:
        return
    if driven is None:
        yield (
            SETTINGS + "move_rules.flood_rules",
            "it reads no flood levels without spawn_rules.flood_driven_spawn_mode",
        )
        return
    if rules is None or rules.flood_loc_weights is None or rules.flood_movechances is None:
        said = "it needs flood_loc_weights and flood_movechances where floods displace people"
        yield SETTINGS + "move_rules.flood_rules", said
        return
    highest = int(whole(levels[: scenario.days]).max())
    for name, values in (
        ("move_rules.flood_rules.flood_loc_weights", rules.flood_loc_weights),
        ("move_rules.flood_rules.flood_movechances", rules.flood_movechances),
        ("spawn_rules.flood_driven_spawn_mode.displaced_per_flood_day", driven.displaced),
    ):
        if highest >= len(values) - 1:
            yield SETTINGS + name, f"level {highest} needs {highest + 2} values, as the last one is never used"
    if rules.flood_forecaster and rules.flood_forecaster_timescale > 1:
        yield from forecaster(scenario, rules, levels)


def forecaster(
    scenario: FleeScenario, rules: FloodRules, levels: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> Found:
    """A forecast needs levels and weights until its last day, and everybody's awareness."""
    section = SETTINGS + "move_rules.flood_rules."
    last = min(rules.flood_forecaster_end_time, scenario.days - 1 + rules.flood_forecaster_timescale)
    if len(levels) <= last:
        yield "input_csv/flood_level.csv", f"the forecast needs days 0 to {last}"
    if len(rules.flood_forecaster_weights or ()) <= last:
        yield section + "flood_forecaster_weights", f"the forecast needs weights of days 0 to {last}"
    if not rules.flood_awareness_weights:
        yield section + "flood_awareness_weights", "the forecast needs weights by people's floodawareness"
    ahead = whole(levels[: last + 1])
    if int(ahead.max()) >= len(rules.flood_loc_weights or ()) - 1:
        yield section + "flood_loc_weights", f"a forecast level of {int(ahead.max())} is beyond the last but one"


def stated_ages(scenario: FleeScenario) -> Found:
    """Ages of agents.csv are compared as text."""
    move, agents = scenario.settings.move, scenario.initial_agents
    if agents is not None and len(agents.locations) and minds_age(move):
        yield "input_csv/agents.csv", "it compares ages that it reads from here as text"


def minds_age(move: MoveRules) -> bool:
    """Return whether a rule of Flee compares ages."""
    return move.children_avoid_hazards or move.elderly_avoid_hazards


def changes(scenario: FleeScenario) -> Found:
    """Places can only become what Flee knows."""
    for change in scenario.location_changes:
        if change.kind == "other":
            yield f"location_changes.csv, {change.name}", f"it knows no {change.type_text}"
