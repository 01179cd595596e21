"""The command ``demo``: the road from China to the United States, simulated, scored and written up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.report import check_report, followed

__all__ = ["demo"]

SCENARIO = "china-us"


def demo(
    replicates: Annotated[int, typer.Option(min=1, help="Number of replicates.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every draw.")] = 7,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the report is written.")] = Path("china-us.html"),
) -> None:
    """Simulate the road from China to the United States, score it, and write the report.

    The report is one HTML file, which opens without a network. Three sentences of result end the command.
    """
    check_report(out, "--out")
    started = time.monotonic()
    scenario = sj.load(SCENARIO)
    show.note(f"{scenario.title}: {replicates} replicates, seed {seed}; median and 90 % interval below")
    with show.progress(SCENARIO, replicates, quiet=False) as progress:
        run = sj.simulate(scenario, replicates=replicates, seed=seed, progress=progress)
    show.note(f"simulated in {time.monotonic() - started:.0f} s; scoring and writing the report")
    scores = sj.score(run)
    sentences = [_border(run), _courts(run), _bars(scores)]
    refused = None
    try:
        sj.report(run, out, scores=scores, cohorts=followed(run))
    except sj.SojournError as error:
        refused = error
    for sentence in sentences:
        show.line(sentence)
    if refused is not None:
        show.refused(refused)
        raise typer.Exit(1)
    show.line(f"Open {out} in a browser ({time.monotonic() - started:.0f} s in all).")


def _border(run: sj.Run) -> str:
    """Return how many encounters of a whole year the model gives, beside the published ones."""
    months = run.observations().sel(observation="usbp", time=slice("2023-10-01", "2024-09-01"))
    published = float(months["published_count"].sum())
    return (
        f"For fiscal year 2024 the model gives {_spread(months['simulated_count'].sum('time'))} Border Patrol "
        f"encounters of Chinese nationals at the southwest border; {published:,.0f} were published."
    )


def _courts(run: sj.Run) -> str:
    """Return how long the docket is at the end, and how many of those followed stand in it."""
    waiting = run.stocks.sel(stage="court").isel(time=-1)
    return (
        f"At the end of {str(run.data['time'].values[-1])[:4]} the immigration courts have "
        f"{_spread(waiting.sum('group'))} pending cases, {_spread(waiting.sel(group='chinese'))} of them "
        "those of Chinese nationals."
    )


def _bars(scores: Any) -> str:
    """Return how many of the bars are reached, and which are not."""
    missed = scores.bars[scores.bars["verdict"] != "reached"]
    text = f"Of {len(scores.bars)} bars that the model must reach, {len(scores.bars) - len(missed)} are reached"
    if not len(missed):
        return f"{text}."
    named = "; ".join(f"{row.measure} at {row.station} ({row.value:.2f})" for row in missed.itertuples())
    return f"{text}; not reached: {named}."


def _spread(values: Any) -> str:
    """Return the median over replicates with its 90 % interval."""
    low, middle, high = (float(values.quantile(q)) for q in (0.05, 0.5, 0.95))
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
