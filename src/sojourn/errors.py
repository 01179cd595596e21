"""Problems found in what a user gave us: coded, located, and raised all at once.

A :class:`Problem` says what is wrong, where, what was found, what is allowed and what to do. A
:class:`Collector` gathers every problem of one input; leaving its ``with`` block raises them together.
Each package that reads input keeps the table of its codes in its own ``codes.py``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType

__all__ = ["Collector", "Problem", "SojournError", "nearest"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Attributes
    ----------
    code : str
        A letter and three digits; what it stands for is in the table of its package.
    where : str
        Path to the key, or file, sheet, row and column.
    message : str
        What is wrong, in a sentence.
    found : str
        The value found.
    allowed : str
        What is allowed.
    nearest : str
        The closest valid name, where a name was not known.
    remedy : str
        What to do.
    """

    code: str
    where: str
    message: str
    found: str = ""
    allowed: str = ""
    nearest: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        parts = [f"{self.code} at {self.where}: {self.message}"]
        for label, text in (
            ("found", self.found),
            ("allowed", self.allowed),
            ("did you mean", self.nearest),
            ("do", self.remedy),
        ):
            if text:
                parts.append(f"    {label}: {text}")
        return "\n".join(parts)


class SojournError(Exception):
    """An input was refused; its problems say every reason.

    Parameters
    ----------
    problems : iterable of Problem
        Every problem found, each with a code.
    title : str, optional
        What the message begins with.
    """

    def __init__(self, problems: Iterable[Problem], title: str = "") -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.title = title
        count = len(self.problems)
        head = title or "input refused"
        super().__init__(
            f"{head}: {count} problem{'s' if count != 1 else ''}\n" + "\n".join(str(p) for p in self.problems)
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all problems, in order, repeated where repeated."""
        return tuple(p.code for p in self.problems)


@dataclass
class Collector:
    """Gathers problems and raises them together.

    Leaving its ``with`` block raises what was gathered, unless another error is on its way.

    Attributes
    ----------
    codes : Mapping[str, str]
        Meaning of each known code, in a line; an unknown code is a programming error (KeyError).
    error : type[SojournError]
        Class of the error to raise.
    title : str
        What the message of the error begins with.
    limit : int
        How many problems are kept.
    problems : list[Problem]
        Those gathered.
    warnings : list[Problem]
        What was gathered without stopping; it is never raised.
    """

    codes: Mapping[str, str]
    error: type[SojournError] = SojournError
    title: str = ""
    limit: int = 200
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, code: str, where: str, message: str, **details: str) -> None:
        """Record a problem.

        Parameters
        ----------
        code : str
            One of ``codes``.
        where : str
            Path to the key, or file, sheet, row and column.
        message : str
            What is wrong.
        **details : str
            Further fields of :class:`Problem`: ``found``, ``allowed``, ``nearest``, ``remedy``.
        """
        self.codes[code]
        if len(self.problems) < self.limit:
            self.problems.append(Problem(code, where, message, **details))

    def warn(self, code: str, where: str, message: str, **details: str) -> None:
        """Record something that was defaulted, clipped or left out without stopping.

        Parameters
        ----------
        code : str
            One of ``codes``.
        where : str
            Path to the key, or file, sheet, row and column.
        message : str
            What was done.
        **details : str
            Further fields of :class:`Problem`.
        """
        self.codes[code]
        self.warnings.append(Problem(code, where, message, **details))

    def raise_if_any(self) -> None:
        """Raise every collected problem in one error, if there are any.

        Raises
        ------
        SojournError
            Of the class ``error``, with every problem.
        """
        if self.problems:
            raise self.error(self.problems, self.title)

    def __enter__(self) -> Collector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.raise_if_any()


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name closest to ``name``, or an empty string when none is near.

    Parameters
    ----------
    name : str
        The name that is not known.
    known : Iterable[str]
        The names that are.

    Returns
    -------
    str
        The closest name, or an empty text.
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
