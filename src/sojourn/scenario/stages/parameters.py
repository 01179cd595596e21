"""What the compiler reads of a stage: each parameter with the slot of the engine in which it goes, by name.

Slots are those of ``sojourn.engine.flow.slots``; this package knows their names only, and imports no engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.scenario.values import Duration, Ref

__all__ = [
    "AgeAtStart",
    "Code",
    "Destination",
    "Dwell",
    "FeedbackTerm",
    "Flag",
    "InSlot",
    "Parameter",
    "PlaceIn",
    "PushTerm",
    "SeriesRate",
    "Value",
]


@dataclass(frozen=True)
class Value:
    """A number, or a quantity with its value by step and group."""

    slot: str
    value: Ref


@dataclass(frozen=True)
class SeriesRate:
    """People per day that a series of totals gives, or one series per group, or shares of one by group."""

    slot: str
    series: str | Mapping[str, str]
    split: Mapping[str, Ref] | None = None


@dataclass(frozen=True)
class Code:
    """One of the choices that the engine lists under a name, such as ``DISCIPLINES``."""

    slot: str
    among: str
    name: str


@dataclass(frozen=True)
class Flag:
    """Something that holds of the stage: 1 in its slot, and 0 in that of a stage without the flag."""

    slot: str


@dataclass(frozen=True)
class Dwell:
    """A distribution of time."""

    slot: str
    duration: Duration
    exits_ahead: bool = False
    """Whether exits are scheduled when people enter, in a ring as long as the longest time."""
    before: str = ""
    """Slot with the number of steps before the start at which people can have entered; none if empty."""


@dataclass(frozen=True)
class Destination:
    """The flow to a stage."""

    slot: str
    to: str


@dataclass(frozen=True)
class PlaceIn:
    """The room of a pool that several stages share."""

    slot: str
    pool: str


@dataclass(frozen=True)
class AgeAtStart:
    """Steps since the first of those who are there at the start entered, at central values; 0 if nobody is."""

    slot: str
    age_days: Ref | None


@dataclass(frozen=True)
class PushTerm:
    """A covariate of the log intensity of a source."""

    indicator: Ref
    coefficient: Ref
    reference: Ref
    lag_days: float


@dataclass(frozen=True)
class FeedbackTerm:
    """People in a flow, or entering a stage, who bring later departures."""

    after: str
    followers: Ref
    lag: Duration


InSlot = Value | SeriesRate | Code | Flag | Dwell | Destination | PlaceIn | AgeAtStart
"""What goes in one slot of the stage."""
Parameter = InSlot | PushTerm | FeedbackTerm
"""What the compiler reads of a stage; of terms a stage can have any number."""
