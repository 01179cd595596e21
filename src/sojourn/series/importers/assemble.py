"""Putting figures together from the columns an importer has read.

What every importer of this package does in the same way: measures bring their publisher, unit, source and
licence; publishers' country codes become ours; rows that repeat a figure's labels become one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.errors import Collector, nearest
from sojourn.series.figure_checks import key_codes
from sojourn.series.importers.protocol import Dropped, Imported, Importer, encoded, labels, numbers, vocabulary
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import ALL, KEY, conform, figures, measures
from sojourn.series.nationalities import is_iso3, iso3, nationalities

__all__ = [
    "block",
    "by_header",
    "codes",
    "join",
    "keep",
    "last_month",
    "merge",
    "terms",
    "texts",
    "unique",
    "whole_years",
    "words",
]


def by_header(name: str, title: str, layout: tuple[str, ...], read: Callable[[SourceFile], Imported]) -> Importer:
    """Return an importer that knows a file by its header alone."""
    return Importer(name, title, (layout,), lambda source: source.header == layout, read)


def terms(table: pa.Table, column: str, of: str, problems: Collector, where: str) -> list[str]:
    """Return a column of labels in our terms; ``of`` names the vocabulary, as ``transit/sex``.

    The vocabularies are ``tables/labels/<publisher>.csv``; a label that is not in it is D304.
    """
    publisher, name = of.split("/")
    found = labels(table[column].combine_chunks(), vocabulary(publisher, name), problems, where, column)
    return [str(v) for v in found.to_pylist()]


_YEARS = (1900, 2049)


def block(source: SourceFile, measure: str, release: str, columns: Mapping[str, Any]) -> pa.Table:
    """Return the figures of one measure; what its table says of the measure is filled in.

    Raises KeyError for an unknown measure, ValueError where the columns differ in length.
    """
    known = measures()[measure]
    if isinstance(columns.get("value"), pa.Array):  # as numbers of NumPy, whose NaN becomes a missing value
        columns = {**columns, "value": columns["value"].to_numpy(zero_copy_only=False)}
    if "category" in columns:
        columns = {**columns, "category": words(columns["category"])}
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


def words(column: Any) -> Any:
    """Return categories as paths of words: lower case, hyphens for everything else, ``/`` between the parts.

    ``column`` is one text or an array of texts; the answer is of the same kind.
    """
    if isinstance(column, str):
        return "/".join(re.sub(r"[^a-z0-9]+", "-", part.casefold()).strip("-") for part in column.split("/"))
    given = encoded(column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, pa.string()))
    found = pa.array([words(v) for v in given.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(given.indices, found)


def join(blocks: Iterable[pa.Table]) -> pa.Table:
    """Return the figures of several blocks as one table."""
    return conform(pa.concat_tables(list(blocks)))


def texts(column: Any) -> list[str]:
    """Return a column of text as a list of stripped strings; a null is the empty string."""
    given = encoded(column)
    written = [(v or "").strip() for v in given.dictionary.to_pylist()] + [""]
    rows = given.indices.fill_null(len(written) - 1).to_numpy(zero_copy_only=False)
    return [written[r] for r in rows.tolist()]


def codes(column: Any, problems: Collector, where: str, *, empty: str = "") -> pa.DictionaryArray:
    """Return country codes of a column that holds codes, some of them the publisher's own.

    ``empty`` is the code of an empty cell; without it an empty cell is D303. A code that is neither ISO 3166
    nor in the crosswalk is D305.
    """
    given = encoded(column)
    written = [(v or "").strip() for v in given.dictionary.to_pylist()]
    found = [v if is_iso3(v) else iso3(v) if v else empty for v in written]
    rows = given.indices.to_numpy(zero_copy_only=False)
    for index, (value, code) in enumerate(zip(written, found, strict=True)):
        at = np.flatnonzero(rows == index)
        if not code and len(at):
            near = nearest(value, nationalities())
            kind = "D305" if value else "D303"
            spot = f"{where}, row {at[0] + 2}"
            problems.add(kind, spot, "country code not known", found=value, nearest=near)
    return pa.DictionaryArray.from_arrays(given.indices, pa.array(found, pa.string()))


def whole_years(table: pa.Table, column: str, problems: Collector, where: str) -> list[int]:
    """Return a column of years as integers; raises DataError for what is not a number or a year (D307)."""
    written = numbers(table[column].combine_chunks(), problems, where, column)
    problems.raise_if_any()
    for row in np.flatnonzero((written < _YEARS[0]) | (written > _YEARS[1]) | (written != np.floor(written)))[:5]:
        spot = f"{where}, row {row + 2}, column {column}"
        allowed = f"{_YEARS[0]} to {_YEARS[1]}"
        problems.add("D307", spot, "not a year that is covered", found=f"{written[row]:g}", allowed=allowed)
    problems.raise_if_any()
    return [int(year) for year in written]


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
    """Return the rows of every column where ``mask`` holds; a column of one text stays one text."""
    chosen = pa.array(np.asarray(mask, dtype=bool))
    return {
        name: column if isinstance(column, str) else pc.filter(pa.array(column), chosen)
        for name, column in columns.items()
    }


def unique(table: pa.Table, problems: Collector, where: str, reason: str) -> tuple[pa.Table, tuple[Dropped, ...]]:
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
