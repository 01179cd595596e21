"""Fixed routes: one way to each place, and long ways along major roads."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAJOR", "fixed_routes"]

MAJOR = 4.0
"""A route along a major road counts for its length divided by this. Source: Flee 3."""
Path = tuple[int, ...]
Places = NDArray[np.int32]


def fixed_routes(
    routes: Sequence[Sequence[Path]],
    majors: Iterable[Sequence[int]],
    road_from: Places,
    road_to: Places,
    road_km: NDArray[np.float64],
) -> list[list[tuple[Path, float]]]:
    """Return the routes of each place in the order in which they count, each with its ease.

    Of the routes to a place only the first that is open counts: they are put together, those within the
    awareness horizon before those along a major road, short before long. ``majors`` are places along major
    roads, which lead both ways; a route takes one from its start, or from a place within the horizon. The ease
    is what the length is divided by.

    Source: Flee 3, routes from searching the map.
    """
    along = _along(majors, road_from, road_to, road_km)
    ordered = []
    for place, near in enumerate(routes):
        hubs = [((), place), *((path, int(road_to[path[-1]])) for path in near)]
        far = [path + onward for path, hub in hubs for onward in along.get(hub, ())]
        once = [path for path in far if len({place, *road_to[list(path)]}) == len(path) + 1]
        found = [(path, 1.0) for path in near] + [(path, MAJOR) for path in once]
        found.sort(key=lambda one: (road_to[one[0][-1]], one[1], road_km[list(one[0])].sum()))
        ordered.append(found)
    return ordered


def _along(
    majors: Iterable[Sequence[int]], road_from: Places, road_to: Places, road_km: NDArray[np.float64]
) -> dict[int, list[Path]]:
    """Return the major roads that begin at each place, each as roads, of parallel ones the shortest."""
    between: dict[tuple[int, int], int] = {}
    for road in np.argsort(road_km, kind="stable"):
        between.setdefault((int(road_from[road]), int(road_to[road])), int(road))
    along: dict[int, list[Path]] = {}
    for stops in majors:
        for way in (list(stops), list(stops)[::-1]):
            along.setdefault(way[0], []).append(tuple(between[pair] for pair in itertools.pairwise(way)))
    return along
