"""The command ``score``: how a run agrees with what was published, at stations or in camps."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Without, changed

if TYPE_CHECKING:
    import pandas as pd

    from sojourn.forecast import Scores

__all__ = ["score", "show_camps"]

_SHOWN = {
    "observation": "station",
    "span": "span",
    "periods": "periods",
    "within_50": "in 50 %",
    "within_90": "in 90 %",
    "log_rmse": "log-RMSE",
    "log_rmse_last": "of last",
    "log_rmse_upstream": "of upstream",
    "ratio": "ratio",
    "crps": "CRPS",
    "crps_last": "CRPS of last",
    "crps_upstream": "CRPS of upstream",
    "log_score": "log score",
}
"""Columns of the table, and their headings; naive predictors are the last value and the upstream series."""
_DIGITS = {"within_50": ".0%", "within_90": ".0%", "crps": ",.0f", "crps_last": ",.0f", "crps_upstream": ",.0f"}
_SPANS = {"fit": "in sample", "test": "out of sample"}


def score(
    source: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="Name of a built-in scenario, a YAML file, or a saved run.")
    ],
    split: Annotated[str | None, typer.Option(help="First day of the test, 2024-01; else that of the fit.")] = None,
    station: Annotated[str | None, typer.Option(help="Only this station.")] = None,
    settings: Settings = None,
    changes: Changes = None,
    without: Without = None,
    replicates: Annotated[int, typer.Option(min=1, help="Number of replicates.")] = 200,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every draw; drawn if left out.")] = None,
    least: Annotated[float | None, typer.Option(help="Smallest published count in a log-RMSE.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all columns to a CSV file.")] = None,
) -> None:
    """Score a scenario or a saved run at every station or camp, beside forecasts that need no model.

    Below the table stand the bars that a built-in scenario must reach, with the verdict of each.
    """
    if (Path(source) / "zarr.json").is_file():
        run = sj.open_run(source)
    else:
        scenario = changed(source, settings, changes, without)
        if isinstance(scenario, sj.Scenario):
            scenario.require_scorable(split)
        with show.progress(scenario.name, replicates, quiet=False) as progress:
            run = sj.simulate(scenario, replicates=replicates, seed=seed, progress=progress)
    scores = sj.score(run, split, least=least)
    if len(scores.errors):
        if station is not None:
            raise typer.BadParameter("the run has camps, no stations", param_hint="--station")
        show.note(str(run))
        show_camps(scores)
        if csv is not None:
            show.save_table(scores.camps, csv)
    if len(scores.stations):
        _show_stations(run, scores, station, csv)


def _show_stations(run: sj.Run, scores: Scores, station: str | None, csv: Path | None) -> None:
    """Show agreement at the stations, shares and bars."""
    table, bars = scores.stations, scores.bars
    if station is not None:
        known = list(dict.fromkeys(table["observation"]))
        if station not in known:
            near = get_close_matches(station, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise typer.BadParameter(f"no station {station!r}; {hint}", param_hint="--station")
        table, bars = table[table["observation"] == station], bars[bars["station"] == station]
    if csv is not None:
        show.save_table(table, csv)
    show.note(
        f"{run}; out of sample from {scores.split:%Y-%m-%d}; log-RMSE over counts of {scores.least:g} or more"
    )
    show.table(
        _shown(table),
        "Simulated against published, and two naive predictors: last value; upstream series, times the last ratio",
    )
    if len(scores.shares) and station is None:
        show.line("")
        show.table(
            _parts(scores.shares),
            "Parts of a station in another: published, simulated, mean absolute error of a period",
        )
    if len(bars):
        show.line("")
        show.table(_verdicts(bars), "Bars")


def show_camps(scores: Scores) -> None:
    """Show the errors in camps, the baselines, and the part of each camp."""
    for name, value in scores.summary().items():
        show.line(f"{name:<36}{value:>10.0f}" if name == "replicates" else f"{name:<36}{value:>10.4f}")
    show.line("")
    show.line(f"{'camp':<36}{'error':>10}")
    for camp, error in scores.by_camp().items():
        show.line(f"{camp:<36}{error:>10.4f}")


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that fit a terminal, as text."""
    text = {
        name: [_text(value, _DIGITS.get(name, ".2f")) for value in table[name]]
        for name in _SHOWN
        if name not in ("observation", "span")
    }
    names = {"observation": list(table["observation"]), "span": [_SPANS.get(s, s) for s in table["span"]]}
    frame = table[list(_SHOWN)].astype(object)
    for name, values in (names | text).items():
        frame[name] = values
    return frame.set_axis(list(_SHOWN.values()), axis=1)


def _text(value: float, digits: str) -> str:
    if value != value:
        return "-"
    return str(value) if isinstance(value, int) else format(value, digits)


def _parts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the shares as text."""
    frame = table.astype(object)
    frame["span"] = [_SPANS[span] for span in table["span"]]
    for name in ("published", "simulated", "error", "within_90"):
        frame[name] = [_text(value, ".1%") for value in table[name]]
    return frame.rename(columns={"within_90": "in 90 %"})


def _verdicts(bars: pd.DataFrame) -> pd.DataFrame:
    """Return the bars in words."""
    frame = bars[["station", "measure", "sample", "value", "verdict"]].astype(object)
    frame["value"] = [_text(value, ".3f") for value in bars["value"]]
    ends = zip(bars["low"], bars["high"], strict=True)
    allowed = [f"{low:g} to {high:g}" if abs(low) < float("inf") else f"at most {high:g}" for low, high in ends]
    frame.insert(4, "bar", allowed)
    return frame
