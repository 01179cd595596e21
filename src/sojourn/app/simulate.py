"""The command ``simulate``: replicates with progress, saved as they are finished, and resumed later."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Source, Without, changed
from sojourn.app.report import ReportFile, check_report, write_report
from sojourn.app.resume import INTERRUPTED, check_place, kept, stoppable

__all__ = ["simulate"]

Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="WHAT", help="Record only stocks, flows or waits. May be repeated."),
]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", metavar="STAGE", help="Record only a stage, and its flows. May be repeated."),
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", metavar="GROUP", help="Record only a group. May be repeated.")
]


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
    first: Annotated[
        int, typer.Option(min=0, help="Number of the first replicate, for a part that sojourn concat adds.")
    ] = 0,
    only: Only = None,
    stages: Stages = None,
    groups: Groups = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores if left out.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Save the run at this path, as it is made.")
    ] = None,
    report: ReportFile = None,
    resume: Annotated[bool, typer.Option("--resume", help="Add what is missing to the run at --out.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run at --out.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no table.")] = False,
) -> None:
    """Simulate a scenario, and save the run.

    Finished replicates are saved at --out while others are made. However the command ends, Ctrl-C or worse, the
    same command with --resume adds the rest. The result is the same to the bit.
    """
    check_place(out, resume, force, "--out", "flow")
    check_report(report)
    described = changed(scenario, settings, changes, without)
    options: dict[str, Any] = {
        "replicates": 1 if mode == "expected" else replicates,
        "seed": seed,
        "mode": mode,
        "record": {"period": record, "variables": only, "stages": stages, "groups": groups},
        "parameters": parameters,
        "first": first,
        "workers": workers,
        "out": out,
        "resume": resume,
        "force": force,
    }
    stoppable()
    started = time.monotonic()
    run = _simulated(described, options, quiet)
    if report is not None:
        write_report(run, report)
    if not quiet:
        where = f"saved at {out}" if out is not None else "not saved: name a path with --out"
        show.note(f"{run}, {time.monotonic() - started:.1f} s, {where}")
        if "stocks" in run.has:
            show.table(run.at_end(), "People in each stage at the end")


def _simulated(scenario: sj.Scenario, options: dict[str, Any], quiet: bool) -> sj.Run:
    """Return the run, or say what is finished and how to resume it, and exit."""
    try:
        with show.progress(scenario.name, options["replicates"], quiet=quiet) as progress:
            return sj.simulate(scenario, progress=progress, **options)
    except (sj.Interrupted, KeyboardInterrupt) as stop:
        kept(stop, options["replicates"], options["out"], "--out", options["resume"])
        raise typer.Exit(INTERRUPTED) from stop
