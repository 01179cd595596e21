"""Runs that are saved also when interrupted, and resumed later; the same for both engines."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import typer

import sojourn as sj
from sojourn.app import show

__all__ = ["INTERRUPTED", "check_place", "finish", "kept", "same_engine", "stoppable"]

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + the number of the signal."""


Make = Callable[[int, int, Callable[[int, int], None]], "sj.Run"]
"""Runs some replicates: number of the first, how many, and what is called with progress."""

_COMMANDS = {"flow": "sojourn simulate", "walk": "sojourn flee run"}


def check_place(path: Path | None, resume: bool, force: bool, option: str) -> None:
    """Refuse a path that the run could not be saved at, before the work rather than after it."""
    if path is None:
        if resume or force:
            raise typer.BadParameter(f"--resume and --force need {option}", param_hint=option)
    elif resume and force:
        raise typer.BadParameter("resume the run or replace it, not both", param_hint="--resume / --force")
    elif resume and not path.exists():
        raise typer.BadParameter(f"there is no run at {path} to resume", param_hint="--resume")
    elif path.exists() and not (resume or force):
        raise typer.BadParameter(f"{path} is there already: --resume or --force", param_hint=option)
    elif path.exists() and not (path / "zarr.json").is_file():
        raise typer.BadParameter(f"{path} is not a run, and is left alone", param_hint=option)
    elif not path.parent.is_dir():
        raise typer.BadParameter(f"there is no directory {path.parent}", param_hint=option)


def same_engine(run: sj.Run, engine: str, path: str) -> None:
    """Refuse to resume a run of another engine, and name the command that does."""
    if run.engine != engine:
        command = _COMMANDS[run.engine]
        problem = f"{path} is a run of the {run.engine} engine: {command}"
        raise typer.BadParameter(problem, param_hint="--resume")


def stoppable() -> None:
    """Let a request to end the process be what Ctrl-C is."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def finish(make: Make, title: str, earlier: sj.Run | None, wanted: int, quiet: bool) -> sj.Run:
    """Return the whole run: the earlier replicates, if any, and those still wanted.

    Raises Interrupted with all finished replicates.
    """
    parts = [earlier] if earlier is not None else []
    done = earlier.replicates if earlier is not None else 0
    try:
        with show.progress(title, done, wanted, quiet=quiet) as progress:
            if parts:
                # One replicate shows whether this is the same run, before the others are simulated.
                longer = sj.Run.join([*parts, make(done, 1, progress)])
                if done < wanted:
                    parts, done = [longer], done + 1
            if done < wanted:
                parts.append(make(done, wanted - done, progress))
    except KeyboardInterrupt as stop:
        # Stopped before the first replicate begins, a run raises no Interrupted.
        made = stop.run if isinstance(stop, sj.Interrupted) else None
        finished = [*parts, *([made] if made is not None else [])]
        raise sj.Interrupted(sj.Run.join(finished) if finished else None, wanted) from stop
    return sj.Run.join(parts)


def kept(run: sj.Run | None, earlier: sj.Run | None, wanted: int, path: Path | None, option: str) -> None:
    """Save what is finished, and say how to resume."""
    finished = run.replicates if run is not None else 0
    show.note(f"interrupted: {finished} of {wanted} replicates finished")
    if run is None or path is None:
        show.note("nothing is saved" if path is not None else f"nothing is saved: name a path with {option}")
        return
    if earlier is None or run.replicates > earlier.replicates:
        run.save(path, force=True)
    command = ["sojourn", *(word for word in sys.argv[1:] if word not in ("--force", "--resume")), "--resume"]
    show.note(f"saved at {path}; resume with:\n  {shlex.join(command)}")
