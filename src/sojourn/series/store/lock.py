"""One import at a time into a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sojourn.locking import HeldError, held
from sojourn.series.codes import refuse

__all__ = ["writing"]


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the right to write to ``folder``; raises DataError D501 at once when another process has it."""
    try:
        with held(folder / "lock"):
            yield
    except HeldError as err:
        raise refuse(
            "D501",
            str(folder),
            "another import is under way",
            found=err.holder,
            remedy="wait until it ends, then import again; nothing was changed",
        ) from err
