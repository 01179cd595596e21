"""Kernel of the hold: people leave by competing hazards, and a full one turns arrivals away.

Arrivals are spread evenly over their step. While there is room for all of them, those who stay and those who leave
are binomial. A hold that could be full within the step is worked event by event, which is exact: a place that
becomes free is taken by the next who arrives. Large numbers are worked in parts of the step instead, each so short
that few leave in it, and few arrive next to the spread of the number there: the share turned away is within 1 % of
that of Erlang's loss formula (tests/engine/test_loss.py).
"""

from __future__ import annotations

import math

import numpy as np

from sojourn.engine.arrays import F64, U64
from sojourn.engine.draws import binomial, hypergeometric
from sojourn.engine.flow import slots
from sojourn.engine.flow.passage import admit_to_pool, hazards, total
from sojourn.engine.flow.program import Program
from sojourn.engine.flow.state import State, open_component, open_shared, send, shared_value
from sojourn.engine.kernel import kernel, part
from sojourn.engine.streams import next_uniform, seek

__all__ = ["mean_turned_away", "work_hold"]

MOST_EVENTS = 2048.0  # arrivals and departures expected in a step, up to which they are worked one by one
PARTS = 256.0  # parts of the mean stay, at least
PARTS_PER_ROOT = 10.0  # parts of the mean stay for each root of the arrivals in the step
MOST_PARTS = 1024


@kernel
def _pick(people: F64, plane: int, s: int, weighted: bool, at: float) -> int:
    """Return the group in which a point of a cumulated count lies; weighted by the hazards of the step."""
    last = 0
    for g in range(people.shape[2]):
        part_of = people[plane, s, g] * (people[slots.STEP_HAZARD, s, g] if weighted else 1.0)
        if part_of > 0.0:
            last = g
            at -= part_of
            if at < 0.0:
                return g
    return last


@kernel
def _one_by_one(program: Program, people: F64, stream: U64, s: int, t: int, room: float) -> None:
    """Let people leave and arrive in the order of their times; TAKEN holds who is there, WAITING who found no room.

    By want of memory a clock that is overtaken by an arrival is started anew.
    """
    here = 0.0
    rate = 0.0
    left = total(people, slots.FRESH, s)
    for g in range(people.shape[2]):
        here += people[slots.TAKEN, s, g]
        rate += people[slots.TAKEN, s, g] * people[slots.STEP_HAZARD, s, g]
    open_shared(program, stream, s, t)
    seek(stream, slots.ROOM_DRAW)
    now = 0.0
    while True:
        arrival = 2.0
        if left > 0.0:  # the first of as many uniform times as are left
            arrival = 1.0 - (1.0 - now) * next_uniform(stream) ** (1.0 / left)
        while here > 0.0 and rate > 0.0:
            then = now - math.log(next_uniform(stream)) / rate
            if then >= min(arrival, 1.0):
                break
            now = then
            g = _pick(people, slots.TAKEN, s, True, next_uniform(stream) * rate)
            people[slots.TAKEN, s, g] -= 1.0
            people[slots.LEAVING, s, g] += 1.0
            here -= 1.0
            rate -= people[slots.STEP_HAZARD, s, g]
        if left <= 0.0:
            return
        now = arrival
        g = _pick(people, slots.FRESH, s, False, next_uniform(stream) * left)
        people[slots.FRESH, s, g] -= 1.0
        left -= 1.0
        if here < room:
            people[slots.TAKEN, s, g] += 1.0
            here += 1.0
            rate += people[slots.STEP_HAZARD, s, g]
        else:
            people[slots.WAITING, s, g] += 1.0


@kernel
def _depart(people: F64, stream: U64, s: int, draw: int, span: float, expected: bool) -> None:
    """Let those leave whose time ends within a part of the step."""
    for g in range(people.shape[2]):
        chance = -math.expm1(-people[slots.STEP_HAZARD, s, g] * span)
        out = binomial(stream, draw + g, people[slots.TAKEN, s, g], chance, expected)
        people[slots.TAKEN, s, g] -= out
        people[slots.LEAVING, s, g] += out


