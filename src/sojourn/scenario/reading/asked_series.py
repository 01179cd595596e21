"""Series that a scenario asks of a store of figures: taken over by value, so that it needs the store no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sojourn.errors import SojournError
from sojourn.scenario.codes import Findings, Path

__all__ = ["Ask", "asked"]

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Takes a query and returns the keys of a series; raises SojournError where it is refused."""

_WRITTEN = ("file", "column", "where", "unit", "period", "measure", "start", "values")
_FROM_STORE = (*_WRITTEN, "publisher", "source", "release", "digest", "licence", "rounding")


def asked(
    whole: Mapping[str, Any], own: Mapping[str, Any], ask: Ask | None, findings: Findings, path: Path
) -> dict[str, Any]:
    """Return a series with what the store answers in place of its ``query``.

    Parameters
    ----------
    whole, own : mapping
        The series with what it extends, and what the document itself says of it.
    ask : callable or None
        Answers the query.
    findings : Findings
        Takes L116 where the document states what the store says, and L121 for a query that is refused.
    path : tuple
        Where the series stands.

    Returns
    -------
    dict
        Keys of a series.
    """
    kept = {key: value for key, value in whole.items() if key != "query" and key not in _FROM_STORE}
    if doubled := [key for key in _FROM_STORE if key in own]:
        findings.problem(
            "L116",
            path,
            "a series is either asked of the store or written out",
            found=", ".join(["query", *doubled]),
            remedy="keep one",
        )
    query = own["query"]
    here = (*path, "query")
    if not isinstance(query, Mapping):
        findings.problem("L203", here, "a query is keys and values", found=str(query)[:60])
    elif ask is None:
        findings.problem(
            "L121", here, "there is no store to ask here", remedy="load the scenario with sojourn.load"
        )
    else:
        try:
            return {**ask(query), **kept}
        except SojournError as refused:
            for one in refused.problems:
                findings.problem(
                    "L121",
                    here,
                    f"{one.code}, {one.where}: {one.message}",
                    found=one.found,
                    allowed=one.allowed,
                    nearest=one.nearest,
                    remedy=one.remedy,
                )
    return kept
