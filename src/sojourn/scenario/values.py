"""Values of a scenario: named quantities with unit and source, priors, durations, and series.

A stage's parameter is a :data:`Ref`: a plain number in the unit of the parameter's name, or the name of a
quantity. Policies change quantities only, so what a policy may move must have a name.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer

from sojourn.scenario.frozen import Frozen, In, Map, Of, without

__all__ = [
    "DRIFTS",
    "DURATIONS",
    "KINDS",
    "LINKS",
    "PRIORS",
    "RESPONSES",
    "REST",
    "Amount",
    "Capacity",
    "Coefficient",
    "Confidence",
    "Count",
    "Date",
    "Days",
    "Drift",
    "Duration",
    "ExitShare",
    "Factor",
    "Family",
    "FlowName",
    "Frozen",
    "GroupName",
    "Hazard",
    "Map",
    "Money",
    "Name",
    "Per1000Usd",
    "PerDay",
    "PerRootDay",
    "PlaceName",
    "PoolName",
    "Prior",
    "Probability",
    "Quantity",
    "QuantityKind",
    "QuantityName",
    "Rate",
    "RateOfServer",
    "Ref",
    "Response",
    "Room",
    "Series",
    "SeriesName",
    "Servers",
    "Share",
    "SharedCount",
    "SignedRatio",
    "StageName",
    "Times",
    "TrendPerRootDay",
    "Weight",
]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""A name in a scenario: lower-case words joined by hyphens."""


def _calendar_date(value: object) -> object:
    """Take a text as a date only if it is written YYYY-MM-DD: other texts would be read as time stamps."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("not written YYYY-MM-DD")
    return dt.date.fromisoformat(value)


Date = Annotated[dt.date, BeforeValidator(_calendar_date)]
"""A calendar date, written YYYY-MM-DD."""

GroupName = Annotated[Name, In("groups")]
PlaceName = Annotated[Name, In("places")]
PoolName = Annotated[Name, In("pools")]
SeriesName = Annotated[Name, In("series")]
QuantityName = Annotated[Name, In("quantities")]
StageName = Annotated[Name, In("stages")]
FlowName = Annotated[str, In("flows")]
"""A flow ``origin -> destination``, or a stage."""

Ref = float | Name
"""A number in the unit that the parameter's name states, or the name of a quantity."""

REST = "rest"
"""Share of an exit that takes what the other exits leave."""

Share = Annotated[Ref, Of(("share", "probability"), ("1",))]
"""A share in [0, 1], or the name of a quantity."""
ExitShare = Annotated[Ref, Of(("share", "probability"), ("1",), rest=True)]
"""A share in [0, 1], the name of a quantity, or :data:`REST`."""
Probability = Annotated[Ref, Of(("probability", "share"), ("1",))]
Hazard = Annotated[Ref, Of(("hazard",), ("1 / day",))]
Count = Annotated[Ref, Of(("count",), ("person",))]
SharedCount = Annotated[Ref, Of(("count",), ("person",), shared=True)]
Capacity = Annotated[Ref, Of(("count", "rate"), ("person", "server", "person / day"), shared=True)]
"""People in stages, or beds and the like that hold one each; for flows, people per day."""
Servers = Annotated[Ref, Of(("count",), ("server", "person / day"), shared=True)]
"""Servers, or with a rate of 1 what all of them complete in a day."""
Room = Annotated[Ref, Of(("count",), ("person", "server"), shared=True)]
"""People, or beds, seats and the like that hold one each."""
Rate = Annotated[Ref, Of(("rate",), ("person / day",))]
RateOfServer = Annotated[Ref, Of(("rate",), ("person / server / day",), shared=True)]
Days = Annotated[Ref, Of(("duration",), ("day",))]
Money = Annotated[Ref, Of(("money",), ("USD",))]
Factor = Annotated[Ref, Of(("ratio", "share"), ("1",))]
SignedRatio = Annotated[Ref, Of(("ratio", "coefficient"), ("1",))]
Coefficient = Annotated[Ref, Of(("coefficient",), ("1",))]
PerDay = Annotated[Ref, Of(("coefficient",), ("1 / day",))]
PerRootDay = Annotated[Ref, Of(("coefficient",), ("1", "1 / day^0.5"))]
"""Standard deviation of a daily change: of a random walk, it grows with the root of time."""
TrendPerRootDay = Annotated[Ref, Of(("coefficient",), ("1 / day", "1 / day^1.5"))]
Per1000Usd = Annotated[Ref, Of(("coefficient",), ("1 / (1000 USD)",))]
Weight = Annotated[Ref, Of(("coefficient",))]
"""A coefficient in the unit that what it weighs asks for."""
Amount = Annotated[Ref, Of()]
"""A number or a quantity of any kind."""

