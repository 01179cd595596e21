"""Kernels of the stages that people pass on their own: journeys, choices, holds, ends."""

from __future__ import annotations

import math

import numpy as np

from sojourn.engine import slots
from sojourn.engine.draws import binomial, hypergeometric
from sojourn.engine.kernel import kernel
from sojourn.engine.state import open_component, send, value
from sojourn.engine.streams import next_uniform, seek

__all__ = ["DWELL_BASE", "EXIT_BASE", "OTHER_BASE", "admit", "due", "leave_by_shares", "schedule", "work"]

# Decisions of one component, group and step: apart, so that no draw shifts another.
EXIT_BASE = 1 << 24
DWELL_BASE = 2 << 24
OTHER_BASE = 3 << 24
FEW = 8.0  # up to this many people are placed one by one


@kernel
def leave_by_shares(program, values, state, stream, s, t, g, n, expected):
    """Send n people through the regular exits of a stage by their shares: a chain of binomials."""
    slot = program.stage[s]
    first = slot[slots.FIRST]
    count = slot[slots.EXITS]
    if slot[slots.LOGIT] == 1:
        shares = _logit(program.ref_row, program.flow, values, slot, state.notes, t, g)
    else:
        shares = _shares(program.ref_row, program.flow, values, slot, state.notes, t, g)
    left = n
    share_left = 1.0
    for i in range(count):
        chance = min(1.0, shares[i] / share_left) if share_left > 1e-12 else 0.0
        if i == count - 1:
            chance = 1.0
        out = binomial(stream, EXIT_BASE + i, left, chance, expected)
        send(program.flow, state, s, first + i, g, out)
        left -= out
        share_left -= shares[i]


@kernel
def _shares(ref_row, flows, values, slot, notes, t, g):
    """Shares of the regular exits; the one marked as the rest has what the others leave."""
    shares = np.empty(slot[slots.EXITS])
    left = 1.0
    rest = -1
    for i in range(len(shares)):
        ref = flows[slot[slots.FIRST] + i, slots.REF]
        if ref < 0:
            rest = i
            continue
        share = value(values, ref_row, ref, t, g)
        if share > left:
            if share > left + 1e-9:
                notes[slots.NOTE_SHARE] += 1
            share = left
        shares[i] = share
        left -= share
    shares[rest] = left
    return shares


@kernel
def _logit(ref_row, flows, values, slot, notes, t, g):
    """Choice probabilities of a multinomial logit, weighted by legal access."""
    utility = np.empty(slot[slots.EXITS])
    for i in range(len(utility)):
        option = flows[slot[slots.FIRST] + i]
        u = value(values, ref_row, option[slots.CONSTANT], t, g)
        usd = value(values, ref_row, option[slots.COST], t, g)
        u += value(values, ref_row, slot[slots.PER_USD], t, g) * usd / 1000.0
        days = value(values, ref_row, option[slots.TIME], t, g)
        u += value(values, ref_row, slot[slots.PER_DAY], t, g) * days
        risk = value(values, ref_row, option[slots.RISK], t, g)
        utility[i] = u + value(values, ref_row, slot[slots.PER_RISK], t, g) * risk
    best = utility.max()
    total = 0.0
    for i in range(len(utility)):
        legal = value(values, ref_row, flows[slot[slots.FIRST] + i, slots.LEGAL], t, g)
        utility[i] = legal * math.exp(utility[i] - best)
        total += utility[i]
    if total <= 0.0:
        notes[slots.NOTE_LOGIT] += 1
        utility[:] = 1.0
        total = float(len(utility))
    return utility / total


@kernel
def schedule(sampled, state, stream, s, dwell, base, t, g, n, expected):
    """Place n people who enter now in the stage's ring by step of exit; return how many leave at once."""
    table = sampled.dwell_index[dwell, t, g]
    start = sampled.dwell_start[table]
    stop = sampled.dwell_start[table + 1]
    ring = sampled.ring_start[s]
    length = sampled.ring_start[s + 1] - ring
    at_once = 0.0
    if n <= FEW and not expected:
        for person in range(int(n)):
            seek(stream, base + person)
            k = _place(sampled.dwell, start, stop, next_uniform(stream))
            if k == 0:
                at_once += 1.0
            else:
                state.ring[ring + (t + k) % length, g] += 1.0
        return at_once
    left = n
    for k in range(stop - start):
        if expected:
            out = n * sampled.dwell[start + k, 0]
        else:
            out = binomial(stream, base + k, left, sampled.dwell[start + k, 1], False)
        left -= out
        if k == 0:
            at_once = out
        else:
            state.ring[ring + (t + k) % length, g] += out
        if left <= 0.0:
            break
    return at_once


