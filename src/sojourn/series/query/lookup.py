"""Looking up a series in the store.

A measure can be published split by nationality, again split by sector, and as a total; by month and by year;
in several releases. A question picks one of them; what it does not pick is an error that names the choices.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.calendar import US_FISCAL_YEAR, FiscalYear
from sojourn.errors import nearest
from sojourn.series.codes import DataError, refuse
from sojourn.series.model import DIMENSIONS, measures
from sojourn.series.query.question import Choice, Question, check_options, check_units, listed, read_day, resolve
from sojourn.series.query.selection import answer
from sojourn.series.store.entries import Entry
from sojourn.series.store.shelf import Store

__all__ = ["series", "values"]


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
    fiscal: FiscalYear = US_FISCAL_YEAR,
    store: Store | None = None,
) -> pd.DataFrame:
    """Return a published series as a tidy table with one row a period.

    Each filter takes one value or several. A dimension with several values, or named in ``by``, becomes a column;
    figures are added up over the other dimensions, where the measure allows it.

    Parameters
    ----------
    name : str or sequence of str
        Name of the series, as :func:`find_series` gives it. Several need ``by="measure"``.
    nationality, country : str or sequence of str, optional
        ISO 3166 alpha-3 code or name; ``country`` is the country that counted.
    family, component : str or sequence of str, optional
        Family status of the people; part of the publisher that counted.
    place, category : str or sequence of str, optional
        A path such as ``southwest/tucson-sector``, or one word of it; both match all that lies below.
    start, end : str or datetime.date, optional
        First and last day; only periods that lie between them are used.
    period : {"day", "month", "quarter", "calendar-year", "fiscal-year", "span"}, optional
        Kind of period; the finest that is published without it.
    release : str or sequence of str
        ``latest``; ``each``, with releases kept apart; ``spliced``, each period from the newest release that has
        all of it; or the names of releases.
    by : str or sequence of str
        Dimensions to keep apart, ``measure`` and ``release`` among them.
    aggregate : {"sum", "mean", "last"}
        How figures of several dates become one, for stocks and rates.
    breakdown : sequence of str, optional
        The split to use where several are published.
    fiscal : FiscalYear
        The fiscal year of ``period="fiscal-year"``; that of the United States without it. Another one is added
        up from months, and from quarters where it is made of them.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    pandas.DataFrame
        Columns start and end (datetime64), the dimensions kept, value (float64), unit, rounding (the coarsest
        of the figures added up), parts (how many), suppression, confidence and release. A period without a row
        had no figure published. ``attrs`` holds measure, title, unit, publisher, source, licence and note.

    Raises
    ------
    DataError
        D601 to D608: no such series, no figures, or a question that would add up what must not be added up.
        The message says what to choose.

    Examples
    --------
    >>> sj.series("usbp-encounters", nationality="CHN", place="southwest", period="fiscal-year")
    >>> sj.series("darien-crossings", nationality=["CHN", "VEN"], start="2023-01-01")
    >>> sj.series("eoir-pending", release="each")
    """
    store = store or Store()
    names = (name,) if isinstance(name, str) else tuple(name)
    filters = {
        "nationality": nationality,
        "family": family,
        "component": component,
        "country": country,
        "place": place,
        "category": category,
    }
    kept = listed(by)
    check_options(kept, period, aggregate, breakdown)
    span = (read_day(start), read_day(end))
    split = None if breakdown is None else tuple(breakdown)
    questions = []
    for one in names:
        measure, wanted = resolve(one, filters)
        many = {d for d, values in wanted.items() if len(values) > 1}
        dims = tuple(d for d in DIMENSIONS if d in kept or d in many)
        questions.append(Question(one, measure, wanted, dims, period, *span, aggregate, split, fiscal))
    check_units(questions, kept)
    frames = [_answered(q, release, kept, store).assign(measure=q.name) for q in questions]
    return _joined(frames, questions, kept)


def _chosen(name: str, entries: Sequence[Entry], release: Choice, by: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return the releases to read, oldest first; D604 where several would be added up."""
    asked = listed(release) or ("latest",)
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


def _answered(question: Question, release: Choice, by: tuple[str, ...], store: Store) -> pd.DataFrame:
    """Answer one question from the releases asked for."""
    entries = store.entries(question.measure.name)
    if not entries:
        remedy = "import the publisher's file: sojourn data import"
        raise refuse("D602", question.name, "no figures in the store", remedy=remedy)
    parts = []
    for entry in _chosen(question.name, entries, release, by):
        part = answer(question, store.cells(entry))
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
    """Return the error that says what was asked for and what the store holds."""
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
    """Put the answers together in one table, and describe it in ``attrs``."""
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


def values(name: str, dimension: str, *, store: Store | None = None) -> tuple[str, ...]:
    """Return the values that a dimension of a series takes in its latest release, sorted.

    Parameters
    ----------
    name : str
        Name of the series.
    dimension : {"component", "nationality", "family", "country", "place", "category"}
        Which dimension.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    tuple of str
        Empty when the store has no figures of the series.

    Raises
    ------
    DataError
        D601 for no such series, D608 for no such dimension.

    Examples
    --------
    >>> sj.data.values("cbp-encounters", "place")
    """
    store = store or Store()
    measure, wanted = resolve(name, {})
    check_options((dimension,), None, "sum", None)
    entries = store.entries(measure.name)
    if not entries:
        return ()
    table = store.figures(entries[-1])
    for column, kept in wanted.items():
        table = table.filter(pc.equal(table[column].cast(pa.string()), kept[0]))
    return tuple(sorted(pc.unique(table[dimension].cast(pa.string())).to_pylist()))
