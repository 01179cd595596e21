"""What opens a report: the question, the answer and what differs, in the words of the kind of scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from sojourn.flee import scenario_of as folder_of
from sojourn.observation.stations import scenario_of
from sojourn.report.answers import camps, system
from sojourn.report.answers.changes import folder_changes, system_changes
from sojourn.report.answers.effects import effects
from sojourn.report.camp_facts import CampFacts
from sojourn.report.facts import Facts
from sojourn.report.sections.stations import bar_table
from sojourn.report.system_facts import SystemFacts
from sojourn.results import Run

__all__ = ["KINDS", "Kind", "differences", "kind_of", "missed", "sentences"]


class Kind(NamedTuple):
    """A kind of scenario: what a run of it has, how it is read, what a report is worked out from, and its words."""

    needs: frozenset[str]
    scenario: Callable[[Run], Any]
    facts: type[Facts]
    question: Callable[[Any], Markup]
    answer: Callable[[Any], list[Markup]]
    changes: Callable[[Run, Run], list[str]]


KINDS = (
    Kind(frozenset({"camp"}), folder_of, CampFacts, camps.question, camps.answer, folder_changes),
    Kind(frozenset(), scenario_of, SystemFacts, system.question, system.answer, system_changes),
)
"""Every kind; the first is taken whose needs a run has."""


def kind_of(run: Run) -> Kind:
    """Return the kind of scenario that a run was made from."""
    return next(kind for kind in KINDS if kind.needs <= run.has)


def sentences(facts: Facts) -> list[Markup]:
    """Return the answer of a report: what the change did where runs are compared, otherwise that of the run."""
    if facts.comparison is not None:
        return effects(facts.comparison, facts)
    return kind_of(facts.run).answer(facts)


def differences(facts: Facts) -> list[str]:
    """Return what the scenario of the other run has otherwise, in words; nothing where runs are not compared."""
    if facts.other is None:
        return []
    return kind_of(facts.run).changes(facts.run, facts.other) or ["nothing: the scenarios are the same"]


def missed(facts: Any) -> Sequence[Sequence[object]]:
    """Return the rows of the bars that are measured and not reached; only stations have bars."""
    return bar_table(facts).rows[: len(facts.missed)] if len(facts.missed) else []
