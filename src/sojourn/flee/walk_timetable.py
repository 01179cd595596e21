"""What happens on each day whatever the agents do: conflicts, closures, changes of type, and what follows.

One pass over the days keeps the state of every place and road; each rule is one method of :class:`Today`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import CAMP, TOWN, RoadMap, Timetable
from sojourn.flee.model import Closure, FleeScenario
from sojourn.flee.walk_hazards import Hazards, hazards
from sojourn.flee.walk_people import People

__all__ = ["Today", "timetable"]

Floats = NDArray[np.float64]
SLIGHT = 1e-6
"""Conflict below this is none. Source: Flee 3."""
CAMP_CHANCE = 0.005
"""Flee 3 makes every place with a chance of leaving below this a camp."""


class Today:
    """The state of places and roads on one day, changed by the events of the scenario in Flee's order."""

    def __init__(self, scenario: FleeScenario, roads: RoadMap, scale: int) -> None:
        self.scenario = scenario
        self.literal = scenario.compat == "flee3"
        self.roads = roads
        self.day = -1
        self.move = scenario.settings.move
        count = len(scenario.locations)
        self.camp = np.zeros(count, bool)
        self.town = np.zeros(count, bool)
        self.conflict = np.full(count, -1.0)
        self.started = np.full(count, -1)
        self.chance = np.ones(count)
        for row, place in enumerate(scenario.locations):
            intensity = float(place.attributes.get("conflict_intensity") or 1.0)
            self.become(row, place.kind, intensity)
        if self.literal:
            self.camp |= self.chance < CAMP_CHANCE
        self.capacity = np.array([place.capacity // scale for place in scenario.locations], np.float64)
        self.growth = np.array(
            [int(place.attributes.get("capacity_per_day") or 0) for place in scenario.locations], np.float64
        )
        self.closings = np.zeros(len(roads.road_km), np.int64)
        self.closed_on = np.full(len(roads.road_km), -1, np.int32)
        self.spawned_from = np.zeros(count)

    def become(self, row: int, kind: str, intensity: float) -> None:
        """Make a place one of the kinds of places, with that kind's chance of setting out."""
        move = self.move
        chances = {
            "camp": move.camp_movechance,
            "idpcamp": move.idpcamp_movechance,
            "conflict": move.conflict_movechance,
            "town": move.default_movechance,
            "flood_zone": move.default_movechance,
        }
        self.camp[row] = kind in ("camp", "idpcamp")
        self.town[row] = kind == "town"
        self.conflict[row] = intensity if kind == "conflict" else -1.0
        self.chance[row] = chances.get(kind, 1.0)

    def next_day(self) -> None:
        """Go on to the next day: changes of type and conflicts, then closures, then room that was built."""
        self.day += 1
        for change in self.scenario.location_changes:
            if change.day == self.day:
                intensity = float(self.scenario.settings.default_conflict_intensity)
                self.become(self.scenario.index[change.name], change.kind, intensity)
        stirred = False
        if not self.scenario.settings.spawn.flood_zone_spawning_only:
            stirred = self.change_conflicts()
        self.weigh_departures(stirred)
        for closure in self.scenario.closures:
            if closure.start == self.day:
                self.close(closure)
            if closure.end == self.day and (self.literal or closure.end > closure.start):
                self.reopen(closure)
        self.capacity = self.capacity + np.maximum(self.growth, 0.0)

    def change_conflicts(self) -> bool:
        """Start and end conflicts; return whether any did.

        With ``flee3`` an intensity that changes between two values above 0 is ignored.

        Source: Flee 3, new conflict zones.
        """
        now = self.scenario.conflicts[self.day]
        before = self.scenario.conflicts[self.day - 1] if self.day > 0 else np.zeros(len(now))
        starting = (now > SLIGHT) & (before < SLIGHT)
        ending = (now < SLIGHT) & (before >= SLIGHT)
        self.chance[starting] = self.move.conflict_movechance
        self.conflict[starting] = now[starting]
        self.town[starting] = False
        self.started[starting] = self.day
        self.chance[ending] = self.move.default_movechance
        self.conflict[ending] = -1.0
        self.town[ending] = True
        if not self.literal:
            going_on = (now > SLIGHT) & ~starting
            self.conflict[going_on] = now[going_on]
        return bool(starting.any() or ending.any())

    def decay(self, day: int) -> Floats:
        """Return, by place, the factor of departures and of avoidance by days since conflict started."""
        spawn = self.scenario.settings.spawn
        if spawn.conflict_spawn_decay is None:
            return np.ones(len(self.conflict))
        factors = np.array(spawn.conflict_spawn_decay)
        step = (day - self.started) // spawn.conflict_spawn_decay_interval
        picked: Floats = factors[np.minimum(step, len(factors) - 1)]
        return picked

    def weigh_departures(self, stirred: bool) -> None:
        """Set departures by head of population: intensity times decay, in conflict zones only.

        With ``flee3`` the weights of a day without a start or end of a conflict are those of the day before.
        """
        stale = self.literal and not stirred and self.day > 0
        decay = self.decay(self.day - 1 if stale else self.day)
        self.spawned_from = np.where(self.conflict > 0, self.conflict * decay, 0.0)

    def between(self, closure: Closure) -> NDArray[np.bool_]:
        """Return which roads a closure is about."""
        roads, places = self.roads, self.scenario.locations
        if closure.kind == "country":
            country = np.array([place.country for place in places])
            ends = country[roads.road_from], country[roads.road_to]
        else:
            name = np.array([place.name for place in places])
            ends = name[roads.road_from], name[roads.road_to]
        first, second = closure.name1, closure.name2
        if closure.kind == "location":
            return np.asarray((ends[0] == first) | (ends[1] == first))
        back = (ends[0] == second) & (ends[1] == first)
        if closure.kind == "link" and self.literal:
            # Flee compares names by identity, which holds for single characters only, and closes one way.
            return np.asarray(back & (len(first) == 1) & (len(second) == 1))
        return np.asarray(back | ((ends[0] == first) & (ends[1] == second)))

    def close(self, closure: Closure) -> None:
        """Close roads, or make a camp a town."""
        if closure.kind in ("camp", "idpcamp"):
            self.become(self.scenario.index[closure.name1], "town", 0.0)
        elif closure.kind in ("country", "location", "link"):
            here = self.between(closure)
            self.closed_on[here & (self.closings == 0)] = self.day
            self.closings += here

    def reopen(self, closure: Closure) -> None:
        """Open roads, or make a place a camp.

        With ``flee3`` a road opens whoever closed it; otherwise when every closure that closed it is over.
        """
        if closure.kind in ("camp", "idpcamp"):
            self.become(self.scenario.index[closure.name1], closure.kind, 0.0)
        elif closure.kind in ("country", "location", "link"):
            here = self.between(closure)
            self.closings[here] = 0 if self.literal else np.maximum(self.closings[here] - 1, 0)

    def safety(self, hazard: Hazards) -> Floats:
        """Return what draws people to each place, whoever they are.

        Source: Flee 3, location score.
        """
        places, move = self.scenario.locations, self.move
        foreign = np.array([place.foreign for place in places])
        score = np.where(foreign, (1.0 + hazard.economic_pull) * move.foreign_weight, 1.0)
        if self.day > 0:
            score = np.where(foreign, score, score * hazard.food_factor[self.day])
        score = np.where(self.camp, score * move.camp_weight, score)
        avoidance = move.conflict_weight ** (self.decay(self.day) * np.maximum(self.conflict, 0.0))
        return np.where(self.conflict > 0, score * avoidance, score)

    def score(self, safety: Floats, hazard: Hazards) -> Floats:
        """Return ``(..., place)`` what people make of each place: of its safety, its size, and hazards there."""
        score = np.where(self.camp, safety, safety * hazard.settled_factor[self.day])
        weighted: Floats = score * hazard.score_factor[self.day]
        return weighted

    def seen(self, who: People, safety: Floats, hazard: Hazards) -> Floats:
        """Return ``(kind, place) float64``, what each kind of people makes of each place."""
        return self.score(who.see(safety, self.camp, self.conflict > 0), hazard)


def timetable(
    scenario: FleeScenario,
    roads: RoadMap,
    scale: int,
    day0: NDArray[np.int64],
    leave_world: Floats,
    who: People | None,
) -> tuple[Timetable, Floats, Floats]:
    """Return the timetable of a scenario, the intensity of conflict and the scores each kind of people sees.

    Intensity is ``(day, place) float64``, -1 for none; scores ``(day, kind, place) float64``, no rows where all
    see alike.

    ``day0``: ``(place) int64, agents`` registered on day 0, which ``flee3`` takes off the capacities.
    ``leave_world``: see :class:`Timetable`.
    """
    today = Today(scenario, roads, scale)
    hazard = hazards(scenario, scale)
    days, count = scenario.days, len(scenario.locations)
    conflicts = np.zeros((days, count))
    seen: list[Floats] = []
    rows: dict[str, list[NDArray[Any]]] = {name: [] for name in Timetable._fields}
    for day in range(days):
        today.next_day()
        if day == 0 and today.literal and scenario.settings.spawn.insert_day0:
            today.capacity = np.where(today.capacity > 0, today.capacity - day0, today.capacity)
        by_size = today.chance * (1.0 - hazard.leave_share[day])
        by_size = np.where(np.isnan(hazard.chance[day]), by_size, 0.0) * hazard.chance_factor[day]
        fixed = np.where(np.isnan(hazard.chance[day]), hazard.leave_share[day], hazard.chance[day])
        fixed = fixed * hazard.chance_factor[day]
        asleep = hazard.frozen[day]
        conflicts[day] = today.conflict
        safety = today.safety(hazard)
        rows["score"].append(today.score(safety, hazard))
        if who is not None:
            seen.append(today.seen(who, safety, hazard))
        rows["chance"].append(np.zeros(count) if asleep else fixed)
        rows["chance_by_size"].append(np.zeros(count) if asleep else by_size)
        rows["capacity"].append(today.capacity.copy())
        rows["spawn_factor"].append(today.spawned_from + hazard.spawn_factor[day])
        rows["flags"].append(today.camp * CAMP + today.town * TOWN)
        rows["open_roads"].append(today.closings == 0)
        rows["closed_on"].append(today.closed_on.copy())
    table: dict[str, Any] = {name: np.array(rows[name]) for name in rows if rows[name]}
    table["flags"] = table["flags"].astype(np.uint8)
    table["roads_change"] = differs(table["open_roads"])
    changes = (differs(table[name]) for name in ("score", "flags", "capacity", "open_roads"))
    by_kind = np.array(seen) if seen else np.zeros((0, 0, count))
    table["tables_change"] = np.logical_or.reduce([*changes, *([differs(by_kind)] if seen else [])])
    return Timetable(**table, frozen=hazard.frozen, leave_world=leave_world), conflicts, by_kind


def differs(rows: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return on which days a row is not that of the day before; day 0 always differs."""
    changed = np.ones(len(rows), bool)
    flat = rows.reshape(len(rows), -1)
    changed[1:] = (flat[1:] != flat[:-1]).any(axis=1)
    return changed
