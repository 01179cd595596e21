"""What happens on each day whatever the agents do: conflicts, closures, changes of type, and what follows.

One pass over the days keeps the state of every place and road; each rule is one method of :class:`Today`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import CAMP, TOWN, RoadMap, Timetable
from sojourn.flee.model import CAMP_CHANCE, Closure, FleeScenario
from sojourn.flee.rules.hazards import Hazards, farmer_share, hazards
from sojourn.flee.rules.people import People

__all__ = ["Days", "Today", "differs", "timetable"]

Floats = NDArray[np.float64]
SLIGHT = 1e-6
"""Conflict below this is none. Source: Flee 3."""


class Today:
    """The state of places and roads on one day, changed by the events of the scenario in Flee's order."""

    def __init__(self, scenario: FleeScenario, roads: RoadMap, scale: int, day0: NDArray[np.int64]) -> None:
        self.scenario = scenario
        self.literal = scenario.compat == "flee3"
        self.roads, self.scale = roads, scale
        self.hazard = hazards(scenario, scale)
        self.day = -1
        self.move = scenario.settings.move
        count = len(scenario.locations)
        self.camp = np.zeros(count, bool)
        self.town = np.zeros(count, bool)
        self.marker = np.zeros(count, bool)
        self.flood_zone = np.zeros(count, bool)
        self.conflict = np.full(count, -1.0)
        self.started = np.full(count, -1)
        self.chance = np.ones(count)
        for row, place in enumerate(scenario.locations):
            intensity = float(place.attributes.get("conflict_intensity") or 1.0)
            self.become(row, place.kind, intensity)
        if self.literal:
            small = (self.chance < CAMP_CHANCE) & ~self.flood_zone
            self.camp, self.town = self.camp | small, self.town & ~small
        self.room = np.array([place.capacity for place in scenario.locations], np.float64)
        self.growth = np.array([place.capacity_per_day for place in scenario.locations], np.float64)
        if self.literal:
            taken = day0 if scenario.settings.spawn.insert_day0 and scenario.follows_registrations else 0
            self.room = self.room // scale
            self.room = np.where(self.room > 0, self.room - taken, self.room)
        self.closings = np.zeros(len(roads.road_km), np.int64)
        self.closed_on = np.full(len(roads.road_km), -1, np.int32)
        self.fought = self.conflict
        self.eve = self.departure_weights()
        self.spawned_from = self.eve

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
        self.marker[row] = kind == "marker"
        self.flood_zone[row] = kind == "flood_zone"
        self.conflict[row] = intensity if kind == "conflict" else -1.0
        self.chance[row] = chances.get(kind, 1.0)

    def next_day(self) -> None:
        """Go on to the next day: changes of type and conflicts, who is displaced from where, then closures."""
        self.day += 1
        for change in self.scenario.location_changes:
            if change.day == self.day:
                intensity = float(self.scenario.settings.default_conflict_intensity)
                self.become(self.scenario.index[change.name], change.kind, intensity)
        # In Flee conflicts stay as they are where flood rules are on.
        stirred = not (self.literal and self.scenario.follows_floods) and self.change_conflicts()
        self.fought = self.conflict.copy()
        self.spawned_from = self.eve if self.literal and not stirred else self.departure_weights()
        for closure in self.scenario.closures:
            if closure.start == self.day:
                self.close(closure)
            if closure.end == self.day and (self.literal or closure.end > closure.start):
                self.reopen(closure)
        self.eve = self.departure_weights()

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

    def departure_weights(self) -> Floats:
        """Return departures by head of population: intensity times decay in conflict, and want of food.

        With ``flee3`` the weights of a day without a start or end of a conflict are those of the day before.

        Source: Flee 3, spawn weights.
        """
        day = max(self.day, 0)
        weights: Floats = np.where(self.conflict > 0, self.conflict * self.decay(day), 0.0)
        weights = weights + self.hazard.starving[day]
        if self.scenario.settings.spawn.conflict_zone_spawning_only:
            weights = np.where(self.conflict > 0, weights, 0.0)
        return weights

    def capacity(self) -> Floats:
        """Return how many agents each place holds, with the room built so far; below 1 for any number.

        With ``flee3`` room is built in agents, whatever their scale, in towns too, and those registered on day 0
        are taken off.

        Source: Flee 3, capacity per day.
        """
        built = self.room + np.maximum(self.growth, 0.0) * (self.day + 1)
        return built if self.literal else np.where(self.room >= 0, built // self.scale, self.room)

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

    def safety(self) -> Floats:
        """Return what draws people to each place, whoever they are.

        Source: Flee 3, location score.
        """
        places, move, hazard = self.scenario.locations, self.move, self.hazard
        foreign = np.array([place.foreign for place in places])
        score = np.where(foreign, (1.0 + hazard.economic_pull) * move.foreign_weight, 1.0)
        if self.day > 0:
            score = np.where(foreign, score, score * hazard.food_factor[self.day])
        score = np.where(self.camp, score * move.camp_weight, score)
        avoidance = move.conflict_weight ** (self.decay(max(self.day, 0)) * np.maximum(self.conflict, 0.0))
        score = np.where(self.conflict > 0, score * avoidance, score)
        return np.where(self.flood_zone, score * hazard.floods.zone[self.day], score) if self.day >= 0 else score

    def score(self, safety: Floats, aware: float | Floats) -> Floats:
        """Return ``(..., place)`` what people make of each place: of its safety, its size, and floods there.

        ``aware``: awareness of a forecast, for all or ``(kind, 1)``.
        """
        day, floods = self.day, self.hazard.floods
        score = np.where(self.camp, safety, safety * self.hazard.settled_factor[day])
        foreseen = floods.score_base[day] + aware * floods.score_aware[day]
        weighted: Floats = score * floods.score[day] * foreseen
        return weighted

    def leaving(self, aware: float | Floats) -> tuple[Floats, Floats]:
        """Return ``(..., place)`` the chance of setting out, and that which goes with a place's size.

        Source: Flee 3, move chance.
        """
        day, floods = self.day, self.hazard.floods
        flooded = ~np.isnan(floods.chance[day])
        starving = self.hazard.leave_share[day]
        scaled = floods.chance_base[day] + aware * floods.chance_aware[day]
        fixed = np.where(flooded, floods.chance[day], starving) * scaled + aware * floods.chance_added[day]
        by_size = np.where(flooded, 0.0, self.chance * (1.0 - starving)) * scaled
        return fixed, by_size


class Days(NamedTuple):
    """All that is known in advance of each day, see the parts.

    ``fought`` and ``conflict`` ``(day, place) float64`` are the intensity of conflict, -1 for none, when people are
    displaced and when they move; ``seen`` ``(day, kind, place) float64`` the scores that each kind of people sees,
    and ``chance`` and ``chance_by_size`` those with which it leaves, without rows where all are alike; ``marker``
    ``(day, place) bool``; ``safety`` ``(day + 1, place) float64`` what draws people, on the eve of the run first.
    """

    timetable: Timetable
    fought: Floats
    conflict: Floats
    seen: Floats
    chance: Floats
    chance_by_size: Floats
    marker: NDArray[np.bool_]
    safety: Floats
    hazard: Hazards


def timetable(
    scenario: FleeScenario,
    roads: RoadMap,
    scale: int,
    day0: NDArray[np.int64],
    leave_world: Floats,
    who: People | None,
) -> Days:
    """Return the timetable of a scenario and what else is known in advance.

    ``day0``: ``(place) int64, agents`` registered on day 0, which ``flee3`` takes off the capacities.
    ``leave_world``: see :class:`Timetable`.
    """
    today = Today(scenario, roads, scale, day0)
    harvest = today.hazard.harvest
    table = rows_by_day(today, who, harvest & (len(farmer_share(scenario)) == 0))
    by_kind = np.zeros((0, 0, len(scenario.locations)))
    seen, chances = table.get("seen", by_kind), table.get("chances", by_kind)
    own_chances = who is not None and len(np.unique(who.aware)) > 1
    table["roads_change"] = differs(table["open_roads"])
    changes = (differs(table[name]) for name in ("score", "flags", "capacity", "open_roads"))
    table["tables_change"] = np.logical_or.reduce([*changes, *([differs(seen)] if len(seen) else [])])
    unused = {"offered": np.zeros((0, 0), bool), "road_limit": np.zeros((0, 0), np.int64)}
    return Days(
        timetable=Timetable(
            **{name: table[name] for name in Timetable._fields if name in table},
            frozen=harvest,
            leave_world=leave_world,
            **unused,
        ),
        fought=table["fought"],
        conflict=table["conflict"],
        seen=seen,
        chance=chances if own_chances else by_kind,
        chance_by_size=table.get("chances_by_size", by_kind) if own_chances else by_kind,
        marker=table["marker"],
        safety=table["safety"],
        hazard=today.hazard,
    )


def rows_by_day(today: Today, who: People | None, asleep: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """Go through the days and return what each is like, one row a day; scores also of the eve of the run.

    ``asleep`` ``(day) bool``: nobody sets out.
    """
    rows: dict[str, list[NDArray[Any]]] = {}

    def keep(**found: NDArray[Any]) -> None:
        for name, row in found.items():
            rows.setdefault(name, []).append(row)

    keep(safety=today.safety())
    for awake in ~asleep:
        today.next_day()
        safety = today.safety()
        chance, by_size = today.leaving(1.0)
        keep(
            safety=safety,
            score=today.score(safety, 1.0),
            chance=chance * awake,
            chance_by_size=by_size * awake,
            capacity=today.capacity(),
            spawn_factor=today.spawned_from,
            flags=(today.camp * CAMP + today.town * TOWN).astype(np.uint8),
            open_roads=today.closings == 0,
            closed_on=today.closed_on.copy(),
            fought=today.fought,
            conflict=today.conflict.copy(),
            marker=today.marker.copy(),
        )
        if who is not None:
            aware = who.aware[:, None]
            chance, by_size = today.leaving(aware)
            seen = today.score(who.see(safety, today.camp, today.conflict > 0), aware)
            keep(seen=seen, chances=chance * awake, chances_by_size=by_size * awake)
    return {name: np.array(found) for name, found in rows.items()}


def differs(rows: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return on which days a row is not that of the day before; day 0 always differs."""
    changed = np.ones(len(rows), bool)
    flat = rows.reshape(len(rows), -1)
    changed[1:] = (flat[1:] != flat[:-1]).any(axis=1)
    return changed
