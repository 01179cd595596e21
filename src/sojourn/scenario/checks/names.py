"""References: every name that is used is defined, and what is defined is used."""

from __future__ import annotations

from collections import defaultdict

from sojourn.errors import nearest
from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.frozen import In, Of
from sojourn.scenario.stages import flows
from sojourn.scenario.traversal import Use
from sojourn.scenario.values import REST

__all__ = ["check_names"]


def check_names(draft: Draft) -> None:
    """Check names that are used, listed twice, reserved, or defined and not used."""
    for use in draft.uses:
        if isinstance(use.value, str):
            _check_use(draft, use)
    _check_repeats(draft)
    for name in draft.scenario.quantities:
        if name == REST:
            draft.findings.problem(
                "L303",
                ("quantities", name),
                "`rest` means the share that the other exits leave",
                found=name,
                remedy="give the quantity another name",
            )
    if draft.intact():
        _check_unused(draft)


def _check_use(draft: Draft, use: Use) -> None:
    value = str(use.value)
    section = use.mark.section if isinstance(use.mark, In) else "quantities"
    if section == "flows":
        _check_flow(draft, use.path, value)
    elif not (isinstance(use.mark, Of) and use.mark.rest and value == REST):
        known = draft.names.get(section, frozenset())
        if value not in known and (section,) not in draft.lost:
            _unknown(draft, use.path, value, sorted(known), section)


def _check_flow(draft: Draft, path: Path, value: str) -> None:
    if "->" not in value:
        if value not in draft.names.get("stages", frozenset()):
            _unknown(draft, path, value, sorted(draft.names.get("stages", ())), "stages")
        return
    known = flows(draft.scenario.stages)
    if value not in known and draft.intact("stages"):
        draft.findings.problem(
            "L302",
            path,
            "no stage has this exit",
            found=value,
            allowed="`origin -> destination`, one space on each side of the arrow",
            nearest=nearest(value, known),
            remedy="name a flow that explain lists",
        )


def _unknown(draft: Draft, path: Path, value: str, known: list[str], section: str) -> None:
    draft.findings.problem(
        "L301",
        path,
        f"`{value}` is not defined in {section}",
        found=value,
        allowed=", ".join(known[:20]) + (", ..." if len(known) > 20 else ""),
        nearest=nearest(value, known),
        remedy="correct the name or define it",
    )


def _check_repeats(draft: Draft) -> None:
    seen: dict[Path, set[str | float]] = defaultdict(set)
    for use in draft.uses:
        if isinstance(use.mark, In) and isinstance(use.path[-1], int) and "priority" not in use.path:
            if use.value in seen[use.path[:-1]]:
                draft.findings.problem(
                    "L304",
                    use.path,
                    "the name is listed twice",
                    found=str(use.value),
                    remedy="list it once",
                )
            seen[use.path[:-1]].add(use.value)


def _check_unused(draft: Draft) -> None:
    s = draft.scenario
    used: dict[str, set[str]] = defaultdict(set)
    for use in draft.uses:
        section = use.mark.section if isinstance(use.mark, In) else "quantities"
        if (
            isinstance(use.value, str)
            and section != "groups"
            and (use.path[0] != "policies" or use.path[-1] != "quantity")
        ):
            used[section].add(use.value)
    for stage in s.stages.values():
        used["groups"].update(stage.populated_by(tuple(s.groups)))
        used["groups"].update(group for way in stage.ways() for group in way.becoming(tuple(s.groups)).values())
    for section in ("groups", "places", "pools", "series", "quantities"):
        for name in getattr(s, section):
            if name not in used[section]:
                draft.findings.note(
                    "L901", (section, name), f"`{name}` is used nowhere", remedy="use it or remove it"
                )
