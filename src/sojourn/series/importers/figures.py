"""Building a table of figures from the columns that an importer has read.

The table of measures says who publishes a measure, its unit, source and licence, so that no importer repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.errors import Collector
from sojourn.series.importers.columns import encoded
from sojourn.series.importers.protocol import Check, Dropped, Imported
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, KEY, conform, figures, measures
from sojourn.series.validation import check_figures, key_codes

__all__ = [
    "add_up_repeats",
    "as_path",
    "concatenate",
    "drop_repeats",
    "figures_of",
    "filter_rows",
    "finish",
    "last_month",
]


def figures_of(source: SourceFile, measure: str, release: str, columns: Mapping[str, Any]) -> pa.Table:
    """Return the figures of one measure; what its table says of the measure is filled in.

    Raises KeyError for an unknown measure, ValueError where the columns differ in length.
    """
    known = measures()[measure]
    if isinstance(columns.get("value"), pa.Array):  # as numbers of NumPy, whose NaN becomes a missing value
        columns = {**columns, "value": columns["value"].to_numpy(zero_copy_only=False)}
    if "category" in columns:
        columns = {**columns, "category": as_path(columns["category"])}
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


def as_path(column: Any) -> Any:
    """Return categories as paths of words: lower case, hyphens for everything else, ``/`` between the parts.

    ``column`` is one text or an array of texts; the answer is of the same kind.
    """
    if isinstance(column, str):
        return "/".join(re.sub(r"[^a-z0-9]+", "-", part.casefold()).strip("-") for part in column.split("/"))
    given = encoded(column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, pa.string()))
    found = pa.array([as_path(v) for v in given.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(given.indices, found)


def concatenate(blocks: Iterable[pa.Table]) -> pa.Table:
    """Return the figures of several blocks as one table."""
    return conform(pa.concat_tables(list(blocks)))


def add_up_repeats(
    columns: Mapping[str, Any], where: str, reason: str
) -> tuple[dict[str, Any], tuple[Dropped, ...]]:
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


def filter_rows(columns: Mapping[str, Any], mask: Sequence[bool] | np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return the rows of every column where ``mask`` holds; a column of one text stays one text."""
    chosen = pa.array(np.asarray(mask, dtype=bool))
    return {
        name: column if isinstance(column, str) else pc.filter(pa.array(column), chosen)
        for name, column in columns.items()
    }


def drop_repeats(
    table: pa.Table, problems: Collector, where: str, reason: str
) -> tuple[pa.Table, tuple[Dropped, ...]]:
    """Return the figures without those given more than once with the same value, and how many there were.

    The same figure with two values is D401.
    """
    code = key_codes(table, KEY)
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    value = table["value"].to_numpy()
    differ = np.flatnonzero(~np.isclose(value, value[first][group], equal_nan=True))
    for row in differ[:5]:
        other = int(first[group[row]])
        found = {name: table[name][int(row)].as_py() for name in KEY}
        problems.add(
            "D401",
            where,
            f"the same figure is {value[other]:,.0f} and {value[row]:,.0f}",
            found=", ".join(f"{k}={v}" for k, v in found.items() if v not in (ALL, "")),
        )
    repeats = table.num_rows - len(first)
    kept = conform(table.take(pa.array(np.sort(first))))
    return kept, (Dropped(where, repeats, reason),) if repeats else ()


def finish(
    source: SourceFile,
    table: pa.Table,
    release: str,
    problems: Collector,
    dropped: Sequence[Dropped] = (),
    checks: Sequence[Check] = (),
) -> Imported:
    """Check what was read and return it; the last call of every ``read``.

    Raises DataError with the problems gathered so far, those of the figures, and every check that failed.
    """
    problems.raise_if_any()
    if table.num_rows == 0:
        problems.add("D206", source.name, "no figures in the file")
    check_figures(table, problems, source.name)
    for check in checks:
        if not check.holds:
            problems.add(
                "D402", source.name, check.name, found=f"{check.found:,.0f}", allowed=f"{check.expected:,.0f}"
            )
    problems.raise_if_any()
    return Imported(table, release, tuple(dropped), tuple(checks))
