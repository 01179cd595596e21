"""The days of a run: who appears, what changed over night, the two phases of movement, what is recorded.

One replicate is run by one thread in a compiled loop, or, where agents see the counts at the start of a
phase, by several threads over ranges of agents: the same functions, the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from sojourn.engine.kernel import ENGINE_DIGEST
from sojourn.engine.streams import component_key, next_uniform, open_stream
from sojourn.engine.walk.movement import admit, depart, redraw, rest, travel
from sojourn.engine.walk.program import CAMP, Arrivals, WalkProgram
from sojourn.engine.walk.routes import home_count, mark_open, rebuild_all
from sojourn.engine.walk.rule import Floats, Ints, Own, OwnRules, Words, entry, kernel, rule
from sojourn.engine.walk.state import GONE, NEVER, Record, Thread, Threads, WalkState, new_state
from sojourn.engine.walk.streams import SCRATCH

__all__ = ["ENTRIES", "advance", "begin", "run_replicate"]

SPAWN = np.uint64(component_key("walk/spawn"))
LEAVE = np.uint64(component_key("walk/leave"))
KIND = np.uint64(component_key("walk/kind"))
FARMER = np.uint64(component_key("walk/farmer"))
FIRST_REST = np.uint64(component_key("walk/first-rest"))
SHARED_FROM = 50_000
"""Agents below which several threads cost more than they bring."""
ETHNIC_BONUS = 10.0
"""Factor on the agents of one's own ethnicity by head of population. Source: Flee 3."""
HUGE_POPULATION = 100_000_000.0
"""Taken where nobody lives, so that one's own do not count there. Source: Flee 3."""


@kernel
def set_chances(program: WalkProgram, state: WalkState, day: int) -> bool:
    """Set today's chance of setting out of every place, and kind; return whether any changed."""
    days, views, rules, sites = program.days, program.views, program.rules, state.sites
    any_changed, places = False, len(sites.people)
    for slot in range(len(sites.chance)):
        kind, place = slot // places, slot % places
        chance, by_size = days.chance[day, place], days.chance_by_size[day, place]
        if len(views.chance) > 0:
            chance, by_size = views.chance[day, kind, place], views.chance_by_size[day, kind, place]
        if by_size != 0.0:
            size = max(np.float64(max(sites.population[place], 0)), days.capacity[day, place])
            crowd = 1.0
            if rules.population_power != 0.0:
                crowd = (size / rules.population_base) ** rules.population_power
            chance += by_size * crowd
        sites.changed[slot] = chance != sites.chance[slot]
        if sites.changed[slot]:
            any_changed = True
            sites.chance[slot] = chance
            if chance >= 1.0 or program.rules.ask_daily:
                sites.pause[slot] = 0.0
            elif chance <= 0.0:
                sites.pause[slot] = -np.inf
            else:
                sites.pause[slot] = 1.0 / np.log1p(-chance)
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
    if len(state.agents.home) > 0:
        state.agents.home[agent] = place
    if len(state.agents.farmer) > 0:
        open_stream(stream, key[0], key[1], FARMER, agent, day)
        state.agents.farmer[agent] = next_uniform(stream) < program.arrivals.farmer_share[place]
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
def count_at_home(program: WalkProgram, state: WalkState, day: int) -> None:
    """Count those at rest where they came from while the harvest lasts, and where they are when it is over.

    Source: Flee 3, harvest months.
    """
    agents, people = state.agents, state.sites.people
    for agent in range(state.created[0]):
        place, home = agents.where[agent], agents.home[agent]
        if place >= 0 and (home >= 0) == program.days.frozen[day]:
            people[place] += -1 if home >= 0 else 1
            people[home if home >= 0 else -1 - home] += 1 if home >= 0 else -1
            agents.home[agent] = -1 - home


@kernel
def weigh_presence(program: WalkProgram, state: WalkState, day: int) -> None:
    """Let scores follow who is at rest where this morning, and how many still live there.

    Source: Flee 3, score of an end point and attribute ratio.
    """
    presence, sites, places = program.presence, state.sites, len(state.sites.people)
    factor, count = state.tables.presence, state.tables.around
    kinds, homes = len(presence.ethnicity), home_count(program)
    for slot in range(len(count)):
        count[slot] = 0
    for agent in range(state.created[0]):
        if state.agents.where[agent] >= 0:
            kind = int(state.agents.outlook[agent]) // homes if len(state.agents.outlook) > 0 else 0
            count[kind * places + state.agents.where[agent]] += 1
    for slot in range(len(factor)):
        kind, place = slot // places, slot % places
        living = np.float64(sites.population[place]) if sites.population[place] >= 1 else HUGE_POPULATION
        akin = np.float64(0)
        alike = np.float64(0)
        for other in range(kinds):
            akin += count[other * places + place] * (presence.ethnicity[other] == presence.ethnicity[kind])
            alike += count[other * places + place] * (presence.religion[other] == presence.religion[kind])
        factor[slot] = 1.0
        if presence.by_ethnicity[day, place]:
            factor[slot] *= ETHNIC_BONUS * akin / living
        if presence.by_religion[day, place]:
            factor[slot] *= presence.religion_rate * alike / living
        if presence.by_population[day, place]:
            factor[slot] *= max(1.0, np.float64(sites.population[place])) ** presence.population_power
    state.tables.version[0] += 1


