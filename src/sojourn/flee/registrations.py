"""Registrations day by day: what the camp series of a Flee folder say for each day of the run.

The series are counts on some dates. Files of one camp are added up, corrections of over-registration are
applied, and days between two dates are interpolated and cut to whole people. With ``compat="flee3"`` each
of these steps is Flee's own, rows in file order; otherwise rows are sorted by date, several files of one camp
are each interpolated before they are added, and series of places that are not on the map bring nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sojourn.flee.model import CampSeries, DataFile, FleeScenario

__all__ = ["DataTable", "Rows", "data_table"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Rows = tuple[Floats, Floats]
"""``(row) float64, day`` and ``(row) float64, agents``."""


@dataclass(frozen=True, eq=False)
class DataTable:
    """Registered people by day and series, in agents (people divided by the scale-down factor).

    Attributes
    ----------
    names : tuple[str, ...]
        Names of the series.
    counts : ndarray
        (day, series) int64, agents, less those of day 0 if camps start empty.
    day0 : ndarray
        (series) int64, agents on day 0.
    new : ndarray
        (day) int64, agents: the change of the total on each day, negative when registrations fall. ``new[0]`` is
        the total on day 0, which nobody needs to spawn when those people are put in the camps; under ``flee3`` it
        counts the series ``total`` and the camps.
    """

    names: tuple[str, ...]
    counts: Integers
    day0: Integers
    new: Integers

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each series, by name."""
        return {name: column for column, name in enumerate(self.names)}

    def of(self, names: tuple[str, ...]) -> Integers:
        """Return the counts of series by name.

        Parameters
        ----------
        names : tuple[str, ...]
            Names of series; one that does not exist is 0 every day.

        Returns
        -------
        ndarray
            (day, name) int64, agents.
        """
        picked = np.zeros((len(self.counts), len(names)), dtype=np.int64)
        for column, name in enumerate(names):
            if name in self.index:
                picked[:, column] = self.counts[:, self.index[name]]
        return picked


def data_table(scenario: FleeScenario, hasten: int | None = None) -> DataTable:
    """Return the registrations of a scenario, scaled down.

    Source: Flee 3, its data table; the order of the operations is Flee's, so that whole numbers agree.

    Parameters
    ----------
    scenario : FleeScenario
        A Flee folder, read.
    hasten : int, optional
        People that an agent stands for; the scenario's own if left out.

    Returns
    -------
    DataTable
        The registrations by day.
    """
    scale = scenario.settings.hasten if hasten is None else hasten
    literal = scenario.compat == "flee3"
    tables = [series_rows(one, scale, literal) for one in scenario.series]
    names = tuple(one.name for one in scenario.series)
    for correction in scenario.corrections:
        column = names.index(correction.name)
        tables[column] = corrected(tables[column], correction.day)
    days = np.arange(scenario.days, dtype=np.float64)
    counts = np.column_stack([interpolated(rows, days, literal) for rows in tables])
    day0 = counts[0].copy()
    if scenario.settings.spawn.empty_camps_on_day0:
        counts = counts - day0
    return DataTable(names=names, counts=counts, day0=day0, new=_daily_new(scenario, names, counts, day0))


def series_rows(series: CampSeries, scale: int, literal: bool) -> Rows:
    """Return the rows of one line of the layout: its files added up, values divided by ``scale``."""
    first, *others = (_scaled(one, scale, literal) for one in series.files)
    for other in others:
        first = _added_literally(first, other) if literal else _added(first, other)
    return first


def _scaled(file: DataFile, scale: int, literal: bool) -> Rows:
    order = np.arange(len(file.days)) if literal else np.argsort(file.days, kind="stable")
    return file.days[order].astype(np.float64), file.values[order] / scale


def _added(first: Rows, second: Rows) -> Rows:
    days = np.union1d(first[0], second[0])
    return days, _between(first, days) + _between(second, days)


def _added_literally(first: Rows, second: Rows) -> Rows:
    """Add two series as Flee does: by walking the second, without interpolation."""
    days, values, row, last = [], [], 0, 0.0
    end = len(first[0]) - 1
    for day, value in zip(*second, strict=True):
        while day > first[0][row]:
            days.append(first[0][row])
            values.append(last + first[1][row])
            if row == end:
                break
            row += 1
        if day <= first[0][row]:
            days.append(day)
            values.append(value + first[1][row])
            row += int(day == first[0][row] and row < end)
            last = value
    return np.array(days, dtype=np.float64), np.array(values, dtype=np.float64)


def corrected(rows: Rows, day: int) -> Rows:
    """Scale the rows before ``day`` so that the last of them has the value of ``day``.

    A first registration overcounts; from ``day`` on a better one holds. A day before the run is ignored.
    """
    days, values = rows[0], rows[1].copy()
    if day >= 0:
        for row in np.flatnonzero(days == day):
            if row > 0:
                values[:row] *= values[row] / values[row - 1]
    return days, values


def _between(rows: Rows, at: Floats) -> Floats:
    """Return the series at the days ``at``: linear between rows, the first row before, the last row after."""
    days, values = rows
    if len(days) == 1:
        return np.full(len(at), values[0])
    # The row after a day is the first that is later than it, in file order: a running maximum finds it.
    after = 1 + np.searchsorted(np.maximum.accumulate(days[1:]), at, side="right")
    right = np.minimum(after, len(days) - 1)
    left = right - 1
    width = days[right] - days[left]
    inside = (after < len(days)) & (at > days[0])
    share = np.divide(at - days[left], width, out=np.zeros(len(at)), where=inside)
    between = values[left] + share * (values[right] - values[left])
    result: Floats = np.where(inside, between, np.where(at <= days[0], values[0], values[-1]))
    return result


def interpolated(rows: Rows, at: Floats, literal: bool) -> Integers:
    """Return the series at the days ``at`` in whole agents, cut towards zero: ``(day) int64``."""
    exact = _between(rows, at)
    # Flee cuts 2.9999999999 to 2; elsewhere a rounding error of a sum must not lose a person.
    return np.trunc(exact if literal else exact + 1e-9).astype(np.int64)


def _daily_new(scenario: FleeScenario, names: tuple[str, ...], counts: Integers, day0: Integers) -> Integers:
    spawn = scenario.settings.spawn
    literal = scenario.compat == "flee3"
    total = names.index("total") if "total" in names else 0
    if not spawn.sum_from_camps:
        start, stock = day0[total], counts[:, total]
    elif literal:
        # Flee sums every series on day 0, and all but the first of the layout later, whatever their names.
        start, stock = day0.sum(), counts[:, 1:].sum(axis=1)
    else:
        on_map = [column for column, name in enumerate(names) if name in scenario.index]
        start, stock = day0[on_map].sum(), counts[:, on_map].sum(axis=1)
    first = 0 if spawn.empty_camps_on_day0 else start
    return np.concatenate(([first], np.diff(stock))).astype(np.int64)
