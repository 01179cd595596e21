"""The periods of figures, from their dates and what was said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.calendar import MONTHS, containing, period_end
from sojourn.errors import Collector
from sojourn.series.own.description import Description
from sojourn.series.own.long_form import Long
from sojourn.series.own.tables.grid import Cell, Grid
from sojourn.series.own.written.conventions import ANY, Doubt
from sojourn.series.own.written.date_format import When
from sojourn.series.own.written.dates import ORDERS, read_dates

__all__ = ["Periods", "read_periods"]

_SHOWN = 5
_BLANK = dt.date(1900, 1, 1)
Spot = Callable[[int], str]


@dataclass(frozen=True)
class Periods:
    """(figure) the kind of period, its first and last day; and the order that dates were read by, if it matters."""

    kind: list[str]
    start: list[dt.date]
    end: list[dt.date]
    order: str


def read_periods(grid: Grid, long: Long, said: Description, problems: Collector) -> Periods:
    """Return the period of each figure.

    A text that is no date is D306, a missing one D303, one that is not the kind of period that was said D308; dates
    that can be read in more than one way are D704, with the readings and the option that decides.
    """
    column = " ".join(said.date)

    def spot(at: int) -> str:
        where = long.heads[at] if long.wide and not column else column
        return grid.spot(long.rows[at], where)

    before = len(problems.problems)
    found, order = _read(long.date, said, spot, problems)
    if len(problems.problems) > before:
        return Periods([], [], [], order)
    kind = said.period or _told(found, problems, spot)
    if said.end:
        ends, _ = _read(long.end, said, lambda at: grid.spot(long.rows[at], said.end), problems)
        last = [w.start if w.kind == "day" else _last(w) for w in ends]
        return Periods(["span"] * len(found), [w.start for w in found], last, order)
    fitted: dict[When, When | None] = {when: _fitted(when, kind) for when in dict.fromkeys(found)}
    for when in [w for w, fits in fitted.items() if fits is None][:_SHOWN]:
        at = found.index(when)
        problems.add(
            "D308",
            spot(at),
            f"not a {kind}, nor the first or last day of one",
            found=str(long.date[at]),
            remedy="say what the figures are of (--period), or how dates are written (--format)",
        )
    periods = [fitted[when] or When("day", _BLANK) for when in found]
    return Periods([p.kind for p in periods], [p.start for p in periods], [_last(p) for p in periods], order)


def _last(when: When) -> dt.date:
    return period_end(when.start, when.kind) if when.kind in MONTHS else when.start


def _read(cells: Sequence[Cell], said: Description, spot: Spot, problems: Collector) -> tuple[list[When], str]:
    """Return what each cell stands for, and the order of dates."""
    texts: dict[Cell, str] = {
        cell: _text(cell) for cell in dict.fromkeys(cells) if cell is not None and type(cell) is not dt.date
    }
    try:
        read = read_dates(dict.fromkeys(texts.values()), said.format, across_years=not said.period)
    except ValueError as err:
        problems.add(
            "D701", "format", str(err), found=said.format, allowed="dd/mm/yyyy, mmm yy, yyyy Q and the like"
        )
        return [When("day", _BLANK)] * len(cells), ""
    if read.doubt is not None:
        _doubt(cells, texts, read.doubt, spot, problems)
    found: list[When] = []
    shown: set[Cell] = set()
    for at, cell in enumerate(cells):
        when = When("day", cell) if type(cell) is dt.date else read.values.get(texts.get(cell, ""))
        good = when is not None and when.kind != "span"
        doubtful = read.doubt is not None and texts.get(cell, "") not in read.unread
        if not good and not doubtful and cell not in shown and len(shown) < _SHOWN:
            shown.add(cell)
            _no_date(cell, spot(at), said.format or _left(read.unread.get(texts.get(cell, ""), ())), problems)
        found.append(when if when is not None and good else When("day", _BLANK))
    return found, "" if read.convention in (ANY, "yyyy/mm", said.format) else read.convention


def _left(orders: Sequence[str]) -> str:
    """Return the orders that the dates before one leave, where that is a restriction."""
    return " or ".join(orders) if 0 < len(orders) < len(ORDERS) - 1 else ""


def _text(cell: Cell) -> str:
    """Return a cell of a date as text; a whole number is a year."""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def _no_date(cell: Cell, spot: str, allowed: str, problems: Collector) -> None:
    if cell is None:
        problems.add("D303", spot, "date missing")
        return
    across = len(str(cell)) == 7 and str(cell)[4] in "/-"
    problems.add(
        "D306",
        spot,
        "a year across two calendar years" if across else "not a date",
        found=str(cell)[:80],
        allowed=allowed,
        remedy="give columns of first and last days: --date COLUMN --end COLUMN --period span"
        if across
        else "say how dates are written: --format dd/mm/yyyy",
    )


def _doubt(
    cells: Sequence[Cell], texts: dict[Cell, str], doubt: Doubt[When], spot: Spot, problems: Collector
) -> None:
    """Report a date that can be read in more than one way."""
    at = next(i for i, cell in enumerate(cells) if texts.get(cell) == doubt.text)
    said: dict[When, str] = {}
    for order, when in doubt.readings.items():
        said.setdefault(when, _format(order, doubt.text))
    problems.add(
        "D704",
        spot(at),
        "date that can be read in more than one way",
        found=f"{doubt.text}: {' or '.join(f'{when} ({order})' for when, order in said.items())}",
        remedy="say how dates are written: " + " or ".join(f"--format {order}" for order in said.values()),
    )


def _format(order: str, text: str) -> str:
    """Return an order with the separator that a text has."""
    mark = next((c for c in text if not c.isalnum()), "/")
    return order.replace("/", mark)


def _told(found: Sequence[When], problems: Collector, spot: Spot) -> str:
    """Return the kind of period that days stand for; empty where the texts themselves say what each is."""
    kinds = {when.kind for when in found}
    if kinds != {"day"}:
        if "day" in kinds:
            at = next(i for i, when in enumerate(found) if when.kind == "day")
            problems.add("D308", spot(at), "a day among other kinds of period", remedy="say which: --period month")
        return ""
    days = np.array(sorted({when.start for when in found}), dtype="datetime64[D]")
    first, last = containing(days, "month")
    if (days == first).all() or (days == last).all():
        problems.add(
            "D704",
            spot(0),
            "days that may stand for months",
            found=f"{found[0].start}: the day, or the month {found[0].start:%B %Y}",
            remedy="say what the figures are of: --period day or --period month (quarter, calendar-year)",
        )
    return "day"


def _fitted(when: When, kind: str) -> When | None:
    """Return a date as a period of a kind; None where it is none."""
    if kind in ("", when.kind):
        return when
    if when.kind == "calendar-year" and kind == "fiscal-year":
        return When(kind, dt.date(when.start.year - 1, 10, 1))
    if when.kind != "day" or kind not in MONTHS:
        return None
    first, last = containing(np.array([when.start], dtype="datetime64[D]"), kind)
    ends = (first[0].astype(object), last[0].astype(object))
    return When(kind, ends[0]) if when.start in ends else None
