"""Stages of a scenario: where people are, how long, and where they go next."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sojourn.scenario.frozen import Frozen, Map
from sojourn.scenario.values import (
    Amount,
    Coefficient,
    Count,
    Days,
    Duration,
    Factor,
    FlowName,
    GroupName,
    Hazard,
    Money,
    PlaceName,
    Probability,
    QuantityName,
    Rate,
    SeriesName,
    Share,
    SharedCount,
    SharedRate,
    SignedRatio,
    StageName,
)

__all__ = [
    "Balking",
    "Choice",
    "Coefficients",
    "End",
    "Exit",
    "Exits",
    "Feedback",
    "Hold",
    "Inflow",
    "Initial",
    "IntensityInflow",
    "Journey",
    "Limit",
    "MomentumInflow",
    "Option",
    "Patience",
    "PoolInflow",
    "Push",
    "Queue",
    "SeriesInflow",
    "Source",
    "Stage",
]


class Exit(Frozen):
    """A way out of a stage: the flow ``origin -> destination``."""

    share: Share = "rest"
    """Share of those who leave that take this exit."""
    attempt: bool = False
    """Whether taking this exit starts a new attempt."""


def _written_exits(value: object) -> object:
    """Accept ``to``-style shorthands: one name, or shares in place of exits."""
    if isinstance(value, str):
        return {value: {"share": "rest"}}
    if isinstance(value, dict):
        return {k: ({"share": v} if isinstance(v, (int, float, str)) else v) for k, v in value.items()}
    return value


Exits = Annotated[
    Map[StageName, Exit],
    BeforeValidator(_written_exits, json_schema_input_type=StageName | dict[StageName, Exit | Share]),
    Field(min_length=1),
]
"""Exits by destination; shares add up to 1, or one of them is ``rest``."""


class _Located(Frozen):
    place: PlaceName | None = None
    """Where the stage is."""
    description: str = ""
    """What happens here, in a sentence."""


class Initial(Frozen):
    """Who is in the stage when the simulation starts."""

    count: Count
    """Number of people at the start, per group."""
    age_days: Days = 0.0
    """They entered evenly over this many days before the start (queues only)."""


class Limit(Frozen):
    """Finite room: those who find it full go elsewhere."""

    room: SharedCount
    """Most people that can be here at once, over all groups."""
    overflow: StageName
    """Stage to which the others go."""


class SeriesInflow(Frozen):
    """People enter as an observed series counts them."""

    type: Literal["series"]
    """Kind of inflow."""
    series: SeriesName | Map[GroupName, SeriesName]
    """The series, or one per group; its values are totals of its periods, spread evenly over their days."""
    scale: Factor = 1.0
    """People per counted unit."""
    noise: Literal["exact", "poisson", "negative-binomial"] = "exact"
    """Exact: integers that add up to the published totals. Otherwise the series is the mean."""
    dispersion: Factor | None = None
    """Negative-binomial size parameter k of a step: variance = mean + mean^2 / k."""


class IntensityInflow(Frozen):
    """People enter at a rate that may vary by group and date."""

    type: Literal["intensity"]
    """Kind of inflow."""
    rate_per_day: Rate
    """Mean number of people per day."""
    noise: Literal["exact", "poisson", "negative-binomial"] = "poisson"
    """Distribution of a step's number around its mean; exact carries fractions over."""
    dispersion: Factor | None = None
    """Negative-binomial size parameter k of a step: variance = mean + mean^2 / k."""


class PoolInflow(Frozen):
    """People leave a finite pool, each with the same hazard."""

    type: Literal["pool"]
    """Kind of inflow."""
    pool: Count
    """Number of people in the pool at the start."""
    hazard_per_day: Hazard
    """Hazard of departure."""


class Push(Frozen):
    """A covariate of the log intensity: the intensity is multiplied by exp(coefficient * (x - reference))."""

    indicator: QuantityName
    """Quantity that holds the covariate."""
    coefficient: Coefficient
    """Change of the log intensity per unit of the covariate."""
    reference: Amount = 0.0
    """Value of the covariate at which it has no effect."""
    lag_days: Annotated[float, Field(ge=0)] = 0.0
    """Age of the covariate's value when it acts."""


class Feedback(Frozen):
    """A renewal term: each earlier outcome brings, or holds back, later departures of the same group."""

    after: FlowName
    """Flow ``origin -> destination`` whose people are told of, or a stage: all who enter it."""
    followers: SignedRatio
    """Departures that each such person adds (or, negative, takes away) in all."""
    lag: Duration
    """Time from the outcome to those departures."""


class MomentumInflow(Frozen):
    """A latent log intensity with damped trend, season, push covariates, and feedback from earlier outcomes.

    With step h in days, x the log level, v the trend per day, and independent standard normals e and f::

        x[t+1] = x[t] + v[t] h + sd_level sqrt(h) e
        v[t+1] = damping^h v[t] + sd_trend sqrt(h) f
        mean[t] = max(0, h exp(x[t]) season[t] prod_j exp(c_j (push_j[t] - ref_j))
                         + sum_i followers_i sum_s lag_i[s] outcome_i[t-s])

    Source: local level with damped trend, E. S. Gardner and E. McKenzie, "Forecasting trends in time series",
    Management Science 31 (1985); renewal (self-exciting) intensity, A. G. Hawkes, Biometrika 58 (1971).
    """

    type: Literal["momentum"]
    """Kind of inflow."""
    level_per_day: Rate
    """Intensity at the start, people per day."""
    trend_per_day: Coefficient = 0.0
    """Trend of the log intensity at the start, per day."""
    damping: Share = 1.0
    """Factor by which the trend shrinks in a day, in [0, 1]."""
    sd_level: Coefficient = 0.0
    """Standard deviation of the daily change of the log level."""
    sd_trend: Coefficient = 0.0
    """Standard deviation of the daily change of the trend."""
    season: Factor = 1.0
    """Factor of the intensity by date."""
    push: tuple[Push, ...] = ()
    """Covariates of the log intensity."""
    feedback: tuple[Feedback, ...] = ()
    """Renewal terms."""
    noise: Literal["exact", "poisson", "negative-binomial"] = "poisson"
    """Distribution of a step's number around its mean; exact carries fractions over."""
    dispersion: Factor | None = None
    """Negative-binomial size parameter k of a step: variance = mean + mean^2 / k."""