Confidence = Literal["high", "medium", "low", "assumption", ""]
"""How well a source supports what is said."""

QuantityKind = Literal[
    "count",
    "share",
    "probability",
    "hazard",
    "rate",
    "duration",
    "money",
    "ratio",
    "coefficient",
    "indicator",
]

MOST_PEOPLE = 2.0**53
"""Largest number of people that is still counted whole: the largest integer up to which float64 holds every one."""

MOST_DAYS = 1e7
"""Longest time, some 27,000 years: far beyond any run, and within what the distributions can be worked out for."""

KINDS: dict[str, tuple[str, float, float]] = {
    # kind: (meaning, lowest, highest)
    "count": ("a number of people, cases, servers or seats", 0.0, MOST_PEOPLE),
    "share": ("a part of a whole", 0.0, 1.0),
    "probability": ("a chance of an event", 0.0, 1.0),
    "hazard": ("a chance of leaving per unit of time, per day", 0.0, float("inf")),
    "rate": ("events per day, or per server and day", 0.0, MOST_PEOPLE),
    "duration": ("a length of time in days", 0.0, MOST_DAYS),
    "money": ("an amount of money in US dollars", 0.0, float("inf")),
    "ratio": ("a quotient of two amounts, such as followers per person", float("-inf"), float("inf")),
    "coefficient": ("a weight in an exponent or a logit", float("-inf"), float("inf")),
    "indicator": ("an index or covariate in its publisher's own unit", float("-inf"), float("inf")),
}


class Family(NamedTuple):
    """A family of distributions of time."""

    free: int
    """Number of free parameters."""
    forms: tuple[tuple[str, ...], ...]
    """Sets of parameters by which it can be given."""
    meaning: str
    """What sets it apart."""


_MEAN_SD = (("mean_days", "sd_days"), ("quantiles",))
DURATIONS: dict[str, Family] = {
    "fixed": Family(1, (("mean_days",), ("quantiles",)), "always the mean"),
    "exponential": Family(1, (("mean_days",), ("quantiles",)), "constant hazard"),
    "gamma": Family(2, _MEAN_SD, "shape (mean/sd)^2"),
    "lognormal": Family(2, _MEAN_SD, "the logarithm is normal"),
    "weibull": Family(2, _MEAN_SD, "the hazard is a power of time"),
    "erlang": Family(1, (("mean_days", "stages"), ("quantiles", "stages")), "sum of `stages` exponentials"),
    "empirical": Family(0, (("days",), ("days", "weights")), "the values of `days` with `weights`"),
}
"""Families of durations."""

PRIORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "normal": (("mean", "sd"), ("low", "high")),
    "lognormal": (("median", "sd_log"), ("low", "high")),
    "beta": (("mean", "sd"),),
    "gamma": (("mean", "sd"),),
    "uniform": (("low", "high"),),
}
"""Families of priors: sets of parameters by which each can be given."""


