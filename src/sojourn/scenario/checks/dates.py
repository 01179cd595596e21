"""Dates: order, the step, what never acts, and series that cover what they drive."""

from __future__ import annotations

import datetime as dt

from sojourn.calendar import FIRST_DAY, LAST_DAY, period_index, period_start, starts_period
from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.frozen import In
from sojourn.scenario.setting import Time
from sojourn.scenario.stages.queue import Queue
from sojourn.scenario.traversal import models
from sojourn.scenario.values import Duration, Series

__all__ = ["LOSS_BOUND", "check_dates"]

LOSS_BOUND = 0.45
"""By how much of itself the share that a queue turns away may be too low, for each root of step over mean service."""


def check_dates(draft: Draft) -> None:
    """Check the period, the step, policies, dated values and series."""
    s = draft.scenario
    for name, series in s.series.items():
        if not starts_period(series.period, series.start):
            draft.findings.problem(
                "L410",
                ("series", name, "start"),
                f"no {series.period} starts on this day",
                found=str(series.start),
                remedy="write the first day of the first period",
            )
    for name, policy in s.policies.items():
        if policy.end is not None and policy.end < policy.start:
            _order(draft, ("policies", name, "end"), policy.end, policy.start)
    if not draft.intact("time"):
        return
    for end in ("start", "end"):
        day = getattr(s.time, end)
        if not FIRST_DAY <= day <= LAST_DAY:
            draft.findings.problem(
                "L608",
                ("time", end),
                "results could not label this day",
                found=str(day),
                allowed=f"{FIRST_DAY} to {LAST_DAY}",
                remedy="move the period",
            )
            return
    if s.time.end < s.time.start:
        _order(draft, ("time", "end"), s.time.end, s.time.start)
        return
    _check_step(draft, s.time)
    _check_acting(draft, s.time)
    _check_series(draft, s.time)


def _order(draft: Draft, path: Path, end: dt.date, start: dt.date) -> None:
    draft.findings.problem(
        "L601", path, "the end is before the start", found=f"{start} to {end}", remedy="exchange them"
    )


def _check_step(draft: Draft, time: Time) -> None:
    step, days = time.step_days, (time.end - time.start).days + 1
    whole = step if step >= 1 else 1 / step
    most = {"step": 31.0, "week": 7.0, "month": 28.0}[time.record]
    if abs(whole - round(whole)) > 1e-9 or step > min(most, days):
        draft.findings.problem(
            "L602",
            ("time", "step_days"),
            f"a period of {days} days recorded by {time.record} has no such step",
            found=f"{step:g}",
            allowed=f"1/n or n days, at most {min(most, days):g}",
        )
        return
    if (left := days % step) > 1e-9 and step > 1:
        draft.findings.note(
            "L903", ("time", "end"), f"the last {left:g} days make no whole step and are not simulated"
        )
    for path, model in models(draft.scenario):
        mean = model.mean_days if isinstance(model, Duration) else None
        if isinstance(mean, (int, float)) and 0 < mean < step:
            draft.findings.note("L905", path, f"a step is longer than this time of {mean:g} days")
    _check_loss(draft, step)
    if step > 1:
        for name, quantity in draft.scenario.quantities.items():
            if quantity.weekday or quantity.closed:
                draft.findings.note("L905", ("quantities", name), "a step is longer than a day")


def _check_loss(draft: Draft, step: float) -> None:
    """Note queues with little room whose services are not long next to the step: they turn too few away.

    Services begin and end at steps, so that room which a service leaves is there for all arrivals of the step. The
    bound holds for M/M/c/K queues (tests/engine/test_loss.py).
    """
    for name, stage in draft.scenario.stages.items():
        if not isinstance(stage, Queue) or stage.limit is None or stage.service is None:
            continue
        mean = stage.service.mean_days
        if isinstance(mean, str):
            quantity = draft.scenario.quantities.get(mean)
            mean = quantity.value if quantity is not None else None
        if mean is None or mean <= 0 or (short := LOSS_BOUND * (step / mean) ** 0.5) < 0.01:
            continue
        draft.findings.note(
            "L905",
            ("stages", name, "limit"),
            f"with steps of {step:g} days and services of {mean:g}, the share turned away may be too low, by up to "
            f"{min(short, 1.0):.0%} of itself; steps of {mean * (0.01 / LOSS_BOUND) ** 2:.2g} days bring it to 1%",
        )


def _check_acting(draft: Draft, time: Time) -> None:
    """Note dates outside the period."""
    for name, policy in draft.scenario.policies.items():
        if policy.start > time.end or (
            policy.end is not None and policy.end + dt.timedelta(days=policy.ramp_days) < time.start
        ):
            draft.findings.note("L903", ("policies", name), "the policy is not in force in the period")
    for name, quantity in draft.scenario.quantities.items():
        for date in quantity.steps or {}:
            later = any(date < other <= time.start for other in quantity.steps or {})
            if date > time.end or later:
                draft.findings.note(
                    "L903",
                    ("quantities", name, "steps", str(date)),
                    "the value is not in force in the period",
                )
        outside = [date for date in quantity.closed if not time.start <= date <= time.end]
        if outside:
            draft.findings.note("L903", ("quantities", name, "closed"), f"dates outside the period: {len(outside)}")


def _check_series(draft: Draft, time: Time) -> None:
    """Check that series which drive the model have a value at every date, or a rule to fill it."""
    driving = {str(use.value) for use in draft.uses if use.mark == In("series") and use.path[0] != "observations"}
    for name, series in draft.scenario.series.items():
        if name in driving:
            _check_cover(draft, ("series", name), series, time.start, time.end)


def _check_cover(draft: Draft, path: Path, series: Series, first: dt.date, last: dt.date) -> None:
    low, high = (period_index(series.period, series.start, day) for day in (first, last))
    gaps = [i for i in range(low, high + 1) if not 0 <= i < len(series.values) or series.values[i] is None]
    if not gaps:
        return
    shown = ", ".join(str(period_start(series.period, series.start, i)) for i in gaps[:3])
    shown += ", ..." if len(gaps) > 3 else ""
    if series.fill == "none" or all(value is None for value in series.values):
        draft.findings.problem(
            "L411",
            path,
            f"it drives the model and has no value for {len(gaps)} of its periods",
            found=shown,
            remedy="give values, or say with `fill` what stands for them",
        )
    else:
        draft.findings.note("L904", path, f"periods filled by `{series.fill}`: {len(gaps)}", found=shown)
