"""Choices: stages that take no time, where people part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from sojourn.scenario.codes import Finding, unused
from sojourn.scenario.frozen import Frozen, Map, without
from sojourn.scenario.stages.base import ATTEMPT, Becomes, StageBase, Way, Work, becomes_words
from sojourn.scenario.stages.exits import Exits, exit_ways, exit_words
from sojourn.scenario.stages.parameters import Flag, Parameter, Value
from sojourn.scenario.values import Coefficient, Days, Money, Per1000Usd, PerDay, Probability, Share, StageName
from sojourn.scenario.wording import Quantities, listed, ref

__all__ = ["Choice", "Coefficients", "Option"]


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
    becomes: Becomes | None = None
    """Group as which people arrive: one for all, or by the group that they were in."""

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is understood, so that digests do not depend on keys that a scenario does not use."""
        return without(handler(self), becomes=None)


class Coefficients(Frozen):
    """Weights of the utility of an option."""

    per_1000_usd: Per1000Usd = 0.0
    """Utility per 1,000 US dollars."""
    per_day: PerDay = 0.0
    """Utility per day."""
    per_risk: Coefficient = 0.0
    """Utility of a risk of 1."""


class Choice(StageBase):
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

    worked_as: ClassVar[Work] = "choice"

    def ways(self) -> Iterator[Way]:
        """Yield the exits, or the options."""
        yield from exit_ways(self.exits or {}, instant=True)
        for to, o in (self.options or {}).items():
            utility = (o.cost_usd, o.time_days, o.risk, o.legal, o.constant)
            yield Way(to, "option", utility=utility, attempt=o.attempt, instant=True, becomes=o.becomes)

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield the weights and options, or the exits."""
        if (weights := self.coefficients) is not None:
            yield (
                f"weights: {ref(weights.per_1000_usd, quantities)} per 1,000 US dollars,"
                f" {ref(weights.per_day, quantities)} per day, {ref(weights.per_risk, quantities)} per risk"
            )
        for to, option in (self.options or {}).items():
            said = [
                f"{label} {ref(value, quantities, unit)}"
                for label, value, unit, unset in (
                    ("cost", option.cost_usd, "US dollars", 0.0),
                    ("time", option.time_days, "days", 0.0),
                    ("risk", option.risk, "", 0.0),
                    ("legal access", option.legal, "", 1.0),
                    ("constant", option.constant, "", 0.0),
                )
                if value != unset
            ]
            more = f"{ATTEMPT * option.attempt}{becomes_words(option.becomes)}"
            yield f"-> {to}: by utility, {listed(said or ['constant 0'])}{more}"
        yield from exit_words(self.exits or {}, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield the weights of the utility, where options are weighed."""
        if self.options is None:
            return
        weights = self.coefficients or Coefficients()
        yield Flag("LOGIT")
        yield Value("PER_USD", weights.per_1000_usd)
        yield Value("PER_DAY", weights.per_day)
        yield Value("PER_RISK", weights.per_risk)

    def findings(self, groups: Sequence[str] | None) -> Iterator[Finding]:
        """Yield what does not go together."""
        given = [key for key in ("exits", "options") if getattr(self, key) is not None]
        if len(given) != 1:
            yield Finding(
                "L504",
                (),
                "a choice has either shares or options to weigh",
                found=" and ".join(given) or "neither",
                allowed="exits, or options with coefficients",
            )
        if self.coefficients is not None and self.options is None:
            yield unused(("coefficients",), "coefficients weigh options, and there are none")
