"""Parts of a scenario beside its stages: period, groups, places, observations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sojourn.scenario.frozen import Frozen
from sojourn.scenario.values import (
    Date,
    Duration,
    Factor,
    FlowName,
    GroupName,
    SeriesName,
)

__all__ = ["Group", "Observation", "Place", "Time"]


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


class Observation(Frozen):
    """The link from flows or stocks of the model to an official series."""

    of: Annotated[tuple[FlowName, ...], Field(min_length=1)]
    """Flows ``origin -> destination`` to add up, or stages whose stocks to add up."""
    measure: Literal["flow", "stock"] = "flow"
    """Flows are totals of the series' periods, stocks are taken at their ends."""
    series: SeriesName
    """The official series."""
    groups: tuple[GroupName, ...] | None = None
    """Groups counted; all if left out."""
    unit: Literal["person", "attempt", "encounter", "case", "decision", "removal"]
    """Unit of account of the series."""
    share_captured: Factor = 1.0
    """Counted units per unit of the model."""
    delay: Duration | None = None
    """Time from the event to its being counted."""
    rounding: Annotated[float, Field(gt=0)] | None = None
    """Multiple to which counts are rounded."""
    suppress_below: Annotated[float, Field(gt=0)] | None = None
    """Counts below this are not published."""
    noise: Literal["none", "poisson", "negative-binomial"] = "none"
    """Distribution of the published count around the captured one."""
    dispersion: Factor | None = None
    """Negative-binomial size parameter k: variance = mean + mean^2 / k."""
    title: str = ""
    """Name for charts."""
