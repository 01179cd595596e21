"""Ends: where people leave the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from sojourn.scenario.stages.base import StageBase, Work
from sojourn.scenario.wording import Quantities

__all__ = ["End"]


class End(StageBase):
    """Where people leave the model."""

    kind: Literal["end"]
    """Kind of stage."""
    outcome: Literal["settled", "returned", "died", "undocumented", "elsewhere"]
    """What became of them."""

    worked_as: ClassVar[Work] = "end"
    final: ClassVar[bool] = True

    def outcomes(self) -> tuple[str, ...]:
        """Return what became of those who are here."""
        return (self.outcome,)

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield what became of those who are here."""
        yield f"outcome: {self.outcome}"
