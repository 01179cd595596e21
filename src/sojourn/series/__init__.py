"""Official series: importers, the user's store over the shipped figures, questions to them, and their checks."""

from __future__ import annotations

from sojourn.series.chart import draw, draw_file
from sojourn.series.codes import CODES, DataError
from sojourn.series.control_totals import Verified, verify
from sojourn.series.countries import nationalities
from sojourn.series.events import count_events
from sojourn.series.exporting import export
from sojourn.series.model import FIELDS, Measure, measures
from sojourn.series.query import find_series, series, to_xarray, values
from sojourn.series.store import Entry, Receipt, Store
from sojourn.series.vintages import Revision, releases, revised

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
