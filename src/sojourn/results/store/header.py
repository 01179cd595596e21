"""The header of a stored run: its provenance, which replicates are whole, and the digest of every array.

It stands in the attributes of the zarr group, in one file, and replacing that file is what makes replicates part of
a run: what the header does not name is not there.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.results.codes import RunError, refuse

__all__ = ["LAYOUT", "Header", "Rows", "damaged", "is_run", "read_header"]

LAYOUT = 4
"""Version of the layout on disk."""

_FILE = "zarr.json"
_DIGEST_BYTES = 16
_MAX_BYTES = 256 * 2**20  # of a header; a scenario and ten thousand blocks have a few megabytes


@dataclass(frozen=True)
class Rows:
    """An array with a row for each replicate: type, size of a row, and the link of its digest after each block."""

    dtype: str
    shape: tuple[int, ...]
    links: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """What a stored run says of itself.

    ``block`` replicates at most stand in one chunk of every array of ``rows``; ``fixed`` are the digests of the
    arrays that are the same for all replicates. ``wanted`` replicates were asked for.
    """

    provenance: Mapping[str, Any]
    first: int
    replicates: int
    wanted: int
    block: int
    rows: Mapping[str, Rows]
    fixed: Mapping[str, str]

    def text(self) -> str:
        """Return the file that holds the header."""
        stored = {name: value for name, value in asdict(self).items() if name != "provenance"}
        provenance = json.dumps(dict(self.provenance), sort_keys=True)
        attributes = {
            "sojourn_run": LAYOUT,
            "provenance": provenance,
            "stored": stored,
            "seal": _seal(provenance, stored),
        }
        return json.dumps(
            {"attributes": attributes, "zarr_format": 3, "node_type": "group"}, indent=1, sort_keys=True
        )


def damaged(path: Path, message: str, found: str = "") -> RunError:
    """Return the error of a run that cannot be read, ready to raise."""
    remedy = "restore it from a copy, or simulate it again"
    return refuse("R104", str(path), message, found=found, remedy=remedy)


def is_run(path: Path) -> bool:
    """Tell whether there is a run of any layout at a path."""
    return "sojourn_run" in _attributes(path)


def read_header(path: Path) -> Header:
    """Return the header of the run at ``path``, which is there.

    Raises
    ------
    RunError
        R102 to R104 where there is none, or one of another layout, or one that was changed.
    """
    attributes = _attributes(path)
    if "sojourn_run" not in attributes:
        raise refuse("R102", str(path), "this is not a run", allowed="a directory written by `Run.save`")
    if attributes["sojourn_run"] != LAYOUT:
        raise refuse(
            "R103",
            str(path),
            "the layout is not known",
            found=str(attributes["sojourn_run"])[:80],
            allowed=str(LAYOUT),
            remedy="open it with the version of Sojourn that wrote it, or simulate again",
        )
    try:
        provenance, stored = attributes["provenance"], attributes["stored"]
        if attributes["seal"] != _seal(provenance, stored):
            raise damaged(path, "the header was changed", "a seal that does not fit")
        rows = {
            name: Rows(row["dtype"], tuple(row["shape"]), tuple(row["links"]))
            for name, row in stored["rows"].items()
        }
        header = Header(**{**stored, "rows": rows, "provenance": dict(json.loads(provenance))})
        _require_sense(header)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, "the header cannot be read", f"{type(error).__name__}: {error}"[:200]) from error
    return header


def _attributes(path: Path) -> Mapping[str, Any]:
    """Return the attributes of the zarr group at ``path``; none where there is no such group."""
    file = path / _FILE
    try:
        kind = file.lstat()
        if not stat.S_ISREG(kind.st_mode) or kind.st_size > _MAX_BYTES:
            return {}
        group = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    attributes = group.get("attributes") if isinstance(group, dict) else None
    return attributes if isinstance(attributes, dict) else {}


def _require_sense(header: Header) -> None:
    """Raise ValueError or TypeError for sizes and types that no run has."""
    sizes = (header.first, header.replicates - 1, header.wanted - header.replicates, header.block - 1)
    if any(type(size) is not int or size < 0 for size in sizes):
        raise ValueError("no such numbers of replicates")
    blocks = -(-header.replicates // header.block)
    for name, row in header.rows.items():
        if len(row.links) != blocks or any(len(bytes.fromhex(link)) != _DIGEST_BYTES for link in row.links):
            raise ValueError(f"{name} has digests of other blocks")
        if np.dtype(row.dtype).kind not in "if" or any(type(size) is not int or size < 0 for size in row.shape):
            raise ValueError(f"{name} is of no type or size that a run has")


def _seal(provenance: str, stored: Mapping[str, Any]) -> str:
    """Return the digest of the header itself."""
    text = json.dumps([provenance, stored], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
