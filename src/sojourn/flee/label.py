"""What the walk engine recorded, as a run: agents counted in people, names along every dimension, registrations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import RoadMap, WalkProgram
from sojourn.engine.walk.state import Record
from sojourn.flee.codes import CODES
from sojourn.flee.compile import waiting
from sojourn.flee.model import FleeScenario
from sojourn.flee.registrations import data_table
from sojourn.flee.write import digest, dump
from sojourn.results import Run, label
from sojourn.results.provenance import versions

__all__ = ["GROUP", "facts_of", "labelled"]

GROUP = "all"
"""The one group of a walk run."""
_COUNTED = ("F302", "F303", "F304")
_DAY = np.timedelta64(1, "D")


def labelled(
    scenario: FleeScenario, program: WalkProgram, records: Sequence[Record], *, seed: int, scale: int, first: int
) -> Run:
    """Return what was recorded of each replicate as a run.

    ``scale`` is the number of people an agent stands for, ``first`` the number of the first replicate.
    """
    along = _coordinates(scenario, program.roads) | {"replicate": np.arange(first, first + len(records))}
    count, days = len(records), scenario.days
    empty = np.zeros((count, days, 0, 1), np.int64)
    people, created, gone = (
        np.stack([getattr(record, name) for record in records]).astype(np.int64) * scale
        for name in ("people", "created", "gone")
    )
    arrays = {
        "stocks": people[..., None],
        "flows": (np.stack([record.entered for record in records]).astype(np.int64) * scale)[..., None],
        "wait_count": empty,
        "wait_days": empty.astype(np.float64),
        "wait_hist": np.zeros((count, 0, 0, 1), np.int64),
        "parameters": np.zeros((count, 0)),
        "notes": _absent(scenario, program, records, scale),
        "created": created[..., None],
        "gone": gone[..., None],
        "travelling": (created - gone - people.sum(-1))[..., None],
        "published_count": _published(scenario, 1),
        "published_agents": _published(scenario, scale),
    }
    return label(arrays, along, facts_of(scenario, seed, scale))


def _absent(
    scenario: FleeScenario, program: WalkProgram, records: Sequence[Record], scale: int
) -> NDArray[np.int64]:
    """Count the agents that appear late or never: (replicate, note) int64, agent."""
    late, never = waiting(scenario, program, scale)
    arrivals = program.arrivals
    left = np.zeros(len(records), np.int64)
    if not len(arrivals.placed_mean):
        expected = len(arrivals.present) + int(arrivals.spread.sum()) + int(arrivals.placed.sum())
        left = np.array([expected - int(record.created[-1]) for record in records], np.int64)
    return np.column_stack([np.full_like(left, late), np.full_like(left, never), left])


def _published(scenario: FleeScenario, scale: int) -> NDArray[np.float64]:
    """Return registrations in agents of ``scale`` people: (day, place) float64; missing where there are none."""
    table = data_table(scenario, scale)
    published = np.full((scenario.days, len(scenario.locations)), np.nan)
    for name, row in scenario.index.items():
        if name in table.index:
            published[:, row] = table.counts[:, table.index[name]]
    return published


def _coordinates(scenario: FleeScenario, roads: RoadMap) -> dict[str, NDArray[Any]]:
    """Return what is known of days, places and roads."""
    places = scenario.locations
    names = np.array([place.name for place in places], dtype=np.str_)
    origin, destination = names[roads.road_from], names[roads.road_to]
    time = np.datetime64(scenario.start, "ns") + np.arange(scenario.days) * _DAY
    none = np.zeros(0, dtype=np.str_)
    return {
        "time": time,
        "period_end": time + _DAY,
        "stage": names,
        "stage_kind": np.array([place.kind for place in places], dtype=np.str_),
        "stage_place": names,
        "country": np.array([place.country for place in places], dtype=np.str_),
        "latitude": np.array([place.gps_x for place in places]),
        "longitude": np.array([place.gps_y for place in places]),
        "camp": np.array([place.name in scenario.camps for place in places], dtype=bool),
        "flow": np.array(_road_names(origin, destination), dtype=np.str_),
        "origin": origin,
        "destination": destination,
        "attempt": np.zeros(len(origin), dtype=bool),
        "km": roads.road_km,
        "queue": none,
        "quantity": none,
        "wait_bin": np.zeros(0),
        "wait_bin_end": np.zeros(0),
        "group": np.array([GROUP]),
        "note": np.array(_COUNTED),
        "note_text": np.array([CODES[code] for code in _COUNTED]),
    }


def _road_names(origin: NDArray[np.str_], destination: NDArray[np.str_]) -> list[str]:
    """Return ``origin -> destination`` of each road, numbered where several lead from one place to another."""
    seen = Counter[str]()
    names = []
    for pair in zip(origin, destination, strict=True):
        text = " -> ".join(pair)
        seen[text] += 1
        names.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return names


def facts_of(scenario: FleeScenario, seed: int, scale: int) -> dict[str, Any]:
    """Return all that is needed to repeat a run, its provenance, as it comes back from JSON."""
    end = np.datetime64(scenario.start, "s") + scenario.days * _DAY
    facts = {
        "engine": "walk",
        "scenario": dump(scenario),
        "name": scenario.name,
        "digest": digest(scenario),
        "seed": seed,
        "mode": "draw",
        "record": "step",
        "parameters": "central",
        "step_days": 1.0,
        "end": str(end.astype("datetime64[s]")),
        "scale": scale,
        "compat": scenario.compat,
        "warnings": [asdict(problem) for problem in scenario.warnings],
        "versions": versions(),
    }
    repeatable: dict[str, Any] = json.loads(json.dumps(facts))
    return repeatable
