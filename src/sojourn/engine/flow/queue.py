"""Kernel of the queue: cohorts by step of entry, so that waiting times are exact under every discipline.

Within a step: services that end free their servers; those whose patience is over leave; arrivals join, balk or
find no room; free capacity takes the next by the discipline.
"""

from __future__ import annotations

import math

from sojourn.engine.arrays import F64, I64, U64
from sojourn.engine.draws import binomial, hypergeometric, poisson
from sojourn.engine.flow import slots
from sojourn.engine.flow.passage import admit, admit_to_pool, due, schedule, total
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.state import State, open_component, open_shared, send, shared_value, value
from sojourn.engine.kernel import kernel, part
from sojourn.engine.streams import next_uniform, seek

__all__ = ["work_queue"]

MOST_ROUNDS = 10_000  # services that a server can begin within one step
FEW = 8.0  # expected to leave a cohort, up to which they are found one by one
NOBODY = 1e-9  # people, below which means are taken for none


@kernel
def _renege(program: Program, sampled: Sampled, state: State, stream: U64, s: int, t: int, expected: bool) -> None:
    """Let those whose patience ends leave, each at the hazard of the time waited."""
    patience = program.stage[s, slots.PATIENCE]
    if patience < 0:
        return
    for g in range(program.ref_row.shape[1]):
        if state.people[slots.WAITING, s, g] <= 0.0:
            continue
        open_component(program, stream, s, g, t)
        gone = _give_up(program, sampled, state, stream, s, patience, t, g, expected)
        if gone > 0.0:
            state.people[slots.WAITING, s, g] -= gone
            send(program.flow, state.people, state.flow_now, s, program.stage[s, slots.PATIENCE_FLOW], g, gone)


@kernel
def _give_up(
    program: Program,
    sampled: Sampled,
    state: State,
    stream: U64,
    s: int,
    patience: int,
    t: int,
    g: int,
    expected: bool,
) -> float:
    """Take those who give up out of their cohorts; return how many.

    Whoever waits is passed in turn until a unit exponential is used up by the cumulative hazards: a person
    leaves there, and by want of memory the next is found in the same way. So the draws are as many as those
    who leave, not as the cohorts. Large numbers in one cohort are a binomial.
    """
    oldest = program.stage[s, slots.QUEUE_AGE]
    gone = 0.0
    found = 0
    budget = 0.0
    if not expected:
        seek(stream, slots.GIVE_UP_DRAW)
        budget = -math.log(next_uniform(stream))
    for c in range(state.head[s], oldest + t):
        slot = program.stage[s, slots.QUEUE_FIRST] + c
        n = state.cohort[slot, g]
        if n <= 0.0:
            continue
        table = sampled.dwell_index[patience, max(0, c - oldest), g]
        row = min(sampled.dwell_start[table] + t + oldest - c, sampled.dwell_start[table + 1] - 1)
        hazard = sampled.dwell[slots.RATE_OF_LEAVING, row]
        left = n
        if expected or n * hazard > FEW:
            left -= binomial(stream, slots.COHORT_DRAW + c, n, sampled.dwell[slots.CHANCE, row], expected)
        else:
            while left * hazard >= budget and left > 0.0:
                left -= min(left, float(math.floor(budget / hazard)) + 1.0)
                found += 1
                seek(stream, slots.GIVE_UP_DRAW + found)
                budget = -math.log(next_uniform(stream))
                gone += 1.0
                state.cohort[slot, g] -= 1.0
            budget -= left * hazard
            continue
        state.cohort[slot, g] = left
        gone += n - left
    return gone


@kernel
def _balk(program: Program, values: F64, state: State, stream: U64, s: int, t: int, expected: bool) -> None:
    """Let some arrivals turn away from a long queue."""
    slot = program.stage[s]
    people = state.people
    if slot[slots.BALK_PROB] < 0:
        return
    if total(people, slots.WAITING, s) <= shared_value(values, program.ref_row, slot[slots.BALK_ABOVE], t):
        return
    for g in range(program.ref_row.shape[1]):
        open_component(program, stream, s, g, t)
        chance = value(values, program.ref_row, slot[slots.BALK_PROB], t, g)
        out = binomial(stream, slots.BALK_DRAW, people[slots.FRESH, s, g], chance, expected)
        if out > 0.0:
            people[slots.FRESH, s, g] -= out
            send(program.flow, people, state.flow_now, s, slot[slots.BALK_FLOW], g, out)


