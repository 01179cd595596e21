"""Who is where during a run: the arrays that the kernels change."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sojourn.engine import slots
from sojourn.engine.kernel import kernel
from sojourn.engine.program import F64, I64
from sojourn.engine.streams import seek

__all__ = ["State", "new_state", "open_component", "send", "value", "whole"]


class State(NamedTuple):
    """State of one replicate. Counts are float64 holding integers when drawn."""

    stock: F64  # (stage, group) people in the stage
    inbox: F64  # (stage, group) of them, those who came since the stage last worked
    carry: F64  # (stage, group) fractions carried over by exact sources and capacities
    latent: F64  # (2, stage, group) log intensity of momentum sources, and its trend per day
    ring: F64  # (slot, group) people by step of exit, per stage with dwell or service times
    cohort: F64  # (slot, group) people waiting by step of entry, per queue
    place: I64  # (queue + 1, 2) first cohort slot of each queue; oldest cohort that may hold anyone
    waiting: F64  # (queue, group) people waiting
    flow_now: F64  # (flow, group) people in this step
    watched: F64  # (watch, time, group) past of the flows that feed back
    wait_sum: F64  # (2, period, queue, group) people who began service, and the sum of their waits in steps
    wait_hist: F64  # (queue, bin, group)
    notes: I64  # (note)


@kernel
def value(values, ref_row, ref, t, g):
    """Return a parameter's value at a step for a group."""
    return values[t, ref_row[ref, g]]


@kernel
def whole(x, expected):
    """Round to an integer count unless means are computed."""
    if expected:
        return x
    return math.floor(x + 0.5)


@kernel
def open_component(stream, stage_key, group_key, s, g, t):
    """Point the stream at a stage and group at a step; g = -1 for draws that concern all groups together."""
    stream[3] = np.uint64(t)
    stream[4] = stage_key[s]
    stream[5] = group_key[g] if g >= 0 else np.uint64(0)
    seek(stream, 0)


@kernel
def send(flows, state, s, flow, g, n):
    """Move n people of a group along a flow out of stage s."""
    if n == 0.0:
        return
    to = flows[flow, slots.TO]
    state.flow_now[flow, g] += n
    state.stock[s, g] -= n
    state.stock[to, g] += n
    state.inbox[to, g] += n


@kernel
def new_state(program, sampled, n_period, expected):
    """Return the state before the first step, with the initial stocks in place."""
    n_stage = len(program.stage)
    n_group = len(program.group_key)
    place = np.zeros((program.stage[:, slots.QUEUE_AT].max() + 2, 2), np.int64)
    n_queue = len(place) - 1
    for s in range(n_stage):
        q = program.stage[s, slots.QUEUE_AT]
        if q >= 0:
            place[q + 1, 0] = place[q, 0] + program.stage[s, slots.QUEUE_AGE] + program.n_step
    state = State(
        np.zeros((n_stage, n_group)),
        np.zeros((n_stage, n_group)),
        np.zeros((n_stage, n_group)),
        np.zeros((2, n_stage, n_group)),
        np.zeros((sampled.ring_start[n_stage], n_group)),
        np.zeros((place[n_queue, 0], n_group)),
        place,
        np.zeros((n_queue, n_group)),
        np.zeros((len(program.flow), n_group)),
        np.zeros((len(program.watch), program.n_step, n_group)),
        np.zeros((2, n_period, n_queue, n_group)),
        np.zeros((n_queue, len(program.wait_edge) - 1, n_group)),
        np.zeros(len(slots.NOTES), np.int64),
    )
    for s in range(n_stage):
        for g in range(n_group):
            _start_stage(program, sampled.values, state, s, g, expected)
    return state


@kernel
def _start_stage(program, values, state, s, g, expected):
    slot = program.stage[s]
    if slot[slots.INITIAL] >= 0:
        n = whole(value(values, program.ref_row, slot[slots.INITIAL], 0, g), expected)
        state.stock[s, g] = n
        if slot[slots.KIND] == slots.QUEUE:
            days = 0.0
            if slot[slots.AGE] >= 0:
                days = value(values, program.ref_row, slot[slots.AGE], 0, g)
            q = slot[slots.QUEUE_AT]
            state.waiting[q, g] = n
            first = state.place[q, 0]
            oldest = slot[slots.QUEUE_AGE]
            age = min(max(1, math.floor(days / program.step_days + 0.5)), oldest)
            _spread(state.cohort, first + oldest - age, age, g, n, expected)
    if slot[slots.KIND] == slots.SOURCE and program.entry[s, g, 0] == 1:
        if slot[slots.INFLOW] == slots.INFLOW_POOL:
            state.stock[s, g] = whole(value(values, program.ref_row, slot[slots.POOL], 0, g), expected)
        elif slot[slots.INFLOW] == slots.INFLOW_MOMENTUM:
            start = value(values, program.ref_row, slot[slots.LEVEL], 0, g)
            state.latent[0, s, g] = math.log(max(start, 1e-12))
            state.latent[1, s, g] = value(values, program.ref_row, slot[slots.TREND], 0, g)


@kernel
def _spread(cohort, first, age, g, n, expected):
    """Spread the initial queue evenly over the steps before the start; the youngest is one step old."""
    placed = 0.0
    for i in range(age):
        upto = n * (i + 1) / age
        if not expected:
            upto = math.floor(upto + 1e-9)
        cohort[first + i, g] += upto - placed
        placed = upto
