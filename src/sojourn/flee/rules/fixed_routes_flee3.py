"""Fixed routes as Flee finds them: searched over the map each morning, place after place, oddities included.

A place keeps one route to each destination. While the places are worked through, those further down in
``locations.csv`` still have the scores of the day before, and so have the routes that lead to them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import RoadMap
from sojourn.errors import Problem
from sojourn.flee.model import FleeScenario
from sojourn.flee.reading.sheets import FleeError
from sojourn.flee.rules.fixed_routes import MAJOR
from sojourn.flee.rules.routes import Path, add_routes
from sojourn.flee.rules.timetable import Days

__all__ = ["searched_routes"]

Floats = NDArray[np.float64]
Route = tuple[float, Path]
"""Weight, and roads."""


def searched_routes(scenario: FleeScenario, roads: RoadMap, days: Days) -> tuple[RoadMap, Floats]:
    """Return the map with every route that some day's search finds, and ``(day, option) float64``, their weights.

    A weight of 0: not found on that day. Raises :class:`~sojourn.flee.FleeError` where Flee stops because a major
    route is closed.
    """
    search = RouteSearch(scenario, roads, days)
    found: list[dict[Path, int]] = [{} for _ in scenario.locations]
    weights: list[list[dict[Path, float]]] = []
    for day in range(scenario.days):
        if not search.same_as_before(day):
            search.morning(day)
        weights.append([{path: weight for weight, path in routes.values()} for routes in search.routes])
        for place, routes in enumerate(weights[-1]):
            for path in routes:
                found[place].setdefault(path, len(found[place]))
    table = [
        [routes[place].get(path, 0.0) for place, paths in enumerate(found) for path in paths] for routes in weights
    ]
    count = sum(map(len, found))
    full = add_routes(roads, [list(paths) for paths in found], np.ones(count))
    return full, np.array(table, np.float64).reshape(scenario.days, count)


class RouteSearch:
    """The routes each place keeps, by destination, and what they are found from."""

    def __init__(self, scenario: FleeScenario, roads: RoadMap, days: Days) -> None:
        self.scenario, self.roads, self.days = scenario, roads, days
        self.routes: list[dict[int, Route]] = [{} for _ in scenario.locations]
        self.onwards = [
            roads.out_roads[a:b].tolist() for a, b in zip(roads.out_start, roads.out_start[1:], strict=False)
        ]
        self.ends, self.km = roads.road_to.tolist(), roads.road_km.tolist()
        self.majors = major_routes(scenario)
        self.score = days.safety[0].copy()
        self.day = -1

    def same_as_before(self, day: int) -> bool:
        """Return whether a search would find the same again.

        It does when scores, roads and markers of four days agree: a search looks at scores of the day before, and
        compares major routes with what yesterday's search found by those of the day before that.
        """
        table = self.days.timetable
        rows = (self.days.safety[1:], self.days.hazard.floods.score, table.open_roads, self.days.marker)
        return day >= 3 and all((one[day - 3 : day] == one[day]).all() for one in rows)

    def morning(self, day: int) -> None:
        """Find the routes of every place, in the order of the file."""
        self.day = day
        for place in range(len(self.routes)):
            self.routes[place] = {}
            self.score[place] = self.days.safety[day + 1, place]
            if self.days.marker[day, place] or self.scenario.settings.move.awareness_level == 0:
                continue
            for road in self.open_from(place):
                self.follow(place, road, 0.0, (), (place,), 1)
            self.take_majors(place)

    def open_from(self, place: int) -> list[int]:
        """Return the open roads from a place."""
        is_open = self.days.timetable.open_roads[self.day]
        return [road for road in self.onwards[place] if is_open[road]]

    def follow(self, source: int, road: int, before: float, path: Path, visited: Path, step: int) -> None:
        """Keep the route that a road ends, and follow the roads beyond it; markers cost awareness too."""
        end = self.ends[road]
        if not self.days.marker[self.day, end]:
            weight = self.weight(end, before + self.km[road], 1.0)
            if weight > self.routes[source].get(end, (0.0, ()))[0]:
                self.routes[source][end] = weight, (*path, road)
        if self.scenario.settings.move.awareness_level > step:
            for onward in self.open_from(end):
                if self.ends[onward] not in visited:
                    self.follow(source, onward, before + self.km[road], (*path, road), (*visited, end), step + 1)

    def weight(self, end: int, length: float, ease: float) -> float:
        """Return the weight of a route, with the score of its end as it is known so far today."""
        move = self.scenario.settings.move
        distance = (move.softening + length) / ease
        score = float(self.score[end] * self.days.hazard.floods.score[self.day, end])
        weight: float = ((move.weight_softening + score) / distance**move.distance_power) ** move.weight_power
        return weight

    def take_majors(self, source: int) -> None:
        """Add the major routes from here and from where routes lead, to places that no other route reaches."""
        reached = {source, *self.routes[source]}
        hubs: list[tuple[Path, int]] = [((), source)]
        hubs += [(path, end) for end, (_, path) in self.routes[source].items()]
        for path, hub in hubs:
            for stops in self.majors[hub]:
                if stops[-1] not in reached:
                    self.take_major(source, [*(self.ends[road] for road in path), *stops])

    def take_major(self, source: int, stops: list[int]) -> None:
        """Add one major route if its weight is above that of the last place before its end.

        The first stop is lost from the route, unless it is the only one: who picks it finds no road and stays.
        """
        path: Path = ()
        here = source
        for stop in stops:
            road = next((road for road in self.open_from(here) if self.ends[road] == stop), None)
            if road is None:
                raise closed_major(self.scenario, self.day, here, stop)
            path, before, here = (*path, road), here, stop
        weight = self.weight(here, sum(self.km[road] for road in path), MAJOR)
        if weight > self.routes[before].get(here, (0.0, ()))[0]:
            self.routes[source][here] = weight, path[1:] or path


def major_routes(scenario: FleeScenario) -> list[list[list[int]]]:
    """Return the major routes from each place as stops, in the order of the file.

    A row that ends with empty cells leads one way only.

    Source: Flee 3, major routes.
    """
    found: list[list[list[int]]] = [[] for _ in scenario.locations]
    for row in scenario.major_routes:
        for way in (row, row[::-1]):
            if way[0]:
                found[scenario.index[way[0]]].append([scenario.index[name] for name in way[1:] if name])
    return found


def closed_major(scenario: FleeScenario, day: int, here: int, stop: int) -> FleeError:
    """Return the error of a major route that is closed on a day."""
    names = [scenario.locations[place].name for place in (here, stop)]
    said = f"Flee stops: a major route needs an open road from {names[0]} to {names[1]}"
    remedy = "run without compat: another route is then taken"
    return FleeError([Problem("F306", "input_csv/major_routes.csv", said, found=f"day {day}", remedy=remedy)])
