"""Optional influences on places, day by day: food shortage, floods, harvests, economic pull, population."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import FleeScenario
from sojourn.flee.rules.floods import Floods, floods

__all__ = ["Hazards", "farmer_share", "hazards"]

Floats = NDArray[np.float64]


class Hazards(NamedTuple):
    """Influences on each place and day, neutral where a scenario does not use them.

    ``food_factor`` multiplies the score of places at home and ``settled_factor`` that of places which are no camp;
    ``leave_share`` is the share that leaves for want of food whatever the chance is; ``starving`` adds departures
    per head: all ``(day, place) float64``. ``floods``: see :class:`~sojourn.flee.rules.floods.Floods`.
    ``economic_pull`` is ``(place) float64``; ``harvest`` ``(day) bool``: a month of harvest.
    """

    food_factor: Floats
    settled_factor: Floats
    leave_share: Floats
    starving: Floats
    floods: Floods
    economic_pull: Floats
    harvest: NDArray[np.bool_]


def hazards(scenario: FleeScenario, scale: int) -> Hazards:
    """Return the influences of a scenario's optional rules; ``scale`` is people an agent."""
    move, spawn = scenario.settings.move, scenario.settings.spawn
    shape = scenario.days, len(scenario.locations)
    short = food_shortage(scenario)
    population = np.array([place.population // scale for place in scenario.locations], np.float64)
    crowd = np.maximum(population, 1.0) ** move.pop_power_for_loc_weight
    # Where departures change populations, scores follow in the run (see the engine's Presence).
    constant = move.use_pop_for_loc_weight and not spawn.take_from_population
    starving = short.copy() if spawn.starvation_driven_spawning else np.zeros(shape)
    starving[0] = 0.0
    return Hazards(
        food_factor=1.0 - short**2 if move.avoid_food_deprived_locations else np.ones(shape),
        settled_factor=np.broadcast_to(crowd if constant else np.ones(shape[1]), shape),
        leave_share=short if move.flee_when_starving else np.zeros(shape),
        starving=starving,
        floods=floods(scenario),
        economic_pull=economic_pull(scenario),
        harvest=harvests(scenario),
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


def economic_pull(scenario: FleeScenario) -> Floats:
    """Return what trade and development add to the score of places abroad."""
    pull = np.zeros(len(scenario.locations))
    if scenario.settings.move.use_economic_pull:
        for row, place in enumerate(scenario.locations):
            trade, hdi = (float(place.attributes.get(name) or 0.0) for name in ("trade_volume", "hdi"))
            pull[row] = trade + hdi**2
    return pull


def harvests(scenario: FleeScenario) -> NDArray[np.bool_]:
    """Return the days of the harvest months."""
    months = [(scenario.start + timedelta(days=day)).month for day in range(scenario.days)]
    return np.isin(months, scenario.settings.move.harvest_months)


def farmer_share(scenario: FleeScenario) -> Floats:
    """Return the share of farmers among those from each place; no entries where everybody stays for the harvest.

    Everybody does with ``flee3``, and where no place states a share.
    """
    stated = [place.attributes.get("farmer_fraction") for place in scenario.locations]
    if scenario.compat == "flee3" or not scenario.settings.move.harvest_months or not any(stated):
        return np.zeros(0)
    return np.array([float(share or 0.0) for share in stated])
