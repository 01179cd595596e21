"""A run that the user stopped: what was finished is kept."""

from __future__ import annotations

from typing import Any

__all__ = ["Interrupted"]


class Interrupted(KeyboardInterrupt):
    """The user stopped a run; ``run`` holds the finished replicates, or None if there are none."""

    def __init__(self, run: Any, wanted: int) -> None:
        self.run = run
        self.wanted = wanted
        super().__init__(f"{0 if run is None else run.replicates} of {wanted} replicates finished")
