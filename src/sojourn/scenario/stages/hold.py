"""Holds: stages left by competing hazards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sojourn.errors import nearest
from sojourn.scenario.codes import Finding, Path, unused
from sojourn.scenario.frozen import FrozenDict, Map
from sojourn.scenario.stages.base import ATTEMPT, Becomes, StageBase, Way, Work, becomes_words
from sojourn.scenario.stages.occupancy import (
    Initial,
    Limit,
    limit_findings,
    occupancy_parameters,
    occupancy_words,
    overflow_ways,
)
from sojourn.scenario.stages.parameters import Parameter
from sojourn.scenario.values import Hazard, StageName
from sojourn.scenario.wording import Quantities, ref

__all__ = ["Hold"]


class Hold(StageBase):
    """A stage left by competing hazards."""

    kind: Literal["hold"]
    """Kind of stage."""
    hazards: Annotated[Map[StageName, Hazard], Field(min_length=1)]
    """Hazard per day by destination."""
    attempts: tuple[StageName, ...] = ()
    """Destinations where a new attempt starts."""
    becomes: Map[StageName, Becomes] = FrozenDict()
    """Group as which people arrive, by destination: one for all, or by the group that they were in."""
    limit: Limit | None = None
    """Finite capacity."""
    initial: Initial | None = None
    """Who is here at the start."""

    worked_as: ClassVar[Work] = "hold"

    def ways(self) -> Iterator[Way]:
        """Yield a way for each hazard, then those who find no room."""
        for to, hazard in self.hazards.items():
            yield Way(to, "hazard", hazard, attempt=to in self.attempts, becomes=self.becomes.get(to))
        yield from overflow_ways(self.limit)

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield who is there, who finds no room, and the hazards."""
        yield from occupancy_words(self.limit, self.initial, quantities)
        for to, hazard in self.hazards.items():
            more = ATTEMPT * (to in self.attempts) + becomes_words(self.becomes.get(to))
            yield f"-> {to}: {ref(hazard, quantities, 'per day')}{more}"

    def parameters(self) -> Iterator[Parameter]:
        """Yield room and people at the start."""
        yield from occupancy_parameters(self.limit, self.initial)

    def findings(self, groups: Sequence[str] | None) -> Iterator[Finding]:
        """Yield what has no meaning here."""
        if self.initial is not None and self.initial.age_days != 0:
            yield unused(("initial", "age_days"), "only a queue keeps how long people have been in it")
        yield from limit_findings(self.limit)
        named: list[tuple[Path, str]] = [(("attempts", i), to) for i, to in enumerate(self.attempts)]
        named += [(("becomes", to), to) for to in self.becomes]
        for path, to in named:
            if to not in self.hazards:
                yield Finding(
                    "L301",
                    path,
                    f"no hazard of this hold leads to `{to}`",
                    found=to,
                    allowed=", ".join(self.hazards),
                    nearest=nearest(to, self.hazards),
                    remedy="correct the name or give its hazard",
                )

    def populated_by(self, groups: Sequence[str]) -> Sequence[str]:
        """Return all groups, where people are here at the start."""
        return groups if self.initial is not None else ()
