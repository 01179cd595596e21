"""Route tables: which routes an agent can choose from a place, and with what weight."""

from __future__ import annotations

from sojourn.engine.walk.program import CAMP, NOBODY, RoadMap, WalkProgram
from sojourn.engine.walk.rule import OwnRule, kernel, rule
from sojourn.engine.walk.state import WalkState

__all__ = [
    "choose",
    "final_stop",
    "full_camp",
    "mark_open",
    "rebuild",
    "rebuild_all",
    "road_towards",
    "room_left",
    "see_room",
]

COUNTED = 64
"""Routes up to which those passed are counted rather than searched."""


@kernel
def room_left(count: int, limit: float, buffer: float) -> float:
    """Return the factor by which crowding lowers a place's weight: 1 with room, 0 when full.

    It falls linearly from 1 at ``buffer`` times the limit to 0 at the limit; a limit below 1 is none.

    Source: Flee 3, capacity multiplier.
    """
    if limit < 1.0 or count <= buffer * limit:
        return 1.0
    if count >= limit:
        return 0.0
    return 1.0 - (count - buffer * limit) / (limit * (1.0 - buffer))


@rule
def see_room(program: WalkProgram, state: WalkState, day: int, place: int) -> None:
    """Look again how much room a place has, and mark the tables stale if that changed."""
    limit = program.days.capacity[day, place] * program.rules.capacity_scaling
    room = room_left(state.sites.people[place], limit, program.rules.capacity_buffer)
    if room != state.sites.room[place]:
        state.sites.room[place] = room
        state.tables.version[0] += 1


@rule
def full_camp(program: WalkProgram, state: WalkState, day: int, place: int) -> bool:
    """Return whether nobody sets out for a place any more: a camp with less than half of its buffer left."""
    return bool(program.days.flags[day, place] & CAMP) and state.sites.room[place] < 0.5


@rule
def road_towards(program: WalkProgram, day: int, place: int, target: int) -> int:
    """Return the first open road from a place to its neighbour ``target``, or -1 when there is none."""
    roads = program.roads
    for position in range(roads.out_start[place], roads.out_start[place + 1]):
        road = roads.out_roads[position]
        if roads.road_to[road] == target and program.days.open_roads[day, road]:
            return int(road)
    return NOBODY


@rule
def final_stop(roads: RoadMap, path: int) -> int:
    """Return the last place of a route of which ``path`` is the next."""
    while roads.path_places[path + 1] != NOBODY:
        path += 1
    return int(roads.path_places[path])


@kernel
def mark_open(program: WalkProgram, state: WalkState, day: int) -> None:
    """Mark the routes that are offered and whose roads are all open today."""
    roads = program.roads
    for option in range(len(roads.option_final)):
        passable = bool(len(program.days.offered) == 0 or program.days.offered[day, option])
        for position in range(roads.path_start[option], roads.path_start[option + 1]):
            passable = passable and program.days.open_roads[day, roads.path_roads[position]]
        state.tables.open_option[option] = passable
    state.tables.version[0] += 1


@rule
def home_count(program: WalkProgram) -> int:
    """Return the number of homes that make people see places differently, 1 if none does."""
    return 1 if program.rules.near_here or len(program.views.nearness) == 0 else len(program.views.nearness)


