"""The scenario: a complete, frozen, validated description of a migration system."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from sojourn.scenario.stages import Stage
from sojourn.scenario.values import Duration, Frozen, Name, Quantity, Ref, Series

__all__ = ["Change", "Group", "Observation", "Place", "Policy", "Scenario", "Time"]


class Time(Frozen):
    """The period simulated, and the step."""

    start: dt.date
    """First day."""
    end: dt.date
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
    label: str = ""
    """Name for charts."""


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


class Change(Frozen):
    """What a policy does to one quantity: exactly one of set, scale, shift, close."""

    quantity: Name
    """The quantity that changes."""
    set: Ref | None = None
    """New value: a number, or a quantity whose profile takes its place."""
    scale: Ref | None = None
    """Factor."""
    shift: Ref | None = None
    """Amount added, in the quantity's unit."""
    close: bool = False
    """Value becomes zero."""
    groups: tuple[Name, ...] | None = None
    """Groups concerned; all if left out."""
    places: tuple[Name, ...] | None = None
    """Only where the quantity is used by stages at these places; everywhere if left out."""


class Policy(Frozen):
    """A dated change of quantities, with its legal citation."""

    start: dt.date
    """First day in force."""
    end: dt.date | None = None
    """Last day in force; none if it stays."""
    ramp_days: Annotated[float, Field(ge=0)] = 0.0
    """Days over which it takes effect linearly, and over which it ends."""
    changes: Annotated[tuple[Change, ...], Field(min_length=1)]
    """What it changes."""
    title: str = ""
    """Name for charts."""
    citation: str = ""
    """Law, rule or report, with date."""
    confidence: Literal["high", "medium", "low", "assumption", ""] = ""
    """How well the citation supports it."""


class Observation(Frozen):
    """The link from flows or stocks of the model to an official series."""

    of: Annotated[tuple[str, ...], Field(min_length=1)]
    """Flows ``origin -> destination`` to add up, or stages whose stocks to add up."""
    measure: Literal["flow", "stock"] = "flow"
    """Flows are totals of the series' periods, stocks are taken at their ends."""
    series: Name
    """The official series."""
    groups: tuple[Name, ...] | None = None
    """Groups counted; all if left out."""
    unit: Literal["person", "attempt", "encounter", "case", "decision", "removal"]
    """Unit of account of the series."""
    share_captured: Ref = 1.0
    """Counted units per unit of the model."""
    delay: Duration | None = None
    """Time from the event to its being counted."""
    rounding: Annotated[float, Field(gt=0)] | None = None
    """Multiple to which counts are rounded."""
    suppress_below: Annotated[float, Field(gt=0)] | None = None
    """Counts below this are not published."""
    noise: Literal["none", "poisson", "negative-binomial"] = "none"
    """Distribution of the published count around the captured one."""
    dispersion: Ref | None = None
    """Negative-binomial size parameter k: variance = mean + mean^2 / k."""
    title: str = ""
    """Name for charts."""


class Scenario(Frozen):
    """A complete description of a system: time, groups, places, stages, policies, quantities and series."""

    sojourn: Literal[1] = 1
    """Version of the scenario language."""
    name: Name
    """Short name."""
    title: str = ""
    """Name for charts and reports."""
    description: str = ""
    """What the scenario describes."""
    misuse: str = ""
    """What the scenario must not be used for."""
    time: Time
    """Period and step."""
    groups: Annotated[dict[Name, Group], Field(min_length=1)]
    """Groups by name."""
    places: dict[Name, Place] = Field(default_factory=dict)
    """Places by name."""
    series: dict[Name, Series] = Field(default_factory=dict)
    """Series by name."""
    quantities: dict[Name, Quantity] = Field(default_factory=dict)
    """Quantities by name."""
    stages: Annotated[dict[Name, Stage], Field(min_length=1)]
    """Stages by name, in the order in which explain lists them."""
    policies: dict[Name, Policy] = Field(default_factory=dict)
    """Policies by name."""
    observations: dict[Name, Observation] = Field(default_factory=dict)
    """Observations by name."""
