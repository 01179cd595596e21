"""The steps of a run: every stage works in order, and what happened is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sojourn.engine.arrays import F64, U64
from sojourn.engine.flow import slots
from sojourn.engine.flow.hold import work_hold
from sojourn.engine.flow.passage import leave, work_choice, work_journey
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.queue import work_queue
from sojourn.engine.flow.rules import work_rules
from sojourn.engine.flow.sources import work_source
from sojourn.engine.flow.state import State, new_state
from sojourn.engine.kernel import ENGINE_DIGEST, entry, kernel
from sojourn.engine.quantile import MOST

__all__ = ["Replicate", "TooMany", "advance", "begin"]


class TooMany(ArithmeticError):
    """At ``step`` a count was beyond what is still whole."""

    def __init__(self, step: int) -> None:
        self.step = step
        super().__init__(step)


class Replicate(NamedTuple):
    """One replicate: its state, and what was recorded of it so far."""

    state: State
    initial: F64  # (stage, group) people at the start
    stocks: F64  # (period, stage, group) people at the end of the period
    flows: F64  # (period, flow, group) people in the period


@kernel
def _balanced(program: Program, people: F64, ring: F64, cohort: F64) -> bool:
    """Tell whether every stage holds exactly its stock, and nowhere less than nobody."""
    for s in range(len(program.stage)):
        kind = program.stage[s, slots.KIND]
        for g in range(program.ref_row.shape[1]):
            stock = people[slots.STOCK, s, g]
            held = people[slots.INBOX, s, g]
            for slot in range(program.ring_start[s], program.ring_start[s + 1]):
                held += ring[slot, g]
            if kind == slots.QUEUE:
                first = program.stage[s, slots.QUEUE_FIRST]
                for slot in range(first, first + program.stage[s, slots.QUEUE_AGE] + program.n_step):
                    held += cohort[slot, g]
            contained = kind == slots.JOURNEY or kind == slots.QUEUE or kind == slots.CHOICE
            if stock < -1e-6 or (contained and abs(held - stock) > 1e-9 * max(1e3, stock)):
                return False
    return True


@kernel
def _keep(program: Program, state: State, stocks: F64, flows: F64, t: int) -> bool:
    """Add a step to the record, and clear its flows; tell whether every count is still whole."""
    period = program.period_of[t]
    whole = True
    for g in range(stocks.shape[2]):
        for flow in range(len(program.flow)):
            n = state.flow_now[flow, g]
            state.flow_now[flow, g] = 0.0
            flows[period, flow, g] += n
            whole &= flows[period, flow, g] <= MOST
            if program.flow[flow, slots.WATCH] >= 0:
                state.watched[program.flow[flow, slots.WATCH], t, g] = n
        for s in range(len(program.stage)):
            n = state.people[slots.STOCK, s, g]
            stocks[period, s, g] = n
            whole &= n <= MOST
        for q in range(state.wait_sum.shape[2]):
            whole &= state.wait_sum[1, period, q, g] <= MOST
    return whole


def _build(sources: str) -> tuple[Callable[..., int], Callable[..., bool]]:
    """Return the kernels that Python calls; ``sources`` is the digest that keys their kept machine code."""

    @entry
    def steps(
        program: Program,
        sampled: Sampled,
        state: State,
        stocks: F64,
        flows: F64,
        stream: U64,
        first: int,
        last: int,
        expected: bool,
    ) -> int:
        sources  # noqa: B018 - makes it a cell
        for t in range(first, last):
            work_rules(program, sampled.values, state, t)
            for i in range(len(program.stage)):
                s = program.stage[i, slots.WORKS]
                kind = program.stage[s, slots.KIND]
                if kind == slots.SOURCE:
                    work_source(program, sampled, state, stream, s, t, expected)
                elif kind == slots.JOURNEY:
                    work_journey(program, sampled, state, stream, s, t, expected)
                elif kind == slots.QUEUE:
                    work_queue(program, sampled, state, stream, s, t, expected)
                elif kind == slots.HOLD:
                    work_hold(program, sampled.values, state, stream, s, t, expected)
                elif kind == slots.CHOICE:
                    work_choice(state.people, s)
                leave(program, sampled.values, state, stream, s, t, expected)
            if not _keep(program, state, stocks, flows, t):
                return t
        return -1

    @entry
    def balanced(program: Program, people: F64, ring: F64, cohort: F64) -> bool:
        sources  # noqa: B018
        return _balanced(program, people, ring, cohort)

    return steps, balanced


_steps, _is_balanced = _build(ENGINE_DIGEST)


def begin(program: Program, sampled: Sampled, *, expected: bool) -> Replicate:
    """Return a replicate before its first step, with the initial stocks in place.

    Parameters
    ----------
    program : Program
        What is connected.
    sampled : Sampled
        Values of the draw.
    expected : bool
        Whether draws are replaced by their means; counts are then float64.

    Returns
    -------
    Replicate
        The replicate.
    """
    state = new_state(program, sampled, expected=expected)
    initial = state.people[slots.STOCK].copy()
    n_period, n_group = int(program.period_of[-1]) + 1, program.ref_row.shape[1]
    return Replicate(
        state, initial, np.zeros((n_period, *initial.shape)), np.zeros((n_period, len(program.flow), n_group))
    )


def advance(
    program: Program,
    sampled: Sampled,
    replicate: Replicate,
    key: tuple[int, int],
    first: int,
    last: int,
    *,
    expected: bool = False,
    guard: bool = False,
) -> int:
    """Work the steps ``first`` to ``last`` - 1 of a replicate, in place.

    Parameters
    ----------
    program : Program
        What is connected.
    sampled : Sampled
        Values of the draw.
    replicate : Replicate
        Changed in place.
    key : tuple of int
        Seed and number of the replicate, which key every draw.
    first : int
        First step worked.
    last : int
        First step not worked.
    expected : bool, optional
        Replace draws by their means.
    guard : bool
        Check after every step that each stage's stock is what its cohorts and rings hold, and stop where not.

    Returns
    -------
    int
        The step at which the guard failed, or -1.

    Raises
    ------
    TooMany
        At the first step after which a count, or the steps that people waited together, is beyond 2**53.
    """
    stream = np.zeros(12, np.uint64)
    stream[0], stream[1] = key
    state, stocks, flows = replicate.state, replicate.stocks, replicate.flows
    for start, end in [(t, t + 1) for t in range(first, last)] if guard else [(first, last)]:
        beyond = _steps(program, sampled, state, stocks, flows, stream, start, end, expected)
        if beyond >= 0:
            raise TooMany(beyond)
        if guard and not _is_balanced(program, state.people, state.ring, state.cohort):
            return start
    return -1
