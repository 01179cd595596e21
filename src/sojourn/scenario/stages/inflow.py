"""Inflows of a source: how many people enter, by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field

from sojourn.scenario.codes import Finding
from sojourn.scenario.frozen import Frozen, FrozenDict, Map
from sojourn.scenario.stages.parameters import Code, FeedbackTerm, Parameter, PushTerm, SeriesRate, Value
from sojourn.scenario.values import (
    REST,
    Amount,
    Count,
    Duration,
    ExitShare,
    Factor,
    FlowName,
    GroupName,
    Hazard,
    PerDay,
    PerRootDay,
    QuantityName,
    Rate,
    Ref,
    SeriesName,
    Share,
    SignedRatio,
    TrendPerRootDay,
    Weight,
)
from sojourn.scenario.wording import Quantities, duration, ref

__all__ = ["Feedback", "Inflow", "IntensityInflow", "MomentumInflow", "PoolInflow", "Push", "SeriesInflow"]


class InflowBase(Frozen):
    """What every type of inflow states; the defaults suit a type to which they do not apply."""

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield what explanations say of the inflow, a line for each point."""
        yield from ()

    def parameters(self) -> Iterator[Parameter]:
        """Yield what the compiler reads of the inflow."""
        yield from ()

    def findings(self, entering: Sequence[str]) -> Iterator[Finding]:
        """Yield what is wrong with the inflow for the groups that enter, at paths below it."""
        yield from ()

    def resolved(self, entering: Sequence[str]) -> Self:
        """Return the inflow with what holds for all groups that enter written out for each."""
        return self


def _noise_words(noise: str, dispersion: Ref | None, quantities: Quantities) -> str:
    return f"noise: {noise}" + (f", size {ref(dispersion, quantities)}" if dispersion is not None else "")


def _noise_parameters(noise: str, dispersion: Ref | None) -> Iterator[Parameter]:
    yield Code("NOISE", "NOISES", noise)
    if dispersion is not None:
        yield Value("DISPERSION", dispersion)


class SeriesInflow(InflowBase):
    """People enter as an observed series counts them."""

    type: Literal["series"]
    """Kind of inflow."""
    series: SeriesName | Map[GroupName, SeriesName]
    """The series, or one per group; its values are totals of its periods, spread evenly over their days."""
    split: Annotated[Map[GroupName, ExitShare], Field(min_length=1)] | None = None
    """Share of each group in the one series; shares add up to 1, or one of them is ``rest``."""
    scale: Factor = 1.0
    """People per counted unit."""
    noise: Literal["exact", "poisson", "negative-binomial"] = "exact"
    """Exact: integers that add up to the published totals. Otherwise the series is the mean."""
    dispersion: Factor | None = None
    """Negative-binomial size parameter k of a step: variance = mean + mean^2 / k."""

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield the series, how many people a counted unit is, and the noise."""
        by_group = self.series.items() if isinstance(self.series, Mapping) else [("all", self.series)]
        yield "enter: as counted by " + ", ".join(f"{series} ({group})" for group, series in by_group)
        for group, share in (self.split or {}).items():
            yield f"{group}: {'the rest' if share == REST else f'share {ref(share, quantities)}'}"
        if self.scale != 1.0:
            yield f"people per counted unit: {ref(self.scale, quantities)}"
        yield _noise_words(self.noise, self.dispersion, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield the noise, the series and its scale."""
        yield from _noise_parameters(self.noise, self.dispersion)
        yield Code("INFLOW", "INFLOWS", "rate")
        yield SeriesRate("RATE", self.series, self.split)
        yield Value("SCALE", self.scale)

    def findings(self, entering: Sequence[str]) -> Iterator[Finding]:
        """Yield groups without a series of their own."""
        if self.split is not None:
            yield from self._split_findings(entering)
            return
        one = isinstance(self.series, str)
        if len(set(entering)) > 1 if one else set(entering) != set(self.series):
            yield Finding(
                "L509",
                ("series",),
                "each group that enters here has a series of its own",
                found=self.series if isinstance(self.series, str) else ", ".join(sorted(self.series)),
                allowed=", ".join(sorted(entering)),
                remedy="write the series by group, split one among them, or name the groups of the source",
            )

    def _split_findings(self, entering: Sequence[str]) -> Iterator[Finding]:
        """Yield what is wrong with the groups among which a series is split."""
        if not isinstance(self.series, str):
            yield Finding(
                "L509",
                ("split",),
                "each group has a series of its own, so there is nothing to split",
                found=", ".join(sorted(self.series)),
                allowed="one series",
                remedy="name one series, or leave out the split",
            )
        elif set(entering) != set(self.split or ()):
            yield Finding(
                "L509",
                ("split",),
                "each group that enters here has a share",
                found=", ".join(sorted(self.split or ())),
                allowed=", ".join(sorted(entering)),
                remedy="give every group a share, or name the groups of the source",
            )

    def resolved(self, entering: Sequence[str]) -> Self:
        """Return the inflow with its series named for each group."""
        if not isinstance(self.series, str) or self.split is not None:
            return self
        return self.model_copy(update={"series": FrozenDict(dict.fromkeys(entering, self.series))})


