"""What an agent does in a day: decide to leave, choose a route, travel, arrive, go on or rest.

Each agent's draws are keyed by its number and the day, so they do not depend on what others do or on the
order of work. Agents at rest are not visited: the day of the next decision is drawn when they come to rest,
which is the same as a draw every day because the chance is the same every day (it is drawn again when it
changes).
"""

from __future__ import annotations

import math

import numpy as np

from sojourn.engine.streams import component_key, next_uniform, open_stream
from sojourn.engine.walk.program import NOBODY, TOWN, Rules, WalkProgram
from sojourn.engine.walk.routes import (
    choose,
    choose_own,
    final_stop,
    full_camp,
    home_count,
    rebuild,
    road_towards,
    see_room,
)
from sojourn.engine.walk.rule import Ints, Own, OwnRules, Words, kernel, rule
from sojourn.engine.walk.state import NEVER, Thread, WalkState
from sojourn.engine.walk.streams import CHUNK, gather, make_blocks, open_block

__all__ = ["admit", "depart", "redraw", "rest", "travel"]

DEPART = np.uint64(component_key("walk/depart"))
TRAVEL = np.uint64(component_key("walk/travel"))
REDRAW = np.uint64(component_key("walk/redraw"))
BLOCK = 4096
"""Agents a thread takes at a time; the blocks of all threads alternate, so that each has young and old."""
MOST_ROADS_A_DAY = 1000
SMALLEST_SHARE = 1e-9
HALVED = np.ldexp(1.0, -np.arange(1100))
"""Powers of one half, by days; those beyond are 0."""


@rule
def pause_days(pause: float, stream: Words) -> float:
    """Return how many days pass before one on which a chance comes true: geometric, 0 for a chance of 1."""
    if pause == 0.0:
        return 0.0
    if pause == -math.inf:
        return math.inf
    return math.floor(math.log(next_uniform(stream)) * pause)


@rule
def wake_on(state: WalkState, agent: int, day: float, last: int) -> None:
    """Let an agent act on a day, or never if the run is over by then."""
    state.agents.wake[agent] = NEVER if day > last else np.uint16(day)


@rule
def mood(program: WalkProgram, state: WalkState, agent: int, place: int) -> int:
    """Return where ``Sites`` keeps the chance that an agent sets out from a place: kinds may have their own."""
    if len(program.views.chance) == 0:
        return place
    kind = int(state.agents.outlook[agent]) // home_count(program) if len(state.agents.outlook) > 0 else 0
    return kind * len(state.sites.people) + place


@rule
def rest(program: WalkProgram, state: WalkState, agent: int, day: int, stream: Words) -> None:
    """Let an agent stay where it is from a day on, until its next decision."""
    last = len(program.days.frozen) - 1
    if state.agents.path[agent] != NOBODY:
        wake_on(state, agent, day, last)
    else:
        slot = mood(program, state, agent, int(state.agents.where[agent]))
        wake_on(state, agent, day + pause_days(state.sites.pause[slot], stream), last)


@rule
def count_in(program: WalkProgram, state: WalkState, tally: Ints, day: int, place: int, change: int) -> None:
    """Count somebody in or out of a place; in order, those after see it at once."""
    tally[place] += change
    if program.rules.in_order:
        see_room(program, state, day, place)


@rule
def willing(program: WalkProgram, state: WalkState, agent: int, day: int, stream: Words, own_chance: Own) -> bool:
    """Return whether an agent that is free to leave today does, by a rule of its own if there is one."""
    if own_chance is None:
        return True
    if state.agents.path[agent] != NOBODY:
        return True
    place = int(state.agents.where[agent])
    chance = state.sites.chance[mood(program, state, agent, place)]
    return next_uniform(stream) < own_chance(program, state, agent, day, place, chance)


