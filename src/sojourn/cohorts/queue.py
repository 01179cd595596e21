"""Kernels that follow people through a queue: in order of entry, at random, and out by the side."""

from __future__ import annotations

from sojourn.cohorts.arrays import CohortState, Recorded
from sojourn.cohorts.leaving import NEGLIGIBLE, age_chances, leave_by_age, moved_head, send_cohorts, take_ages
from sojourn.engine.arrays import I64
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.state import value
from sojourn.engine.kernel import kernel

__all__ = ["follow_queue"]


@kernel
def _alone(slot: I64, flow: int) -> bool:
    """Tell whether those of one side way take a flow, and nobody else: no regular exit, no other side way."""
    ways = 1 if slot[slots.FIRST] <= flow < slot[slots.FIRST] + slot[slots.EXITS] else 0
    ways += 1 if slot[slots.PATIENCE_FLOW] == flow else 0
    ways += 1 if slot[slots.BALK_FLOW] == flow else 0
    ways += 1 if slot[slots.OVERFLOW] == flow else 0
    return flow >= 0 and ways == 1


@kernel
def _clipped(n: float, low: float, high: float) -> float:
    return max(0.0, min(max(n, low), high))


@kernel
def _by_the_side(
    recorded: Recorded, slot: I64, t: int, waiting: float, fresh: float, wish: tuple[float, float, float], n: float
) -> tuple[float, float, float]:
    """Return how many of n people left for want of patience, at the sight of the queue, and for want of room.

    Each is recorded where a flow is its own. Where several ways lead to one stage, they share what is left in
    proportion to ``wish``, those who would be expected to take them, as far as there are so many.
    """
    patience, balk, over = slot[slots.PATIENCE_FLOW], slot[slots.BALK_FLOW], slot[slots.OVERFLOW]
    gave_up = recorded.flows[t, patience] if _alone(slot, patience) else 0.0
    balked = recorded.flows[t, balk] if _alone(slot, balk) else 0.0
    no_room = recorded.flows[t, over] if _alone(slot, over) else 0.0
    left = max(0.0, n - gave_up - balked - no_room)
    open_0 = patience >= 0 and not _alone(slot, patience)
    open_1 = balk >= 0 and not _alone(slot, balk)
    open_2 = over >= 0 and not _alone(slot, over)
    free = fresh - balked - no_room
    most_0 = min(waiting, recorded.flows[t, patience]) if open_0 else 0.0
    most_1 = min(free, recorded.flows[t, balk]) if open_1 else 0.0
    most_2 = min(free, recorded.flows[t, over]) if open_2 else 0.0
    wish_0, wish_1, wish_2 = wish[0] * open_0, wish[1] * open_1, wish[2] * open_2
    wished = wish_0 + wish_1 + wish_2
    first = _clipped(left * (wish_0 / wished if wished > 0.0 else 0.0), left - min(free, most_1 + most_2), most_0)
    rest = left - first
    wished = wish_1 + wish_2
    second = _clipped(rest * (wish_1 / wished if wished > 0.0 else 0.0), rest - most_2, most_1)
    return gave_up + first, balked + second, no_room + _clipped(rest - second, 0.0, most_2)


@kernel
def _side_ways(
    program: Program,
    sampled: Sampled,
    recorded: Recorded,
    state: CohortState,
    s: int,
    t: int,
    g: int,
    fresh: float,
    n: float,
) -> tuple[float, float, float, int]:
    """Return how many took each side way, and how many ages wait; their chances to give up are written."""
    slot = program.stage[s]
    row = state.first[s, 0] + state.head[s, 0]
    waiting = 0.0
    impatient = 0.0
    count = slot[slots.QUEUE_AGE] + t - state.head[s, 0]
    if slot[slots.PATIENCE] >= 0:
        age_chances(sampled, state, slot[slots.PATIENCE], slot[slots.QUEUE_AGE], t, g, state.head[s, 0])
        for i in range(count):
            waiting += state.there[row + i]
            impatient += state.there[row + i] * state.chance[i]
    balking = 0.0
    if slot[slots.BALK_FLOW] >= 0:
        balking = fresh * value(sampled.values, program.ref_row, slot[slots.BALK_PROB], t, g)
    wish = (impatient, balking, 0.5 * fresh)
    gave_up, balked, no_room = _by_the_side(recorded, slot, t, waiting, fresh, wish, n)
    return gave_up, balked, no_room, count


