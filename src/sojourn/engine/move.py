"""Kernels of the stages that people pass on their own: journeys, choices, holds, ends."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sojourn.engine import slots
from sojourn.engine.draws import binomial, hypergeometric
from sojourn.engine.state import open_component, send, value
from sojourn.engine.streams import next_uniform, seek

__all__ = ["DWELL_BASE", "EXIT_BASE", "OTHER_BASE", "admit", "leave_by_shares", "schedule", "work"]

# Decisions of one component, group and step: apart, so that no draw shifts another.
EXIT_BASE = 1 << 24
DWELL_BASE = 2 << 24
OTHER_BASE = 3 << 24
FEW = 8.0  # up to this many people are placed one by one


@njit(cache=True)
def leave_by_shares(program, sampled, state, stream, s, t, g, n, expected):
    """Send n people through the regular exits of a stage by their shares: a chain of binomials."""
    first = program.flow_start[s]
    last = first + program.param[s, slots.EXITS]
    if program.param[s, slots.LOGIT] == 1:
        _leave_by_logit(program, sampled, state, stream, s, t, g, n, expected)
        return
    left = n
    share_left = 1.0
    rest = -1
    for flow in range(first, last):
        ref = program.flow_ref[flow]
        if ref < 0:
            rest = flow
            continue
        share = value(program, sampled, ref, t, g)
        if share > share_left + 1e-9:
            state.notes[slots.NOTE_SHARE] += 1
        chance = min(1.0, share / share_left) if share_left > 1e-12 else 0.0
        out = binomial(stream, EXIT_BASE + flow - first, left, chance, expected)
        send(program, state, s, flow, g, out)
        left -= out
        share_left -= share
    send(program, state, s, rest, g, left)


@njit(cache=True)
def _utility(program, sampled, s, t, g, flow):
    slot = program.param[s]
    option = program.option_ref[flow]
    return (
        value(program, sampled, option[4], t, g)
        + value(program, sampled, slot[slots.PER_USD], t, g) * value(program, sampled, option[0], t, g) / 1000.0
        + value(program, sampled, slot[slots.PER_DAY], t, g) * value(program, sampled, option[1], t, g)
        + value(program, sampled, slot[slots.PER_RISK], t, g) * value(program, sampled, option[2], t, g)
    )


@njit(cache=True)
def _leave_by_logit(program, sampled, state, stream, s, t, g, n, expected):
    first = program.flow_start[s]
    count = program.param[s, slots.EXITS]
    weight = np.empty(count)
    best = -np.inf
    for i in range(count):
        weight[i] = _utility(program, sampled, s, t, g, first + i)
        best = max(best, weight[i])
    total = 0.0
    for i in range(count):
        legal = value(program, sampled, program.option_ref[first + i, 3], t, g)
        weight[i] = legal * math.exp(weight[i] - best)
        total += weight[i]
    if total <= 0.0:
        state.notes[slots.NOTE_LOGIT] += 1
        weight[:] = 1.0
        total = float(count)
    left = n
    for i in range(count):
        chance = weight[i] / total if total > 0.0 else 0.0
        if i == count - 1:
            chance = 1.0
        out = binomial(stream, EXIT_BASE + i, left, min(1.0, chance), expected)
        send(program, state, s, first + i, g, out)
        left -= out
        total -= weight[i]


@njit(cache=True)
def schedule(program, sampled, state, stream, s, dwell, base, t, g, n, expected):
    """Place n people who enter now in the stage's ring by step of exit; return how many leave at once."""
    start = sampled.dwell_start[sampled.dwell_index[dwell, t, g]]
    stop = sampled.dwell_start[sampled.dwell_index[dwell, t, g] + 1]
    ring = sampled.ring_start[s]
    length = sampled.ring_start[s + 1] - ring
    at_once = 0.0
    if n <= FEW and not expected:
        for person in range(int(n)):
            seek(stream, base + person)
            k = _place(sampled, start, stop, next_uniform(stream))
            if k == 0:
                at_once += 1.0
            else:
                state.ring[ring + (t + k) % length, g] += 1.0
        return at_once
    left = n
    for k in range(stop - start):
        if expected:
            out = n * sampled.dwell_mass[start + k]
        else:
            out = binomial(stream, base + k, left, sampled.dwell_leave[start + k], False)
        left -= out
        if k == 0:
            at_once = out
        else:
            state.ring[ring + (t + k) % length, g] += out
        if left <= 0.0:
            break
    return at_once


@njit(cache=True)
def _place(sampled, start, stop, u):
    for k in range(stop - start - 1):
        u -= sampled.dwell_mass[start + k]
        if u < 0.0:
            return k
    return stop - start - 1


