"""People who are in a stage at the start, and how many it can hold."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.scenario.codes import Finding
from sojourn.scenario.frozen import Frozen
from sojourn.scenario.stages.base import Way
from sojourn.scenario.stages.parameters import Destination, Parameter, PlaceIn, Value
from sojourn.scenario.values import Count, Days, PoolName, Room, StageName
from sojourn.scenario.wording import Quantities, ref

__all__ = ["Initial", "Limit", "limit_findings", "occupancy_parameters", "occupancy_words", "overflow_ways"]


class Initial(Frozen):
    """Who is in the stage when the simulation starts."""

    count: Count
    """Number of people at the start, per group."""
    age_days: Days = 0.0
    """They entered evenly over this many days before the start (queues only)."""


class Limit(Frozen):
    """Finite room: those who find it full go elsewhere."""

    room: Room | None = None
    """Most people that can be here at once, over all groups."""
    pool: PoolName | None = None
    """Room that other stages share, in place of ``room``; who comes from one of them brings the place along."""
    overflow: StageName
    """Stage to which the others go."""


def overflow_ways(limit: Limit | None) -> Iterator[Way]:
    """Yield the way out of those who find the stage full."""
    if limit is not None:
        yield Way(limit.overflow, "overflow", instant=True)


def limit_findings(limit: Limit | None) -> Iterator[Finding]:
    """Yield a problem where a limit has no room, or two."""
    if limit is not None and (limit.room is None) == (limit.pool is None):
        yield Finding(
            "L514",
            ("limit",),
            "a limit has either room of its own or a pool",
            found="neither" if limit.room is None else "room and pool",
            allowed="room, or pool",
        )


def occupancy_words(limit: Limit | None, initial: Initial | None, quantities: Quantities) -> Iterator[str]:
    """Yield who is there at the start, and who finds no room."""
    if initial is not None:
        age = f", entered over {ref(initial.age_days, quantities, 'days')}" if initial.age_days != 0.0 else ""
        yield f"at the start: {ref(initial.count, quantities)} of each group{age}"
    if limit is not None:
        room = "no place is left in" if limit.pool is not None else f"{ref(limit.room or 0.0, quantities)} are here"
        yield f"-> {limit.overflow}: those who come when {room} {limit.pool or ''}".rstrip()


def occupancy_parameters(limit: Limit | None, initial: Initial | None) -> Iterator[Parameter]:
    """Yield what the compiler reads of room and of people at the start."""
    if limit is not None:
        if limit.pool is not None:
            yield PlaceIn("ROOM", limit.pool)
        else:
            yield Value("ROOM", limit.room or 0.0)
        yield Destination("OVERFLOW", limit.overflow)
    if initial is not None:
        yield Value("INITIAL", initial.count)
        yield Value("AGE", initial.age_days)
