"""Replicates of a model, run on threads, processes, or whatever executor is given; the results are the same."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.model import Cancel, Model

__all__ = ["Progress", "Stopped", "run_replicates"]

Record = Mapping[str, NDArray[np.generic]]
Progress = Callable[[int, int], None]
"""Called with the number of replicates that are finished, and the number wanted."""

_CHUNKS_EACH = 4
"""Tasks for each worker of a foreign executor, to which the model is sent with every task."""


class Stopped(Exception):
    """The work was cancelled before all replicates were finished."""


@dataclass(frozen=True)
class _Either:
    """Set as soon as one of two tokens is."""

    own: threading.Event
    given: Cancel | None

    def is_set(self) -> bool:
        return self.own.is_set() or (self.given is not None and self.given.is_set())


def _work(
    model: Model[Any], starts: Sequence[Mapping[str, Any]], options: Mapping[str, Any], cancel: Cancel | None
) -> list[Record] | None:
    """Run one replicate for each start, and return their records; None if cancelled."""
    records: list[Record] = []
    for start in starts:
        state = model.advance(model.init(**start), model.n_step, cancel=cancel, **options)
        if state.step < model.n_step:
            return None
        records.append(model.record(state))
    return records


def run_replicates(
    model: Model[Any],
    start: Callable[[int], Mapping[str, Any]],
    replicates: Sequence[int],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    cancel: Cancel | None = None,
    options: Mapping[str, Any] | None = None,
) -> Generator[Record]:
    """Run replicates from their start to the last step, and yield their records in order.

    Parameters
    ----------
    model : Model
        A compiled scenario of either engine.
    start : callable
        Gives the arguments of ``model.init`` for a replicate.
    replicates : sequence of int
        Their numbers.
    executor : concurrent.futures.Executor, optional
        Where the work is done, for example a ``ProcessPoolExecutor``; it is left open. Threads if left out.
    workers : int, optional
        Number of threads; all cores if left out. It changes no result.
    cancel : Cancel, optional
        Stops the work within a fraction of a second on threads; on another executor, after the tasks under way.
    options : mapping, optional
        Further arguments of ``model.advance``.

    Yields
    ------
    Record
        What each replicate recorded, in the order of ``replicates``.

    Raises
    ------
    Stopped
        If ``cancel`` was set before the last replicate was finished; those yielded are whole.
    """
    threads = max(1, workers or os.cpu_count() or 1)
    pool = executor or ThreadPoolExecutor(max_workers=threads)
    size = 1 if executor is None else max(1, -(-len(replicates) // (_CHUNKS_EACH * threads)))
    chunks = [replicates[i : i + size] for i in range(0, len(replicates), size)]
    stop = threading.Event()
    token = _Either(stop, cancel)
    shared = token if executor is None else None  # other executors may be other processes
    pending: dict[Future[list[Record] | None], int] = {}
    done: dict[int, list[Record] | None] = {}
    following = iter(range(len(chunks)))

    def submit() -> None:
        i = next(following, None)
        if i is not None and not token.is_set():
            pending[pool.submit(_work, model, [start(r) for r in chunks[i]], options or {}, shared)] = i

    try:
        for _ in range(threads + 1):
            submit()
        for turn in range(len(chunks)):
            while turn not in done:
                if not pending:
                    raise Stopped
                ready, _ = wait(pending, timeout=None if cancel is None else 0.05, return_when=FIRST_COMPLETED)
                for future in ready:
                    done[pending.pop(future)] = future.result()
                    submit()
                if token.is_set() and turn not in done and executor is not None:
                    raise Stopped
            records = done.pop(turn)
            if records is None:
                raise Stopped
            yield from records
    finally:
        stop.set()
        for future in pending:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)