@kernel
def dawn(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> int:
    """Begin a day: set chances, create agents, open and close roads.

    Return how many agents, the oldest, must draw again because chances changed (``redraw``, to be called next):
    those there before this call, or all of them where today's departures change the chances.
    """
    rules, before = program.rules, state.created[0]
    by_population = rules.take_from_population and rules.population_power != 0.0
    changed = False if by_population else set_chances(program, state, day)
    appear(program, state, day, stream, key)
    if by_population:
        changed, before = set_chances(program, state, day), state.created[0]
    if rules.count_at_home:
        count_at_home(program, state, day)
    if len(state.tables.presence) > 0:
        weigh_presence(program, state, day)
    if program.days.roads_change[day]:
        mark_open(program, state, day)
    if program.days.tables_change[day]:
        state.tables.version[0] += 1
    rebuild_all(program, state, day)
    return int(before) if changed else 0


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
            if place >= 0 and leave[place] > 0.0 and program.days.flags[day, place] & CAMP:
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
    program: WalkProgram, state: WalkState, threads: Threads, own: OwnRules, first: int, last: int
) -> None:
    """Run the days ``first`` to ``last`` - 1 in one thread."""
    stream, key, tallies, entered = threads.stream[0], threads.key, threads.tally, threads.entered
    tally = state.sites.people if program.rules.in_order else tallies[0]
    thread = Thread(0, 1, tally, entered[0], stream, key)
    for day in range(first, last):
        again = dawn(program, state, day, stream, key)
        if again > 0:
            redraw(program, state, day, again, thread)
        depart(program, state, day, state.created[0], thread, own)
        if len(program.days.road_limit) > 0:
            admit(program, state, day, tally, entered[0])
        settle(program, state, day, tallies, entered)
        travel(program, state, day, state.created[0], thread, own)
        settle(program, state, day, tallies, entered)
        dusk(program, state, day, stream, key)


class Entries(NamedTuple):
    """The kernels that Python calls."""

    run_alone: Callable[..., None]
    dawn: Callable[..., int]
    redraw: Callable[..., None]
    depart: Callable[..., None]
    admit: Callable[..., None]
    travel: Callable[..., None]
    settle: Callable[..., None]
    dusk: Callable[..., None]


