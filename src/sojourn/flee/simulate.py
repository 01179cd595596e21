"""Run a Flee scenario on the walk engine: one call from folder to labelled results."""

from __future__ import annotations

import os
import platform
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.days import run_replicate
from sojourn.engine.walk.program import RoadMap, WalkProgram
from sojourn.engine.walk.state import Record
from sojourn.errors import Problem
from sojourn.flee.compile import compile_walk, waiting
from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.folder import read, reads
from sojourn.flee.registrations import data_table
from sojourn.flee.write import digest, dump
from sojourn.results.interrupted import Interrupted
from sojourn.results.walk import WalkRun, label

__all__ = ["rerun", "run", "scenario_of"]

Progress = Callable[[int, int], None]
_COUNTED = ("FLEE-WAITED", "FLEE-NEVER-LEFT", "FLEE-NOBODY-LEFT")


def run(
    scenario: FleeScenario | str | Path,
    seed: int | None = None,
    replicates: int = 1,
    *,
    compat: str | None = None,
    scale: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    first: int = 0,
) -> WalkRun:
    """Run a Flee scenario, given as read or as a path, and return the results of every replicate.

    ``seed`` is drawn and recorded if None. ``scale`` is the number of people an agent stands for (the folder's
    own ``hasten`` if None). ``compat="flee3"`` reproduces Flee 3 with its oddities; otherwise agents of a
    phase of the day decide at once and the oddities are gone. Results do not depend on ``workers`` (every core
    if None). ``progress`` is called with replicates finished and wanted. ``first`` is the number of the first
    replicate, to go on with an earlier run.

    Raises :class:`~sojourn.flee.FleeError` for a folder that cannot be run, ValueError for impossible counts,
    and :class:`~sojourn.Interrupted` with the finished replicates when the user stops it; those that are
    under way are finished first.
    """
    if replicates < 1 or first < 0:
        raise ValueError(f"replicates must be at least 1 and first at least 0, not {replicates} and {first}")
    if not isinstance(scenario, FleeScenario):
        scenario = read(scenario, compat=compat)
    elif compat is not None:
        scenario = replace(scenario, compat=compat)
    seed = secrets.randbits(63) if seed is None else seed
    people = scenario.settings.hasten if scale is None else scale
    program = compile_walk(scenario, people)
    numbers = range(first, first + replicates)
    records = _replicates(program, seed, numbers, workers or os.cpu_count() or 1, progress)
    made = _labelled(scenario, program, records, seed, people, first) if records else None
    if len(records) < replicates:
        raise Interrupted(made, replicates)
    assert made is not None  # noqa: S101 - at least one replicate was asked for
    return made


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


def _replicates(
    program: WalkProgram, seed: int, numbers: range, workers: int, progress: Progress | None
) -> list[Record]:
    """Run replicates side by side, one thread each; a single one shares its agents among threads.

    Fewer than wanted are returned when the user stops the run: all before the first that was not begun.
    """
    workers_each, workers = (workers, 1) if len(numbers) == 1 else (1, workers)

    def one(number: int) -> Record:
        return run_replicate(program, seed, number, workers_each)[0]

    records: list[Record] = []
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(one, number) for number in numbers]
        try:
            for job in jobs:
                records.append(job.result())
                if progress is not None:
                    progress(len(records), len(numbers))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            records += [job.result() for job in jobs[len(records) :] if not job.cancelled()]
    return records


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
