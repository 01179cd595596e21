"""Who is where during a run: the arrays that the kernels change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sojourn.engine import slots
from sojourn.engine.program import F64, I64
from sojourn.engine.streams import seek

__all__ = ["State", "new_state", "open_component", "send", "value", "whole"]


class State(NamedTuple):
    """State of one replicate. Counts are float64 holding integers when drawn."""

    stock: F64  # (stage, group) people in the stage
    inbox: F64  # (stage, group) of them, those who came since the stage last worked
    ring: F64  # (slot, group) people by step of exit, per stage with dwell or service times
    cohort: F64  # (slot, group) people waiting by step of entry, per queue
    cohort_start: I64  # (queue + 1) first cohort slot of each queue
    head: I64  # (queue) oldest cohort that may hold anyone
    waiting: F64  # (queue, group) people waiting
    carry: F64  # (stage, group) fractions carried over by exact sources and capacities
    level: F64  # (stage, group) log intensity of momentum sources
    trend: F64  # (stage, group) its trend per day
    flow_now: F64  # (flow, group) people in this step
    watched: F64  # (watch, time, group) past of the flows that feed back
    wait_count: F64  # (period, queue, group)
    wait_steps: F64  # (period, queue, group)
    wait_hist: F64  # (queue, bin, group)
    notes: I64  # (note)


@njit(cache=True)
def value(program, sampled, ref, t, g):
    """Return a parameter's value at a step for a group."""
    return sampled.values[t, program.ref_row[ref, g]]


@njit(cache=True)
def whole(x, expected):
    """Round to an integer count unless means are computed."""
    if expected:
        return x
    return np.floor(x + 0.5)


@njit(cache=True)
def open_component(stream, program, s, g, t):
    """Point the stream at a stage and group at a step; g = -1 for draws that concern all groups together."""
    stream[3] = np.uint64(t)
    stream[4] = program.stage_key[s]
    stream[5] = program.group_key[g] if g >= 0 else np.uint64(0)
    seek(stream, 0)


@njit(cache=True)
def send(program, state, s, flow, g, n):
    """Move n people of a group along a flow out of stage s."""
    if n == 0.0:
        return
    to = program.flow_to[flow]
    state.flow_now[flow, g] += n
    state.stock[s, g] -= n
    state.stock[to, g] += n
    state.inbox[to, g] += n


@njit(cache=True)
def new_state(program, sampled, n_period, expected):
    """Return the state before the first step, with the initial stocks in place."""
    n_stage = len(program.stage_kind)
    n_group = len(program.group_key)
    n_queue = len(program.queue_age)
    n_flow = len(program.flow_to)
    n_bin = len(program.wait_edge) - 1
    cohort_start = np.zeros(n_queue + 1, np.int64)
    for q in range(n_queue):
        cohort_start[q + 1] = cohort_start[q] + program.queue_age[q] + program.n_step
    state = State(
        np.zeros((n_stage, n_group)),
        np.zeros((n_stage, n_group)),
        np.zeros((sampled.ring_start[n_stage], n_group)),
        np.zeros((cohort_start[n_queue], n_group)),
        cohort_start,
        np.zeros(n_queue, np.int64),
        np.zeros((n_queue, n_group)),
        np.zeros((n_stage, n_group)),
        np.zeros((n_stage, n_group)),
        np.zeros((n_stage, n_group)),
        np.zeros((n_flow, n_group)),
        np.zeros((len(program.watch_flow), program.n_step, n_group)),
        np.zeros((n_period, n_queue, n_group)),
        np.zeros((n_period, n_queue, n_group)),
        np.zeros((n_queue, n_bin, n_group)),
        np.zeros(len(slots.NOTES), np.int64),
    )
    for s in range(n_stage):
        for g in range(n_group):
            _start_stage(program, sampled, state, s, g, expected)
    return state


@njit(cache=True)
def _start_stage(program, sampled, state, s, g, expected):
    initial = program.param[s, slots.INITIAL]
    if initial >= 0:
        n = whole(value(program, sampled, initial, 0, g), expected)
        state.stock[s, g] = n
        if program.stage_kind[s] == slots.QUEUE:
            _start_queue(program, sampled, state, s, g, n, expected)
    if program.stage_kind[s] == slots.SOURCE and program.enters[s, g] == 1:
        kind = program.param[s, slots.INFLOW]
        if kind == slots.INFLOW_POOL:
            state.stock[s, g] = whole(value(program, sampled, program.param[s, slots.POOL], 0, g), expected)
        elif kind == slots.INFLOW_MOMENTUM:
            start = value(program, sampled, program.param[s, slots.LEVEL], 0, g)
            state.level[s, g] = np.log(max(start, 1e-12))
            state.trend[s, g] = value(program, sampled, program.param[s, slots.TREND], 0, g)


@njit(cache=True)
def _start_queue(program, sampled, state, s, g, n, expected):
    """Spread the initial queue evenly over the steps before the start; the youngest is one step old."""
    q = program.queue_index[s]
    oldest = program.queue_age[q]
    age = 1
    if program.param[s, slots.AGE] >= 0:
        days = value(program, sampled, program.param[s, slots.AGE], 0, g)
        age = min(max(1, int(np.floor(days / program.step_days + 0.5))), oldest)
    base = state.cohort_start[q]
    placed = 0.0
    for i in range(age):
        upto = n * (i + 1) / age
        if not expected:
            upto = np.floor(upto + 1e-9)
        state.cohort[base + oldest - age + i, g] += upto - placed
        placed = upto
    state.waiting[q, g] = n
