"""What changes during a run: agents, places, route tables, and what is recorded. Plain arrays throughout."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.walk.program import NOBODY, WalkProgram
from sojourn.engine.walk.rule import Floats, Ints, Words

__all__ = [
    "GONE",
    "NEVER",
    "Agents",
    "Record",
    "Sites",
    "Tables",
    "Thread",
    "Threads",
    "WalkState",
    "kind_count",
    "new_state",
    "view_count",
]

NEVER = 65535
"""Value of ``Agents.wake`` for an agent that does not act again within the run."""
GONE = -(2**31)
"""Value of ``Agents.where`` for an agent that has left the simulation."""


class Agents(NamedTuple):
    """One entry an agent, in order of creation: 29 bytes, 33 where people see places differently.

    ``where`` ``int32``: the place, or -1 - road for a traveller. ``wake`` ``uint16``: the day of the next
    decision, or of arrival. ``since`` ``uint16``: the day a traveller set out on this road; for those at
    rest the day from which ``recent`` halves daily. ``recent`` ``float64``: recent travel in days, at the
    start of day ``since`` at rest and of the arrival day on a road. ``progress`` ``float64, km`` done on the
    road before the arrival day. ``path`` ``int32``: where the rest of the route is in
    ``RoadMap.path_places``, -1 for none. ``on_foot`` ``uint8``: still on the first road. ``outlook``
    ``int32``: kind x homes + home (:func:`view_count`), no entries where all see alike. ``farmer`` ``uint8``: stays
    for the harvest, no entries where all do. ``home`` ``int32``: the place it came from, -1 - place while it is
    counted there; no entries when unused.
    """

    where: NDArray[np.int32]
    wake: NDArray[np.uint16]
    since: NDArray[np.uint16]
    recent: Floats
    progress: Floats
    path: NDArray[np.int32]
    on_foot: NDArray[np.uint8]
    outlook: NDArray[np.int32]
    farmer: NDArray[np.uint8]
    home: NDArray[np.int32]


class Sites(NamedTuple):
    """One entry a place: people there now, room left, chance of setting out, population not yet displaced.

    ``people`` ``int64, agents``; ``room`` ``float64, [0, 1]`` factor on the weight of going there; ``chance``
    ``float64``; ``pause`` ``float64``, 1 / log(1 - chance), the scale of days at rest; ``changed`` ``bool``:
    the chance is not that of yesterday (these three kind x place, where kinds leave with different chances);
    ``population`` ``int64, agents``; ``departure`` ``float64``, cumulative weight of today's departures.
    """

    people: Ints
    room: Floats
    chance: Floats
    pause: Floats
    changed: NDArray[np.bool_]
    population: Ints
    departure: Floats


class Tables(NamedTuple):
    """Cumulative weights of the open routes of each place, laid out as in ``RoadMap``, one view after another.

    ``open_option`` ``(option) bool``; ``size`` ``(view x place) int64`` open routes; ``option`` ``(view x option)
    int32`` which; ``road`` ``int32`` their first road; ``cumulative`` ``float64``; ``made`` ``(view x place)
    int64`` the version a row was made from; ``version`` ``(1) int64`` goes up when an input changes. ``presence``
    ``(kind x place) float64``: factor on scores, see :class:`~sojourn.engine.walk.program.Presence`, and ``around``
    ``int64, agents`` at rest there this morning.
    """

    open_option: NDArray[np.bool_]
    size: Ints
    option: NDArray[np.int32]
    road: NDArray[np.int32]
    cumulative: Floats
    made: Ints
    version: Ints
    presence: Floats
    around: Ints


class Record(NamedTuple):
    """What is kept of each day.

    ``people`` ``(day, place) int64, agents`` at rest there after the day's movement; ``entered`` ``(day, road)
    int64, agents`` that set out on the road; ``created``, ``travelling`` and ``gone`` ``(day) int64``.
    """

    people: Ints
    entered: Ints
    created: Ints
    gone: Ints


class Thread(NamedTuple):
    """What one of the threads that share the agents of a replicate works with.

    ``number`` of ``threads``; ``tally`` ``(place) int64`` and ``entered`` ``(road) int64``, agents that it moved to
    places and sent out on roads since the last ``settle``; ``stream`` ``(SCRATCH) uint64``, its random numbers;
    ``key`` ``(2) uint64``, the seed and number of the replicate.
    """

    number: int
    threads: int
    tally: Ints
    entered: Ints
    stream: Words
    key: Words


class Threads(NamedTuple):
    """What all threads of a replicate work with: as in :class:`Thread`, with a row for each."""

    tally: Ints
    entered: Ints
    stream: Words
    key: Words


class WalkState(NamedTuple):
    """Agents, sites, tables and record of one replicate, and ``created`` ``(1) int64``, agents so far."""

    agents: Agents
    sites: Sites
    tables: Tables
    record: Record
    created: Ints


def kind_count(program: WalkProgram) -> int:
    """Return the number of kinds of people."""
    return max(1, program.views.kind_share.shape[1])


def view_count(program: WalkProgram) -> int:
    """Return in how many ways people see the same map: kinds times homes."""
    homes = len(program.views.nearness) if not program.rules.near_here else 1
    return kind_count(program) * max(1, homes)


def new_state(program: WalkProgram) -> WalkState:
    """Return the state before day 0, with room for every agent that will appear."""
    roads, arrivals = program.roads, program.arrivals
    total = len(arrivals.present) + int(arrivals.spread.sum()) + int(arrivals.placed.sum())
    days, places = program.days.score.shape
    views, seen = view_count(program), places * kind_count(program)
    slots = seen if len(program.views.chance) else places
    watched = seen if len(program.presence.by_population) else 0
    agents = Agents(
        where=np.zeros(total, np.int32),
        wake=np.zeros(total, np.uint16),
        since=np.zeros(total, np.uint16),
        recent=np.zeros(total),
        progress=np.zeros(total),
        path=np.full(total, NOBODY, np.int32),
        on_foot=np.zeros(total, np.uint8),
        outlook=np.zeros(total if views > 1 else 0, np.int32),
        farmer=np.zeros(total if len(arrivals.farmer_share) else 0, np.uint8),
        home=np.zeros(total if program.rules.count_at_home else 0, np.int32),
    )
    sites = Sites(
        people=np.zeros(places, np.int64),
        room=np.ones(places),
        chance=np.full(slots, np.nan),
        pause=np.zeros(slots),
        changed=np.zeros(slots, np.bool_),
        population=arrivals.population.copy(),
        departure=np.zeros(places),
    )
    options = len(roads.option_final)
    tables = Tables(
        open_option=np.zeros(options, np.bool_),
        size=np.zeros(views * places, np.int64),
        option=np.zeros(views * options, np.int32),
        road=np.zeros(views * options, np.int32),
        cumulative=np.zeros(views * options),
        made=np.full(views * places, -1, np.int64),
        version=np.zeros(1, np.int64),
        presence=np.ones(watched),
        around=np.zeros(watched, np.int64),
    )
    record = Record(
        people=np.zeros((days, places), np.int64),
        entered=np.zeros((days, len(roads.road_km)), np.int64),
        created=np.zeros(days, np.int64),
        gone=np.zeros(days, np.int64),
    )
    return WalkState(agents, sites, tables, record, np.zeros(1, np.int64))
