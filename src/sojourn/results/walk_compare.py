"""What a change did to a walk run: two runs under one seed, compared replicate by replicate, place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.errors import Collector
from sojourn.results.codes import CODES, RunError
from sojourn.results.pairs import difference, paired, same_along, same_facts
from sojourn.results.shunting import NEVER, material, spread_of
from sojourn.results.summary import QUANTILES, spread
from sojourn.results.walk_summary import walk_per_period

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.results.walk import WalkRun

__all__ = ["WalkComparison", "compare_walks"]


@dataclass(frozen=True, eq=False)
class WalkComparison:
    """Two walk runs paired by replicate; every difference is ``other`` - ``base``, in people.

    Draws are keyed by seed, replicate, agent and day, so a replicate differs from its pair by the change alone.
    """

    base: WalkRun
    other: WalkRun

    @cached_property
    def stocks(self) -> xr.DataArray:
        """Difference of people at each place: (replicate, time, place) int64, person."""
        return difference(self.base.stocks, self.other.stocks)

    @cached_property
    def flows(self) -> xr.DataArray:
        """Difference of people who set out on each road: (replicate, time, flow) int64, person."""
        return difference(self.base.flows, self.other.flows)

    @property
    def unchanged(self) -> bool:
        """Whether people at places and on roads are the same in every replicate and on every day."""
        totals = (self.base.data[n].equals(self.other.data[n]) for n in ("simulated_created", "simulated_gone"))
        return all(totals) and not any(bool((array != 0).any()) for array in (self.stocks, self.flows))

    def effect(
        self, what: str = "stocks", by: str = "month", *, quantiles: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Return mean and quantiles over replicates of the paired difference, as a tidy table.

        ``what`` and ``by`` are those of :func:`sojourn.results.walk_summary.summarise_walk`; ``base`` is the
        mean of the first run. Raises :class:`~sojourn.results.codes.RunError` R501.
        """
        first, second = paired(walk_per_period(self.base, what, by), walk_per_period(self.other, what, by))
        table = spread(first.copy(data=second.values - first.values), quantiles)
        table.insert(list(table.columns).index("mean"), "base", spread(first, ())["mean"])
        return table

    def to_frame(self, *, share: float = 0.01, people: float = 1.0) -> pd.DataFrame:
        """Return the shunting table: how far the population of each place moved, and when.

        Columns: ``place``, ``country``, ``camp``; ``stock`` (mean difference on the last day), ``stock_low``,
        ``stock_high``; ``peak`` (mean difference where it is largest), ``peak_date``; ``first_date`` (when the
        population first moved materially); ``outflow`` (difference of all who set out from there, whole run),
        ``outflow_low``, ``outflow_high``. Low and high are 5 % and 95 % quantiles over replicates.

        A difference is material where its mean is at least ``people`` and at least ``share`` of the base's
        mean, and its interval excludes 0. Dates are missing where nothing moved, or not materially.
        """
        stocks, flows = self.stocks, self.flows
        before = paired(self.base.stocks, self.other.stocks)[0].values
        time, origins = stocks["time"].values, flows["origin"].values
        rows = []
        for row, place in enumerate(stocks["place"].values):
            held = stocks.values[:, :, row]
            rows.append(
                {name: stocks[name].values[row].item() for name in ("place", "country", "camp")}
                | _moved(held, before[:, :, row], time, share, people)
                | spread_of("outflow", flows.values[:, :, origins == place].sum((1, 2)))
            )
        return pd.DataFrame(rows)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a report of what the change did as one HTML file; see :func:`sojourn.report`."""
        # Reports stand above results: the front door is asked for them, and only when one is wanted.
        return Path(import_module("sojourn").report(self.base, path, compare=self.other, **options))

    def __str__(self) -> str:
        head = (
            f"{self.other.provenance['name']} - {self.base.provenance['name']}: "
            f"{self.base.replicates} paired replicates, seed {self.base.seed}"
        )
        if self.unchanged:
            return f"{head}\nno difference in any replicate, on any day, at any place"
        return f"{head}\n{self.to_frame().to_string(index=False, na_rep='-', float_format='{:,.1f}'.format)}"


def _moved(
    held: NDArray[Any], before: NDArray[Any], time: NDArray[Any], share: float, people: float
) -> dict[str, Any]:
    """Return how far a population (replicate, time) moved: at the end, at most, and when first."""
    size = np.abs(held.mean(0))
    clear = material(held, before, share, people)
    return spread_of("stock", held[:, -1]) | {
        "peak": float(held[:, size.argmax()].mean()),
        "peak_date": time[size.argmax()] if size.any() else NEVER,
        "first_date": time[clear.argmax()] if clear.any() else NEVER,
    }


def compare_walks(base: WalkRun, other: WalkRun) -> WalkComparison:
    """Pair two walk runs by replicate: what ``other`` changed, as ``other`` - ``base``.

    A place or road that only one of them has counts as empty in the other. Raises
    :class:`~sojourn.results.codes.RunError` R301 unless seed, scale, replicates and days agree.
    """
    with Collector(CODES, RunError, "the runs cannot be compared") as problems:
        same_facts(base, other, ("seed", "scale"), problems)
        same_along(base, other, ("replicate", "time"), problems)
    return WalkComparison(base, other)
