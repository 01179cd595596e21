"""Names of countries and places of the user's own on the command line."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

import sojourn as sj

__all__ = ["names"]

names = typer.Typer(no_args_is_help=True, help="Your own names of countries and places.")
_console = Console()


@names.command()
def add(
    name: Annotated[str, typer.Argument(help="As it is written in your tables.")],
    code: Annotated[str, typer.Argument(help="ISO 3166 alpha-3 code, or the path of a place.")],
) -> None:
    """Add a name of a country, a nationality or a place."""
    sj.data.add_name(name, code)
    _console.print(f"{name} is {code}.", highlight=False)


@names.command("list")
def list_() -> None:
    """List your own names."""
    held = sj.data.own_names()
    for name, code in held.items():
        _console.print(f"{code}  {name}", highlight=False)
    _console.print(f"{len(held)} names.")
