"""A run that was stopped: what was finished is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["Interrupted"]


class Interrupted(Exception):
    """A run was stopped, by Ctrl-C or by its cancel token.

    Attributes
    ----------
    run : Run or None
        The finished replicates, or None if there are none.
    wanted : int
        The number of replicates asked for.
    path : Path or None
        Where the finished replicates are kept, if the run was being written.
    """

    def __init__(self, run: Any, wanted: int, path: Path | None = None) -> None:
        self.run = run
        self.wanted = wanted
        self.path = path
        super().__init__(f"{0 if run is None else run.replicates} of {wanted} replicates finished")
