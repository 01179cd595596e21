"""What a published figure is: a row of one long table, the same for importers, store and reference figures.

The columns are the rows of ``tables/fields.csv``, their vocabularies those of ``tables/terms.csv``, and the
measures those of ``tables/measures/*.csv``; they stand nowhere else.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.calendar import period_ends
from sojourn.series.codes import refuse

__all__ = [
    "ALL",
    "DIMENSIONS",
    "FIELDS",
    "KEY",
    "KINDS",
    "OTHER",
    "SCHEMA",
    "TERMS",
    "Field",
    "Measure",
    "conform",
    "figures",
    "measures",
    "stamped",
    "table_rows",
    "whole",
]

ALL = "all"
"""Value of a dimension along which a figure is not split."""

OTHER = "OOO"
"""Nationality other or unknown."""

DIMENSIONS = ("component", "nationality", "family", "country", "place", "category")
"""Columns along which a measure can be split."""

KEY = ("measure", *DIMENSIONS, "name", "period", "start", "end", "release")
"""Columns that together name one figure; no two rows of a store agree in all of them."""

_TABLES = files("sojourn.series") / "tables"
_MOST_WORDS = 32_767
_TYPES = {
    "text": pa.dictionary(pa.int16(), pa.string()),
    "date": pa.date32(),
    "number": pa.float64(),
    "integer": pa.int32(),
}
KINDS = ("day", "month", "quarter", "calendar-year", "fiscal-year", "span")
"""Kinds of period of a figure, finest first; a span is any other stretch of days."""


@dataclass(frozen=True)
class Field:
    """One column of the table of figures.

    Attributes
    ----------
    name : str
        Name of the column.
    type : {"text", "date", "number", "integer"}
        What its cells hold.
    default : str
        Value of a column that an importer does not give.
    allowed : str
        Name of its vocabulary; empty for free text.
    description : str
        What it means.
    """

    name: str
    type: str
    default: str
    allowed: str
    description: str


@dataclass(frozen=True)
class Measure:
    """One thing that a publisher counts.

    Attributes
    ----------
    name, title, publisher : str
        Its name in Sojourn, what it counts, and who publishes it.
    unit : str
        The unit of account.
    adds : tuple of str
        Dimensions over which figures are added up when a question leaves them open; ``time`` is among them when
        the figures count events of a period and not a stock.
    whole : mapping of str to tuple of str
        The parts that make up the whole along a dimension: component USBP and OFO for the encounters of CBP. A sum
        that lacks one of them is not the whole.
    on_purpose : tuple of str
        Dimensions over which figures are added up only when a question says so (``over``): the instances of an
        asylum procedure, which count the same people again.
    spliced : bool
        Whether releases go on from one another. False where each has a definition of its own.
    of, selects : str, tuple of (str, str)
        Set where the name stands for part of another measure: ``usbp-encounters`` is ``cbp-encounters`` with
        component USBP.
    source, licence, note : str
        Where it is published, under which licence, and what a reader must know.
    """

    name: str
    title: str
    publisher: str
    unit: str
    adds: tuple[str, ...]
    of: str
    selects: tuple[tuple[str, str], ...]
    source: str
    licence: str
    note: str
    whole: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    on_purpose: tuple[str, ...] = ()
    spliced: bool = True


def table_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV table shipped under ``tables/``, each by column name."""
    return list(csv.DictReader(io.StringIO((_TABLES / name).read_text(encoding="utf-8"))))


FIELDS: tuple[Field, ...] = tuple(Field(**row) for row in table_rows("fields.csv"))
"""Every column of the table of figures, in order."""

SCHEMA: pa.Schema = pa.schema([pa.field(f.name, _TYPES[f.type]) for f in FIELDS])
"""Arrow schema of the table of figures; text is dictionary-encoded."""


def _terms() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in table_rows("terms.csv"):
        found.setdefault(row["vocabulary"], {})[row["term"]] = row["meaning"]
    return found


TERMS: Mapping[str, Mapping[str, str]] = _terms()
"""Vocabulary -> term -> meaning: units, family, period, suppression, confidence."""


@cache
def measures() -> Mapping[str, Measure]:
    """Return every measure that Sojourn knows.

    Returns
    -------
    mapping of str to Measure
        By name.

    Raises
    ------
    ValueError
        Where a table of measures gives a name twice.
    """
    found: dict[str, Measure] = {}
    for part in sorted((_TABLES / "measures").iterdir(), key=lambda p: p.name):
        if not part.name.endswith(".csv"):
            continue
        for row in table_rows(f"measures/{part.name}"):
            if row["name"] in found:
                raise ValueError(f"measure {row['name']} is given twice ({part.name})")
            found[row["name"]] = _measure(row)
    return {name: _whole_measure(measure, found) for name, measure in found.items()}


def _measure(row: Mapping[str, str]) -> Measure:
    """Return the measure of one row of the tables."""
    pairs = tuple(tuple(item.split("=", 1)) for item in row["selects"].split())
    whole = dict(item.split("=", 1) for item in (row.get("whole") or "").split())
    own = ("adds", "selects", "whole", "on_purpose", "releases")
    return Measure(
        **{name: value for name, value in row.items() if name not in own},
        adds=tuple(row["adds"].split()),
        selects=pairs,  # type: ignore[arg-type]
        whole={dimension: tuple(parts.split("+")) for dimension, parts in whole.items()},
        on_purpose=tuple((row.get("on_purpose") or "").split()),
        spliced=row.get("releases", "") != "apart",
    )


