"""The scenario: a complete, frozen, validated description of a migration system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from sojourn.scenario.checks import check
from sojourn.scenario.codes import Findings
from sojourn.scenario.form.build import PARTIAL, build
from sojourn.scenario.frozen import Frozen, FrozenDict, Map
from sojourn.scenario.observations import Observation
from sojourn.scenario.policies import Change, Policy
from sojourn.scenario.question import Question
from sojourn.scenario.setting import Group, Place, Pool, Time
from sojourn.scenario.stages import Stage
from sojourn.scenario.values import Name, Quantity, Series
from sojourn.scenario.written_form import merge, plain
from sojourn.verbs import bind

if TYPE_CHECKING:
    from sojourn.forecast import require_scorable as _require_scorable
    from sojourn.report import card as _card
    from sojourn.scenario.resolve import digest as _digest
    from sojourn.scenario.resolve import resolve as _resolve
    from sojourn.scenario.writing.dump import dump as _dump
    from sojourn.scenario.writing.explain import explain as _explain
    from sojourn.simulate import compile_model as _compile
    from sojourn.simulate import simulate as _simulate
    from sojourn.unusual import unusual as _unusual

__all__ = ["Change", "Group", "Observation", "Place", "Policy", "Scenario", "Time"]


@bind
class Scenario(Frozen):
    """A complete description of a system: time, groups, places, stages, policies, quantities, observations.

    No invalid scenario exists: building one raises :class:`~sojourn.scenario.codes.ScenarioError` with every
    problem found.
    """

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
    question: Question | None = None
    """What it is asked, and the wording of the answer in reports."""
    time: Time
    """Period and step."""
    groups: Annotated[Map[Name, Group], Field(min_length=1)]
    """Groups by name."""
    places: Map[Name, Place] = FrozenDict()
    """Places by name."""
    pools: Map[Name, Pool] = FrozenDict()
    """Room that several stages share, by name."""
    series: Map[Name, Series] = FrozenDict()
    """Series by name."""
    quantities: Map[Name, Quantity] = FrozenDict()
    """Quantities by name."""
    stages: Annotated[Map[Name, Stage], Field(min_length=1)]
    """Stages by name, in the order in which explain lists them."""
    policies: Map[Name, Policy] = FrozenDict()
    """Policies by name."""
    observations: Map[Name, Observation] = FrozenDict()
    """Observations by name."""

    @model_validator(mode="after")
    def _cross_checked(self, info: ValidationInfo) -> Self:
        if info.context is not PARTIAL:
            check(self).raise_if_any()
        return self

    if TYPE_CHECKING:
        card = _card
        compile = _compile
        digest = _digest
        dump = _dump
        explain = _explain
        require_scorable = _require_scorable
        resolve = _resolve
        simulate = _simulate
        unusual = _unusual

    def replace(self, **changes: Any) -> Self:
        """Return a scenario with these changes merged in, validated again.

        Parameters
        ----------
        **changes
            Keys of the scenario and what they become. Mappings are merged, ``None`` removes an entry, anything else
            takes the place of what was there. A bare number for a quantity fixes it: prior, source and date of the
            old value are dropped.

        Returns
        -------
        Scenario
            The changed scenario; the old one stays as it was.

        Raises
        ------
        ScenarioError
            The changed scenario is not valid; lists every problem.

        Examples
        --------
        ``base.replace(policies={"summer-officers": None}, quantities={"officers": 5})``
        """
        findings = Findings(title=f"change of {self.name} refused")
        return build(type(self), merge(plain(self), plain(changes), findings), findings)
