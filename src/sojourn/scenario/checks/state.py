"""Quantities that depend on others or on the state of the run: no circles, and only where the run can know them."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path, unused
from sojourn.scenario.policies import OPERATIONS, Policy
from sojourn.scenario.stages import StageBase
from sojourn.scenario.stages.parameters import AgeAtStart, Dwell, FeedbackTerm, SeriesRate, Value
from sojourn.scenario.traversal import circles
from sojourn.scenario.values import KINDS, Quantity, Ref

__all__ = ["check_state"]

_AT_START = ("INITIAL", "AGE", "POOL", "LEVEL", "TREND")


def check_state(draft: Draft) -> None:
    """Check products, responses and thresholds, and where what depends on the state is used."""
    found = circles(draft.scenario)
    if found:
        draft.findings.problem(
            "L422",
            ("quantities", found[0]),
            "its value would depend on itself",
            found=", ".join(found),
            remedy="let one of them have a value of its own",
        )
    for name, quantity in draft.scenario.quantities.items():
        path: Path = ("quantities", name)
        if not draft.touched(path):
            _check_times(draft, path, quantity)
            _check_response(draft, path, quantity)
    for name, policy in draft.scenario.policies.items():
        if not draft.touched(("policies", name)):
            _check_threshold(draft, ("policies", name), policy)
    _check_places(draft)
    _check_operations(draft)


def _check_times(draft: Draft, path: Path, quantity: Quantity) -> None:
    if quantity.times is not None and quantity.times.by < 0 <= KINDS[quantity.kind][1]:
        draft.findings.problem(
            "L209",
            (*path, "times", "by"),
            f"a factor below 0 makes a {quantity.kind} negative",
            found=f"{quantity.times.by:g}",
            allowed="0 or more",
        )


def _check_response(draft: Draft, path: Path, quantity: Quantity) -> None:
    response = quantity.responds_to
    if response is None:
        return
    flows = ["->" in name for name in response.of]
    capacity = response.capacity
    known = draft.scenario.quantities.get(capacity) if isinstance(capacity, str) else None
    wanted = "rate" if flows[0] else "count"
    if any(flows) != all(flows):
        draft.findings.problem(
            "L424",
            (*path, "responds_to", "of"),
            "people in stages and people in flows cannot be added up",
            found=", ".join(response.of),
            allowed="stages, or flows",
        )
    elif known is not None and known.kind in ("count", "rate") and known.kind != wanted:
        draft.findings.problem(
            "L424",
            (*path, "responds_to", "capacity"),
            f"the capacity of {'flows' if flows[0] else 'stages'} is a {wanted}",
            found=known.kind,
            allowed=wanted,
        )
    if isinstance(capacity, (int, float)) and capacity == 0:
        draft.findings.problem(
            "L209", (*path, "responds_to", "capacity"), "a capacity is above 0", found="0", allowed="above 0"
        )
    if response.form == "power" and response.elasticity < 0:
        draft.findings.problem(
            "L209",
            (*path, "responds_to", "elasticity"),
            "the value would grow beyond all bounds where nobody is",
            found=f"{response.elasticity:g}",
            allowed="0 or more",
            remedy="use the form over-capacity",
        )


def _check_threshold(draft: Draft, path: Path, policy: Policy) -> None:
    when = policy.when
    if when is None:
        return
    if policy.ramp_days:
        draft.findings.report(path, unused(("ramp_days",), "a policy with a threshold takes effect at once"))
    if isinstance(when.above, (int, float)) and isinstance(when.below, (int, float)) and when.below > when.above:
        draft.findings.problem(
            "L606",
            (*path, "when", "below"),
            "it would end while it comes into force",
            found=f"above {when.above:g}, below {when.below:g}",
            remedy="exchange them",
        )


def _check_places(draft: Draft) -> None:
    """Report quantities that depend on the state where they are read before the run, or outside it."""
    for name, stage in draft.scenario.stages.items():
        if not draft.touched(("stages", name)):
            for value, why in _before_run(stage):
                _check_known(draft, ("stages", name), value, why)
    for use, _, _ in draft.quantity_uses:
        if use.path[0] == "observations":
            _check_known(draft, use.path, use.value, "publishers see a run after it")
        elif use.path[-2] == "when":
            _check_known(draft, use.path, use.value, "a threshold decides what depends on the state")
        elif use.path[-2:] == ("responds_to", "capacity"):
            _check_known(draft, use.path, use.value, "a capacity decides what depends on the state")


def _check_operations(draft: Draft) -> None:
    """Report changes of what depends on the state that the engine cannot make in the course of a run."""
    for name, policy in draft.scenario.policies.items():
        for index, change in enumerate(policy.changes):
            for one in change.operations if change.quantity in draft.stateful else ():
                if OPERATIONS[one].during_run is None:
                    path = ("policies", name, "changes", index, one)
                    _check_known(draft, path, change.quantity, f"`{one}` is worked out before the run")


def _before_run(stage: StageBase) -> Iterator[tuple[Ref | None, str]]:
    """Yield what is read of a stage before the run, and why."""
    for parameter in stage.parameters():
        match parameter:
            case Value(slot, value) if slot in _AT_START:
                yield value, "it is read once, at the start"
            case AgeAtStart(_, age_days):
                yield age_days, "it is read once, at the start"
            case SeriesRate(_, _, split):
                yield from ((share, "a series is split before the run") for share in (split or {}).values())
            case Dwell(_, duration) | FeedbackTerm(_, _, duration):
                yield from (
                    (one, "durations are worked out before the run")
                    for one in (duration.mean_days, duration.sd_days)
                )
            case _:
                pass


def _check_known(draft: Draft, path: Path, value: Ref | None, why: str) -> None:
    if isinstance(value, str) and value in draft.stateful:
        draft.findings.problem(
            "L423",
            path,
            f"`{value}` depends on the state of the run, and {why}",
            found=value,
            remedy="use a quantity that depends on dates alone",
        )
