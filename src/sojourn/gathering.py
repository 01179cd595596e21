"""Finished replicates gathered into a run: in memory, or at a path, where they are safe while others are made."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sojourn.errors import SojournError
from sojourn.executor import Progress, Stopped
from sojourn.results import Interrupted, Run, open_run
from sojourn.results.parts import require_same
from sojourn.results.store import Growing, growing

__all__ = ["BATCH_BYTES", "Recorder", "gather", "growing_at", "require_resumable", "unfinished"]

BATCH_BYTES = 64 * 2**20
"""Bytes of finished replicates after which they are committed."""

SECONDS = 3.0
"""Time after which finished replicates are committed, if they are not so many before."""


class Recorder(Protocol):
    """Holds the records of replicates that follow one another, until they are taken as a run."""

    @property
    def count(self) -> int:
        """How many replicates are held."""

    @property
    def full(self) -> bool:
        """Whether the replicates held are to be taken."""

    def add(self, record: Mapping[str, Any]) -> None:
        """Hold the record of the next replicate.

        Parameters
        ----------
        record : mapping of str to ndarray
            What a model recorded of it, by name.
        """

    def take(self) -> Run:
        """Return the replicates held as a run; they are held until they are cleared."""

    def clear(self) -> None:
        """Make room for the replicates that follow."""


@contextmanager
def growing_at(out: str | Path | None, *, resume: bool, force: bool) -> Iterator[Growing | None]:
    """Give the run that grows at a path; None where there is no path.

    Parameters
    ----------
    out : str or Path, optional
        Where the run is written.
    resume, force : bool
        Go on with the run that is there, or replace it when the new one is whole.

    Yields
    ------
    Growing or None
        The run that grows at the path.

    Raises
    ------
    RunError
        R102 to R107 where no run can be written there.
    ValueError
        For ``resume`` or ``force`` without a path, or both.
    """
    if out is None:
        if resume or force:
            raise ValueError("resume and force need out, the path of the run")
        yield None
        return
    with growing(Path(out), resume=resume, force=force) as place:
        yield place


def unfinished(place: Growing | None) -> Run | None:
    """Return the replicates that are at a path already; None where there are none.

    Parameters
    ----------
    place : Growing, optional
        The run that grows at a path.

    Returns
    -------
    Run or None
        What can be read of it now.
    """
    return open_run(place.folder) if place is not None and place.header is not None else None


def gather(
    records: Generator[Mapping[str, Any]],
    recorder: Recorder,
    place: Growing | None,
    wanted: int,
    progress: Progress | None,
) -> Run:
    """Return the whole run of the records, after those replicates that are at a path already.

    Parameters
    ----------
    records : generator of mapping
        What the model recorded of each replicate, in order.
    recorder : Recorder
        Holds them until they are taken.
    place : Growing, optional
        Where they are committed; they are kept in memory without it.
    wanted : int
        How many replicates the whole run has.
    progress : callable, optional
        Called with the numbers of replicates finished and wanted.

    Returns
    -------
    Run
        All replicates.

    Raises
    ------
    RunError
        R106 where the disk refuses.
    SojournError
        Where a replicate is refused; at a path, those finished before are kept.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    done = place.replicates if place is not None else 0
    since = time.monotonic()
    try:
        for one in records:
            recorder.add(one)
            done += 1
            if place is not None and (recorder.full or time.monotonic() - since >= SECONDS):
                _commit(recorder, place)
                since = time.monotonic()
            if progress is not None:
                progress(done, wanted)
        if place is None:
            return recorder.take()
        _commit(recorder, place)
        return open_run(place.finish())
    except SojournError:
        if place is not None and place.healthy:
            _commit(recorder, place)  # what was finished before a replicate was refused
        raise
    except (Stopped, KeyboardInterrupt) as stop:
        if place is None:
            raise Interrupted(_short(recorder, wanted), wanted) from stop
        _commit(recorder, place)
        kept = unfinished(place)
        raise Interrupted(kept, wanted, place.folder if kept is not None else None) from stop
    finally:
        records.close()


def _commit(recorder: Recorder, place: Growing) -> None:
    if recorder.count:
        part = recorder.take()
        place.add(part.data, part.provenance)
        recorder.clear()


def _short(recorder: Recorder, wanted: int) -> Run | None:
    """Return the replicates held, and how many are missing; None where there are none."""
    if not recorder.count:
        return None
    run = recorder.take()
    return Run(run.data, run.provenance, wanted - run.replicates)


def require_resumable(earlier: Run, facts: Mapping[str, Any], first: int) -> None:
    """Raise RunError R201 unless a run at a path is the beginning of the one that is wanted.

    Parameters
    ----------
    earlier : Run
        The run at the path.
    facts : mapping
        Provenance of the run that is wanted.
    first : int
        Number of its first replicate.

    Raises
    ------
    RunError
        R201, with every entry in which they differ.
    """
    require_same({**earlier.provenance, "first": earlier.first}, {**facts, "first": first})
