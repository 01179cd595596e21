"""Kernels of the stages that people pass on their own (journeys, choices), and of room and exits of all stages."""

from __future__ import annotations

import math

from sojourn.engine.arrays import F64, I64, U64
from sojourn.engine.draws import hypergeometric
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.state import State, open_component, open_shared, send, shared_value, value
from sojourn.engine.kernel import kernel, part
from sojourn.engine.quantile import UNKNOWN, binomial_quantile
from sojourn.engine.streams import next_uniform, seek

__all__ = [
    "admit",
    "admit_to_pool",
    "due",
    "hazards",
    "leave",
    "schedule",
    "total",
    "work_choice",
    "work_journey",
]

FEW_PER_BIN = 1.5  # people for each step of a distribution, up to whom all are placed one by one
FEW = 8.0  # people left of more than that, up to whom they are placed one by one


@part
def total(people: F64, plane: int, s: int) -> float:
    """Sum of a count over the groups."""
    n = 0.0
    for g in range(people.shape[2]):
        n += people[plane, s, g]
    return n


@part
def leave(program: Program, values: F64, state: State, stream: U64, s: int, t: int, expected: bool) -> None:
    """Send those who leave a stage in this step through its regular exits: a chain of binomials."""
    people = state.people
    first = program.stage[s, slots.FIRST]
    count = program.stage[s, slots.EXITS]
    for g in range(program.ref_row.shape[1]):
        left = people[slots.LEAVING, s, g]
        people[slots.LEAVING, s, g] = 0.0
        if left <= 0.0:
            continue
        if program.stage[s, slots.KIND] == slots.HOLD:
            hazards(program, values, state, s, t, g)
        elif program.stage[s, slots.LOGIT] == 1:
            _logit(program, values, state, s, t, g)
        else:
            _shares(program, values, state, s, t, g)
        weight = 0.0
        for i in range(count):
            weight += state.share[i]
        open_component(program, stream, s, g, t)
        seek(stream, slots.EXIT_DRAW)
        for i in range(count):
            out = left
            if i < count - 1:
                chance = min(1.0, max(0.0, state.share[i] / weight)) if weight > 0.0 else 0.0
                out = left * chance
                if not expected:
                    out = binomial_quantile(next_uniform(stream), left, chance, UNKNOWN)
            if out > 0.0:
                send(program.flow, people, state.flow_now, s, first + i, g, out)
            left -= out
            weight -= state.share[i]


@part
def _shares(program: Program, values: F64, state: State, s: int, t: int, g: int) -> None:
    """Shares of the regular exits; the one marked as the rest has what the others leave."""
    left = 1.0
    rest = 0
    for i in range(program.stage[s, slots.EXITS]):
        ref = program.flow[program.stage[s, slots.FIRST] + i, slots.REF]
        if ref < 0:
            rest = i
            continue
        share = value(values, program.ref_row, ref, t, g)
        if share > left:
            if share > left + 1e-9:
                state.notes[slots.NOTE_SHARE] += 1
            share = left
        state.share[i] = share
        left -= share
    state.share[rest] = left


@kernel
def _logit(program: Program, values: F64, state: State, s: int, t: int, g: int) -> None:
    """Weights of a multinomial logit: legal access times the exponential of utility."""
    ref_row = program.ref_row
    slot = program.stage[s]
    count = slot[slots.EXITS]
    best = -math.inf
    for i in range(count):
        option = program.flow[slot[slots.FIRST] + i]
        u = value(values, ref_row, option[slots.CONSTANT], t, g)
        usd = value(values, ref_row, option[slots.COST], t, g)
        u += value(values, ref_row, slot[slots.PER_USD], t, g) * usd / 1000.0
        days = value(values, ref_row, option[slots.TIME], t, g)
        u += value(values, ref_row, slot[slots.PER_DAY], t, g) * days
        risk = value(values, ref_row, option[slots.RISK], t, g)
        u += value(values, ref_row, slot[slots.PER_RISK], t, g) * risk
        state.share[i] = u
        if value(values, ref_row, option[slots.LEGAL], t, g) > 0.0:
            best = max(best, u)
    closed = best == -math.inf
    state.notes[slots.NOTE_LOGIT] += closed
    for i in range(count):
        legal = value(values, ref_row, program.flow[slot[slots.FIRST] + i, slots.LEGAL], t, g)
        state.share[i] = legal * math.exp(min(0.0, state.share[i] - best)) if not closed else 1.0


@kernel
def hazards(program: Program, values: F64, state: State, s: int, t: int, g: int) -> float:
    """Weights of competing hazards; return their sum."""
    together = 0.0
    for i in range(program.stage[s, slots.EXITS]):
        ref = program.flow[program.stage[s, slots.FIRST] + i, slots.REF]
        state.share[i] = value(values, program.ref_row, ref, t, g)
        together += state.share[i]
    return together