@kernel
def _in_parts(program: Program, people: F64, stream: U64, s: int, t: int, room: float, expected: bool) -> None:
    """Work a step in equal parts: half of a part's departures, its arrivals, the other half of its departures."""
    n_group = people.shape[2]
    highest = 0.0
    for g in range(n_group):
        highest = max(highest, people[slots.STEP_HAZARD, s, g])
    each = 2.0 * PARTS if expected else max(PARTS, PARTS_PER_ROOT * math.sqrt(total(people, slots.FRESH, s)))
    parts = int(min(float(MOST_PARTS), max(1.0, math.ceil(each * highest))))
    open_shared(program, stream, s, t)
    for i in range(parts):
        _depart(people, stream, s, slots.STAY_DRAW + 2 * i * n_group, 0.5 / parts, expected)
        left = 0.0
        for g in range(n_group):
            came = binomial(
                stream, slots.FRESH_DRAW + i * n_group + g, people[slots.FRESH, s, g], 1.0 / (parts - i), expected
            )
            people[slots.FRESH, s, g] -= came
            people[slots.CAME, s, g] = came
            left += came
        over = min(left, max(0.0, left + total(people, slots.TAKEN, s) - room))
        for g in range(n_group):
            came = people[slots.CAME, s, g]
            left -= came
            out = hypergeometric(stream, slots.ROOM_DRAW + i * n_group + g, came, max(0.0, left), over, expected)
            over -= out
            people[slots.TAKEN, s, g] += came - out
            people[slots.WAITING, s, g] += out
        _depart(people, stream, s, slots.STAY_DRAW + (2 * i + 1) * n_group, 0.5 / parts, expected)


@kernel
def _crowded(program: Program, state: State, stream: U64, s: int, t: int, room: float, expected: bool) -> None:
    """Work the step of a hold that could be full within it."""
    people = state.people
    events = 0.0
    for g in range(people.shape[2]):
        people[slots.TAKEN, s, g] = people[slots.STOCK, s, g] - people[slots.FRESH, s, g]
        people[slots.WAITING, s, g] = 0.0
        people[slots.LEAVING, s, g] = 0.0
        events += people[slots.FRESH, s, g] + people[slots.STOCK, s, g] * people[slots.STEP_HAZARD, s, g]
    if expected or events > MOST_EVENTS:
        _in_parts(program, people, stream, s, t, room, expected)
    else:
        _one_by_one(program, people, stream, s, t, room)
    for g in range(people.shape[2]):
        out = people[slots.WAITING, s, g]
        people[slots.WAITING, s, g] = 0.0
        people[slots.TAKEN, s, g] = 0.0
        people[slots.FRESH, s, g] = 0.0
        if out > 0.0:
            send(program.flow, people, state.flow_now, s, program.stage[s, slots.OVERFLOW], g, out)


@part
def work_hold(program: Program, values: F64, state: State, stream: U64, s: int, t: int, expected: bool) -> None:
    """Let people leave by hazards that are constant within a step; arrivals are spread evenly over their step."""
    people = state.people
    n_group = program.ref_row.shape[1]
    for g in range(n_group):
        people[slots.FRESH, s, g] = people[slots.INBOX, s, g]
        people[slots.INBOX, s, g] = 0.0
        people[slots.STEP_HAZARD, s, g] = hazards(program, values, state, s, t, g) * program.step_days
    if program.stage[s, slots.SHARED_ROOM] >= 0:
        admit_to_pool(program, values, state, stream, s, t, expected)
    elif program.stage[s, slots.ROOM] >= 0:
        room = shared_value(values, program.ref_row, program.stage[s, slots.ROOM], t)
        if not expected:
            room = float(math.floor(room))
        if total(people, slots.STOCK, s) > room:
            _crowded(program, state, stream, s, t, room, expected)
            return
    for g in range(n_group):
        x = people[slots.STEP_HAZARD, s, g]
        if people[slots.STOCK, s, g] <= 0.0 or x <= 0.0:
            continue
        open_component(program, stream, s, g, t)
        fresh = people[slots.FRESH, s, g]
        chance = -math.expm1(-x)
        n = binomial(stream, slots.STAY_DRAW, people[slots.STOCK, s, g] - fresh, chance, expected)
        people[slots.LEAVING, s, g] = n + binomial(stream, slots.FRESH_DRAW, fresh, 1.0 - chance / x, expected)


def mean_turned_away(there: F64, fresh: F64, hazard: F64, room: float) -> F64:
    """Return how many newcomers a hold turns away in a step, in the mean.

    Parameters
    ----------
    there : ndarray
        (group) float64, people there at the start of the step.
    fresh : ndarray
        (group) float64, people who arrive in the step.
    hazard : ndarray
        (group) float64, hazard of leaving within the step.
    room : float
        Most people at once.

    Returns
    -------
    ndarray
        (group) float64, person: what the compiled kernel gives in expected mode.
    """
    parts = int(min(float(MOST_PARTS), max(1.0, math.ceil(2.0 * PARTS * float(hazard.max())))))
    stays = np.exp(-hazard * 0.5 / parts)
    taken, came = there.copy(), fresh / parts
    share = came / came.sum()
    refused = np.zeros_like(fresh)
    for _ in range(parts):
        taken *= stays
        over = min(max(0.0, came.sum() + taken.sum() - room), came.sum())
        taken += came - over * share
        refused += over * share
        taken *= stays
    return refused
