"""Optional influences on places, day by day: food shortage, floods, harvests, economic pull, population."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import FleeScenario

__all__ = ["Hazards", "by_level", "hazards"]

Floats = NDArray[np.float64]


class Hazards(NamedTuple):
    """Influences on each place and day, neutral where a scenario does not use them.

    ``food_factor`` multiplies the score of places at home, ``score_factor`` that of all, ``settled_factor``
    that of places which are no camp; ``leave_share`` is the share that leaves for want of food whatever the
    chance is; ``chance`` replaces the chance where it is not NaN and ``chance_factor`` multiplies it;
    ``spawn_factor`` adds departures per head: all ``(day, place) float64``. ``economic_pull`` is ``(place)
    float64``; ``frozen`` ``(day) bool``: nobody sets out.
    """

    food_factor: Floats
    score_factor: Floats
    settled_factor: Floats
    leave_share: Floats
    chance: Floats
    chance_factor: Floats
    spawn_factor: Floats
    economic_pull: Floats
    frozen: NDArray[np.bool_]


def hazards(scenario: FleeScenario, scale: int) -> Hazards:
    """Return the influences of a scenario's optional rules; ``scale`` is people an agent."""
    move, spawn = scenario.settings.move, scenario.settings.spawn
    shape = scenario.days, len(scenario.locations)
    short = food_shortage(scenario)
    factor, chance = floods(scenario)
    population = np.array([place.population // scale for place in scenario.locations], np.float64)
    crowd = np.maximum(population, 1.0) ** move.pop_power_for_loc_weight
    starving = short.copy() if spawn.starvation_driven_spawning else np.zeros(shape)
    starving[0] = 0.0
    return Hazards(
        food_factor=1.0 - short**2 if move.avoid_food_deprived_locations else np.ones(shape),
        score_factor=factor,
        settled_factor=np.broadcast_to(crowd if move.use_pop_for_loc_weight else np.ones(shape[1]), shape),
        leave_share=short if move.flee_when_starving else np.zeros(shape),
        chance=chance,
        chance_factor=np.ones(shape),
        spawn_factor=starving,
        economic_pull=economic_pull(scenario),
        frozen=harvests(scenario),
    )


def food_shortage(scenario: FleeScenario) -> Floats:
    """Return the share of people short of food by day and place: that of the region, linear between reports.

    Source: Flee 3, region attributes (IPC).
    """
    shape = scenario.days, len(scenario.locations)
    table = scenario.food_security
    if table is None:
        return np.zeros(shape)
    days = np.arange(scenario.days)
    columns = {region: column for column, region in enumerate(table.regions)}
    share = np.zeros(shape)
    for row, place in enumerate(scenario.locations):
        if place.region in columns:
            share[:, row] = np.interp(days, table.days, table.percent[:, columns[place.region]]) / 100.0
    return share


def floods(scenario: FleeScenario) -> tuple[Floats, Floats]:
    """Return the factor on scores and the chance of setting out (NaN where dry) by day and place.

    Source: Flee 3, flood rules; levels are whole numbers.
    """
    shape = scenario.days, len(scenario.locations)
    factor, chance = np.ones(shape), np.full(shape, np.nan)
    rules = scenario.settings.move.flood_rules
    if rules is None or scenario.flood_levels is None:
        return factor, chance
    level = np.floor(scenario.flood_levels[: scenario.days]).astype(np.int64)
    if rules.flood_loc_weights is not None:
        factor = np.where(level > 0, by_level(rules.flood_loc_weights, level), 1.0)
    if rules.flood_movechances is not None:
        chance = np.where(level > 0, by_level(rules.flood_movechances, level), np.nan)
    return factor, chance


def by_level(values: tuple[float, ...], level: NDArray[np.int64]) -> Floats:
    """Return the value of each level; levels above the last have the last value."""
    found: Floats = np.array(values, np.float64)[np.minimum(level, len(values) - 1)]
    return found


def economic_pull(scenario: FleeScenario) -> Floats:
    """Return what trade and development add to the score of places abroad."""
    pull = np.zeros(len(scenario.locations))
    if scenario.settings.move.use_economic_pull:
        for row, place in enumerate(scenario.locations):
            trade, hdi = (float(place.attributes.get(name) or 0.0) for name in ("trade_volume", "hdi"))
            pull[row] = trade + hdi**2
    return pull


def harvests(scenario: FleeScenario) -> NDArray[np.bool_]:
    """Return the days of the harvest months, in which nobody sets out."""
    months = [(scenario.start + timedelta(days=day)).month for day in range(scenario.days)]
    return np.isin(months, scenario.settings.move.harvest_months)
