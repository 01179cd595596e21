"""Two runs side by side: whether they are pairs, arrays along the names of both, and differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sojourn.errors import Collector

if TYPE_CHECKING:
    from sojourn.results.run import Run

__all__ = ["difference", "paired", "same_along", "same_facts"]


def same_facts(base: Run, other: Run, keys: Sequence[str], problems: Collector) -> None:
    """Record R301 for each of ``keys`` of which the provenance of the runs says different things."""
    for key in keys:
        found = (base.provenance.get(key), other.provenance.get(key))
        if found[0] != found[1]:
            problems.add(
                "R301",
                key,
                f"the runs have different {key.replace('_', ' ')}",
                found=f"{found[0]} and {found[1]}",
                remedy=f"simulate both with the same {key.replace('_', ' ')}",
            )


def same_along(base: Run, other: Run, names: Sequence[str], problems: Collector) -> None:
    """Record R301 for each of the coordinates ``names`` that differs."""
    for name in names:
        first, second = base.data[name].values, other.data[name].values
        if not np.array_equal(first, second):
            problems.add(
                "R301",
                name,
                "the runs have different replicates" if name == "replicate" else "the periods differ",
                found=f"{_range(first)} and {_range(second)}",
                remedy="simulate both with as many replicates, over the same time",
            )


def difference(base: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    """Return ``other`` - ``base`` along the names of both."""
    base, other = paired(base, other)
    return base.copy(data=other.values - base.values)


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


def _range(values: np.ndarray) -> str:
    first, last = (str(values[i])[:10] for i in (0, -1))
    return f"{len(values)} from {first} to {last}"
