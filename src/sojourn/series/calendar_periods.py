"""Calendar and US fiscal periods: which fit into which, and where a day falls."""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.series.model import PERIOD_MONTHS

__all__ = ["KINDS", "Days", "bucket", "fits_into"]

Days = np.ndarray[Any, np.dtype[np.datetime64]]

KINDS = ("day", "month", "quarter", "calendar-year", "fiscal-year", "span")
"""Kinds of period, finest first."""

_INTO = {
    "day": ("day",),
    "month": ("month", "day"),
    "quarter": ("quarter", "month", "day"),
    "calendar-year": ("calendar-year", "quarter", "month", "day"),
    "fiscal-year": ("fiscal-year", "quarter", "month", "day"),
    "span": ("span",),
}


def fits_into(kind: str) -> tuple[str, ...]:
    """Return the kinds of period that ``kind`` can be made of, itself first, then the coarsest."""
    return _INTO[kind]


def bucket(start: Days, end: Days, kind: str) -> tuple[Days, Days]:
    """Return first and last day (datetime64[D]) of the period of ``kind`` in which each start falls.

    A US fiscal year is a calendar year three months earlier. Days and spans are their own periods.
    """
    if kind in ("day", "span"):
        return start, end
    months = start.astype("datetime64[M]").astype(np.int64)
    size = PERIOD_MONTHS[kind]
    shift = 3 if kind == "fiscal-year" else 0
    first = (months + shift) // size * size - shift
    last = (first + size).astype("datetime64[M]").astype("datetime64[D]") - 1
    return first.astype("datetime64[M]").astype("datetime64[D]"), last
