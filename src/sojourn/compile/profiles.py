"""Quantities over time: dated values, season, series, prior draws, and what policies make of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.calendar import period_starts
from sojourn.compile.draws import Draw
from sojourn.compile.drift.paths import on_path
from sojourn.compile.grid import Grid
from sojourn.compile.in_use import InUse
from sojourn.compile.priors import central_value
from sojourn.scenario.model import Change, Policy, Scenario
from sojourn.scenario.policies import OPERATIONS
from sojourn.scenario.traversal import state_dependent, stems
from sojourn.scenario.values import KINDS, Quantity, Series

__all__ = ["Acting", "Cut", "Profiles", "series_by_day"]

F64 = NDArray[np.float64]
ODDS = ("share", "probability")

Cut = list[tuple[tuple[str, str, str], int]]
"""Quantity, group and place whose values were cut to the bounds of the kind, and at how many steps."""


def _filled(values: F64, how: str) -> tuple[F64, int]:
    """Fill the gaps of a series; return the values and how many were filled."""
    gaps = np.isnan(values)
    count = int(gaps.sum())
    if count == 0 or gaps.all():
        return np.nan_to_num(values), count
    known = np.flatnonzero(~gaps)
    if how == "linear":
        return np.interp(np.arange(len(values)), known, values[known]), count
    if how == "hold":
        last = np.maximum.accumulate(np.where(gaps, -1, np.arange(len(values))))
        return values[np.where(last < 0, known[0], last)], count
    return np.where(gaps, 0.0, values), count


def series_by_day(series: Series, grid: Grid, *, total: bool) -> tuple[F64, int]:
    """Return a series at each step as (time) float64, and how many steps were filled by its ``fill`` rule.

    With ``total`` a period's value is divided by its days (a rate per day); otherwise it is the value in force.
    Dates that the series does not cover are zero, or its nearest value where ``fill`` is hold or linear.
    """
    raw = np.array([np.nan if v is None else v for v in series.values or ()], float)
    starts = period_starts(series.period, series.start, len(raw))
    values, _ = _filled(raw, series.fill)
    if total:
        values = values / np.diff(starts).astype(int)
    where = np.searchsorted(starts, grid.day, side="right") - 1
    outside = (where < 0) | (where >= len(values))
    inside = np.clip(where, 0, max(0, len(values) - 1))
    out = values[inside] if len(values) else np.zeros(grid.n_step)
    if series.fill in ("none", "zero"):
        out = np.where(outside, 0.0, out)
    filled = outside | np.isnan(raw)[inside] if len(raw) else outside
    return out.astype(float), int(filled.sum())


class Acting(NamedTuple):
    """A change of a quantity by a policy."""

    in_force: F64  # (time) part of the policy that is in force, or can be
    change: Change
    threshold: str  # policy whose threshold decides, or none


class Profiles:
    """The value of any quantity at every step, for a group, a place of use, and a parameter draw.

    Nothing changes after it is made: what depends on no draw is worked out once.
    """

    def __init__(self, scenario: Scenario, grid: Grid) -> None:
        self.scenario = scenario
        self.grid = grid
        self.in_use = InUse(scenario, grid)
        ordered = sorted(scenario.policies.items(), key=lambda item: item[1].start)
        changes: dict[str, list[Acting]] = {}
        for policy_name, policy in ordered:
            in_force = self._in_force(policy)
            for change in policy.changes:
                by_state = policy_name if policy.when is not None else ""
                changes.setdefault(change.quantity, []).append(Acting(in_force, change, by_state))
        self._changes = changes
        self.state_dependent = state_dependent(scenario)
        self.filled: list[tuple[str, str, int]] = []  # quantity, series, and steps filled in it
        self._base: dict[tuple[str, str], F64] = {}
        for name, quantity in scenario.quantities.items():
            for group in scenario.groups if _varies(quantity) else ("",):
                self._base[name, group] = self._before_draws(name, group)
        self._direct = stems(scenario)
        self.depends_on = {name: self._dependencies(name) for name in scenario.quantities}

    def _dependencies(self, name: str) -> frozenset[str]:
        """Return every quantity that decides the value of one: itself, and operands of its policies."""
        found: set[str] = set()
        left = [name]
        while left:
            one = left.pop()
            if one not in found and one in self.scenario.quantities:
                found.add(one)
                left += self._direct[one]
        return frozenset(found)

    def is_local(self, name: str) -> bool:
        """Tell whether a policy changes the quantity, or one of which it is a multiple, at some places only."""
        times = self.scenario.quantities[name].times
        return any(acting.change.places is not None for acting in self._changes.get(name, [])) or (
            times is not None and self.is_local(times.quantity)
        )

    def by_group(self, name: str) -> bool:
        """Tell whether the quantity differs between groups."""
        return any(
            _varies(self.scenario.quantities[one])
            or any(acting.change.groups is not None for acting in self._changes.get(one, []))
            for one in self.depends_on[name]
        )

    def central(self, name: str) -> float:
        """Return the value of a quantity where it does not vary: given, the prior's median, or 1 for a series."""
        return central_value(self.scenario.quantities[name])

    def _before_draws(self, name: str, group: str) -> F64:
        """Return a quantity before draws and policies: (time) float64."""
        quantity = self.scenario.quantities[name]
        value = (quantity.by_group or {}).get(group, self.central(name))
        out = np.full(self.grid.n_step, float(value))
        if quantity.series is not None:
            chosen = quantity.series if isinstance(quantity.series, str) else quantity.series[group]
            use = self.in_use.of_series(name, chosen)
            at, filled = series_by_day(self.scenario.series[chosen], self.grid, total=use.total)
            out = self.in_use.factor(use, out) * self.in_use.converted(use, at)
            if filled:
                self.filled.append((name, chosen, filled))
        for date, step in sorted((quantity.steps or {}).items()):
            out[self.grid.day >= np.datetime64(date, "D")] = step
        if quantity.series is None and quantity.times is None:
            out = self.in_use.quantity(name, out)
        if quantity.season is not None:
            out *= np.asarray(quantity.season)[self.grid.month]
        if quantity.weekday is not None:
            out *= np.asarray(quantity.weekday)[self.grid.weekday]
        if quantity.closed:
            out[np.isin(self.grid.day, np.array(quantity.closed, "datetime64[D]"))] = 0.0
        out.setflags(write=False)
        return out

    def _in_force(self, policy: Policy) -> F64:
        """Return the part of a policy in force at each step: 0 before, 1 after its ramp, 0 after its end."""
        steps = np.arange(self.grid.n_step, dtype=float)
        ramp = max(policy.ramp_days / self.grid.step_days, 1e-9)
        up = np.clip((steps + 1.0 - np.ceil(self.grid.steps_from(policy.start) - 1e-9)) / ramp, 0.0, 1.0)
        if policy.end is None:
            return up
        after = np.ceil(self.grid.steps_from(policy.end) + 1.0 / self.grid.step_days - 1e-9)
        return up * (1.0 - np.clip((steps + 1.0 - after) / ramp, 0.0, 1.0))

    def operand(self, change: Change) -> F64 | float:
        """Return the number that a change takes, in the unit of what it changes: one, or (time) float64."""
        number = float(change.operand)
        if not OPERATIONS[change.operation].has_unit:
            return number
        return self.in_use.quantity(change.quantity, np.full(self.grid.n_step, number))

    def _operand(self, change: Change, group: str, place: str, draw: Draw, cut: Cut) -> F64 | float:
        """Return what a change takes: a number in the unit of what it changes, or another quantity."""
        operand = change.operand
        if isinstance(operand, str):
            return self.profile(operand, group, place, draw, cut)
        return self.operand(change)

    def acting(self, name: str, group: str, place: str) -> tuple[list[Acting], list[Acting]]:
        """Return what policies do to a quantity for a group at a place: before the run, and in its course.

        From the first change on that depends on the state of the run, all are made in its course.
        """
        chosen = [
            one
            for one in self._changes.get(name, [])
            if (one.change.groups is None or group in one.change.groups)
            and (one.change.places is None or place in one.change.places)
        ]
        quantity = self.scenario.quantities[name]
        first = len(chosen)
        if quantity.responds_to is not None or (quantity.times and quantity.times.quantity in self.state_dependent):
            first = 0
        for i, one in reversed(list(enumerate(chosen))):
            if one.threshold or one.change.operand in self.state_dependent:
                first = min(first, i)
        return chosen[:first], chosen[first:]

    def _changed(self, changes: list[Acting], out: F64, group: str, place: str, draw: Draw, cut: Cut) -> F64:
        for in_force, change, threshold in changes:
            if not threshold:
                operand = self._operand(change, group, place, draw, cut)
                out = OPERATIONS[change.operation].arithmetic(out, in_force, operand)
        return out

    def before_run(self, name: str, group: str, place: str, draw: Draw) -> F64:
        """Return what is known before the run of a quantity that depends on its state: (time) float64, not cut.

        Nothing of it is a multiple of another quantity that depends on the state.
        """
        out = self._drawn(name, group, place, draw, [])
        return self._changed(self.acting(name, group, place)[0], out, group, place, draw, [])

    def profile(self, name: str, group: str, place: str, draw: Draw, cut: Cut) -> F64:
        """Return a quantity at each step for a draw; without what depends on the state of the run.

        Parameters
        ----------
        name, group, place : str
            The quantity, the group of people, and the place where it is used.
        draw : Draw
            Values of the quantities that are set; others are central.
        cut : list
            Receives, for each quantity cut to the bounds of its kind, its name, group and place, and the
            number of steps.

        Returns
        -------
        ndarray
            ``(time)`` float64, in the unit of the quantity.
        """
        quantity = self.scenario.quantities[name]
        out = self._drawn(name, group, place, draw, cut)
        if quantity.times is not None and quantity.times.quantity in self.state_dependent:
            out = out * self.profile(quantity.times.quantity, group, place, draw, cut)
        before, during = self.acting(name, group, place)
        out = self._changed(before + during, out, group, place, draw, cut)
        _, low, high = KINDS[quantity.kind]
        beyond = int(((out < low - 1e-12) | (out > high + 1e-12)).sum())
        if beyond:
            cut.append(((name, group, place), beyond))
            out = np.clip(out, low, high)
        return out

    def _drawn(self, name: str, group: str, place: str, draw: Draw, cut: Cut) -> F64:
        """Return a quantity in a draw before policies; less the factor, where it is a multiple of a state."""
        quantity = self.scenario.quantities[name]
        out = self._base[name, group if _varies(quantity) else ""]
        if name in draw.values:
            out = self._moved(name, out, draw.values[name])
        if quantity.times is not None:
            out = self.in_use.multiple(name, quantity.times.quantity, out)
            if quantity.times.quantity not in self.state_dependent:
                out = out * self.profile(quantity.times.quantity, group, place, draw, cut)
        if name in draw.paths:
            path, used = draw.paths[name], functools.partial(self.in_use.quantity, name)
            if quantity.drift is not None:
                out = on_path(quantity, out, draw.values.get(name, self.central(name)), path, used)
            else:
                out = np.where(np.isnan(path), out, used(path))
        return out

    def _moved(self, name: str, out: F64, drawn: float) -> F64:
        """Move a whole profile with the draw: shares and probabilities on the log odds, others by a factor."""
        quantity, central = self.scenario.quantities[name], self.central(name)
        if drawn == central:
            return out
        factor = quantity.value is None and quantity.prior is not None and quantity.prior.relative
        if quantity.kind in ODDS and factor:
            return _with_odds(out, np.log(drawn))
        plain = quantity.by_group is None and quantity.steps is None and quantity.series is None
        middle = self.in_use.number(name, central)
        if quantity.kind in ODDS and 0.0 < middle < 1.0 and not plain:
            moved = min(max(self.in_use.number(name, drawn), 1e-12), 1.0 - 1e-12)
            return _with_odds(out, np.log(moved / (1 - moved)) - np.log(middle / (1 - middle)))
        if central == 0.0:
            return out + self.in_use.quantity(name, np.full(len(out), drawn))
        return out * (drawn / central)


def _varies(quantity: Quantity) -> bool:
    """Tell whether a quantity itself differs between groups."""
    return quantity.by_group is not None or isinstance(quantity.series, Mapping)


def _with_odds(out: F64, shift: float) -> F64:
    """Return shares whose log odds are shifted; 0 and 1 stay."""
    with np.errstate(divide="ignore"):
        inner = np.clip(out, 0.0, 1.0)
        return np.where(
            (inner > 0) & (inner < 1), 1 / (1 + np.exp(-shift) * (1 - inner) / np.maximum(inner, 1e-300)), inner
        )