def _alone(
    sources: str,
) -> tuple[Callable[..., None], Callable[..., int], Callable[..., None], Callable[..., None], Callable[..., None]]:
    """Return the kernels for one thread: every day at once, and what opens, parts and ends a day."""

    @entry
    def every_day(
        program: WalkProgram, state: WalkState, threads: Threads, own: OwnRules, first: int, last: int
    ) -> None:
        sources  # noqa: B018 - makes it a cell
        run_alone(program, state, threads, own, first, last)

    @entry
    def first(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> int:
        sources  # noqa: B018
        return dawn(program, state, day, stream, key)

    @entry
    def gates(program: WalkProgram, state: WalkState, day: int, tally: Ints, entered: Ints) -> None:
        sources  # noqa: B018
        admit(program, state, day, tally, entered)

    @entry
    def between(program: WalkProgram, state: WalkState, day: int, tallies: Ints, entered: Ints) -> None:
        sources  # noqa: B018
        settle(program, state, day, tallies, entered)

    @entry
    def last(program: WalkProgram, state: WalkState, day: int, stream: Words, key: Words) -> None:
        sources  # noqa: B018
        dusk(program, state, day, stream, key)

    return every_day, first, gates, between, last


def _together(sources: str) -> tuple[Callable[..., None], Callable[..., None], Callable[..., None]]:
    """Return the kernels that several threads run, each for its part of the agents."""

    @entry
    def again(program: WalkProgram, state: WalkState, day: int, total: int, thread: Thread) -> None:
        sources  # noqa: B018
        redraw(program, state, day, total, thread)

    @entry
    def leaving(
        program: WalkProgram, state: WalkState, day: int, total: int, thread: Thread, own: OwnRules
    ) -> None:
        sources  # noqa: B018
        depart(program, state, day, total, thread, own)

    @entry
    def travelling(
        program: WalkProgram, state: WalkState, day: int, total: int, thread: Thread, own: OwnRules
    ) -> None:
        sources  # noqa: B018
        travel(program, state, day, total, thread, own)

    return again, leaving, travelling


def _build(sources: str) -> Entries:
    """Return the kernels that Python calls; ``sources`` is the digest that keys their kept machine code."""
    every_day, first, gates, between, last = _alone(sources)
    again, leaving, travelling = _together(sources)
    return Entries(every_day, first, again, leaving, gates, travelling, between, last)


ENTRIES = _build(ENGINE_DIGEST)


def run_shared(
    program: WalkProgram, state: WalkState, threads: Threads, own: OwnRules, first: int, last: int
) -> None:
    """Run days with one thread for each row of ``threads``, each with every so many blocks of agents."""
    key, tallies, entered = threads.key, threads.tally, threads.entered
    several = [
        Thread(number, len(tallies), tallies[number], entered[number], threads.stream[number], key)
        for number in range(len(tallies))
    ]
    with ThreadPoolExecutor(len(several)) as pool:

        def each(work: Callable[..., None], day: int, total: int, *own: OwnRules) -> None:
            list(pool.map(lambda thread: work(program, state, day, total, thread, *own), several))

        for day in range(first, last):
            again = ENTRIES.dawn(program, state, day, threads.stream[0], key)
            if again > 0:
                each(ENTRIES.redraw, day, again)
            for phase in (ENTRIES.depart, ENTRIES.travel):
                each(phase, day, int(state.created[0]), own)
                if phase is ENTRIES.depart and len(program.days.road_limit) > 0:
                    ENTRIES.admit(program, state, day, tallies[0], entered[0])
                ENTRIES.settle(program, state, day, tallies, entered)
            ENTRIES.dusk(program, state, day, threads.stream[0], key)


def drawn(arrivals: Arrivals, seed: int, replicate: int) -> Arrivals:
    """Return arrivals with the numbers that a replicate draws: Poisson, by day and place."""
    key = (seed ^ int(SPAWN)) & (2**64 - 1)
    generator = np.random.Generator(np.random.Philox(key=np.array([key, replicate], np.uint64)))
    return arrivals._replace(placed=generator.poisson(arrivals.placed_mean).astype(np.int64))


def begin(program: WalkProgram, seed: int, replicate: int) -> tuple[WalkProgram, WalkState]:
    """Return the program with the arrivals that a replicate draws, and the state before day 0."""
    if len(program.arrivals.placed_mean) > 0:
        program = program._replace(arrivals=drawn(program.arrivals, seed, replicate))
    return program, new_state(program)


def advance(
    program: WalkProgram,
    state: WalkState,
    key: tuple[int, int],
    first: int,
    last: int,
    *,
    workers: int = 1,
    own_score: Own = None,
    own_chance: Own = None,
) -> None:
    """Run the days ``first`` to ``last`` - 1 of a replicate, in place.

    Parameters
    ----------
    program, state : WalkProgram, WalkState
        As :func:`begin` gives them.
    key : tuple of int
        Seed and number of the replicate, which key every draw.
    workers : int
        Threads that share the agents; it changes no number. Agents that decide in order are run by one.
    own_score, own_chance : callable, optional
        Rules of a researcher's own, compiled with :data:`sojourn.engine.walk.rule.rule`:
        ``own_score(program, state, agent, day, place, score) -> float`` is what an agent makes of a place's
        score, ``own_chance(program, state, agent, day, place, chance) -> float`` its chance of setting out
        today. With ``own_chance`` everyone at rest is asked every day.
    """
    program = program._replace(rules=program.rules._replace(ask_daily=own_chance is not None))
    shared = workers > 1 and not program.rules.in_order and len(state.agents.where) >= SHARED_FROM
    count = workers if shared else 1
    threads = Threads(
        np.zeros((count, len(state.sites.people)), np.int64),
        np.zeros((count, len(program.roads.road_km)), np.int64),
        np.zeros((count, SCRATCH), np.uint64),
        np.array(key, np.uint64),
    )
    own = OwnRules(own_score, own_chance)
    (run_shared if shared else ENTRIES.run_alone)(program, state, threads, own, first, last)


def run_replicate(
    program: WalkProgram,
    seed: int,
    replicate: int,
    workers: int = 1,
    own_score: Own = None,
    own_chance: Own = None,
) -> tuple[Record, WalkState]:
    """Run one replicate to its end, and return what was recorded and the final state; see :func:`advance`."""
    program, state = begin(program, seed, replicate)
    days = len(program.days.frozen)
    advance(
        program,
        state,
        (seed, replicate),
        0,
        days,
        workers=workers,
        own_score=own_score,
        own_chance=own_chance,
    )
    return state.record, state
