"""What floods do to places, and what people make of a forecast of floods."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import FleeScenario
from sojourn.flee.settings import FloodRules

__all__ = ["Floods", "by_level", "floods"]

Floats = NDArray[np.float64]


class Floods(NamedTuple):
    """What floods and forecasts of floods change on each day and place: all ``(day, place) float64``.

    ``score`` multiplies the score of a place, ``zone`` once more that of flood zones (neutral but for ``flee3``).
    ``chance`` replaces the chance of setting out where it is not NaN. Somebody with an awareness a of the forecast
    (0 for none) multiplies the score by ``score_base + a x score_aware``, and the chance by ``chance_base + a x
    chance_aware``, and adds ``a x chance_added`` to the chance.
    """

    score: Floats
    zone: Floats
    chance: Floats
    score_base: Floats
    score_aware: Floats
    chance_base: Floats
    chance_aware: Floats
    chance_added: Floats


def floods(scenario: FleeScenario) -> Floods:
    """Return the influence of floods in a scenario.

    With ``flee3`` the weight of a level counts twice in flood zones, where level 0 has one too, and a forecast
    takes scores of flood zones to 0.

    Source: Flee 3, flood rules; levels are whole numbers.
    """
    shape = scenario.days, len(scenario.locations)
    one, none = np.ones(shape), np.zeros(shape)
    rules, levels = scenario.settings.move.flood_rules, scenario.flood_levels
    dry = Floods(one, one, np.full(shape, np.nan), one, none, one, none, none)
    if rules is None or levels is None:
        return dry
    literal = scenario.compat == "flee3"
    level = whole(levels[: scenario.days])
    if rules.flood_loc_weights is not None:
        weight = by_level(rules.flood_loc_weights, level)
        dry = dry._replace(score=np.where(level > 0, weight, 1.0), zone=weight if literal else one)
    if rules.flood_movechances is not None:
        dry = dry._replace(chance=np.where(level > 0, by_level(rules.flood_movechances, level), np.nan))
    if not rules.flood_forecaster:
        return dry
    known = {name: getattr(dry, name).copy() for name in Floods._fields}
    for day in range(scenario.days):
        (forecast_of_flee if literal else forecast)(known, rules, levels, day)
    return Floods(**known)


def whole(levels: Floats) -> NDArray[np.int64]:
    """Return levels cut to whole numbers."""
    return np.floor(levels).astype(np.int64)


def by_level(values: tuple[float, ...], level: NDArray[np.int64]) -> Floats:
    """Return the value of each level; levels above the last have the last value."""
    found: Floats = np.array(values, np.float64)[np.minimum(level, len(values) - 1)]
    return found


def forecast(known: dict[str, Floats], rules: FloodRules, levels: Floats, day: int) -> None:
    """Work out what the forecast of a day changes: people foresee means over the days ahead.

    Of the days that the forecast looks ahead, the first has the first of ``flood_forecaster_weights``, and so on
    (the last for all that follow; even weights if there are none). To those who know, a place is worth the
    weighted mean of what it is worth on these days, and their chance of setting out is the mean of the chances.
    """
    last = min(rules.flood_forecaster_end_time or len(levels) - 1, len(levels) - 1)
    ahead = range(day + 1, min(day + rules.flood_forecaster_timescale, last) + 1)
    stated = rules.flood_forecaster_weights or (1.0,)
    weight = np.array([stated[min(step, len(stated) - 1)] for step in range(len(ahead))])
    if weight.sum() <= 0.0:
        return
    weight /= weight.sum()
    level = whole(levels[list(ahead)])
    if rules.flood_loc_weights is not None:
        worth = np.where(level > 0, by_level(rules.flood_loc_weights, level), 1.0)
        known["score_aware"][day] = weight @ worth - 1.0
    if rules.flood_movechances is not None:
        known["chance_aware"][day] = -(weight @ (level > 0))
        known["chance_added"][day] = weight @ np.where(level > 0, by_level(rules.flood_movechances, level), 0.0)


def forecast_of_flee(known: dict[str, Floats], rules: FloodRules, levels: Floats, day: int) -> None:
    """Work out what the forecast of a day changes in Flee: with no flood ahead nothing attracts, nobody leaves.

    Scores take the weight of today's level for each flooded day ahead, squared in the end; chances take weights of
    scores; and the weights of days are those of days of the run. Flood zones have no score at all.

    Source: Flee 3, flood forecaster.
    """
    span, end = rules.flood_forecaster_timescale, rules.flood_forecaster_end_time
    if span <= 1 or day > end:
        return
    ahead = list(range(day + 1, min(day + span, end) + 1)) or [end]
    weight, loc_weight = np.array(rules.flood_forecaster_weights)[ahead], rules.flood_loc_weights or ()
    now = by_level(loc_weight, whole(levels[day]))
    coming = weight @ (levels[ahead] > 0.0) * now
    level = whole(levels[ahead])
    known["score_base"][day] = 0.0
    known["score_aware"][day] = coming * (coming / span)
    known["zone"][day] = 0.0
    known["chance_base"][day] = 0.0
    known["chance_aware"][day] = weight @ np.where(level > 0, by_level(loc_weight, level), 0.0) / span
