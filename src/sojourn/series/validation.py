"""Validation of a table of figures: vocabularies, units, periods, values and keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.calendar import MONTHS, containing
from sojourn.errors import Collector, nearest
from sojourn.series.countries import is_iso3
from sojourn.series.model import ALL, FIELDS, KEY, SCHEMA, TERMS, Field, Measure, measures, whole

__all__ = ["check_figures", "key_codes"]

_RELEASE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_PLACE = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")
_SLICE = 500_000
Whole = np.ndarray[Any, np.dtype[np.integer[Any]]]
_MEASURED = frozenset({"percent", "share", "index", "usd", "cny", "day"})


def check_figures(table: pa.Table, problems: Collector, where: str, own: Measure | None = None) -> None:
    """Add to ``problems`` everything that is wrong with a table of figures.

    Checks the vocabularies, measures and their units, nationalities, periods, releases, missing and negative
    values, rounding and repeated keys. Every importer ends with this check. ``own`` is a measure of the user's own,
    whose unit need not be one of the vocabulary; only units of the vocabulary say that figures are counts.
    """
    if not table.schema.equals(SCHEMA):
        raise TypeError("not a table of figures; build it with figures()")
    known = measures() if own is None else {own.name: own}
    for offset in range(0, table.num_rows, _SLICE):
        part = table.slice(offset, _SLICE)
        _check_terms(part, problems, where, "" if own is None else own.unit)
        _check_measures(part, problems, where, known)
        _check_periods(part, problems, where, offset)
        _check_values(part, problems, where, offset)
        _check_not_ahead(part, problems, where, offset)
    _check_keys(table, problems, where)


def _check_not_ahead(table: pa.Table, problems: Collector, where: str, offset: int) -> None:
    """Refuse figures of a period that has not begun: nobody can have counted them (D307)."""
    start = table["start"].to_numpy().astype("datetime64[D]")
    ahead = start > np.datetime64("today", "D")
    if ahead.any():
        row = _row(ahead)
        problems.add(
            "D307",
            f"{where}, figure {offset + row}",
            f"{int(ahead.sum())} figures of periods that have not begun",
            found=str(start[row - 1]),
            allowed="periods that began before today",
        )


def _distinct(table: pa.Table, name: str) -> list[str]:
    found = pc.unique(whole(table.column(name))).cast(pa.string()).to_pylist()
    return sorted("" if v is None else v for v in found)


def _check_terms(table: pa.Table, problems: Collector, where: str, own_unit: str) -> None:
    for field in FIELDS:
        if field.type == "text" and field.allowed != "measures":
            for value in _distinct(table, field.name):
                if field.allowed == "units" and value == own_unit:
                    continue
                _check_term(field, value, problems, f"{where}, column {field.name}")


def _check_term(field: Field, value: str, problems: Collector, spot: str) -> None:
    if field.allowed == "nationality":
        if value != ALL and not is_iso3(value):
            problems.add("D305", spot, "not an ISO 3166 alpha-3 code", found=value)
    elif field.allowed == "release":
        if not _RELEASE.fullmatch(value):
            allowed = "2024, 2024-09, 2024-09-30"
            problems.add("D311", spot, "release cannot be ordered", found=value, allowed=allowed)
    elif field.allowed == "place":
        if not _PLACE.fullmatch(value):
            problems.add("D309", spot, "place is not a path of lower-case words", found=value)
    elif field.allowed:
        terms = TERMS[field.allowed]
        if value not in terms:
            close = nearest(value, terms)
            problems.add("D309", spot, f"not a term of {field.allowed}", found=value, nearest=close)
    elif not value and field.name != "name":
        problems.add("D303", spot, "empty")


def _check_measures(table: pa.Table, problems: Collector, where: str, names: Mapping[str, Measure]) -> None:
    pairs = table.group_by(["measure", "unit"]).aggregate([])
    for measure, unit in zip(pairs["measure"].to_pylist(), pairs["unit"].to_pylist(), strict=True):
        known = names.get(measure)
        if known is None or known.of:
            problems.add(
                "D310",
                f"{where}, column measure",
                "unknown measure",
                found=str(measure),
                nearest=nearest(str(measure), names),
            )
        elif known.unit != unit:
            problems.add(
                "D310",
                f"{where}, column unit",
                f"unit of {measure} differs",
                found=str(unit),
                allowed=known.unit,
            )


def _row(mask: np.ndarray[Any, Any]) -> int:
    return int(np.flatnonzero(mask)[0]) + 1


def _check_periods(table: pa.Table, problems: Collector, where: str, offset: int) -> None:
    if table["start"].null_count or table["end"].null_count:
        problems.add("D306", f"{where}, columns start and end", "date missing")
        return
    period = whole(table["period"])
    kinds = np.array(period.dictionary.to_pylist(), dtype=object)[period.indices.to_numpy()]
    start = table["start"].to_numpy().astype("datetime64[D]")
    end = table["end"].to_numpy().astype("datetime64[D]")
    partial = np.asarray(pc.equal(whole(table["suppression"]).cast(pa.string()), "partial"))
    for kind in set(kinds.tolist()):
        at = kinds == kind
        if kind == "span":
            wrong = at & (end < start)
        elif kind == "day":
            wrong = at & (end != start)
        elif kind in MONTHS:
            first, last = containing(start, kind)
            full = (start == first) & (end == last)
            wrong = at & ~full & ~(partial & (end >= start))
        else:
            continue
        if wrong.any():
            row = _row(wrong)
            problems.add(
                "D308",
                f"{where}, figure {offset + row}",
                f"not a whole {kind}",
                found=f"{start[row - 1]} to {end[row - 1]}",
            )


def _check_values(table: pa.Table, problems: Collector, where: str, offset: int) -> None:
    value = table["value"].to_numpy()
    hidden = np.asarray(
        pc.is_in(whole(table["suppression"]).cast(pa.string()), pa.array(["suppressed", "not-available"]))
    )
    wrong = np.isnan(value) != hidden
    if wrong.any():
        row = _row(wrong)
        problems.add(
            "D312",
            f"{where}, figure {offset + row}",
            "missing values are those marked suppressed",
            found=str(value[row - 1]),
        )
    unit = whole(table["unit"])
    counted = np.array([u in TERMS["units"] and u not in _MEASURED for u in unit.dictionary.to_pylist()])
    counts = counted[unit.indices.to_numpy()] & ~np.isnan(value)
    wrong = counts & ((value < 0) | (value != np.round(value)))
    if wrong.any():
        row = _row(wrong)
        problems.add("D302", f"{where}, figure {offset + row}", "not a count", found=str(value[row - 1]))
    step = table["rounding"].to_numpy()
    wrong = counts & (step > 1) & (np.mod(value, np.maximum(step, 1)) != 0)
    if wrong.any():
        row = _row(wrong)
        problems.add(
            "D314",
            f"{where}, figure {offset + row}",
            f"not a multiple of {step[row - 1]}",
            found=str(value[row - 1]),
        )


def _check_keys(table: pa.Table, problems: Collector, where: str) -> None:
    ordered = key_codes(table, KEY)
    ordered.sort()
    if (ordered[1:] == ordered[:-1]).any():
        order = np.argsort(key_codes(table, KEY), kind="stable")
        again = np.flatnonzero(ordered[1:] == ordered[:-1])
        first, second = sorted((int(order[again[0]]), int(order[again[0] + 1])))
        labels = {n: table.column(n)[second].as_py() for n in KEY}
        problems.add(
            "D401",
            f"{where}, figures {first + 1} and {second + 1}",
            f"{len(again)} figures are given twice",
            found=", ".join(f"{k}={v}" for k, v in labels.items() if v != ALL),
        )


def key_codes(table: pa.Table, names: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return (row) int64 that compare as the rows do, by the columns ``names`` from the first to the last.

    Two codes are equal exactly where the rows agree in every one of the columns.
    """
    code: np.ndarray[Any, np.dtype[np.int64]] = np.zeros(table.num_rows, dtype=np.int64)
    span = 1
    for name in names:
        column = whole(table.column(name))
        if pa.types.is_dictionary(column.type):
            words = column.dictionary.to_pylist()
            rank = np.argsort(np.argsort(np.array(words, dtype=object), kind="stable")).astype(np.int32)
            part, size = rank[column.indices.to_numpy(zero_copy_only=False)], len(words)
        else:
            part, size = _ranks(column.cast(pa.int32()).to_numpy(zero_copy_only=False))
        if size <= 1:
            continue
        if span * size >= 2**62:
            ranks, span = _ranks(code)
            code = ranks.astype(np.int64)
        code *= size
        code += part
        span *= size
    return code


def _ranks(values: Whole) -> tuple[Whole, int]:
    """Return (row) the rank of each value among the distinct ones, and how many there are."""
    if not len(values):
        return values, 0
    low = int(values.min())
    width = int(values.max()) - low + 1
    if width > 1_000_000:
        distinct, ranks = np.unique(values, return_inverse=True)
        return ranks, len(distinct)
    there = np.zeros(width, dtype=np.int32)
    there[values - low] = 1
    return (np.cumsum(there, dtype=np.int32) - 1)[values - low], int(there.sum())
