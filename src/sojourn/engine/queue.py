"""Kernel of the queue: cohorts by step of entry, so that waiting times are exact under every discipline.

Within a step: services that end free their servers; those whose patience is over leave; arrivals join, balk or
find no room; free capacity takes the next by the discipline.
"""

from __future__ import annotations

import math

import numpy as np

from sojourn.engine import slots
from sojourn.engine.draws import binomial, hypergeometric, poisson
from sojourn.engine.kernel import kernel
from sojourn.engine.move import DWELL_BASE, OTHER_BASE, admit, due, leave_by_shares, schedule
from sojourn.engine.state import open_component, send, value

__all__ = ["work_queue"]

RENEGE_BASE = 4 << 24
TAKE_BASE = 5 << 24
BALK_BASE = 6 << 24
LOOP_BASE = 7 << 24
LOOP_STRIDE = 1 << 16


@kernel
def _renege(program, sampled, state, stream, s, q, t, expected):
    """Let those whose patience ends leave: by cohort, at the hazard of their age."""
    patience = program.stage[s, slots.PATIENCE]
    if patience < 0:
        return
    base = state.place[q, 0]
    oldest = program.stage[s, slots.QUEUE_AGE]
    for g in range(len(program.group_key)):
        if state.waiting[q, g] <= 0.0:
            continue
        open_component(stream, program.stage_key, program.group_key, s, g, t)
        gone = 0.0
        for c in range(state.place[q, 1], oldest + t):
            n = state.cohort[base + c, g]
            if n <= 0.0:
                continue
            table = sampled.dwell_index[patience, max(0, c - oldest), g]
            start = sampled.dwell_start[table]
            bins = sampled.dwell_start[table + 1] - start
            age = min(t + oldest - c, bins - 1)
            out = binomial(stream, RENEGE_BASE + c, n, sampled.dwell[start + age, 1], expected)
            state.cohort[base + c, g] = n - out
            gone += out
        state.waiting[q, g] -= gone
        send(program.flow, state, s, program.stage[s, slots.PATIENCE_FLOW], g, gone)


@kernel
def _balk(program, values, state, stream, s, q, t, fresh, expected):
    """Let some arrivals turn away from a long queue."""
    if program.stage[s, slots.BALK_PROB] < 0:
        return
    if state.waiting[q].sum() <= value(values, program.ref_row, program.stage[s, slots.BALK_ABOVE], t, 0):
        return
    for g in range(len(program.group_key)):
        if fresh[g] > 0.0:
            open_component(stream, program.stage_key, program.group_key, s, g, t)
            chance = value(values, program.ref_row, program.stage[s, slots.BALK_PROB], t, g)
            out = binomial(stream, BALK_BASE, fresh[g], chance, expected)
            fresh[g] -= out
            send(program.flow, state, s, program.stage[s, slots.BALK_FLOW], g, out)


@kernel
def _bin_of(edges, wait):
    low = 0
    high = len(edges) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if edges[middle] <= wait:
            low = middle
        else:
            high = middle
    return low


@kernel
def _take_from(program, state, s, q, c, g, n, t, taken):
    """Begin service for n people of one cohort and group, and record their wait."""
    if n <= 0.0:
        return
    state.cohort[state.place[q, 0] + c, g] -= n
    state.waiting[q, g] -= n
    taken[g] += n
    wait = t + program.stage[s, slots.QUEUE_AGE] - c
    period = program.period_of[t]
    state.wait_sum[0, period, q, g] += n
    state.wait_sum[1, period, q, g] += n * wait
    state.wait_hist[q, _bin_of(program.wait_edge, wait), g] += n


@kernel
def _share_cohort(program, state, stream, s, q, c, t, n, of_class, taken, expected):
    """Take up to n people of one cohort, at random over the groups of a class (-1: all); return how many."""
    base = state.place[q, 0] + c
    n_group = len(program.group_key)
    there = 0.0
    for g in range(n_group):
        if of_class < 0 or program.entry[s, g, 1] == of_class:
            there += state.cohort[base, g]
    if there <= 0.0:
        return 0.0
    n = min(n, there)
    left = n
    for g in range(n_group):
        if of_class >= 0 and program.entry[s, g, 1] != of_class:
            continue
        good = state.cohort[base, g]
        if good <= 0.0:
            continue
        out = hypergeometric(stream, TAKE_BASE + c * n_group + g, good, there - good, left, expected)
        there -= good
        left -= out
        _take_from(program, state, s, q, c, g, out, t, taken)
    return n


@kernel
def _take_in_order(program, state, stream, s, q, t, n, of_class, newest_first, taken, expected):
    newest = program.stage[s, slots.QUEUE_AGE] + t
    for i in range(newest - state.place[q, 1] + 1):
        if n <= 0.0:
            break
        c = newest - i if newest_first else state.place[q, 1] + i
        n -= _share_cohort(program, state, stream, s, q, c, t, n, of_class, taken, expected)
    return n


@kernel
def _take_at_random(program, state, stream, s, q, t, n, taken, expected):
    n_group = len(program.group_key)
    there = state.waiting[q].sum()
    for c in range(state.place[q, 1], program.stage[s, slots.QUEUE_AGE] + t + 1):
        for g in range(n_group):
            good = state.cohort[state.place[q, 0] + c, g]
            if good <= 0.0 or n <= 0.0:
                continue
            out = hypergeometric(stream, TAKE_BASE + c * n_group + g, good, max(0.0, there - good), n, expected)
            there -= good
            n -= out
            _take_from(program, state, s, q, c, g, out, t, taken)


