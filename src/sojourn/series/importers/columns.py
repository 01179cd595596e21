"""Reading the columns of a file: text into numbers, months, years, countries and terms of Sojourn.

Every reader looks at each distinct text once and records what it cannot read as a problem, with file, row,
column and value; none of them guesses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.errors import Collector, nearest
from sojourn.series.countries import is_iso3, iso3, nationalities
from sojourn.series.model import table_rows

__all__ = [
    "confidence_word",
    "country_codes",
    "encoded",
    "labels",
    "months",
    "numbers",
    "texts",
    "translate",
    "vocabulary",
    "whole_years",
]

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,3}([ \u00a0\u202f]\d{3})+|\d+)(\.\d*)?([eE][+-]?\d+)?")
_BETWEEN_THOUSANDS = str.maketrans("", "", ", \u00a0\u202f")
_SHOWN = 5
_YEARS = (1900, 2049)
_CONFIDENCE = ("high", "medium", "low")


def encoded(column: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column of text, dictionary-encoded and in one chunk."""
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks() if column.num_chunks else pa.array([], column.type)
    return column if isinstance(column, pa.DictionaryArray) else column.cast(pa.string()).dictionary_encode()


def texts(column: Any) -> list[str]:
    """Return a column of text as a list of strings without surrounding spaces; null becomes an empty string."""
    given = encoded(column)
    written = [(v or "").strip() for v in given.dictionary.to_pylist()] + [""]
    rows = given.indices.fill_null(len(written) - 1).to_numpy(zero_copy_only=False)
    return [written[r] for r in rows.tolist()]


