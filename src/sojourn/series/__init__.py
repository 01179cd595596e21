"""Official series: the figures that publishers printed, each with its unit of account, period and release.

The front door gives this package as ``sj.data`` and its main function as ``sj.series``.

========================  ==============================================================================
To                        use
========================  ==============================================================================
find a series             :func:`find_series`, :func:`catalogue`, :func:`measures`, :func:`values`,
                          :func:`nationalities`
ask for one               :func:`series`, and :func:`to_xarray` for a labelled array
see what was revised      :func:`releases`, :func:`revised`
import a publisher's file :meth:`Store.import_file`
add your own              :func:`add`, :func:`add_name`, :func:`own_names`
count events              :func:`count_events`
check the store           :func:`verify`, :meth:`Store.damage`
draw or export            :func:`draw`, :func:`draw_file`, :func:`export`
========================  ==============================================================================

Whatever is wrong with a file, a store or a question raises :class:`DataError` with a code of :data:`CODES`.
Asking for a series loads no importer; importing a file does.
"""

from __future__ import annotations

from sojourn.series.chart import draw, draw_file
from sojourn.series.codes import CODES, DataError
from sojourn.series.control_totals import Verified, verify
from sojourn.series.countries import nationalities
from sojourn.series.events import count_events
from sojourn.series.exporting import export
from sojourn.series.importers.protocol import Check, Dropped
from sojourn.series.model import FIELDS, Field, Measure, measures
from sojourn.series.own import Added, add, add_name, own_names
from sojourn.series.query import catalogue, find_series, series, to_xarray, values
from sojourn.series.store import Entry, Receipt, Store
from sojourn.series.vintages import Revision, releases, revised

__all__ = [
    "CODES",
    "FIELDS",
    "Added",
    "Check",
    "DataError",
    "Dropped",
    "Entry",
    "Field",
    "Measure",
    "Receipt",
    "Revision",
    "Store",
    "Verified",
    "add",
    "add_name",
    "catalogue",
    "count_events",
    "draw",
    "draw_file",
    "export",
    "find_series",
    "measures",
    "nationalities",
    "own_names",
    "releases",
    "revised",
    "series",
    "to_xarray",
    "values",
    "verify",
]
