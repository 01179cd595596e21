"""Runs on disk: a zarr version 3 directory that grows block by block, each committed whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from sojourn.results.store.growing import Growing, growing
from sojourn.results.store.header import LAYOUT
from sojourn.results.store.place import beside, claimed, install, refused, require_free, restored
from sojourn.results.store.reading import read as _read
from sojourn.results.store.writer import Writer

__all__ = ["LAYOUT", "Growing", "growing", "read", "write"]


def write(
    parts: Iterable[xr.Dataset], provenance: Mapping[str, Any], path: Path, *, wanted: int, force: bool
) -> Path:
    """Write the parts of a run, in order of replicates, to ``path``, whole or not at all, and return the path.

    Raises
    ------
    RunError
        R105 where something is there already (with ``force``: something that is not a run), R106 where the disk
        refuses, R107 where another process writes there.
    """
    with claimed(path):
        require_free(path, force=force)
        made = beside(path)
        try:
            writer = Writer(made, wanted)
            for part in parts:
                writer.add(part, provenance)
            install(made, path, force=force)
        except OSError as error:
            raise refused(path, error) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return path


def read(path: Path) -> tuple[xr.Dataset, dict[str, Any], int]:
    """Return the dataset at ``path``, its provenance, and how many replicates are missing.

    A run that a killed process was about to replace is put back first. Raises RunError R101 to R104.
    """
    restored(path)
    return _read(path)