@kernel
def _take(program, state, stream, s, q, t, n, taken, expected):
    """Take n people into service by the stage's discipline; ``taken`` (group) receives them."""
    n_group = len(program.group_key)
    discipline = program.stage[s, slots.DISCIPLINE]
    taken[:] = 0.0
    if n <= 0.0:
        return
    open_component(stream, program.stage_key, program.group_key, s, -1, t)
    if discipline == slots.RANDOM:
        _take_at_random(program, state, stream, s, q, t, n, taken, expected)
    elif discipline == slots.PRIORITY:
        for of_class in range(n_group):
            if n <= 0.0:
                break
            n = _take_in_order(program, state, stream, s, q, t, n, of_class, False, taken, expected)
    else:
        newest_first = discipline == slots.LIFO
        _take_in_order(program, state, stream, s, q, t, n, -1, newest_first, taken, expected)
    _advance_head(program.stage[s, slots.QUEUE_AGE], state.cohort, state.place, q, t)


@kernel
def _advance_head(oldest, cohort, place, q, t):
    while place[q, 1] < oldest + t and cohort[place[q, 0] + place[q, 1]].sum() <= 0.0:
        place[q, 1] += 1


@kernel
def _serve_by_rate(program, values, state, stream, s, q, t, expected):
    """Complete as many as the step's capacity allows; idle capacity is lost, fractions are kept while busy."""
    n_group = len(program.group_key)
    capacity = value(values, program.ref_row, program.stage[s, slots.SERVERS], t, 0)
    capacity *= value(values, program.ref_row, program.stage[s, slots.SERVICE_RATE], t, 0) * program.step_days
    waiting = state.waiting[q].sum()
    if program.stage[s, slots.CAPACITY_NOISE] == slots.NOISE_POISSON:
        open_component(stream, program.stage_key, program.group_key, s, -1, t)
        capacity = poisson(stream, OTHER_BASE + n_group, capacity, expected)
    elif not expected:
        total = capacity + state.carry[s, 0]
        capacity = math.floor(total + 1e-9)
        state.carry[s, 0] = total - capacity if waiting > capacity else 0.0
    taken = np.zeros(n_group)
    _take(program, state, stream, s, q, t, min(capacity, waiting), taken, expected)
    for g in range(n_group):
        if taken[g] > 0.0:
            open_component(stream, program.stage_key, program.group_key, s, g, t)
            leave_by_shares(program, values, state, stream, s, t, g, taken[g], expected)


@kernel
def _serve_by_time(program, sampled, state, stream, s, q, t, done, expected):
    """Hold free servers for a service time; a server whose service ends within the step takes the next."""
    n_group = len(program.group_key)
    servers = value(sampled.values, program.ref_row, program.stage[s, slots.SERVERS], t, 0)
    if not expected:
        servers = math.floor(servers + 1e-9)
    dwell = program.stage[s, slots.SERVICE]
    taken = np.zeros(n_group)
    loop = 0
    while True:
        # In service: in the stage, but not waiting and not already done.
        busy = state.stock[s].sum() - state.waiting[q].sum() - done.sum()
        n = min(max(0.0, servers - busy), state.waiting[q].sum())
        if n <= (1e-9 if expected else 0.0) or loop >= 10_000:
            break
        _take(program, state, stream, s, q, t, n, taken, expected)
        for g in range(n_group):
            if taken[g] > 0.0:
                open_component(stream, program.stage_key, program.group_key, s, g, t)
                base = DWELL_BASE if loop == 0 else LOOP_BASE + loop * LOOP_STRIDE
                done[g] += schedule(sampled, state, stream, s, dwell, base, t, g, taken[g], expected)
        loop += 1


@kernel
def work_queue(program, sampled, state, stream, s, t, expected):
    """Let a queue work for one step."""
    values = sampled.values
    q = program.stage[s, slots.QUEUE_AT]
    n_group = len(program.group_key)
    by_time = program.stage[s, slots.SERVICE] >= 0
    done = np.zeros(n_group)
    if by_time:
        for g in range(n_group):
            done[g] = due(sampled.ring_start, state.ring, s, t, g)
    _renege(program, sampled, state, stream, s, q, t, expected)
    fresh = state.inbox[s].copy()
    state.inbox[s] = 0.0
    _balk(program, values, state, stream, s, q, t, fresh, expected)
    newest = state.place[q, 0] + program.stage[s, slots.QUEUE_AGE] + t
    for g in range(n_group):
        state.cohort[newest, g] += fresh[g]
        state.waiting[q, g] += fresh[g]
    if by_time:
        _serve_by_time(program, sampled, state, stream, s, q, t, done, expected)
        for g in range(n_group):
            if done[g] > 0.0:
                open_component(stream, program.stage_key, program.group_key, s, g, t)
                leave_by_shares(program, values, state, stream, s, t, g, done[g], expected)
    else:
        _serve_by_rate(program, values, state, stream, s, q, t, expected)
    left = state.cohort[newest].copy()
    before = left.copy()
    admit(program, values, state, stream, s, t, state.waiting[q].sum(), left, expected)
    for g in range(n_group):
        state.cohort[newest, g] -= before[g] - left[g]
        state.waiting[q, g] -= before[g] - left[g]
