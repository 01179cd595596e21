"""Commands about scenarios: explain, validate, schema, list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Source, Without, changed

__all__ = ["explain", "list_scenarios", "schema", "validate"]


def explain(scenario: Source, settings: Settings = None, changes: Changes = None, without: Without = None) -> None:
    """Say in words and numbers what a scenario does: stages, flows, quantities, policies and their sources."""
    show.line(str(changed(scenario, settings, changes, without).explain()).rstrip("\n"))


def validate(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Names of built-in scenarios, or YAML files.")
    ],
) -> None:
    """Check scenarios and list every problem of each; exit code 1 if there are any."""
    refused = 0
    for source in scenarios:
        try:
            scenario = sj.load(source)
        except sj.SojournError as error:
            show.refused(error)
            refused += 1
        else:
            show.line(f"{source}: no problems; {len(scenario.stages)} stages, digest {scenario.digest()[:16]}")
    if refused:
        raise typer.Exit(1)


def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Write the JSON Schema of scenarios, with which editors complete and check them."""
    text = json.dumps(sj.schema(), indent=2)
    if out is None:
        show.line(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")


def list_scenarios() -> None:
    """List the built-in scenarios, and below each the what-ifs shipped with it."""
    lines = []
    for name in sj.list_scenarios():
        lines.append((name, sj.load(name).title))
        lines += [(f"  --with {part}", _title(path)) for part, path in sj.list_scenarios(name).items()]
    width = max(len(name) for name, _ in lines)
    for name, title in lines:
        show.line(f"{name.ljust(width)}  {title}")


def _title(path: Path) -> str:
    """Return the title of a shipped what-if, without the scenario that it is part of."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return next(row.removeprefix("title: ") for row in rows if row.startswith("title: "))
