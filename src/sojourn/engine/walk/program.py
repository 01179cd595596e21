"""What the walk engine runs: a map, a timetable of what is known in advance, and a few rules, as plain arrays.

Everything that does not depend on the agents (conflicts, closures, scores, move chances, capacities) is worked
out before the run, one row a day, in the timetable; the kernels only add what depends on where the agents are.
Places and directed roads are numbered; names live with the results.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CAMP",
    "NOBODY",
    "TOWN",
    "Arrivals",
    "Presence",
    "RoadMap",
    "Rules",
    "Timetable",
    "Views",
    "WalkProgram",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Flags = NDArray[np.uint8]

CAMP = 1
"""Bit of ``Timetable.flags``: the place is a camp today."""
TOWN = 2
"""Bit of ``Timetable.flags``: the place is a town today (short stints are avoided in towns)."""
NOBODY = -1
"""Marks the end of a list of places, and an agent without a route."""


class RoadMap(NamedTuple):
    """Places, directed roads, and every route within the awareness horizon.

    Roads: ``road_from``, ``road_to`` ``(road) int32, place``; ``road_km`` ``(road) float64, km``;
    ``road_speed`` ``(road) float64, km a day`` (0: the general speed); ``road_walk`` ``(road) float64,
    probability`` that a day on it is walked. ``out_start`` ``(place + 1) int32`` and ``out_roads`` list the
    roads that leave each place, in order.

    Routes: those of place ``p`` are ``option_start[p] .. option_start[p + 1]``; each has a final place
    ``option_final``, ``option_pull`` ``(option) float64``, the inverse of its softened length to the distance
    power, and its roads ``path_roads[path_start[o] : path_start[o + 1]]``; ``path_places`` holds the ends of
    those roads, :data:`NOBODY` after the last (so it is read from ``path_start[o] + o``).
    """

    road_from: Places
    road_to: Places
    road_km: Floats
    road_speed: Floats
    road_walk: Floats
    out_start: Places
    out_roads: Places
    option_start: Ints
    option_final: Places
    option_pull: Floats
    path_start: Ints
    path_places: Places
    path_roads: Places


class Timetable(NamedTuple):
    """What is known before the run, one row a day.

    ``score``, ``capacity`` and ``spawn_factor`` are ``(day, place) float64``: attraction, people a place holds
    (times ``Rules.capacity_scaling``; below 1: no limit), and departures per head of population. The chance a
    day of setting out is ``chance`` plus ``chance_by_size`` times a power of the place's size, both ``(day,
    place) float64``. ``flags`` is ``(day, place) uint8``, bits :data:`CAMP` and :data:`TOWN`.
    ``open_roads`` is ``(day, road) bool``; ``closed_on`` ``(day, road) int32, day`` a road last
    closed on, -1 if never. ``tables_change`` and
    ``roads_change`` ``(day) bool`` say on which days route tables must be made again. ``frozen`` ``(day)
    bool``: a month of harvest. ``leave_world`` is ``(place) float64, probability`` a day of leaving the
    simulation from a camp. ``offered`` ``(day, option) bool``: the route can be chosen. ``road_limit`` ``(day,
    road) int64, agents`` that can set out on the road, -1 for any number. These three have no entries when unused.
    """

    score: Floats
    chance: Floats
    chance_by_size: Floats
    capacity: Floats
    spawn_factor: Floats
    flags: Flags
    open_roads: NDArray[np.bool_]
    closed_on: NDArray[np.int32]
    tables_change: NDArray[np.bool_]
    roads_change: NDArray[np.bool_]
    frozen: NDArray[np.bool_]
    leave_world: Floats
    offered: NDArray[np.bool_]
    road_limit: Ints


class Arrivals(NamedTuple):
    """Who enters the simulation.

    ``present`` ``(agent) int32, place`` of those there at the start; ``spread`` ``(day) int64, agents`` that
    appear on a day where the spawn factors say; ``placed`` ``(day, place) int64, agents`` that appear at a
    given place, or their means where each replicate draws its own (``placed_mean``, Poisson); no rows when
    unused. ``population`` ``(place) int64, agents`` living there at the start. ``farmer_share`` ``(place)
    float64`` of those who appear there, no entries where everybody stays for the harvest.
    """

    present: Places
    spread: Ints
    placed: Ints
    placed_mean: Floats
    population: Ints
    farmer_share: Floats


class Views(NamedTuple):
    """How people of different kinds and homes see places; without rows where all see alike.

    ``score`` ``(day, kind, place) float64`` replaces ``Timetable.score``. ``kind_share`` ``(place, kind)
    float64`` are cumulative shares of the kinds among those who appear at a place; ``present_kind`` ``(agent)
    int32`` the kinds of the first of ``Arrivals.present``, the others' being drawn. ``nearness`` ``(home,
    place) float64`` multiplies the score; with ``Rules.near_here`` its rows are not homes but where people are.
    ``chance`` and ``chance_by_size`` ``(day, kind, place) float64`` replace those of the timetable where kinds
    leave with different chances. ``searched`` ``(day, option) float64`` are weights of routes, fixed each morning,
    that the score multiplies once more; then room and pruning do not count.
    """

    score: Floats
    chance: Floats
    chance_by_size: Floats
    searched: Floats
    kind_share: Floats
    present_kind: Places
    nearness: Floats


class Presence(NamedTuple):
    """How scores of places follow who is there each morning; without entries where they do not.

    ``ethnicity`` and ``religion`` ``(kind) int32``: which each kind has, -1 for none. ``by_ethnicity``,
    ``by_religion`` and ``by_population`` ``(day, place) bool``: what counts there. The first two factors are 10
    and ``religion_rate`` times the agents of one's own at rest there by head of population, the last is the
    population to ``population_power``.
    """

    ethnicity: Places
    religion: Places
    by_ethnicity: NDArray[np.bool_]
    by_religion: NDArray[np.bool_]
    by_population: NDArray[np.bool_]
    religion_rate: float
    population_power: float


class Rules(NamedTuple):
    """Numbers and switches of the movement rules. Speeds in km a day, distances in km.

    ``in_order``: agents decide one after another and see what those before them did; otherwise all of a phase
    see the counts at its start. ``arrive_strictly``: a road's end is reached only by going further than its
    length. ``full_day_again``: each further road of a day gives a full day's distance again.
    ``bounce_if_ever_closed``: a road that closed after an agent set out turns it back even if open again.
    ``ask_daily``: the chance of setting out is an agent's own, so it is asked every day.
    ``present_on_foot``: those there at the start walk their first road too. ``uniform_choice``: every route
    has the same weight. ``near_here``: see :class:`Views`. ``one_route_each``: of the open routes to a place
    only the first counts. ``count_at_home``: in months of harvest those at rest are counted where they came from.
    """

    max_speed: float
    walk_speed: float
    start_on_foot: bool
    avoid_short_stints: bool
    capacity_scaling: float
    capacity_buffer: float
    weight_softening: float
    weight_power: float
    pruning: float
    take_from_population: bool
    population_base: float
    population_power: float
    uniform_choice: bool
    ask_daily: bool
    in_order: bool
    arrive_strictly: bool
    full_day_again: bool
    bounce_if_ever_closed: bool
    present_on_foot: bool
    near_here: bool
    one_route_each: bool
    count_at_home: bool


class WalkProgram(NamedTuple):
    """All the engine needs for a run; see the parts."""

    roads: RoadMap
    days: Timetable
    arrivals: Arrivals
    rules: Rules
    views: Views
    presence: Presence