class Prior(Frozen):
    """What is known of a quantity's value before the data: a distribution over it.

    The draw replaces ``value``. Where the quantity also varies by group, date or season, the whole profile moves
    with the draw: by the same factor, or for shares and probabilities by the same shift of the log odds. The number
    is said once: the median or mean that the prior states is ``value``, within 1 %. Without ``value`` it lies among
    the numbers in ``by_group`` or ``steps``. A relative prior is of the factor by which all of them are multiplied
    (shares and probabilities: their odds), and its median is 1.
    """

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is understood, so that digests do not depend on keys that a scenario does not use."""
        return without(handler(self), relative=False)

    distribution: Literal["normal", "lognormal", "beta", "gamma", "uniform"]
    """Family of the prior."""
    mean: float | None = None
    """Mean (normal, beta, gamma)."""
    sd: float | None = Field(default=None, gt=0)
    """Standard deviation (normal, beta, gamma)."""
    median: float | None = None
    """Median (lognormal)."""
    sd_log: float | None = Field(default=None, gt=0)
    """Standard deviation of the logarithm (lognormal)."""
    low: float | None = None
    """Lower end (uniform) or 5 % quantile (normal, lognormal)."""
    high: float | None = None
    """Upper end (uniform) or 95 % quantile (normal, lognormal)."""
    relative: bool = False
    """Whether it is of a factor of the written values, with median 1, in place of the value itself."""

    @property
    def centre(self) -> float | None:
        """The median or mean that the prior states; the median of quantiles. None while parameters are missing."""
        if self.low is not None and self.high is not None:
            if self.distribution == "lognormal":
                return (self.low * self.high) ** 0.5 if self.low > 0 and self.high > 0 else None
            return (self.low + self.high) / 2
        return self.median if self.distribution == "lognormal" else self.mean


LINKS: dict[str, str] = {kind: "log" for kind in KINDS} | {
    "share": "log odds",
    "probability": "log odds",
    "coefficient": "value itself",
    "indicator": "value itself",
}
"""Scale on which a quantity of a kind drifts."""

DRIFTS: dict[str, tuple[frozenset[str], frozenset[str], str]] = {
    # process: (parameters that it needs, parameters that it may have, meaning)
    "random-walk": (frozenset(), frozenset(), "each change is independent of all others"),
    "mean-reverting": (
        frozenset({"persistence"}),
        frozenset(),
        "a part of the deviation is left a period later, and a change is added (autoregression of order 1)",
    ),
    "local-trend": (
        frozenset({"sd_trend"}),
        frozenset({"damping"}),
        "a random walk with a trend, which is itself a random walk, damped",
    ),
}
"""Processes that a quantity can follow over time."""


class Drift(Frozen):
    """A stochastic process that moves a quantity from one period to the next.

    With e and f independent standard normals of each period, d the deviation of the quantity on the scale of its
    kind (:data:`LINKS`) and v its trend, both 0 in the period of ``start``::

        random-walk     d[p+1] = d[p] + sd e[p+1]
        mean-reverting  d[p+1] = persistence d[p] + sd e[p+1]
        local-trend     d[p+1] = d[p] + v[p] + sd e[p+1],  v[p+1] = damping v[p] + sd_trend f[p+1]

    Source: A. C. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter" (1989), chapter 2.
    """

    process: Literal["random-walk", "mean-reverting", "local-trend"]
    """Process that it follows."""
    sd: float = Field(ge=0)
    """Standard deviation of the change from one period to the next: of the logarithm, of the log odds for shares
    and probabilities, of the value for coefficients and indicators."""
    every: Literal["day", "week", "month", "quarter", "year"] = "month"
    """Calendar period within which it stays the same; weeks begin on Monday."""
    persistence: float | None = Field(default=None, ge=0, lt=1)
    """Part of a deviation that is left a period later (mean-reverting)."""
    sd_trend: float | None = Field(default=None, ge=0)
    """Standard deviation of the change of the trend from one period to the next (local-trend)."""
    damping: float | None = Field(default=None, ge=0, le=1)
    """Factor by which the trend shrinks in a period (local-trend); 1 if left out."""
    start: Date | None = None
    """A day of the last period without deviation, from which it drifts; the first day simulated if left out."""


class Times(Frozen):
    """Another quantity times a constant, which is the product's central value."""

    quantity: QuantityName
    """The other quantity; its dates, groups, draws, drift and policies hold for this one too."""
    by: float
    """The constant."""


RESPONSES: dict[str, str] = {
    # form: factor, with x the people and c the capacity
    "power": "(x / c) ^ elasticity; with elasticity 1, in proportion to x",
    "over-capacity": "max(1, x / c) ^ elasticity; nothing up to the capacity",
}
"""Forms in which a quantity responds to people."""


