"""The command ``check``: which definition makes each figure of a text true, or that none does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import sojourn as sj
from sojourn.app import show

__all__ = ["check"]

_FILES = (".txt", ".md", ".html", ".htm", ".pdf", ".markdown")
_LINES = {"true": "true", "other-definition": "other", "false": "FALSE", "not-checkable": "?"}


def check(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE|TEXT|-", help="A file (text, Markdown, HTML, PDF), a text, or - for stdin."),
    ],
    published: Annotated[str | None, typer.Option(metavar="DATE", help="Date of publication, 2024-07-04.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the claims as JSON.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page with the figures marked.")
    ] = None,
) -> None:
    """Check the figures of a text against the official series.

    Exit codes: 0 no figure is false; 1 the text was refused; 3 a figure is false.
    """
    checked = sj.check(_source(source), published=published)
    if report is not None:
        show.note(f"page written to {checked.save(report)}")
    if json:
        show.line(checked.to_json())
    else:
        for claim in checked.claims:
            mark = _LINES[claim.verdict]
            show.line(f"{mark:6} {claim.explanation}")
            if claim.query:
                show.line(f"       {claim.query}")
        counts = ", ".join(f"{n} {v}" for v, n in checked.counts().items())
        show.note(
            f"published {checked.published} ({checked.published_from}); {len(checked.claims)} figures: {counts}"
        )
    if any(c.verdict == "false" for c in checked.claims):
        raise typer.Exit(3)


def _source(source: str) -> str | Path:
    """Return what the argument names: the text of stdin, a file, or itself."""
    if source == "-":
        return sys.stdin.read()
    path = Path(source) if len(source) < 1_000 and "\n" not in source and "\x00" not in source else None
    if path is not None and (path.suffix.lower() in _FILES or path.is_file()):
        return path
    return source
