"""The resolved form of a scenario: nothing is left to be understood from what is not written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from sojourn.scenario.frozen import FrozenDict
from sojourn.scenario.model import Scenario
from sojourn.scenario.question import Question
from sojourn.scenario.values import Quantity

__all__ = ["digest", "resolve"]


def resolve(scenario: Scenario) -> Scenario:
    """Return a scenario in which what is left out, because it is implied, is written.

    The groups of sources, observations and figures are named, and factors of series are 1,
    quantities drift from the first day. Resolving twice changes
    nothing, and the resolved scenario simulates exactly as the given one.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    Scenario
        Its resolved form.
    """
    groups = tuple(scenario.groups)
    stages = {name: stage.resolved(groups) for name, stage in scenario.stages.items()}
    quantities = {name: _quantity(q, scenario.time.start) for name, q in scenario.quantities.items()}
    observations = {
        name: o if o.groups is not None else o.model_copy(update={"groups": groups})
        for name, o in scenario.observations.items()
    }
    changed: dict[str, object] = {"stages": stages, "quantities": quantities, "observations": observations}
    if scenario.question is not None:
        changed["question"] = _question(scenario.question, groups)
    if all(getattr(scenario, name) == value for name, value in changed.items()):
        return scenario  # resolved already: nothing to check again
    return Scenario.model_validate(dict(scenario) | changed)


def _quantity(quantity: Quantity, start: dt.date) -> Quantity:
    """Write the factor of a series, and the day from which a quantity drifts."""
    changed: dict[str, object] = {}
    if quantity.series is not None and quantity.value is None and not quantity.prior:
        changed["value"] = 1.0
    if quantity.drift is not None and quantity.drift.start is None:
        changed["drift"] = quantity.drift.model_copy(update={"start": start})
    return quantity.model_copy(update=changed) if changed else quantity


def _question(question: Question, groups: tuple[str, ...]) -> Question:
    """Name the groups of every figure."""
    answers = []
    for answer in question.answers:
        figures = {
            name: f if f.groups is not None else f.model_copy(update={"groups": groups})
            for name, f in answer.figures.items()
        }
        answers.append(answer.model_copy(update={"figures": FrozenDict(figures)}))
    return question.model_copy(update={"answers": tuple(answers)})


def digest(scenario: Scenario) -> str:
    """Return a text that is equal for scenarios that mean the same.

    Parameters
    ----------
    scenario : Scenario
        The scenario, resolved or not.

    Returns
    -------
    str
        SHA-256 of the resolved form, 64 hexadecimal digits.
    """
    data = resolve(scenario).model_dump(mode="json")
    return hashlib.sha256(json.dumps(data, ensure_ascii=False).encode()).hexdigest()
