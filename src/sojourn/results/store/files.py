"""A run as files: a zarr version 3 group whose chunks are cut between replicates, which others can open too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from sojourn.writing import flush, replace_all

__all__ = ["ALONG", "chunk_name", "encoded", "put", "rows_of"]

ALONG = "replicate"
"""The dimension along which runs are cut and prolonged."""

_CHUNK_NAMES = {"name": "default", "configuration": {"separator": "."}}  # one file, no folders to flush


def rows_of(data: xr.Dataset) -> tuple[str, ...]:
    """Return the names of variables and coordinates that have a row for each replicate."""
    return tuple(str(name) for name, variable in data.variables.items() if ALONG in variable.dims)


def chunk_name(name: str, block: int, dims: int) -> str:
    """Return the path of a chunk of an array with so many dimensions, the first along replicates."""
    return f"{name}/c.{'.'.join(map(str, (block, *[0] * (dims - 1))))}"


def encoded(data: xr.Dataset, block: int, number: int, replicates: int) -> dict[str, bytes]:
    """Return the files of one block of replicates by path: chunks first, then what describes each array.

    Parameters
    ----------
    data
        At most ``block`` replicates; with arrays that are the same for all, or without.
    block
        Replicates in a chunk.
    number
        The block, counted from 0.
    replicates
        Replicates of the run once these are part of it.
    """
    from zarr.storage import MemoryStore  # a fifth of a second, for those who save or open a run

    made: dict[str, Any] = {}
    encoding: dict[str, dict[str, Any]] = {}
    for name, variable in data.variables.items():
        if ALONG in variable.dims and variable.size:
            encoding[str(name)] = {"chunks": (block, *variable.shape[1:])}
    for name in {"time", "period_end"} & set(map(str, data.variables)):
        encoding[name] = {"units": "seconds since 1970-01-01", "dtype": "int64"}
    text = {n: c.astype(object) for n, c in data.coords.items() if c.dtype.kind == "U"}
    data.assign_coords(text).to_zarr(
        MemoryStore(made), mode="w", zarr_format=3, consolidated=False, encoding=encoding, write_empty_chunks=True
    )
    chunks, described = {}, {}
    for key, content in made.items():
        name, _, rest = key.partition("/")
        if rest == "zarr.json":
            along = data[name].dims[:1] == (ALONG,)
            described[key] = _described(json.loads(content.to_bytes()), replicates if along else None)
        elif rest:
            index = rest.split("/")[1:]
            if data[name].dims[:1] == (ALONG,):
                index[0] = str(number)
            chunks[f"{name}/c.{'.'.join(index)}" if index else f"{name}/c"] = content.to_bytes()
    return chunks | described


def _described(array: dict[str, Any], replicates: int | None) -> bytes:
    if replicates is not None:
        array["shape"][0] = replicates
    array["chunk_key_encoding"] = _CHUNK_NAMES
    return json.dumps(array, indent=1).encode()


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files to a run, each whole, and have the disk keep them; raises OSError."""
    new = {one for key in files for one in (folder / key).parents if not one.is_dir()}
    for one in sorted(new):
        one.mkdir(exist_ok=True)
    replace_all({folder / key: content for key, content in files.items()})
    for one in {made.parent for made in new}:
        flush(one)
