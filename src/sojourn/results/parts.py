"""Parts of a run put together: replicates that follow one another, of one scenario, seed and version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sojourn.errors import Problem
from sojourn.results import store
from sojourn.results.codes import RunError, refuse
from sojourn.results.run import Run, open_run

__all__ = ["concat", "require_same"]

_BATCH_BYTES = 64 * 2**20
_SHOWN = 60  # characters of a value that differs


def concat(parts: Sequence[Run], out: str | Path | None = None, *, force: bool = False) -> Run:
    """Return one run of the replicates of all parts, the same to the bit as if it had been made at once.

    Parameters
    ----------
    parts : sequence of Run
        Runs of one scenario, seed, settings and versions, in any order. Their replicates must follow one another,
        as those of ``simulate(first=...)`` do.
    out : str or Path, optional
        Write the run to this path, part by part, so that it need not fit into memory.
    force : bool
        Replace a run that is at ``out``.

    Returns
    -------
    Run
        All replicates in order; lazy where it was written to ``out`` and is large.

    Raises
    ------
    RunError
        R201 where the parts are not of one run, and what differs; R202 where they overlap or leave a gap; R105 to
        R107 where the run cannot be written.
    ValueError
        Where there are no parts.
    """
    if not parts:
        raise ValueError("no parts to put together")
    ordered = sorted(parts, key=lambda part: part.first)
    for part in ordered[1:]:
        require_same(ordered[0].provenance, part.provenance)
        _require_same_labels(ordered[0], part)
    _require_all(ordered)
    count = sum(part.replicates for part in ordered)
    wanted = max(part.first + part.replicates + part.missing for part in ordered) - ordered[0].first
    provenance = ordered[0].provenance
    if out is not None:
        store.write(_batches(ordered), provenance, Path(out), wanted=wanted, force=force)
        return open_run(out)
    if len(ordered) == 1:
        return ordered[0]
    data = xr.concat(
        [part.data for part in ordered],
        dim="replicate",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="exact",
        combine_attrs="override",
    )
    return Run(data, provenance, wanted - count)


def require_same(base: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Raise RunError R201 unless two provenances are the same, with every entry in which they differ.

    Parameters
    ----------
    base, other : mapping
        Provenance of two runs.

    Raises
    ------
    RunError
        R201, a problem for each entry that differs.
    """
    problems = [
        Problem(
            "R201",
            name,
            "the parts come from different runs",
            found=_shown(other.get(name)),
            allowed=_shown(base.get(name)),
            remedy="put together runs of one scenario with the same seed, settings and versions",
        )
        for name in sorted({*base, *other})
        if base.get(name) != other.get(name)
    ]
    if problems:
        raise RunError(problems)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 4]} ..."


def _require_same_labels(base: Run, other: Run) -> None:
    """Raise RunError R201 unless what is the same for all replicates is the same for two parts."""
    one, two = (
        part.data.drop_vars([n for n, v in part.data.variables.items() if "replicate" in v.dims])
        for part in (base, other)
    )
    kinds = {str(name): array.dtype for name, array in base.data.data_vars.items()}
    others = {str(name): array.dtype for name, array in other.data.data_vars.items()}
    if kinds != others or not one.identical(two):
        names = {str(name) for name in {*one.variables, *two.variables}}
        odd = [
            name
            for name in sorted(names)
            if name not in one or name not in two or not one[name].identical(two[name])
        ]
        odd += sorted(name for name in kinds.keys() | others.keys() if kinds.get(name) != others.get(name))
        raise refuse("R201", ", ".join(dict.fromkeys(odd)), "the parts come from different runs")


def _require_all(parts: Sequence[Run]) -> None:
    """Raise RunError R202 unless the replicates of the parts, in order, follow one another."""
    numbers = np.concatenate([part.data["replicate"].values for part in parts])
    if not np.array_equal(numbers, np.arange(numbers[0], numbers[0] + len(numbers))):
        spans = (part.data["replicate"].values[[0, -1]] for part in parts)
        raise refuse(
            "R202",
            "replicate",
            "the replicates of the parts do not follow one another",
            found=", ".join(f"{first} to {last}" for first, last in spans),
        )


def _batches(parts: Sequence[Run]) -> Iterator[xr.Dataset]:
    """Yield the data of all parts, so many replicates at a time as are held in memory."""
    for part in parts:
        size = max(1, _BATCH_BYTES * part.replicates // max(1, part.data.nbytes))
        for first in range(0, part.replicates, size):
            yield part.data.isel(replicate=slice(first, first + size)).load()
