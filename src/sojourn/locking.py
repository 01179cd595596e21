"""One writer at a time: a file lock that the operating system releases when its holder ends, however it ends."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["HeldError", "held"]

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, 1 << 30, os.SEEK_SET)  # beyond the text, which others may then read
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class HeldError(Exception):
    """Another process has the lock; ``holder`` says which.

    Parameters
    ----------
    holder : str
        Which process it is.
    """

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(f"held by {holder}")


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of the file ``path``, which is there only as long as somebody holds it.

    Parameters
    ----------
    path : pathlib.Path
        The file; it is made and removed.

    Yields
    ------
    None
        While the lock is held.

    Raises
    ------
    HeldError
        At once, when another process, or another part of this one, holds it.
    OSError
        Where the file cannot be made.
    """
    handle = _locked(path)
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        with suppress(OSError):  # elsewhere, an open file cannot be removed: it is locked and removed the next time
            path.unlink(missing_ok=True)
        os.close(handle)


def _locked(path: Path) -> int:
    """Return a locked handle of the file that is at ``path`` now, not of one that its last holder removed."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(handle)
        except OSError as error:
            holder = _holder(handle)
            os.close(handle)
            raise HeldError(holder) from error
        try:
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)


def _holder(handle: int) -> str:
    """Return what the holder says of itself; it may not have written it yet."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        said = os.read(handle, 200).decode("utf-8", "replace")
    except OSError:
        said = ""
    return said or "another process"
