"""Digests of arrays: one link for each replicate, so that runs are checked block by block and prolonged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["first_link", "linked", "of_array"]

_BYTES = 16


def first_link(name: str, dtype: np.dtype[Any], dims: Sequence[str], shape: Sequence[int]) -> str:
    """Return the link before the first replicate: name, type and dimensions of the array, size of a replicate."""
    return _hash(json.dumps([name, _plain(dtype).str, list(dims), list(shape)]).encode()).hex()


def linked(link: str, rows: NDArray[Any]) -> str:
    """Return the link after some more replicates, which depends on all before it, but not on how they are split."""
    last = bytes.fromhex(link)
    for row in np.ascontiguousarray(rows, _plain(rows.dtype)):
        last = _hash(last, row.tobytes())
    return last.hex()


def of_array(values: NDArray[Any]) -> str:
    """Return the digest of an array that is the same for all replicates: text, times, numbers or truth values."""
    if not values.size:  # of which the type is not kept
        head, content = "nothing", b""
    elif values.dtype.kind in "OTU":
        head, content = "text", json.dumps(values.tolist()).encode()
    elif values.dtype.kind == "M":
        head, content = "time", values.astype("datetime64[ns]").astype("<i8").tobytes()
    else:
        head, content = _plain(values.dtype).str, np.ascontiguousarray(values, _plain(values.dtype)).tobytes()
    return _hash(json.dumps([head, list(values.shape)]).encode(), content).hex()


def _plain(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type in the byte order in which it is hashed."""
    return dtype.newbyteorder("<")


def _hash(*parts: bytes) -> bytes:
    made = hashlib.blake2b(digest_size=_BYTES)
    for part in parts:
        made.update(part)
    return made.digest()