@kernel
def schedule(
    ring_start: I64,
    sampled: Sampled,
    state: State,
    stream: U64,
    s: int,
    dwell: int,
    base: int,
    t: int,
    g: int,
    n: float,
    expected: bool,
) -> float:
    """Place n people who enter now in the stage's ring by step of exit; return how many leave at once."""
    table = sampled.dwell_index[dwell, t, g]
    start = sampled.dwell_start[table]
    bins = sampled.dwell_start[table + 1] - slots.ABREAST - start
    ring = ring_start[s]
    length = ring_start[s + 1] - ring
    now = t % length
    at_once = 0.0
    left = n
    before = 0.0  # chance of leaving earlier than at step k
    k = 0
    seek(stream, base)
    while left > 0.0:
        if expected:
            out = n * sampled.dwell[slots.MASS, start + k] if k < bins - 1 else left
        elif left <= (FEW_PER_BIN * bins if k == 0 else FEW):
            break
        else:
            chance, hazard = sampled.dwell[slots.CHANCE, start + k], sampled.dwell[slots.RATE_OF_LEAVING, start + k]
            out = binomial_quantile(next_uniform(stream), left, chance, hazard)
        left -= out
        if k == 0:
            at_once = out
        else:
            state.ring[ring + (now + k if now + k < length else now + k - length), g] += out
        before = sampled.dwell[slots.REACHED, start + k]
        k += 1
    first = k
    seek(stream, base + bins)
    while left > 0.0:  # the few who are left are placed one by one
        u = before + (1.0 - before) * next_uniform(stream)
        k = _place(sampled.dwell, start, bins, first, u)
        if k == 0:
            at_once += 1.0
        else:
            state.ring[ring + (now + k if now + k < length else now + k - length), g] += 1.0
        left -= 1.0
    return at_once


@kernel
def _place(dwell: F64, start: int, bins: int, first: int, u: float) -> int:
    """Return the first step, none before ``first``, at which the distribution function exceeds u.

    Several steps are compared together: a branch at each would often be mispredicted, which costs more.
    """
    k = start + first
    if first == 0:  # a guess that is never beyond it
        k += int(dwell[slots.GUESS, start + min(bins - 1, int(u * bins))])
    passed = slots.ABREAST
    while passed == slots.ABREAST:
        passed = 0
        for i in range(slots.ABREAST):
            passed += dwell[slots.REACHED, k + i] <= u
        k += passed
    return min(k - start, bins - 1)


@part
def due(ring_start: I64, ring: F64, s: int, t: int, g: int) -> float:
    """Take out of the stage's ring those whose time ends at this step."""
    slot = ring_start[s] + t % (ring_start[s + 1] - ring_start[s])
    n = ring[slot, g]
    ring[slot, g] = 0.0
    return n


@part
def work_journey(
    program: Program, sampled: Sampled, state: State, stream: U64, s: int, t: int, expected: bool
) -> None:
    """Let those leave whose dwell time ends; give a dwell time to those who came."""
    people = state.people
    dwell = program.stage[s, slots.DWELL]
    for g in range(program.ref_row.shape[1]):
        arriving = people[slots.INBOX, s, g]
        people[slots.INBOX, s, g] = 0.0
        leaving = due(program.ring_start, state.ring, s, t, g)
        if arriving > 0.0:
            open_component(program, stream, s, g, t)
            leaving += schedule(
                program.ring_start, sampled, state, stream, s, dwell, slots.DWELL_DRAW, t, g, arriving, expected
            )
        people[slots.LEAVING, s, g] = leaving


@part
def work_choice(people: F64, s: int) -> None:
    """Let all who came leave."""
    for g in range(people.shape[2]):
        people[slots.LEAVING, s, g] = people[slots.INBOX, s, g]
        people[slots.INBOX, s, g] = 0.0


@kernel
def admit(
    program: Program, values: F64, state: State, stream: U64, s: int, t: int, held: float, expected: bool
) -> None:
    """Turn away the newest arrivals beyond the room; of ``held`` people those in the plane FRESH."""
    slot = program.stage[s]
    if slot[slots.ROOM] < 0:
        return
    people = state.people
    room = shared_value(values, program.ref_row, slot[slots.ROOM], t)
    if not expected:
        room = float(math.floor(room))
    left = total(people, slots.FRESH, s)
    over = min(max(0.0, held - room), left)
    if over <= 0.0:
        return
    open_shared(program, stream, s, t)
    for g in range(program.ref_row.shape[1]):
        fresh = people[slots.FRESH, s, g]
        left -= fresh
        out = hypergeometric(stream, slots.ROOM_DRAW + g, fresh, left, over, expected)
        over -= out
        people[slots.FRESH, s, g] = fresh - out
        if out > 0.0:
            send(program.flow, people, state.flow_now, s, slot[slots.OVERFLOW], g, out)


@kernel
def admit_to_pool(program: Program, values: F64, state: State, stream: U64, s: int, t: int, expected: bool) -> None:
    """Turn away arrivals beyond the room that stages share; those who come from one of them have a place."""
    people = state.people
    n_group = program.ref_row.shape[1]
    pool = program.stage[s, slots.SHARED_ROOM]
    over = -shared_value(values, program.ref_row, program.stage[s, slots.ROOM], t)
    if not expected:
        over = -float(math.floor(-over))
    left = 0.0
    for g in range(n_group):
        for i in range(len(program.stage)):
            if program.stage[i, slots.SHARED_ROOM] == pool:  # who has not been let in yet has no place
                over += people[slots.STOCK, i, g] - (people[slots.INBOX, i, g] if i != s else 0.0)
                over += people[slots.WITH_PLACE, i, g] if i != s else 0.0
        left += people[slots.FRESH, s, g] - people[slots.WITH_PLACE, s, g]
    over = min(max(0.0, over), left)
    open_shared(program, stream, s, t)
    for g in range(n_group):
        new = people[slots.FRESH, s, g] - people[slots.WITH_PLACE, s, g]
        people[slots.WITH_PLACE, s, g] = 0.0
        left -= new
        out = hypergeometric(stream, slots.ROOM_DRAW + g, new, max(0.0, left), over, expected)
        over -= out
        if out > 0.0:
            people[slots.FRESH, s, g] -= out
            send(program.flow, people, state.flow_now, s, program.stage[s, slots.OVERFLOW], g, out)
