"""What the store says of its content: one entry for each release of a measure, and what an import did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.series.importers.protocol import Check, Dropped
    from sojourn.series.model import Measure

__all__ = ["TABLE", "Entry", "Origin", "Receipt"]

TABLE = "table-"
"""What the name of a release begins with where its figures were not read from the publisher's own file."""


@dataclass(frozen=True)
class Entry:
    """One release of one measure in the store.

    Attributes
    ----------
    measure, release : str
        What it holds; no two entries of a store agree in both.
    rows : int
        How many figures.
    start, end : str
        First and last day covered, as ISO dates.
    path : str
        The Parquet file; relative to the store's folder for the user's own figures.
    importer : str
        Name of the importer that read them.
    file, digest : str
        The publisher's file that they were read from, and the SHA-256 of its bytes.
    content : str
        SHA-256 of the Parquet file; empty for reference figures.
    origin : {"user", "shipped"}
        Whether the user imported the figures or they came with the package.
    """

    measure: str
    release: str
    rows: int
    start: str
    end: str
    path: str
    importer: str
    file: str
    digest: str
    content: str
    origin: str = "user"

    @property
    def of_publisher(self) -> bool:
        """Whether the figures were read from a publisher's own file, and not from an edited table."""
        return not self.release.startswith(TABLE)


@dataclass(frozen=True)
class Origin:
    """Where figures come from that are to be kept.

    Attributes
    ----------
    file, digest : str
        The file, or what they were read from instead, and the SHA-256 of its bytes.
    importer : str
        Name of what read them.
    of_publisher : bool
        Whether it is the publisher's own file, and not a table that anyone may have edited.
    own : Measure, optional
        The measure of the user's own that the figures are of, kept with them.
    """

    file: str
    digest: str
    importer: str
    of_publisher: bool = True
    own: Measure | None = None


@dataclass(frozen=True)
class Receipt:
    """What an import did.

    Attributes
    ----------
    file, importer : str
        The file, and the name of the importer that read it.
    added : tuple of Entry
        Releases that are new in the store or were replaced.
    unchanged : tuple of Entry
        Releases of the file that the store had already, figure for figure.
    dropped : tuple of Dropped
        Rows that were left out: where, how many and why.
    checks : tuple of Check
        Totals that were recomputed from the rows; they all hold, or the file would have been refused.
    """

    file: str
    importer: str
    added: tuple[Entry, ...]
    unchanged: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    checks: tuple[Check, ...]
