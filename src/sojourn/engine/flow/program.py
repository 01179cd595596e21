"""The compiled system as plain arrays: what the flow engine reads, and what it records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.arrays import F64, I64, U64

__all__ = ["Labels", "Program", "Record", "Sampled"]


class Program(NamedTuple):
    """A compiled scenario: integers say what is connected, refs point into a table of values.

    A *ref* is an index into ``ref_row``: for each group the column of ``values`` (time, row) float64 to read;
    -1 stands for "not given". Columns of ``stage`` and ``flow`` are named in :mod:`sojourn.engine.flow.slots`.
    Few, wide arrays: compile time grows with the number of arrays that a kernel is handed.
    """

    step_days: float
    n_step: int
    stage: I64  # (stage, slot) kind, flows, refs, codes
    key: U64  # (stage + group) stream keys
    entry: I64  # (stage, group, 2) whether a source admits the group; its priority class in a queue, 0 first
    flow: I64  # (flow, slot) destination, refs; then for each group the one as which people arrive
    term: I64  # (term, 4) push: refs of indicator, coefficient, reference, and lag in steps;
    # feedback: ref of followers per person, dwell table of the lag, row of the watched flow, and -1
    rule: I64  # (rule, slot) instructions at the beginning of each step, for values that depend on the state
    ref_row: I64  # (ref, group)
    ring_start: I64  # (stage + 1) first slot of each stage's exit ring: a slot for each step ahead
    period_of: I64  # (time) record period of each step
    wait_edge: I64  # (bin + 1) edges of the waiting-time histogram, steps


class Sampled(NamedTuple):
    """Everything that may differ between parameter draws, for one draw."""

    values: F64  # (time, row); rules write what depends on the state, so each replicate has its own
    cut: int  # steps at which a drawn value was cut to the bounds of its kind
    dwell_index: I64  # (dwell, time, group) distribution in force at entry
    dwell_start: I64  # (distribution + 1) first bin of each distribution; ABREAST copies of its last end it
    dwell: F64  # (row, bin) probabilities by step of exit; rows are named in sojourn.engine.flow.slots


@dataclass(frozen=True)
class Labels:
    """Names of the axes of a program, in the order of its arrays."""

    stage: tuple[str, ...]
    stage_kind: tuple[str, ...]
    stage_entry: tuple[bool, ...]  # whether people enter the system here
    stage_place: tuple[str, ...]  # "" where none
    flow: tuple[str, ...]  # "origin -> destination"
    flow_attempt: tuple[bool, ...]
    queue: tuple[str, ...]
    group: tuple[str, ...]
    time: NDArray[np.datetime64]  # (time) first day of each record period
    wait_edge_days: F64  # (bin + 1)
    note: tuple[str, ...]  # things counted during a run, such as clipped values
    record: str  # "step", "week" or "month"
    flow_becomes: tuple[tuple[int, ...], ...] = ()  # (flow, group) group on arrival; () where it never changes


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
