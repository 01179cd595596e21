"""The road map of a walk program: directed roads, and every route within the awareness horizon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import NOBODY, RoadMap
from sojourn.flee.model import FleeScenario
from sojourn.flee.rules.fixed_routes import fixed_routes

__all__ = ["Path", "add_routes", "enumerate_routes", "road_limits", "road_map", "routes_seen"]

Places = NDArray[np.int32]
Flags = NDArray[np.bool_]
Path = tuple[int, ...]
"""Roads, one after the other."""


def rows_of_roads(scenario: FleeScenario) -> list[tuple[int, int, int]]:
    """Return each directed road as its two places and its row of ``routes.csv``.

    With ``flee3``, a road with forced redirection 1 counts twice; otherwise once.

    Source: Flee 3, links.
    """
    pairs: list[tuple[int, int, int]] = []
    for row, route in enumerate(scenario.routes):
        one, other = scenario.index[route.name1], scenario.index[route.name2]
        twice = scenario.compat == "flee3" and route.forced_redirection == 1
        pairs += [(one, other, row), (other, one, row)] * (2 if twice else 1)
    return pairs


def road_map(scenario: FleeScenario) -> RoadMap:
    """Return the roads of a scenario, in both directions, so far without routes."""
    road_from, road_to, rows = (np.array(column, np.int32) for column in zip(*rows_of_roads(scenario), strict=True))
    out_roads = np.argsort(road_from, kind="stable").astype(np.int32)
    places = len(scenario.locations)
    return RoadMap(
        road_from=road_from,
        road_to=road_to,
        road_km=np.array([scenario.routes[row].distance_km for row in rows], np.float64),
        road_speed=np.array([scenario.routes[row].max_move_speed or 0.0 for row in rows], np.float64),
        road_walk=np.array([scenario.routes[row].walk_probability for row in rows], np.float64),
        out_start=np.searchsorted(road_from[out_roads], np.arange(places + 1)).astype(np.int32),
        out_roads=out_roads,
        option_start=np.zeros(places + 1, np.int64),
        option_final=np.zeros(0, np.int32),
        option_pull=np.zeros(0),
        path_start=np.zeros(1, np.int64),
        path_places=np.zeros(0, np.int32),
        path_roads=np.zeros(0, np.int32),
    )


def road_limits(scenario: FleeScenario, scale: int) -> NDArray[np.int64]:
    """Return ``(day, road) int64, agents`` that can set out on each road, -1 for any number; no rows if unused.

    Flee has no such limit. Parts of an agent are kept for the next day.
    """
    stated = [scenario.routes[row].capacity_per_day for _, _, row in rows_of_roads(scenario)]
    if scenario.compat == "flee3" or all(one is None for one in stated):
        return np.zeros((0, len(stated)), np.int64)
    people = np.array([-1 if one is None else one for one in stated], np.int64)
    days = np.arange(scenario.days, dtype=np.int64)[:, None]
    return np.where(people < 0, -1, people * (days + 1) // scale - people * days // scale)


def routes_seen(scenario: FleeScenario, roads: RoadMap, marker: Flags) -> tuple[RoadMap, Flags]:
    """Return the map with every route within the awareness horizon, and on which days each is offered.

    Routes lead through markers, so those of each set of markers are offered while they are the markers; ``(day,
    option) bool``, no rows where they never change. With ``flee3`` nobody sees any road at awareness 0; otherwise
    people then see the next places without telling them apart.

    Source: Flee 3, route selection.
    """
    move, index = scenario.settings.move, scenario.index
    awareness = max(move.awareness_level, 1)
    majors = [[index[name] for name in stops if name] for stops in scenario.major_routes]
    sets, set_of_day = np.unique(marker, axis=0, return_inverse=True)
    found: list[list[tuple[Path, float, int]]] = [[] for _ in index]
    for number, markers in enumerate(sets):
        routes = enumerate_routes(roads, markers, awareness)
        if scenario.compat == "flee3" and move.awareness_level == 0:
            routes = [[] for _ in routes]
        eased = [[(path, 1.0) for path in paths] for paths in routes]
        if move.fixed_routes:
            eased = fixed_routes(routes, majors, roads.road_from, roads.road_to, roads.road_km)
        for place, paths in enumerate(eased):
            found[place] += [(path, ease, number) for path, ease in paths]
    lengths = np.array([roads.road_km[list(path)].sum() for paths in found for path, *_ in paths], np.float64)
    eases = np.array([ease for paths in found for _, ease, _ in paths], np.float64)
    pull = 1.0 / ((move.softening + lengths) / eases) ** move.distance_power
    sets_of_options = np.array([number for paths in found for *_, number in paths], np.int64)
    offered = sets_of_options == set_of_day.reshape(-1)[:, None]
    full = add_routes(roads, [[path for path, *_ in paths] for paths in found], pull)
    return full, offered if len(sets) > 1 else np.zeros((0, 0), bool)


def add_routes(roads: RoadMap, routes: Sequence[Sequence[Path]], pull: NDArray[np.float64]) -> RoadMap:
    """Return the map with the routes from each place; ``pull`` ``(option) float64`` in the same order."""
    flat = [path for paths in routes for path in paths]
    return roads._replace(
        option_start=np.cumsum([0] + [len(paths) for paths in routes]).astype(np.int64),
        option_final=np.array([roads.road_to[path[-1]] for path in flat], np.int32),
        option_pull=pull,
        path_start=np.cumsum([0] + [len(path) for path in flat]).astype(np.int64),
        path_places=np.array([stop for path in flat for stop in (*roads.road_to[list(path)], NOBODY)], np.int32),
        path_roads=np.array([road for path in flat for road in path], np.int32),
    )


def enumerate_routes(roads: RoadMap, marker: Flags, awareness: int) -> list[list[Path]]:
    """Return the routes from each place as roads, in the order in which they leave a place, deepest first.

    Every simple path of up to ``awareness`` roads is one. Markers are passed: no route ends there, and the road
    to one costs no awareness.

    Source: Flee 3, route selection.
    """
    onwards = [
        roads.out_roads[a:b].tolist() for a, b in zip(roads.out_start[:-1], roads.out_start[1:], strict=True)
    ]
    ends, passed = roads.road_to.tolist(), marker.tolist()

    def follow(road: int, path: Path, visited: Path, step: int) -> None:
        end, path = ends[road], (*path, road)
        if not passed[end]:
            found.append(path)
        step -= passed[end]
        if awareness > step:
            for onward in onwards[end]:
                if ends[onward] not in visited:
                    follow(onward, path, (*visited, end), step + 1)

    routes = []
    for place, first in enumerate(onwards):
        found: list[Path] = []
        for road in first:
            follow(road, (), (place,), 1)
        routes.append(found)
    return routes
