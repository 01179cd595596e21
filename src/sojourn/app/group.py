"""The group of all commands: parts imported when used, refused input shown as a list, never as a traceback."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup

import sojourn as sj
from sojourn.app import show

__all__ = ["PARTS", "Group"]

PARTS = ("data", "flee")
"""Groups of commands that stand in a module of their own: ``app`` of ``sojourn.app.<part>``."""


class Group(TyperGroup):
    """The commands, and those of the parts; a refused input ends with exit code 1 and the list of problems."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, parts last."""
        return [*super().list_commands(ctx), *(part for part in PARTS if find_spec(f"sojourn.app.{part}"))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None; a part is imported when one of its commands is used."""
        if cmd_name in PARTS and find_spec(f"sojourn.app.{cmd_name}"):
            command = typer.main.get_command(import_module(f"sojourn.app.{cmd_name}").app)
            command.name = cmd_name
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; show what was refused and exit with code 1."""
        try:
            return super().invoke(ctx)
        except sj.SojournError as error:
            show.refused(error)
            raise typer.Exit(1) from error
