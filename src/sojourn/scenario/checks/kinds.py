"""Kinds and bounds: a share is no hazard, and no probability exceeds 1."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.frozen import In, Of
from sojourn.scenario.policies import OPERATIONS, Change
from sojourn.scenario.values import KINDS

__all__ = ["check_bounds", "check_kinds"]

_LIKE = {"share": ("share", "probability"), "probability": ("share", "probability")}


def check_kinds(draft: Draft) -> None:
    """Check that quantities and numbers fit where they stand, and that shared parameters do not vary by group."""
    for use in draft.uses:
        if isinstance(use.mark, Of) and isinstance(use.value, (int, float)):
            check_bounds(draft, use.path, use.value, use.mark.kinds)
    _check_driving(draft)
    for use, mark, quantity in draft.quantity_uses:
        if mark.kinds and quantity.kind not in mark.kinds:
            _mismatch(draft, use.path, str(use.value), quantity.kind, mark.kinds)
        if mark.shared and any(_by_groups(draft, one) for one in _chain(draft, str(use.value))):
            _by_group(draft, use.path, str(use.value))
    shared = {one for use, mark, _ in draft.quantity_uses if mark.shared for one in _chain(draft, str(use.value))}
    for name, policy in draft.scenario.policies.items():
        for index, change in enumerate(policy.changes):
            path = ("policies", name, "changes", index)
            if change.groups is not None and change.quantity in shared:
                _by_group(draft, (*path, "groups"), change.quantity)
            _check_change(draft, path, change)


def _check_driving(draft: Draft) -> None:
    """Check that the values of series which drive the model are within the bounds of what they drive."""
    for use in draft.uses:
        if use.mark != In("series") or use.path[0] not in ("stages", "quantities"):
            continue
        quantity = draft.scenario.quantities.get(str(use.path[1])) if use.path[0] == "quantities" else None
        kind = "count" if quantity is None else quantity.kind
        series = draft.scenario.series.get(str(use.value))
        for index, value in enumerate(series.values if series is not None else ()):
            if value is None:
                continue
            used = value if quantity is None else draft.conversions.of_quantity(str(use.path[1])).scaled(value)
            if not KINDS[kind][1] <= used <= KINDS[kind][2]:
                check_bounds(draft, ("series", str(use.value), "values", index), used, (kind,))
                break


def _chain(draft: Draft, name: str) -> list[str]:
    """Return a quantity, and those of which it is a multiple."""
    found: list[str] = []
    while (quantity := draft.scenario.quantities.get(name)) is not None and name not in found:
        found.append(name)
        name = quantity.times.quantity if quantity.times is not None else ""
    return found


def _by_groups(draft: Draft, name: str) -> bool:
    quantity = draft.scenario.quantities[name]
    return quantity.by_group is not None or isinstance(quantity.series, Mapping)


def check_bounds(draft: Draft, path: Path, value: float, kinds: tuple[str, ...]) -> None:
    """Report a number outside the bounds that all of the kinds set."""
    if not kinds:
        return
    lowest = min(KINDS[kind][1] for kind in kinds)
    highest = max(KINDS[kind][2] for kind in kinds)
    if not lowest <= value <= highest:
        draft.findings.problem(
            "L209",
            path,
            f"a {' or '.join(kinds)} cannot be {value:g}",
            found=f"{value:g}",
            allowed=f"{lowest:g} to {highest:g}",
        )


def _check_change(draft: Draft, path: Path, change: Change) -> None:
    target = draft.scenario.quantities.get(change.quantity)
    if target is None:
        return
    for name in change.operations:
        operation, operand = OPERATIONS[name], getattr(change, name)
        if isinstance(operand, str):
            other = draft.scenario.quantities.get(operand)
            if other is not None and operation.kinds_beside is not None:
                kinds = (*_LIKE.get(target.kind, (target.kind,)), *operation.kinds_beside)
                if other.kind not in kinds:
                    _mismatch(draft, (*path, name), operand, other.kind, kinds)
        elif operation.takes_value:
            used = draft.conversions.of_quantity(change.quantity).scaled(operand)
            check_bounds(draft, (*path, name), used, (target.kind,))
        elif operation.multiplies and operand < 0 <= KINDS[target.kind][1]:
            draft.findings.problem(
                "L209",
                (*path, name),
                f"a factor below 0 makes a {target.kind} negative",
                found=f"{operand:g}",
                allowed="0 or more",
            )


def _mismatch(draft: Draft, path: Path, name: str, found: str, kinds: tuple[str, ...]) -> None:
    draft.findings.problem(
        "L401",
        path,
        f"`{name}` is a {found}: {KINDS[found][0]}",
        found=found,
        allowed=", ".join(kinds),
        remedy="name a quantity of a kind that fits, or correct its kind",
    )


def _by_group(draft: Draft, path: Path, name: str) -> None:
    draft.findings.problem(
        "L402",
        path,
        f"all groups share this parameter, so `{name}` cannot vary by group",
        found=name,
        remedy="use one value, or a stage for each group",
    )
