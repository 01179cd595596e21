"""Putting figures together from the columns an importer has read.

What every importer of this package does in the same way: measures bring their publisher, unit, source and
licence; publishers' country codes become ours; rows that repeat a figure's labels become one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.errors import Collector, nearest
from sojourn.observe.crosswalk import is_iso3, iso3, nationalities
from sojourn.observe.importer import Dropped
from sojourn.observe.model import conform, figures, measures
from sojourn.observe.sourcefile import SourceFile

__all__ = ["block", "codes", "join", "keep", "last_month", "merge", "table_rows", "texts"]


@cache
def table_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a table that ships with this package (``tables/<name>.csv``)."""
    text = (files("sojourn.observe") / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


def block(source: SourceFile, measure: str, release: str, columns: Mapping[str, Any]) -> pa.Table:
    """Return the figures of one measure; what its table says of the measure is filled in.

    Raises KeyError for an unknown measure, ValueError where the columns differ in length.
    """
    known = measures()[measure]
    return figures(
        {
            "publisher": known.publisher,
            "measure": measure,
            "unit": known.unit,
            "source": known.source,
            "licence": known.licence,
            "release": release,
            "digest": source.digest,
            **columns,
        }
    )


def join(blocks: Iterable[pa.Table]) -> pa.Table:
    """Return the figures of several blocks as one table."""
    return conform(pa.concat_tables(list(blocks)))


def texts(column: Any) -> list[str]:
    """Return a column of text as a list of stripped strings; a null is the empty string."""
    return [(v or "").strip() for v in column.to_pylist()]


def codes(column: Any, problems: Collector, where: str, *, empty: str = "") -> pa.Array:
    """Return country codes of a column that holds codes, some of them the publisher's own.

    ``empty`` is the code of an empty cell; without it an empty cell is D303. A code that is neither ISO 3166
    nor in the crosswalk is D305.
    """
    values = texts(column)
    found = {v: v if is_iso3(v) else iso3(v) if v else empty for v in set(values)}
    for value, code in sorted(found.items()):
        if not code:
            row = values.index(value) + 2
            near = nearest(value, nationalities())
            kind = "D305" if value else "D303"
            problems.add(kind, f"{where}, row {row}", "country code not known", found=value, nearest=near)
    return pa.array([found[v] for v in values], pa.string())


def merge(columns: Mapping[str, Any], where: str, reason: str) -> tuple[dict[str, Any], tuple[Dropped, ...]]:
    """Add up rows that agree in every column but ``value``; say how many were merged, and why.

    ``columns`` are arrays of equal length, ``value`` among them. The order of first appearance is kept.
    """
    table = pa.table(dict(columns))
    keys = [name for name in table.column_names if name != "value"]
    grouped = table.group_by(keys, use_threads=False).aggregate([("value", "sum")])
    merged = table.num_rows - grouped.num_rows
    columns = {name: grouped[name].combine_chunks() for name in keys} | {
        "value": grouped["value_sum"].combine_chunks()
    }
    return columns, (Dropped(where, merged, reason),) if merged else ()


def last_month(start: np.ndarray[Any, np.dtype[np.datetime64]]) -> str:
    """Return the release of a file that gives no date: the last month it covers, ``YYYY-MM``."""
    return str(start.max().astype("datetime64[M]"))


def keep(columns: Mapping[str, Any], mask: Sequence[bool] | np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return the rows of every column where ``mask`` holds."""
    chosen = pa.array(np.asarray(mask, dtype=bool))
    return {name: pc.filter(pa.array(column), chosen) for name, column in columns.items()}
