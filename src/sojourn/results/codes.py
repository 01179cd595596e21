"""Codes of everything that can be wrong with a stored run, or with a question to one."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.errors import Problem, SojournError

__all__ = ["CODES", "RunError", "refuse"]

CODES: Mapping[str, str] = {
    "R101": "no run at this path",
    "R102": "not a run of Sojourn",
    "R103": "run written by a version of the layout that this version does not read",
    "R104": "run damaged or incomplete",
    "R105": "the path is taken",
    "R106": "the run cannot be written",
    "R107": "another process is writing this run",
    "R201": "parts of different runs are not put together",
    "R202": "parts of a run overlap, or leave a gap between them",
    "R301": "runs that are not paired by replicate are not compared",
    "R401": "people were lost or made: entered - left differs from the change of the stock",
    "R501": "no such quantity of a run, period, group or option",
    "R502": "recorded periods do not fit into the wanted period",
    "R601": "cohorts do not add up to the recorded stocks",
    "R602": "simulated again, a run gives other numbers",
    "R603": "those who leave a queue unserved cannot be distinguished from those served",
}


class RunError(SojournError):
    """A run, or a question to one, was refused; every reason carries a code of CODES."""


def refuse(code: str, where: str, message: str, **details: str) -> RunError:
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
    RunError
        The error.
    """
    CODES[code]
    return RunError([Problem(code, where, message, **details)])