@kernel
def _place(dwell, start, stop, u):
    for k in range(stop - start - 1):
        u -= dwell[start + k, 0]
        if u < 0.0:
            return k
    return stop - start - 1


@kernel
def due(ring_start, rings, s, t, g):
    """Take out of the stage's ring those whose time ends at this step."""
    slot = ring_start[s] + t % (ring_start[s + 1] - ring_start[s])
    n = rings[slot, g]
    rings[slot, g] = 0.0
    return n


@kernel
def _work_journey(program, sampled, state, stream, s, t, expected):
    dwell = program.stage[s, slots.DWELL]
    for g in range(len(program.group_key)):
        arriving = state.inbox[s, g]
        state.inbox[s, g] = 0.0
        leaving = due(sampled.ring_start, state.ring, s, t, g)
        if arriving <= 0.0 and leaving <= 0.0:
            continue
        open_component(stream, program.stage_key, program.group_key, s, g, t)
        if arriving > 0.0:
            leaving += schedule(sampled, state, stream, s, dwell, DWELL_BASE, t, g, arriving, expected)
        if leaving > 0.0:
            leave_by_shares(program, sampled.values, state, stream, s, t, g, leaving, expected)


@kernel
def _work_choice(program, values, state, stream, s, t, expected):
    for g in range(len(program.group_key)):
        n = state.inbox[s, g]
        state.inbox[s, g] = 0.0
        if n > 0.0:
            open_component(stream, program.stage_key, program.group_key, s, g, t)
            leave_by_shares(program, values, state, stream, s, t, g, n, expected)


@kernel
def admit(program, values, state, stream, s, t, held, fresh, expected):
    """Turn away the newest arrivals beyond the room; ``held`` counts all, ``fresh`` (group) those of this step."""
    slot = program.stage[s]
    if slot[slots.ROOM] < 0:
        return
    room = value(values, program.ref_row, slot[slots.ROOM], t, 0)
    if not expected:
        room = math.floor(room)
    left = fresh.sum()
    over = min(max(0.0, held - room), left)
    open_component(stream, program.stage_key, program.group_key, s, -1, t)
    for g in range(len(fresh)):
        out = hypergeometric(stream, OTHER_BASE + g, fresh[g], left - fresh[g], over, expected)
        left -= fresh[g]
        over -= out
        fresh[g] -= out
        send(program.flow, state, s, slot[slots.OVERFLOW], g, out)


@kernel
def _work_hold(program, values, state, stream, s, t, expected):
    fresh = state.inbox[s].copy()
    state.inbox[s] = 0.0
    admit(program, values, state, stream, s, t, state.stock[s].sum(), fresh, expected)
    for g in range(len(fresh)):
        if state.stock[s, g] > 0.0:
            open_component(stream, program.stage_key, program.group_key, s, g, t)
            _leave_by_hazards(program, values, state, stream, s, t, g, fresh[g], expected)


@kernel
def _leave_by_hazards(program, values, state, stream, s, t, g, fresh, expected):
    """Competing hazards, constant within a step; arrivals are spread evenly over their step."""
    slot = program.stage[s]
    hazards = np.empty(slot[slots.EXITS])
    for i in range(len(hazards)):
        hazards[i] = value(values, program.ref_row, program.flow[slot[slots.FIRST] + i, slots.REF], t, g)
    total = hazards.sum()
    x = total * program.step_days
    if x <= 0.0:
        return
    chance = -math.expm1(-x)
    left = binomial(stream, OTHER_BASE + len(program.group_key), state.stock[s, g] - fresh, chance, expected)
    left += binomial(stream, OTHER_BASE + len(program.group_key) + 1, fresh, 1.0 - chance / x, expected)
    for i in range(len(hazards)):
        chance = min(1.0, hazards[i] / total) if total > 0.0 else 0.0
        if i == len(hazards) - 1:
            chance = 1.0
        out = binomial(stream, EXIT_BASE + i, left, chance, expected)
        send(program.flow, state, s, slot[slots.FIRST] + i, g, out)
        left -= out
        total -= hazards[i]


@kernel
def work(program, sampled, state, stream, s, t, expected):
    """Let a journey, choice, hold or end work for one step."""
    kind = program.stage[s, slots.KIND]
    if kind == slots.JOURNEY:
        _work_journey(program, sampled, state, stream, s, t, expected)
    elif kind == slots.CHOICE:
        _work_choice(program, sampled.values, state, stream, s, t, expected)
    elif kind == slots.HOLD:
        _work_hold(program, sampled.values, state, stream, s, t, expected)
    else:
        state.inbox[s] = 0.0
