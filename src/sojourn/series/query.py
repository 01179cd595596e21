"""Asking for a series: filters, places, periods and releases, and what is never added up in silence.

A measure can be published split by nationality, again split by sector, and as a total; by month and by year;
in several releases. A question picks one of them; what it cannot pick is an error that names the choices.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xarray as xr

from sojourn.errors import nearest
from sojourn.series.answer import Question, answer
from sojourn.series.codes import DataError, refuse
from sojourn.series.model import ALL, DIMENSIONS, PERIOD_MONTHS, Measure, measures
from sojourn.series.nationalities import is_iso3, iso3
from sojourn.series.store import Entry, Store

__all__ = ["count_events", "find_series", "series", "to_xarray", "values"]

Choice = str | Sequence[str] | None
_APART = ("measure", "release")


def series(
    name: str | Sequence[str],
    *,
    nationality: Choice = None,
    family: Choice = None,
    component: Choice = None,
    country: Choice = None,
    place: Choice = None,
    category: Choice = None,
    start: str | dt.date | None = None,
    end: str | dt.date | None = None,
    period: str | None = None,
    release: Choice = "latest",
    by: Choice = (),
    aggregate: Literal["sum", "mean", "last"] = "sum",
    breakdown: Sequence[str] | None = None,
    store: Store | None = None,
) -> pd.DataFrame:
    """Return a published series as a tidy table, one row a period.

    A filter takes one value or several; several values, and the dimensions in ``by``, are kept as columns, the
    rest is added up where the measure allows it. ``place`` and ``category`` match a path, what lies below it,
    or one word of it. ``period`` is ``month``, ``quarter``, ``calendar-year`` or ``fiscal-year`` (US); without
    it, the finest published. ``release`` is ``latest``, ``each`` (kept apart), ``spliced`` (each period from
    the newest release that has it whole), or the names of releases. ``breakdown`` names the split to use where
    several are published.

    Columns: start, end (datetime64), the dimensions kept, value (float64), unit, rounding (the coarsest of the
    figures added up), parts (how many), suppression, confidence, release. ``attrs`` holds measure, title, unit,
    publisher, source, licence and note. A period without a row had no figure published. Raises DataError
    D601-D608, which say what to choose.
    """
    shelf = store or Store()
    names = (name,) if isinstance(name, str) else tuple(name)
    filters = {
        "nationality": nationality,
        "family": family,
        "component": component,
        "country": country,
        "place": place,
        "category": category,
    }
    kept = _listed(by)
    _check_options(kept, period, aggregate, breakdown)
    span = (_day(start), _day(end))
    split = None if breakdown is None else tuple(breakdown)
    questions = []
    for one in names:
        measure, wanted = _resolve(one, filters)
        many = {d for d, values in wanted.items() if len(values) > 1}
        dims = tuple(d for d in DIMENSIONS if d in kept or d in many)
        questions.append(Question(one, measure, wanted, dims, period, *span, aggregate, split))
    _check_units(questions, kept)
    frames = [_answered(q, release, kept, shelf).assign(measure=q.name) for q in questions]
    return _joined(frames, questions, kept)


def _listed(value: Choice) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _day(value: str | dt.date | None) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return pd.Timestamp(value).date()
    except ValueError as err:
        raise refuse("D608", "start or end", "not a date", found=str(value), allowed="2023-01-01") from err


def _check_options(
    by: tuple[str, ...], period: str | None, aggregate: str, breakdown: Sequence[str] | None
) -> None:
    """Refuse names of options that do not exist (D608)."""
    for where, values, allowed in (
        ("by", by, (*DIMENSIONS, *_APART)),
        ("breakdown", breakdown or (), DIMENSIONS),
        ("period", [period] if period else [], (*PERIOD_MONTHS, "day", "span")),
        ("aggregate", [aggregate], ("sum", "mean", "last")),
    ):
        for value in values:
            if value not in allowed:
                close = nearest(str(value), allowed)
                raise refuse("D608", where, "unknown", found=str(value), allowed=", ".join(allowed), nearest=close)


def _resolve(name: str, filters: Mapping[str, Choice]) -> tuple[Measure, dict[str, tuple[str, ...]]]:
    """Return the measure behind a name and the values asked for by dimension; D601 for no such series."""
    known = measures()
    if name not in known:
        close = nearest(name, known) or ", ".join(m.name for m in find_series(name)[:3])
        raise refuse("D601", name, "no such series", nearest=close, remedy="list them: sojourn data list")
    selection = known[name]
    wanted = {d: _values(d, v) for d, v in filters.items() if v is not None}
    for dimension, value in selection.selects:
        if wanted.setdefault(dimension, (value,)) != (value,):
            found = ", ".join(wanted[dimension])
            raise refuse("D608", dimension, f"{name} is {dimension} {value} alone", found=found, allowed=value)
    return known[selection.of] if selection.of else selection, wanted


def _values(dimension: str, value: Choice) -> tuple[str, ...]:
    """Return the values of a filter: codes for names of countries, words of a path for names of places."""
    values = _listed(value)
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


def _check_units(questions: Sequence[Question], by: tuple[str, ...]) -> None:
    """Refuse to add up series: different units (D603), or measures that may count the same events (D606)."""
    if len(questions) < 2 or "measure" in by:
        return
    said = ", ".join(f"{q.name} (unit: {q.measure.unit})" for q in questions)
    keep = 'keep them apart: by="measure"'
    if len({q.measure.unit for q in questions}) > 1:
        raise refuse("D603", "series", "units of account differ", found=said, remedy=keep)
    raise refuse("D606", "series", "they may count the same events", found=said, remedy=keep)


def _chosen(name: str, entries: Sequence[Entry], release: Choice, by: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return the releases to read, oldest first; raises D604 where several would be added up."""
    asked = _listed(release) or ("latest",)
    if asked == ("latest",):
        return tuple(entries[-1:])
    if asked in (("each",), ("spliced",)):
        return tuple(entries)
    names = [e.release for e in entries]
    for one in asked:
        if one not in names:
            allowed = ", ".join([*names, "latest", "each", "spliced"])
            raise refuse(
                "D608", "release", "no such release", found=one, allowed=allowed, nearest=nearest(one, names)
            )
    if len(asked) > 1 and "release" not in by:
        raise refuse(
            "D604",
            name,
            "releases are never added up",
            found=", ".join(asked),
            remedy='choose one, or keep them apart (by="release"), or release="spliced"',
        )
    return tuple(e for e in entries if e.release in asked)


