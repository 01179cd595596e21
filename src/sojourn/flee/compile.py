"""From a Flee scenario to the arrays the walk engine runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import Arrivals, Rules, Timetable, Views, WalkProgram
from sojourn.errors import Problem
from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.sheets import FleeError
from sojourn.flee.registrations import DataTable, data_table
from sojourn.flee.rules.displacement import departures
from sojourn.flee.rules.fixed_routes_flee3 import searched_routes
from sojourn.flee.rules.hazards import farmer_share
from sojourn.flee.rules.people import nearness, people
from sojourn.flee.rules.population import presence
from sojourn.flee.rules.refusals import refuse_where_flee_stops
from sojourn.flee.rules.routes import road_limits, road_map, routes_seen
from sojourn.flee.rules.timetable import differs, timetable

__all__ = ["compile_walk", "newly_displaced", "registered_new", "waiting"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def compile_walk(scenario: FleeScenario, scale: int | None = None) -> WalkProgram:
    """Return the program of a scenario, with ``scale`` people an agent (the scenario's own if None).

    With ``scenario.compat == "flee3"`` agents decide one after another and every oddity of Flee is kept.
    """
    literal = scenario.compat == "flee3"
    if literal:
        refuse_where_flee_stops(scenario)
    scale = scenario.settings.hasten if scale is None else scale
    table = data_table(scenario, scale)
    roads = road_map(scenario)
    count = len(scenario.locations)
    day0 = np.zeros(count, np.int64)
    for name, registered in zip(table.names, table.day0, strict=True):
        if name in scenario.index:
            day0[scenario.index[name]] = registered
    who = people(scenario)
    days = timetable(scenario, roads, scale, day0, leave_world(scenario), who)
    seen, searched = days.seen, np.zeros((0, 0))
    if literal and scenario.settings.move.fixed_routes:
        roads, searched = searched_routes(scenario, roads, days)
        offered = searched > 0.0
    else:
        roads, offered = routes_seen(scenario, roads, days.marker)
    views = Views(
        score=seen,
        chance=days.chance,
        chance_by_size=days.chance_by_size,
        searched=searched,
        kind_share=np.zeros((0, 0)) if who is None else who.share,
        present_kind=np.zeros(0, np.int32) if who is None else who.present,
        nearness=nearness(scenario),
    )
    known = days.timetable._replace(
        offered=offered,
        road_limit=road_limits(scenario, scale),
        roads_change=days.timetable.roads_change | (differs(offered) if len(offered) else False),
        tables_change=days.timetable.tables_change | (differs(searched) if len(searched) else False),
    )
    entering = arrivals(scenario, table, day0, known, days.fought, scale)
    return WalkProgram(roads, known, entering, rules(scenario), views, presence(scenario, days, who))


def leave_world(scenario: FleeScenario) -> Floats:
    """Return the chance a day of leaving the simulation from each place while it is a camp, camps being sinks.

    No entries when unused.
    """
    if not scenario.settings.spawn.camps_are_sinks:
        return np.zeros(0)
    return np.array([float(p.attributes.get("deactivation_probability") or 0.0) for p in scenario.locations])


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
        one_route_each=move.fixed_routes and not literal,
        count_at_home=literal and len(move.harvest_months) > 0,
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
    place is in conflict. ``initial_idps`` are people; with ``flee3``, agents whatever their scale.
    """
    spawn, literal = scenario.settings.spawn, scenario.compat == "flee3"
    present: list[int] = []
    for name in () if spawn.empty_camps_on_day0 else scenario.camps:
        row = scenario.index[name]
        idps = scenario.locations[row].initial_idps // (1 if literal else scale)
        present += [row] * ((int(day0[row]) if spawn.insert_day0 else 0) + idps)
    population = np.array([place.population // scale for place in scenario.locations], np.int64)
    if spawn.read_from_agents_csv_file and scenario.initial_agents is not None:
        stated = scenario.initial_agents.locations
        present = [*map(int, stated), *present]
        if spawn.take_from_population:
            population = np.maximum(population - np.bincount(stated, minlength=len(population)), 0)
    spread, _ = newly_displaced(registered_new(scenario, table))
    initial, farmers = np.array(present, np.int32), farmer_share(scenario)
    placed, placed_mean = departures(scenario, conflicts, population, scale)
    if len(placed) or len(placed_mean):
        return Arrivals(initial, np.zeros_like(spread), placed, placed_mean, population, farmers)
    possible = days.spawn_factor @ np.maximum(population, 0) > 0
    if literal and not possible.all():
        require_conflict(possible)
    return Arrivals(
        present=initial,
        spread=delayed(spread, possible),
        placed=placed,
        placed_mean=placed_mean,
        population=population,
        farmer_share=farmers,
    )


def require_conflict(possible: NDArray[np.bool_]) -> None:
    """Refuse a run in which Flee stops for want of a place to be displaced from, even if nobody is."""
    days = np.flatnonzero(~possible)
    raise FleeError(
        [
            Problem(
                "F301",
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
    wanted, _ = newly_displaced(registered_new(scenario, data_table(scenario, scale)))
    never = int(wanted.sum() - spread.sum())
    return int(wanted[spread < wanted].sum()) - never, never
