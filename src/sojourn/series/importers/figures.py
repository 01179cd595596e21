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
    """Return a table of the figures of one measure.

    Parameters
    ----------
    source : SourceFile
        The file that they were read from.
    measure : str
        A row of ``tables/measures``, which gives publisher, unit, source and licence.
    release : str
        The vintage: a year, month or date.
    columns : mapping of str to array or scalar
        The columns of ``tables/fields.csv`` that the file gives; the others take their defaults. Categories
        are written as paths (:func:`as_path`).

    Raises
    ------
    KeyError
        For an unknown measure.
    ValueError
        Where the columns differ in length.
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
    """Return a text, or an array of texts, as paths: lower-case words with hyphens, ``/`` between the parts."""
    if isinstance(column, str):
        return "/".join(re.sub(r"[^a-z0-9]+", "-", part.casefold()).strip("-") for part in column.split("/"))
    given = encoded(column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, pa.string()))
    found = pa.array([as_path(v) for v in given.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(given.indices, found)


def concatenate(tables: Iterable[pa.Table]) -> pa.Table:
    """Return several tables of figures as one."""
    return conform(pa.concat_tables(list(tables)))


def add_up_repeats(
    columns: Mapping[str, Any], where: str, reason: str
) -> tuple[dict[str, Any], tuple[Dropped, ...]]:
    """Add up rows that agree in every column but ``value``.

    Parameters
    ----------
    columns : mapping of str to array
        Arrays of equal length, ``value`` among them.
    where, reason : str
        File, and why rows repeat, for the note of how many were added to another.

    Returns
    -------
    dict of str to array, tuple of Dropped
        The columns, in order of first appearance, and the note.
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
    """Return the release of a file that does not say when it was published: the last month it covers."""
    return str(start.max().astype("datetime64[M]"))


def filter_rows(columns: Mapping[str, Any], mask: Sequence[bool] | np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return the rows of every column where ``mask`` is true; a scalar column stays as it is."""
    chosen = pa.array(np.asarray(mask, dtype=bool))
    return {
        name: column if isinstance(column, str) else pc.filter(pa.array(column), chosen)
        for name, column in columns.items()
    }


def drop_repeats(
    table: pa.Table, problems: Collector, where: str, reason: str
) -> tuple[pa.Table, tuple[Dropped, ...]]:
    """Return the figures without repeated ones, and a note of how many there were.

    A figure that is given with two different values is D401.
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
    """Validate what was read and return it; the last call of every importer.

    Parameters
    ----------
    source : SourceFile
        The file.
    table : pyarrow.Table
        The figures, as :func:`figures_of` makes them.
    release : str
        The vintage; the latest where the figures belong to several.
    problems : Collector
        What was found wrong so far.
    dropped : sequence of Dropped
        Rows that were left out.
    checks : sequence of Check
        Totals that were recomputed from the rows.

    Raises
    ------
    DataError
        With the problems found so far, those of the figures (:func:`~sojourn.series.validation.check_figures`),
        and D402 for each check that does not hold.
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