def numbers(
    column: pa.Array,
    problems: Collector,
    where: str,
    name: str,
    *,
    first_row: int = 2,
    missing: Iterable[str] = (),
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (row) float64, the numbers written in a column of text.

    Parameters
    ----------
    column : array
        Text, with or without commas or spaces between thousands.
    problems : Collector
        Takes what is not a number (D301), an empty cell (D303) and a formula (D112).
    where, name : str
        File and column, for the place of a problem.
    first_row : int
        Row number in the file of the first entry.
    missing : iterable of str
        Texts that mean that there is no figure; they become NaN.
    """
    entries = encoded(column)
    absent = set(missing)
    values = np.full(len(entries.dictionary) + 1, np.nan)
    bad: dict[int, tuple[str, str]] = {}
    for code, raw in enumerate(entries.dictionary.to_pylist()):
        text = (raw or "").strip()
        if text in absent:
            continue
        if _NUMBER.fullmatch(text) and math.isfinite(value := float(text.translate(_BETWEEN_THOUSANDS))):
            values[code] = value
        elif text.startswith(("=", "@")):
            bad[code] = ("D112", "formula where a number is expected")
        elif not text:
            bad[code] = ("D303", "no value")
        else:
            bad[code] = ("D301", "not a number")
    _bad_cells(entries, bad, (where, name, first_row), problems)
    codes = entries.indices.fill_null(len(entries.dictionary)) if entries.indices.null_count else entries.indices
    return np.asarray(values[codes.to_numpy(zero_copy_only=False)], dtype=np.float64)


@cache
def vocabulary(publisher: str, column: str) -> Mapping[str, str]:
    """Return what each of a publisher's labels means in Sojourn's terms, from ``tables/labels/<publisher>.csv``."""
    rows = table_rows(f"labels/{publisher}.csv")
    return {row["theirs"]: row["ours"] for row in rows if row["column"] == column}


def labels(
    column: pa.Array,
    vocabulary: Mapping[str, str],
    problems: Collector,
    where: str,
    name: str,
    *,
    first_row: int = 2,
) -> pa.DictionaryArray:
    """Return a column of a publisher's labels as terms of Sojourn, dictionary-encoded.

    ``vocabulary`` maps theirs to ours, in any case. A label that is not in it is D304 (D112 when it is a formula),
    with its row, its value and the nearest label known.
    """
    entries = encoded(column)
    bad: dict[int, tuple[str, str]] = {}
    found: list[str] = []
    any_case = {theirs.casefold(): ours for theirs, ours in vocabulary.items()}
    for code, raw in enumerate(entries.dictionary.to_pylist()):
        written = (raw or "").strip()
        ours = vocabulary.get(written, any_case.get(written.casefold()))
        if ours is None:
            close = nearest(raw or "", vocabulary)
            hint = f"; nearest known: {close}" if close else ""
            formula = (raw or "").lstrip().startswith(("=", "@"))
            bad[code] = (
                ("D112", "formula where a label is expected") if formula else ("D304", f"unknown label{hint}")
            )
        found.append(ours or "")
    _bad_cells(entries, bad, (where, name, first_row), problems)
    return pa.DictionaryArray.from_arrays(entries.indices, pa.array(found, pa.string()))


def translate(table: pa.Table, column: str, of: str, problems: Collector, where: str) -> list[str]:
    """Return a column of a publisher's labels as terms of Sojourn; ``of`` names the vocabulary, as ``transit/sex``.

    The vocabularies are ``tables/labels/<publisher>.csv``; a label that is not in it is D304.
    """
    publisher, name = of.split("/")
    found = labels(table[column].combine_chunks(), vocabulary(publisher, name), problems, where, column)
    return [str(v) for v in found.to_pylist()]


def months(
    column: pa.Array,
    problems: Collector,
    where: str,
    name: str,
    *,
    first_row: int = 2,
    years: tuple[int, int],
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Return (row) datetime64[D], the first days of months written ``YYYY-MM-01`` or ``YYYY-MM``.

    A text that is neither is D306; a year outside ``years`` (first, last) is D307.
    """
    entries = encoded(column)
    values = np.full(len(entries.dictionary), np.datetime64("1900-01-01"), dtype="datetime64[D]")
    bad: dict[int, tuple[str, str]] = {}
    for code, raw in enumerate(entries.dictionary.to_pylist()):
        match = re.fullmatch(r"(\d{4})-(\d\d)(-01)?", (raw or "").strip())
        if not match or not 1 <= int(match[2]) <= 12:
            bad[code] = ("D306", "not a month written YYYY-MM-01")
        elif not years[0] <= int(match[1]) <= years[1]:
            bad[code] = ("D307", f"year outside {years[0]} to {years[1]}")
        else:
            values[code] = np.datetime64(f"{match[1]}-{match[2]}-01")
    _bad_cells(entries, bad, (where, name, first_row), problems)
    return np.asarray(values[entries.indices.to_numpy(zero_copy_only=False)])


def whole_years(table: pa.Table, column: str, problems: Collector, where: str) -> list[int]:
    """Return a column of years as integers; raises DataError for a text that is not a year (D301, D307)."""
    written = numbers(table[column].combine_chunks(), problems, where, column)
    problems.raise_if_any()
    for row in np.flatnonzero((written < _YEARS[0]) | (written > _YEARS[1]) | (written != np.floor(written)))[:5]:
        spot = f"{where}, row {row + 2}, column {column}"
        allowed = f"{_YEARS[0]} to {_YEARS[1]}"
        problems.add("D307", spot, "not a year that is covered", found=f"{written[row]:g}", allowed=allowed)
    problems.raise_if_any()
    return [int(year) for year in written]


def country_codes(
    column: Any, problems: Collector, where: str, *, empty: str = "", known: Iterable[str] = ()
) -> pa.DictionaryArray:
    """Return the ISO 3166 codes of a column of country codes, some of which are the publisher's own.

    An empty cell becomes ``empty``; without it, it is D303. Words of ``known`` stay as they are. A code that is
    neither ISO 3166 nor in the crosswalk is D305.
    """
    kept = frozenset(known)
    given = encoded(column)
    written = [(v or "").strip() for v in given.dictionary.to_pylist()]
    found = [v if v in kept or is_iso3(v) else iso3(v) if v else empty for v in written]
    rows = given.indices.to_numpy(zero_copy_only=False)
    for index, (value, code) in enumerate(zip(written, found, strict=True)):
        at = np.flatnonzero(rows == index)
        if not code and len(at):
            near = nearest(value, nationalities())
            kind = "D305" if value else "D303"
            spot = f"{where}, row {at[0] + 2}"
            problems.add(kind, spot, "country code not known", found=value, nearest=near)
    return pa.DictionaryArray.from_arrays(given.indices, pa.array(found, pa.string()))


def confidence_word(text: str, problems: Collector, where: str) -> str:
    """Return ``text`` as a word of confidence (high, medium or low); any other is D309."""
    if text not in _CONFIDENCE:
        problems.add("D309", where, "not a word of confidence", found=text, allowed=", ".join(_CONFIDENCE))
    return text


def _bad_cells(
    column: pa.DictionaryArray,
    bad: Mapping[int, tuple[str, str]],
    spot: tuple[str, str, int],
    problems: Collector,
) -> None:
    """Record the first rows of each bad value; ``bad`` maps its index in the column to (code, message)."""
    where, name, first_row = spot
    codes = column.indices.to_numpy(zero_copy_only=False)
    for code, (problem, message) in bad.items():
        rows = np.flatnonzero(codes == code)
        for row in rows[:_SHOWN]:
            value = column.dictionary[code].as_py()
            problems.add(
                problem, f"{where}, row {first_row + int(row)}, column {name}", message, found=str(value)[:80]
            )
