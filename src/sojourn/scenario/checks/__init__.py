"""Cross checks of a scenario: what the form of its parts cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sojourn.scenario.checks import dates, durations, graph, kinds, names, quantities, shares, stages, state, units
from sojourn.scenario.checks import observation as observed
from sojourn.scenario.checks import question as asked
from sojourn.scenario.checks.draft import SECTIONS, Draft
from sojourn.scenario.codes import Findings, Path

if TYPE_CHECKING:
    from sojourn.scenario.model import Scenario

__all__ = ["SECTIONS", "check"]

_CHECKS = (
    names.check_names,
    kinds.check_kinds,
    units.check_units,
    quantities.check_quantities,
    durations.check_durations,
    shares.check_shares,
    stages.check_stages,
    graph.check_graph,
    dates.check_dates,
    state.check_state,
    observed.check_observed,
    asked.check_question,
)


def check(
    scenario: Scenario,
    findings: Findings | None = None,
    written: Mapping[str, frozenset[str]] | None = None,
    lost: frozenset[Path] = frozenset(),
) -> Findings:
    """Return the problems and notes that the cross checks of a scenario find.

    Parameters
    ----------
    scenario : Scenario
        The scenario, or what could be understood of it.
    findings : Findings, optional
        Where to add what is found; new findings if left out.
    written : mapping of str to frozenset of str, optional
        Names written in each section, those of entries that could not be understood too.
    lost : frozenset of Path
        Paths of what could not be understood and was left out.

    Returns
    -------
    Findings
        ``problems`` and ``warnings``, each with code, place and message.
    """
    findings = Findings() if findings is None else findings
    if written is None:
        written = {section: frozenset(getattr(scenario, section)) for section in SECTIONS}
    draft = Draft(scenario, findings, written, lost)
    for one in _CHECKS:
        one(draft)
    return findings
