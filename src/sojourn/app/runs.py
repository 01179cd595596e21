"""Commands about runs: open and compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import sojourn as sj
from sojourn.app import show

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare", "open_run", "stages_at_end"]

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


def stages_at_end(run: sj.Run) -> pd.DataFrame:
    """Return people in each stage at the end: mean and quantiles over replicates."""
    return run.summary("stocks", "run").drop(columns=["period", "complete"])


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
    run = sj.open(path)
    show.note(str(run))
    for text, count in run.notes.items():
        show.note(f"{text}: {count:,} times")
    if what == "stages":
        _table(stages_at_end(run), "People in each stage at the end", csv)
    else:
        _table(run.summary(what, by, groups="each" if groups else "sum"), "", csv)
    if verify:
        same = sj.rerun(run).identical(run)
        show.note("simulated again: identical to the bit" if same else "simulated again: NOT identical")
        raise typer.Exit(0 if same else 1)


def compare(
    base: Saved,
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The run with the change, under the same seed.")],
    what: What = "stages",
    by: By = "run",
    groups: Each = False,
    csv: Csv = None,
) -> None:
    """Show what a change did: OTHER less RUN, paired by replicate.

    The table of stages says by how much the stock, wait and outflow of each moved, and when.
    """
    comparison = sj.compare(sj.open(base), sj.open(other))
    if comparison.unchanged:
        show.note("no difference in any replicate, period, stage or flow")
    if what == "stages":
        _table(comparison.to_frame(), "Where the people went", csv)
    else:
        _table(comparison.effect(what, by, groups="each" if groups else "sum"), "", csv)


def _table(frame: pd.DataFrame, title: str, csv: Path | None) -> None:
    if csv is None:
        show.table(frame, title)
    else:
        frame.to_csv(csv, index=False)
        show.note(f"{len(frame)} rows written to {csv}")
