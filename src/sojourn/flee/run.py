"""Run a Flee scenario on the walk engine: one call from folder to labelled results."""

from __future__ import annotations

import json
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

from sojourn.engine.walk.program import RoadMap, WalkProgram
from sojourn.engine.walk.run import run_replicate
from sojourn.engine.walk.state import Record
from sojourn.flee.model import FleeScenario
from sojourn.flee.read import read
from sojourn.flee.table import data_table
from sojourn.flee.walk_program import compile_walk, waiting
from sojourn.results.walk import WalkRun, label

__all__ = ["run"]

Progress = Callable[[int, int], None]


def run(
    scenario: FleeScenario | str | Path,
    seed: int | None = None,
    replicates: int = 1,
    *,
    compat: str | None = None,
    scale: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> WalkRun:
    """Run a Flee scenario, given as read or as a path, and return the results of every replicate.

    ``seed`` is drawn and recorded if None. ``scale`` is the number of people an agent stands for (the folder's
    own ``hasten`` if None). ``compat="flee3"`` reproduces Flee 3 with its oddities; otherwise agents of a
    phase of the day decide at once and the oddities are gone. Results do not depend on ``workers`` (every core
    if None). ``progress`` is called with replicates finished and wanted.

    Raises :class:`~sojourn.flee.FleeError` for a folder that cannot be run, ValueError for fewer than one
    replicate.
    """
    if replicates < 1:
        raise ValueError(f"replicates must be at least 1, not {replicates}")
    if not isinstance(scenario, FleeScenario):
        scenario = read(scenario, compat=compat)
    elif compat is not None:
        scenario = replace(scenario, compat=compat)
    seed = secrets.randbits(63) if seed is None else seed
    people = scenario.settings.hasten if scale is None else scale
    program = compile_walk(scenario, people)
    records = _replicates(program, seed, replicates, workers or os.cpu_count() or 1, progress)
    values = {
        "simulated_count": np.stack([record.people for record in records]),
        "simulated_flow": np.stack([record.entered for record in records]),
        "simulated_created": np.stack([record.created for record in records]),
        "simulated_gone": np.stack([record.gone for record in records]),
        "observed_count": _observed(scenario, people),
    }
    notes = Counter(problem.code for problem in scenario.warnings) + _absent(scenario, program, records, people)
    return label(values, _coordinates(scenario, program.roads), _provenance(scenario, seed, people, notes))


def _replicates(
    program: WalkProgram, seed: int, replicates: int, workers: int, progress: Progress | None
) -> list[Record]:
    """Run replicates side by side, one thread each; a single one shares its agents among threads."""
    if replicates == 1:
        workers_each, workers = workers, 1
    else:
        workers_each = 1
    records: list[Record] = []
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(run_replicate, program, seed, number, workers_each) for number in range(replicates)]
        for job in jobs:
            records.append(job.result()[0])
            if progress is not None:
                progress(len(records), replicates)
    return records


def _absent(scenario: FleeScenario, program: WalkProgram, records: list[Record], people: int) -> Counter[str]:
    """Count the agents that appear late or never, by code."""
    late, never = waiting(scenario, program, people)
    arrivals = program.arrivals
    left = 0
    if not len(arrivals.placed_mean):
        expected = len(arrivals.present) + int(arrivals.spread.sum()) + int(arrivals.placed.sum())
        left = sum(expected - int(record.created[-1]) for record in records)
    return +Counter({"FLEE-WAITED": late, "FLEE-NEVER-LEFT": never, "FLEE-NOBODY-LEFT": left})


def _observed(scenario: FleeScenario, people: int) -> np.ndarray[Any, Any]:
    table = data_table(scenario, people)
    observed = np.full((scenario.days, len(scenario.locations)), np.nan)
    for name, row in scenario.index.items():
        if name in table.index:
            observed[:, row] = table.counts[:, table.index[name]]
    return observed


def _coordinates(scenario: FleeScenario, roads: RoadMap) -> dict[str, Any]:
    places = scenario.locations
    names = np.array([place.name for place in places])
    origin, destination = names[roads.road_from], names[roads.road_to]
    flows = Counter[str]()
    labels = []
    for pair in zip(origin, destination, strict=True):
        text = " -> ".join(pair)
        flows[text] += 1
        labels.append(text if flows[text] == 1 else f"{text} ({flows[text]})")
    start = np.datetime64(scenario.start, "ns")
    return {
        "time": start + np.arange(scenario.days) * np.timedelta64(1, "D"),
        "place": names,
        "country": ("place", np.array([place.country for place in places])),
        "latitude": ("place", np.array([place.gps_x for place in places])),
        "longitude": ("place", np.array([place.gps_y for place in places])),
        "camp": ("place", np.array([place.is_camp for place in places])),
        "flow": np.array(labels, dtype=np.str_),
        "origin": ("flow", origin),
        "destination": ("flow", destination),
        "km": ("flow", roads.road_km),
    }


def _provenance(scenario: FleeScenario, seed: int, people: int, notes: Counter[str]) -> dict[str, Any]:
    provenance = {
        "name": scenario.name,
        "seed": seed,
        "scale": people,
        "compat": scenario.compat,
        "settings": asdict(scenario.settings),
        "notes": dict(notes),
        "versions": {
            "sojourn": version("sojourn"),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": version("numba"),
        },
    }
    plain: dict[str, Any] = json.loads(json.dumps(provenance))
    return plain
