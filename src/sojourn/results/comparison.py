"""What a change did: two runs under one seed, compared replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.errors import Collector
from sojourn.results.codes import CODES, RunError
from sojourn.results.pairs import difference, paired, same_along, same_facts
from sojourn.results.shunting import shunting
from sojourn.results.summary import QUANTILES, per_period, spread
from sojourn.verbs import bind

if TYPE_CHECKING:
    from sojourn.results.run import Run

__all__ = ["Comparison", "compare"]

_COUNTED = ("stocks", "flows", "wait_count", "wait_days", "created", "gone")
"""Variables in which runs that differ differ; those that a run has not are left out."""
_FACTS = ("engine", "seed", "mode", "parameters", "record", "step_days", "scale")
_ALONG = ("replicate", "time", "period_end")


@bind
@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs paired by replicate; every difference is ``other`` - ``base``.

    Both runs draw from the same named streams, so a replicate differs from its pair by the change alone.

    Attributes
    ----------
    base : Run
        The run without the change.
    other : Run
        The run with it.
    """

    base: Run
    other: Run

    @cached_property
    def stocks(self) -> xr.DataArray:
        """Difference of stocks: (replicate, time, stage, group) int64, person."""
        return difference(self.base.stocks, self.other.stocks)

    @cached_property
    def flows(self) -> xr.DataArray:
        """Difference of flows: (replicate, time, flow, group) int64, person."""
        return difference(self.base.flows, self.other.flows)

    @property
    def unchanged(self) -> bool:
        """Whether stocks, flows and waits are the same in every replicate, to the bit."""
        both = [name for name in _COUNTED if name in self.base.data and name in self.other.data]
        return not any(bool((difference(self.base.data[n], self.other.data[n]) != 0).any()) for n in both)

    def effect(
        self,
        what: str = "flows",
        by: str = "month",
        *,
        quantiles: Sequence[float] = QUANTILES,
        groups: Literal["sum", "each"] = "sum",
    ) -> pd.DataFrame:
        """Return mean and quantiles over replicates of the paired difference, as a tidy table.

        Waits are compared in the replicates where somebody began service in both.

        Parameters
        ----------
        what : str, optional
            As in :func:`sojourn.results.summarise`.
        by : str, optional
            As in :func:`sojourn.results.summarise`.
        quantiles : Sequence[float], optional
            Between 0 and 1.
        groups : {"sum", "each"}, optional
            Add groups up, or return a row for each.

        Returns
        -------
        pandas.DataFrame
            Columns as :func:`sojourn.results.summarise` has them, and ``base``, the mean of the first run.

        Raises
        ------
        RunError
            R501 for an unknown option, R502 where recorded periods do not fit into the wanted ones.
        """
        first, second = (per_period(run, what, by, groups=groups) for run in (self.base, self.other))
        first, second = paired(first, second, missing=np.nan if what == "waits" else 0)
        table = spread(first.copy(data=second.values - first.values), quantiles)
        level = spread(first, ())
        table.insert(list(table.columns).index("mean"), "base", level["mean"])
        return table

    def to_frame(self, *, share: float = 0.01, people: float = 1.0) -> pd.DataFrame:
        """Return the shunting table: how far the change moved each stage, and when.

        Parameters
        ----------
        share : float, optional
            Least part of the base's mean that is material.
        people : float, optional
            Least difference that is material, persons.

        Returns
        -------
        pandas.DataFrame
            The columns of :func:`sojourn.results.shunting.shunting`.
        """
        return shunting(self, share=share, people=people)

    def __str__(self) -> str:
        head = (
            f"{self.other.provenance['name']} - {self.base.provenance['name']}: "
            f"{self.base.replicates} paired replicates, seed {self.base.seed}"
        )
        if self.unchanged:
            return f"{head}\nno difference in any replicate, period, stage or flow"
        return f"{head}\n{self.to_frame().to_string(index=False, na_rep='-', float_format='{:,.1f}'.format)}"


def compare(base: Run, other: Run) -> Comparison:
    """Pair two runs by replicate.

    A stage, flow, queue or group that only one of them has counts as empty in the other.

    Parameters
    ----------
    base : Run
        The run without the change.
    other : Run
        The run with it.

    Returns
    -------
    Comparison
        What ``other`` changed, as ``other`` - ``base``.

    Raises
    ------
    RunError
        R301 unless engine, seed, mode, parameters, people an agent stands for, replicates, recorded period and time
        agree.
    """
    with Collector(CODES, RunError, "the runs cannot be compared") as problems:
        same_facts(base, other, _FACTS, problems)
        same_along(base, other, _ALONG, problems)
    return Comparison(base, other)
