"""Quantities that drift: paths of a stochastic process, drawn by calendar period, and what they make of a profile.

A path holds the level of a quantity in each period: the value that it would have if nothing but the drift moved it.
A quantity that varies by group, date or season too is moved as a whole, from its own value to that level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sojourn.compile.drift.keyed import keyed_uniforms
from sojourn.compile.drift.periods import period_label, period_numbers
from sojourn.compile.grid import Grid
from sojourn.scenario.units import read_unit
from sojourn.scenario.values import LINKS, Drift, Quantity

__all__ = ["drift_paths", "on_path", "varies_otherwise"]

F64 = NDArray[np.float64]

_EDGE = 1e-12


def varies_otherwise(quantity: Quantity) -> bool:
    """Tell whether a quantity varies by group or date, whatever drift does to it."""
    ways = (quantity.by_group, quantity.steps, quantity.series, quantity.season, quantity.weekday)
    return any(way is not None for way in ways) or bool(quantity.closed)


def reference(quantity: Quantity, value: float) -> float:
    """Return the level of a path without deviation: the value, or a half for shares that have none of their own."""
    if LINKS[quantity.kind] == "log odds" and varies_otherwise(quantity):
        whole = _whole(quantity)
        own = quantity.value is not None or (quantity.prior is not None and not quantity.prior.relative)
        if not 0.0 < (value / whole if own else value) < 1.0:
            return 0.5 * whole
    return value


def _whole(quantity: Quantity) -> float:
    """Return the number that stands for all in the unit in which a share is written: 1, or 100 for percent."""
    return 1.0 / read_unit(quantity.unit).scale


def _deviations(drift: Drift, name: str, seed: int, replicates: Sequence[int], count: int, first: int) -> F64:
    """Return (replicate, period) the deviation in ``count`` periods from number ``first`` on, where it is 0."""
    periods = range(first, first + count)
    changes = drift.sd * special.ndtri(keyed_uniforms(seed, replicates, f"drift/{name}", periods))
    out = np.zeros(changes.shape)
    if drift.process == "local-trend":
        drawn = keyed_uniforms(seed, replicates, f"drift/{name}", periods, decision=1)
        turns = (drift.sd_trend or 0.0) * special.ndtri(drawn)
        damping = 1.0 if drift.damping is None else drift.damping
        trend = np.zeros(len(replicates))
        for p in range(1, count):
            out[:, p] = out[:, p - 1] + trend + changes[:, p]
            trend = damping * trend + turns[:, p]
        return out
    kept = drift.persistence or 0.0 if drift.process == "mean-reverting" else 1.0
    for p in range(1, count):
        out[:, p] = kept * out[:, p - 1] + changes[:, p]
    return out


def drift_paths(
    name: str, quantity: Quantity, values: F64, seed: int, replicates: Sequence[int], grid: Grid
) -> tuple[list[str], F64]:
    """Draw the path of a quantity in each replicate, keyed by seed, replicate, name and calendar period.

    Parameters
    ----------
    name, quantity : str, Quantity
        The quantity, which has a drift.
    values : ndarray
        ``(replicate)`` float64, its value in each replicate before drift.
    seed : int
        Seed.
    replicates : sequence of int
        Numbers of the replicates.
    grid : Grid
        The steps; a period is drawn if a step begins in it.

    Returns
    -------
    labels : list of str
        Columns ``name[period]``.
    levels : ndarray
        ``(replicate, period)`` float64, in the unit of the quantity.
    """
    drift = quantity.drift
    assert drift is not None  # noqa: S101 - callers ask for drifting quantities only
    touched = np.unique(period_numbers(drift.every, grid.day))
    start = grid.day[0] if drift.start is None else np.datetime64(drift.start, "D")
    first = int(period_numbers(drift.every, np.array([start]))[0])
    touched = touched[touched >= first]
    labels = [f"{name}[{period_label(drift.every, int(number))}]" for number in touched]
    if not len(touched):
        return labels, np.zeros((len(replicates), 0))
    moved = _deviations(drift, name, seed, replicates, int(touched[-1]) - first + 1, first)[:, touched - first]
    level = np.array([reference(quantity, float(value)) for value in values])[:, None]
    return labels, _shifted(quantity, level, moved)


def _shifted(quantity: Quantity, level: F64, moved: F64) -> F64:
    """Return levels moved on the scale on which a quantity of the kind drifts; unchanged where it is not moved."""
    link = LINKS[quantity.kind]
    if link == "log":
        return np.asarray(level * np.exp(moved))
    if link == "value itself":
        return np.asarray(level + moved)
    whole = _whole(quantity)
    return _at_odds(level / whole, np.exp(moved)) * whole


def _at_odds(share: F64, factor: F64) -> F64:
    """Return shares with their odds multiplied; 0, 1 and what lies beyond stay, and all where the factor is 1."""
    inside = (share > 0.0) & (share < 1.0) & (factor != 1.0)
    safe = np.where(inside, share, 0.5)
    return np.where(inside, safe * factor / (1.0 - safe + safe * factor), share)


def on_path(quantity: Quantity, profile: F64, value: float, path: F64, used: Callable[[F64], F64]) -> F64:
    """Return the profile of a drifting quantity moved to the levels of a path, in the unit used.

    Parameters
    ----------
    quantity : Quantity
        The quantity.
    profile : ndarray
        ``(time)`` float64, what it is without drift, in the unit used.
    value : float
        Its value in the draw, as written.
    path : ndarray
        ``(time)`` float64, levels as written; missing (NaN) where the path says nothing.
    used : callable
        Converts (time) values as written into the unit used.
    """
    level = reference(quantity, value)
    there = ~np.isnan(path) & (path != level)
    if not there.any():
        return profile
    to = np.where(there, path, level)
    link = LINKS[quantity.kind]
    if not varies_otherwise(quantity) or level == 0.0:
        return np.where(there, used(to) if not varies_otherwise(quantity) else profile + used(to), profile)
    if link == "log":
        return np.where(there, profile * (to / level), profile)
    if link == "value itself":
        return np.where(there, profile + used(to - level), profile)
    odds, level = np.clip(to / _whole(quantity), _EDGE, 1.0 - _EDGE), level / _whole(quantity)
    return np.where(there, _at_odds(profile, odds / (1.0 - odds) * (1.0 - level) / level), profile)
