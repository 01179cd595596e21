"""Nobody is lost: what entered, less what left, is the change of what is there, in every cell of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from sojourn.errors import Problem
from sojourn.results.codes import RunError
from sojourn.results.recording import require_whole_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.results.run import Run

__all__ = ["BALANCES", "Balance", "conserved", "imbalance"]

_SHOWN = 20
_ROUNDING = 1e-9
"""Part of the largest stock that the rounding of means (expected mode) may leave unexplained."""


class Balance(NamedTuple):
    """A way to account for everybody: what a run must have for it, and people made or lost in each cell."""

    needs: frozenset[str]
    made: Callable[[Run], xr.DataArray]


def _of_stages(run: Run) -> xr.DataArray:
    """Return the change of stock, less who entered, plus who left: (replicate, time, stage, group).

    Sources without a pool make people by design and are left out. Where the stocks before the first period are
    not recorded, the first period is left out.
    """
    stocks, flows = run.stocks.values, run.flows.values
    has_pool = (stocks != 0).any((0, 1, 3))
    skip = 1
    if "initial" in run.data:
        initial = run.data["initial"].values
        has_pool |= (initial != 0).any((0, 2))
        stocks = np.concatenate([initial[:, None], stocks], axis=1)
        skip = 0
    made = np.diff(stocks, axis=1)
    position = {stage: i for i, stage in enumerate(run.data["stage"].values)}
    for flow, (origin, destination) in enumerate(
        zip(run.data["origin"].values, run.data["destination"].values, strict=True)
    ):
        for g in range(flows.shape[-1]):
            arrives = int(run.data["becomes"].values[flow, g]) if "becomes" in run.data else g
            made[:, :, position[destination], arrives] -= flows[:, skip:, flow, g]
        made[:, :, position[origin]] += flows[:, skip:, flow]
    kept = np.flatnonzero(~run.data["stage_entry"].values | has_pool)
    template = run.stocks.isel(time=slice(skip, None))
    return template.copy(data=made).isel(stage=kept)


def _of_everybody(run: Run) -> xr.DataArray:
    """Return who is in a stage, travelling or gone, less who was ever created: (replicate, time, group)."""
    there = run.stocks.sum("stage") + run.data["travelling"] + run.data["gone"]
    return there - run.data["created"]


BALANCES = (
    Balance(frozenset({"created", "gone", "travelling"}), _of_everybody),
    Balance(frozenset({"stocks", "flows"}), _of_stages),
)
"""The ways to account for everybody; the first whose needs a run has is taken.

Where people are also between stages, only all of them together balance.
"""


def imbalance(run: Run) -> xr.DataArray:
    """Return people made or lost in each cell of a run.

    The first of :data:`BALANCES` is taken whose needs the run has.

    Parameters
    ----------
    run : Run
        A run of either engine.

    Returns
    -------
    xarray.DataArray
        (replicate, time[, stage], group) int64, or float64 in expected mode, person; negative for people lost.

    Raises
    ------
    RunError
        R501 where the run records only a part.
    """
    require_whole_record(run, "check")
    made = next(balance.made for balance in BALANCES if balance.needs <= run.has)(run)
    return made.assign_attrs(units="person", long_name="people made or lost")


def conserved(run: Run) -> None:
    """Raise unless nobody was made or lost, and no count of people is negative.

    Draws are compared as integers, means (expected mode) up to rounding.

    Parameters
    ----------
    run : Run
        A run of either engine.

    Raises
    ------
    RunError
        R401, with the place of the first differences; R501 where a run records only a part.
    """
    made = imbalance(run)
    exact = np.issubdtype(made.dtype, np.integer)
    allowed = 0.0 if exact else _ROUNDING * max(1.0, float(np.abs(run.stocks).max()))
    problems = [
        Problem(
            "R401",
            where,
            "people were made" if amount > 0 else "people were lost",
            found=f"{abs(amount):g} unexplained",
            allowed="0" if exact else f"{allowed:g}",
        )
        for where, amount in _cells(made, np.abs(made.values) > allowed)
    ]
    if problems:
        broken = int((np.abs(made.values) > allowed).sum())
        raise RunError(problems, title=f"nobody is lost: broken in {broken} of {made.size} cells")
    for name in ("stocks", "travelling"):
        if name in run.has:
            negative = _cells(run.data[name], run.data[name].values < -allowed)
            problems += [
                Problem("R401", where, f"fewer than nobody in {name}", found=f"{amount:g}", allowed="0 or more")
                for where, amount in negative
            ]
    if problems:
        raise RunError(problems, title="nobody is lost: counts below zero")


def _cells(array: xr.DataArray, where: NDArray[np.bool_]) -> list[tuple[str, float]]:
    """Return the first cells of an array at which ``where`` holds: their place in words, and their value."""
    found = []
    for index in np.argwhere(where)[:_SHOWN]:
        cell = array[tuple(index)]
        names = (
            f"{name} {str(cell[name].values)[:10] if name == 'time' else cell[name].item()}" for name in array.dims
        )
        found.append((", ".join(names), float(cell.item())))
    return found