class IntensityInflow(InflowBase):
    """People enter at a rate that may vary by group and date."""

    type: Literal["intensity"]
    """Kind of inflow."""
    rate_per_day: Rate
    """Mean number of people per day."""
    noise: Literal["exact", "poisson", "negative-binomial"] = "poisson"
    """Distribution of a step's number around its mean; exact carries fractions over."""
    dispersion: Factor | None = None
    """Negative-binomial size parameter k of a step: variance = mean + mean^2 / k."""

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield the rate and the noise."""
        yield f"enter: {ref(self.rate_per_day, quantities, 'per day')}"
        yield _noise_words(self.noise, self.dispersion, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield the noise and the rate."""
        yield from _noise_parameters(self.noise, self.dispersion)
        yield Code("INFLOW", "INFLOWS", "rate")
        yield Value("RATE", self.rate_per_day)
        yield Value("SCALE", 1.0)


class PoolInflow(InflowBase):
    """People leave a finite pool, each with the same hazard."""

    type: Literal["pool"]
    """Kind of inflow."""
    pool: Count
    """Number of people in the pool at the start."""
    hazard_per_day: Hazard
    """Hazard of departure."""

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield the pool and the hazard."""
        yield f"enter: from a pool of {ref(self.pool, quantities)}"
        yield f"hazard of departure: {ref(self.hazard_per_day, quantities, 'per day')}"

    def parameters(self) -> Iterator[Parameter]:
        """Yield the pool and the hazard."""
        yield Code("INFLOW", "INFLOWS", "pool")
        yield Value("POOL", self.pool)
        yield Value("HAZARD", self.hazard_per_day)


class Push(Frozen):
    """A covariate of the log intensity: the intensity is multiplied by exp(coefficient * (x - reference))."""

    indicator: QuantityName
    """Quantity that holds the covariate."""
    coefficient: Weight
    """Change of the log intensity per unit of the covariate."""
    reference: Amount = 0.0
    """Value of the covariate at which it has no effect."""
    lag_days: Annotated[float, Field(ge=0)] = 0.0
    """Age of the covariate's value when it acts."""


class Feedback(Frozen):
    """A renewal term: each earlier outcome brings, or holds back, later departures of the same group."""

    after: FlowName
    """Flow ``origin -> destination`` whose people others follow, or a stage: all who enter it."""
    followers: SignedRatio
    """Departures that each such person adds (or, negative, takes away) in all."""
    lag: Duration
    """Time from the outcome to those departures."""


class MomentumInflow(InflowBase):
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
    trend_per_day: PerDay = 0.0
    """Trend of the log intensity at the start, per day."""
    damping: Share = 1.0
    """Factor by which the trend shrinks in a day, in [0, 1]."""
    sd_level: PerRootDay = 0.0
    """Standard deviation of the daily change of the log level."""
    sd_trend: TrendPerRootDay = 0.0
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

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield the latent intensity, its covariates and feedback, and the noise."""
        yield f"enter: latent intensity, at the start {ref(self.level_per_day, quantities, 'per day')}"
        for label, value, unset in (
            ("trend of the log intensity per day", self.trend_per_day, 0.0),
            ("damping of the trend per day", self.damping, 1.0),
            ("sd of the daily change of level", self.sd_level, 0.0),
            ("sd of the daily change of trend", self.sd_trend, 0.0),
            ("season", self.season, 1.0),
        ):
            if value != unset:
                yield f"{label}: {ref(value, quantities)}"
        for push in self.push:
            lag = f", {push.lag_days:g} days later" if push.lag_days else ""
            yield (
                f"push: {ref(push.coefficient, quantities)} for each unit of {ref(push.indicator, quantities)}"
                f" above {ref(push.reference, quantities)}{lag}"
            )
        for term in self.feedback:
            yield (
                f"feedback: each person in `{term.after}` adds {ref(term.followers, quantities)} departures"
                f" after {duration(term.lag, quantities)}"
            )
        yield _noise_words(self.noise, self.dispersion, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield the noise, the latent intensity, its covariates and feedback."""
        yield from _noise_parameters(self.noise, self.dispersion)
        yield Code("INFLOW", "INFLOWS", "momentum")
        yield Value("LEVEL", self.level_per_day)
        yield Value("TREND", self.trend_per_day)
        yield Value("DAMPING", self.damping)
        yield Value("SD_LEVEL", self.sd_level)
        yield Value("SD_TREND", self.sd_trend)
        yield Value("SEASON", self.season)
        yield from (PushTerm(p.indicator, p.coefficient, p.reference, p.lag_days) for p in self.push)
        yield from (FeedbackTerm(f.after, f.followers, f.lag) for f in self.feedback)


Inflow = Annotated[SeriesInflow | IntensityInflow | PoolInflow | MomentumInflow, Field(discriminator="type")]
"""How many people enter."""
