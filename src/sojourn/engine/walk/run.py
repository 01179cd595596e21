"""The days of a run: who appears, what changed over night, the two phases of movement, what is recorded.

One replicate is run by one thread in a compiled loop, or, where agents see the counts at the start of a
phase, by several threads over ranges of agents: the same functions, the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from sojourn.engine.streams import component_key, next_uniform, open_stream
from sojourn.engine.walk.compiled import WALK_DIGEST, Floats, Ints, Own, Words, entry, kernel, rule
from sojourn.engine.walk.deal import SCRATCH
from sojourn.engine.walk.move import depart, redraw, rest, travel
from sojourn.engine.walk.program import Arrivals, WalkProgram
from sojourn.engine.walk.routes import mark_open, rebuild_all
from sojourn.engine.walk.state import GONE, NEVER, Record, WalkState, new_state

__all__ = ["ENTRIES", "run_replicate"]

SPAWN = np.uint64(component_key("walk/spawn"))
LEAVE = np.uint64(component_key("walk/leave"))
KIND = np.uint64(component_key("walk/kind"))
FIRST_REST = np.uint64(component_key("walk/first-rest"))
SHARED_FROM = 50_000
"""Agents below which several threads cost more than they bring."""


@kernel
def set_chances(program: WalkProgram, state: WalkState, day: int) -> bool:
    """Set today's chance of setting out of every place; return whether any changed."""
    days, rules, sites = program.days, program.rules, state.sites
    any_changed = False
    for place in range(len(sites.chance)):
        chance = days.chance[day, place]
        if days.chance_by_size[day, place] != 0.0:
            size = max(np.float64(sites.population[place]), days.capacity[day, place])
            factor = (size / rules.population_base) ** rules.population_power
            chance += days.chance_by_size[day, place] * factor
        sites.changed[place] = chance != sites.chance[place]
        if sites.changed[place]:
            any_changed = True
            sites.chance[place] = chance
            if chance >= 1.0 or program.rules.ask_daily:
                sites.pause[place] = 0.0
            elif chance <= 0.0:
                sites.pause[place] = -np.inf
            else:
                sites.pause[place] = 1.0 / np.log1p(-chance)
    return any_changed


@rule
def first_view(program: WalkProgram, agent: int, place: int, stream: Words, key: Words) -> int:
    """Return how a new agent sees places: by its kind, stated or drawn, and its home, which is here."""
    views = program.views
    kind, kinds = 0, views.kind_share.shape[1]
    if agent < len(views.present_kind):
        kind = views.present_kind[agent]
    elif kinds > 1:
        open_stream(stream, key[0], key[1], KIND, agent, 0)
        goal = next_uniform(stream) * views.kind_share[place, kinds - 1]
        while kind < kinds - 1 and views.kind_share[place, kind] <= goal:
            kind += 1
    if len(views.nearness) > 0 and not program.rules.near_here:
        return int(kind * len(views.nearness) + place)
    return int(kind)


@kernel
def place_agent(
    program: WalkProgram, state: WalkState, day: int, place: int, on_foot: bool, stream: Words, key: Words
) -> None:
    """Create the next agent at a place, at rest until its first decision."""
    agent = state.created[0]
    state.created[0] += 1
    state.sites.people[place] += 1
    state.agents.where[agent] = place
    state.agents.since[agent] = day
    state.agents.on_foot[agent] = on_foot
    if len(state.agents.outlook) > 0:
        state.agents.outlook[agent] = first_view(program, agent, place, stream, key)
    open_stream(stream, key[0], key[1], FIRST_REST, agent, day)
    rest(program, state, agent, day, stream)


@kernel
def weigh_departures(program: WalkProgram, state: WalkState, day: int, number: int) -> int:
    """Add up the weights with which people are displaced from each place; return how many can be."""
    sites, total = state.sites, 0.0
    for place in range(len(sites.people)):
        total += max(sites.population[place], 0) * program.days.spawn_factor[day, place]
        sites.departure[place] = total
    return number if total > 0.0 else 0