Inflow = Annotated[SeriesInflow | IntensityInflow | PoolInflow | MomentumInflow, Field(discriminator="type")]


class Source(_Located):
    """Where people enter the system."""

    kind: Literal["source"]
    """Kind of stage."""
    inflow: Inflow
    """How many enter."""
    groups: tuple[GroupName, ...] | None = None
    """Groups that enter here; all if left out."""
    exits: Exits
    """Where they go at once."""


class Journey(_Located):
    """A stage that takes time, with shares at its exits."""

    kind: Literal["journey"]
    """Kind of stage."""
    dwell: Duration
    """Time spent, by date of entry."""
    exits: Exits
    """Shares at the exit, by date of exit."""


class Option(Frozen):
    """One option of a multinomial logit."""

    cost_usd: Money = 0.0
    """Price in US dollars."""
    time_days: Days = 0.0
    """Time the option takes."""
    risk: Probability = 0.0
    """Probability of harm or interception."""
    legal: Share = 1.0
    """Legal access in [0, 1]: weight of the option, 0 where it is closed."""
    constant: Coefficient = 0.0
    """Utility not explained by the rest."""
    attempt: bool = False
    """Whether taking this option starts a new attempt."""


class Coefficients(Frozen):
    """Weights of the utility of an option."""

    per_1000_usd: Coefficient = 0.0
    """Utility per 1,000 US dollars."""
    per_day: Coefficient = 0.0
    """Utility per day."""
    per_risk: Coefficient = 0.0
    """Utility of a risk of 1."""


class Choice(_Located):
    """A stage that takes no time: shares, or a multinomial logit.

    P(i) = legal_i exp(u_i) / sum_j legal_j exp(u_j), u = constant + per_1000_usd cost/1000 + per_day days +
    per_risk risk. Source: D. McFadden, "Conditional logit analysis of qualitative choice behavior" (1974).
    """

    kind: Literal["choice"]
    """Kind of stage."""
    exits: Exits | None = None
    """Shares by destination."""
    options: Annotated[Map[StageName, Option], Field(min_length=1)] | None = None
    """Options by destination, in place of ``exits``."""
    coefficients: Coefficients | None = None
    """Weights of the utility (with ``options``)."""


class Patience(Frozen):
    """Those who wait too long leave."""

    time: Duration
    """Time after which a person gives up."""
    to: StageName
    """Where they go."""


class Balking(Frozen):
    """Some who find a long queue do not join it."""

    above: SharedCount
    """Number waiting, over all groups, above which it happens."""
    prob: Probability
    """Probability of not joining."""
    to: StageName
    """Where they go."""


class Queue(_Located):
    """A stage served by finite capacity.

    With ``rate_per_day`` capacity is ``servers`` x rate in a step and service takes no time of its own; with
    ``service`` each of ``servers`` is held for a service time.
    """

    kind: Literal["queue"]
    """Kind of stage."""
    servers: SharedCount
    """Number of servers, by date."""
    rate_per_day: SharedRate | None = None
    """Completions per server and day."""
    service: Duration | None = None
    """Service time, in place of ``rate_per_day``."""
    capacity_noise: Literal["exact", "poisson"] = "exact"
    """Whether a step's capacity (with ``rate_per_day``) is exact, fractions carried over, or Poisson."""
    discipline: Literal["fifo", "lifo", "random", "priority"] = "fifo"
    """Who is next: first in, last in, anyone, or by class and first in within a class."""
    priority: tuple[tuple[GroupName, ...], ...] | None = None
    """Groups by class, first served first (with ``priority``)."""
    patience: Patience | None = None
    """Reneging."""
    balking: Balking | None = None
    """Not joining a long queue."""
    limit: Limit | None = None
    """Finite waiting room."""
    initial: Initial | None = None
    """Who waits at the start."""
    exits: Exits
    """Outcome shares at completion."""


class Hold(_Located):
    """A stage left by competing hazards."""

    kind: Literal["hold"]
    """Kind of stage."""
    hazards: Annotated[Map[StageName, Hazard], Field(min_length=1)]
    """Hazard per day by destination."""
    attempts: tuple[StageName, ...] = ()
    """Destinations where a new attempt starts."""
    limit: Limit | None = None
    """Finite capacity."""
    initial: Initial | None = None
    """Who is here at the start."""


class End(_Located):
    """Where people leave the model."""

    kind: Literal["end"]
    """Kind of stage."""
    outcome: Literal["settled", "returned", "died", "undocumented", "elsewhere"]
    """What became of them."""


Stage = Annotated[Source | Journey | Choice | Queue | Hold | End, Field(discriminator="kind")]
