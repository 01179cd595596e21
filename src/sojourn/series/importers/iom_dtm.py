"""IOM's Displacement Tracking Matrix: internally displaced people by country, province and district.

The layout is that of the interface (https://dtm.iom.int/data-and-analysis/dtm-api), whose answers the Humanitarian
Data Exchange spreads as CSV with hashtags (https://data.humdata.org/dataset/global-iom-dtm-from-api). The figures
are stocks on the day of the report, of one operation each.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import country_codes, encoded, numbers, texts
from sojourn.series.importers.figures import as_path, figures_of, filter_rows, finish, last_month
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL

__all__ = ["IMPORTERS"]

_LAYOUT = Layout(
    ("numPresentIdpInd", "reportingDate"),
    optional=(
        "admin0Pcode",
        "admin0Name",
        "admin1Name",
        "admin1Pcode",
        "admin2Name",
        "admin2Pcode",
        "operation",
        "roundNumber",
        "displacementReason",
        "assessmentType",
        "yearReportingDate",
        "monthReportingDate",
        "operationStatus",
        "adminLevel",
        "id",
    ),
    also={
        "numPresentIdpInd": ("number of IDPs", "IDPs", "idp_individuals", "numberIdps"),
        "reportingDate": ("reporting date", "survey date", "date of report"),
        "admin0Pcode": ("country code", "iso3", "country iso"),
        "admin0Name": ("country", "country name"),
        "displacementReason": ("reason", "cause of displacement"),
    },
    one_of=(("admin0Pcode", "admin0Name"),),
)


def _days(table: pa.Table, problems: Collector, where: str) -> Any:
    """Return days written ``2022-02-28``, with or without a time."""
    given = encoded(table["reportingDate"])
    days = []
    for raw in given.dictionary.to_pylist():
        written = re.sub(r"[T ]\d\d:.*", "", (raw or "").strip())
        try:
            day = dt.date.fromisoformat(written)
        except ValueError:
            problems.add("D306", f"{where}, column reportingDate", "not a day", found=str(raw)[:80])
            day = dt.date(2010, 1, 1)
        if not 2000 <= day.year <= 2049:
            problems.add("D307", f"{where}, column reportingDate", "year not covered", found=written[:80])
        days.append(day)
    return np.array(days, dtype="datetime64[D]")[given.indices.to_numpy(zero_copy_only=False)]


def _words(table: pa.Table, column: str, missing: str) -> list[str]:
    """Return a column as words of a path; ``missing`` where the table lacks it or a cell is empty."""
    if column not in table.column_names:
        return [missing] * table.num_rows
    return [as_path(w.replace("/", " ")) or missing for w in texts(table[column])]


def _read(source: SourceFile) -> Imported:
    problems, table, where = problems_of(source), source.table(), source.name
    start = _days(table, problems, where)
    if "admin0Pcode" in table.column_names:
        country = country_codes(table["admin0Pcode"], problems, where)
    else:
        country = code_names(table["admin0Name"].combine_chunks(), problems, f"{where}, column admin0Name")
    provinces, districts = _words(table, "admin1Name", ""), _words(table, "admin2Name", "")
    columns = {
        "period": "day",
        "start": start,
        "country": country,
        "component": _words(table, "operation", ALL),
        "place": [f"{p}/{d}" if p and d else p or d or ALL for p, d in zip(provinces, districts, strict=True)],
        "category": _words(table, "displacementReason", ALL),
        "value": numbers(
            table["numPresentIdpInd"].combine_chunks(),
            problems,
            where,
            "numPresentIdpInd",
            first_row=source.first_row,
            missing=("",),
        ),
    }
    problems.raise_if_any()
    given = ~np.isnan(columns["value"])
    dropped = [Dropped(where, int((~given).sum()), "no figure published")] if not given.all() else []
    release = last_month(start)
    figures = figures_of(source, "iom-dtm-idps", release, filter_rows(columns, given))
    return finish(source, figures, release, problems, dropped)


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="iom-dtm",
        title="IOM Displacement Tracking Matrix",
        measures=("iom-dtm-idps",),
        layouts=(_LAYOUT,),
        read=_read,
    ),
)
"""The importer of the Displacement Tracking Matrix."""
