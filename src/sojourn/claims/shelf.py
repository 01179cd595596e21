"""Series laid out for many questions: each curve is asked for once, through the public query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sojourn.series import DataError, Store, measures, series, values

__all__ = ["Curve", "Shelf"]

Span = tuple[dt.date, dt.date]
Filters = tuple[tuple[str, str], ...]

_WHOLE = 80
"""Nationalities that a measure must be split by for their sum to stand for everyone, where it has no total."""


@dataclass
class Curve:
    """One series under one set of filters: figures by span of days, and by month where it is monthly."""

    measure: str
    filters: Filters
    release: str
    unit: str
    title: str
    rounding: float
    months: dict[int, float] = field(default_factory=dict)
    spans: dict[Span, float] = field(default_factory=dict)
    partial: frozenset[Span] = frozenset()

    def flow(self, span: Span) -> float | None:
        """Return the sum over a span of days, or None where the series does not cover it whole."""
        if span in self.spans:
            return self.spans[span]
        if not self.months or span[0].day != 1 or (span[1] + dt.timedelta(days=1)).day != 1:
            return None
        total = 0.0
        for month in range(span[0].year * 12 + span[0].month, span[1].year * 12 + span[1].month + 1):
            if month not in self.months:
                return None
            total += self.months[month]
        return total

    def stock(self, span: Span) -> float | None:
        """Return the last figure that lies in a span of days."""
        inside = [(s[1], v) for s, v in self.spans.items() if s[0] >= span[0] and s[1] <= span[1]]
        return max(inside)[1] if inside else None

    @property
    def first(self) -> dt.date:
        """The first day covered."""
        return min(s[0] for s in self.spans)

    @property
    def last(self) -> dt.date:
        """The last day covered."""
        return max(s[1] for s in self.spans)


class Shelf:
    """The store as the check asks it: curves, and what values a dimension has."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store
        self._curves: dict[tuple[str, Filters, str], Curve | None] = {}
        self._values: dict[tuple[str, str], tuple[str, ...]] = {}
        self._releases: dict[str, tuple[str, ...]] = {}
        self._held: frozenset[str] | None = None
        self.answers: dict[Hashable, tuple[Any, ...]] = {}

    def holds(self, measure: str) -> bool:
        """Tell whether a measure is known and has figures."""
        if self._held is None:
            self._held = frozenset(e.measure for e in (self.store or Store()).entries())
        known = measures().get(measure)
        return known is not None and (known.of or known.name) in self._held

    def values(self, measure: str, dimension: str) -> tuple[str, ...]:
        """Return the values of a dimension of a measure."""
        key = (measure, dimension)
        if key not in self._values:
            self._values[key] = values(measure, dimension, store=self.store) if self.holds(measure) else ()
        return self._values[key]

    def answers_everyone(self, measure: str) -> bool:
        """Tell whether a measure has a total of all nationalities, or enough of them to add up."""
        known = self.values(measure, "nationality")
        return known in ((), ("all",)) or "all" in known or "OOO" in known or len(known) >= _WHOLE

    def older(self, measure: str) -> tuple[str, ...]:
        """Return the releases of a measure before the latest, newest first."""
        if measure not in self._releases:
            known = measures().get(measure)
            name = (known.of or known.name) if known else measure
            found = sorted({e.release for e in (self.store or Store()).entries(name)}, reverse=True)
            self._releases[measure] = tuple(found[1:])
        return self._releases[measure]

    def curve(self, measure: str, filters: Mapping[str, str], release: str = "latest") -> Curve | None:
        """Return a series under filters, or None where the store does not answer."""
        key = (measure, tuple(sorted(filters.items())), release)
        if key not in self._curves:
            self._curves[key] = self._asked(measure, key[1], release) if self.holds(measure) else None
        return self._curves[key]

    def _asked(self, measure: str, filters: Filters, release: str) -> Curve | None:
        frame = _query(measure, filters, release, None, self.store)
        if frame is None or not len(frame):
            return None
        curve = Curve(
            measure,
            filters,
            str(frame["release"].iloc[-1]),
            str(frame.attrs["unit"]),
            str(frame.attrs["title"]),
            float(frame["rounding"].max()),
        )
        _fill(curve, frame)
        if curve.months:
            for period in ("calendar-year", "fiscal-year"):
                yearly = _query(measure, filters, release, period, self.store)
                if yearly is not None:
                    _fill(curve, yearly, keep=True)
        return curve if curve.spans else None


def _query(
    measure: str, filters: Filters, release: str, period: str | None, store: Store | None
) -> pd.DataFrame | None:
    try:
        return series(measure, release=release, period=period, store=store, **dict(filters))  # type: ignore[arg-type]
    except DataError:
        return None


def _fill(curve: Curve, frame: pd.DataFrame, *, keep: bool = False) -> None:
    """Add the figures of an answer to a curve; parts of a period count only where the publisher says so."""
    for start, end, value, how in zip(
        frame["start"], frame["end"], frame["value"], frame["suppression"], strict=True
    ):
        if value != value or how == "partial":
            continue
        first, last = start.date(), end.date()
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        whole = first.day == 1 and (end + pd.Timedelta(days=1)).day == 1
        if whole and months == 1 and not keep:
            curve.months[first.year * 12 + first.month] = float(value)
        if keep and (first, last) in curve.spans:
            continue
        curve.spans[first, last] = float(value)
