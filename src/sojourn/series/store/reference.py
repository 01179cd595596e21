"""The reference figures that ship with the package, as entries of the store."""

from __future__ import annotations

import contextlib
import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sojourn.series.model import measures
from sojourn.series.store.entries import Entry

__all__ = ["reference_entries", "reference_extent"]


def reference_entries() -> tuple[Entry, ...]:
    """Return one entry for each release of the reference figures."""
    folder = files("sojourn") / "library" / "figures"
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return _read_descriptor(str(folder))
    return ()


def reference_extent(measure: str) -> dict[str, Any] | None:
    """Return how far the reference figures of a measure reach, as their descriptor says, or None."""
    folder = str(files("sojourn") / "library" / "figures")
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return _extents(folder).get(measure)
    return None


@lru_cache(maxsize=1)
def _extents(folder: str) -> dict[str, dict[str, Any] | None]:
    """Return how far the reference figures of every measure reach."""
    return {resource["name"]: resource.get("extent") for resource in _descriptor(folder)["resources"]}


@lru_cache(maxsize=1)
def _descriptor(folder: str) -> dict[str, Any]:
    """Read the descriptor of the reference figures."""
    package: dict[str, Any] = json.loads((Path(folder) / "datapackage.json").read_text(encoding="utf-8"))
    return package


@lru_cache(maxsize=1)
def _read_descriptor(folder: str) -> tuple[Entry, ...]:
    """Read what the reference figures hold from their descriptor, without opening the figures."""
    package = _descriptor(folder)
    return tuple(
        Entry(
            resource["name"],
            held["release"],
            held["rows"],
            held["start"],
            held["end"],
            str(Path(folder) / resource["path"]),
            "shipped",
            resource["path"],
            held["digest"],
            "",
            "shipped",
        )
        for resource in package["resources"]
        if resource["name"] in measures()
        for held in resource["releases"]
    )
