"""A question to the store: the names and values of the caller, checked and resolved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sojourn.calendar import US_FISCAL_YEAR, FiscalYear
from sojourn.errors import nearest
from sojourn.series.codes import refuse
from sojourn.series.countries import is_iso3, iso3
from sojourn.series.model import ALL, DIMENSIONS, KINDS, Measure, measures
from sojourn.series.query.search import find_series

__all__ = ["Choice", "Question", "check_options", "check_units", "listed", "read_day", "resolve"]

Choice = str | Sequence[str] | None
"""One value, several values, or no restriction."""

_KEPT_APART = ("measure", "release")
"""What ``by`` may name besides the dimensions."""


@dataclass(frozen=True)
class Question:
    """One question to the store, its names and values resolved.

    Attributes
    ----------
    name : str
        The name that the caller used; ``measure`` is where its figures are.
    measure : Measure
        The measure asked for; never a selection of another one.
    wanted : mapping of str to tuple of str
        The values wanted, for each dimension that is restricted.
    by : tuple of str
        Dimensions kept apart.
    period, start, end, aggregate, breakdown, fiscal
        As in :func:`~sojourn.series.series`.
    """

    name: str
    measure: Measure
    wanted: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...]
    period: str | None
    start: dt.date | None
    end: dt.date | None
    aggregate: str
    breakdown: tuple[str, ...] | None
    fiscal: FiscalYear = US_FISCAL_YEAR

    def needed(self) -> int:
        """Return one bit for each dimension along which figures must be split to answer the question."""
        asked = {d for d, values in self.wanted.items() if values != (ALL,)}
        return sum(1 << i for i, d in enumerate(DIMENSIONS) if d in self.by or d in asked)


def listed(value: Choice) -> tuple[str, ...]:
    """Return one value or several as a tuple."""
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def read_day(value: str | dt.date | None) -> dt.date | None:
    """Return the day that a caller wrote, or None; D608 for a text that is not a date."""
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return pd.Timestamp(value).date()
    except ValueError as err:
        raise refuse("D608", "start or end", "not a date", found=str(value), allowed="2023-01-01") from err


def check_options(by: tuple[str, ...], period: str | None, aggregate: str, breakdown: Sequence[str] | None) -> None:
    """Refuse names of options that do not exist (D608)."""
    for where, values, allowed in (
        ("by", by, (*DIMENSIONS, *_KEPT_APART)),
        ("breakdown", breakdown or (), DIMENSIONS),
        ("period", [period] if period else [], KINDS),
        ("aggregate", [aggregate], ("sum", "mean", "last")),
    ):
        for value in values:
            if value not in allowed:
                close = nearest(str(value), allowed)
                raise refuse("D608", where, "unknown", found=str(value), allowed=", ".join(allowed), nearest=close)


def resolve(name: str, filters: Mapping[str, Choice]) -> tuple[Measure, dict[str, tuple[str, ...]]]:
    """Return the measure behind a name and the values wanted of each dimension; D601 for no such series."""
    known = measures()
    if name not in known:
        close = nearest(name, known) or ", ".join(m.name for m in find_series(name)[:3])
        raise refuse("D601", name, "no such series", nearest=close, remedy="list them: sojourn data list")
    selection = known[name]
    wanted = {d: read_values(d, v) for d, v in filters.items() if v is not None}
    for dimension, value in selection.selects:
        if wanted.setdefault(dimension, (value,)) != (value,):
            found = ", ".join(wanted[dimension])
            raise refuse("D608", dimension, f"{name} is {dimension} {value} alone", found=found, allowed=value)
    return known[selection.of] if selection.of else selection, wanted


def read_values(dimension: str, value: Choice) -> tuple[str, ...]:
    """Return the values of a filter, with names of countries as codes and names of places as words of a path."""
    values = listed(value)
    if dimension in ("place", "category"):
        return tuple(re.sub(r"[^a-z0-9/]+", "-", v.casefold()).strip("-") for v in values)
    if dimension not in ("nationality", "country"):
        return values
    codes = []
    for said in values:
        code = said if said == ALL or is_iso3(said) else iso3(said)
        if not code:
            raise refuse("D608", dimension, "neither an ISO code nor a name of the crosswalk", found=said)
        codes.append(code)
    return tuple(codes)


def check_units(questions: Sequence[Question], by: tuple[str, ...]) -> None:
    """Refuse to add up series: different units (D603), or measures that may count the same events (D606)."""
    if len(questions) < 2 or "measure" in by:
        return
    said = ", ".join(f"{q.name} (unit: {q.measure.unit})" for q in questions)
    keep = 'keep them apart: by="measure"'
    if len({q.measure.unit for q in questions}) > 1:
        raise refuse("D603", "series", "units of account differ", found=said, remedy=keep)
    raise refuse("D606", "series", "they may count the same events", found=said, remedy=keep)