def _whole_measure(measure: Measure, known: Mapping[str, Measure]) -> Measure:
    """Return a measure that selects from another, with what its own row leaves out taken from the other."""
    if not measure.of:
        return measure
    base = known[measure.of]
    names = ("publisher", "unit", "adds", "source", "licence", "note", "whole", "on_purpose")
    taken = {n: getattr(measure, n) or getattr(base, n) for n in names}
    return replace(measure, **taken, spliced=base.spliced)


def _encode(field: Field, column: Any, zeros: pa.Array) -> pa.Array:
    """Return a column in its type; columns that hold one text share the codes ``zeros``."""
    kind = _TYPES[field.type]
    if column is None or isinstance(column, str | int | float | dt.date):
        value = pa.scalar(column, kind.value_type if pa.types.is_dictionary(kind) else kind)
        if not pa.types.is_dictionary(kind):
            return pa.repeat(value, len(zeros))
        return pa.DictionaryArray.from_arrays(zeros, pa.array([value.as_py()]))
    array = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, from_pandas=True)
    if not pa.types.is_dictionary(kind):
        return whole(array.cast(kind))
    array = whole(array)
    if not pa.types.is_dictionary(array.type):
        array = array.cast(pa.string()).dictionary_encode()
    return _distinct(array)


def _distinct(array: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the same text with every dictionary entry once, in order of first use, and 16-bit codes.

    Equal tables then have equal bytes, however their importers made them.
    """
    codes = array.indices.to_numpy(zero_copy_only=False)
    words = array.dictionary.to_pylist()
    first = np.full(max(len(words), 1), len(codes))
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    order: dict[str, int] = {}
    remap = np.zeros(len(first), dtype=np.int16)
    for code in np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]:
        place = order.setdefault(words[code] or "", len(order))
        if place > _MOST_WORDS:
            raise refuse("D110", "figures", "too many different words in a column", allowed=f"{_MOST_WORDS:,}")
        remap[code] = place
    return pa.DictionaryArray.from_arrays(pa.array(remap[codes]), pa.array(list(order), pa.string()))


def whole(array: Any) -> Any:
    """Return a column in one chunk, with one dictionary."""
    if not isinstance(array, pa.ChunkedArray):
        return array
    if array.num_chunks == 1:
        return array.chunk(0)
    if pa.types.is_dictionary(array.type):
        array = array.unify_dictionaries()
    return array.combine_chunks() if array.num_chunks else pa.array([], array.type)


def figures(columns: Mapping[str, Any], rows: int | None = None) -> pa.Table:
    """Build a table of figures of :data:`SCHEMA` from some of its columns.

    Parameters
    ----------
    columns : mapping of str to array or scalar
        A column is an array (Arrow, NumPy, pandas, list) or one value that holds for every row. A column left
        out takes its default; ``end`` follows from ``period`` and ``start``.
    rows : int, optional
        How many rows; needed only when every column is one value.

    Raises
    ------
    KeyError
        For an unknown column.
    ValueError
        Where the lengths of columns differ.
    """
    unknown = set(columns) - set(SCHEMA.names)
    if unknown:
        raise KeyError(f"not a column of figures: {sorted(unknown)}")
    if rows is None:
        rows = next((len(c) for c in columns.values() if hasattr(c, "__len__") and not isinstance(c, str)), 1)
    given = dict(columns)
    zeros = pa.repeat(pa.scalar(0, pa.int16()), rows)
    made: dict[str, pa.Array] = {}
    for field in FIELDS:
        if field.name == "end" and "end" not in given:
            made["end"] = _ends(made["period"], made["start"])
            continue
        value = given.get(field.name, int(field.default) if field.type == "integer" else field.default)
        made[field.name] = _encode(field, value, zeros)
    return pa.table(made, schema=SCHEMA)


def _ends(period: pa.Array, start: pa.Array) -> pa.Array:
    """Work out the last day of each period from its kind and first day."""
    first = start.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    ends = first.copy()
    kinds = np.array(period.dictionary.to_pylist(), dtype=object)[period.indices.to_numpy()]
    for kind in set(kinds.tolist()):
        at = kinds == kind
        ends[at] = period_ends(first[at], kind)
    return pa.array(ends, pa.date32())


def stamped(table: pa.Table, release: str) -> pa.Table:
    """Return the same figures as of ``release``."""
    zeros = pa.repeat(pa.scalar(0, pa.int16()), table.num_rows)
    column = pa.DictionaryArray.from_arrays(zeros, pa.array([release]))
    return table.set_column(SCHEMA.get_field_index("release"), SCHEMA.field("release"), column)


def conform(table: pa.Table) -> pa.Table:
    """Return the same figures with exactly the columns, order and types of :data:`SCHEMA`.

    Used on tables read back from Parquet, whose dictionaries come back with wider codes.
    """
    return figures({name: table.column(name) for name in SCHEMA.names}, table.num_rows)