@rule
def harvesting(program: WalkProgram, state: WalkState, agent: int, day: int) -> bool:
    """Return whether an agent stays where it is for the harvest.

    Source: Flee 3, harvest months.
    """
    if not program.days.frozen[day]:
        return False
    return len(state.agents.farmer) == 0 or state.agents.farmer[agent] != 0


@rule
def harvest(program: WalkProgram, state: WalkState, agent: int, day: int, stream: Words) -> None:
    """Let an agent rest until the harvest is over, and decide from then on."""
    while day < len(program.days.frozen) and program.days.frozen[day]:
        day += 1
    rest(program, state, agent, day, stream)


@rule
def limited(program: WalkProgram, day: int, road: int) -> bool:
    """Return whether only so many agents can set out on a road today."""
    return len(program.days.road_limit) > 0 and program.days.road_limit[day, road] >= 0


@rule
def step_on(
    program: WalkProgram, state: WalkState, agent: int, day: int, road: int, path: int, tally: Ints, entered: Ints
) -> None:
    """Put an agent on the road to the place that ``path`` of its route is."""
    agents, roads = state.agents, program.roads
    place = agents.where[agent]
    agents.path[agent] = path + 1 if roads.path_places[path + 1] != NOBODY else NOBODY
    agents.where[agent] = -1 - road
    agents.progress[agent] = 0.0
    entered[road] += 1
    count_in(program, state, tally, day, place, -1)


@kernel
def admit(program: WalkProgram, state: WalkState, day: int, tally: Ints, entered: Ints) -> None:
    """Let those who wait where a road is limited set out on it, oldest first, until its number is reached."""
    agents, last = state.agents, len(program.days.frozen) - 1
    tomorrow = NEVER if day == last else day + 1
    for agent in range(state.created[0]):
        place, path = int(agents.where[agent]), int(agents.path[agent])
        if place < 0 or path == NOBODY or agents.wake[agent] != tomorrow or harvesting(program, state, agent, day):
            continue
        road = road_towards(program, day, place, program.roads.path_places[path])
        if road != NOBODY and entered[road] < program.days.road_limit[day, road]:
            step_on(program, state, agent, day, road, path, tally, entered)
            leave_now(state, agent, day)
            agents.wake[agent] = day


@rule
def leave_now(state: WalkState, agent: int, day: int) -> None:
    """Note that an agent that was at rest set out today."""
    agents = state.agents
    agents.recent[agent] = agents.recent[agent] * HALVED[min(day - int(agents.since[agent]), len(HALVED) - 1)]
    agents.since[agent] = day


@rule
def set_out(program: WalkProgram, state: WalkState, agent: int, day: int, thread: Thread, own_score: Own) -> bool:
    """Choose a route if there is none, and step on its first road; return whether the agent did.

    An agent stays, and forgets its route, when no road leads on or the route ends in a full camp. It stays, and
    keeps its route, where the road is limited: who passes is settled in the morning (:func:`admit`).

    Source: Flee 3, route selection and next step.
    """
    agents, roads = state.agents, program.roads
    place = agents.where[agent]
    path = agents.path[agent]
    agents.path[agent] = NOBODY
    if path == NOBODY:
        view = int(agents.outlook[agent]) if len(agents.outlook) > 0 else 0
        made = state.tables.made[view * len(state.sites.people) + place]
        if program.rules.in_order and made != state.tables.version[0]:
            rebuild(program, state, day, view, place)
        if own_score is None:
            row = choose(program, state, view, place, next_uniform(thread.stream))
        else:
            row = choose_own(program, state, day, agent, view, place, next_uniform(thread.stream), own_score)
        if row == NOBODY:
            return False
        option, road = state.tables.option[row], state.tables.road[row]
        path, end = roads.path_start[option] + option, roads.option_final[option]
    else:
        road, end = road_towards(program, day, place, roads.path_places[path]), final_stop(roads, path)
    if road == NOBODY or full_camp(program, state, day, end):
        return False
    if limited(program, day, road):
        agents.path[agent] = path
        return False
    step_on(program, state, agent, day, road, path, thread.tally, thread.entered)
    return True


