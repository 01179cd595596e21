"""Arrays for following cohorts: what a replicate recorded of groups, and which cohorts make up each stock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.arrays import F64, I64
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program

__all__ = ["NOT_YET", "START", "CohortState", "Cohorts", "Recorded", "new_cohorts"]

NOT_YET, START = 0, 1
"""Positions before the first dated cohort: people who have not arrived yet, and those there at the start."""


class Recorded(NamedTuple):
    """What one replicate recorded, by step, and which cohort arrivals of a step belong to.

    Of one group; of all groups that are followed, the first four have another axis before the others.
    """

    stocks: F64  # (time, stage) people at the end of the step
    flows: F64  # (time, flow) people in the step
    begun: F64  # (time, queue) people whose service began in the step
    turned_away: F64  # (time, stage) people for whom a hold had no room
    cohort: I64  # (time) position of the cohort of those who arrive in the step
    arrives: NDArray[np.bool_]  # (stage) whether entering the stage is arrival


class CohortState(NamedTuple):
    """Of which cohorts the people of one group are made up, and room to work in: views of :class:`Cohorts`."""

    stocks: F64  # (group, stage, cohort) people of all groups that are followed together
    inboxes: F64  # (group, stage, cohort) of them, those who came since the stage last worked
    arrives_as: I64  # (flow) position of the group as which those of this group arrive
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


class Cohorts(NamedTuple):
    """Of which cohorts the people of some groups are made up, and room to work in; see :class:`CohortState`."""

    group: I64  # (followed) position of each group among those of the scenario
    arrives_as: I64  # (followed, flow)
    stock: F64  # (followed, stage, cohort)
    inbox: F64  # (followed, stage, cohort)
    ways: I64  # (stage)
    first: I64  # (stage, 2)
    head: I64  # (followed, stage, 2)
    there: F64  # (followed, row)
    mix: F64  # (followed, row, cohort)
    chance: F64  # (row)
    gone: F64  # (row)
    sent: F64  # (followed, flow)
    out: F64  # (followed, 2, cohort)
    worst: F64  # (followed, 2)


def new_cohorts(program: Program, initial: F64, groups: I64, arrives_as: I64, cohorts: int) -> Cohorts:
    """Return the state before the first step.

    Parameters
    ----------
    program : Program
        The system.
    initial : ndarray
        ``(stage, followed)`` float64, people at the start.
    groups, arrives_as : ndarray
        ``(followed)`` and ``(followed, flow)`` int64, see :class:`Cohorts`.
    cohorts : int
        Number of cohorts, those who have not arrived and those there at the start included.
    """
    stage = program.stage
    kind = stage[:, slots.KIND]
    ages = np.where(kind == slots.QUEUE, np.maximum(0, stage[:, slots.QUEUE_AGE]), 0)
    rows = np.where((kind == slots.QUEUE) | (kind == slots.JOURNEY), ages + program.n_step, 0)
    served = np.where((kind == slots.QUEUE) & (stage[:, slots.SERVICE] >= 0), program.n_step, 0)
    both = np.stack([rows, served], axis=1)
    total = int(both.sum()) + 2  # the last two are the ages of a hold
    first = np.concatenate(([0], np.cumsum(both.ravel())[:-1])).reshape(both.shape).astype(np.int64)
    number = len(groups)
    state = Cohorts(
        group=groups,
        arrives_as=arrives_as,
        stock=np.zeros((number, len(stage), cohorts)),
        inbox=np.zeros((number, len(stage), cohorts)),
        ways=np.diff(np.append(stage[:, slots.FIRST], len(program.flow))),
        first=first,
        head=np.zeros((number, *both.shape), np.int64),
        there=np.zeros((number, total)),
        mix=np.zeros((number, total, cohorts)),
        chance=np.zeros(int(both.max(initial=2)) + 2),
        gone=np.zeros(int(both.max(initial=2)) + 2),
        sent=np.zeros((number, len(program.flow))),
        out=np.zeros((number, 2, cohorts)),
        worst=np.zeros((number, 2)),
    )
    state.stock[:, :, START] = initial.T
    source = kind == slots.SOURCE
    state.stock[:, source, NOT_YET], state.stock[:, source, START] = initial[source].T, 0.0
    for s in np.flatnonzero(kind == slots.QUEUE):
        # All who were there at the start are of one cohort: how they are spread over ages matters to patience only.
        waiting = slice(first[s, 0], first[s, 0] + ages[s])
        for k in np.flatnonzero(initial[s] > 0):
            state.there[k, waiting] = initial[s, k] / ages[s]
            state.mix[k, waiting, START] = 1.0
    return state
