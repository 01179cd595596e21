"""Codes of everything that can be wrong with what a model is asked: parameters, states, steps."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.errors import Problem, SojournError

__all__ = ["CODES", "ModelError", "refuse"]

CODES: Mapping[str, str] = {
    "M101": "no such quantity in the scenario",
    "M102": "columns of a table of parameters differ in length, or have no rows",
    "M103": "a parameter is not a finite number",
    "M104": "a period of a parameter lies outside the run, or cannot be read",
    "M105": "the number of parameter draws is not that of the replicates",
    "M201": "a state belongs to another model",
    "M202": "a state cannot be moved to that step",
    "M203": "no state can be read from this file",
    "M204": "a state cannot be written",
    "M301": "more people than can be counted whole",
    "M401": "an option of a run is none of those allowed",
    "M402": "a number among the options of a run is out of its range",
    "M403": "the run would need more memory than the machine has",
    "M404": "the scenario is larger than what can be compiled",
}


class ModelError(SojournError):
    """A request to a model was refused; every reason carries a code of CODES."""


def refuse(code: str, where: str, message: str, **details: str) -> ModelError:
    """Return the error for one problem, ready to raise.

    Parameters
    ----------
    code : str
        One of :data:`CODES`.
    where : str
        Path to what is wrong.
    message : str
        What is wrong.
    **details : str
        Further fields of :class:`~sojourn.errors.Problem`.

    Returns
    -------
    ModelError
        The error.
    """
    CODES[code]
    return ModelError([Problem(code, where, message, **details)])
