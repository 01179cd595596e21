"""Commands about runs: open, concat, and compare runs or a scenario with a change of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Without, changed
from sojourn.app.report import ReportFile, check_report, write_report

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare", "concat", "open_run"]

Saved = Annotated[Path, typer.Argument(metavar="RUN", help="A saved run.")]
What = Annotated[
    Literal["stages", "stocks", "flows", "waits", "observables"],
    typer.Option(help="What to show; stages: everything at a glance."),
]
By = Annotated[
    Literal["period", "month", "year", "fiscal-year", "run"],
    typer.Option(help="Period of the table; fiscal-year: October to September; run: the whole run."),
]
Csv = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the table to a CSV file.")]
Each = Annotated[bool, typer.Option("--groups", help="One row for each group.")]


def open_run(
    path: Saved,
    what: What = "stages",
    by: By = "run",
    groups: Each = False,
    csv: Csv = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Simulate it again; exit code 1 unless it is identical to the bit.")
    ] = False,
) -> None:
    """Show what a saved run holds."""
    run = sj.open_run(path)
    show.note(str(run))
    if run.missing:
        wanted = run.replicates + run.missing
        show.note(
            f"{run.missing} of {wanted} replicates are missing: the command that made it adds them with --resume"
        )
    for text, count in run.notes_in_words().items():
        show.note(f"{text}: {count:,} over all replicates")
    if what == "stages" and "stocks" in run.has:
        _table(run.at_end(), _title(run), csv)
    elif what != "stages":
        _table(run.summary(what, by, groups="each" if groups else "sum"), "", csv)
    if verify:
        same = run.rerun().identical(run)
        show.note("simulated again: identical to the bit" if same else "simulated again: NOT identical")
        raise typer.Exit(0 if same else 1)


def concat(
    parts: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Saved runs, in any order.")],
    out: Annotated[Path, typer.Option("--out", metavar="RUN", help="Save the whole run at this path.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the run at --out.")] = False,
) -> None:
    """Put the parts of a run together: replicates made with --first, of one scenario, seed and version.

    The whole run is the same to the bit as if it had been made at once.
    """
    run = sj.concat([sj.open_run(part) for part in parts], out, force=force)
    show.note(f"{run}, saved at {out}")


def _title(run: sj.Run) -> str:
    """Return what the table at the end shows: stages, or the camps of a run that has them."""
    return "People in each camp at the end" if "camp" in run.has else "People in each stage at the end"


def compare(
    base: Annotated[str, typer.Argument(metavar="RUN", help="A saved run, or a scenario that is then simulated.")],
    other: Annotated[
        Path | None, typer.Argument(metavar="[OTHER]", help="The saved run with the change, under the same seed.")
    ] = None,
    settings: Settings = None,
    changes: Changes = None,
    without: Without = None,
    replicates: Annotated[int, typer.Option(min=1, help="Number of replicates of a scenario.")] = 100,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of a scenario's draws; drawn if left out.")] = None,
    what: What = "stages",
    by: By = "run",
    groups: Each = False,
    csv: Csv = None,
    report: ReportFile = None,
) -> None:
    """Show what a change did, paired by replicate: OTHER less RUN, or a scenario with a change less without it.

    The table says by how much the people in each stage, or at each place of a walk run, moved, and when.
    """
    change = bool(settings or changes or without)
    if change == (other is not None):
        problem = "name either a second run, or the change of a scenario: --with, --without or --set"
        raise typer.BadParameter(problem, param_hint="OTHER")
    check_report(report)
    first, second = _pair(base, other, (settings, changes, without), replicates, seed)
    comparison = sj.compare(first, second)
    show.note(
        f"{second.provenance['name']} less {first.provenance['name']}, {first.replicates} pairs, seed {first.seed}"
    )
    if comparison.unchanged:
        show.note("no difference in any replicate, period, stage or flow")
    if what == "stages":
        table = comparison.to_frame()
        moved = table[(table[["stock", "peak", "outflow"]] != 0).any(axis=1)] if csv is None else table
        _table(moved, "Where the people went", csv)
        if len(moved) < len(table):
            show.note(f"{len(table) - len(moved)} stages did not move")
    else:
        _table(comparison.effect(what, by, groups="each" if groups else "sum"), "", csv)
    if report is not None:
        write_report(first, report, second)


def _pair(
    base: str, other: Path | None, change: tuple[Any, Any, Any], replicates: int, seed: int | None
) -> tuple[sj.Run, sj.Run]:
    """Return two saved runs, or a scenario simulated without and with a change."""
    if other is not None:
        return sj.open_run(base), sj.open_run(other)
    scenarios = (sj.load(base), changed(base, *change))
    first = _simulated(scenarios[0], "as it is", replicates, seed)
    return first, _simulated(scenarios[1], "with the change", replicates, first.seed)


def _simulated(scenario: sj.Scenario, title: str, replicates: int, seed: int | None) -> sj.Run:
    with show.progress(title, replicates, quiet=False) as progress:
        return sj.simulate(scenario, replicates=replicates, seed=seed, progress=progress)


def _table(frame: pd.DataFrame, title: str, csv: Path | None) -> None:
    if csv is None:
        show.table(frame, title)
    else:
        show.save_table(frame, csv)
