"""The program ``sojourn``.

Exit codes: 0 done; 1 the input was refused (every problem is listed), or a check said no; 2 the command line is
not valid; 3 a figure of a text is false; 130 interrupted, with the finished replicates saved.
"""

from __future__ import annotations

from typing import Annotated

import typer

import sojourn as sj
from sojourn.app import describe, report, runs, show
from sojourn.app.check import check
from sojourn.app.demo import demo
from sojourn.app.group import Group
from sojourn.app.score import score
from sojourn.app.simulate import simulate

__all__ = ["app", "main"]

app = typer.Typer(
    cls=Group,
    name="sojourn",
    help="Simulate whole migration systems.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(describe.init)
app.command("simulate")(simulate)
app.command("explain")(describe.explain)
app.command("validate")(describe.validate)
app.command("schema")(describe.schema)
app.command("list")(describe.list_scenarios)
app.command("open")(runs.open_run)
app.command("concat")(runs.concat)
app.command("compare")(runs.compare)
app.command("report")(report.report)
app.command("card")(report.card)
app.command("score")(score)
app.command("check")(check)
app.command("demo")(demo)


def _version(wanted: bool) -> None:
    if wanted:
        show.line(f"sojourn {sj.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the program."""
    app()
