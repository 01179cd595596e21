"""Who is where during a run: the arrays that the kernels change, and what they record."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sojourn.engine.arrays import F64, I64, U64
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.kernel import part

__all__ = ["State", "new_state", "open_component", "open_shared", "send", "shared_value", "value"]


class State(NamedTuple):
    """State of one replicate, and its record of waits. Counts are float64 holding integers when drawn."""

    people: F64  # (plane, stage, group) counts, named in sojourn.engine.flow.slots
    ring: F64  # (slot, group) people by step of exit, per stage with dwell or service times
    cohort: F64  # (slot, group) people waiting by step of entry, per queue
    head: I64  # (stage) oldest cohort that may hold anyone
    share: F64  # (exit) chances of the exits at work
    flow_now: F64  # (flow, group) people in this step
    watched: F64  # (watch, time, group) past of the flows that feed back
    signal: F64  # (signal, 2) threshold: whether in force, steps in a row above; response: mean count, factor
    ruled: F64  # (time, written row) values that depend on the state, as worked out so far
    wait_sum: F64  # (2, period, queue, group) people who began service, and the sum of their waits in steps
    wait_hist: F64  # (queue, bin, group)
    notes: I64  # (note)


@part
def value(values: F64, ref_row: I64, ref: int, t: int, g: int) -> float:
    """Return a parameter's value at a step for a group.

    Parameters
    ----------
    values : ndarray
        (time, row) float64.
    ref_row : ndarray
        (ref, group) int64: row of each parameter.
    ref : int
        The parameter.
    t : int
        Step.
    g : int
        Group.

    Returns
    -------
    float
        The value, in the unit of the parameter.
    """
    return values[t, ref_row[ref, g]]


@part
def shared_value(values: F64, ref_row: I64, ref: int, t: int) -> float:
    """Return the value at a step of a parameter that is the same for all groups."""
    return values[t, ref_row[ref, 0]]


@part
def open_component(program: Program, stream: U64, s: int, g: int, t: int) -> None:
    """Point the stream at a stage and group at a step."""
    stream[3] = np.uint64(t)
    stream[4] = program.key[s]
    stream[5] = program.key[len(program.stage) + g]


@part
def open_shared(program: Program, stream: U64, s: int, t: int) -> None:
    """Point the stream at a stage at a step, for draws that concern all groups together."""
    stream[3] = np.uint64(t)
    stream[4] = program.key[s]
    stream[5] = np.uint64(0)


@part
def send(flows: I64, people: F64, flow_now: F64, s: int, flow: int, g: int, n: float) -> None:
    """Move n people of a group along a flow out of stage s; they arrive as the group that the flow makes them."""
    to = flows[flow, slots.TO]
    arrives = flows[flow, slots.ARRIVES_AS + g]
    flow_now[flow, g] += n
    people[slots.STOCK, s, g] -= n
    people[slots.STOCK, to, arrives] += n
    people[slots.INBOX, to, arrives] += n
    if flows[flow, slots.KEEPS_PLACE] == 1:
        people[slots.WITH_PLACE, to, arrives] += n


def new_state(program: Program, sampled: Sampled, *, expected: bool) -> State:
    """Return the state before the first step, with the initial stocks in place."""
    n_stage, n_flow, n_group = len(program.stage), len(program.flow), program.ref_row.shape[1]
    queues = program.stage[program.stage[:, slots.QUEUE_AT] >= 0]
    n_queue, n_period = len(queues), int(program.period_of[-1]) + 1
    state = State(
        people=np.zeros((slots.PLANES, n_stage, n_group)),
        ring=np.zeros((int(program.ring_start[-1]), n_group)),
        cohort=np.zeros((int(queues[:, slots.QUEUE_AGE].sum()) + n_queue * program.n_step, n_group)),
        head=np.zeros(n_stage, np.int64),
        share=np.zeros(int(program.stage[:, slots.EXITS].max())),
        flow_now=np.zeros((n_flow, n_group)),
        watched=np.zeros((int(program.flow[:, slots.WATCH].max(initial=-1)) + 1, program.n_step, n_group)),
        signal=np.zeros((_most(program, (slots.RULE_THRESHOLD, slots.RULE_RESPONSE), 1), 2)),
        ruled=np.zeros((program.n_step, _most(program, (slots.RULE_END,), 4))),
        wait_sum=np.zeros((2, n_period, n_queue, n_group)),
        wait_hist=np.zeros((n_queue, len(program.wait_edge) - 1, n_group)),
        notes=np.zeros(len(slots.NOTES), np.int64),
    )
    state.notes[slots.NOTE_DRAWN] = sampled.cut
    for s in range(n_stage):
        for g in range(n_group):
            _start(program, sampled.values[0], state, s, g, expected)
    return state


def _most(program: Program, of: tuple[int, ...], column: int) -> int:
    """Return how many positions a column of certain rules counts."""
    return int(program.rule[np.isin(program.rule[:, 0], of), column].max(initial=-1)) + 1


def _start(program: Program, values: F64, state: State, s: int, g: int, expected: bool) -> None:
    """Place a group's people in a stage at the start, and the level of a momentum source."""
    slot = program.stage[s]

    def given(name: int) -> float:
        return float(values[program.ref_row[slot[name], g]])

    def people(name: int) -> float:
        return given(name) if expected else math.floor(given(name) + 0.5)

    if slot[slots.INITIAL] >= 0:
        state.people[slots.STOCK, s, g] = people(slots.INITIAL)
        if slot[slots.KIND] == slots.QUEUE:
            state.people[slots.WAITING, s, g] = people(slots.INITIAL)
            oldest, end = int(slot[slots.QUEUE_AGE]), int(slot[slots.QUEUE_FIRST] + slot[slots.QUEUE_AGE])
            age = max(1, math.floor(given(slots.AGE) / program.step_days + 0.5))
            state.notes[slots.NOTE_AGE] += age > oldest
            age = min(age, oldest)
            state.cohort[end - age : end, g] = _spread(people(slots.INITIAL), age, expected)
    if slot[slots.KIND] == slots.SOURCE and program.entry[s, g, 0] == 1:
        if slot[slots.INFLOW] == slots.INFLOW_POOL:
            state.people[slots.STOCK, s, g] = people(slots.POOL)
        elif slot[slots.INFLOW] == slots.INFLOW_MOMENTUM:
            state.people[slots.LEVEL_NOW, s, g] = math.log(max(given(slots.LEVEL), 1e-12))
            state.people[slots.TREND_NOW, s, g] = given(slots.TREND)


def _spread(n: float, age: int, expected: bool) -> F64:
    """Spread an initial queue evenly over the steps before the start; the youngest are one step old."""
    upto = n * np.arange(1, age + 1) / age
    if not expected:
        upto = np.floor(upto + 1e-9)
    return np.diff(upto, prepend=0.0)