@kernel
def depart(program: WalkProgram, state: WalkState, day: int, total: int, thread: Thread, own: OwnRules) -> None:
    """First phase of a day: agents whose day it is set out, or rest again."""
    agents = state.agents
    for first in range(thread.number * BLOCK, total, thread.threads * BLOCK):
        last = min(first + BLOCK, total)
        for start in range(first, last, CHUNK):
            due = gather(agents, day, start, min(start + CHUNK, last), True, thread.stream)
            make_blocks(thread.stream, thread.key, DEPART, day, due)
            for row in range(due):
                agent = open_block(thread.stream, row)
                if harvesting(program, state, agent, day):
                    harvest(program, state, agent, day, thread.stream)
                elif not willing(program, state, agent, day, thread.stream, own.chance):
                    agents.wake[agent] = day + 1
                elif set_out(program, state, agent, day, thread, own.score):
                    leave_now(state, agent, day)
                else:
                    rest(program, state, agent, day + 1, thread.stream)


@rule
def speed(program: WalkProgram, agent: int, road: int, on_foot: bool, stream: Words) -> float:
    """Return the km a day an agent makes on a road today."""
    rules, roads = program.rules, program.roads
    pace = roads.road_speed[road] if roads.road_speed[road] > 0.0 else rules.max_speed
    if on_foot and rules.start_on_foot:
        pace = rules.walk_speed
    if roads.road_walk[road] > 0.0 and next_uniform(stream) < roads.road_walk[road]:
        pace = rules.walk_speed
    return pace


@rule
def reached(rules: Rules, done: float, length: float) -> bool:
    """Return whether a road's end is reached; strictly, an agent must go beyond it."""
    return done > length or (done == length and not rules.arrive_strictly)


@rule
def stay_on_road(
    program: WalkProgram, state: WalkState, agent: int, day: int, road: int, done: float, pace: float, moved: float
) -> None:
    """End the day on a road and work out the day of arrival, and how much travel lies behind by then."""
    agents, rules = state.agents, program.rules
    last = len(program.days.frozen) - 1
    recent = (agents.recent[agent] + moved / rules.max_speed) / 2.0
    arrival = day + 1
    if program.roads.road_walk[road] == 0.0:
        length = program.roads.road_km[road]
        while arrival <= last and not reached(rules, done + pace, length):
            done += pace
            recent = (recent + pace / rules.max_speed) / 2.0
            arrival += 1
    agents.progress[agent] = done
    agents.recent[agent] = recent
    wake_on(state, agent, arrival, last)


@rule
def stop_at(program: WalkProgram, state: WalkState, agent: int, day: int, tally: Ints, place: int) -> None:
    """Count an agent in at a place where it ends the day, or passes."""
    agents = state.agents
    agents.where[agent] = place
    agents.since[agent] = day + 1
    count_in(program, state, tally, day, place, 1)


@rule
def turned_back(program: WalkProgram, state: WalkState, agent: int, day: int, road: int) -> bool:
    """Return whether a road closed under a traveller."""
    if program.rules.bounce_if_ever_closed:
        return bool(program.days.closed_on[day, road] > np.int32(state.agents.since[agent]))
    return not program.days.open_roads[day, road]


@rule
def goes_on(
    program: WalkProgram,
    state: WalkState,
    agent: int,
    day: int,
    thread: Thread,
    place: int,
    moved: float,
    own_chance: Own,
) -> bool:
    """Decide whether an agent that arrived with time to spare leaves again today; if not, let it rest.

    Those who made little way lately do not rest in a town, where short stints are avoided.

    Source: Flee 3, travel and short stints.
    """
    agents, rules = state.agents, program.rules
    last = len(program.days.frozen) - 1
    if harvesting(program, state, agent, day):
        harvest(program, state, agent, day, thread.stream)
        if rules.count_at_home:
            home = agents.home[agent]
            count_in(program, state, thread.tally, day, place, -1)
            count_in(program, state, thread.tally, day, home, 1)
            agents.home[agent] = -1 - home
        return False
    if agents.path[agent] != NOBODY:
        return True
    lately = (agents.recent[agent] + moved / rules.max_speed) / 2.0
    if rules.avoid_short_stints and lately < 0.5 and program.days.flags[day, place] & TOWN:
        return True
    wait = pause_days(state.sites.pause[mood(program, state, agent, place)], thread.stream)
    if wait == 0.0:
        if willing(program, state, agent, day, thread.stream, own_chance):
            return True
        wait = 1.0
    wake_on(state, agent, day + wait, last)
    return False


