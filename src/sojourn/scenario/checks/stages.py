"""Stages: what each states to be wrong with itself, nobody sent to where people enter, and sizes of noise."""

from __future__ import annotations

from pydantic import BaseModel

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.stages import StageBase
from sojourn.scenario.traversal import models

__all__ = ["check_stages"]


def check_stages(draft: Draft) -> None:
    """Check every stage by itself, and the noise of inflows and observations."""
    stages = draft.scenario.stages
    groups = tuple(draft.scenario.groups) if draft.intact("groups") else None
    for name, stage in stages.items():
        path: Path = ("stages", name)
        if draft.touched(path):
            continue
        for finding in stage.findings(groups):
            draft.findings.report(path, finding)
        _check_becoming(draft, path, stage)
        for to in sorted({way.to for way in stage.ways()}):
            if to in stages and stages[to].entry:
                draft.findings.problem(
                    "L511",
                    path,
                    f"people cannot go to `{to}`, a {stages[to].kind}",
                    found=to,
                    remedy="send them to the stage that it leads to",
                )
    for path, model in models(draft.scenario):
        _check_dispersion(draft, path, model)


def _check_becoming(draft: Draft, path: Path, stage: StageBase) -> None:
    ways = list(stage.ways())
    for way in ways:
        if way.becomes is not None and any(other.to == way.to and other is not way for other in ways):
            draft.findings.problem(
                "L515",
                path,
                f"a flow to `{way.to}` either changes the group of people or does not",
                found=way.to,
                remedy="let the other way lead to a stage of its own",
            )


def _check_dispersion(draft: Draft, path: Path, model: BaseModel) -> None:
    if "dispersion" not in type(model).model_fields:
        return
    noise, dispersion = getattr(model, "noise"), getattr(model, "dispersion")  # noqa: B009
    if (noise == "negative-binomial") != (dispersion is not None):
        draft.findings.problem(
            "L508",
            path,
            "noise `negative-binomial` and `dispersion` go together",
            found=f"noise {noise}, {'no ' * (dispersion is None)}dispersion",
        )
    if isinstance(dispersion, (int, float)) and dispersion <= 0:
        draft.findings.problem(
            "L209",
            (*path, "dispersion"),
            "a negative-binomial size is above 0",
            found=f"{dispersion:g}",
            allowed="above 0",
        )