@rule
def pick(cumulative: Floats, uniform: float) -> int:
    """Return the index a uniform number falls on among cumulative weights."""
    goal = uniform * cumulative[-1]
    low, high = 0, len(cumulative) - 1
    while low < high:
        middle = (low + high) >> 1
        if cumulative[middle] > goal:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def appear(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> None:
    """Create the agents of the day: those there at the start, and the newly displaced."""
    arrivals, sites = program.arrivals, state.sites
    if day == 0:
        for place in arrivals.present:
            place_agent(program, state, 0, place, program.rules.present_on_foot, stream, key)
    if len(arrivals.placed) > 0:
        for place in range(len(sites.people)):
            for _ in range(arrivals.placed[day, place]):
                place_agent(program, state, day, place, True, stream, key)
                sites.population[place] -= program.rules.take_from_population
    if arrivals.spread[day] > 0:
        for _ in range(weigh_departures(program, state, day, arrivals.spread[day])):
            open_stream(stream, key[0], key[1], SPAWN, state.created[0], day)
            place = pick(sites.departure, next_uniform(stream))
            place_agent(program, state, day, place, True, stream, key)
            sites.population[place] -= program.rules.take_from_population


@kernel
def dawn(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> bool:
    """Begin a day: set chances, create agents, open and close roads; return whether chances changed.

    Those who were there before must draw again where chances changed (``redraw``), so call that next with
    the number of agents before this call.
    """
    changed = set_chances(program, state, day)
    appear(program, state, day, stream, key)
    if program.days.roads_change[day]:
        mark_open(program, state, day)
    if program.days.tables_change[day]:
        state.tables.version[0] += 1
    rebuild_all(program, state, day)
    return changed


@kernel
def settle(program: WalkProgram, state: WalkState, day: int, tallies: Ints, entered: Ints) -> None:
    """End a phase: add what each thread counted, and look at crowding again."""
    for worker in range(len(tallies)):
        for place in range(tallies.shape[1]):
            state.sites.people[place] += tallies[worker, place]
            tallies[worker, place] = 0
        for road in range(entered.shape[1]):
            state.record.entered[day, road] += entered[worker, road]
            entered[worker, road] = 0
    rebuild_all(program, state, day)


@kernel
def dusk(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> None:
    """End a day: let people leave the simulation where they do, and record."""
    agents, gone = state.agents, 0
    leave = program.days.leave_world
    if len(leave) > 0:
        for agent in range(state.created[0]):
            place = agents.where[agent]
            if place >= 0 and leave[place] > 0.0:
                open_stream(stream, key[0], key[1], LEAVE, agent, day)
                if next_uniform(stream) < leave[place]:
                    agents.where[agent] = GONE
                    agents.wake[agent] = NEVER
                    state.sites.people[place] -= 1
                    gone += 1
    state.record.gone[day] = gone + (state.record.gone[day - 1] if day > 0 else 0)
    for place in range(len(state.sites.people)):
        state.record.people[day, place] = state.sites.people[place]
    state.record.created[day] = state.created[0]


@kernel
def run_alone(
    program: WalkProgram,
    state: WalkState,
    key: Words,
    tallies: Ints,
    entered: Ints,
    streams: Words,
    own_score: Own,
    own_chance: Own,
) -> None:
    """Run every day in one thread."""
    stream = streams[0]
    tally = state.sites.people if program.rules.in_order else tallies[0]
    for day in range(len(program.days.frozen)):
        before = state.created[0]
        if dawn(program, state, day, stream, key):
            redraw(program, state, day, before, 0, 1, stream, key)
        depart(program, state, day, state.created[0], 0, 1, tally, entered[0], stream, key, own_score, own_chance)
        settle(program, state, day, tallies, entered)
        travel(program, state, day, state.created[0], 0, 1, tally, entered[0], stream, key, own_score, own_chance)
        settle(program, state, day, tallies, entered)
        dusk(program, state, day, stream, key)


class Entries(NamedTuple):
    """The kernels that Python calls."""

    run_alone: Callable[..., None]
    dawn: Callable[..., bool]
    redraw: Callable[..., None]
    depart: Callable[..., None]
    travel: Callable[..., None]
    settle: Callable[..., None]
    dusk: Callable[..., None]


def _alone(
    sources: str,
) -> tuple[Callable[..., None], Callable[..., bool], Callable[..., None], Callable[..., None]]:
    """Return the kernels for one thread: every day at once, and what opens, parts and ends a day."""

    @entry
    def every_day(
        program: WalkProgram,
        state: WalkState,
        key: Words,
        tallies: Ints,
        entered: Ints,
        streams: Words,
        own_score: Own,
        own_chance: Own,
    ) -> None:
        sources  # noqa: B018 - makes it a cell
        run_alone(program, state, key, tallies, entered, streams, own_score, own_chance)

    @entry
    def first(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> bool:
        sources  # noqa: B018
        return dawn(program, state, day, stream, key)

    @entry
    def between(program: WalkProgram, state: WalkState, day: int, tallies: Ints, entered: Ints) -> None:
        sources  # noqa: B018
        settle(program, state, day, tallies, entered)

    @entry
    def last(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> None:
        sources  # noqa: B018
        dusk(program, state, day, stream, key)

    return every_day, first, between, last


def _together(sources: str) -> tuple[Callable[..., None], Callable[..., None], Callable[..., None]]:
    """Return the kernels that several threads run, each for its part of the agents."""

    @entry
    def again(
        program: WalkProgram,
        state: WalkState,
        day: int,
        total: int,
        worker: int,
        workers: int,
        stream: Words,
        key: Words,
    ) -> None:
        sources  # noqa: B018
        redraw(program, state, day, total, worker, workers, stream, key)

    @entry
    def leaving(
        program: WalkProgram,
        state: WalkState,
        day: int,
        total: int,
        worker: int,
        workers: int,
        tally: Ints,
        entered: Ints,
        stream: Words,
        key: Words,
        own_score: Own,
        own_chance: Own,
    ) -> None:
        sources  # noqa: B018
        depart(program, state, day, total, worker, workers, tally, entered, stream, key, own_score, own_chance)

    @entry
    def travelling(
        program: WalkProgram,
        state: WalkState,
        day: int,
        total: int,
        worker: int,
        workers: int,
        tally: Ints,
        entered: Ints,
        stream: Words,
        key: Words,
        own_score: Own,
        own_chance: Own,
    ) -> None:
        sources  # noqa: B018
        travel(program, state, day, total, worker, workers, tally, entered, stream, key, own_score, own_chance)

    return again, leaving, travelling


def _build(sources: str) -> Entries:
    """Return the kernels that Python calls; ``sources`` is the digest that keys their kept machine code."""
    every_day, first, between, last = _alone(sources)
    again, leaving, travelling = _together(sources)
    return Entries(every_day, first, again, leaving, travelling, between, last)


ENTRIES = _build(WALK_DIGEST)


def run_shared(
    program: WalkProgram,
    state: WalkState,
    key: Words,
    tallies: Ints,
    entered: Ints,
    streams: Words,
    own_score: Own,
    own_chance: Own,
) -> None:
    """Run every day with one thread for each row of ``tallies``, each with every so many blocks of agents."""
    workers = len(tallies)
    with ThreadPoolExecutor(workers) as pool:

        def each(work: Callable[..., None], day: int, total: int, parts: Sequence[Ints | Words], *own: Own) -> None:
            def one(worker: int) -> None:
                work(program, state, day, total, worker, workers, *(part[worker] for part in parts), key, *own)

            list(pool.map(one, range(workers)))

        for day in range(len(program.days.frozen)):
            before = int(state.created[0])
            if ENTRIES.dawn(program, state, day, streams[0], key):
                each(ENTRIES.redraw, day, before, [streams])
            for phase in (ENTRIES.depart, ENTRIES.travel):
                each(phase, day, int(state.created[0]), [tallies, entered, streams], own_score, own_chance)
                ENTRIES.settle(program, state, day, tallies, entered)
            ENTRIES.dusk(program, state, day, streams[0], key)


def drawn(arrivals: Arrivals, seed: int, replicate: int) -> Arrivals:
    """Return arrivals with the numbers that a replicate draws: Poisson, by day and place."""
    key = (seed ^ int(SPAWN)) & (2**64 - 1)
    generator = np.random.Generator(np.random.Philox(key=np.array([key, replicate], np.uint64)))
    return arrivals._replace(placed=generator.poisson(arrivals.placed_mean).astype(np.int64))


def run_replicate(
    program: WalkProgram,
    seed: int,
    replicate: int,
    workers: int = 1,
    own_score: Own = None,
    own_chance: Own = None,
) -> tuple[Record, WalkState]:
    """Run one replicate and return what was recorded, and the final state.

    The numbers do not depend on ``workers``. Agents that decide in order are always run by one thread.

    ``own_score(program, state, agent, day, place, score) -> float`` and ``own_chance(program, state, agent, day,
    place, chance) -> float`` are rules of a researcher's own, compiled with
    :data:`sojourn.engine.walk.compiled.rule`: what an agent makes of a place's score, and its chance of setting
    out today. With ``own_chance`` everyone at rest is asked every day.
    """
    program = program._replace(rules=program.rules._replace(ask_daily=own_chance is not None))
    if len(program.arrivals.placed_mean) > 0:
        program = program._replace(arrivals=drawn(program.arrivals, seed, replicate))
    state = new_state(program)
    shared = workers > 1 and not program.rules.in_order and len(state.agents.where) >= SHARED_FROM
    threads = workers if shared else 1
    key = np.array([seed, replicate], np.uint64)
    tallies = np.zeros((threads, len(state.sites.people)), np.int64)
    entered = np.zeros((threads, len(program.roads.road_km)), np.int64)
    streams = np.zeros((threads, SCRATCH), np.uint64)
    (run_shared if shared else ENTRIES.run_alone)(
        program, state, key, tallies, entered, streams, own_score, own_chance
    )
    return state.record, state
