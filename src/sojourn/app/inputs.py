"""Scenarios as the command line names them: a built-in or a file, and changes of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

import sojourn as sj

__all__ = ["Changes", "Settings", "Source", "Without", "changed"]

Source = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a built-in scenario, or a YAML file.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="QUANTITY=VALUE", help="Fix a quantity at a value. May be repeated."),
]
Changes = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="FILE", help="A what-if: the part of a scenario that changes. May be repeated."),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="POLICY", help="Leave a policy out. May be repeated.")
]


def changed(
    source: str, settings: list[str] | None, changes: list[Path] | None, without: list[str] | None
) -> sj.Scenario:
    """Return the scenario with what-if files merged in, policies left out and quantities set, in this order.

    Raises SojournError for what the scenario language refuses, and BadParameter for names it does not have.
    """
    scenario = sj.load(source)
    if changes:
        scenario = _merged(scenario, changes)
    for policy in without or ():
        _known(policy, scenario.policies, "policy", "--without")
    if without:
        scenario = scenario.replace(policies=dict.fromkeys(without))
    values = dict(_setting(text) for text in settings or ())
    for quantity in values:
        _known(quantity, scenario.quantities, "quantity", "--set")
    return scenario.replace(quantities=values) if values else scenario


def _merged(scenario: sj.Scenario, changes: list[Path]) -> sj.Scenario:
    """Return the scenario extended by each file in turn, as ``extends`` does it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sj.dump(scenario, folder / "scenario.yaml")
        parts = ["scenario.yaml"]
        for i, path in enumerate(changes):
            if not path.is_file():
                raise typer.BadParameter(f"no file {path}", param_hint="--with")
            (folder / str(i)).mkdir()
            parts.append(f"{i}/{path.name}")
            shutil.copyfile(path, folder / parts[-1])
        return sj.loads(f"extends: {json.dumps(parts)}\n", folder=folder)


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not QUANTITY=NUMBER", param_hint="--set") from None


def _known(name: str, names: Iterable[str], what: str, option: str) -> None:
    known = list(names)
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known) or 'none'}"
        raise typer.BadParameter(f"no {what} {name!r}{hint}", param_hint=option)
