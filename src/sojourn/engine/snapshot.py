"""States on disk: arrays and facts in one file, NumPy's ``npz`` without pickles, written whole or not at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.codes import refuse
from sojourn.writing import drafted

__all__ = ["LAYOUT", "read_snapshot", "write_snapshot"]

LAYOUT = 1
"""Version of the layout on disk."""


def write_snapshot(path: str | Path, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Write facts and arrays to one file, whole or not at all.

    Parameters
    ----------
    path : str or Path
        The file to write.
    facts : Mapping[str, Any]
        What JSON can hold.
    arrays : Mapping[str, NDArray[Any]]
        Arrays by name.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ModelError
        M204 where the disk refuses; what was there before is left.
    """
    head = np.frombuffer(json.dumps({"layout": LAYOUT, **facts}).encode(), np.uint8)
    try:
        with drafted(path) as draft, draft.open("wb") as file:
            np.savez(file, allow_pickle=False, head=head, **arrays)
    except OSError as error:
        raise refuse("M204", str(path), "the disk refused the state", found=str(error)) from error
    return Path(path)


def read_snapshot(path: str | Path, engine: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return facts and arrays of a state of an engine.

    Parameters
    ----------
    path : str or Path
        A file written by :func:`write_snapshot`.
    engine : str
        The engine whose state is wanted.

    Returns
    -------
    tuple of dict
        Facts, and arrays by name.

    Raises
    ------
    ModelError
        M203 where the file holds no such state.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            facts = json.loads(stored["head"].tobytes().decode())
            arrays = {name: stored[name] for name in stored.files if name != "head"}
        if facts["layout"] != LAYOUT or facts["engine"] != engine:
            raise ValueError(f"layout {facts['layout']} of the {facts['engine']} engine")
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise refuse("M203", str(path), "no state can be read here", found=str(error)) from error
    return facts, arrays
