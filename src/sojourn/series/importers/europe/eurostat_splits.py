"""Which of Eurostat's splits by sex and age are kept, so that nobody is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.series.model import ALL

__all__ = ["Splits", "kept_splits"]


@dataclass(frozen=True)
class Splits:
    """Which rows are kept, and the split of each row as a path."""

    keep: np.ndarray[Any, np.dtype[np.bool_]]
    words: list[str]


def kept_splits(
    sex: Sequence[str], age: Sequence[str], cells: Sequence[object], totals_only: bool
) -> tuple[Splits, list[tuple[int, str]]]:
    """Return which rows to keep: the totals and the finest split, by sex and age together, else sex, else age.

    Parameters
    ----------
    sex, age : sequence of str
        Of every row; ``all`` is the total.
    cells : sequence
        What else tells one figure from another: country, nationality and period.
    totals_only : bool
        Whether to keep the totals alone.

    Returns
    -------
    Splits
        The rows.
    list of (int, str)
        How many rows are left out, and why.
    """
    by_sex = np.array([s != ALL for s in sex], dtype=bool)
    by_age = np.array([a != ALL for a in age], dtype=bool)
    total, both = ~by_sex & ~by_age, by_sex & by_age
    words = ["/".join(w for w in (s, a) if w != ALL) or ALL for s, a in zip(sex, age, strict=True)]
    dropped: list[tuple[int, str]] = []
    if totals_only:
        keep = total
    else:
        finest = next((m for m in (both, by_sex & ~by_age, by_age & ~by_sex) if m.any()), total)
        keep = total | finest
        covered = {cells[i] for i in np.flatnonzero(keep).tolist()}
        for other in (by_sex & ~by_age, by_age & ~by_sex):  # where the finest split is not given
            spare = np.array([other[i] and cells[i] not in covered for i in range(len(cells))], dtype=bool)
            keep = keep | spare
            covered |= {cells[i] for i in np.flatnonzero(spare).tolist()}
    if (count := int((~keep).sum())) > 0:
        reason = (
            "other than both sexes and all ages" if totals_only else "sums over the sexes or ages that are kept"
        )
        dropped.append((count, reason))
    return Splits(keep, words), dropped
