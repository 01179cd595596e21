"""The command ``simulate``: replicates with progress, saved also when interrupted, and resumed later."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Source, Without, changed
from sojourn.app.report import ReportFile, check_report, write_report
from sojourn.app.resume import INTERRUPTED, check_place, finish, kept, same_engine, stoppable

__all__ = ["simulate"]


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
    parameters: Annotated[
        Literal["prior", "central"],
        typer.Option(help="Draw uncertain quantities from their priors, or keep their central values."),
    ] = "prior",
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores if left out.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN", help="Save the run at this path.")] = None,
    report: ReportFile = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the run at --out.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run at --out.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no table.")] = False,
) -> None:
    """Simulate a scenario, and save the run.

    Ctrl-C keeps the replicates that are finished: they are saved at --out, and the same command with --resume
    adds the rest. The result is the same to the bit.
    """
    check_place(out, resume, force, "--out")
    check_report(report)
    described = changed(scenario, settings, changes, without)
    earlier = sj.open_run(out) if resume and out is not None else None
    if earlier is not None:
        same_engine(earlier, "flow", str(out))
    if earlier is not None and seed is None:
        seed = earlier.seed
    wanted = 1 if mode == "expected" else replicates
    options: dict[str, Any] = {
        "seed": seed,
        "mode": mode,
        "record": record,
        "workers": workers,
        "parameters": parameters,
    }
    stoppable()
    started = time.monotonic()

    def make(first: int, number: int, progress: Callable[[int, int], None]) -> sj.Run:
        return sj.simulate(described, first=first, replicates=number, progress=progress, **options)

    try:
        run = finish(make, described.name, earlier, wanted, quiet)
    except sj.Interrupted as stop:
        kept(stop.run, earlier, wanted, out, "--out")
        raise typer.Exit(INTERRUPTED) from stop
    if out is not None:
        run.save(out, force=force or resume)
    if report is not None:
        write_report(run, report)
    if not quiet:
        where = f"saved at {out}" if out is not None else "not saved: name a path with --out"
        show.note(f"{run}, {time.monotonic() - started:.1f} s, {where}")
        show.table(run.at_end(), "People in each stage at the end")
