"""A question to the store: the names and values of the caller, checked and resolved."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.calendar import US_FISCAL_YEAR, FiscalYear, read_period
from sojourn.errors import nearest
from sojourn.series.codes import refuse
from sojourn.series.countries import is_iso3, iso3, nearest_name, own_place
from sojourn.series.model import ALL, DIMENSIONS, KINDS, Measure
from sojourn.series.query.search import find_series

__all__ = ["Choice", "Question", "check_options", "check_over", "check_units", "listed", "read_span", "resolve"]

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
    period, start, end, aggregate, breakdown, fiscal, over
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
    over: tuple[str, ...] = ()

    def open(self, dimension: str) -> bool:
        """Whether the question neither fixes a dimension nor keeps it apart nor adds over it on purpose."""
        return dimension not in self.wanted and dimension not in self.by and dimension not in self.over

    def needed(self) -> int:
        """Return one bit for each dimension along which figures must be split to answer the question."""
        asked = {d for d, values in self.wanted.items() if values != (ALL,)}
        return sum(1 << i for i, d in enumerate(DIMENSIONS) if d in self.by or d in asked)


def listed(value: Choice) -> tuple[str, ...]:
    """Return one value or several as a tuple."""
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def read_span(
    start: str | dt.date | None, end: str | dt.date | None, fiscal: FiscalYear = US_FISCAL_YEAR
) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day that a caller wrote; both ends are part of it.

    A year, quarter, month or fiscal year stands for all of its days: ``end="2023-12"`` is 31 December 2023.

    Raises
    ------
    DataError
        D608 for a text that is none of these, and for an end before the start.
    """
    first, last = _days("start", start, fiscal)[0], _days("end", end, fiscal)[1]
    if first is not None and last is not None and last < first:
        raise refuse("D608", "start and end", "the end is before the start", found=f"{start} to {end}")
    return first, last


def _days(where: str, value: str | dt.date | None, fiscal: FiscalYear) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of what a caller wrote."""
    if value is None:
        return None, None
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return day, day
    said = value.strip()
    if match := re.fullmatch(r"FY(\d{4})", said):
        return fiscal.start(int(match[1])), fiscal.end(int(match[1]))
    period = None
    if re.fullmatch(r"\d{4}(-\d\d){0,2}|\d{4}[- ]Q[1-4]", said):
        with contextlib.suppress(ValueError):
            period = read_period(said.replace("-Q", " Q"))
    if period is None:
        allowed = "2023, 2023-06, 2023-06-30, 2023 Q2 or FY2023"
        raise refuse("D608", where, "not a date or period", found=value, allowed=allowed)
    return period.start, period.end


def check_options(
    by: tuple[str, ...],
    period: str | None,
    aggregate: str,
    breakdown: Sequence[str] | None,
    over: tuple[str, ...] = (),
) -> None:
    """Refuse names of options that do not exist (D608)."""
    for where, values, allowed in (
        ("by", by, (*DIMENSIONS, *_KEPT_APART)),
        ("over", over, DIMENSIONS),
        ("breakdown", breakdown or (), DIMENSIONS),
        ("period", [period] if period else [], KINDS),
        ("aggregate", [aggregate], ("sum", "mean", "last")),
    ):
        for value in values:
            if value not in allowed:
                close = nearest(str(value), allowed)
                raise refuse("D608", where, "unknown", found=str(value), allowed=", ".join(allowed), nearest=close)


def resolve(
    name: str, filters: Mapping[str, Choice], known: Mapping[str, Measure]
) -> tuple[Measure, dict[str, tuple[str, ...]]]:
    """Return which of the ``known`` measures is behind a name, and the values wanted of each dimension.

    D601 for no such series.
    """
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
        places = [own_place(v) if dimension == "place" else "" for v in values]
        words = [re.sub(r"[^a-z0-9/]+", "-", v.casefold()).strip("-") for v in values]
        return tuple(own or word for own, word in zip(places, words, strict=True))
    if dimension not in ("nationality", "country"):
        return values
    codes = []
    for said in values:
        code = said if said == ALL or is_iso3(said) else iso3(said)
        if not code:
            raise refuse(
                "D608",
                dimension,
                "neither an ISO code nor a name of the crosswalk",
                found=said,
                nearest=nearest_name(said),
            )
        codes.append(code)
    return tuple(codes)


def check_over(question: Question) -> None:
    """Refuse to add up over a dimension along which the figures of a measure never add up (D606)."""
    measure = question.measure
    for dimension in question.over:
        if dimension in question.by:
            raise refuse("D608", "over", "a dimension is kept apart or added up, not both", found=dimension)
        if dimension not in (*measure.adds, *measure.on_purpose):
            allowed = ", ".join(d for d in (*measure.adds, *measure.on_purpose) if d != "time") or "none"
            raise refuse(
                "D606",
                question.name,
                f"figures never add up over {dimension}",
                allowed=allowed,
                remedy=f'choose one, or keep them apart (by="{dimension}")',
            )


def check_units(questions: Sequence[Question], by: tuple[str, ...]) -> None:
    """Refuse to add up series: different units (D603), or measures that may count the same events (D606)."""
    if len(questions) < 2 or "measure" in by:
        return
    said = ", ".join(f"{q.name} (unit: {q.measure.unit})" for q in questions)
    keep = 'keep them apart: by="measure"'
    if len({q.measure.unit for q in questions}) > 1:
        raise refuse("D603", "series", "units of account differ", found=said, remedy=keep)
    raise refuse("D606", "series", "they may count the same events", found=said, remedy=keep)
