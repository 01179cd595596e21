"""Naive predictors, which a model must beat to be of use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["last_value", "times_upstream"]

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


def last_value(published: F64, known: Mask) -> F64:
    """Return the last published value among the periods ``known``, for every period: (period) float64.

    Source: R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice" (2021), section 5.2.
    """
    at = np.flatnonzero(known & np.isfinite(published))
    return np.full(len(published), published[at[-1]] if len(at) else np.nan)


def times_upstream(published: F64, upstream: F64, known: Mask) -> F64:
    """Return the series upstream in the same period, times the last ratio among the periods ``known``.

    All are (period) float64 and counts. It is given the upstream series of the very periods that it predicts,
    which is more than a forecast would have. The last ratio is that of the last period in which both are
    published and above zero; missing where there is none, and where nothing is published upstream.
    """
    at = np.flatnonzero(known & (published > 0) & (upstream > 0))
    if not len(at):
        return np.full(len(published), np.nan)
    return np.asarray(upstream * (published[at[-1]] / upstream[at[-1]]))
