"""Parts of a stage that go together, exclude each other, or mean nothing here."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.stages import Choice, Hold, Queue, SeriesInflow, Source
from sojourn.scenario.traversal import models
from sojourn.scenario.ways_out import ways

__all__ = ["check_forms"]


def check_forms(draft: Draft) -> None:
    """Check the combination of parameters in every stage, and that nobody goes to a source."""
    stages = draft.scenario.stages
    for name, stage in stages.items():
        path: Path = ("stages", name)
        if draft.touched(path):
            continue
        if isinstance(stage, Choice):
            _check_choice(draft, path, stage)
        elif isinstance(stage, Queue):
            _check_queue(draft, path, stage)
        elif isinstance(stage, Source):
            _check_inflow(draft, path, stage)
        elif isinstance(stage, Hold) and stage.initial is not None and stage.initial.age_days != 0:
            _unused(draft, (*path, "initial", "age_days"), "only a queue keeps how long people have been in it")
        for to in sorted({way.to for way in ways(stage)}):
            if isinstance(stages.get(to), Source):
                draft.findings.problem(
                    "into-source",
                    path,
                    f"people cannot go to `{to}`, a source",
                    found=to,
                    remedy="send them to the stage that the source leads to",
                )
    for path, model in models(draft.scenario):
        _check_dispersion(draft, path, model)


def _unused(draft: Draft, path: Path, why: str) -> None:
    draft.findings.problem(
        "unused-parameter", path, f"{why}, so this has no meaning", found=str(path[-1]), remedy="leave it out"
    )


def _check_choice(draft: Draft, path: Path, stage: Choice) -> None:
    given = [key for key in ("exits", "options") if getattr(stage, key) is not None]
    if len(given) != 1:
        draft.findings.problem(
            "choice-form",
            path,
            "a choice has either shares or options to weigh",
            found=" and ".join(given) or "neither",
            allowed="exits, or options with coefficients",
        )
    if stage.coefficients is not None and stage.options is None:
        _unused(draft, (*path, "coefficients"), "coefficients weigh options, and there are none")


def _check_queue(draft: Draft, path: Path, stage: Queue) -> None:
    given = [key for key in ("rate_per_day", "service") if getattr(stage, key) is not None]
    if len(given) != 1:
        draft.findings.problem(
            "queue-form",
            path,
            "a queue has either a rate per server or a service time",
            found=" and ".join(given) or "neither",
            allowed="rate_per_day, or service",
        )
    if stage.service is not None and stage.capacity_noise != "exact":
        _unused(draft, (*path, "capacity_noise"), "capacity follows from the service times")
    if (stage.discipline == "priority") != (stage.priority is not None):
        draft.findings.problem(
            "priority-form",
            path,
            "discipline `priority` and the classes in `priority` go together",
            found=f"discipline {stage.discipline}, {'no ' * (stage.priority is None)}classes",
        )
    if stage.priority is not None:
        _check_classes(draft, (*path, "priority"), stage.priority)


def _check_classes(draft: Draft, path: Path, classes: tuple[tuple[str, ...], ...]) -> None:
    counts = Counter(group for one in classes for group in one)
    repeated = [group for group, count in counts.items() if count > 1]
    missed = [group for group in draft.scenario.groups if group not in counts] * draft.intact("groups")
    if repeated or missed:
        draft.findings.problem(
            "priority-groups",
            path,
            "every group is in exactly one class",
            found=", ".join([f"{g} missed" for g in missed] + [f"{g} repeated" for g in repeated]),
            allowed=", ".join(draft.scenario.groups),
        )


def _check_inflow(draft: Draft, path: Path, stage: Source) -> None:
    if not isinstance(stage.inflow, SeriesInflow) or not draft.intact("groups"):
        return
    groups = set(draft.scenario.groups if stage.groups is None else stage.groups)
    series = stage.inflow.series
    wrong = groups if isinstance(series, str) else groups.symmetric_difference(series)
    if (isinstance(series, str) and len(groups) > 1) or (not isinstance(series, str) and wrong):
        draft.findings.problem(
            "series-groups",
            (*path, "inflow", "series"),
            "each group that enters here has a series of its own",
            found=series if isinstance(series, str) else ", ".join(sorted(series)),
            allowed=", ".join(sorted(groups)),
            remedy="write the series by group, or name the groups of the source",
        )


def _check_dispersion(draft: Draft, path: Path, model: BaseModel) -> None:
    if "dispersion" not in type(model).model_fields:
        return
    noise, dispersion = getattr(model, "noise"), getattr(model, "dispersion")  # noqa: B009
    if (noise == "negative-binomial") != (dispersion is not None):
        draft.findings.problem(
            "dispersion-form",
            path,
            "noise `negative-binomial` and `dispersion` go together",
            found=f"noise {noise}, {'no ' * (dispersion is None)}dispersion",
        )
    if isinstance(dispersion, (int, float)) and dispersion <= 0:
        draft.findings.problem(
            "out-of-bounds",
            (*path, "dispersion"),
            "a negative-binomial size is above 0",
            found=f"{dispersion:g}",
            allowed="above 0",
        )
