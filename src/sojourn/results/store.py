"""Runs on disk: a zarr version 3 directory, written beside its place and then renamed into it."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sojourn.results.codes import refuse
from sojourn.results.dims import COORDINATES, VARIABLES, required
from sojourn.results.provenance import lacking

__all__ = ["LAYOUT", "read", "write"]

LAYOUT = 3
"""Version of the layout on disk."""

_CHUNK_BYTES = 32 * 2**20


def write(data: xr.Dataset, provenance: Mapping[str, Any], path: Path, *, force: bool) -> Path:
    """Write a dataset and its provenance to ``path`` and return the path.

    Raises :class:`~sojourn.results.codes.RunError` R105 where something is there already (with ``force``:
    something that is not a run), R106 where the disk refuses.
    """
    taken = path.exists() or path.is_symlink()
    if taken and not (force and _is_run(path)):
        raise refuse(
            "R105",
            str(path),
            "a run is there already" if _is_run(path) else "something other than a run is there already",
            remedy="choose another path, or replace the run with force" if _is_run(path) else "choose another path",
        )
    if not path.parent.is_dir():
        raise refuse("R106", str(path), "its directory does not exist", remedy=f"make {path.parent}")
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        _plain(data, provenance).to_zarr(
            beside, mode="w-", zarr_format=3, consolidated=False, encoding=_encoding(data)
        )
        if taken:
            old = path.with_name(beside.name + ".old")
            path.rename(old)
            beside.rename(path)
            shutil.rmtree(old)
        else:
            beside.rename(path)
    except OSError as error:
        raise refuse("R106", str(path), "the disk refused the run", found=str(error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return path


def read(path: Path) -> tuple[xr.Dataset, dict[str, Any]]:
    """Return the dataset at ``path``, in memory, and its provenance.

    The dataset must have all variables and coordinates that are not optional, the provenance all entries of its
    engine. Raises :class:`~sojourn.results.codes.RunError` R101 to R104.
    """
    if not path.exists():
        raise refuse("R101", str(path), "there is nothing here")
    if not _is_run(path):
        raise refuse("R102", str(path), "this is not a run", allowed="a directory written by `Run.save`")
    layout, provenance = _header(path)
    if layout != LAYOUT:
        raise refuse(
            "R103",
            str(path),
            "the layout is not known",
            found=str(layout),
            allowed=str(LAYOUT),
            remedy="open it with the version of Sojourn that wrote it, or simulate again",
        )
    try:
        # Only version 3 is read: version 2 may hold pickles.
        data = xr.open_zarr(path, zarr_format=3, consolidated=False, chunks=None).load()
    except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise refuse("R104", str(path), "the arrays cannot be read", found=str(error)) from error
    needed = required(VARIABLES.values()) | required(COORDINATES.values())
    if missing := [*sorted(needed - set(map(str, data.variables))), *lacking(provenance)]:
        raise refuse("R104", str(path), "the run is incomplete", found=f"no {', '.join(missing)}")
    text = {
        name: (c.dims, np.array(c.values.tolist(), dtype=np.str_), c.attrs)
        for name, c in data.coords.items()
        if c.dtype.kind in "OT"
    }
    return data.assign_coords(text).drop_encoding().drop_attrs(deep=False), provenance


def _plain(data: xr.Dataset, provenance: Mapping[str, Any]) -> xr.Dataset:
    """Return the dataset as zarr version 3 specifies it: text of variable length, attributes in JSON."""
    text = {n: c.astype(object) for n, c in data.coords.items() if c.dtype.kind == "U"}
    return data.assign_coords(text).assign_attrs(
        sojourn_run=LAYOUT, provenance=json.dumps(dict(provenance), sort_keys=True)
    )


def _encoding(data: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return chunks of some tens of megabytes, cut between replicates, and fixed units of time."""
    encoding: dict[str, dict[str, Any]] = {}
    for name, array in data.data_vars.items():
        if array.size and array.dims[0] == "replicate":
            replicates = max(1, int(_CHUNK_BYTES * array.shape[0] // max(1, array.nbytes)))
            encoding[str(name)] = {"chunks": (min(replicates, array.shape[0]), *array.shape[1:])}
    for name in ("time", "period_end"):
        encoding[name] = {"units": "seconds since 1970-01-01", "dtype": "int64"}
    return encoding


def _attributes(path: Path) -> Mapping[str, Any]:
    import zarr  # a fifth of a second, for those who save or open a run

    return dict(zarr.open_group(path, mode="r", zarr_format=3).attrs)


def _is_run(path: Path) -> bool:
    try:
        attributes = _attributes(path)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return "sojourn_run" in attributes


def _header(path: Path) -> tuple[object, dict[str, Any]]:
    """Return the version of the layout and the provenance."""
    attributes = _attributes(path)
    try:
        provenance = json.loads(str(attributes["provenance"]))
    except (KeyError, ValueError) as error:
        raise refuse("R104", str(path), "the provenance cannot be read", found=str(error)) from error
    if not isinstance(provenance, dict):
        raise refuse("R104", str(path), "the provenance cannot be read", found=type(provenance).__name__)
    return attributes["sojourn_run"], provenance
