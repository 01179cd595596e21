"""Scenarios as the command line names them: a built-in or a file, and changes of it."""

from __future__ import annotations

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
    list[str] | None,
    typer.Option(
        "--with",
        metavar="WHAT-IF",
        help="A what-if: a name that sojourn list shows, or a YAML file with what changes. May be repeated.",
    ),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="POLICY", help="Leave a policy out. May be repeated.")
]


def changed(
    source: str, settings: list[str] | None, changes: list[str] | None, without: list[str] | None
) -> sj.Scenario:
    """Return the scenario with what-ifs merged in, policies left out and quantities set, in this order.

    Raises SojournError for what the scenario language refuses, and BadParameter for names it does not have.
    """
    for name in changes or ():
        if name not in (shipped := sj.list_scenarios(source)) and not Path(name).is_file():
            near = get_close_matches(name, shipped, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; shipped: {', '.join(shipped)}" if shipped else ""
            raise typer.BadParameter(f"no file {name}{hint}", param_hint="--with")
    scenario: sj.Scenario = sj.load(source, what_if=changes or ())
    for policy in without or ():
        _known(policy, scenario.policies, "policy", "--without")
    if without:
        scenario = scenario.replace(policies=dict.fromkeys(without))
    values = dict(_setting(text) for text in settings or ())
    for quantity in values:
        _known(quantity, scenario.quantities, "quantity", "--set")
    return scenario.replace(quantities=values) if values else scenario


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