@njit(cache=True)
def due(sampled, state, s, t, g):
    """Take out of the stage's ring those whose time ends at this step."""
    ring = sampled.ring_start[s]
    slot = ring + t % (sampled.ring_start[s + 1] - ring)
    n = state.ring[slot, g]
    state.ring[slot, g] = 0.0
    return n


@njit(cache=True)
def _work_journey(program, sampled, state, stream, s, t, expected):
    for g in range(len(program.group_key)):
        arriving = state.inbox[s, g]
        state.inbox[s, g] = 0.0
        leaving = due(sampled, state, s, t, g)
        if arriving <= 0.0 and leaving <= 0.0:
            continue
        open_component(stream, program, s, g, t)
        if arriving > 0.0:
            dwell = program.param[s, slots.DWELL]
            leaving += schedule(program, sampled, state, stream, s, dwell, DWELL_BASE, t, g, arriving, expected)
        if leaving > 0.0:
            leave_by_shares(program, sampled, state, stream, s, t, g, leaving, expected)


@njit(cache=True)
def _work_choice(program, sampled, state, stream, s, t, expected):
    for g in range(len(program.group_key)):
        n = state.inbox[s, g]
        state.inbox[s, g] = 0.0
        if n > 0.0:
            open_component(stream, program, s, g, t)
            leave_by_shares(program, sampled, state, stream, s, t, g, n, expected)


@njit(cache=True)
def admit(program, sampled, state, stream, s, t, held, fresh, expected):
    """Turn away the newest arrivals beyond the room; ``held`` counts all, ``fresh`` (group) those of this step."""
    if program.param[s, slots.ROOM] < 0:
        return
    room = value(program, sampled, program.param[s, slots.ROOM], t, 0)
    if not expected:
        room = math.floor(room)
    over = min(max(0.0, held - room), fresh.sum())
    left = fresh.sum()
    for g in range(len(program.group_key)):
        if over <= 0.0:
            return
        open_component(stream, program, s, -1, t)
        out = hypergeometric(stream, OTHER_BASE + g, fresh[g], left - fresh[g], over, expected)
        left -= fresh[g]
        over -= out
        fresh[g] -= out
        send(program, state, s, program.param[s, slots.OVERFLOW], g, out)


@njit(cache=True)
def _work_hold(program, sampled, state, stream, s, t, expected):
    n_group = len(program.group_key)
    fresh = state.inbox[s].copy()
    state.inbox[s] = 0.0
    admit(program, sampled, state, stream, s, t, state.stock[s].sum(), fresh, expected)
    for g in range(n_group):
        if state.stock[s, g] <= 0.0:
            continue
        open_component(stream, program, s, g, t)
        _leave_by_hazards(program, sampled, state, stream, s, t, g, fresh[g], expected)


@njit(cache=True)
def _leave_by_hazards(program, sampled, state, stream, s, t, g, fresh, expected):
    """Competing hazards, constant within a step; arrivals are spread evenly over their step."""
    first = program.flow_start[s]
    count = program.param[s, slots.EXITS]
    total = 0.0
    for flow in range(first, first + count):
        hazard = value(program, sampled, program.flow_ref[flow], t, g)
        if hazard < 0.0:
            state.notes[slots.NOTE_HAZARD] += 1
        total += max(0.0, hazard)
    x = total * program.step_days
    if x <= 0.0:
        return
    chance = -math.expm1(-x)
    old = state.stock[s, g] - fresh
    out = binomial(stream, OTHER_BASE, old, chance, expected)
    out += binomial(stream, OTHER_BASE + 1, fresh, 1.0 - chance / x, expected)
    left = out
    for i in range(count):
        if left <= 0.0 or total <= 0.0:
            return
        hazard = max(0.0, value(program, sampled, program.flow_ref[first + i], t, g))
        chance = 1.0 if i == count - 1 else min(1.0, hazard / total)
        part = binomial(stream, EXIT_BASE + i, left, chance, expected)
        send(program, state, s, first + i, g, part)
        left -= part
        total -= hazard


@njit(cache=True)
def work(program, sampled, state, stream, s, t, expected):
    """Let a journey, choice, hold or end work for one step."""
    kind = program.stage_kind[s]
    if kind == slots.JOURNEY:
        _work_journey(program, sampled, state, stream, s, t, expected)
    elif kind == slots.CHOICE:
        _work_choice(program, sampled, state, stream, s, t, expected)
    elif kind == slots.HOLD:
        _work_hold(program, sampled, state, stream, s, t, expected)
    else:
        state.inbox[s] = 0.0
