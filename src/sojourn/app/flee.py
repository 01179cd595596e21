"""Flee scenarios on the command line: run a folder, score its output, turn it into one file."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.report import CardFile, ReportFile, check_report, write_card, write_report
from sojourn.app.resume import INTERRUPTED, check_place, kept, stoppable
from sojourn.app.score import show_camps
from sojourn.writing import write_text

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Flee scenarios: run, score, convert.")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Flee folder, or a scenario file made from one.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Settings file to use in place of the folder's.")
]
Compat = Annotated[Literal["flee3"] | None, typer.Option("--compat", help="flee3: every oddity of Flee 3, kept.")]
FirstDay = Annotated[int, typer.Option(min=0, help="Day from which errors are counted.")]


@app.command()
def run(
    folder: Folder,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every draw; drawn if left out.")] = None,
    replicates: Annotated[int, typer.Option(min=1, help="Number of replicates.")] = 1,
    first: Annotated[
        int, typer.Option(min=0, help="Number of the first replicate, for a part that sojourn concat adds.")
    ] = 0,
    settings: SettingsFile = None,
    compat: Compat = None,
    scale: Annotated[int | None, typer.Option(min=1, help="People an agent stands for; else hasten.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores if left out.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write out.csv here; numbered if several.")] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Save the run at this path, as it is made.")
    ] = None,
    report: ReportFile = None,
    resume: Annotated[bool, typer.Option("--resume", help="Add what is missing to the run at --save.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run at --save.")] = False,
    first_day: FirstDay = 0,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no warnings, no scores.")] = False,
) -> None:
    """Run a Flee folder and score the run against its registrations.

    Finished replicates are saved at --save while others are made. However the command ends, Ctrl-C or worse, the
    same command with --resume adds the rest. The result is the same to the bit.
    """
    check_place(save, resume, force, "--save", "walk")
    check_report(report)
    if out is not None and not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="--out")
    scenario = sj.flee.read(folder, settings=settings, compat=compat)
    if first_day >= scenario.days:
        raise typer.BadParameter(f"the run has {scenario.days} days", param_hint="--first-day")
    if not quiet:
        _warnings(scenario)
    stoppable()
    started = time.monotonic()
    try:
        with show.progress(scenario.name, replicates, quiet=quiet) as progress:
            done = sj.flee.simulate(
                scenario,
                seed=seed,
                replicates=replicates,
                scale=scale,
                workers=workers,
                progress=progress,
                first=first,
                out=save,
                resume=resume,
                force=force,
            )
    except (sj.Interrupted, KeyboardInterrupt) as stop:
        kept(stop, replicates, save, "--save", resume)
        raise typer.Exit(INTERRUPTED) from stop
    if out is not None:
        _write_out(scenario, done, out)
    if report is not None:
        write_report(done, report)
    if not quiet:
        _show_run(done, time.monotonic() - started)
        show_camps(sj.score(done, str(scenario.start + timedelta(days=first_day))))


def _write_out(scenario: sj.flee.FleeScenario, done: sj.Run, out: Path) -> None:
    """Write an out.csv for each replicate, numbered where there are several."""
    for number, text in enumerate(sj.flee.out_files(scenario, done)):
        path = out if done.replicates == 1 else out.with_name(f"{out.stem}_{number}{out.suffix}")
        write_text(path, text)


def _show_run(done: sj.Run, seconds: float) -> None:
    """Say what was run, and what the run counted."""
    agents = int(done.data["created"].max()) // done.scale
    runs = "1 replicate" if done.replicates == 1 else f"{done.replicates} replicates"
    show.note(f"{runs} of {agents:,} agents, seed {done.seed}, {seconds:.1f} s")
    for text, count in done.notes_in_words().items():
        show.note(f"note: {text}: {count:,} over all replicates")


@app.command()
def score(
    files: Annotated[list[Path], typer.Argument(metavar="OUT.CSV...", help="Runs of one scenario.")],
    first_day: FirstDay = 0,
) -> None:
    """Score out.csv files, by Flee or by Sojourn: errors as Flee counts them, baselines, spread over runs."""
    try:
        show_camps(sj.flee.score_files(files, first_day=first_day))
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--first-day") from problem


@app.command()
def convert(
    folder: Folder,
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="Scenario file (.yml) to write, or a new Flee folder.")
    ],
    settings: SettingsFile = None,
    compat: Compat = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file.")] = False,
) -> None:
    """Write a Flee folder as one scenario file, every value explicit; or such a file as a Flee folder again."""
    file = target.suffix in (".yml", ".yaml")
    if target.suffix and not file:
        raise typer.BadParameter("must end in .yml, or be the name of a new folder", param_hint="TARGET")
    if target.exists() and not (file and force):
        remedy = ": --force replaces it" if file else ", and a folder is never replaced"
        raise typer.BadParameter(f"{target} is there already{remedy}", param_hint="TARGET")
    scenario = sj.flee.read(folder, settings=settings, compat=compat)
    _warnings(scenario)
    (sj.flee.write if file else sj.flee.write_folder)(scenario, target)
    show.note(f"{scenario.name} written to {target}")


@app.command()
def card(
    folder: Folder,
    settings: SettingsFile = None,
    compat: Compat = None,
    out: CardFile = None,
) -> None:
    """Write the model card, the ODD description and the statement of misuse of a Flee folder, from the folder."""
    check_report(out, "--out")
    write_card(sj.flee.read(folder, settings=settings, compat=compat), out)


def _warnings(scenario: sj.flee.FleeScenario) -> None:
    """Say on stderr what was odd in the folder, and what was made of it."""
    for warning in scenario.warnings:
        show.note(f"note: {warning}")
