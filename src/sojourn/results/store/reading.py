"""Stored runs opened: checked against their digests, small ones at once, large ones as they are used."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from xarray.core import indexing

from sojourn.results.codes import refuse
from sojourn.results.dims import COORDINATES, VARIABLES, required
from sojourn.results.provenance import lacking
from sojourn.results.store.digests import of_array
from sojourn.results.store.files import ALONG, chunk_name
from sojourn.results.store.header import Header, damaged, read_header
from sojourn.results.store.stored import Stored
from sojourn.writing import PART

__all__ = ["read"]

IN_MEMORY = 256 * 2**20
"""Bytes of a run up to which it is read, and checked, when it is opened."""

_MAX_FIXED = 256 * 2**20  # bytes of a file that is the same for all replicates
_ROOM = 2**20  # bytes by which a file may exceed what it holds


def read(path: Path) -> tuple[xr.Dataset, dict[str, Any], int]:
    """Return the dataset at ``path``, its provenance, and how many replicates are missing.

    The dataset must have all variables and coordinates that are not optional, the provenance all entries of its
    engine. Beyond :data:`IN_MEMORY` bytes, arrays are read when they are used.

    Raises
    ------
    RunError
        R101 to R104; of large runs, R104 also when an array is first used.
    """
    if not path.exists():
        raise refuse("R101", str(path), "there is nothing here")
    header = read_header(path)
    known = set(header.rows) | set(header.fixed)
    needed = required(VARIABLES.values()) | required(COORDINATES.values())
    if missing := [*sorted(needed - known), *lacking(header.provenance)]:
        raise damaged(path, "the run is incomplete", f"no {', '.join(missing)}")
    if unknown := sorted(known - set(VARIABLES) - set(COORDINATES)):
        raise damaged(path, "the run has arrays that no run has", ", ".join(unknown))
    _require_plain_files(path, header)
    data = _fixed(path, header)
    arrays = {name: Stored(path, header, name, _dims(name)) for name in header.rows}
    lazy = {
        name: xr.Variable(_dims(name), indexing.LazilyIndexedArray(array))
        for name, array in arrays.items()
        if name != ALONG
    }
    numbers = np.asarray(arrays[ALONG][indexing.BasicIndexer((slice(None),))])
    if not np.array_equal(numbers, np.arange(header.first, header.first + header.replicates)):
        raise damaged(path, "the replicates are not those that were written")
    data = data.assign(lazy).assign_coords({ALONG: (ALONG, numbers)})
    if data.nbytes <= IN_MEMORY:
        data = data.load()
    return _named(data), dict(header.provenance), header.wanted - header.replicates


def _dims(name: str) -> tuple[str, ...]:
    return VARIABLES[name].dims if name in VARIABLES else (COORDINATES[name].dim,)


def _named(data: xr.Dataset) -> xr.Dataset:
    """Return the dataset with variables in the order and with the units and names of the tables."""
    for name, array in data.variables.items():
        if name in VARIABLES:
            known = VARIABLES[str(name)]
            array.attrs = {"units": known.unit, "long_name": known.long_name}
        else:
            along = COORDINATES[str(name)]
            array.attrs = {"long_name": along.long_name} | ({"units": along.unit} if along.unit else {})
    return data


def _fixed(path: Path, header: Header) -> xr.Dataset:
    """Return the arrays that are the same for all replicates, checked."""
    try:
        # Only version 3 is read: version 2 may hold pickles.
        with warnings.catch_warnings():
            # Drafts that a killed process left are no part of the run.
            warnings.filterwarnings("ignore", message=r"Object at .* is not recognized as a component of a Zarr")
            data: xr.Dataset = xr.open_zarr(
                path, zarr_format=3, consolidated=False, chunks=None, drop_variables=[ALONG, *header.rows]
            ).load()
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, RecursionError, MemoryError) as error:
        raise damaged(path, "the arrays cannot be read", f"{type(error).__name__}: {error}"[:200]) from error
    found = {str(name) for name in data.variables}
    if found != set(header.fixed):
        odd = ", ".join(sorted(found ^ set(header.fixed)))
        raise damaged(path, "arrays are missing, or were added", odd)
    data = data.set_coords([name for name in found if name in COORDINATES])
    text = {
        name: (c.dims, np.array(c.values.tolist(), dtype=np.str_))
        for name, c in data.coords.items()
        if c.dtype.kind in "OT"
    }
    data = data.assign_coords(text).drop_encoding().drop_attrs(deep=False)
    for name, digest in header.fixed.items():
        if tuple(data[name].dims) != _dims(name) or of_array(data[name].values) != digest:
            raise damaged(path, f"{name} is not what was written")
    return data


def _require_plain_files(path: Path, header: Header) -> None:
    """Raise unless all chunks are there, and everything is a plain file of a size that it may have."""
    sizes: dict[str, int] = {}
    for entry, place in _entries(path, ""):
        kind = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(kind.st_mode):
            raise damaged(path, "a file of the run is no plain file", place)
        sizes[place] = kind.st_size
    for name, row in header.rows.items():
        bytes_of_block = header.block * int(np.prod(row.shape, dtype=np.int64)) * np.dtype(row.dtype).itemsize
        blocks = -(-header.replicates // header.block) if bytes_of_block else 0
        for number in range(blocks):
            chunk = chunk_name(name, number, len(row.shape) + 1)
            if chunk not in sizes:
                raise damaged(path, "part of the run is missing", chunk)
            if sizes.pop(chunk) > 2 * bytes_of_block + _ROOM:
                raise damaged(path, "a file of the run is larger than what it holds", chunk)
    for place, size in sizes.items():
        if size > _MAX_FIXED:
            raise damaged(path, "a file of the run is larger than what it holds", place)


def _entries(folder: Path, prefix: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Yield every file below a folder with its path in it; drafts that a killed process left are passed over."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(PART):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield entry, prefix + entry.name