def _answered(question: Question, release: Choice, by: tuple[str, ...], shelf: Store) -> pd.DataFrame:
    """Answer one question from the releases asked for."""
    entries = shelf.entries(question.measure.name)
    if not entries:
        remedy = "import the publisher's file: sojourn data import"
        raise refuse("D602", question.name, "no figures in the store", remedy=remedy)
    parts = []
    for entry in _chosen(question.name, entries, release, by):
        part = answer(question, shelf.rows(entry))
        if part is not None:
            parts.append(part.assign(release=entry.release))
    if not parts:
        raise _nothing(question, entries)
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    if release == "spliced":
        rank = np.where(frame["suppression"] == "partial", "", frame["release"])
        best = (
            frame.assign(rank=rank)
            .sort_values(["rank", "release"])
            .groupby("start")["release"]
            .transform("last")
            .sort_index()
        )
        frame = frame[frame["release"] == best].sort_values("start", kind="stable").reset_index(drop=True)
    return frame


def _nothing(question: Question, entries: Sequence[Entry]) -> DataError:
    """Say what was asked and what is held."""
    asked = ", ".join(f"{d}={'|'.join(v)}" for d, v in question.wanted.items()) or "everything"
    return refuse(
        "D602",
        question.name,
        "no figures match",
        found=f"{asked}; {question.period or 'any period'}; {question.start or '..'} to {question.end or '..'}",
        allowed="; ".join(f"release {e.release}: {e.start} to {e.end}" for e in entries),
        remedy="another release, period or filter",
    )


def _joined(frames: list[pd.DataFrame], questions: Sequence[Question], by: tuple[str, ...]) -> pd.DataFrame:
    """Put the answers together and say what they are."""
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    measure = questions[0].measure
    keys = ["start", "end", *questions[0].by]
    if "measure" not in by:
        frame = frame.drop(columns="measure")
    first = [*(["measure"] if "measure" in by else []), *keys]
    frame = frame[[*first, *(c for c in frame.columns if c not in first)]]
    frame.attrs = {
        "measure": ", ".join(q.name for q in questions),
        "title": measures()[questions[0].name].title,
        "unit": ", ".join(dict.fromkeys(q.measure.unit for q in questions)),
        "publisher": measure.publisher,
        "source": measure.source,
        "licence": measure.licence,
        "note": measure.note,
    }
    return frame


