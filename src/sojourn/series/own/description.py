"""What a user says of a series of their own: what it counts, and which columns of the table hold what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict

from sojourn.errors import Collector, nearest
from sojourn.series.codes import collect
from sojourn.series.model import DIMENSIONS, KINDS, TERMS, Measure, measures

__all__ = ["Described", "Description", "read_description"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MEASURED = ("percent", "share", "index", "usd", "cny", "day")
_ADDS = ("time", *DIMENSIONS)
_CONFIDENCE = tuple(TERMS["confidence"])


class Described(TypedDict, total=False):
    """What may be said of an own series, in Python and in the YAML file beside a table; see :func:`add`."""

    unit: str
    publisher: str
    value: str
    date: str | tuple[str, ...] | list[str]
    end: str
    columns: str
    nationality: str
    country: str
    family: str
    component: str
    place: str
    category: str
    period: str
    format: str
    decimal: str
    thousands: str
    missing: str | tuple[str, ...] | list[str]
    ignore: str | tuple[str, ...] | list[str]
    title: str
    definition: str
    source: str
    licence: str
    adds: str | tuple[str, ...] | list[str]
    rounding: int
    confidence: str
    encoding: str
    separator: str
    sheet: str
    header_row: int


@dataclass(frozen=True)
class Description:
    """An own series, described and checked; the attributes are the arguments of :func:`~sojourn.series.add`.

    An empty text, or none, means that nothing was said.
    """

    name: str
    unit: str
    publisher: str
    value: str = ""
    date: tuple[str, ...] = ()
    end: str = ""
    columns: str = ""
    nationality: str = ""
    country: str = ""
    family: str = ""
    component: str = ""
    place: str = ""
    category: str = ""
    period: str = ""
    format: str = ""
    decimal: str = ""
    thousands: str = ""
    missing: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    title: str = ""
    definition: str = ""
    source: str = ""
    licence: str = ""
    release: str = ""
    adds: tuple[str, ...] = ()
    rounding: int = 1
    confidence: str = "high"
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int | None = None

    def measure(self) -> Measure:
        """Return the measure that is described."""
        dimensions = tuple(d for d in DIMENSIONS if d not in self.adds)
        return Measure(
            name=self.name,
            title=self.title or self.name.replace("-", " ").capitalize(),
            publisher=self.publisher,
            unit=self.unit,
            adds=self.adds,
            of="",
            selects=(),
            source=self.source or "not stated",
            licence=self.licence or "not stated",
            note=self.definition,
            on_purpose=() if self.unit in _MEASURED else dimensions,
        )


_KEYS = tuple(f.name for f in fields(Description) if f.name != "name")
_LISTS = ("date", "missing", "ignore", "adds")
_NUMBERS = ("rounding", "header_row")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "period": KINDS,
    "columns": ("date", "month", *DIMENSIONS),
    "decimal": (".", ","),
    "thousands": (",", ".", " ", "'"),
    "confidence": _CONFIDENCE,
}


def read_description(name: str, said: Mapping[str, Any], where: str) -> Description:
    """Return the description of an own series.

    Parameters
    ----------
    name : str
        What it is to be called.
    said : mapping of str to object
        What is said of it; the keys are those of :class:`Described`, and ``release``.
    where : str
        Where it is said, for messages.

    Raises
    ------
    DataError
        D701 for keys and values that are not among those allowed or that contradict each other, D702 for a name
        that is none or that of an official measure.
    """
    problems = collect(f"{name or where} was not imported")
    given: dict[str, Any] = {}
    for key, value in said.items():
        if key not in _KEYS:
            problems.add("D701", f"{where}, {key}", "no such key", nearest=nearest(key, _KEYS))
        elif value not in (None, "", (), []):
            given[key] = _read(key, value, problems, f"{where}, {key}")
    for key in ("unit", "publisher"):
        if key not in given:
            given[key] = ""
            problems.add("D701", where, f"{key} is missing", remedy=f"say --{key} ... ({key}=...)")
    found = Description(name=name, **given)
    _check_name(name, problems)
    _check_unit(found.unit, problems, where)
    _check_together(found, problems, where)
    problems.raise_if_any()
    return found


def _read(key: str, value: Any, problems: Collector, where: str) -> Any:
    """Return a value in the type of its key."""
    if key in _NUMBERS:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        problems.add("D701", where, "not a whole number of 1 or more", found=str(value))
        return 1
    words = (value,) if isinstance(value, str | int | float) else value
    if not isinstance(words, tuple | list) or not all(isinstance(w, str | int | float) for w in words):
        problems.add("D701", where, "not a text", found=str(value)[:80])
        return () if key in _LISTS else ""
    if key not in _LISTS and len(words) != 1:
        problems.add("D701", where, "more than one text", found=", ".join(map(str, words))[:80])
    allowed = _ADDS if key == "adds" else _CHOICES.get(key, ())
    for word in words if allowed else ():
        if word not in allowed:
            close = nearest(str(word), allowed)
            problems.add("D701", where, "unknown", found=str(word), allowed=", ".join(allowed), nearest=close)
    return tuple(map(str, words)) if key in _LISTS else str(words[0]) if words else ""


def _check_name(name: str, problems: Collector) -> None:
    if not _NAME.fullmatch(name):
        problems.add(
            "D702", "name", "not a name", found=name, allowed="lower-case words with hyphens: boat-landings"
        )
    elif name in measures():
        problems.add("D702", "name", "an official measure has this name", found=name, remedy=f"call it own-{name}")


def _check_unit(unit: str, problems: Collector, where: str) -> None:
    """Refuse what is a unit of the vocabulary written otherwise: it would be another unit."""
    plain = unit.casefold()
    meant = next((u for u in (plain, plain.removesuffix("s"), plain.removesuffix("es")) if u in TERMS["units"]), "")
    if unit and meant and unit != meant:
        problems.add("D701", f"{where}, unit", "written otherwise in Sojourn", found=unit, nearest=meant)


def _check_together(said: Description, problems: Collector, where: str) -> None:
    """Refuse what does not go together."""
    if said.value and said.columns:
        problems.add("D701", where, "value names one column of figures, columns says that there are several")
    if said.value and not said.date:
        problems.add("D701", where, "date is missing", remedy="say which column holds the dates: --date COLUMN")
    if said.columns == "month" and len(said.date) != 1:
        problems.add("D701", where, "with months as columns, date is the column of years")
    if said.columns == "date" and said.date:
        problems.add("D701", where, "the heads of the columns are dates, and date names a column too")
    if said.columns and said.columns not in ("date", "month"):
        if not said.date:
            problems.add("D701", where, "date is missing", remedy="say which column holds the dates: --date COLUMN")
        if getattr(said, said.columns):
            problems.add("D701", where, f"{said.columns} is both in the heads of columns and said otherwise")
    if (said.period == "span") != bool(said.end):
        problems.add("D701", where, "period span and the column of its ends (end) go together")
    if said.decimal and said.decimal == said.thousands:
        problems.add("D701", where, "decimal mark and separator of thousands are the same", found=said.decimal)
