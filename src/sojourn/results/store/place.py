"""Where runs are written: one writer at a time, nothing replaced before the new run is whole, no remains."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sojourn.locking import HeldError, held
from sojourn.results.codes import RunError, refuse
from sojourn.results.store.header import is_run

__all__ = ["beside", "claimed", "exists", "install", "refused", "require_free", "restored"]

_OLD = ".old"


def exists(path: Path) -> bool:
    """Tell whether anything is at a path, a link that leads nowhere included."""
    return path.exists() or path.is_symlink()


def refused(path: Path, error: OSError, kept: str = "") -> RunError:
    """Return the error of a disk that refused, ready to raise; ``kept`` says what is safe."""
    remedy = kept or "make room, or choose another path; what was there before is unchanged"
    return refuse("R106", str(path), "the disk refused the run", found=error.strerror or str(error), remedy=remedy)


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Hold the right to write a run at ``path``, and clear away what killed processes left beside it.

    Raises
    ------
    RunError
        R106 where there is no such directory, R107 where another process has the right.
    """
    if not path.parent.is_dir():
        raise refuse("R106", str(path), "its directory does not exist", remedy=f"make {path.parent}")
    with ExitStack() as stack:
        try:
            stack.enter_context(held(path.with_name(f".{path.name}.lock")))
        except HeldError as error:
            raise refuse(
                "R107",
                str(path),
                "another process is writing there",
                found=error.holder,
                remedy="wait until it ends, or choose another path",
            ) from error
        except OSError as error:
            raise refused(path, error) from error
        _sweep(path)
        yield


def require_free(path: Path, *, force: bool) -> None:
    """Raise R105 unless a run may be put at ``path``: with ``force`` also where a run is."""
    if not exists(path) or (force and is_run(path)):
        return
    raise refuse(
        "R105",
        str(path),
        "a run is there already" if is_run(path) else "something other than a run is there already",
        remedy="choose another path, or replace the run with force" if is_run(path) else "choose another path",
    )


def beside(path: Path) -> Path:
    """Return a new hidden path beside ``path``, which is cleared away if it is left there."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")


def install(whole: Path, path: Path, *, force: bool) -> None:
    """Move a whole run to its place; with ``force``, the run that is there goes once the new one is in place.

    Raises
    ------
    RunError
        R105 where something else is there by now: the run is kept beside, and the message says where.
    """
    old = None
    try:
        if force and is_run(path):
            old = path.with_name(beside(path).name + _OLD)
            path.rename(old)
        elif exists(path):
            raise FileExistsError(17, "something is there")  # an empty directory would be replaced without a word
        whole.rename(path)
    except OSError as error:
        if old is not None and not exists(path):
            old.rename(path)
        kept = path.with_name(f"{path.stem}-{uuid.uuid4().hex[:8]}{path.suffix}")
        whole.rename(kept)
        raise refuse(
            "R105",
            str(path),
            "something else was put there while the run was written",
            found=error.strerror or str(error),
            remedy=f"the whole run is kept at {kept}",
        ) from error
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def restored(path: Path) -> None:
    """Put back the run that a process was replacing at ``path`` when it was killed, if there is one."""
    if exists(path) or not path.parent.is_dir() or not any(_left(path)):
        return
    try:
        with claimed(path):
            pass
    except RunError:  # being written now, or on a disk that is only read
        return


def _left(path: Path) -> Iterator[Path]:
    """Yield what writers of ``path`` that were killed left beside it."""
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}({re.escape(_OLD)})?")
    yield from (one for one in path.parent.iterdir() if name.fullmatch(one.name))


def _sweep(path: Path) -> None:
    for one in sorted(_left(path), key=lambda left: left.suffix != _OLD):
        if one.suffix == _OLD and not exists(path):
            one.rename(path)
        else:
            shutil.rmtree(one, ignore_errors=True)
