"""Observations: how official series see the flows and stocks of a scenario."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sojourn.scenario.frozen import Frozen
from sojourn.scenario.values import Duration, Factor, FlowName, GroupName, SeriesName

__all__ = ["Observation"]


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
