"""Runs that are saved while they are made, and resumed after any end; the same for both engines."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path

import typer

import sojourn as sj
from sojourn.app import show

__all__ = ["INTERRUPTED", "check_place", "kept", "stoppable"]

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + the number of the signal."""


_COMMANDS = {"flow": "sojourn simulate", "walk": "sojourn flee run"}


def check_place(path: Path | None, resume: bool, force: bool, option: str, engine: str) -> None:
    """Refuse a path that the run of an engine could not be saved at, before the work rather than after it."""
    if path is None:
        if resume or force:
            raise typer.BadParameter(f"--resume and --force need {option}", param_hint=option)
    elif resume and force:
        raise typer.BadParameter("resume the run or replace it, not both", param_hint="--resume / --force")
    elif path.exists() and not (resume or force):
        raise typer.BadParameter(f"{path} is there already: --resume or --force", param_hint=option)
    elif path.exists() and not (path / "zarr.json").is_file():
        raise typer.BadParameter(f"{path} is not a run, and is left alone", param_hint=option)
    elif not path.parent.is_dir():
        raise typer.BadParameter(f"there is no directory {path.parent}", param_hint=option)
    elif resume and path.exists() and (made_by := sj.open_run(path).engine) != engine:
        problem = f"{path} is a run of the {made_by} engine: {_COMMANDS[made_by]}"
        raise typer.BadParameter(problem, param_hint="--resume")


def stoppable() -> None:
    """Let a request to end the process be what Ctrl-C is."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def kept(stop: BaseException, wanted: int, path: Path | None, option: str, resume: bool) -> None:
    """Say what is finished, where it is, and how to resume."""
    if isinstance(stop, sj.Interrupted):
        run, place = stop.run, stop.path
    else:  # before the first replicate was begun
        place = path if resume and path is not None and path.exists() else None
        run = sj.open_run(place) if place is not None else None
    show.note(f"interrupted: {run.replicates if run is not None else 0} of {wanted} replicates finished")
    if place is None or path is None:
        show.note("nothing is saved" if path is not None else f"nothing is saved: name a path with {option}")
        return
    given = [word for word in sys.argv[1:] if word not in ("--force", "--resume")]
    command = ["sojourn", *given, *((option, str(place)) if place != path else ()), "--resume"]
    if place != path:
        show.note(f"the run at {path} is as it was")
    show.note(f"saved at {place}; resume with:\n  {shlex.join(command)}")
