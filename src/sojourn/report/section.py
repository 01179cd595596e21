"""Sections of a report: what one is called, what it needs, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sojourn.report.cards.passage import Passage
from sojourn.report.charts.chart import Picture

__all__ = ["Content", "Section", "Table"]


@dataclass(frozen=True)
class Table:
    """A table of a report: heads, and rows of cells; columns named in ``right`` hold numbers."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    right: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Content:
    """What a section shows: words, pictures, tables, lines of a list, passages of cards.

    ``key`` adds the key of bands, dots and policies.
    """

    words: Sequence[str | Markup] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    lines: Sequence[str] = ()
    cards: Sequence[Passage] = ()
    key: bool = False


@dataclass(frozen=True)
class Section:
    """A section of a report.

    Parameters
    ----------
    name
        Its anchor on the page: lower-case letters, digits and hyphens.
    title
        Its heading.
    needs
        What a report must have for it: variables and coordinates of the run, and words of
        :data:`sojourn.report.facts.GIVEN`.
    build
        Takes the facts of the report and returns the content, or None where there is nothing to show.
    folded
        Whether the section is closed until the reader opens it.
    """

    name: str
    title: str
    needs: frozenset[str]
    build: Callable[[Any], Content | None]
    folded: bool = False
