"""Questions to the store: which series there are, and a series as a table or a labelled array."""

from __future__ import annotations

from sojourn.series.query.arrays import to_xarray
from sojourn.series.query.lookup import series, values
from sojourn.series.query.search import catalogue, find_series

__all__ = ["catalogue", "find_series", "series", "to_xarray", "values"]
