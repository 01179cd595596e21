"""Run a Flee scenario on the walk engine: one call from folder to labelled results."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from collections import Counter
from concurrent.futures import Executor
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.model import Cancel
from sojourn.engine.walk.model import WalkModel
from sojourn.engine.walk.program import RoadMap, WalkProgram
from sojourn.engine.walk.rule import Own
from sojourn.engine.walk.state import Record
from sojourn.errors import Problem
from sojourn.executor import Progress, Stopped, run_replicates
from sojourn.flee.compile import compile_walk, waiting
from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.folder import read, reads
from sojourn.flee.registrations import data_table
from sojourn.flee.write import digest, dump
from sojourn.results.interrupted import Interrupted
from sojourn.results.walk import WalkRun, label

__all__ = ["compile_model", "rerun", "run", "scenario_of"]

_COUNTED = ("FLEE-WAITED", "FLEE-NEVER-LEFT", "FLEE-NOBODY-LEFT")


def compile_model(
    scenario: FleeScenario | str | Path,
    *,
    compat: str | None = None,
    scale: int | None = None,
    own_score: Own = None,
    own_chance: Own = None,
) -> WalkModel:
    """Return the compiled model of a Flee scenario; see :class:`sojourn.engine.walk.model.WalkModel`.

    Parameters are those of :func:`run`.

    Raises
    ------
    FleeError
        For a folder that cannot be run.
    """
    scenario = _as_asked(scenario, compat)
    people = scenario.settings.hasten if scale is None else scale
    told = f"{digest(scenario)} {scenario.compat} {people}"
    mark = hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
    return WalkModel(compile_walk(scenario, people), mark, own_score, own_chance)


def run(
    scenario: FleeScenario | str | Path,
    seed: int | None = None,
    replicates: int = 1,
    *,
    compat: str | None = None,
    scale: int | None = None,
    own_score: Own = None,
    own_chance: Own = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    first: int = 0,
) -> WalkRun:
    """Run a Flee scenario on the walk engine.

    Parameters
    ----------
    scenario : FleeScenario, str or Path
        As read, or the path of a folder or file.
    seed : int, optional
        Seed of every draw; drawn and recorded if left out.
    replicates, first : int
        How many replicates, and the number of the first, to go on with an earlier run.
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

    Raises
    ------
    FleeError
        For a folder that cannot be run.
    ValueError
        For impossible counts.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    if replicates < 1 or first < 0:
        raise ValueError(f"replicates must be at least 1 and first at least 0, not {replicates} and {first}")
    scenario = _as_asked(scenario, compat)
    seed = secrets.randbits(63) if seed is None else seed
    people = scenario.settings.hasten if scale is None else scale
    model = compile_model(scenario, scale=people, own_score=own_score, own_chance=own_chance)
    records: list[Record] = []
    made = run_replicates(
        model,
        lambda replicate: {"seed": seed, "replicate": replicate},
        range(first, first + replicates),
        executor=executor,
        workers=workers,
        cancel=cancel,
        options={"workers": (workers or os.cpu_count() or 1) if replicates == 1 else 1},
    )
    try:
        for one in made:
            records.append(Record(*(one[name] for name in Record._fields)))
            if progress is not None:
                progress(len(records), replicates)
    except (Stopped, KeyboardInterrupt) as stop:
        finished = _labelled(scenario, model.program, records, seed, people, first) if records else None
        raise Interrupted(finished, replicates) from stop
    finally:
        made.close()
    return _labelled(scenario, model.program, records, seed, people, first)


def _as_asked(scenario: FleeScenario | str | Path, compat: str | None) -> FleeScenario:
    """Return a scenario, read if it is a path, under the compatibility asked for."""
    if not isinstance(scenario, FleeScenario):
        return read(scenario, compat=compat)
    return scenario if compat is None else replace(scenario, compat=compat)


