"""The compiled system as plain arrays: what the flow engine reads, and what it records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Labels", "Program", "Record", "Sampled"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]


class Program(NamedTuple):
    """A compiled scenario: integers say what is connected, refs point into a table of values.

    A *ref* is an index into ``ref_row``: for each group the column of ``values`` (time, row) float64 to read;
    -1 stands for "not given". ``param`` (stage, slot) int64 holds refs or plain integers by kind, see
    :mod:`sojourn.engine.slots`.
    """

    step_days: float
    n_step: int
    stage_kind: I64  # (stage)
    stage_order: I64  # (stage) order of work within a step
    stage_key: U64  # (stage) stream key
    group_key: U64  # (group)
    flow_start: I64  # (stage + 1) first flow of each stage
    flow_to: I64  # (flow) destination stage
    flow_ref: I64  # (flow) ref of the share or hazard; -1: the rest
    param: I64  # (stage, slot)
    ref_row: I64  # (ref, group)
    enters: I64  # (stage, group) 1 where a source admits the group
    class_of: I64  # (stage, group) priority class, 0 first
    queue_index: I64  # (stage) position among the queues, -1 otherwise
    queue_age: I64  # (queue) steps of age of the oldest cohort at the start
    push_start: I64  # (stage + 1) first push term of each source
    push_ref: I64  # (push, 3) indicator, coefficient, reference
    push_lag: I64  # (push) steps
    option_ref: I64  # (flow, 5) cost, time, risk, legal, constant of logit options
    feed_start: I64  # (stage + 1) first feedback term of each source
    feed_ref: I64  # (feed) followers per person
    feed_dwell: I64  # (feed) dwell table of the lag
    watch_start: I64  # (feed + 1) first watched flow of each term
    watch_flow: I64  # (watch)
    period_of: I64  # (time) record period of each step
    wait_edge: I64  # (bin + 1) edges of the waiting-time histogram, steps


class Sampled(NamedTuple):
    """Everything that may differ between parameter draws, for one draw."""

    values: F64  # (time, row)
    dwell_index: I64  # (dwell, time, group) distribution in force at entry
    dwell_start: I64  # (distribution + 1) first bin of each distribution
    dwell_leave: F64  # (bin) chance to leave at k steps, given not before
    dwell_mass: F64  # (bin) probability of k steps
    ring_start: I64  # (stage + 1) first slot of each stage's exit ring: a slot for each step ahead


@dataclass(frozen=True)
class Labels:
    """Names of the axes of a program, in the order of its arrays."""

    stage: tuple[str, ...]
    stage_kind: tuple[str, ...]
    stage_place: tuple[str, ...]  # "" where none
    flow: tuple[str, ...]  # "origin -> destination"
    flow_attempt: tuple[bool, ...]
    queue: tuple[str, ...]
    group: tuple[str, ...]
    time: NDArray[np.datetime64]  # (time) first day of each record period
    wait_edge_days: F64  # (bin + 1)
    note: tuple[str, ...]  # things counted during a run, such as clipped values
    record: str  # "step", "week" or "month"


@dataclass(frozen=True)
class Record:
    """What the flow engine recorded: int64 for draws, float64 for means (expected mode)."""

    stocks: NDArray[np.generic]  # (replicate, time, stage, group) people at the end of the period
    flows: NDArray[np.generic]  # (replicate, time, flow, group) people in the period
    wait_count: NDArray[np.generic]  # (replicate, time, queue, group) people who began service in the period
    wait_steps: NDArray[np.generic]  # (replicate, time, queue, group) sum of their waits, steps
    wait_hist: NDArray[np.generic]  # (replicate, queue, bin, group) people by wait, whole run
    parameter: F64  # (replicate, quantity) drawn values of uncertain quantities
    notes: NDArray[np.int64]  # (replicate, note) counts
