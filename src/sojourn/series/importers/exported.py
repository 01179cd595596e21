"""Figures that Sojourn exported as CSV, read back: what comes in is what went out.

Anyone may have edited such a table. Where its figures are not those of the publisher's release in the store, they
are kept beside it and marked as a table.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.errors import Collector
from sojourn.series.importers.columns import encoded, numbers
from sojourn.series.importers.figures import finish
from sojourn.series.importers.protocol import Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import FIELDS, SCHEMA, figures, measures

__all__ = ["IMPORTERS"]

_COLUMNS = tuple(SCHEMA.names)


def _read(source: SourceFile) -> Imported:
    """Read a table that Sojourn exported; its releases and files' digests are those of the rows."""
    problems = problems_of(source)
    table = source.table(newlines=True)
    columns: dict[str, object] = {}
    for field in FIELDS:
        column = encoded(table[field.name])
        if field.type == "text":
            words = [w.removeprefix("'") if w else "" for w in column.dictionary.to_pylist()]
            columns[field.name] = pa.DictionaryArray.from_arrays(column.indices, pa.array(words, pa.string()))
        elif field.type == "date":
            columns[field.name] = _dates(column, source.name, field.name, problems)
        else:
            missing = ("",) if field.type == "number" else ()
            columns[field.name] = numbers(column, problems, source.name, field.name, missing=missing)
    problems.raise_if_any()
    rounding = columns["rounding"]
    columns["rounding"] = np.asarray(rounding).astype(np.int32)
    made = figures(columns, table.num_rows)
    release = max(pc.unique(made["release"]).cast(pa.string()).to_pylist())
    return finish(source, made, release, problems)


def _dates(column: pa.DictionaryArray, name: str, field: str, problems: Collector) -> pa.Array:
    """Return a column of ISO dates; anything else is D306 with its row."""
    days = []
    for code, text in enumerate(column.dictionary.to_pylist()):
        try:
            days.append(dt.date.fromisoformat(text or ""))
        except ValueError:
            row = int(np.flatnonzero(column.indices.to_numpy(zero_copy_only=False) == code)[0]) + 2
            problems.add("D306", f"{name}, row {row}, column {field}", "not a date", found=str(text)[:80])
            days.append(dt.date(1900, 1, 1))
    return pa.array(days, pa.date32()).take(column.indices)


IMPORTERS = (
    Importer(
        name="sojourn-table",
        title="Figures exported by Sojourn",
        measures=tuple(measure.name for measure in measures().values() if not measure.of),
        layouts=(_COLUMNS,),
        read=_read,
        of_publisher=False,
    ),
)
"""The importer of exported tables."""
