"""People who are in a stage at the start, and how many it can hold."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.scenario.frozen import Frozen
from sojourn.scenario.stages.base import Way
from sojourn.scenario.stages.parameters import Destination, Parameter, Value
from sojourn.scenario.values import Count, Days, SharedCount, StageName
from sojourn.scenario.wording import Quantities, ref

__all__ = ["Initial", "Limit", "occupancy_parameters", "occupancy_words", "overflow_ways"]


class Initial(Frozen):
    """Who is in the stage when the simulation starts."""

    count: Count
    """Number of people at the start, per group."""
    age_days: Days = 0.0
    """They entered evenly over this many days before the start (queues only)."""


class Limit(Frozen):
    """Finite room: those who find it full go elsewhere."""

    room: SharedCount
    """Most people that can be here at once, over all groups."""
    overflow: StageName
    """Stage to which the others go."""


def overflow_ways(limit: Limit | None) -> Iterator[Way]:
    """Yield the way out of those who find the stage full."""
    if limit is not None:
        yield Way(limit.overflow, "overflow", instant=True)


def occupancy_words(limit: Limit | None, initial: Initial | None, quantities: Quantities) -> Iterator[str]:
    """Yield who is there at the start, and who finds no room."""
    if initial is not None:
        age = f", entered over {ref(initial.age_days, quantities, 'days')}" if initial.age_days != 0.0 else ""
        yield f"at the start: {ref(initial.count, quantities)} of each group{age}"
    if limit is not None:
        yield f"-> {limit.overflow}: those who come when {ref(limit.room, quantities)} are here"


def occupancy_parameters(limit: Limit | None, initial: Initial | None) -> Iterator[Parameter]:
    """Yield what the compiler reads of room and of people at the start."""
    if limit is not None:
        yield Value("ROOM", limit.room)
        yield Destination("OVERFLOW", limit.overflow)
    if initial is not None:
        yield Value("INITIAL", initial.count)
        yield Value("AGE", initial.age_days)
