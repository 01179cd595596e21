"""Who is displaced, when departures follow conflict or floods instead of registrations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import FleeScenario
from sojourn.flee.walk_hazards import by_level

__all__ = ["departures"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def departures(scenario: FleeScenario, conflict: Floats, population: Ints) -> tuple[Ints, Floats]:
    """Return departures by place: ``(day, place) int64, agents``, and means of those drawn for each replicate.

    Both have no rows where the rule is not used. ``conflict``: ``(day, place) float64``, -1 for none;
    ``population``: ``(place) int64, agents``.

    Source: Flee 3, conflict-driven and flood-driven spawning.
    """
    none = np.zeros((0, len(population)), np.int64), np.zeros((0, len(population)))
    spawn = scenario.settings.spawn
    if spawn.conflict_driven_spawning is not None:
        mode = spawn.conflict_driven_spawning.spawn_mode
        rate = spawn.conflict_driven_spawning.displaced * np.maximum(conflict, 0.0)
    elif spawn.flood_driven_spawn_mode is not None and scenario.flood_levels is not None:
        mode = spawn.flood_driven_spawn_mode.spawn_mode
        level = np.floor(scenario.flood_levels[: scenario.days]).astype(np.int64)
        rate = np.where(level > 0, by_level(spawn.flood_driven_spawn_mode.displaced, level), 0.0)
    else:
        return none
    if mode == "poisson":
        return none[0], rate
    if mode == "constant":
        return np.trunc(rate).astype(np.int64), none[1]
    return of_population(rate, population, spawn.take_from_population), none[1]


def of_population(rate: Floats, population: Ints, taken: bool) -> Ints:
    """Return whole shares of the population of each day, which shrinks if those who leave are taken from it."""
    left, numbers = population.copy(), np.zeros(rate.shape, np.int64)
    for day, share in enumerate(rate):
        numbers[day] = np.minimum(np.trunc(share * left), left) if taken else np.trunc(share * left)
        if taken:
            left = left - numbers[day]
    return numbers
