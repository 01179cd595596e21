"""One writer at a time: a file lock that the operating system releases when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sojourn.series.codes import refuse

__all__ = ["writing"]

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the right to write to ``folder``; raises DataError D501 at once when another process has it."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _take(handle)
        except OSError as err:
            raise refuse(
                "D501",
                str(folder),
                "another import is under way",
                remedy="wait until it ends, then import again; nothing was changed",
            ) from err
        yield
    finally:
        os.close(handle)
