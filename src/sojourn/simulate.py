"""Simulate a scenario: compile, run the flow engine, label the results."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Callable
from typing import Any, Literal, overload

import numba
import numpy as np

import sojourn
from sojourn.compile.build import Compiled, compile_scenario
from sojourn.engine.flow.program import Record
from sojourn.engine.flow.steps import Output, run_replicates
from sojourn.errors import Problem
from sojourn.results import Interrupted, Run, RunError, WalkRun, build
from sojourn.scenario import Scenario, digest, dump, loads, resolve

__all__ = ["rerun", "simulate"]

Mode = Literal["draw", "expected"]
Progress = Callable[[int, int], None]


def _versions() -> dict[str, str]:
    return {
        "sojourn": sojourn.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def _observations(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """What each official series counts, for whoever reads the run without the scenario."""
    return {
        name: {
            "of": list(o.of),
            "measure": o.measure,
            "series": o.series,
            "unit": o.unit,
            "groups": None if o.groups is None else list(o.groups),
        }
        for name, o in scenario.observations.items()
    }


class _Recorder:
    """Collects the records of replicates into arrays of their final type."""

    def __init__(self, compiled: Compiled, replicates: int, expected: bool) -> None:
        self.compiled = compiled
        self.expected = expected
        self.count = 0
        program = compiled.program
        time, queue, group = len(compiled.labels.time), len(compiled.labels.queue), len(compiled.labels.group)
        stage, flow, bins = len(compiled.labels.stage), len(compiled.labels.flow), len(program.wait_edge) - 1
        kind = np.float64 if expected else np.int64
        shapes = [
            (stage, group),
            (time, stage, group),
            (time, flow, group),
            (2, time, queue, group),
            (queue, bins, group),
        ]
        self.arrays = [np.zeros((replicates, *shape), kind) for shape in shapes]
        self.notes = np.zeros((replicates, len(compiled.labels.note)), np.int64)
        self.parameter = np.zeros((replicates, len(compiled.uncertain)))

    def add(self, output: Output, drawn: dict[str, float]) -> None:
        """Keep the record of the next replicate."""
        for array, values in zip(self.arrays, output[:-1], strict=True):
            array[self.count] = values if self.expected else np.rint(values)
        self.notes[self.count] = output[-1]
        for i, name in enumerate(self.compiled.uncertain):
            self.parameter[self.count, i] = drawn.get(name, self.compiled.table.profiles.central(name))
        self.count += 1

    def run(self, provenance: dict[str, Any], first: int) -> Run:
        """Return the finished replicates as a run."""
        n = self.count
        initial, stocks, flows, wait_sum, wait_hist = (a[:n] for a in self.arrays)
        record = Record(
            stocks, flows, wait_sum[:, 0], wait_sum[:, 1], wait_hist, self.parameter[:n], self.notes[:n]
        )
        return build(
            record,
            self.compiled.labels,
            provenance,
            first=first,
            quantities=self.compiled.uncertain,
            initial=initial,
        )


def _provenance(compiled: Compiled, seed: int, mode: Mode) -> dict[str, Any]:
    scenario, grid = compiled.scenario, compiled.grid
    end = grid.day[0].astype("datetime64[s]") + np.timedelta64(round(grid.n_step * grid.step_days * 86_400), "s")
    return {
        "scenario": dump(scenario, resolved=True),
        "name": scenario.name,
        "digest": digest(scenario),
        "seed": seed,
        "mode": mode,
        "record": grid.record,
        "priors": compiled.priors,
        "step_days": grid.step_days,
        "end": str(end),
        "versions": _versions(),
        "observations": _observations(scenario),
        "counted": compiled.counted,
    }


def simulate(
    scenario: Scenario,
    *,
    replicates: int = 100,
    seed: int | None = None,
    mode: Mode = "draw",
    record: Literal["step", "week", "month"] | None = None,
    workers: int | None = None,
    priors: bool = True,
    progress: Progress | None = None,
    first: int = 0,
    guard: bool = False,
) -> Run:
    """Simulate a scenario with the flow engine.

    ``mode="expected"`` replaces draws by means (one replicate, central values). ``seed`` is drawn if None and
    recorded. ``record`` overrides the scenario's. ``workers`` is the number of threads (all cores if None); it
    changes no result. ``priors=False`` keeps uncertain quantities at their central values. ``progress(done,
    wanted)`` is called after every replicate. ``first`` is the number of the first replicate, to go on with an
    earlier run. ``guard`` checks in every step that nobody is lost, and raises RunError R401 otherwise.

    Raises ValueError for impossible counts, ScenarioError for a scenario that does not resolve, and
    :class:`~sojourn.Interrupted` with the finished replicates when the user stops it.
    """
    if replicates < 1 or first < 0:
        raise ValueError("replicates must be at least 1 and first at least 0")
    seed = secrets.randbits(63) if seed is None else int(seed)
    if not 0 <= seed < 2**64:
        raise ValueError("seed must be in 0 .. 2**64 - 1")
    expected = mode == "expected"
    if expected:
        replicates, first, priors = 1, 0, False
    compiled = compile_scenario(resolve(scenario), record=record, priors=priors)
    drawn = {r: compiled.drawn(seed, r) for r in range(first, first + replicates)}
    recorder = _Recorder(compiled, replicates, expected)
    outputs = run_replicates(
        compiled.program,
        lambda r: compiled.sample(drawn[r]),
        seed=seed,
        replicates=range(first, first + replicates),
        expected=expected,
        guard=guard,
        workers=workers or os.cpu_count() or 1,
    )
    try:
        for r, output, broken in outputs:
            if broken >= 0:
                raise RunError([Problem("R401", f"replicate {r}, step {broken}", "people were lost or made")])
            recorder.add(output, drawn[r])
            if progress is not None:
                progress(recorder.count, replicates)
    except KeyboardInterrupt as stop:
        finished = recorder.run(_provenance(compiled, seed, mode), first) if recorder.count else None
        raise Interrupted(finished, replicates) from stop
    finally:
        outputs.close()
    return recorder.run(_provenance(compiled, seed, mode), first)


@overload
def rerun(run: Run, *, workers: int | None = None, progress: Progress | None = None) -> Run: ...


@overload
def rerun(run: WalkRun, *, workers: int | None = None, progress: Progress | None = None) -> WalkRun: ...


def rerun(run: Run | WalkRun, *, workers: int | None = None, progress: Progress | None = None) -> Run | WalkRun:
    """Repeat a run of either engine from its provenance; on the same versions the result is identical to the bit.

    Raises ScenarioError, or FleeError for a walk run, where the recorded scenario is not one.
    """
    if isinstance(run, WalkRun):
        from sojourn.flee.simulate import rerun as rerun_walk

        return rerun_walk(run, workers=workers, progress=progress)
    facts = run.provenance
    return simulate(
        loads(run.scenario_text),
        replicates=run.replicates,
        seed=run.seed,
        mode=facts["mode"],
        record=facts["record"],
        workers=workers,
        priors=bool(facts["priors"]),
        progress=progress,
        first=int(run.data["replicate"].values[0]),
    )
