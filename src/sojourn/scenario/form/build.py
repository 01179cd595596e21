"""From the written form to a validated scenario, with every problem found in one pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from sojourn.scenario.checks import SECTIONS, check
from sojourn.scenario.codes import Findings, Path, ScenarioError
from sojourn.scenario.form.pydantic_errors import translate
from sojourn.scenario.form.recovery import recover

if TYPE_CHECKING:
    from sojourn.scenario.model import Scenario

__all__ = ["PARTIAL", "build"]

PARTIAL: dict[str, bool] = {"partial": True}
"""Validation context under which a scenario does not check itself, because :func:`build` does."""

S = TypeVar("S", bound="Scenario")


def build(cls: type[S], data: Any, findings: Findings) -> S:
    """Return the scenario that plain data describe.

    When the form is wrong, what can be understood is cross-checked all the same, so that every problem is reported.

    Parameters
    ----------
    cls : type
        Class of the scenario.
    data : dict
        The written form.
    findings : Findings
        Problems found before, such as those of reading.

    Raises
    ------
    ScenarioError
        Something is wrong with the data, or was found before; lists every problem.
    """
    made: S | None
    try:
        made, lost = _validate(cls, data), frozenset[Path]()
    except ValidationError as error:
        translate(error, cls, findings)
        made, lost = recover(lambda rest: _validate(cls, rest), error, cls, data)
    if made is not None:
        check(made, findings, _names(data), lost)
    findings.raise_if_any()
    if made is None:
        raise ScenarioError(findings.problems, findings.title)
    return made


def _validate(cls: type[S], data: Any) -> S:
    return cls.model_validate_json(json.dumps(data), strict=True, context=PARTIAL)


def _names(data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the names written in each section, those of refused entries included."""
    return {s: frozenset(data[s]) for s in SECTIONS if isinstance(data.get(s), Mapping)}
