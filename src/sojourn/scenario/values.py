"""Values of a scenario: named quantities with unit and source, priors, durations, and series.

A stage's parameter is a :data:`Ref`: a plain number in the unit of the parameter's name, or the name of a
quantity. Policies change quantities only, so what a policy may move must have a name.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = [
    "DISTRIBUTIONS",
    "KINDS",
    "Duration",
    "Frozen",
    "Name",
    "Prior",
    "Quantity",
    "QuantityKind",
    "Ref",
    "Series",
    "Share",
]


class Frozen(BaseModel):
    """Base of every scenario object: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""A name in a scenario: lower-case words joined by hyphens."""

Ref = float | Name
"""A number in the unit that the parameter's name states, or the name of a quantity."""

Share = float | Name
"""A share in [0, 1], the name of a quantity, or ``rest``: what the other exits leave."""

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

KINDS: dict[str, tuple[str, float, float]] = {
    # kind: (meaning, lowest, highest)
    "count": ("a number of people, cases, servers or seats", 0.0, float("inf")),
    "share": ("a part of a whole", 0.0, 1.0),
    "probability": ("a chance of an event", 0.0, 1.0),
    "hazard": ("a chance of leaving per unit of time, per day", 0.0, float("inf")),
    "rate": ("events per day, or per server and day", 0.0, float("inf")),
    "duration": ("a length of time in days", 0.0, float("inf")),
    "money": ("an amount of money in US dollars", 0.0, float("inf")),
    "ratio": ("a quotient of two amounts, such as followers per person", float("-inf"), float("inf")),
    "coefficient": ("a weight in an exponent or a logit", float("-inf"), float("inf")),
    "indicator": ("an index or covariate in its publisher's own unit", float("-inf"), float("inf")),
}

DISTRIBUTIONS: dict[str, tuple[int, str]] = {
    # dwell distribution: (number of free parameters, meaning)
    "fixed": (1, "always the mean"),
    "exponential": (1, "constant hazard"),
    "gamma": (2, "shape (mean/sd)^2"),
    "lognormal": (2, "logarithm is normal"),
    "weibull": (2, "hazard is a power of time"),
    "erlang": (2, "sum of `stages` exponentials"),
    "empirical": (0, "the values of `days` with `weights`"),
}


class Prior(Frozen):
    """What is known of a quantity's value before the data: a distribution over it.

    The draw replaces ``value``. Where the quantity also varies by group or date, the whole profile moves with
    the draw: by the same factor, or for shares and probabilities by the same shift of the log odds.
    """

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
    by_group: dict[Name, float] | None = None
    """Values by group; a group that is not named has ``value``."""
    steps: dict[dt.date, float] | None = None
    """Values from a date on; before the first date, ``value``."""
    series: Name | dict[Name, Name] | None = None
    """A named series (or one per group) whose values are used; ``value`` is the factor, 1 by default."""
    season: Annotated[tuple[float, ...], Field(min_length=12, max_length=12)] | None = None
    """Factors for January to December."""
    weekday: Annotated[tuple[float, ...], Field(min_length=7, max_length=7)] | None = None
    """Factors for Monday to Sunday."""
    closed: tuple[dt.date, ...] = ()
    """Dates on which the value is zero, such as public holidays."""
    description: str = ""
    """What it is, in a sentence."""
    source: str = ""
    """Where the value comes from: publisher, table, page."""
    date: str = ""
    """Date of the source, as precise as known."""
    confidence: Literal["high", "medium", "low", "assumption", ""] = ""
    """How well the source supports the value."""
    inert: bool = False
    """Declared to move no output, by name, for the liveness test."""


class Duration(Frozen):
    """A distribution of time spent, by mean and standard deviation, by quantiles, or as observed values."""

    distribution: Literal["fixed", "exponential", "gamma", "lognormal", "weibull", "erlang", "empirical"]
    """Family of the distribution."""
    mean_days: Ref | None = None
    """Mean in days."""
    sd_days: Ref | None = None
    """Standard deviation in days (gamma, lognormal, weibull)."""
    stages: int | None = Field(default=None, ge=1, le=1000)
    """Number of exponential stages (erlang)."""
    quantiles: dict[Annotated[float, Field(gt=0, lt=1)], Annotated[float, Field(gt=0)]] | None = None
    """Days by probability, in place of mean and sd: as many as the family has parameters."""
    days: tuple[Annotated[float, Field(ge=0)], ...] | None = None
    """Observed durations in days (empirical)."""
    weights: tuple[Annotated[float, Field(ge=0)], ...] | None = None
    """Weights of the observed durations (empirical); equal if left out."""


class Series(Frozen):
    """A published statistic or index that drives or is compared with the model."""

    unit: str = Field(min_length=1)
    """Unit of account or of the index."""
    period: Literal["day", "week", "month", "quarter", "year", "fiscal-year"] = "month"
    """Length of a period; values of counts are totals of the period."""
    start: dt.date | None = None
    """First day of the first period."""
    values: tuple[float | None, ...] | None = None
    """Values by period; null where not published."""
    file: str | None = None
    """CSV file beside the scenario, in place of ``start`` and ``values``: a ``date`` column and others."""
    column: str | None = None
    """Column of ``file``."""
    fill: Literal["none", "zero", "hold", "linear"] = "none"
    """What stands for a null or uncovered date when the series drives the model; fills used are counted."""
    publisher: str = ""
    """Who publishes it."""
    source: str = ""
    """Table, address or page."""
    release: str = ""
    """Release (vintage) of the values."""
    licence: str = ""
    """Licence of the values."""
    rounding: float | None = Field(default=None, gt=0)
    """Multiple to which the publisher rounds."""
    description: str = ""
    """What it counts, in a sentence."""
