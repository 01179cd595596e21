"""Policies and observations: what they change and what they count."""

from __future__ import annotations

from sojourn.calendar import period_index
from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.observations import Observation
from sojourn.scenario.policies import OPERATIONS, Change

__all__ = ["check_observed"]


def check_observed(draft: Draft) -> None:
    """Check the changes of policies and the links of observations to series."""
    for name, policy in draft.scenario.policies.items():
        for index, change in enumerate(policy.changes):
            _check_change(draft, ("policies", name, "changes", index), change)
    for name, observation in draft.scenario.observations.items():
        _check_observation(draft, ("observations", name), observation)


def _check_change(draft: Draft, path: Path, change: Change) -> None:
    if len(change.operations) != 1 and not draft.touched(path):
        draft.findings.problem(
            "L603",
            path,
            "a change does exactly one thing",
            found=" and ".join(change.operations) or "nothing",
            allowed=f"one of {', '.join(OPERATIONS)}",
        )


def _check_observation(draft: Draft, path: Path, observation: Observation) -> None:
    for index, of in enumerate(observation.of):
        if ("->" in of) != (observation.measure == "flow"):
            draft.findings.problem(
                "L604",
                (*path, "of", index),
                f"this is not a {observation.measure}",
                found=of,
                allowed="`origin -> destination` for flows, a stage for stocks",
            )
    series = draft.scenario.series.get(observation.series)
    if series is None:
        return
    time = draft.scenario.time
    if draft.intact("time") and time.start <= time.end:
        last = period_index(series.period, series.start, time.end)
        first = period_index(series.period, series.start, time.start)
        if last < 0 or first >= len(series.values):
            draft.findings.note("L903", path, "the series has no value in the period", found=str(series.start))
