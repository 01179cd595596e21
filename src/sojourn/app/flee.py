"""Flee scenarios on the command line: run a folder, score its output, turn it into one file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

import sojourn as sj
from sojourn.app import show

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
    settings: SettingsFile = None,
    compat: Compat = None,
    scale: Annotated[int | None, typer.Option(min=1, help="People an agent stands for; else hasten.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores if left out.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write out.csv here; numbered if several.")] = None,
    save: Annotated[Path | None, typer.Option(metavar="RUN", help="Save the whole run at this path.")] = None,
    first_day: FirstDay = 0,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no warnings, no scores.")] = False,
) -> None:
    """Run a Flee folder and score the run against its registrations."""
    if save is not None and save.exists():
        raise typer.BadParameter(f"{save} is there already", param_hint="--save")
    if out is not None and not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="--out")
    scenario = sj.flee.read(folder, settings=settings, compat=compat)
    if first_day >= scenario.days:
        raise typer.BadParameter(f"the run has {scenario.days} days", param_hint="--first-day")
    if not quiet:
        _warnings(scenario)
    started = time.monotonic()
    with show.progress(scenario.name, 0, replicates, quiet=quiet) as told:
        done = sj.flee.run(scenario, seed, replicates, scale=scale, workers=workers, progress=told)
    if out is not None:
        for number, text in enumerate(sj.flee.out_files(scenario, done)):
            path = out if replicates == 1 else out.with_name(f"{out.stem}_{number}{out.suffix}")
            path.write_text(text, encoding="utf-8")
    if save is not None:
        done.save(save)
    if quiet:
        return
    agents = int(done.data["simulated_created"].max())
    seconds = time.monotonic() - started
    runs = "1 replicate" if replicates == 1 else f"{replicates} replicates"
    show.note(f"{runs} of {agents:,} agents, seed {done.seed}, {seconds:.1f} s")
    read_before = {warning.code for warning in scenario.warnings}
    for code, count in done.provenance["notes"].items():
        if code not in read_before:
            show.note(f"note: {code}: {sj.flee.CODES[code]}: {count:,} over all replicates")
    _score(sj.flee.score_run(done, first_day=first_day))


@app.command()
def score(
    files: Annotated[list[Path], typer.Argument(metavar="OUT.CSV...", help="Runs of one scenario.")],
    first_day: FirstDay = 0,
) -> None:
    """Score out.csv files, by Flee or by Sojourn: errors as Flee counts them, baselines, spread over runs."""
    try:
        _score(sj.flee.score_files(files, first_day=first_day))
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--first-day") from problem


@app.command()
def convert(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE.YML", help="Scenario file to write.")],
    settings: SettingsFile = None,
    compat: Compat = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write a Flee folder as one scenario file, every value explicit."""
    if file.suffix not in (".yml", ".yaml"):
        raise typer.BadParameter("must end in .yml", param_hint="FILE.YML")
    if file.exists() and not force:
        raise typer.BadParameter(f"{file} is there already: --force replaces it", param_hint="FILE.YML")
    scenario = sj.flee.read(folder, settings=settings, compat=compat)
    _warnings(scenario)
    sj.flee.write(scenario, file)
    show.note(f"{scenario.name} written to {file}")


def _warnings(scenario: sj.flee.FleeScenario) -> None:
    """Say on stderr what was odd in the folder, and what was made of it."""
    for warning in scenario.warnings:
        show.note(f"note: {warning}")


def _score(found: sj.flee.Score) -> None:
    for name, value in found.summary().items():
        show.line(f"{name:<36}{value:>10.0f}" if name == "replicates" else f"{name:<36}{value:>10.4f}")
    show.line("")
    show.line(f"{'camp':<36}{'error':>10}")
    for camp, error in zip(found.camps, found.by_camp.mean(axis=0), strict=True):
        show.line(f"{camp:<36}{error:>10.4f}")
