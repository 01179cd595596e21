"""Quantities: a value for every group and date, one way of varying, sound priors."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.checks.kinds import check_bounds
from sojourn.scenario.codes import Path
from sojourn.scenario.values import DRIFTS, KINDS, MOST_DAYS, MOST_PEOPLE, PRIORS, Drift, Prior, Quantity

__all__ = ["check_quantities"]

_VARYING = ("by_group", "steps", "series", "times")
_ROUNDING = 0.01


def check_quantities(draft: Draft) -> None:
    """Check values, profiles and priors of all quantities."""
    for name, quantity in draft.scenario.quantities.items():
        path: Path = ("quantities", name)
        if draft.touched(path):
            continue
        _check_profile(draft, path, quantity)
        _check_present(draft, path, quantity)
        _check_values(draft, path, quantity)
        _check_idle(draft, path, quantity)
        if quantity.prior is not None:
            sound = len(draft.findings.problems)
            _check_prior(draft, (*path, "prior"), quantity.prior, name)
            if len(draft.findings.problems) == sound:
                _check_said_once(draft, (*path, "prior"), quantity, quantity.prior)
        if quantity.drift is not None:
            _check_drift(draft, (*path, "drift"), quantity.drift)


def _check_profile(draft: Draft, path: Path, quantity: Quantity) -> None:
    ways = [key for key in _VARYING if getattr(quantity, key) is not None]
    if len(ways) > 1:
        draft.findings.problem(
            "L404",
            path,
            "these ways of varying exclude each other",
            found=", ".join(ways),
            allowed=f"one of {', '.join(_VARYING)}",
            remedy="keep one; a series per group varies by group and date",
        )
    alone = [key for key in ("value", "prior", "drift") if getattr(quantity, key) is not None]
    if quantity.times is not None and alone and len(ways) == 1:
        draft.findings.problem(
            "L404",
            path,
            "a quantity that is another times a constant has no value of its own",
            found=", ".join(alone),
            allowed="times",
            remedy="write them for the other quantity, or leave out times",
        )
    if quantity.steps is not None and list(quantity.steps) != sorted(quantity.steps):
        draft.findings.problem(
            "L405",
            (*path, "steps"),
            "the dates are not in order",
            found=", ".join(map(str, quantity.steps)),
            remedy="write the earliest first",
        )


def _check_present(draft: Draft, path: Path, quantity: Quantity) -> None:
    by_group = quantity.by_group if quantity.by_group is not None else quantity.series
    missing = ""
    if isinstance(by_group, Mapping) and (quantity.series or (quantity.value is None and not quantity.prior)):
        missing = ", ".join(sorted(draft.names.get("groups", frozenset()) - set(by_group)))
    elif quantity.value is None and quantity.prior is None and by_group is None and quantity.times is None:
        first = min(quantity.steps) if quantity.steps else None
        start = draft.scenario.time.start
        if first is None:
            missing = "any date"
        elif first > start and draft.intact("time"):
            missing = f"{start} to {first}"
    if missing:
        draft.findings.problem(
            "L403", path, f"no value for {missing}", found=missing, remedy="give a value, or a prior"
        )


def _check_values(draft: Draft, path: Path, quantity: Quantity) -> None:
    factor = max(quantity.season or (1.0,)) * max(quantity.weekday or (1.0,))
    parts: list[tuple[Path, float | None]] = []
    if quantity.series is None:
        parts.append(((*path, "value"), quantity.value))
    parts += [((*path, "by_group", group), value) for group, value in (quantity.by_group or {}).items()]
    parts += [((*path, "steps", str(date)), value) for date, value in (quantity.steps or {}).items()]
    for where, value in parts:
        if value is not None:
            kind = quantity.kind
            value = draft.conversions.of_quantity(str(path[-1])).scaled(value)
            inside = KINDS[kind][1] <= value <= KINDS[kind][2]
            check_bounds(draft, where, value * factor if inside and factor > 1 else value, (kind,))
    for key in ("season", "weekday"):
        for index, value in enumerate(getattr(quantity, key) or ()):
            if value < 0 <= KINDS[quantity.kind][1]:
                check_bounds(draft, (*path, key, index), value, (quantity.kind,))


def _check_prior(draft: Draft, path: Path, prior: Prior, name: str) -> None:
    given = {key for key in ("mean", "sd", "median", "sd_log", "low", "high") if getattr(prior, key) is not None}
    forms = PRIORS[prior.distribution]
    if given not in [set(form) for form in forms]:
        draft.findings.problem(
            "L406",
            path,
            f"a {prior.distribution} prior needs other parameters",
            found=", ".join(sorted(given)),
            allowed=" or ".join(" and ".join(form) for form in forms),
        )
        return
    low, high = prior.low, prior.high
    if low is not None and high is not None and low >= high:
        draft.findings.problem(
            "L407", path, "low is not below high", found=f"{low:g}, {high:g}", remedy="exchange them"
        )
        return
    kind = draft.scenario.quantities[name].kind
    least, most = (0.0, inf) if prior.relative else KINDS[kind][1:]
    most = inf if most in (MOST_PEOPLE, MOST_DAYS) else most  # draws beyond are cut, and counted
    lowest, highest = _support(prior)
    if kind in ("share", "probability") and not prior.relative:
        lowest, highest = (draft.conversions.of_quantity(name).scaled(end) for end in (lowest, highest))
    if lowest < least or highest > most:
        draft.findings.problem(
            "L209",
            path,
            f"the prior reaches values that {'a factor' if prior.relative else f'a {kind}'} cannot take",
            found=f"{lowest:g} to {highest:g}",
            allowed=f"{least:g} to {most:g}",
            remedy="use beta or uniform for shares, lognormal or gamma for what cannot be negative",
        )
    _check_parameters(draft, path, prior)


def _check_said_once(draft: Draft, path: Path, quantity: Quantity, prior: Prior) -> None:
    """Check that the prior states the number that is written beside it, or a factor of it."""
    centre = prior.centre
    if centre is None:
        return
    written = [*(quantity.by_group or {}).values(), *(quantity.steps or {}).values()]
    if prior.relative:
        if not _alike(centre, 1.0):
            _contradiction(draft, path, centre, "1", "a relative prior is of a factor, and its median is 1")
        elif quantity.value is None and not written and quantity.series is None:
            _contradiction(draft, path, centre, "a value", "a relative prior needs a value that it multiplies")
    elif quantity.value is not None:
        if not _alike(centre, quantity.value):
            _contradiction(
                draft, path, centre, f"{quantity.value:g}", "the prior states another number than `value`"
            )
    elif written and _all_listed(draft, quantity):
        low, high = min(written), max(written)
        if not (low <= centre <= high or _alike(centre, low) or _alike(centre, high)):
            message = "the prior states a number that is not among those written"
            _contradiction(draft, path, centre, f"{low:g} to {high:g}", message)


def _check_idle(draft: Draft, path: Path, quantity: Quantity) -> None:
    """Check that no number is written that is used for no group and no date."""
    absolute = quantity.prior is not None and not quantity.prior.relative
    alone = quantity.series is None and quantity.times is None
    if quantity.value is not None and alone and not absolute and _all_listed(draft, quantity):
        listed = "by_group" if quantity.by_group is not None else "steps"
        draft.findings.problem(
            "L417",
            (*path, "value"),
            f"it moves nothing: `{listed}` has a number for every {'group' if listed == 'by_group' else 'date'}",
            found=f"{quantity.value:g}",
            remedy="leave it out; where it comes from a scenario that is extended, write null",
        )


def _all_listed(draft: Draft, quantity: Quantity) -> bool:
    """Tell whether every group and date has a number of its own, so that none has that of the prior."""
    if quantity.by_group is not None:
        return draft.names.get("groups", frozenset()) <= set(quantity.by_group)
    return quantity.steps is not None and min(quantity.steps) <= draft.scenario.time.start


def _alike(a: float, b: float) -> bool:
    """Tell whether two numbers differ by no more than rounding: 1 %."""
    return abs(a - b) <= _ROUNDING * max(abs(a), abs(b))


def _contradiction(draft: Draft, path: Path, centre: float, allowed: str, message: str) -> None:
    draft.findings.problem(
        "L416",
        path,
        message,
        found=f"{centre:g}",
        allowed=allowed,
        remedy="correct one of the two, leave `value` out, or write `relative: true` for a factor with median 1",
    )


def _support(prior: Prior) -> tuple[float, float]:
    """Return the lowest and highest value that the prior can take."""
    if prior.distribution == "uniform" and prior.low is not None and prior.high is not None:
        return prior.low, prior.high
    return {"normal": (-inf, inf), "beta": (0.0, 1.0)}.get(prior.distribution, (0.0, inf))


def _check_parameters(draft: Draft, path: Path, prior: Prior) -> None:
    """Check that a distribution with these parameters exists."""
    if prior.distribution in ("lognormal", "gamma"):
        for key in ("mean", "median", "low"):
            value = getattr(prior, key)
            if value is not None and value <= 0:
                draft.findings.problem(
                    "L209",
                    (*path, key),
                    f"a {prior.distribution} prior has a {key} above 0",
                    found=f"{value:g}",
                    allowed="above 0",
                )
    if prior.distribution == "beta" and prior.mean is not None and prior.sd is not None:
        most = (prior.mean * (1 - prior.mean)) ** 0.5 if 0 < prior.mean < 1 else 0.0
        if prior.sd >= most:
            draft.findings.problem(
                "L209",
                path,
                "no beta distribution has this mean and standard deviation",
                found=f"{prior.mean:g}, {prior.sd:g}",
                allowed="0 < mean < 1, sd below the root of mean x (1 - mean)",
                remedy='a beta distribution is of parts of 1: write `unit: "1"` and parts, or a uniform prior',
            )


def _check_drift(draft: Draft, path: Path, drift: Drift) -> None:
    needed, optional, _ = DRIFTS[drift.process]
    given = {key for key in ("persistence", "sd_trend", "damping") if getattr(drift, key) is not None}
    if not needed <= given <= needed | optional:
        draft.findings.problem(
            "L421",
            path,
            f"a drift that is {drift.process} needs other parameters",
            found=", ".join(["sd", *sorted(given)]),
            allowed=" and ".join(["sd", *sorted(needed)]) + "".join(f", or also {key}" for key in sorted(optional)),
        )
    time = draft.scenario.time
    if drift.start is not None and draft.intact("time") and drift.start > time.end:
        draft.findings.note("L903", (*path, "start"), "it drifts from a day after the period")
