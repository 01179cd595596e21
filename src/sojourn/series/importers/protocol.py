"""What an importer states, and what it gives back.

An importer knows the layout of one publisher's files and turns such a file into figures. It reads only through
:class:`~sojourn.series.importers.source_file.SourceFile`, which refuses what is too large, cut off, packed, in
the wrong encoding or of the wrong kind before any of it is interpreted. The modules that hold importers are
listed in :mod:`sojourn.series.importers.registry`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from sojourn.errors import Collector
from sojourn.series.codes import collect
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import measures

__all__ = ["Check", "Dropped", "Imported", "Importer", "problems_of"]


@dataclass(frozen=True)
class Dropped:
    """Rows of a file that do not become figures.

    Attributes
    ----------
    where : str
        File, column or row.
    rows : int
        How many; 0 for a remark about the whole file.
    reason : str
        Why they are left out.
    value : float
        The sum of their values, where that is worth saying.
    """

    where: str
    rows: int
    reason: str
    value: float = 0.0


@dataclass(frozen=True)
class Check:
    """A total recomputed from the rows, against the one that was published or that the file itself gives.

    Attributes
    ----------
    name : str
        What is added up, in words.
    expected : float
        The total published, or that the file itself gives.
    found : float
        The sum of the rows.
    tolerance : float
        Largest difference that rounding explains, in the unit of the measure.
    """

    name: str
    expected: float
    found: float
    tolerance: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the two agree within the tolerance."""
        return abs(self.expected - self.found) <= self.tolerance


@dataclass(frozen=True)
class Imported:
    """What an importer read: the figures of one release, what it left out and why, and the checks that held."""

    table: pa.Table
    release: str
    dropped: tuple[Dropped, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Importer:
    """A reader of one publisher's files: everything that the registry and the store need to know of it.

    Attributes
    ----------
    name : str
        Its own name, recorded with the figures; no two importers share one.
    title : str
        What the files hold, for messages.
    measures : tuple of str
        The measures that it can yield, each a row of ``tables/measures``.
    read : callable
        Turns a file into figures; raises DataError with every problem found.
    layouts : tuple of Layout or tuple of str
        The tables it knows by the names of their columns. Also used in the message about a file that nearly fits.
    recognise : callable, optional
        Whether a file is one of its own, judged by its sheets. Without it, a file is recognised by a row of names
        that fits one of ``layouts``, and ``read`` sees the columns by the names of that layout.
    of_publisher : bool
        Whether such a file is the publisher's own. Figures of a table that anyone may have edited are kept as a
        release of their own, marked, and never take the place of the publisher's.
    """

    name: str
    title: str
    measures: tuple[str, ...]
    read: Callable[[SourceFile], Imported]
    layouts: tuple[Layout | tuple[str, ...], ...] = ()
    recognise: Callable[[SourceFile], bool] | None = None
    of_publisher: bool = True

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who publishes its measures, by the table of measures."""
        known = measures()
        return tuple(sorted({known[name].publisher for name in self.measures}))

    @cached_property
    def tables(self) -> tuple[Layout, ...]:
        """Its layouts, those given as names alone made into layouts."""
        return tuple(layout if isinstance(layout, Layout) else Layout(layout) for layout in self.layouts)


def problems_of(source: SourceFile) -> Collector:
    """Return a collector for everything that is wrong with ``source``."""
    return collect(f"{source.name} was not imported")
