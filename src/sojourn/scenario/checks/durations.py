"""Durations: each family has the parameters it needs and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from pydantic import BaseModel

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.traversal import models
from sojourn.scenario.values import DURATIONS, Duration

__all__ = ["check_durations"]


def check_durations(draft: Draft) -> None:
    """Check every duration of stages and observations."""
    for path, duration in _durations(draft.scenario):
        _check(draft, path, duration)


def _durations(scenario: BaseModel) -> Iterator[tuple[Path, Duration]]:
    return ((path, model) for path, model in models(scenario) if isinstance(model, Duration))


def _check(draft: Draft, path: Path, duration: Duration) -> None:
    family = DURATIONS[duration.distribution]
    given = {
        key
        for key in ("mean_days", "sd_days", "stages", "quantiles", "days", "weights")
        if getattr(duration, key) is not None
    }
    if given not in [set(form) for form in family.forms]:
        draft.findings.problem(
            "L408",
            path,
            f"a duration that is {duration.distribution} needs other parameters",
            found=", ".join(sorted(given)),
            allowed=" or ".join(" and ".join(form) for form in family.forms),
        )
        return
    if duration.quantiles is not None:
        _check_quantiles(draft, (*path, "quantiles"), duration.quantiles, family.free)
    if duration.weights is not None:
        _check_weights(draft, (*path, "weights"), duration)
    for key in ("mean_days", "sd_days"):
        value = getattr(duration, key)
        if isinstance(value, (int, float)) and value == 0 and duration.distribution != "fixed":
            draft.findings.problem(
                "L209",
                (*path, key),
                f"a duration that is {duration.distribution} has {key} above 0",
                found="0",
                allowed="above 0",
                remedy="use the distribution fixed",
            )


def _check_quantiles(draft: Draft, path: Path, quantiles: Mapping[float, float], needed: int) -> None:
    points = sorted(quantiles.items())
    if len(points) != needed:
        draft.findings.problem(
            "L208",
            path,
            "there are as many quantiles as the family has free parameters",
            found=str(len(points)),
            allowed=str(needed),
        )
    days = [day for _, day in points]
    if any(b <= a for a, b in pairwise(days)):
        draft.findings.problem(
            "L409",
            path,
            "a higher probability needs more days",
            found=", ".join(f"{p:g}: {d:g}" for p, d in points),
            remedy="check which value belongs to which probability",
        )


def _check_weights(draft: Draft, path: Path, duration: Duration) -> None:
    days, weights = duration.days or (), duration.weights or ()
    if len(days) != len(weights):
        draft.findings.problem(
            "L208",
            path,
            "there is one weight for each of the days",
            found=str(len(weights)),
            allowed=str(len(days)),
        )
    elif sum(weights) <= 0:
        draft.findings.problem("L209", path, "some weight is above 0", found="0", allowed="above 0")
