"""Official series: importers, the user's store over the shipped figures, questions to them, and their checks."""

from __future__ import annotations

from sojourn.observe.chart import draw, draw_file
from sojourn.observe.codes import CODES, DataError
from sojourn.observe.crosswalk import nationalities
from sojourn.observe.export import export
from sojourn.observe.model import FIELDS, Measure, measures
from sojourn.observe.query import count_events, find_series, series, to_xarray, values
from sojourn.observe.releases import Revision, releases, revised
from sojourn.observe.store import Entry, Receipt, Store
from sojourn.observe.verify import Verified, verify

__all__ = [
    "CODES",
    "FIELDS",
    "DataError",
    "Entry",
    "Measure",
    "Receipt",
    "Revision",
    "Store",
    "Verified",
    "count_events",
    "draw",
    "draw_file",
    "export",
    "find_series",
    "measures",
    "nationalities",
    "releases",
    "revised",
    "series",
    "to_xarray",
    "values",
    "verify",
]
