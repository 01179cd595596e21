"""Parameter draws: values of quantities, one set a draw, whole or for single periods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sojourn.compile.drift.paths import drift_paths
from sojourn.compile.drift.periods import period_numbers, read_period
from sojourn.compile.grid import Grid
from sojourn.compile.priors import central_value, prior_quantile, prior_uniform
from sojourn.engine.codes import CODES, ModelError, refuse
from sojourn.errors import Collector, nearest
from sojourn.scenario.units import read_unit
from sojourn.scenario.values import Prior, Quantity

__all__ = ["CENTRAL", "Draw", "Draws", "draw_from_priors", "read_draws"]

F64 = NDArray[np.float64]

_COLUMN = re.compile(r"(?P<name>[^\[\]]+?)(?:\[(?P<period>[^\[\]]*)\])?")


@dataclass(frozen=True)
class Draw:
    """One set of parameter values.

    Attributes
    ----------
    values : Mapping[str, float]
        Value of each quantity that is set, in its own unit. A quantity that varies over time or by group is
        moved as a whole: shares and probabilities on the log odds, all others by a factor.
    paths : Mapping[str, ndarray]
        Values over time, ``(time)`` float64, missing (NaN) where the path says nothing. They replace what the
        quantity is at those steps, for every group; a quantity that drifts is moved as a whole to these levels.
        Policies act on top.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    paths: Mapping[str, F64] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Names of the quantities that are set."""
        return frozenset(self.values) | frozenset(self.paths)


CENTRAL = Draw()
"""The draw that leaves every quantity at its central value."""


@dataclass(frozen=True)
class Draws:
    """A table of parameter draws, one a row.

    Attributes
    ----------
    columns : tuple of str
        Name of a quantity, or ``quantity[period]`` for its value in one day, week, month, quarter or year
        (``2023-05-14``, ``2023-W19``, ``2023-05``, ``2023-Q2``, ``2023``).
    values : ndarray
        ``(draw, column)`` float64, each column in the unit of its quantity.
    """

    columns: tuple[str, ...]
    values: F64

    def __len__(self) -> int:
        return len(self.values)

    def row(self, index: int, grid: Grid) -> Draw:
        """Return one draw, with its periods as steps.

        Parameters
        ----------
        index : int
            Row of the table.
        grid : Grid
            The steps of the run.

        Returns
        -------
        Draw
            The draw.
        """
        values: dict[str, float] = {}
        paths: dict[str, F64] = {}
        for column, value in zip(self.columns, self.values[index], strict=True):
            name, period = split_column(column)
            if period is None:
                values[name] = float(value)
            else:
                path = paths.setdefault(name, np.full(grid.n_step, np.nan))
                path[steps_of(period, grid)] = value
        return Draw(values, paths)


def split_column(column: str) -> tuple[str, str | None]:
    """Return the quantity and the period, if any, that a column's name stands for."""
    found = _COLUMN.fullmatch(column.strip())
    return (column, None) if found is None else (found["name"].strip(), found["period"])


def steps_of(period: str, grid: Grid) -> NDArray[np.bool_]:
    """Return which steps begin in a day, week, month, quarter or year: ``(time)`` bool.

    Raises
    ------
    ValueError
        If the text names no such period.
    """
    every, number = read_period(period)
    return np.asarray(period_numbers(every, grid.day) == number)


def draw_from_priors(quantities: Mapping[str, Quantity], seed: int, replicates: Sequence[int], grid: Grid) -> Draws:
    """Return a draw from priors and drifts for each replicate, keyed by seed, replicate and name."""
    priors = {name: q.prior for name, q in quantities.items() if q.prior is not None}
    columns = list(priors)
    parts = [
        np.array([[_drawn(quantities[name], p, prior_uniform(seed, r, name))] for r in replicates], np.float64)
        for name, p in priors.items()
    ]
    for name, quantity in quantities.items():
        if quantity.drift is None:
            continue
        fixed = np.full(len(replicates), central_value(quantity))
        value = parts[columns.index(name)][:, 0] if name in priors else fixed
        labels, levels = drift_paths(name, quantity, value, seed, replicates, grid)
        columns += labels
        parts.append(levels)
    table = np.concatenate(parts, axis=1) if parts else np.zeros((len(replicates), 0))
    return Draws(tuple(columns), np.ascontiguousarray(table))


def _drawn(quantity: Quantity, prior: Prior, u: float) -> float:
    """Return the value of a quantity at a quantile of its prior; a factor where it has no single value."""
    drawn = prior_quantile(prior, u)
    if not prior.relative or quantity.value is None:
        return drawn
    if quantity.kind not in ("share", "probability"):
        return quantity.value * drawn
    unit = read_unit(quantity.unit).scale
    share = quantity.value * unit
    return share * drawn / (1.0 - share + share * drawn) / unit


def read_draws(given: Mapping[str, ArrayLike], quantities: Mapping[str, Quantity], grid: Grid) -> Draws:
    """Return a table of draws from columns of numbers; a single number holds for every draw.

    Parameters
    ----------
    given : mapping
        Columns by name, such as a dict of arrays or a pandas DataFrame.
    quantities : mapping
        The quantities of the scenario.
    grid : Grid
        The steps of the model, in which periods must lie.

    Raises
    ------
    ModelError
        M101 to M104, with every problem of the table.
    """
    arrays = {str(name): np.asarray(given[name], np.float64) for name in given}
    lengths = {len(a) for a in arrays.values() if a.ndim == 1}
    with Collector(CODES, ModelError, "the parameters are refused") as problems:
        for column, array in arrays.items():
            name, period = split_column(column)
            if name not in quantities:
                close = nearest(name, quantities)
                problems.add("M101", column, "there is no such quantity", nearest=close)
            if array.ndim > 1 or (array.ndim == 1 and (len(lengths) > 1 or not len(array))):
                found = f"shape {array.shape}"
                problems.add("M102", column, "columns must be single numbers or equally long", found=found)
            if not np.isfinite(array).all():
                problems.add("M103", column, "every parameter must be a finite number")
            if period is not None:
                _check_period(column, period, grid, problems)
    count = lengths.pop() if lengths else 1
    table = np.array([np.broadcast_to(a, (count,)) for a in arrays.values()], np.float64)
    return Draws(tuple(arrays), np.ascontiguousarray(table.reshape(len(arrays), count).T))


def _check_period(column: str, period: str, grid: Grid, problems: Collector) -> None:
    """Record M104 unless the period can be read and some step begins in it."""
    allowed = f"a day, week, month, quarter or year between {grid.day[0]} and {grid.day[-1]}"
    try:
        inside = bool(steps_of(period, grid).any())
    except ValueError:
        problems.add("M104", column, "the period cannot be read", found=period, allowed=allowed)
        return
    if not inside:
        problems.add("M104", column, "the period lies outside the run", found=period, allowed=allowed)


def require_rows(draws: Draws, replicates: int) -> None:
    """Raise unless there is one draw, or one for each replicate.

    Parameters
    ----------
    draws : Draws
        The table of draws.
    replicates : int
        Number of replicates.

    Raises
    ------
    ModelError
        M105 for another number of draws.
    """
    if len(draws) not in (1, replicates):
        raise refuse(
            "M105",
            "parameters",
            "there must be one draw, or one for each replicate",
            found=f"{len(draws)} draws for {replicates} replicates",
        )
