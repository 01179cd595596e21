"""Sources: where people enter the system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, Self

from sojourn.scenario.codes import Finding
from sojourn.scenario.stages.base import StageBase, Way, Work
from sojourn.scenario.stages.exits import Exits, exit_ways, exit_words
from sojourn.scenario.stages.inflow import Inflow
from sojourn.scenario.stages.parameters import Parameter
from sojourn.scenario.values import GroupName
from sojourn.scenario.wording import Quantities, listed

__all__ = ["Source"]


class Source(StageBase):
    """Where people enter the system."""

    kind: Literal["source"]
    """Kind of stage."""
    inflow: Inflow
    """How many enter."""
    groups: tuple[GroupName, ...] | None = None
    """Groups that enter here; all if left out."""
    exits: Exits
    """Where they go at once."""

    worked_as: ClassVar[Work] = "source"
    entry: ClassVar[bool] = True

    def ways(self) -> Iterator[Way]:
        """Yield the exits."""
        yield from exit_ways(self.exits)

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield who enters, how many, and the exits."""
        if self.groups is not None:
            yield f"groups: {listed(self.groups)}"
        yield from self.inflow.words(quantities)
        yield from exit_words(self.exits, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield what the compiler reads of the inflow."""
        yield from self.inflow.parameters()

    def findings(self, groups: Sequence[str] | None) -> Iterator[Finding]:
        """Yield what is wrong with the inflow."""
        if groups is not None:
            for finding in self.inflow.findings(self.populated_by(groups)):
                yield finding._replace(at=("inflow", *finding.at))

    def populated_by(self, groups: Sequence[str]) -> Sequence[str]:
        """Return the groups that enter here."""
        return groups if self.groups is None else self.groups

    def resolved(self, groups: Sequence[str]) -> Self:
        """Return the source with the groups that enter named."""
        entering = tuple(self.populated_by(groups))
        return self.model_copy(update={"groups": entering, "inflow": self.inflow.resolved(entering)})
