"""From a Flee scenario to the arrays the walk engine runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import Arrivals, Rules, Timetable, Views, WalkProgram
from sojourn.errors import Problem
from sojourn.flee.model import FleeScenario
from sojourn.flee.sheets import FleeError
from sojourn.flee.table import DataTable, data_table
from sojourn.flee.walk_people import nearness, people
from sojourn.flee.walk_routes import road_map
from sojourn.flee.walk_spawning import departures
from sojourn.flee.walk_timetable import timetable

__all__ = ["compile_walk", "newly_displaced", "registered_new", "waiting"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def compile_walk(scenario: FleeScenario, scale: int | None = None) -> WalkProgram:
    """Return the program of a scenario, with ``scale`` people an agent (the scenario's own if None).

    With ``scenario.compat == "flee3"`` agents decide one after another and every oddity of Flee is kept.
    """
    refuse_missing(scenario)
    scale = scenario.settings.hasten if scale is None else scale
    table = data_table(scenario, scale)
    roads = road_map(scenario)
    count = len(scenario.locations)
    day0 = np.zeros(count, np.int64)
    for name, registered in zip(table.names, table.day0, strict=True):
        if name in scenario.index:
            day0[scenario.index[name]] = registered
    who = people(scenario)
    days, conflicts, seen = timetable(scenario, roads, scale, day0, leave_world(scenario), who)
    entering = arrivals(scenario, table, day0, days, conflicts, scale)
    views = Views(
        score=seen,
        kind_share=np.zeros((0, 0)) if who is None else who.share,
        present_kind=np.zeros(0, np.int32) if who is None else who.present,
        nearness=nearness(scenario),
    )
    return WalkProgram(roads, days, entering, rules(scenario), views)


def leave_world(scenario: FleeScenario) -> Floats:
    """Return the chance a day of leaving the simulation from each place: of camps that are sinks.

    No entries when unused.
    """
    if not scenario.settings.spawn.camps_are_sinks:
        return np.zeros(0)
    places = scenario.locations
    stated = [float(place.attributes.get("deactivation_probability") or 0.0) for place in places]
    return np.where([place.is_camp for place in places], stated, 0.0)


def refuse_missing(scenario: FleeScenario) -> None:
    """Refuse settings that ask for rules the walk engine does not have, all at once."""
    move = scenario.settings.move
    flood = move.flood_rules
    literal = scenario.compat == "flee3"
    asked = {
        # Flee compares a major route with another place's route of the day before, and counts no populations.
        "fixed_routes, with major_routes.csv": literal and move.fixed_routes and bool(scenario.major_routes),
        "fixed_routes, with use_pop_for_loc_weight": literal and move.fixed_routes and move.use_pop_for_loc_weight,
        # Flee counts the people present anew each day, and stops on the first day on which one is on a road.
        "MatchCampReligion": literal and move.match_camp_religion,
        "MatchCampEthnicity": literal and move.match_camp_ethnicity,
        "MatchTownEthnicity": literal and move.match_town_ethnicity,
        "MatchConflictEthnicity": literal and move.match_conflict_ethnicity,
        "flood_rules.flood_forecaster": flood is not None and flood.flood_forecaster,
    }
    missing = [
        Problem(
            "FLEE-RULE-MISSING",
            f"simsetting.yml: move_rules.{name}",
            "the walk engine does not have this rule",
            found="True",
            remedy="switch it off, or write it as a rule of your own (docs/walk-engine.md)",
        )
        for name, wanted in asked.items()
        if wanted
    ]
    if missing:
        raise FleeError(missing, "rules that are not there")


def rules(scenario: FleeScenario) -> Rules:
    """Return the rules of a scenario, with Flee's oddities or without."""
    move, spawn = scenario.settings.move, scenario.settings.spawn
    literal = scenario.compat == "flee3"
    return Rules(
        max_speed=float(move.max_move_speed),
        walk_speed=float(move.max_walk_speed),
        start_on_foot=move.start_on_foot,
        avoid_short_stints=move.avoid_short_stints,
        capacity_scaling=float(move.capacity_scaling),
        capacity_buffer=float(move.capacity_buffer),
        weight_softening=float(move.weight_softening),
        weight_power=float(move.weight_power),
        pruning=float(move.pruning_threshold),
        take_from_population=spawn.take_from_population,
        population_base=float(move.movechance_pop_base),
        population_power=float(move.movechance_pop_scale_factor),
        uniform_choice=move.awareness_level == 0,
        ask_daily=False,
        in_order=literal,
        arrive_strictly=literal,
        full_day_again=literal,
        bounce_if_ever_closed=literal,
        present_on_foot=literal,
        near_here=literal,
        one_route_each=move.fixed_routes,
        score_again=move.fixed_routes and literal,
    )


def newly_displaced(new: Ints) -> tuple[Ints, Ints]:
    """Return ``(day) int64, agents`` that appear, and the debt at the end of each day.

    When registrations fall, nobody appears until later rises have made up for it.

    Source: Flee 3, number of new agents.
    """
    appear, debts, debt = np.zeros_like(new), np.zeros_like(new), 0
    for day, change in enumerate(new):
        balance = int(change) - debt
        appear[day], debt = max(balance, 0), max(-balance, 0)
        debts[day] = debt
    return appear, debts


def registered_new(scenario: FleeScenario, table: DataTable) -> Ints:
    """Return by how many registrations rise on each day, less those put in the camps at the start."""
    new = table.new.copy()
    if scenario.settings.spawn.insert_day0:
        new[0] = 0
    return new


def arrivals(
    scenario: FleeScenario, table: DataTable, day0: Ints, days: Timetable, conflicts: Floats, scale: int
) -> Arrivals:
    """Return who is there at the start, and how many appear on each day.

    With ``flee3`` the day's people must have somewhere to appear; otherwise they wait for a day on which a
    place is in conflict.
    """
    spawn = scenario.settings.spawn
    present: list[int] = []
    for row, place in enumerate(scenario.locations):
        if place.is_camp and not spawn.empty_camps_on_day0:
            idps = int(float(place.attributes.get("initial_idps") or 0))
            present += [row] * ((int(day0[row]) if spawn.insert_day0 else 0) + idps)
    if spawn.read_from_agents_csv_file and scenario.initial_agents is not None:
        present = [*map(int, scenario.initial_agents.locations), *present]
    spread, _ = newly_displaced(registered_new(scenario, table))
    initial = np.array(present, np.int32)
    population = np.array([place.population // scale for place in scenario.locations], np.int64)
    placed, placed_mean = departures(scenario, conflicts, population)
    if len(placed) or len(placed_mean):
        return Arrivals(initial, np.zeros_like(spread), placed, placed_mean, population)
    possible = days.spawn_factor @ np.maximum(population, 0) > 0
    if scenario.compat == "flee3" and not possible.all():
        require_conflict(possible)
    return Arrivals(
        present=initial,
        spread=delayed(spread, possible),
        placed=placed,
        placed_mean=placed_mean,
        population=population,
    )


def require_conflict(possible: NDArray[np.bool_]) -> None:
    """Refuse a run in which Flee stops for want of a place to be displaced from, even if nobody is."""
    days = np.flatnonzero(~possible)
    raise FleeError(
        [
            Problem(
                "FLEE-NO-CONFLICT",
                "conflicts.csv",
                "Flee stops on a day on which no place with people is in conflict",
                found=f"{len(days)} such days, the first is day {days[0]}",
                remedy="run without compat: people then wait for the next conflict",
            )
        ]
    )


def delayed(spread: Ints, possible: NDArray[np.bool_]) -> Ints:
    """Return departures moved to the next day on which they are possible; those without one never leave."""
    moved, waiting = np.zeros_like(spread), 0
    for day, number in enumerate(spread):
        waiting += int(number)
        if possible[day]:
            moved[day], waiting = waiting, 0
    return moved


def waiting(scenario: FleeScenario, program: WalkProgram, scale: int) -> tuple[int, int]:
    """Return how many agents appear later than registrations say, and how many never, for want of a conflict.

    Those who would appear on a day on which no place with people is in conflict wait for the next such day.
    """
    spread = program.arrivals.spread
    if len(program.arrivals.placed) or len(program.arrivals.placed_mean):
        return 0, 0
    asked, _ = newly_displaced(registered_new(scenario, data_table(scenario, scale)))
    never = int(asked.sum() - spread.sum())
    return int(asked[spread < asked].sum()) - never, never
