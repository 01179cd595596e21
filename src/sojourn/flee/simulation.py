"""Run a Flee scenario on the walk engine: one call from folder to labelled results."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.engine.model import Cancel
from sojourn.engine.options import check_options
from sojourn.engine.walk.model import WalkModel
from sojourn.engine.walk.rule import Own
from sojourn.engine.walk.state import Record
from sojourn.errors import Problem
from sojourn.executor import Progress, run_replicates
from sojourn.flee.compile import compile_walk
from sojourn.flee.label import facts_of, labelled
from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.folder import read, reads
from sojourn.flee.write import digest
from sojourn.gathering import BATCH_BYTES, gather, growing_at, require_resumable, unfinished
from sojourn.results import Run

__all__ = ["compile_model", "rerun", "scenario_of", "simulate"]


def compile_model(
    scenario: FleeScenario | str | Path,
    *,
    compat: str | None = None,
    scale: int | None = None,
    own_score: Own = None,
    own_chance: Own = None,
) -> WalkModel:
    """Return the compiled model of a Flee scenario; see :class:`sojourn.engine.walk.model.WalkModel`.

    Parameters
    ----------
    scenario : FleeScenario, str or Path
        As read, or the path of a folder or file.
    compat : {"flee3"}, optional
        Reproduce Flee 3 with its oddities.
    scale : int, optional
        People that an agent stands for; the folder's own ``hasten`` if left out.
    own_score, own_chance : callable, optional
        A researcher's own rules; see :func:`sojourn.engine.walk.days.advance`.

    Returns
    -------
    WalkModel
        The model, which never changes and can be pickled.

    Raises
    ------
    FleeError
        For a folder that cannot be run.
    """
    scenario = _as_asked(scenario, compat)
    people = scenario.settings.hasten if scale is None else scale
    identity = f"{digest(scenario)} {scenario.compat} {people}"
    mark = hashlib.blake2b(identity.encode(), digest_size=16).hexdigest()
    return WalkModel(compile_walk(scenario, people), mark, own_score, own_chance)


def simulate(
    scenario: FleeScenario | str | Path,
    *,
    replicates: int = 1,
    seed: int | None = None,
    compat: str | None = None,
    scale: int | None = None,
    own_score: Own = None,
    own_chance: Own = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    first: int = 0,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
) -> Run:
    """Simulate a Flee scenario with the walk engine.

    Parameters
    ----------
    scenario : FleeScenario, str or Path
        As read, or the path of a folder or file.
    replicates : int, optional
        How many replicates.
    seed : int, optional
        Seed of every draw; drawn and recorded if left out.
    compat : {"flee3"}, optional
        Reproduce Flee 3 with its oddities; otherwise agents of a phase of the day decide at once.
    scale : int, optional
        People that an agent stands for; the folder's own ``hasten`` if left out.
    own_score, own_chance : callable, optional
        A researcher's own rules; see :func:`sojourn.engine.walk.days.advance`.
    workers : int, optional
        Number of threads; all cores if left out. It changes no result.
    executor : concurrent.futures.Executor, optional
        Where the replicates are run, in place of threads.
    progress : callable, optional
        Called with the numbers of replicates finished and wanted.
    cancel : Cancel, optional
        A token with ``is_set()``, such as ``threading.Event``, that stops the run.
    first : int, optional
        Number of the first replicate, to continue an earlier run.
    out : str or Path, optional
        Write the run to this path while it is made: whenever some seconds of replicates are finished, they are
        there for good, whatever ends the process.
    resume : bool
        Add to the run at ``out`` what is missing; start it if there is none.
    force : bool
        Replace the run at ``out``, once the new one is whole; until then, that one grows beside it, at ``out``
        with ``.new`` at its end.

    Returns
    -------
    Run
        The finished replicates, with names and units.

    Raises
    ------
    FleeError
        For a folder that cannot be run.
    ModelError
        M402 for impossible counts.
    RunError
        R101 to R107 where the run cannot be written to ``out``, R201 where the one there is another run.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    check_options(replicates=replicates, first=first, seed=seed, workers=workers)
    scenario = _as_asked(scenario, compat)
    with growing_at(out, resume=resume, force=force) as place:
        earlier = unfinished(place)
        if earlier is not None:
            seed = earlier.seed if seed is None else seed
            scale = earlier.scale if scale is None else scale
        seed = secrets.randbits(63) if seed is None else seed
        people = scenario.settings.hasten if scale is None else scale
        model = compile_model(scenario, scale=people, own_score=own_score, own_chance=own_chance)
        recorder = _Recorder(scenario, model, seed, people, first, growing=place is not None)
        if place is not None:
            if earlier is not None:
                require_resumable(earlier, facts_of(scenario, seed, people), first)
                recorder.first += min(earlier.replicates, replicates)
            place.want(replicates)
        made = run_replicates(
            model,
            lambda replicate: {"seed": seed, "replicate": replicate},
            range(recorder.first, first + replicates),
            executor=executor,
            workers=workers,
            cancel=cancel,
            options={"workers": (workers or os.cpu_count() or 1) if replicates == 1 else 1},
        )
        return gather(made, recorder, place, replicates, progress)


