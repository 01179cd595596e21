"""Scores that follow who is where: populations that shrink, and in Flee the people of one's own kind."""

from __future__ import annotations

import numpy as np

from sojourn.engine.walk.program import CAMP, Presence
from sojourn.flee.model import FleeScenario
from sojourn.flee.rules.people import People
from sojourn.flee.rules.timetable import Days

__all__ = ["presence"]


def presence(scenario: FleeScenario, days: Days, who: People | None) -> Presence:
    """Return which scores follow who is there each morning.

    With ``flee3``, one's own are counted among the agents at rest in a place, by head of its population; nobody
    lives in camps, so one's own count next to nothing there. Otherwise they are those that ``locations.csv``
    counts (:mod:`sojourn.flee.rules.people`), on all days alike.

    Source: Flee 3, score of an end point and attribute ratio.
    """
    move, spawn = scenario.settings.move, scenario.settings.spawn
    literal = scenario.compat == "flee3"
    camp = (days.timetable.flags & CAMP) != 0
    conflict = ~camp & (days.conflict > 0)
    town = ~camp & ~conflict
    ethnic = (
        (camp & move.match_camp_ethnicity)
        | (conflict & move.match_conflict_ethnicity)
        | (town & move.match_town_ethnicity)
    )
    by_ethnicity, by_religion = ethnic & literal, camp & (move.match_camp_religion and literal)
    by_population = ~camp & (move.use_pop_for_loc_weight and spawn.take_from_population)
    if not (by_ethnicity.any() or by_religion.any() or by_population.any()):
        by_ethnicity = by_religion = by_population = np.zeros((0, 0), bool)
    kinds = who.kinds if who is not None else ((1, "", "", 1.0),)
    return Presence(
        ethnicity=codes([ethnicity for _, ethnicity, *_ in kinds]),
        religion=codes([religion for _, _, religion, _ in kinds]),
        by_ethnicity=by_ethnicity,
        by_religion=by_religion,
        by_population=by_population,
        religion_rate=1.0 / move.avg_religion_fraction,
        population_power=float(move.pop_power_for_loc_weight),
    )


def codes(names: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return a number for each name, the same for the same name."""
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int32)
