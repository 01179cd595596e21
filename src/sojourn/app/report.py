"""Commands about reports: the page of a run or of what a change did, and the card of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Source, Without, changed
from sojourn.writing import write_text

__all__ = ["CardFile", "ReportFile", "card", "check_report", "followed", "report", "write_card", "write_report"]

CardFile = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a Markdown file.")]
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write a report: one HTML file that needs no network."),
]


def check_report(path: Path | None, option: str = "--report") -> None:
    """Refuse a path that a report could not be written to, before the work rather than after it."""
    if path is not None and not path.parent.is_dir():
        raise typer.BadParameter(f"there is no directory {path.parent}", param_hint=option)


def followed(run: sj.Run) -> Any:
    """Return where those who came in each quarter are, for the report of a run; None where they cannot be followed.

    Runs whose stocks at the start are not recorded are not followed.
    """
    if "initial" not in run.has:
        return None
    question = sj.loads(run.scenario_text).question
    arrivals = question.arrivals if question is not None else None
    try:
        return run.cohorts(at=arrivals.at if arrivals is not None else None)
    except sj.SojournError as error:
        # Runs of another version, and queues that hide who left, can be reported all the same.
        if not set(error.codes) <= {"R602", "R603"}:
            raise
        show.note(f"the report does not say where those who came in each quarter are: {error.problems[0].message}")
        return None


def write_report(run: sj.Run, path: Path, other: sj.Run | None = None, files: Path | None = None) -> None:
    """Write a report of a run, or of what the change to another did, and name the file to open."""
    if other is None:
        written = sj.report(run, path, cohorts=followed(run), files=files)
    else:
        written = sj.report(sj.compare(run, other), path, files=files)
    show.note(f"report: {written} ({written.stat().st_size / 1e6:.1f} MB)")
    if files is not None:
        show.note(f"charts: {files}")


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A saved run.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The HTML file to write.")],
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="OTHER", help="A run with a change, under the same seed: report what it did."
        ),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option("--files", metavar="FOLDER", help="Write every chart as SVG, PNG and CSV as well."),
    ] = None,
) -> None:
    """Write a report of a saved run: one HTML file that needs no network."""
    check_report(out, "--out")
    write_report(sj.open_run(run), out, None if compare is None else sj.open_run(compare), files)


def card(
    scenario: Source,
    settings: Settings = None,
    changes: Changes = None,
    without: Without = None,
    out: CardFile = None,
) -> None:
    """Write the model card, the ODD description and the statement of misuse of a scenario, from the scenario."""
    check_report(out, "--out")
    write_card(changed(scenario, settings, changes, without), out)


def write_card(scenario: sj.Scenario | sj.flee.FleeScenario, out: Path | None) -> None:
    """Write the cards of a scenario to a file, or print them."""
    text = sj.card(scenario)
    if out is None:
        show.line(text.rstrip("\n"))
    else:
        write_text(out, text)
        show.note(f"card: {out}")