class _Recorder:
    """Holds the records of replicates until they are taken as a run."""

    def __init__(
        self, scenario: FleeScenario, model: WalkModel, seed: int, scale: int, first: int, *, growing: bool
    ) -> None:
        self.scenario = scenario
        self.model = model
        self.seed = seed
        self.scale = scale
        self.first = first
        self.growing = growing
        self.records: list[Record] = []

    @property
    def count(self) -> int:
        """How many replicates are held."""
        return len(self.records)

    @property
    def full(self) -> bool:
        """Whether the replicates held are to be taken."""
        size = sum(array.nbytes for array in self.records[-1]) if self.records else 0
        return self.growing and self.count * size >= BATCH_BYTES

    def add(self, record: Mapping[str, Any]) -> None:
        """Hold the record of the next replicate."""
        self.records.append(Record(*(np.asarray(record[name], np.int64) for name in Record._fields)))

    def take(self) -> Run:
        """Return the replicates held as a run."""
        program, seed, scale = self.model.program, self.seed, self.scale
        return labelled(self.scenario, program, self.records, seed=seed, scale=scale, first=self.first)

    def clear(self) -> None:
        """Make room for the replicates that follow."""
        self.first += self.count
        self.records = []


def _as_asked(scenario: FleeScenario | str | Path, compat: str | None) -> FleeScenario:
    """Return a scenario, read if it is a path, under the compatibility asked for."""
    if not isinstance(scenario, FleeScenario):
        return read(scenario, compat=compat)
    return scenario if compat is None else replace(scenario, compat=compat)


def rerun(made: Run, **options: Any) -> Run:
    """Repeat a run from its provenance; on the same versions the result is identical to the bit.

    Parameters
    ----------
    made : Run
        A run of the walk engine.
    **options : object
        ``workers``, ``executor``, ``progress`` and ``cancel`` of :func:`simulate`.

    Returns
    -------
    Run
        The same run, made again.

    Raises
    ------
    FleeError
        Where the recorded scenario is not one.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    again: dict[str, Any] = {"replicates": made.replicates, "first": made.first, "scale": made.scale, **options}
    return simulate(scenario_of(made), seed=made.seed, **again)


def scenario_of(made: Run) -> FleeScenario:
    """Return the scenario that a run was made from, with the warnings of the folder that it was read from.

    Parameters
    ----------
    made : Run
        A run of the walk engine.

    Returns
    -------
    FleeScenario
        The scenario.

    Raises
    ------
    FleeError
        Where the recorded scenario is not one.
    """
    warnings = tuple(Problem(**problem) for problem in made.provenance["warnings"])
    return replace(reads(made.scenario_text), warnings=warnings)
