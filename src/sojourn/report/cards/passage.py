"""A passage of a card, and what every card states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["STATEMENT", "Passage"]

STATEMENT = (
    "Results are aggregates of groups of people. They say nothing of any person, and must not be used to decide on "
    "one, to evade or intercept anyone, or to rank nationalities. Figures after the last published one rest on "
    "stated assumptions, not on observation."
)
"""What holds of every scenario."""


@dataclass(frozen=True)
class Passage:
    """A part of a card: its heading, paragraphs, and lines of a list."""

    heading: str
    paragraphs: Sequence[str] = ()
    lines: Sequence[str] = ()