def find_series(words: str = "") -> tuple[Measure, ...]:
    """Return the measures whose name, title, publisher, unit or note hold every one of the words."""
    parts = words.casefold().split()
    found = []
    for measure in measures().values():
        text = " ".join((measure.name, measure.title, measure.publisher, measure.unit, measure.note)).casefold()
        if all(part in text for part in parts):
            found.append(measure)
    return tuple(found)


def values(name: str, dimension: str, *, store: Store | None = None) -> tuple[str, ...]:
    """Return the values that a dimension of a series takes in its latest release, sorted; none without figures."""
    shelf = store or Store()
    measure, wanted = _resolve(name, {})
    _check_options((dimension,), None, "sum", None)
    entries = shelf.entries(measure.name)
    if not entries:
        return ()
    table = shelf.figures(entries[-1])
    for column, kept in wanted.items():
        table = table.filter(pc.equal(table[column].cast(pa.string()), kept[0]))
    return tuple(sorted(pc.unique(table[dimension].cast(pa.string())).to_pylist()))


def to_xarray(frame: pd.DataFrame) -> xr.DataArray:
    """Return a series of :func:`series` as (release, time, dimensions kept) float64, its unit in ``attrs``.

    ``time`` is the first day of each period; NaN where no figure was published. ``release`` is a dimension only
    where the series holds more than one.
    """
    kept = [
        d for d in ("measure", "place", "country", "component", "category", "nationality", "family") if d in frame
    ]
    head = ["release"] if frame["release"].nunique() > 1 else []
    indexed = frame.rename(columns={"start": "time"}).set_index([*head, "time", *kept])["value"]
    array: xr.DataArray = indexed.to_xarray()
    array.name = str(frame.attrs.get("measure", "series"))
    array.attrs = {**frame.attrs, "units": frame.attrs.get("unit", "")}
    if not head:
        array.attrs["release"] = str(frame["release"].iloc[0])
    return array


def count_events(
    events: pd.DataFrame, *, date: str = "date", value: str | None = None, by: Choice = ()
) -> pd.DataFrame:
    """Return monthly counts of events, or monthly sums of ``value``, from one row an event.

    Columns: start, end, the columns in ``by``, value, parts (events counted). Every month between the first
    and the last event is there, with 0 where nothing happened. Raises DataError D610 for a column that is not
    in ``events`` and D306 for a date that cannot be read.
    """
    kept = _listed(by)
    for column in (date, *kept, *([value] if value else [])):
        if column not in events:
            near = nearest(column, [str(c) for c in events.columns])
            raise refuse("D610", "events", "no such column", found=column, nearest=near)
    when = pd.to_datetime(events[date], errors="coerce", format="ISO8601")
    if when.isna().any():
        row = int(when.isna().to_numpy().argmax())
        raise refuse(
            "D306", f"events, row {row + 1}, column {date}", "not a date", found=str(events[date].iloc[row])
        )
    month = when.dt.to_period("M")
    counted = pd.DataFrame(
        {"month": month, "value": events[value] if value else 1.0, **{k: events[k] for k in kept}}
    )
    table = counted.groupby(["month", *kept])["value"].agg(["sum", "size"])
    every = pd.period_range(month.min(), month.max(), freq="M", name="month")
    if kept:
        groups = counted[list(kept)].drop_duplicates().sort_values(list(kept))
        index = pd.MultiIndex.from_frame(pd.DataFrame({"month": every}).merge(groups, how="cross"))
        table = table.reindex(index, fill_value=0)
    else:
        table = table.reindex(every, fill_value=0)
    out = table.rename(columns={"sum": "value", "size": "parts"}).reset_index()
    out.insert(0, "start", out["month"].dt.start_time.dt.normalize())
    out.insert(1, "end", out["month"].dt.end_time.dt.normalize())
    return out.drop(columns="month").astype({"value": float})