class Response(Frozen):
    """A quantity that follows how many people were in stages, or passed along flows, in the step before.

    The value is multiplied by a factor of x, the people in the stages at the end of the step before, or per day in
    the flows, over the groups together.
    """

    of: Annotated[tuple[FlowName, ...], Field(min_length=1)]
    """Stages whose people are added up, or flows ``origin -> destination``."""
    capacity: Capacity
    """Number at which the factor is 1: people in stages, or people per day in flows."""
    form: Literal["power", "over-capacity"] = "power"
    """Form of the factor."""
    elasticity: Annotated[float, Field(ge=-20, le=20)] = 1.0
    """Per cent by which the value changes for each per cent of x."""
    days: Annotated[float, Field(ge=0)] = 0.0
    """Time constant of an exponential mean of x over the past; the step before alone if shorter than a step."""
    groups: Annotated[tuple[GroupName, ...], Field(min_length=1)] | None = None
    """Groups counted; all if left out."""

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is understood, so that digests do not depend on keys that a scenario does not use."""
        return without(handler(self), groups=None)


class Quantity(Frozen):
    """A parameter with kind, unit, value or prior, source and date."""

    kind: QuantityKind
    """What sort of number it is; sets its bounds."""
    unit: str = Field(min_length=1)
    """Unit of the value, for example ``person / day``."""
    value: float | None = None
    """The value, where it does not vary or is not listed for a group or date."""
    prior: Prior | None = None
    """Distribution of the value over draws."""
    by_group: Map[GroupName, float] | None = None
    """Values by group; a group that is not named has ``value``."""
    steps: Map[Date, float] | None = None
    """Values from a date on; before the first date, ``value``."""
    series: SeriesName | Map[GroupName, SeriesName] | None = None
    """A named series (or one per group) whose values are used; ``value`` is the factor, 1 by default."""
    season: Annotated[tuple[float, ...], Field(min_length=12, max_length=12)] | None = None
    """Factors for January to December."""
    weekday: Annotated[tuple[float, ...], Field(min_length=7, max_length=7)] | None = None
    """Factors for Monday to Sunday."""
    closed: tuple[Date, ...] = ()
    """Dates on which the value is zero, such as public holidays."""
    drift: Drift | None = None
    """Stochastic process that moves the value over time, in each draw by a path of its own."""
    times: Times | None = None
    """Another quantity and a constant, whose product is the value."""
    responds_to: Response | None = None
    """People in stages or flows that move the value during the run."""
    description: str = ""
    """What it is, in a sentence."""
    source: str = ""
    """Where the value comes from: publisher, table, page."""
    date: str = ""
    """Date of the source, as precise as known."""
    confidence: Confidence = ""
    """How well the source supports the value."""
    inert: bool = False
    """Declared to move no output, by name, for the liveness test."""


class Duration(Frozen):
    """A distribution of time spent, by mean and standard deviation, by quantiles, or as observed values."""

    distribution: Literal["fixed", "exponential", "gamma", "lognormal", "weibull", "erlang", "empirical"]
    """Family of the distribution."""
    mean_days: Days | None = None
    """Mean in days."""
    sd_days: Days | None = None
    """Standard deviation in days (gamma, lognormal, weibull)."""
    stages: int | None = Field(default=None, ge=1, le=1000)
    """Number of exponential stages (erlang)."""
    quantiles: (
        Map[Annotated[float, Field(ge=1e-6, le=1 - 1e-6)], Annotated[float, Field(ge=1e-6, le=MOST_DAYS)]] | None
    ) = None
    """Days by probability, in place of mean and sd: as many as the family has parameters."""
    days: tuple[Annotated[float, Field(ge=0, le=MOST_DAYS)], ...] | None = None
    """Observed durations in days (empirical)."""
    weights: tuple[Annotated[float, Field(ge=0)], ...] | None = None
    """Weights of the observed durations (empirical); equal if left out."""


class Series(Frozen):
    """A published statistic or index that drives or is compared with the model."""

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is understood, so that digests do not depend on keys that a scenario does not use."""
        return without(handler(self), measure=None, digest="")

    unit: str = Field(min_length=1)
    """Unit of account or of the index."""
    period: Literal["day", "week", "month", "quarter", "year", "fiscal-year"] = "month"
    """Length of a period."""
    measure: Literal["total", "level"] | None = None
    """Whether values are totals of their periods or levels; left out, counts are totals, all else levels."""
    start: Date
    """First day of the first period."""
    values: Annotated[tuple[float | None, ...], Field(min_length=1)]
    """Values by period; null where not published."""
    fill: Literal["none", "zero", "hold", "linear"] = "none"
    """What stands for a null or uncovered date when the series drives the model; fills used are counted."""
    publisher: str = ""
    """Who publishes it."""
    source: str = ""
    """Table, address or page."""
    release: str = ""
    """Release (vintage) of the values."""
    digest: str = ""
    """SHA-256 of values, unit and release, of a series that was asked of the store."""
    licence: str = ""
    """Licence of the values."""
    rounding: float | None = Field(default=None, gt=0)
    """Multiple to which the publisher rounds."""
    description: str = ""
    """What it counts, in a sentence."""
