"""Codes of everything that can be wrong with a text whose figures are to be checked, and the words of verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.errors import Problem, SojournError

__all__ = ["CODES", "SIGNS", "WORDS", "ClaimsError", "refuse"]

CODES: Mapping[str, str] = {
    "K101": "file not found, not a plain file, or not readable",
    "K102": "text is empty",
    "K103": "text is larger than the limit",
    "K104": "text is not UTF-8",
    "K105": "binary content where text is expected",
    "K106": "PDF is damaged, locked or has no text",
    "K107": "an optional package is needed",
    "K201": "date of publication is not a date",
    "K202": "date of publication lies outside the years that can be checked",
}

SIGNS = {"true": "✓", "other-definition": "≈", "false": "✗", "not-checkable": "?"}
"""The sign of each verdict, beside its colour."""

WORDS = {
    "true": "true",
    "other-definition": "true under another definition",
    "false": "not what the series say",
    "not-checkable": "not checkable",
}
"""Each verdict in words."""


class ClaimsError(SojournError):
    """A text was refused; every reason carries a code of CODES."""


def refuse(code: str, where: str, message: str, **details: str) -> ClaimsError:
    """Return the error for one problem, ready to raise; details as in :class:`~sojourn.errors.Problem`."""
    CODES[code]
    return ClaimsError([Problem(code, where, message, **details)])
