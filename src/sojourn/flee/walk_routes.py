"""The road map of a walk program: directed roads, and every route within the awareness horizon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import NOBODY, RoadMap
from sojourn.flee.model import FleeScenario
from sojourn.flee.walk_fixed import fixed_routes

__all__ = ["enumerate_routes", "road_map"]

Places = NDArray[np.int32]


def road_map(scenario: FleeScenario) -> RoadMap:
    """Return the roads of a scenario, in both directions, and the routes agents can choose from.

    With ``flee3``, a road with forced redirection 1 counts twice, and nobody sees any road at awareness 0;
    otherwise it counts once, and at awareness 0 people see the next places without telling them apart.

    Source: Flee 3, links and route selection.
    """
    literal = scenario.compat == "flee3"
    move, index = scenario.settings.move, scenario.index
    pairs: list[tuple[int, int, int]] = []
    for row, route in enumerate(scenario.routes):
        ends = index[route.name1], index[route.name2]
        twice = literal and route.forced_redirection == 1
        pairs += [(ends[0], ends[1], row), (ends[1], ends[0], row)] * (2 if twice else 1)
    road_from, road_to, rows = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
    out_roads = np.argsort(road_from, kind="stable").astype(np.int32)
    out_start = np.searchsorted(road_from[out_roads], np.arange(len(index) + 1)).astype(np.int32)
    road_km = np.array([scenario.routes[row].distance_km for row in rows], np.float64)
    marker = np.array([place.kind == "marker" for place in scenario.locations])
    awareness = max(move.awareness_level, 1)
    no_cost = np.zeros_like(marker) if literal and move.fixed_routes else marker
    routes = enumerate_routes(road_to, out_start, out_roads, marker, no_cost, awareness)
    if literal and move.awareness_level == 0:
        routes = [[] for _ in routes]
    eases = [1.0] * sum(map(len, routes))
    if move.fixed_routes:
        # In Flee nobody finds a fixed route from a marker.
        routes = [[] if literal and is_marker else one for one, is_marker in zip(routes, marker, strict=True)]
        majors = [[index[name] for name in stops] for stops in scenario.major_routes]
        routes, eases = fixed_routes(routes, majors, road_from, road_to, road_km)
    flat = [path for paths in routes for path in paths]
    lengths = np.array([road_km[list(path)].sum() for path in flat], np.float64)
    return RoadMap(
        road_from=road_from,
        road_to=road_to,
        road_km=road_km,
        road_speed=np.array([scenario.routes[row].max_move_speed or 0.0 for row in rows], np.float64),
        road_walk=np.array([scenario.routes[row].walk_probability for row in rows], np.float64),
        out_start=out_start,
        out_roads=out_roads,
        option_start=np.cumsum([0] + [len(paths) for paths in routes]).astype(np.int64),
        option_final=np.array([road_to[path[-1]] for path in flat], np.int32),
        option_pull=1.0 / ((move.softening + lengths) / np.array(eases)) ** move.distance_power,
        path_start=np.cumsum([0] + [len(path) for path in flat]).astype(np.int64),
        path_places=np.array([stop for path in flat for stop in (*road_to[list(path)], NOBODY)], np.int32),
        path_roads=np.array([road for path in flat for road in path], np.int32),
    )


def enumerate_routes(
    road_to: Places,
    out_start: Places,
    out_roads: Places,
    marker: NDArray[np.bool_],
    no_cost: NDArray[np.bool_],
    awareness: int,
) -> list[list[tuple[int, ...]]]:
    """Return, for each place, every route of at most ``awareness`` stops, each a tuple of roads.

    A route never comes back to where it was. A marker is passed without being a stop: it is no destination
    and, with ``no_cost``, costs no awareness. Roads are followed in the order they leave a place, deepest first.

    Source: Flee 3, route selection.
    """

    def follow(road: int, path: Sequence[int], visited: Sequence[int], step: int) -> None:
        end, path = int(road_to[road]), (*path, road)
        step -= int(no_cost[end])
        if not marker[end]:
            found.append(path)
        if awareness > step:
            for onward in out_roads[out_start[end] : out_start[end + 1]]:
                if int(road_to[onward]) not in visited:
                    follow(int(onward), path, (*visited, end), step + 1)

    routes = []
    for place in range(len(out_start) - 1):
        found: list[tuple[int, ...]] = []
        for road in out_roads[out_start[place] : out_start[place + 1]]:
            follow(int(road), (), (place,), 1)
        routes.append(found)
    return routes
