"""The flow engine: steps a compiled scenario through time, one replicate at a time, exact to the person."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from sojourn.engine.arrays import F64, I64, U64
from sojourn.engine.flow import slots
from sojourn.engine.flow.passage import leave, work_choice, work_hold, work_journey
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.queue import work_queue
from sojourn.engine.flow.sources import work_source
from sojourn.engine.flow.state import State, new_state
from sojourn.engine.kernel import ENGINE_DIGEST, entry, kernel

__all__ = ["Output", "run_replicate", "run_replicates"]

Output = tuple[F64, F64, F64, F64, F64, I64]
"""initial stocks (stage, group), stocks (time, stage, group), flows (time, flow, group), wait_sum (2, time,
queue, group), wait_hist (queue, bin, group), notes (note)."""


@kernel
def _balanced(program: Program, ring_start: I64, people: F64, ring: F64, cohort: F64) -> bool:
    """Tell whether every stage holds exactly its stock, and nowhere less than nobody."""
    for s in range(len(program.stage)):
        kind = program.stage[s, slots.KIND]
        for g in range(program.ref_row.shape[1]):
            stock = people[slots.STOCK, s, g]
            held = people[slots.INBOX, s, g]
            for slot in range(ring_start[s], ring_start[s + 1]):
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
def _keep(program: Program, state: State, stocks: F64, flows: F64, t: int) -> None:
    """Add a step to the record, and clear its flows."""
    period = program.period_of[t]
    for g in range(stocks.shape[2]):
        for flow in range(len(program.flow)):
            n = state.flow_now[flow, g]
            state.flow_now[flow, g] = 0.0
            flows[period, flow, g] += n
            if program.flow[flow, slots.WATCH] >= 0:
                state.watched[program.flow[flow, slots.WATCH], t, g] = n
        for s in range(len(program.stage)):
            stocks[period, s, g] = state.people[slots.STOCK, s, g]


def _build(sources: str) -> tuple[Callable[..., None], Callable[..., bool]]:
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
    ) -> None:
        sources  # noqa: B018 - makes it a cell
        for t in range(first, last):
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
            _keep(program, state, stocks, flows, t)

    @entry
    def balanced(program: Program, ring_start: I64, people: F64, ring: F64, cohort: F64) -> bool:
        sources  # noqa: B018
        return _balanced(program, ring_start, people, ring, cohort)

    return steps, balanced


_steps, _is_balanced = _build(ENGINE_DIGEST)


def run_replicate(
    program: Program, sampled: Sampled, seed: int, replicate: int, *, expected: bool = False, guard: bool = False
) -> tuple[Output, int]:
    """Run one replicate; return its record and the first step at which the guard failed (-1: none).

    With ``guard`` every step checks that each stage's stock is what its cohorts and rings hold.
    """
    stream = np.zeros(12, np.uint64)
    stream[0], stream[1] = seed, replicate
    state = new_state(program, sampled, expected=expected)
    initial = state.people[slots.STOCK].copy()
    n_period, n_group = int(program.period_of[-1]) + 1, program.ref_row.shape[1]
    stocks, flows = np.zeros((n_period, *initial.shape)), np.zeros((n_period, len(program.flow), n_group))
    broken = -1
    for t in range(program.n_step if guard else 0):
        _steps(program, sampled, state, stocks, flows, stream, t, t + 1, expected)
        if not _is_balanced(program, sampled.ring_start, state.people, state.ring, state.cohort):
            broken = t
            break
    if not guard:
        _steps(program, sampled, state, stocks, flows, stream, 0, program.n_step, expected)
    return (initial, stocks, flows, state.wait_sum, state.wait_hist, state.notes), broken


def run_replicates(
    program: Program,
    sample: Callable[[int], Sampled],
    *,
    seed: int,
    replicates: range,
    expected: bool = False,
    guard: bool = False,
    workers: int = 1,
) -> Generator[tuple[int, Output, int]]:
    """Run replicates on threads and yield (replicate, record, guard step) in order of replicate.

    Results do not depend on ``workers``: every draw is keyed by seed, replicate, component, group and step.
    ``sample(replicate)`` gives the values of a parameter draw. Closing the iterator stops after the replicates
    that are under way.
    """
    done: dict[int, tuple[Output, int]] = {}
    todo = iter(replicates)
    turn = iter(replicates)
    pending: dict[Future[tuple[Output, int]], int] = {}
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:

        def submit() -> None:
            r = next(todo, None)
            if r is not None:
                future = pool.submit(run_replicate, program, sample(r), seed, r, expected=expected, guard=guard)
                pending[future] = r

        try:
            for _ in range(max(1, workers) + 1):
                submit()
            for r in turn:
                while r not in done:
                    ready, _ = wait(pending, return_when=FIRST_COMPLETED)
                    for future in ready:
                        done[pending.pop(future)] = future.result()
                        submit()
                output, broken = done.pop(r)
                yield r, output, broken
        finally:
            for future in pending:
                future.cancel()
