"""Optional influences on places, day by day: food shortage, floods, harvests, economic pull."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import FleeScenario

__all__ = ["Hazards", "hazards"]

Floats = NDArray[np.float64]


class Hazards(NamedTuple):
    """Influences on each place and day, neutral where a scenario does not use them.

    ``food_factor`` and ``score_factor`` multiply scores; ``leave_share`` is the share that leaves for want of
    food whatever the chance is; ``chance`` replaces the chance where it is not NaN and ``chance_factor``
    multiplies it; ``spawn_factor`` adds departures per head: all ``(day, place) float64``.
    ``economic_pull`` is ``(place) float64``; ``frozen`` ``(day) bool``: nobody sets out.
    """

    food_factor: Floats
    score_factor: Floats
    leave_share: Floats
    chance: Floats
    chance_factor: Floats
    spawn_factor: Floats
    economic_pull: Floats
    frozen: NDArray[np.bool_]


def hazards(scenario: FleeScenario) -> Hazards:
    """Return the influences of a scenario's optional rules."""
    shape = scenario.days, len(scenario.locations)
    return Hazards(
        food_factor=np.ones(shape),
        score_factor=np.ones(shape),
        leave_share=np.zeros(shape),
        chance=np.full(shape, np.nan),
        chance_factor=np.ones(shape),
        spawn_factor=np.zeros(shape),
        economic_pull=np.zeros(shape[1]),
        frozen=np.zeros(shape[0], bool),
    )
