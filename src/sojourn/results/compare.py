"""What a change did: two runs under one seed, compared replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.errors import Collector
from sojourn.results.codes import CODES, RunError
from sojourn.results.shunting import shunting
from sojourn.results.summary import QUANTILES, per_period, spread

if TYPE_CHECKING:
    from sojourn.results.run import Run

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs paired by replicate; every difference is ``other`` - ``base``.

    Both runs draw from the same named streams, so a replicate differs from its pair by the change alone.
    """

    base: Run
    other: Run

    @cached_property
    def stocks(self) -> xr.DataArray:
        """Difference of stocks: (replicate, time, stage, group) int64, person."""
        return _difference(self.base.stocks, self.other.stocks)

    @cached_property
    def flows(self) -> xr.DataArray:
        """Difference of flows: (replicate, time, flow, group) int64, person."""
        return _difference(self.base.flows, self.other.flows)

    @property
    def unchanged(self) -> bool:
        """Whether stocks, flows and waits are the same in every replicate, to the bit."""
        waits = (_difference(self.base.data[name], self.other.data[name]) for name in ("wait_count", "wait_days"))
        return not any(bool((array != 0).any()) for array in (self.stocks, self.flows, *waits))

    def effect(
        self,
        what: str = "flows",
        by: str = "month",
        *,
        quantiles: Sequence[float] = QUANTILES,
        groups: Literal["sum", "each"] = "sum",
    ) -> pd.DataFrame:
        """Return mean and quantiles over replicates of the paired difference, as a tidy table.

        ``what`` and ``by`` are those of :func:`sojourn.results.summarise`; ``base`` is the mean of the first
        run. Waits are compared in the replicates where somebody began service in both. Raises
        :class:`~sojourn.results.codes.RunError` R501 and R502.
        """
        first, second = (per_period(run, what, by, groups=groups) for run in (self.base, self.other))
        first, second = paired(first, second, missing=np.nan if what == "waits" else 0)
        table = spread(first.copy(data=second.values - first.values), quantiles)
        level = spread(first, ())
        table.insert(list(table.columns).index("mean"), "base", level["mean"])
        return table

    def to_frame(self, *, share: float = 0.01, people: float = 1.0) -> pd.DataFrame:
        """Return the shunting table: how far the change moved each stage, and when.

        ``share`` and ``people`` say what is material; see :func:`sojourn.results.shunting.shunting`.
        """
        return shunting(self, share=share, people=people)

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
            return f"{head}\nno difference in any replicate, period, stage or flow"
        return f"{head}\n{self.to_frame().to_string(index=False, na_rep='-', float_format='{:,.1f}'.format)}"


def compare(base: Run, other: Run) -> Comparison:
    """Pair two runs by replicate: what ``other`` changed, as ``other`` - ``base``.

    A stage, flow, queue or group that only one of them has counts as empty in the other. Raises
    :class:`~sojourn.results.codes.RunError` R301 unless seed, mode, priors, replicates, recorded period and
    time agree.
    """
    with Collector(CODES, RunError, "the runs cannot be compared") as problems:
        for key in ("seed", "mode", "priors", "record", "step_days"):
            found = (base.provenance[key], other.provenance[key])
            if found[0] != found[1]:
                problems.add(
                    "R301",
                    key,
                    f"the runs have different {key.replace('_', ' ')}",
                    found=f"{found[0]} and {found[1]}",
                    remedy=f"simulate both with the same {key.replace('_', ' ')}",
                )
        for key in ("replicate", "time", "period_end"):
            first, second = base.data[key].values, other.data[key].values
            if not np.array_equal(first, second):
                problems.add(
                    "R301",
                    key,
                    "the runs have different replicates" if key == "replicate" else "the periods differ",
                    found=f"{_range(first)} and {_range(second)}",
                    remedy="simulate both with as many replicates, over the same time",
                )
    return Comparison(base, other)


def paired(base: xr.DataArray, other: xr.DataArray, missing: float = 0) -> tuple[xr.DataArray, xr.DataArray]:
    """Return both arrays along the names of both, in the order of the first.

    A name that only one of them has counts as ``missing`` in the other.
    """
    for dim in base.dims:
        if dim not in ("replicate", "time"):
            base, other = _widened(base, other, str(dim), missing), _widened(other, base, str(dim), missing)
            other = other.sel({dim: base[dim].values})
    return base, other


def _widened(array: xr.DataArray, by: xr.DataArray, dim: str, missing: float) -> xr.DataArray:
    """Return an array with the names of another added to its own, and what the other says of them."""
    new = np.flatnonzero(~np.isin(by[dim].values, array[dim].values))
    if not len(new):
        return array
    width = [(0, len(new) if name == dim else 0) for name in array.dims]
    coords = {
        name: (dim, np.concatenate([values, by[name].values[new]])) if dim in values.dims else values
        for name, values in array.coords.items()
    }
    padded = np.pad(array.values, width, constant_values=missing)
    return xr.DataArray(padded, dims=array.dims, coords=coords, name=array.name, attrs=array.attrs)


def _difference(base: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    base, other = paired(base, other)
    return base.copy(data=other.values - base.values)


def _range(values: np.ndarray) -> str:
    first, last = (str(values[i])[:10] for i in (0, -1))
    return f"{len(values)} from {first} to {last}"
