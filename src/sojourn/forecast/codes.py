"""Codes of what keeps a run from being scored."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.errors import Problem, SojournError

__all__ = ["CODES", "ForecastError", "refuse"]

CODES: Mapping[str, str] = {
    "S101": "the split is not a date or not a day of the run, or there is none",
    "S102": "the run has nothing published beside it to be scored against",
}


class ForecastError(SojournError):
    """A score was refused; every reason carries a code of CODES."""


def refuse(code: str, where: str, message: str, **details: str) -> ForecastError:
    """Return the error for one problem, ready to raise; details as in :class:`~sojourn.errors.Problem`."""
    CODES[code]
    return ForecastError([Problem(code, where, message, **details)])
