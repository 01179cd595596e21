"""The setting of a scenario: when, who and where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sojourn.scenario.frozen import Frozen
from sojourn.scenario.values import Date, Room

__all__ = ["Group", "Place", "Pool", "Time"]


class Time(Frozen):
    """The period simulated, and the step."""

    start: Date
    """First day."""
    end: Date
    """Last day, included."""
    step_days: Annotated[float, Field(gt=0, le=31)] = 1.0
    """Length of a step in days."""
    record: Literal["step", "week", "month"] = "step"
    """Period over which flows are added up and at whose end stocks are kept."""


class Group(Frozen):
    """A class of people that behaves alike."""

    nationality: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 3166 alpha-3 code (XKX for Kosovo, OOO for other or unknown)."""
    family: Literal["any", "single-adult", "family-unit", "unaccompanied-child"] = "any"
    """Family status."""
    sex: Literal["any", "female", "male"] = "any"
    """Sex."""
    age: Annotated[str, Field(pattern=r"^(|\d{1,3}-\d{1,3}|\d{1,3}\+)$")] = ""
    """Age band in completed years, such as ``0-17`` or ``18+``; any if left out."""
    label: str = ""
    """Name for charts."""


class Pool(Frozen):
    """Room that several stages share: a place is taken as long as any of them holds the person."""

    room: Room
    """Most people that can be in these stages at once, over all groups."""
    description: str = ""
    """What it is, in a sentence."""


class Place(Frozen):
    """A geographic location, never finer than a town or a border sector."""

    name: str
    """Name for charts and maps."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 3166 alpha-3 code."""
    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees north."""
    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees east."""