@kernel
def _bin_of(edges: I64, wait: int) -> int:
    low = 0
    high = len(edges) - 1
    if wait < high and edges[wait] == wait:
        return wait
    while high - low > 1:
        middle = (low + high) // 2
        if edges[middle] <= wait:
            low = middle
        else:
            high = middle
    return low


@part
def _begin(program: Program, state: State, s: int, t: int, c: int, g: int, n: float) -> None:
    """Begin service for n people of one cohort and group, and record their wait."""
    q = program.stage[s, slots.QUEUE_AT]
    state.cohort[program.stage[s, slots.QUEUE_FIRST] + c, g] -= n
    state.people[slots.WAITING, s, g] -= n
    state.people[slots.TAKEN, s, g] += n
    wait = t + program.stage[s, slots.QUEUE_AGE] - c
    period = program.period_of[t]
    state.wait_sum[0, period, q, g] += n
    state.wait_sum[1, period, q, g] += n * wait
    state.wait_hist[q, _bin_of(program.wait_edge, wait), g] += n


@part
def _take_cohort(
    program: Program,
    state: State,
    stream: U64,
    s: int,
    t: int,
    c: int,
    there: float,
    n: float,
    of_class: int,
    draw: int,
    expected: bool,
) -> tuple[float, float]:
    """Take n of ``there`` people at random, going through the groups of one cohort (of a class; -1: all).

    Return how many of the n are still to take, and how many people are left beyond this cohort.
    """
    slot = program.stage[s, slots.QUEUE_FIRST] + c
    n_group = program.ref_row.shape[1]
    for g in range(n_group):
        good = state.cohort[slot, g]
        if good <= 0.0 or (of_class >= 0 and program.entry[s, g, 1] != of_class):
            continue
        there = max(0.0, there - good)
        out = hypergeometric(stream, draw + c * n_group + g, good, there, n, expected)
        if out > 0.0:
            n -= out
            _begin(program, state, s, t, c, g, out)
    return n, there


@part
def _there(program: Program, state: State, s: int, c: int, of_class: int) -> float:
    """Count the people of a cohort (of a class; -1: all)."""
    n = 0.0
    for g in range(program.ref_row.shape[1]):
        if of_class < 0 or program.entry[s, g, 1] == of_class:
            n += state.cohort[program.stage[s, slots.QUEUE_FIRST] + c, g]
    return n


@part
def _advance(state: State, first: int, s: int, newest: int) -> None:
    """Move the head of the queue past cohorts of whom nobody waits any more."""
    while state.head[s] < newest:
        for g in range(state.cohort.shape[1]):
            if state.cohort[first + state.head[s], g] > 0.0:
                return
        state.head[s] += 1


@part
def _take(program: Program, state: State, stream: U64, s: int, t: int, n: float, draw: int, expected: bool) -> None:
    """Take n people into service by the stage's discipline; the plane TAKEN receives them."""
    people = state.people
    n_group = program.ref_row.shape[1]
    discipline = program.stage[s, slots.DISCIPLINE]
    newest = program.stage[s, slots.QUEUE_AGE] + t
    for g in range(n_group):
        people[slots.TAKEN, s, g] = 0.0
    open_shared(program, stream, s, t)
    everyone = total(people, slots.WAITING, s)
    for turn in range(n_group if discipline == slots.PRIORITY else 1):
        of_class = turn if discipline == slots.PRIORITY else -1
        for i in range(newest - state.head[s] + 1):
            if n <= 0.0:
                break
            c = newest - i if discipline == slots.LIFO else state.head[s] + i
            there = everyone if discipline == slots.RANDOM else _there(program, state, s, c, of_class)
            now = n if discipline == slots.RANDOM else min(n, there)
            if now > 0.0:
                left, there = _take_cohort(program, state, stream, s, t, c, there, now, of_class, draw, expected)
                everyone = there
                n = left if discipline == slots.RANDOM else n - now
    _advance(state, program.stage[s, slots.QUEUE_FIRST], s, newest)


