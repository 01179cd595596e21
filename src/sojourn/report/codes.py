"""Codes of everything that can keep a report from being written."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.errors import Problem, SojournError

__all__ = ["CODES", "ReportError", "refuse"]

CODES: Mapping[str, str] = {
    "P101": "an optional package is needed",
    "P102": "the report cannot be written there",
}


class ReportError(SojournError):
    """A report was refused; every reason carries a code of CODES."""


def refuse(code: str, where: str, message: str, **details: str) -> ReportError:
    """Return the error for one problem, ready to raise; details as in :class:`~sojourn.errors.Problem`."""
    CODES[code]
    return ReportError([Problem(code, where, message, **details)])
