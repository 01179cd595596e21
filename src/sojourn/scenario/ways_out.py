"""The ways out of each stage, and the flows of a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from sojourn.scenario.stages import Choice, End, Exit, Hold, Queue, Stage

__all__ = ["Way", "exits_of", "flows", "ways"]


class Way(NamedTuple):
    """One way out of a stage."""

    to: str
    """Stage to which it leads."""
    by: Literal["exit", "option", "hazard", "patience", "balking", "overflow"]
    """What makes people take it."""

    def instant(self, stage: Stage) -> bool:
        """Whether people who enter the stage can take it in no time."""
        return isinstance(stage, Choice) or self.by in ("balking", "overflow")


def exits_of(stage: Stage) -> Mapping[str, Exit]:
    """Return the exits with shares that a stage has; none for a logit, a hold or an end."""
    if isinstance(stage, (Hold, End)) or stage.exits is None:
        return {}
    return stage.exits


def ways(stage: Stage) -> Iterator[Way]:
    """Yield every way out of a stage."""
    yield from (Way(to, "exit") for to in exits_of(stage))
    if isinstance(stage, Choice):
        yield from (Way(to, "option") for to in stage.options or {})
    if isinstance(stage, Hold):
        yield from (Way(to, "hazard") for to in stage.hazards)
    if isinstance(stage, Queue):
        if stage.patience is not None:
            yield Way(stage.patience.to, "patience")
        if stage.balking is not None:
            yield Way(stage.balking.to, "balking")
    if isinstance(stage, (Hold, Queue)) and stage.limit is not None:
        yield Way(stage.limit.overflow, "overflow")


def flows(stages: Mapping[str, Stage]) -> tuple[str, ...]:
    """Return the names ``origin -> destination`` of all flows, in the order of the stages."""
    return tuple(dict.fromkeys(f"{name} -> {way.to}" for name, stage in stages.items() for way in ways(stage)))
