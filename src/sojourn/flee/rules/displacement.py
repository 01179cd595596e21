"""Who is displaced, when departures follow conflict or floods instead of registrations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import FleeScenario
from sojourn.flee.rules.floods import by_level, whole

__all__ = ["departures"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def departures(scenario: FleeScenario, conflict: Floats, population: Ints, scale: int) -> tuple[Ints, Floats]:
    """Return departures by place: ``(day, place) int64, agents``, and means of those drawn for each replicate.

    Both have no rows where the rule is not used. ``conflict``: ``(day, place) float64``, -1 for none;
    ``population``: ``(place) int64, agents``. With ``flee3`` numbers of people are whole, and numbers of agents
    whatever the scale is; otherwise they are scaled down, and parts of an agent are kept for the next day.

    Source: Flee 3, conflict-driven and flood-driven spawning.
    """
    none = np.zeros((0, len(population)), np.int64), np.zeros((0, len(population)))
    spawn, literal = scenario.settings.spawn, scenario.compat == "flee3"
    if spawn.conflict_driven_spawning is not None:
        mode, rate = spawn.conflict_driven_spawning.spawn_mode, spawn.conflict_driven_spawning.displaced
        rate = float(int(rate)) if literal and mode != "pop_ratio" else rate
        intensity = np.maximum(conflict, 0.0)
        wanted = np.full(conflict.shape, rate)
    elif spawn.flood_driven_spawn_mode is not None and scenario.flood_levels is not None:
        mode = spawn.flood_driven_spawn_mode.spawn_mode
        level = whole(scenario.flood_levels[: scenario.days])
        wanted = by_level(spawn.flood_driven_spawn_mode.displaced, level)
        wanted = np.trunc(wanted) if literal and mode != "pop_ratio" else wanted
        intensity = (level > 0).astype(np.float64)
    else:
        return none
    if mode != "pop_ratio":
        wanted = wanted * intensity / (1 if literal else scale)
    if mode == "poisson":
        return none[0], wanted
    left, owed = population.astype(np.float64), np.zeros(len(population))
    numbers = np.zeros(wanted.shape, np.int64)
    for day, today in enumerate(wanted):
        due = today * left * intensity[day] if mode == "pop_ratio" else today
        # A sum that a rounding error keeps below a whole number is that number; Flee cuts 2.9999999999 to 2.
        numbers[day] = np.trunc(due) if literal else np.floor(due + owed + 1e-9)
        if spawn.take_from_population:
            numbers[day] = numbers[day] if literal else np.minimum(numbers[day], left)
            left = np.maximum(left - numbers[day], 0.0)
        owed = np.maximum(due + owed - numbers[day], 0.0)
    return numbers, none[1]
