"""Figures in Parquet files: written in one order, so that equal figures give equal bytes, and read back."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.series.model import KEY, SCHEMA, conform
from sojourn.series.store.cells import Cells, find_cells
from sojourn.series.validation import key_codes

__all__ = ["read_release", "sha256", "write_figures"]

_SLICE = 500_000


def write_figures(table: pa.Table, path: Path) -> None:
    """Write figures to a Parquet file, in order of their keys: equal figures give equal bytes."""
    order = np.argsort(key_codes(table, KEY), kind="stable")
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", store_schema=True) as writer:
        for at in range(0, len(order), _SLICE):
            writer.write_table(conform(table.take(pa.array(order[at : at + _SLICE]))))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=64)
def read_release(path: str, _changed_ns: int, release: str | None) -> Cells:
    """Read a file of figures, or one release of it; cached until the file changes."""
    table = pq.read_table(path, use_threads=False)
    if release is not None:
        table = table.filter(pc.equal(table["release"].cast(pa.string()), release))
    return find_cells(conform(table))
