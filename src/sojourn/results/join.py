"""Parts of a run put together: replicates that follow one another, of one scenario, seed and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sojourn.results.codes import refuse

if TYPE_CHECKING:
    from sojourn.results.run import Run

__all__ = ["joined"]


def joined(parts: Sequence[Run]) -> tuple[xr.Dataset, Mapping[str, Any]]:
    """Return data and provenance of all parts together; they must follow one another in number.

    Raises :class:`~sojourn.results.codes.RunError` R201 where the parts are not of one run, R202 where they
    overlap or leave a gap, and ValueError where there are none.
    """
    if not parts:
        raise ValueError("no parts to join")
    ordered = sorted(parts, key=lambda part: int(part.data["replicate"].values[0]))
    _require_one_run(ordered)
    if len(ordered) == 1:
        return ordered[0].data, ordered[0].provenance
    data = xr.concat(
        [part.data for part in ordered],
        dim="replicate",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="exact",
        combine_attrs="override",
    )
    return data, ordered[0].provenance


def _require_one_run(parts: Sequence[Run]) -> None:
    """Raise unless the parts say the same of themselves, and their replicates follow one another."""
    whole = parts[0].provenance
    differing = sorted(
        {key for part in parts for key in {*whole, *part.provenance} if whole.get(key) != part.provenance.get(key)}
    )
    if differing:
        raise refuse(
            "R201",
            ", ".join(differing),
            "the parts come from different runs",
            remedy="join runs of one scenario with the same seed, settings and versions",
        )
    numbers = np.concatenate([part.data["replicate"].values for part in parts])
    if not np.array_equal(numbers, np.arange(numbers[0], numbers[0] + len(numbers))):
        spans = (part.data["replicate"].values[[0, -1]] for part in parts)
        raise refuse(
            "R202",
            "replicate",
            "the replicates of the parts do not follow one another",
            found=", ".join(f"{first} to {last}" for first, last in spans),
        )
