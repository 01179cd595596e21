"""Whether the figures on the shelf say what their publishers said elsewhere.

The checks are rows of ``tables/checks.csv``: a question to the store and the figure that must come out.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sojourn.errors import SojournError
from sojourn.series.model import table_rows
from sojourn.series.query import series
from sojourn.series.store import Store

__all__ = ["Verified", "verify"]


@dataclass(frozen=True)
class Verified:
    """One check: what must come out, what did (NaN when nothing did), and why not."""

    check: str
    series: str
    expected: float
    found: float
    tolerance: float
    problem: str

    @property
    def holds(self) -> bool:
        """Whether the figure is there and within its tolerance."""
        return abs(self.found - self.expected) <= self.tolerance


def verify(words: str = "", *, store: Store | None = None) -> tuple[Verified, ...]:
    """Run every check whose text holds all of ``words``, and check that no file of the store is damaged.

    A check that cannot be answered does not hold; nothing is raised.
    """
    shelf = store or Store()
    wanted = words.casefold().split()
    rows = [
        row
        for row in table_rows("checks.csv")
        if all(w in " ".join((row["check"], row["series"], row["source"])).casefold() for w in wanted)
    ]
    done = [_one(row, shelf) for row in rows]
    if not words:
        bad = shelf.damage()
        done.append(Verified("Files of the store are as imported", "", 0, len(bad), 0, ", ".join(bad)))
    return tuple(done)


def _one(row: dict[str, str], shelf: Store) -> Verified:
    filters = dict(pair.split("=", 1) for pair in row["filters"].split())
    problem, found = "", float("nan")
    start = pd.Timestamp(row["start"])
    try:
        frame = series(
            row["series"],
            period=row["period"],
            start=start.date(),
            release=row["release"],
            aggregate=row["aggregate"],  # type: ignore[arg-type]
            store=shelf,
            **filters,
        )
        answer = frame.loc[frame["start"] == start, "value"]
        if len(answer) == 1:
            found = float(answer.iloc[0])
        else:
            problem = f"{len(answer)} figures answer"
    except SojournError as err:
        problem = "; ".join(f"{p.code} {p.message}" for p in err.problems)
    return Verified(row["check"], row["series"], float(row["expected"]), found, float(row["tolerance"]), problem)
