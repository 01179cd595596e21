"""The command ``simulate``: replicates with progress, saved also when interrupted, and gone on with later."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Source, Without, changed
from sojourn.app.report import ReportFile, check_report, write_report
from sojourn.app.runs import stages_at_end

__all__ = ["simulate"]

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + the number of the signal."""


def simulate(
    scenario: Source,
    settings: Settings = None,
    changes: Changes = None,
    without: Without = None,
    replicates: Annotated[int, typer.Option(min=1, help="Number of replicates.")] = 100,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every draw; drawn if left out.")] = None,
    mode: Annotated[
        Literal["draw", "expected"], typer.Option(help="Draw whole people, or let means flow (one replicate).")
    ] = "draw",
    record: Annotated[
        Literal["step", "week", "month"] | None, typer.Option(help="Period recorded, in place of the scenario's.")
    ] = None,
    priors: Annotated[
        bool, typer.Option("--priors/--no-priors", help="Draw uncertain quantities, or keep their central values.")
    ] = True,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores if left out.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN", help="Save the run at this path.")] = None,
    report: ReportFile = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run at --out.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run at --out.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no table.")] = False,
) -> None:
    """Simulate a scenario, and save the run.

    Ctrl-C keeps the replicates that are finished: they are saved at --out, and the same command with --resume
    adds the rest. The result is the same to the bit.
    """
    _check_place(out, resume, force)
    check_report(report)
    described = changed(scenario, settings, changes, without)
    earlier = sj.open(out) if resume and out is not None else None
    if earlier is not None and seed is None:
        seed = earlier.seed
    wanted = 1 if mode == "expected" else replicates
    options: dict[str, Any] = {"seed": seed, "mode": mode, "record": record, "workers": workers, "priors": priors}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    try:
        run = _finish(described, earlier, wanted, options, quiet)
    except sj.Interrupted as stop:
        _interrupted(stop.run, earlier, wanted, out)
        raise typer.Exit(INTERRUPTED) from stop
    if out is not None:
        run.save(out, force=force or resume)
    if report is not None:
        write_report(run, report)
    if not quiet:
        where = f"saved at {out}" if out is not None else "not saved: name a path with --out"
        show.note(f"{run}, {time.monotonic() - started:.1f} s, {where}")
        show.table(stages_at_end(run), "People in each stage at the end")


def _check_place(out: Path | None, resume: bool, force: bool) -> None:
    """Refuse a path that the run could not be saved at, before the work rather than after it."""
    if out is None:
        if resume or force:
            raise typer.BadParameter("--resume and --force need --out", param_hint="--out")
    elif resume and force:
        raise typer.BadParameter("either go on with the run or replace it", param_hint="--resume / --force")
    elif resume and not out.exists():
        raise typer.BadParameter(f"there is no run at {out} to go on with", param_hint="--resume")
    elif out.exists() and not (resume or force):
        raise typer.BadParameter(f"{out} is there already: --resume or --force", param_hint="--out")
    elif out.exists() and not (out / "zarr.json").is_file():
        raise typer.BadParameter(f"{out} is not a run, and is left alone", param_hint="--out")
    elif not out.parent.is_dir():
        raise typer.BadParameter(f"there is no directory {out.parent}", param_hint="--out")


def _finish(
    scenario: sj.Scenario, earlier: sj.Run | None, wanted: int, options: dict[str, Any], quiet: bool
) -> sj.Run:
    """Return the whole run: the earlier replicates, if any, and those still wanted.

    Raises Interrupted with all finished replicates.
    """
    parts = [earlier] if earlier is not None else []
    done = earlier.replicates if earlier is not None else 0
    with show.progress(scenario.name, done, wanted, quiet=quiet) as progress:
        try:
            if parts:
                # One replicate shows whether this is the same run, before the others are simulated.
                more = sj.simulate(scenario, first=done, replicates=1, progress=progress, **options)
                longer = sj.Run.join([*parts, more])
                if done < wanted:
                    parts, done = [longer], done + 1
            if done < wanted:
                parts.append(
                    sj.simulate(scenario, first=done, replicates=wanted - done, progress=progress, **options)
                )
        except sj.Interrupted as stop:
            finished = [*parts, *([stop.run] if stop.run is not None else [])]
            raise sj.Interrupted(sj.Run.join(finished) if finished else None, wanted) from stop
    return sj.Run.join(parts)


def _interrupted(run: sj.Run | None, earlier: sj.Run | None, wanted: int, out: Path | None) -> None:
    """Save what is finished, and say how to go on."""
    finished = run.replicates if run is not None else 0
    show.note(f"interrupted: {finished} of {wanted} replicates finished")
    if run is None or out is None:
        show.note("nothing is saved" if out is not None else "nothing is saved: name a path with --out")
        return
    if earlier is None or run.replicates > earlier.replicates:
        run.save(out, force=True)
    command = ["sojourn", *(word for word in sys.argv[1:] if word not in ("--force", "--resume")), "--resume"]
    show.note(f"saved at {out}; go on with:\n  {shlex.join(command)}")
