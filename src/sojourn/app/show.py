"""What the terminal shows: refused input, tables, progress. Results go to stdout, all else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from sojourn.writing import plain_cell, write_text

if TYPE_CHECKING:
    import sojourn as sj

__all__ = ["line", "note", "progress", "refused", "save_table", "table"]

_DETAILS = (("found", "found"), ("allowed", "allowed"), ("nearest", "did you mean"), ("remedy", "do"))


def line(text: str) -> None:
    """Write a line of results."""
    print(text)


def note(text: str) -> None:
    """Write a line about the work to stderr."""
    print(text, file=sys.stderr)


def refused(error: sj.SojournError) -> None:
    """List every problem of a refused input on stderr: code and place, what was found, what to do."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]{escape(error.title or 'input refused')}[/]: {_count(len(error.problems))}")
    for problem in error.problems:
        console.print(f"[bold]{escape(problem.code)}[/] at {escape(problem.where)}: {escape(problem.message)}")
        for name, label in _DETAILS:
            if text := getattr(problem, name):
                console.print(f"    {label}: {escape(text)}")


def _count(problems: int) -> str:
    return "1 problem" if problems == 1 else f"{problems} problems"


def table(frame: Any, title: str = "") -> None:
    """Show a data frame: as a table in a terminal, as plain columns elsewhere."""
    console = Console(highlight=False)
    if not console.is_terminal:
        if title:
            line(title)
        cells = [list(frame.columns), *([_cell(value) for value in row] for row in frame.itertuples(index=False))]
        widths = [max(len(row[i]) for row in cells) for i in range(len(frame.columns))]
        numeric = [frame[name].dtype.kind in "if" for name in frame.columns]
        for row in cells:
            parts = (
                text.rjust(width) if number else text.ljust(width)
                for text, width, number in zip(row, widths, numeric, strict=True)
            )
            line("  ".join(parts).rstrip())
        return
    shown = Table(title=title or None, title_justify="left")
    for name in frame.columns:
        shown.add_column(name, justify="right" if frame[name].dtype.kind in "if" else "left")
    for row in frame.itertuples(index=False):
        shown.add_row(*(Text(_cell(value)) for value in row))
    console.print(shown)


def save_table(frame: Any, path: Path) -> None:
    """Write a data frame to a CSV file that spreadsheets open safely, and say so."""
    plain = frame.map(lambda value: plain_cell(value) if isinstance(value, str) else value)
    write_text(path, plain.to_csv(index=False, lineterminator="\n"))
    note(f"{len(frame)} rows written to {path}")


def _cell(value: Any) -> str:
    if value != value:  # missing numbers and dates differ from themselves
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "date"):
        return str(value.date())
    return str(value)


@contextmanager
def progress(title: str, wanted: int, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how many replicates are done and the time left; yields what ``simulate`` calls as it goes."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(title, total=wanted)
        yield lambda count, _wanted: bar.update(task, completed=count)