def rerun(made: WalkRun, *, workers: int | None = None, progress: Progress | None = None) -> WalkRun:
    """Repeat a run from its provenance; on the same versions the result is identical to the bit.

    Raises :class:`~sojourn.flee.FleeError` where the recorded scenario is not one, and as :func:`run`.
    """
    options: dict[str, Any] = {"scale": made.scale, "workers": workers, "progress": progress, "first": made.first}
    return run(scenario_of(made), made.seed, made.replicates, **options)


def scenario_of(made: WalkRun) -> FleeScenario:
    """Return the scenario that a run was made from, with the warnings of the folder that it was read from."""
    warnings = tuple(Problem(**problem) for problem in made.provenance["warnings"])
    return replace(reads(made.scenario_text), warnings=warnings)


def _labelled(
    scenario: FleeScenario, program: WalkProgram, records: list[Record], seed: int, people: int, first: int
) -> WalkRun:
    """Return records as a run."""
    values = {
        "simulated_count": np.stack([record.people for record in records]),
        "simulated_flow": np.stack([record.entered for record in records]),
        "simulated_created": np.stack([record.created for record in records]),
        "simulated_gone": np.stack([record.gone for record in records]),
        "notes": _absent(scenario, program, records, people),
        "observed_count": _observed(scenario, people),
        "observed_people": _observed(scenario, 1),
    }
    along = _coordinates(scenario, program.roads) | {
        "replicate": np.arange(first, first + len(records)),
        "note": np.array(_COUNTED),
    }
    return label(values, along, _provenance(scenario, seed, people))


def _absent(scenario: FleeScenario, program: WalkProgram, records: list[Record], people: int) -> NDArray[np.int64]:
    """Count the agents that appear late or never: (replicate, code) int64, agent."""
    late, never = waiting(scenario, program, people)
    arrivals = program.arrivals
    left = np.zeros(len(records), np.int64)
    if not len(arrivals.placed_mean):
        expected = len(arrivals.present) + int(arrivals.spread.sum()) + int(arrivals.placed.sum())
        left = np.array([expected - int(record.created[-1]) for record in records], np.int64)
    return np.column_stack([np.full_like(left, late), np.full_like(left, never), left])


def _observed(scenario: FleeScenario, people: int) -> NDArray[np.float64]:
    """Return registrations, in agents of so many people: (day, place) float64; missing where none are."""
    table = data_table(scenario, people)
    observed = np.full((scenario.days, len(scenario.locations)), np.nan)
    for name, row in scenario.index.items():
        if name in table.index:
            observed[:, row] = table.counts[:, table.index[name]]
    return observed


def _coordinates(scenario: FleeScenario, roads: RoadMap) -> dict[str, NDArray[Any]]:
    places = scenario.locations
    names = np.array([place.name for place in places])
    origin, destination = names[roads.road_from], names[roads.road_to]
    flows = Counter[str]()
    labels = []
    for pair in zip(origin, destination, strict=True):
        text = " -> ".join(pair)
        flows[text] += 1
        labels.append(text if flows[text] == 1 else f"{text} ({flows[text]})")
    day = np.timedelta64(1, "D")
    time = np.datetime64(scenario.start, "ns") + np.arange(scenario.days) * day
    return {
        "time": time,
        "period_end": time + day,
        "place": names,
        "country": np.array([place.country for place in places]),
        "latitude": np.array([place.gps_x for place in places]),
        "longitude": np.array([place.gps_y for place in places]),
        "camp": np.array([place.name in scenario.camps for place in places]),
        "flow": np.array(labels, dtype=np.str_),
        "origin": origin,
        "destination": destination,
        "km": roads.road_km,
    }


def _provenance(scenario: FleeScenario, seed: int, people: int) -> dict[str, Any]:
    return {
        "scenario": dump(scenario),
        "name": scenario.name,
        "digest": digest(scenario),
        "seed": seed,
        "scale": people,
        "compat": scenario.compat,
        "warnings": [asdict(problem) for problem in scenario.warnings],
        "versions": {
            "sojourn": version("sojourn"),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": version("numba"),
        },
    }
