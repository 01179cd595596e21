"""A machine's verdict on one figure: found, expected, and what the Monte-Carlo error allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["ERRORS", "Verdict", "report"]

ERRORS = 4.0
"""Standard errors that a figure may be off: one in 16,000 is by chance."""


class Verdict(NamedTuple):
    """One figure against what it should be."""

    name: str
    found: float
    expected: float
    allowed: float
    """Largest difference that passes: ERRORS standard errors unless the name says otherwise."""

    @property
    def passes(self) -> bool:
        """Whether the figure is as close as it has to be."""
        return abs(self.found - self.expected) <= self.allowed

    def __str__(self) -> str:
        word = "passes" if self.passes else "FAILS"
        return f"{self.name:58s} {self.found:12.5g} {self.expected:12.5g} +- {self.allowed:<10.2g} {word}"


def report(verdicts: Iterable[Verdict]) -> bool:
    """Print verdicts one by one; return whether all pass."""
    good = True
    for verdict in verdicts:
        print(verdict, flush=True)
        good &= verdict.passes
    return good
