"""Arrays for following cohorts: what a replicate recorded of a group, and which cohorts make up each stock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.arrays import F64, I64
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program

__all__ = ["NOT_YET", "START", "CohortState", "Recorded", "new_state"]

NOT_YET, START = 0, 1
"""Positions before the first dated cohort: people who have not arrived yet, and those there at the start."""


class Recorded(NamedTuple):
    """What one replicate recorded of one group, by step, and which cohort arrivals of a step belong to."""

    stocks: F64  # (time, stage) people at the end of the step
    flows: F64  # (time, flow) people in the step
    begun: F64  # (time, queue) people whose service began in the step
    turned_away: F64  # (time, stage) people for whom a hold had no room
    cohort: I64  # (time) position of the cohort of those who arrive in the step
    arrives: NDArray[np.bool_]  # (stage) whether entering the stage is arrival


class CohortState(NamedTuple):
    """Of which cohorts the people of one group are made up, and room to work in."""

    stock: F64  # (stage, cohort) people
    inbox: F64  # (stage, cohort) of them, those who came since the stage last worked
    ways: I64  # (stage) number of flows that leave it
    first: I64  # (stage, 2) first row of the people who wait or travel, and of those in service
    head: I64  # (stage, 2) first step of entry of which anybody is left, counted from the first row
    there: F64  # (row) people by step of entry
    mix: F64  # (row, cohort) parts of the cohorts among those who entered in that step
    chance: F64  # (row) room for: chance to leave now
    gone: F64  # (row) room for: people who leave now
    sent: F64  # (flow) room for: people sent along a flow in this step before its regular exits
    out: F64  # (2, cohort) room for: those who leave now
    worst: F64  # (2) largest number of people that the record does not explain, and least number in a stage


def new_state(program: Program, initial: F64, cohorts: int) -> CohortState:
    """Return the state before the first step; ``initial`` is (stage) float64, person."""
    stage = program.stage
    kind = stage[:, slots.KIND]
    ages = np.where(kind == slots.QUEUE, np.maximum(0, stage[:, slots.QUEUE_AGE]), 0)
    rows = np.where((kind == slots.QUEUE) | (kind == slots.JOURNEY), ages + program.n_step, 0)
    served = np.where((kind == slots.QUEUE) & (stage[:, slots.SERVICE] >= 0), program.n_step, 0)
    both = np.stack([rows, served], axis=1)
    total = int(both.sum()) + 2  # the last two are the ages of a hold
    first = np.concatenate(([0], np.cumsum(both.ravel())[:-1])).reshape(both.shape).astype(np.int64)
    state = CohortState(
        stock=np.zeros((len(stage), cohorts)),
        inbox=np.zeros((len(stage), cohorts)),
        ways=np.diff(np.append(stage[:, slots.FIRST], len(program.flow))),
        first=first,
        head=np.zeros(both.shape, np.int64),
        there=np.zeros(total),
        mix=np.zeros((total, cohorts)),
        chance=np.zeros(int(both.max(initial=2)) + 2),
        gone=np.zeros(int(both.max(initial=2)) + 2),
        sent=np.zeros(len(program.flow)),
        out=np.zeros((2, cohorts)),
        worst=np.zeros(2),
    )
    state.stock[:, START] = initial
    source = kind == slots.SOURCE
    state.stock[source, NOT_YET], state.stock[source, START] = initial[source], 0.0
    for s in np.flatnonzero((kind == slots.QUEUE) & (initial > 0)):
        # All who were there at the start are of one cohort: how they are spread over ages matters to patience only.
        waiting = slice(first[s, 0], first[s, 0] + ages[s])
        state.there[waiting] = initial[s] / ages[s]
        state.mix[waiting, START] = 1.0
    return state
