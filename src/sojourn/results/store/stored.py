"""Arrays on disk with a row for each replicate, read when they are used, and checked against their digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xarray.backends import BackendArray
from xarray.core import indexing

from sojourn.results.store.digests import first_link, linked
from sojourn.results.store.header import Header, damaged

__all__ = ["Stored"]


class Stored(BackendArray):
    """An array of a stored run: each block is compared with its digest when it is first read.

    Raises RunError R104 where a block cannot be read, or is not what was written.
    """

    def __init__(self, path: Path, header: Header, name: str, dims: tuple[str, ...]) -> None:
        import zarr

        rows = header.rows[name]
        self.path, self.name, self.block = path, name, header.block
        self.shape = (header.replicates, *rows.shape)
        self.dtype = np.dtype(rows.dtype)
        self.before = (first_link(name, self.dtype, dims, rows.shape), *rows.links)
        self.checked: set[int] = set()
        try:
            self.array = zarr.open_array(path / name, mode="r", zarr_format=3)
        except (OSError, ValueError, TypeError, KeyError, RuntimeError, RecursionError) as error:
            raise damaged(path, f"{name} cannot be read", str(error)[:200]) from error
        chunks = (self.block, *rows.shape)
        fits = self.array.shape[1:] == rows.shape and self.array.shape[0] >= header.replicates
        if (named := getattr(self.array.metadata, "dimension_names", None)) != dims:
            raise damaged(path, f"{name} is not what was written", f"dimensions {named}")
        if not fits or self.array.dtype != self.dtype or (0 not in self.shape and self.array.chunks != chunks):
            found = f"{self.array.shape} {self.array.dtype}"
            raise damaged(path, f"{name} is not what was written", found)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """Return part of the array."""
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._part)

    def _part(self, key: tuple[Any, ...]) -> NDArray[Any]:
        row, rest = key[0], key[1:]
        if isinstance(row, (int, np.integer)):
            return np.asarray(self._rows(int(row) // self.block)[int(row) % self.block][rest])
        wanted = np.arange(self.shape[0])[row]
        sample = np.empty(self.shape[1:], self.dtype)[rest]
        out = np.empty((len(wanted), *sample.shape), self.dtype)
        for number in np.unique(wanted // self.block) if out.size else ():
            here = np.flatnonzero(wanted // self.block == number)
            rows = self._rows(int(number))[wanted[here] - number * self.block]
            out[here] = rows[(slice(None), *rest)]
        return out

    def _rows(self, number: int) -> NDArray[Any]:
        """Return the rows of a block, checked."""
        first = number * self.block
        last = min(first + self.block, self.shape[0])
        try:
            rows = np.asarray(self.array[first:last])
        except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
            raise damaged(self.path, f"{self.name} cannot be read", str(error)[:200]) from error
        if number not in self.checked:
            if linked(self.before[number], rows) != self.before[number + 1]:
                raise damaged(
                    self.path,
                    f"{self.name} is not what was written",
                    f"other values in replicates {first} to {last - 1}",
                )
            self.checked.add(number)
        return rows