@kernel
def _served(program: Program, state: CohortState, s: int, row: int, count: int, n: float, no_room: float) -> None:
    """Say of which ages the n people are whose service begins, by the discipline.

    The last age is that of the newcomers, ``no_room`` of whom are turned away after service has begun.
    """
    discipline = program.stage[s, slots.DISCIPLINE]
    if discipline == slots.RANDOM:
        everyone = 0.0
        for i in range(count):
            everyone += state.there[row + i]
        fresh = state.there[row + count - 1]
        taken = min(fresh * n / max(everyone, n), max(0.0, fresh - no_room))
        for i in range(count - 1):
            state.gone[i] = state.there[row + i] * min(1.0, (n - taken) / max(everyone - fresh, n - taken))
        state.gone[count - 1] = min(fresh, max(taken, n - (everyone - fresh)))
        return
    left = n
    for i in range(count):
        j = count - 1 - i if discipline == slots.LIFO else i
        state.gone[j] = min(left, state.there[row + j])
        if i == 0 and discipline == slots.LIFO and state.gone[j] > state.there[row + j] - no_room + NEGLIGIBLE:
            # Where side ways are estimated, those turned away are left for their own.
            state.gone[j] = max(0.0, state.there[row + j] - no_room)
        left -= state.gone[j]


@kernel
def _enter(state: CohortState, row: int, plane: int, n: float) -> None:
    """Let n people begin to wait at a row, of the cohorts in ``out``."""
    total = 0.0
    for c in range(state.out.shape[1]):
        total += state.out[plane, c]
    state.there[row] = n
    for c in range(state.out.shape[1]):
        state.mix[row, c] = state.out[plane, c] / total if total > 0.0 else 0.0


@kernel
def _leave_by(
    program: Program,
    recorded: Recorded,
    state: CohortState,
    s: int,
    t: int,
    flow: int,
    row: int,
    count: int,
    n: float,
) -> None:
    """Take the people in ``gone`` out and send them along a side way."""
    take_ages(state, row, count, 0, n)
    send_cohorts(program, recorded, state, s, t, flow, 0, 1.0)
    state.sent[flow] += n


@kernel
def follow_queue(
    program: Program, sampled: Sampled, recorded: Recorded, state: CohortState, s: int, t: int, g: int
) -> None:
    """Follow the people of a queue through one step, in the order in which the engine works it."""
    slot = program.stage[s]
    k = state.out.shape[1]
    newest = state.first[s, 0] + slot[slots.QUEUE_AGE] + t
    fresh = 0.0
    for c in range(k):
        state.out[0, c] = state.inbox[s, c]
        fresh += state.inbox[s, c]
        state.inbox[s, c] = 0.0
    _enter(state, newest, 0, fresh)
    served = recorded.begun[t, slot[slots.QUEUE_AT]]
    regular = served
    if slot[slots.SERVICE] >= 0:
        regular = 0.0
        for i in range(slot[slots.EXITS]):
            regular += recorded.flows[t, slot[slots.FIRST] + i]
    aside = -regular
    for flow in range(slot[slots.FIRST], slot[slots.FIRST] + state.ways[s]):
        aside += recorded.flows[t, flow]
    head = moved_head(state, s, 0, slot[slots.QUEUE_AGE] + t)
    row = state.first[s, 0] + head
    gave_up, balked, no_room, count = _side_ways(program, sampled, recorded, state, s, t, g, fresh, aside)
    state.worst[0] = max(state.worst[0], abs(aside - gave_up - balked - no_room))
    if gave_up > 0.0:
        leave_by_age(state.there, state.chance, state.gone, row, count, gave_up)
        _leave_by(program, recorded, state, s, t, slot[slots.PATIENCE_FLOW], row, count, gave_up)
    if slot[slots.SHARED_ROOM] >= 0:  # for want of a place in a pool, people are turned away before anything else
        if no_room > 0.0:
            state.gone[0] = no_room
            _leave_by(program, recorded, state, s, t, slot[slots.OVERFLOW], newest, 1, no_room)
        no_room = 0.0
    if balked > 0.0:
        state.gone[0] = balked
        _leave_by(program, recorded, state, s, t, slot[slots.BALK_FLOW], newest, 1, balked)
    if served > 0.0:
        _served(program, state, s, row, count + 1, served, no_room)
        take_ages(state, row, count + 1, 1, served)
    if no_room > 0.0:
        state.gone[0] = no_room
        _leave_by(program, recorded, state, s, t, slot[slots.OVERFLOW], newest, 1, no_room)
    if slot[slots.SERVICE] >= 0:
        _in_service(sampled, state, s, slot[slots.SERVICE], t, g, served, regular)


@kernel
def _in_service(
    sampled: Sampled, state: CohortState, s: int, service: int, t: int, g: int, begun: float, n: float
) -> None:
    """Let those in ``out`` begin their service, and write there who of all in service ends it."""
    first = state.first[s, 1]
    _enter(state, first + t, 1, begun)
    head = moved_head(state, s, 1, t)
    count = age_chances(sampled, state, service, 0, t, g, head)
    leave_by_age(state.there, state.chance, state.gone, first + head, count, n)
    take_ages(state, first + head, count, 1, n)
