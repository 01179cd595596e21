"""What every kind of stage states of itself: its ways out, its words, its checks, and what the compiler reads.

A kind of stage is a class below :class:`StageBase`, in a file of its own beside this one, and a member of the union
``Stage`` in :mod:`sojourn.scenario.stages`. Everything that depends on the kind is a method or attribute here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from sojourn.scenario.codes import Finding
from sojourn.scenario.frozen import Frozen, Map
from sojourn.scenario.stages.parameters import Parameter
from sojourn.scenario.values import GroupName, PlaceName, Ref
from sojourn.scenario.wording import Quantities

__all__ = ["ATTEMPT", "Becomes", "StageBase", "Way", "Work", "becomes_words"]

ATTEMPT = " (a new attempt)"
"""What explanations say of a way on which a new attempt starts."""

Work = Literal["source", "journey", "choice", "queue", "hold", "end"]
"""Kinds of stage that the flow engine works; each language kind is worked as one of them."""

Becomes = GroupName | Map[GroupName, GroupName]
"""The group that everyone becomes, or the groups that some become, by the group that they were in."""

_HELD: dict[Work, Literal["none", "dwell", "queue", "hazard"]] = {
    "source": "none",
    "journey": "dwell",
    "choice": "none",
    "queue": "queue",
    "hold": "hazard",
    "end": "none",
}


def becomes_words(becomes: Becomes | None) -> str:
    """Return what explanations say of a way on which people change their group."""
    if becomes is None:
        return ""
    if isinstance(becomes, str):
        return f" (all become {becomes})"
    return f" ({', '.join(f'{old} become {new}' for old, new in becomes.items())})"


@dataclass(frozen=True)
class Way:
    """One way out of a stage."""

    to: str
    """Stage to which it leads."""
    by: Literal["exit", "option", "hazard", "patience", "balking", "overflow"]
    """What makes people take it."""
    value: Ref | None = None
    """Share of an exit (``rest`` for what the others leave), or hazard per day."""
    utility: tuple[Ref, ...] = ()
    """Cost, time, risk, legal access and constant of an option."""
    attempt: bool = False
    """Whether taking it starts a new attempt."""
    instant: bool = False
    """Whether people who enter the stage can take it in no time."""
    becomes: Becomes | None = None
    """Group as which people arrive: one for all, or by the group that they were in."""

    def becoming(self, groups: Sequence[str]) -> dict[str, str]:
        """Return the group as which people arrive, for each group that changes."""
        if self.becomes is None:
            return {}
        new = self.becomes if isinstance(self.becomes, Mapping) else dict.fromkeys(groups, self.becomes)
        return {old: one for old, one in new.items() if one != old}

    @property
    def regular(self) -> bool:
        """Whether those take it whose time in the stage is over; otherwise people leave by it early."""
        return self.by in ("exit", "option", "hazard")


class StageBase(Frozen):
    """Keys that every stage has, and what a kind states. The defaults suit a kind to which they do not apply."""

    place: PlaceName | None = None
    """Where the stage is."""
    description: str = ""
    """What happens here, in a sentence."""

    worked_as: ClassVar[Work]
    """How the flow engine works the stage."""
    entry: ClassVar[bool] = False
    """Whether people enter the system here, so that nobody can be sent here."""
    final: ClassVar[bool] = False
    """Whether people leave the system here."""

    @classmethod
    def held(cls) -> Literal["none", "dwell", "queue", "hazard"]:
        """Return what keeps people in the stage: nothing, a time that each brings along, a queue, or hazards."""
        return _HELD[cls.worked_as]

    @classmethod
    def passed_at_once(cls) -> bool:
        """Return whether people who come here go on in no time."""
        return cls.held() == "none" and not (cls.entry or cls.final)

    def outcomes(self) -> tuple[str, ...]:
        """Return what became of those who leave the system here; nothing where nobody does."""
        return ()

    def ways(self) -> Iterator[Way]:
        """Yield every way out, regular ones first: flows and their slots are in this order."""
        yield from ()

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield what explanations say of the stage, a line for each point; ``quantities`` are those by name."""
        yield from ()

    def parameters(self) -> Iterator[Parameter]:
        """Yield what the compiler reads beside the regular ways out."""
        yield from ()

    def findings(self, groups: Sequence[str] | None) -> Iterator[Finding]:
        """Yield what is wrong with the stage by itself, at paths below it.

        ``groups`` are the groups of the scenario, None where some of them could not be understood.
        """
        yield from ()

    def populated_by(self, groups: Sequence[str]) -> Sequence[str]:
        """Return the groups, of those of the scenario, who enter the system here or are here at the start."""
        return ()

    def classes(self) -> Sequence[Sequence[str]]:
        """Return the groups by class of priority, first served first; none where all are served alike."""
        return ()

    def resolved(self, groups: Sequence[str]) -> Self:
        """Return the stage with what is left out, because all groups of the scenario are meant, written out."""
        return self