@kernel
def _capacity(program: Program, values: F64, state: State, stream: U64, s: int, t: int, expected: bool) -> float:
    """Completions that a step allows by rate; idle capacity is lost, fractions are kept while busy."""
    people = state.people
    capacity = shared_value(values, program.ref_row, program.stage[s, slots.SERVERS], t)
    capacity *= shared_value(values, program.ref_row, program.stage[s, slots.SERVICE_RATE], t) * program.step_days
    if program.stage[s, slots.CAPACITY_NOISE] == slots.NOISE_POISSON:
        open_shared(program, stream, s, t)
        return poisson(stream, slots.CAPACITY_DRAW, capacity, expected)
    if expected:
        return capacity
    ready = capacity + people[slots.CARRY, s, 0]
    capacity = float(math.floor(ready + 1e-9))
    people[slots.CARRY, s, 0] = ready - capacity if total(people, slots.WAITING, s) > capacity else 0.0
    return capacity


@part
def _serve(program: Program, sampled: Sampled, state: State, stream: U64, s: int, t: int, expected: bool) -> None:
    """Begin services: as many as the rate allows; or, with service times, round by round while servers are free.

    A server whose service ends within the step takes the next in the next round.
    """
    people = state.people
    service = program.stage[s, slots.SERVICE]
    if service < 0:
        free = _capacity(program, sampled.values, state, stream, s, t, expected)
    else:
        servers = shared_value(sampled.values, program.ref_row, program.stage[s, slots.SERVERS], t)
        free = servers if expected else float(math.floor(servers + 1e-9))
        # In service: in the stage, but neither waiting nor done.
        free -= total(people, slots.STOCK, s) - total(people, slots.WAITING, s) - total(people, slots.LEAVING, s)
    for turn in range(MOST_ROUNDS):
        n = min(free, total(people, slots.WAITING, s))
        if n <= (NOBODY if expected else 0.0):
            break
        if turn == MOST_ROUNDS - 1:
            state.notes[slots.NOTE_ROUNDS] += 1
        free -= n
        _take(program, state, stream, s, t, n, slots.TAKE_DRAW + turn * slots.ROUND, expected)
        for g in range(program.ref_row.shape[1]):
            done = people[slots.TAKEN, s, g]
            if done > 0.0 and service >= 0:
                open_component(program, stream, s, g, t)
                draw = slots.DWELL_DRAW + turn * slots.ROUND
                done = schedule(program.ring_start, sampled, state, stream, s, service, draw, t, g, done, expected)
                free += done
            people[slots.LEAVING, s, g] += done


@part
def work_queue(
    program: Program, sampled: Sampled, state: State, stream: U64, s: int, t: int, expected: bool
) -> None:
    """Let a queue work for one step."""
    people = state.people
    n_group = program.ref_row.shape[1]
    if program.stage[s, slots.SERVICE] >= 0:
        for g in range(n_group):
            people[slots.LEAVING, s, g] = due(program.ring_start, state.ring, s, t, g)
    _renege(program, sampled, state, stream, s, t, expected)
    for g in range(n_group):
        people[slots.FRESH, s, g] = people[slots.INBOX, s, g]
        people[slots.INBOX, s, g] = 0.0
    pooled = program.stage[s, slots.SHARED_ROOM] >= 0
    if pooled:
        admit_to_pool(program, sampled.values, state, stream, s, t, expected)
    _balk(program, sampled.values, state, stream, s, t, expected)
    newest = program.stage[s, slots.QUEUE_FIRST] + program.stage[s, slots.QUEUE_AGE] + t
    for g in range(n_group):
        state.cohort[newest, g] += people[slots.FRESH, s, g]
        people[slots.WAITING, s, g] += people[slots.FRESH, s, g]
    _serve(program, sampled, state, stream, s, t, expected)
    if pooled:
        return
    for g in range(n_group):
        people[slots.FRESH, s, g] = state.cohort[newest, g]
    admit(program, sampled.values, state, stream, s, t, total(people, slots.WAITING, s), expected)
    for g in range(n_group):
        turned_away = state.cohort[newest, g] - people[slots.FRESH, s, g]
        state.cohort[newest, g] -= turned_away
        people[slots.WAITING, s, g] -= turned_away
