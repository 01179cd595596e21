"""Journeys: stages that take time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from sojourn.scenario.stages.base import StageBase, Way, Work
from sojourn.scenario.stages.exits import Exits, exit_ways, exit_words
from sojourn.scenario.stages.parameters import Dwell, Parameter
from sojourn.scenario.values import Duration
from sojourn.scenario.wording import Quantities, duration

__all__ = ["Journey"]


class Journey(StageBase):
    """A stage that takes time, with shares at its exits."""

    kind: Literal["journey"]
    """Kind of stage."""
    dwell: Duration
    """Time spent, by date of entry."""
    exits: Exits
    """Shares at the exit, by date of exit."""

    worked_as: ClassVar[Work] = "journey"

    def ways(self) -> Iterator[Way]:
        """Yield the exits."""
        yield from exit_ways(self.exits)

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield the time it takes, and the exits."""
        yield f"takes: {duration(self.dwell, quantities)}"
        yield from exit_words(self.exits, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield the time it takes."""
        yield Dwell("DWELL", self.dwell, exits_ahead=True)
