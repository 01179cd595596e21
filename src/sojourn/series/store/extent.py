"""How far the figures of a measure reach, in time and along each dimension.

For the reference figures this stands in their descriptor; for the user's own it is worked out from the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sojourn.calendar import MONTHS, Days, label
from sojourn.series.model import ALL, DIMENSIONS, KINDS
from sojourn.series.store.cells import Cells
from sojourn.series.store.entries import Entry
from sojourn.series.store.reference import reference_extent
from sojourn.series.store.shelf import Store

__all__ = ["extent", "extent_of"]


def extent_of(entries: Sequence[Entry], store: Store) -> dict[str, Any] | None:
    """Return how far the figures of some releases of one measure reach, or None when there are none.

    Parameters
    ----------
    entries : sequence of Entry
        The releases, oldest first.
    store : Store
        Where they are.

    Returns
    -------
    dict or None
        As :func:`extent` gives it, and ``releases``, their names.
    """
    if not entries:
        return None
    shipped = all(e.origin == "shipped" for e in entries)
    known = reference_extent(entries[0].measure) if shipped else None
    found = known or extent([store.cells(e) for e in entries])
    return {**found, "releases": [e.release for e in entries]}


def extent(releases: Sequence[Cells]) -> dict[str, Any]:
    """Return how far the figures of some releases reach.

    Parameters
    ----------
    releases : sequence of Cells
        Those of one measure, oldest first.

    Returns
    -------
    dict
        ``first`` and ``last``, the periods as they are written; ``period``, the finest kind; ``gaps``, in words,
        which of the finest periods are missing inside; ``values``, those of each dimension along which figures are
        split.
    """
    start = np.concatenate([c.start for c in releases])
    end = np.concatenate([c.end for c in releases])
    kinds = np.concatenate([c.kinds for c in releases])
    first, last, finest = int(start.argmin()), int(end.argmax()), int(kinds.min())
    values = {d: sorted({w for c in releases for w in _used(c, d)} - {ALL}) for d in DIMENSIONS}
    kind = KINDS[kinds[last]]
    return {
        "first": label(KINDS[kinds[first]], start[first].astype(object)),
        "last": str(end[last]) if kind == "span" else label(kind, start[last].astype(object)),
        "period": KINDS[finest],
        "gaps": _gaps(start[kinds == finest], KINDS[finest]),
        "values": {d: v for d, v in values.items() if v},
    }


def _used(cells: Cells, dimension: str) -> list[str]:
    """Return the values of a dimension that figures have."""
    column = cells.columns[dimension]
    words = column.dictionary.to_pylist()
    return [words[i] for i in np.unique(column.indices.to_numpy(zero_copy_only=False))]


def _gaps(starts: Days, kind: str) -> str:
    """Return how many periods of the finest kind are missing between the first and the last."""
    if kind not in MONTHS:
        return ""
    months = np.unique(starts.astype("datetime64[M]").astype(np.int64))
    missing = np.setdiff1d(np.arange(months[0], months[-1] + 1, MONTHS[kind]), months)
    if not len(missing):
        return ""
    first = np.datetime64(int(missing[0]), "M").astype("datetime64[D]").astype(object)
    what = kind.replace("-", " ") + ("s" if len(missing) > 1 else "")
    return f"{len(missing)} {what} missing, the first {label(kind, first)}"
