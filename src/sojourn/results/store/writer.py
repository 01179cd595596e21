"""Runs written block by block: each commit makes more replicates part of the run, or none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sojourn.results.store.digests import first_link, linked, of_array
from sojourn.results.store.files import ALONG, encoded, put, rows_of
from sojourn.results.store.header import Header, Rows

__all__ = ["Writer"]

BLOCK_BYTES = 16 * 2**20
"""Bytes of the replicates in a block: so much is read and checked together."""


class Writer:
    """Adds replicates to the run in a folder.

    Parameters
    ----------
    folder
        Where the run is, or will be.
    header
        Of the run that is prolonged; None for a new one.
    tail
        The replicates of its last block, where that is not full.
    wanted
        How many replicates the run is to have.
    """

    def __init__(
        self, folder: Path, wanted: int, header: Header | None = None, tail: xr.Dataset | None = None
    ) -> None:
        self.folder = folder
        self.wanted = wanted
        self.header = header
        self.tail = tail

    def add(self, part: xr.Dataset, provenance: Mapping[str, Any]) -> None:
        """Commit the next replicates; those that are part of the run already are passed over.

        Raises OSError where the disk refuses; the run is then what it was.
        """
        header = self.header if self.header is not None else _empty(part, provenance, self.wanted)
        part = part.isel({ALONG: part[ALONG].values >= header.first + header.replicates})
        if not part.sizes[ALONG] and self.header is not None:
            return
        if self.tail is not None:
            part = _joined(self.tail, part)
        names = rows_of(part)
        whole = header.replicates // header.block
        replicates = whole * header.block + part.sizes[ALONG]
        links = {name: [*row.links[:whole]] for name, row in header.rows.items()}
        chunks: dict[str, bytes] = {}
        described: dict[str, bytes] = {}
        for first in range(0, part.sizes[ALONG], header.block):
            rows = part.isel({ALONG: slice(first, first + header.block)}).load()
            for name in names:
                before = links[name][-1] if links[name] else _start(name, rows[name])
                links[name].append(linked(before, rows[name].values))
            new = self.header is None and not first
            block = rows if new else rows.drop_vars([n for n in rows.variables if n not in names])
            for key, content in encoded(block, header.block, whole + first // header.block, replicates).items():
                (described if key.endswith("zarr.json") else chunks)[key] = content
            put(self.folder, chunks)
            chunks.clear()
        described.pop("zarr.json", None)
        put(self.folder, described)
        after = replace(
            header,
            replicates=replicates,
            wanted=max(self.wanted, replicates),
            rows={name: replace(row, links=tuple(links[name])) for name, row in header.rows.items()},
        )
        self.commit(after)
        over = part.sizes[ALONG] % header.block
        self.tail = part.isel({ALONG: slice(-over, None)}).copy(deep=True) if over else None

    def commit(self, header: Header) -> None:
        """Put a header in place: the one moment of change."""
        put(self.folder, {"zarr.json": header.text().encode()})
        self.header = header


def _empty(data: xr.Dataset, provenance: Mapping[str, Any], wanted: int) -> Header:
    """Return the header of a run like ``data`` without any replicate."""
    names = rows_of(data)
    count = max(1, data.sizes[ALONG])
    bytes_each = sum(data[name].nbytes for name in names) / count
    rows = {name: Rows(data[name].dtype.newbyteorder("<").str, data[name].shape[1:], ()) for name in names}
    return Header(
        provenance=dict(provenance),
        first=int(data[ALONG].values[0]),
        replicates=0,
        wanted=wanted,
        block=int(np.clip(BLOCK_BYTES // max(1.0, bytes_each), 1, wanted)),
        rows=rows,
        fixed={str(n): of_array(data[n].values) for n in data.variables if n not in names},
    )


def _start(name: str, array: xr.DataArray) -> str:
    return first_link(name, array.dtype, [str(dim) for dim in array.dims], array.shape[1:])


def _joined(first: xr.Dataset, second: xr.Dataset) -> xr.Dataset:
    return xr.concat(
        [first, second],
        dim=ALONG,
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="exact",
        combine_attrs="override",
    )
