"""One series of the store by value: as a scenario keeps it, so that it needs the store no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from sojourn.calendar import period_index
from sojourn.errors import nearest
from sojourn.series.codes import refuse
from sojourn.series.model import DIMENSIONS, measures
from sojourn.series.query.lookup import series
from sojourn.series.store.shelf import Store

__all__ = ["series_by_value"]

_KEYS = ("measure", *DIMENSIONS, "release", "period", "start", "end", "over")
_NOT_WHOLE = ("partial", "incomplete")
_KINDS = {"calendar-year": "year"}


def series_by_value(query: Mapping[str, Any], *, store: Store | None = None) -> dict[str, Any]:
    """Return the answer to a question that a scenario puts to the store.

    Parameters
    ----------
    query : mapping of str to str
        ``measure`` and, where they are to be restricted, the dimensions, release, period, start, end and over, each
        one text, as :func:`~sojourn.series.series` takes them.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    dict
        unit, period, start (ISO date of the first period), values (one for each period, None where none was
        published, or not for all of it), publisher, source, release, licence, description (the scope) and digest
        (SHA-256 of figures, unit and release); measure (``total`` or ``level``) and rounding where they are known.

    Raises
    ------
    DataError
        D608 for a key or value that a query does not take, and what :func:`~sojourn.series.series` raises.
    """
    store = store or Store()
    asked = _checked(query)
    name = asked.pop("measure")
    frame = series(name, store=store, **asked)
    kind = _KINDS.get(frame.attrs["period"], frame.attrs["period"])
    if kind == "span":
        raise refuse(
            "D605", name, "stretches of days of any length drive no scenario", remedy="choose: period: month"
        )
    starts = [day.date() for day in frame["start"]]
    first = starts[0]
    values: list[float | None] = [None] * (period_index(kind, first, starts[-1]) + 1)
    whole = ~frame["suppression"].isin(_NOT_WHOLE).to_numpy()
    for start, value, full in zip(starts, frame["value"].tolist(), whole, strict=True):
        if full and not np.isnan(value):
            values[period_index(kind, first, start)] = value
    said = frame.attrs
    cut = int((~whole).sum())
    note = f"; {cut} periods that are not whole are left out" if cut else ""
    found: dict[str, Any] = {
        "unit": said["unit"],
        "period": kind,
        "start": first.isoformat(),
        "values": values,
        "publisher": said["publisher"],
        "source": said["source"],
        "release": ", ".join(sorted(frame["release"].unique())),
        "licence": said["licence"],
        "description": said["scope"] + note,
    }
    if (rounding := int(frame["rounding"].max())) > 1:
        found["rounding"] = rounding
    if "time" in store.measures()[name].adds or name in measures():
        found["measure"] = "total" if "time" in store.measures()[name].adds else "level"
    text = json.dumps([found["start"], values, found["unit"], found["release"]])
    return {**found, "digest": hashlib.sha256(text.encode()).hexdigest()}


def _checked(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the question in the words of the store, or refuse what it does not take (D608)."""
    for key, value in query.items():
        if key not in _KEYS:
            close = nearest(str(key), _KEYS)
            raise refuse("D608", f"query, {key}", "no such key", allowed=", ".join(_KEYS), nearest=close)
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise refuse("D608", f"query, {key}", "not one text", found=str(value)[:60])
    if "measure" not in query:
        raise refuse("D608", "query", "measure is missing", remedy="name the series: measure: darien-crossings")
    asked = {key: str(value) for key, value in query.items()}
    if asked.get("period") == "year":
        asked["period"] = "calendar-year"
    return asked
