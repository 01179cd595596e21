"""Commands about scenarios: init, explain, validate, schema, list."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer

import sojourn as sj
from sojourn.app import show
from sojourn.app.inputs import Changes, Settings, Source, Without, changed
from sojourn.writing import write_text

__all__ = ["explain", "init", "list_scenarios", "schema", "validate"]


_TEMPLATE = Path(__file__).parent / "template"


def init(
    name: Annotated[str, typer.Argument(help="Name of the scenario: lower-case words joined by hyphens.")],
    folder: Annotated[Path, typer.Option("--in", metavar="FOLDER", help="Where the files are written.")] = Path(),
) -> None:
    """Write a scenario to begin with, commented, and a CSV table for its data; never over what is there."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > 64:
        raise typer.BadParameter(f"{name!r} is not lower-case words joined by hyphens", param_hint="NAME")
    files = {folder / f"{name}.yaml": "scenario.yaml", folder / f"{name}-landings.csv": "landings.csv"}
    if there := [str(path) for path in files if path.exists() or path.is_symlink()]:
        raise typer.BadParameter(f"{', '.join(there)} exists; choose another name", param_hint="NAME")
    if not folder.is_dir():
        raise typer.BadParameter(f"no folder {folder}", param_hint="--in")
    for path, template in files.items():
        text = (_TEMPLATE / template).read_text(encoding="utf-8").replace("NAME", name)
        write_text(path, text)
        show.line(str(path))
    show.note(f"next: sojourn validate {folder / name}.yaml")


def explain(scenario: Source, settings: Settings = None, changes: Changes = None, without: Without = None) -> None:
    """Say in words and numbers what a scenario does: stages, flows, quantities, policies and their sources."""
    show.line(str(changed(scenario, settings, changes, without).explain()).rstrip("\n"))


def validate(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Names of built-in scenarios, or YAML files.")
    ],
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what needs a run in expected mode.")] = False,
) -> None:
    """Check scenarios: list every problem of each, and what is unusual though allowed; exit code 1 for problems."""
    refused = 0
    for source in scenarios:
        try:
            scenario = sj.load(source)
        except sj.SojournError as error:
            show.refused(error)
            refused += 1
        else:
            show.line(f"{source}: no problems; {len(scenario.stages)} stages, digest {scenario.digest()[:16]}")
            for one in scenario.unusual(quick=quick):
                show.note(f"  {one.code} at {one.where}: {one.message}" + (f" ({one.found})" if one.found else ""))
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
        write_text(out, text + "\n")


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
