"""Looking up a series in the store.

A measure can be published split by nationality, again split by sector, and as a total; by month and by year;
in several releases. A question picks one of them; what it does not pick is an error that names the choices.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.calendar import US_FISCAL_YEAR, FiscalYear
from sojourn.series.model import DIMENSIONS
from sojourn.series.query.question import (
    Choice,
    Question,
    check_options,
    check_over,
    check_units,
    listed,
    read_span,
    resolve,
)
from sojourn.series.query.scope import scope_of
from sojourn.series.query.selection import Answer
from sojourn.series.query.splicing import answered
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
    over: Choice = (),
    aggregate: Literal["sum", "mean", "last"] = "sum",
    breakdown: Sequence[str] | None = None,
    fiscal: FiscalYear = US_FISCAL_YEAR,
    store: Store | None = None,
) -> pd.DataFrame:
    """Return a published series as a tidy table with one row a period.

    Each filter takes one value or several. A dimension with several values, or named in ``by``, becomes a column;
    figures are added up over the other dimensions, where the measure allows it and nothing of the whole is missing.
    Regions, parts of a publisher, definitions and instances of a procedure are chosen, kept apart, or added up on
    purpose (``over``).

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
        First and last day, both included; only periods that lie between them are used. A year (``2023``), month
        (``2023-12``), quarter (``2023 Q2``) or fiscal year (``FY2023``) stands for all of its days.
    period : {"day", "month", "quarter", "calendar-year", "fiscal-year", "span"}, optional
        Kind of period; the finest that is published without it.
    release : str or sequence of str
        ``latest``, each period from the newest release that has the whole of it; ``each``, with releases kept
        apart; or the names of releases. Releases of another definition or scope than the newest are never mixed
        in: the remarks say which were left out.
    by : str or sequence of str
        Dimensions to keep apart, ``measure`` and ``release`` among them.
    over : str or sequence of str
        Dimensions to add up on purpose: what is there is summed, even if it is not the whole, or if the parts count
        the same people again.
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
        had no figure published. ``attrs`` holds measure, title, period (its kind), unit, publisher, source,
        licence, note, scope (a sentence that says what the figures are of) and remarks.

    Raises
    ------
    DataError
        D601 to D608 and D612: no such series, no figures, or a question that would add up what must not be added
        up. The message says what to choose.

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
    kept, summed = listed(by), listed(over)
    check_options(kept, period, aggregate, breakdown, summed)
    span = read_span(start, end, fiscal)
    split = None if breakdown is None else tuple(breakdown)
    known = store.measures()
    questions = []
    for one in names:
        with store.naming():
            measure, wanted = resolve(one, filters, known)
        many = {d for d, values in wanted.items() if len(values) > 1}
        dims = tuple(d for d in DIMENSIONS if d in kept or d in many)
        question = Question(one, measure, wanted, dims, period, *span, aggregate, split, fiscal, summed)
        check_over(question)
        questions.append(question)
    check_units(questions, kept)
    answers = [answered(q, release, kept, store) for q in questions]
    with store.naming():
        return _joined(answers, questions, kept, known[names[0]].title)


def _joined(answers: list[Answer], questions: Sequence[Question], by: tuple[str, ...], title: str) -> pd.DataFrame:
    """Put the answers together in one table, and describe it in ``attrs``."""
    frames = [a.frame.assign(measure=q.name) for a, q in zip(answers, questions, strict=True)]
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    measure = questions[0].measure
    keys = ["start", "end", *questions[0].by]
    if "measure" not in by:
        frame = frame.drop(columns="measure")
    first = [*(["measure"] if "measure" in by else []), *keys]
    frame = frame[[*first, *(c for c in frame.columns if c not in first)]]
    scopes = [scope_of(q, a) for q, a in zip(questions, answers, strict=True)]
    frame.attrs = {
        "measure": ", ".join(q.name for q in questions),
        "title": title,
        "period": answers[0].period,
        "unit": ", ".join(dict.fromkeys(q.measure.unit for q in questions)),
        "publisher": measure.publisher,
        "source": measure.source,
        "licence": measure.licence,
        "note": measure.note,
        "scope": "; ".join(scopes),
        "remarks": tuple(remark for a in answers for remark in a.remarks),
    }
    return frame


def values(name: str, dimension: str, *, store: Store | None = None) -> tuple[str, ...]:
    """Return the values that a dimension of a series takes in the store, sorted.

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
    measure, wanted = resolve(name, {}, store.measures())
    check_options((dimension,), None, "sum", None)
    found: set[str] = set()
    for entry in store.entries(measure.name):
        table = store.figures(entry)
        for column, kept in wanted.items():
            table = table.filter(pc.equal(table[column].cast(pa.string()), kept[0]))
        found.update(pc.unique(table[dimension].cast(pa.string())).to_pylist())
    return tuple(sorted(found))