@rule
def travel_one(program: WalkProgram, state: WalkState, agent: int, day: int, thread: Thread, own: OwnRules) -> None:
    """One agent's travel today: to the end of its road, and on along further roads while the day lasts.

    Source: Flee 3, travel. There each further road gives a full day's distance again; otherwise the share of
    the day that is left is used.
    """
    agents, rules, roads = state.agents, program.rules, program.roads
    moved, share = 0.0, 1.0
    for _ in range(MOST_ROADS_A_DAY):
        road = -1 - agents.where[agent]
        length = roads.road_km[road]
        pace = speed(program, agent, road, agents.on_foot[agent], thread.stream)
        stride = pace if rules.full_day_again else pace * share
        before = agents.progress[agent]
        done = before + stride
        moved += stride
        if not reached(rules, done, length):
            stay_on_road(program, state, agent, day, road, done, pace, moved)
            return
        agents.on_foot[agent] = 0
        moved += length - done
        share -= (length - before) / pace
        if turned_back(program, state, agent, day, road):
            stop_at(program, state, agent, day, thread.tally, roads.road_from[road])
            break
        place = roads.road_to[road]
        stop_at(program, state, agent, day, thread.tally, place)
        more = moved < pace if rules.full_day_again else share > SMALLEST_SHARE
        if not more:
            break
        if not goes_on(program, state, agent, day, thread, place, moved, own.chance):
            agents.recent[agent] = (agents.recent[agent] + moved / rules.max_speed) / 2.0
            return
        if not set_out(program, state, agent, day, thread, own.score):
            break
        agents.since[agent] = day
    agents.recent[agent] = (agents.recent[agent] + moved / rules.max_speed) / 2.0
    if agents.where[agent] >= 0:
        rest(program, state, agent, day + 1, thread.stream)
    else:
        wake_on(state, agent, day + 1, len(program.days.frozen) - 1)


@kernel
def travel(program: WalkProgram, state: WalkState, day: int, total: int, thread: Thread, own: OwnRules) -> None:
    """Second phase of a day: travellers who reach the end of their road today."""
    agents = state.agents
    for first in range(thread.number * BLOCK, total, thread.threads * BLOCK):
        last = min(first + BLOCK, total)
        for start in range(first, last, CHUNK):
            due = gather(agents, day, start, min(start + CHUNK, last), False, thread.stream)
            make_blocks(thread.stream, thread.key, TRAVEL, day, due)
            for row in range(due):
                agent = open_block(thread.stream, row)
                travel_one(program, state, agent, day, thread, own)


@kernel
def redraw(program: WalkProgram, state: WalkState, day: int, total: int, thread: Thread) -> None:
    """Draw the next decision again for those at rest where the chance of setting out changed."""
    agents, sites = state.agents, state.sites
    for first in range(thread.number * BLOCK, total, thread.threads * BLOCK):
        for agent in range(first, min(first + BLOCK, total)):
            place = int(agents.where[agent])
            if place < 0 or agents.wake[agent] < day or agents.path[agent] != NOBODY:
                continue
            if sites.changed[mood(program, state, agent, place)]:
                open_stream(thread.stream, thread.key[0], thread.key[1], REDRAW, agent, day)
                rest(program, state, agent, day, thread.stream)
