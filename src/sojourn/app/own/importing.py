"""Importing a table of the user's own, and saying how it was read and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

import sojourn as sj

__all__ = ["import_own", "is_own", "print_receipt"]

_console = Console()
_HEAD, _TAIL = 5, 3


def is_own(file: Path, given: Mapping[str, Any], spec: Path | None) -> bool:
    """Tell whether a file is to be read as a table of the user's own; refuses options that only go with one."""
    if "as" in given or spec is not None or file.with_name(f"{file.name}.yaml").is_file():
        return True
    if said := [f"--{key}" for key in given if key != "release"]:
        raise typer.BadParameter(
            f"{', '.join(said)} describe a table of your own; say what it is called: --as NAME"
        )
    return False


def import_own(file: Path, spec: Path | None, given: Mapping[str, Any], *, preview: bool, replace: bool) -> None:
    """Import a table of the user's own, or show what would be kept of it."""
    described = {key.replace("-", "_"): value for key, value in given.items() if key != "as"}
    done = sj.data.add(file, given.get("as", ""), spec=spec, preview=preview, replace=replace, **described)
    measure = done.measure
    _console.print(f"[bold]{file.name}[/bold] read as {measure.name}: {measure.title}", highlight=False)
    _console.print(f"  {measure.publisher}, unit {measure.unit}, release {done.release}", highlight=False)
    for note in done.notes:
        _console.print(f"  {note}", highlight=False, markup=False)
    _show(done)
    if done.receipt is None:
        _console.print("A preview: nothing was kept.")
    else:
        print_receipt(done.receipt)


def _show(done: Any) -> None:
    """Print the first and the last figures."""
    frame = done.figures
    split = [c for c in frame.columns if c not in ("start", "end", "value")]
    table = Table("from", "to", *split)
    table.add_column(done.measure.unit, justify="right")
    rows = frame.to_dict("records")
    cut = len(rows) > _HEAD + _TAIL + 1
    for row in [*rows[:_HEAD], None, *rows[-_TAIL:]] if cut else rows:
        if row is None:
            table.add_row(*["..."] * (len(split) + 3))
            continue
        value = "n/a" if row["value"] != row["value"] else f"{row['value']:,.10g}"
        table.add_row(str(row["start"]), str(row["end"]), *(str(row[c]) for c in split), value)
    _console.print(table)
    total = f"{len(rows):,} figures, {frame['start'].min()} to {frame['end'].max()}"
    _console.print(f"{total}; sum {frame['value'].sum():,.10g}.", highlight=False)


def print_receipt(done: Any) -> None:
    """Print which releases are new, which were there already, and what was left out."""
    for entry in done.added:
        _console.print(f"  added {entry.measure}, release {entry.release}: {entry.rows:,} figures")
    for entry in done.unchanged:
        _console.print(f"  there already: {entry.measure}, release {entry.release}")
    for left in done.dropped:
        said = f"left out: {left.where}, {left.rows} rows" if left.rows else f"note: {left.where}"
        _console.print(f"  {said}: {left.reason}", highlight=False)
