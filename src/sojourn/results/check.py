"""Nobody is lost: entered - left = change of stock, in every replicate, period, stage and group of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sojourn.errors import Problem
from sojourn.results.codes import RunError

if TYPE_CHECKING:
    from sojourn.results.run import Run

__all__ = ["conserved", "imbalance"]

_SHOWN = 20
_ROUNDING = 1e-9
"""Part of the largest stock that the rounding of means (expected mode) may leave unexplained."""


def imbalance(run: Run) -> xr.DataArray:
    """Return people made (or, negative, lost): (replicate, time, stage, group) int64 or float64, person.

    Change of stock - entered + left. Sources without a pool make people by design and are left out. Where the
    stocks before the first period are not recorded, the first period is left out.
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
        made[:, :, position[destination]] -= flows[:, skip:, flow]
        made[:, :, position[origin]] += flows[:, skip:, flow]
    kept = np.flatnonzero((run.data["stage_kind"].values != "source") | has_pool)
    template = run.stocks.isel(time=slice(skip, None))
    return template.copy(data=made).assign_attrs(long_name="people made or lost").isel(stage=kept)


def conserved(run: Run) -> None:
    """Raise :class:`~sojourn.results.codes.RunError` R401 unless entered - left is the change of every stock.

    Draws are compared as integers, means (expected mode) up to rounding.
    """
    made = imbalance(run)
    exact = np.issubdtype(made.dtype, np.integer)
    allowed = 0.0 if exact else _ROUNDING * max(1.0, float(np.abs(run.stocks).max()))
    found = np.argwhere(np.abs(made.values) > allowed)
    if not len(found):
        return
    problems = []
    for index in found[:_SHOWN]:
        cell = made[tuple(index)]
        where = ", ".join(
            f"{name} {str(cell[name].values)[:10] if name == 'time' else cell[name].item()}" for name in made.dims
        )
        amount = cell.item()
        problems.append(
            Problem(
                "R401",
                where,
                "people were made" if amount > 0 else "people were lost",
                found=f"{abs(amount):g} unexplained",
                allowed="0" if exact else f"{allowed:g}",
            )
        )
    raise RunError(problems, title=f"nobody is lost: broken in {len(found)} of {made.size} cells")
