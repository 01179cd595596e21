"""Walk runs as tidy tables: people at places and on roads by period, and camps beside their registrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.errors import nearest
from sojourn.results.codes import refuse
from sojourn.results.summary import BY, QUANTILES, Periods, over, spread

if TYPE_CHECKING:
    from sojourn.results.walk import WalkRun

__all__ = ["WALK_WHAT", "camps_at_end", "summarise_walk", "walk_per_period"]

WALK_WHAT = ("stocks", "flows")
"""What can be summarised of a walk run."""


def summarise_walk(
    run: WalkRun, what: str = "stocks", by: str = "month", *, quantiles: Sequence[float] = QUANTILES
) -> pd.DataFrame:
    """Return mean and quantiles over replicates, one row per period and place or road, in people.

    ``what`` is one of :data:`WALK_WHAT`, ``by`` one of :data:`~sojourn.results.summary.BY`. People who set out
    are added up over a period, people at a place are those at its end. Columns: period, complete, place or
    flow, mean, and one per quantile (``q05``). Raises :class:`~sojourn.results.codes.RunError` R501.
    """
    return spread(walk_per_period(run, what, by), quantiles)


def walk_per_period(run: WalkRun, what: str, by: str) -> xr.DataArray:
    """Return (replicate, time, place or flow) int64, person, with ``period`` and ``complete`` along time.

    Raises as :func:`summarise_walk`.
    """
    for value, allowed, where in ((what, WALK_WHAT, "what"), (by, BY, "by")):
        if value not in allowed:
            raise refuse(
                "R501",
                where,
                "no such option of a walk run",
                found=repr(value),
                allowed=", ".join(allowed),
                nearest=nearest(str(value), allowed),
            )
    periods = Periods(run.data, by)
    return over(run.stocks if what == "stocks" else run.flows, "each", periods, last=what == "stocks")


def camps_at_end(run: WalkRun) -> pd.DataFrame:
    """Return a row for each camp on the last day: camp, country, registered, mean, q05, q50, q95, in people."""
    people = run.stocks.isel(time=-1).sel(place=run.data["camp"])
    observed = run.data["observed_people"].isel(time=-1).sel(place=run.data["camp"])
    columns = {
        "camp": people["place"].values,
        "country": people["country"].values,
        "registered": observed.values,
        "mean": people.values.mean(0),
    }
    for quantile in QUANTILES:
        columns[f"q{100 * quantile:02g}"] = np.quantile(people.values, quantile, axis=0)
    return pd.DataFrame(columns)
