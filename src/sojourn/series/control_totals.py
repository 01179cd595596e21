"""Control totals: whether the figures of the store agree with what their publishers printed elsewhere.

The checks are rows of ``tables/checks.csv``, each a question to the store and the figure that must come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sojourn.calendar import MONTHS, period_end
from sojourn.errors import SojournError
from sojourn.series.model import table_rows
from sojourn.series.query import series
from sojourn.series.store import Store

__all__ = ["Verified", "verify"]


@dataclass(frozen=True)
class Verified:
    """One control total and what the store gives.

    Attributes
    ----------
    check : str
        What is checked.
    series : str
        Name of the series.
    expected, found : float
        The published total, and the one recomputed; NaN when the store cannot answer.
    tolerance : float
        By how much they may differ.
    problem : str
        Why the store cannot answer; empty if it can.
    scope : str
        What the figure is of, in a sentence.
    """

    check: str
    series: str
    expected: float
    found: float
    tolerance: float
    problem: str
    scope: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is there and within its tolerance."""
        return abs(self.found - self.expected) <= self.tolerance


def verify(words: str = "", *, store: Store | None = None) -> tuple[Verified, ...]:
    """Recompute published totals from the figures of the store.

    Parameters
    ----------
    words : str
        Only checks that contain all of these words. Without any, the files of the store are checked for damage
        too.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    tuple of Verified
        One for each check. A check that the store cannot answer does not hold; nothing is raised.

    Examples
    --------
    >>> [check.check for check in sj.data.verify() if not check.holds]
    []
    """
    store = store or Store()
    wanted = words.casefold().split()
    rows = [
        row
        for row in table_rows("checks.csv")
        if all(w in " ".join((row["check"], row["series"], row["source"])).casefold() for w in wanted)
    ]
    done = [_one(row, store) for row in rows]
    if not words:
        bad = store.damage()
        done.append(Verified("Files of the store are as imported", "", 0, len(bad), 0, ", ".join(bad)))
    return tuple(done)


def _one(row: dict[str, str], store: Store) -> Verified:
    filters: dict[str, Any] = dict(pair.split("=", 1) for pair in row["filters"].split())
    problem, found, scope = "", float("nan"), ""
    start = pd.Timestamp(row["start"])
    try:
        frame = series(
            row["series"],
            period=row["period"],
            start=start.date(),
            end=period_end(start.date(), row["period"]) if row["period"] in MONTHS else None,
            release=row["release"],
            aggregate=row["aggregate"],  # type: ignore[arg-type]
            store=store,
            **filters,
        )
        scope = str(frame.attrs["scope"])
        answer = frame.loc[frame["start"] == start, "value"]
        if len(answer) == 1:
            found = float(answer.iloc[0])
        else:
            problem = f"{len(answer)} figures answer"
    except SojournError as err:
        problem = "; ".join(f"{p.code} {p.message}" for p in err.problems)
    return Verified(
        row["check"], row["series"], float(row["expected"]), found, float(row["tolerance"]), problem, scope
    )
