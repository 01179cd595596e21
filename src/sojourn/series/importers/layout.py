"""How the columns of a file are matched with a layout that an importer knows.

Names of columns are compared by their letters and digits alone, so that case, spaces, underscores and punctuation
do not matter; the order of the columns never does. A column that the layout does not have is left out, and said to
be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

__all__ = ["Layout", "Match", "best_rows", "plain"]

_FEW, _SHORT = 4, 5
"""A layout with fewer columns, or with no longer names, is too general to leave columns of a file out."""

_UNNAMED = re.compile(r"|unnamed\d*|index|row(names?)?|x\d*|v\d+|level0")
"""Names, as compared, of the column of row numbers that pandas, R and spreadsheets write."""


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """Return a name of a column as it is compared: letters and digits alone, lower case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if c.isalnum()) or folded.strip()


@dataclass(frozen=True)
class Match:
    """A row of names that fits a layout.

    Attributes
    ----------
    layout : Layout
        The layout.
    positions : mapping of str to int
        Where each column of the layout stands in the row.
    extra : tuple of str
        Names in the row that the layout does not have.
    """

    layout: Layout
    positions: Mapping[str, int]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The columns of a kind of table.

    Attributes
    ----------
    columns : tuple of str
        Names that must be there.
    optional : tuple of str
        Names that may be there.
    also : mapping of str to tuple of str
        Other wordings of a name, as publishers and the sites that spread their tables write it.
    one_of : tuple of tuple of str
        Groups of optional names of each of which there must be one.
    each : str
        Pattern, in lower case, of columns of which there are many, such as one for each month. They keep their own
        names, in lower case.
    at_least : int
        How many columns of ``each`` there must be.
    """

    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    one_of: tuple[tuple[str, ...], ...] = ()
    each: str = ""
    at_least: int = 1

    def __hash__(self) -> int:
        return hash((self.columns, self.optional, self.one_of, self.each))

    @cached_property
    def _names(self) -> dict[str, str]:
        known = {plain(name): name for name in (*self.columns, *self.optional)}
        for name, others in self.also.items():
            known.update({plain(other): name for other in others})
        return known

    @cached_property
    def _each(self) -> re.Pattern[str]:
        return re.compile(self.each)

    def missing(self, cells: Iterable[str]) -> tuple[str, ...]:
        """Return the columns that a row of names lacks."""
        there = {self._names.get(plain(cell)) for cell in cells}
        lacking = [name for name in self.columns if name not in there]
        groups = (group for group in self.one_of if not there & set(group))
        return (*lacking, *(" or ".join((*group[:3], *(["..."] if len(group) > 3 else []))) for group in groups))

    def shared(self, cells: Sequence[str]) -> int:
        """Return how many names of a row are columns of this layout."""
        found = {self._names[p] for p in map(plain, cells) if p in self._names}
        return len(found) + (sum(bool(self._each.fullmatch(c.strip().lower())) for c in cells) if self.each else 0)

    def match(self, cells: Sequence[str], compared: Sequence[str] | None = None) -> Match | None:
        """Return how a row of names fits, or None.

        ``compared`` is what :func:`plain` makes of the cells, where the caller has it already.
        """
        compared = [plain(cell) for cell in cells] if compared is None else compared
        if not all(any(p in compared for p in self._wordings[name]) for name in self.columns):
            return None
        positions: dict[str, int] = {}
        extra: list[str] = []
        many = 0
        for at, (cell, word) in enumerate(zip(cells, compared, strict=True)):
            name = self._names.get(word)
            lower = cell.strip().lower()
            if name is not None and name not in positions:
                positions[name] = at
            elif name is None and self.each and self._each.fullmatch(lower) and lower not in positions:
                positions[lower] = at
                many += 1
            elif not _UNNAMED.fullmatch(word):
                extra.append(cell.strip())
        if self.each and many < self.at_least:
            return None
        if not all(any(name in positions for name in group) for group in self.one_of):
            return None
        if extra and self._general:
            return None
        return Match(self, positions, tuple(extra))

    @cached_property
    def _general(self) -> bool:
        return not (self.each or self.one_of) and (
            len(self.columns) < _FEW or all(len(plain(n)) <= _SHORT for n in self.columns)
        )

    @cached_property
    def _wordings(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(p for p, n in self._names.items() if n == name) for name in self.columns}


def best_rows(layouts: Iterable[Layout], rows: Sequence[Sequence[str]]) -> list[tuple[float, Layout, int]]:
    """Return (share of the names in common, layout, row) of every layout, nearest first."""
    found = []
    for layout in layouts:
        size = len(layout.columns) + len(layout.one_of) + (layout.at_least if layout.each else 0)
        best = (0.0, 0)
        for at, cells in enumerate(rows):
            named = [c for c in cells if c.strip()]
            common = layout.shared(named)
            best = max(best, (common / max(size, min(len(named), 2 * size), 1), -at))
        found.append((best[0], layout, -best[1]))
    return sorted(found, key=lambda f: (-f[0], len(f[1].columns)))
