"""A run at a path that grows while it is made, and can be taken up again after any end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from sojourn.results.codes import refuse
from sojourn.results.store.files import ALONG
from sojourn.results.store.header import Header, is_run, read_header
from sojourn.results.store.place import beside, claimed, exists, install, refused, require_free
from sojourn.results.store.reading import read
from sojourn.results.store.writer import Writer
from sojourn.writing import PART

__all__ = ["Growing", "growing"]

_NEW = ".new"


class Growing:
    """A run at ``path`` to which replicates are added.

    While a run is replaced, the new one grows at ``folder`` beside it. ``header`` is None as long as there is no
    replicate.
    """

    def __init__(self, path: Path, folder: Path, header: Header | None) -> None:
        self.path = path
        self.folder = folder
        self.header = header
        self.healthy = True  # until something could not be added
        self._writer: Writer | None = None
        self._made: Path | None = None

    @property
    def replicates(self) -> int:
        """How many replicates are committed."""
        return self.header.replicates if self.header is not None else 0

    def want(self, wanted: int) -> None:
        """Say how many replicates the run is to have, before the first is added."""
        wanted = max(wanted, self.replicates)
        tail = None
        if self.header is not None:
            over = self.header.replicates % self.header.block
            data = read(self.folder)[0]
            tail = data.isel({ALONG: slice(-over, None)}).load() if over else None
        self._writer = Writer(self.folder, wanted, self.header, tail)
        if self.header is not None and wanted != self.header.wanted:
            try:
                self._writer.commit(replace(self.header, wanted=wanted))
            except OSError as error:
                raise refused(self.path, error) from error
            self.header = self._writer.header

    def add(self, part: xr.Dataset, provenance: Mapping[str, Any]) -> None:
        """Commit the next replicates, whole.

        Raises
        ------
        RunError
            R106 where the disk refuses, and says how many replicates are safe; R105 where something else was put
            at the path.
        """
        if self._writer is None:
            raise RuntimeError("want() comes first")
        if self.header is None and self._made is None:
            self._made = beside(self.folder)
            self._writer.folder = self._made
        self.healthy = False
        try:
            self._writer.add(part, provenance)
            if self._made is not None:
                if self._made.exists():  # unless it was stopped right after it came to its place
                    install(self._made, self.folder, force=False)
                self._made, self._writer.folder = None, self.folder
        except OSError as error:
            count = self.replicates
            kept = f"{count} replicates are kept at {self.folder}; make room, then resume" if count else ""
            raise refused(self.path, error, kept) from error
        self.header = self._writer.header
        self.healthy = True

    def finish(self) -> Path:
        """Put a run that replaces another in its place, now that it is whole, and return where it is."""
        if self.folder != self.path:
            install(self.folder, self.path, force=True)
            self.folder = self.path
        return self.path

    def close(self) -> None:
        """Clear away what never became part of a run."""
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)


@contextmanager
def growing(path: Path, *, resume: bool, force: bool) -> Iterator[Growing]:
    """Hold the right to write a run at ``path``, and give the run that grows there.

    With ``resume`` it is the run that is there, if there is one; with ``force`` it takes the place of that run
    when it is whole.

    Parameters
    ----------
    path : pathlib.Path
        Where the run is to be.
    resume, force : bool
        Go on with the run that is there, or replace it.

    Yields
    ------
    Growing
        The run that grows.

    Raises
    ------
    RunError
        R102 to R104 for a run that cannot be resumed, R105 where the path is taken, R106 where nothing can be
        written, R107 where another process writes there.
    ValueError
        With both ``resume`` and ``force``.
    """
    if resume and force:
        raise ValueError("resume the run or replace it, not both")
    with claimed(path):
        if resume and exists(path):
            place = Growing(path, path, read_header(path))
            for draft in path.rglob(f".*{PART}"):
                draft.unlink(missing_ok=True)
            yield from _closing(place)
            return
        require_free(path, force=force)
        if not is_run(path):
            yield from _closing(Growing(path, path, None))
            return
        new = path.with_name(path.name + _NEW)
        with claimed(new):
            if exists(new):
                raise refuse(
                    "R105",
                    str(new),
                    "an unfinished run that was to replace this one is there already",
                    remedy=f"resume it at {new}, or remove it",
                )
            yield from _closing(Growing(path, new, None))


def _closing(place: Growing) -> Iterator[Growing]:
    try:
        yield place
    finally:
        place.close()