@rule
def seen_score(program: WalkProgram, state: WalkState, day: int, view: int, place: int, end: int) -> float:
    """Return the score of ``end`` as people of a view at a place see it."""
    views, homes = program.views, home_count(program)
    score = program.days.score[day, end] if len(views.score) == 0 else views.score[day, view // homes, end]
    if len(views.nearness) > 0:
        score *= views.nearness[place if program.rules.near_here else view % homes, end]
    if len(state.tables.presence) > 0:
        score *= state.tables.presence[view // homes * len(state.sites.people) + end]
    return float(score)


@rule
def weigh(program: WalkProgram, state: WalkState, day: int, option: int, score: float) -> float:
    """Return the weight of a route: ((weight softening + score of its end) x pull x room at its end) to a power.

    The pull is 1 / (softening + length) to the distance power.

    Source: Flee 3, route selection.
    """
    rules = program.rules
    if rules.uniform_choice:
        return 1.0
    if len(program.views.searched) > 0:
        return float(program.views.searched[day, option] * score)
    weight = (rules.weight_softening + score) * program.roads.option_pull[option]
    weight *= state.sites.room[program.roads.option_final[option]]
    if rules.weight_power != 1.0:
        weight = weight**rules.weight_power
    return float(weight)


@kernel
def rebuild(program: WalkProgram, state: WalkState, day: int, view: int, place: int) -> None:
    """Make the table of one place again for one view: cumulative weights of its open routes.

    If all weights are 0, all routes count the same.

    Source: Flee 3, route selection.
    """
    roads, tables, rules = program.roads, state.tables, program.rules
    slot = view * len(state.sites.people) + place
    first, size, total, best = view * len(roads.option_final) + roads.option_start[place], 0, 0.0, 0.0
    last_end = NOBODY
    for option in range(roads.option_start[place], roads.option_start[place + 1]):
        end = roads.option_final[option]
        if tables.open_option[option] and not (rules.one_route_each and end == last_end):
            last_end = end
            weight = weigh(program, state, day, option, seen_score(program, state, day, view, place, end))
            tables.option[first + size] = option
            tables.cumulative[first + size] = weight
            best = max(best, weight)
            size += 1
    threshold = best / rules.pruning if rules.pruning >= 1.001 and len(program.views.searched) == 0 else 0.0
    kept = 0
    for position in range(first, first + size):
        if tables.cumulative[position] >= threshold:
            total += tables.cumulative[position]
            tables.option[first + kept] = tables.option[position]
            tables.cumulative[first + kept] = total
            kept += 1
    if total <= 0.0:
        for position in range(kept):
            tables.cumulative[first + position] = position + 1.0
    for position in range(first, first + kept):
        option = tables.option[position]
        next_stop = roads.path_places[roads.path_start[option] + option]
        tables.road[position] = road_towards(program, day, place, next_stop)
    tables.size[slot] = kept
    tables.made[slot] = tables.version[0]


@kernel
def rebuild_all(program: WalkProgram, state: WalkState, day: int) -> None:
    """Look at the room of every place and make every stale table again."""
    places = len(state.sites.people)
    for place in range(places):
        see_room(program, state, day, place)
    for slot in range(len(state.tables.made)):
        if state.tables.made[slot] != state.tables.version[0]:
            rebuild(program, state, day, slot // places, slot % places)


@rule
def choose_own(
    program: WalkProgram,
    state: WalkState,
    day: int,
    agent: int,
    view: int,
    place: int,
    uniform: float,
    own_score: OwnRule,
) -> int:
    """Return the row of the tables an agent picks by its own view of where the routes end, or -1 for none.

    ``own_score(program, state, agent, day, end, score)`` returns the score the agent gives a place.
    """
    tables = state.tables
    first = view * len(program.roads.option_final) + program.roads.option_start[place]
    size = tables.size[view * len(state.sites.people) + place]
    total, passed = 0.0, 0.0
    for again in range(2):
        for position in range(first, first + size):
            option = tables.option[position]
            end = program.roads.option_final[option]
            score = own_score(program, state, agent, day, end, seen_score(program, state, day, view, place, end))
            weight = weigh(program, state, day, option, score)
            if again == 0:
                total += weight
            else:
                passed += weight
                if passed > uniform * total:
                    return position
    if size == 0:
        return NOBODY
    return min(first + int(uniform * size), first + size - 1)


@rule
def choose(program: WalkProgram, state: WalkState, view: int, place: int, uniform: float) -> int:
    """Return the row of the tables a uniform number picks for a place, or -1 when no route is open."""
    first = view * len(program.roads.option_final) + program.roads.option_start[place]
    size = state.tables.size[view * len(state.sites.people) + place]
    if size == 0:
        return NOBODY
    cumulative = state.tables.cumulative
    goal = uniform * cumulative[first + size - 1]
    low = first
    while size > COUNTED:
        half = size >> 1
        low += half * (cumulative[low + half - 1] <= goal)
        size -= half
    passed = 0
    for position in range(low, low + size - 1):  # no branch: which route it is cannot be foreseen
        passed += cumulative[position] <= goal
    return low + passed
