"""The flow engine: steps a compiled scenario through time, one replicate at a time, exact to the person."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np
from numba import njit

from sojourn.engine import slots
from sojourn.engine.inflow import work_source
from sojourn.engine.kernel import kernel
from sojourn.engine.move import work
from sojourn.engine.program import F64, I64, Program, Sampled
from sojourn.engine.queue import work_queue
from sojourn.engine.state import new_state

__all__ = ["Output", "run_replicate", "run_replicates"]

Output = tuple[F64, F64, F64, F64, F64, I64]
"""initial stocks (stage, group), stocks (time, stage, group), flows (time, flow, group), wait_sum (2, time,
queue, group), wait_hist (queue, bin, group), notes (note)."""


@kernel
def _containers(program, sampled, state, s, g):
    """Count the people of a stage from what holds them, for the guard."""
    total = state.inbox[s, g]
    for slot in range(sampled.ring_start[s], sampled.ring_start[s + 1]):
        total += state.ring[slot, g]
    q = program.stage[s, slots.QUEUE_AT]
    if q >= 0:
        for slot in range(state.place[q, 0], state.place[q + 1, 0]):
            total += state.cohort[slot, g]
    return total


@kernel
def _balanced(program, sampled, state):
    """Tell whether every stage holds exactly its stock, and nowhere less than nobody."""
    for s in range(len(program.stage)):
        kind = program.stage[s, slots.KIND]
        for g in range(len(program.group_key)):
            if state.stock[s, g] < -1e-6:
                return False
            held = kind == slots.JOURNEY or kind == slots.QUEUE or kind == slots.CHOICE
            if held and abs(_containers(program, sampled, state, s, g) - state.stock[s, g]) > 1e-6:
                return False
    return True


@kernel
def _step(program, sampled, state, stream, t, expected):
    state.flow_now[:] = 0.0
    for s in program.order:
        kind = program.stage[s, slots.KIND]
        if kind == slots.SOURCE:
            work_source(program, sampled, state, stream, s, t, expected)
        elif kind == slots.QUEUE:
            work_queue(program, sampled, state, stream, s, t, expected)
        else:
            work(program, sampled, state, stream, s, t, expected)
    for w in range(len(program.watch)):
        state.watched[w, t] = state.flow_now[program.watch[w]]


@njit(cache=True, nogil=True)
def run_replicate(program, sampled, seed, replicate, expected, guard):
    """Run one replicate; return its record and the first step at which the guard failed (-1: none).

    ``seed`` and ``replicate`` are unsigned 64-bit. With ``guard`` every step checks that each stage's stock is
    what its cohorts and rings hold.
    """
    n_period = program.period_of[program.n_step - 1] + 1
    n_stage = len(program.stage)
    n_group = len(program.group_key)
    stream = np.zeros(12, np.uint64)
    stream[0] = seed
    stream[1] = replicate
    state = new_state(program, sampled, n_period, expected)
    initial = state.stock.copy()
    stocks = np.zeros((n_period, n_stage, n_group))
    flows = np.zeros((n_period, len(program.flow), n_group))
    broken = -1
    for t in range(program.n_step):
        _step(program, sampled, state, stream, t, expected)
        period = program.period_of[t]
        flows[period] += state.flow_now
        stocks[period] = state.stock
        if guard and broken < 0 and not _balanced(program, sampled, state):
            broken = t
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
    key = np.uint64(seed)
    done: dict[int, tuple[Output, int]] = {}
    todo = iter(replicates)
    turn = iter(replicates)
    pending: dict[Future[tuple[Output, int]], int] = {}
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:

        def submit() -> None:
            r = next(todo, None)
            if r is not None:
                future = pool.submit(run_replicate, program, sample(r), key, np.uint64(r), expected, guard)
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
