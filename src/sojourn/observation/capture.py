"""How what happens in the model reaches the periods of an official series: share captured, delay, periods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.calendar import period_index, period_start, period_starts
from sojourn.compile.draws import CENTRAL, Draw
from sojourn.compile.dwells import DwellArrays, Dwells
from sojourn.compile.grid import Grid, make_grid
from sojourn.compile.profiles import Profiles
from sojourn.compile.table import Table
from sojourn.scenario import Scenario
from sojourn.scenario.model import Observation

__all__ = ["Capture", "Captures", "Window"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

COMPLETE = 0.99
"""Part of a period's events that must lie in the run for the period to be compared."""
_LONGEST_PERIOD_DAYS = 366
_NO_DELAY = np.array([1.0])


@dataclass(frozen=True)
class Window:
    """The periods of a series that a run touches, in dates, in steps of the run, and in numbers of the series."""

    start: NDArray[np.datetime64]  # (period) first day
    end: NDArray[np.datetime64]  # (period) first day after
    first_step: I64  # (period) step with which it begins; negative before the run
    past_step: I64  # (period) first step after it
    number: I64  # (period) position in the series; outside 0 .. n - 1 where nothing is published


@dataclass(frozen=True)
class Capture:
    """One observation for one draw of the parameters."""

    weight: F64  # (recorded, period, group) counted units per person recorded
    coverage: F64  # (period) part of the period's events that lie in the run
    dispersion: F64  # (period) size of the negative binomial; missing without one

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Whether all that a period counts lies in the run, so that it can be compared: (period) bool."""
        return self.coverage >= COMPLETE


class _CountedIn(NamedTuple):
    """Where events are counted that are counted at once: the same for every draw."""

    by_step: F64 | None  # (step, period) 1 where an event of the step is counted in the period; None with a delay
    by_recorded: F64 | None  # (recorded, period) the same, where recorded periods lie whole in those of the series


class Captures:
    """The observations of a scenario, worked out for a draw of its uncertain quantities; it can be pickled.

    Parameters
    ----------
    scenario : Scenario
        A resolved scenario.
    record : {"step", "week", "month"}
        The periods by which the model records stocks and flows.
    """

    def __init__(self, scenario: Scenario, record: str) -> None:
        self.scenario = scenario
        self.grid: Grid = make_grid(scenario.time, record)
        observations = scenario.observations
        table = Table(Profiles(scenario, self.grid))
        longest = self.grid.n_step + int(_LONGEST_PERIOD_DAYS / self.grid.step_days) + 1
        dwells = Dwells(table, self.grid.step_days, longest)
        self._share = {n: table.ref(o.share_captured) for n, o in observations.items()}
        self._size = {n: table.ref(o.dispersion) for n, o in observations.items() if o.dispersion is not None}
        self._delay = {n: dwells.add(o.delay, None) for n, o in observations.items() if o.delay is not None}
        # First step, and number of steps, of each recorded period.
        self._recorded = np.flatnonzero(np.diff(self.grid.period_of, prepend=-1))
        self._steps = np.diff(np.append(self._recorded, self.grid.n_step))
        self._windows = {n: self.window(o) for n, o in observations.items()}
        self._counted_in = {n: self._counting(n) for n, o in observations.items() if o.measure == "flow"}
        self._table = table.build()
        self._central_values, _ = self._table.values()
        self._dwells = dwells.build(self._table, self._central_values)
        bins = self._dwells.arrays(self._central_values, frozenset())
        self._central = {n: self._capture(n, self._central_values, bins) for n in observations}

    def moved_by(self, draw: Draw) -> bool:
        """Tell whether a draw changes how any series sees a run."""
        return bool(self._table.touched(draw))

    def window(self, observation: Observation) -> Window:
        """Return the periods of the observation's series that the run touches."""
        series, time = self.scenario.series[observation.series], self.scenario.time
        days = round(self.grid.n_step * self.grid.step_days)
        first, last = (
            period_index(series.period, series.start, day)
            for day in (time.start, time.start + dt.timedelta(days=days - 1))
        )
        begin = period_start(series.period, series.start, first)
        at = period_starts(series.period, begin, last + 1 - first)
        steps = np.ceil(np.array([self.grid.steps_from(day) for day in at.tolist()]) - 1e-9).astype(np.int64)
        return Window(at[:-1], at[1:], steps[:-1], steps[1:], np.arange(first, last + 1))

    def published(self, name: str) -> F64:
        """Return what the publisher of an observation printed: (period) float64, missing where nothing."""
        series = self.scenario.series[self.scenario.observations[name].series]
        values = dict(enumerate(np.nan if v is None else float(v) for v in series.values or ()))
        return np.array([values.get(int(i), np.nan) for i in self._windows[name].number])

    def work_out(self, draw: Draw = CENTRAL) -> dict[str, Capture]:
        """Return every observation for a draw; quantities that are not in it keep their central values."""
        touched = self._table.touched(draw)
        if not touched:
            return dict(self._central)
        values, _ = self._table.values(draw, self._central_values)
        bins = self._dwells.arrays(values, touched)
        return {
            name: self._capture(name, values, bins) if self._depends_on(name, touched) else central
            for name, central in self._central.items()
        }

    def _depends_on(self, name: str, touched: frozenset[int]) -> bool:
        """Tell whether an observation has a delay or reads one of these rows of the table."""
        rows = self._table.ref_row
        read = [*rows[self._share[name]], *(rows[self._size[name]] if name in self._size else ())]
        return name in self._delay or not touched.isdisjoint(read)

    def _capture(self, name: str, values: F64, bins: DwellArrays) -> Capture:
        """Return one observation for the values (time, row) of a draw."""
        rows, window = self._table.ref_row, self._windows[name]
        share = values[:, rows[self._share[name]]]
        last = np.clip(window.past_step - 1, 0, self.grid.n_step - 1)
        size = self._size.get(name)
        dispersion = np.full(len(last), np.nan) if size is None else values[last, rows[size][0]]
        if name not in self._counted_in:
            return Capture(*self._stock(share, window), dispersion)
        return Capture(*self._flow(name, share, bins), dispersion)

    def _counting(self, name: str) -> _CountedIn:
        """Work out what of an observation of flows is the same for every draw."""
        window = self._windows[name]
        if name in self._delay:
            return _CountedIn(None, None)
        at_once = _reached(np.zeros(self.grid.n_step, np.int64), [_NO_DELAY], window)
        whole = np.array_equal(at_once, at_once[np.repeat(self._recorded, self._steps)])
        return _CountedIn(at_once, at_once[self._recorded] if whole else None)

    def _flow(self, name: str, share: F64, bins: DwellArrays) -> tuple[F64, F64]:
        """Spread the events of a recorded period evenly over its steps, and count what is captured of them."""
        window, counting, groups = self._windows[name], self._counted_in[name], self.scenario.groups
        only = self.scenario.observations[name].groups
        counted = [g for g, group in enumerate(groups) if only is None or group in only]
        weight = np.zeros((len(self._recorded), len(window.number), len(groups)))
        reached = [counting.by_step] * len(groups) if counting.by_step is not None else self._delayed(name, bins)
        for g in counted:
            if counting.by_recorded is not None:
                mean = np.add.reduceat(share[:, [g]], self._recorded) / self._steps[:, None]
                weight[:, :, g] = mean * counting.by_recorded
            else:
                sums = np.add.reduceat(share[:, [g]] * reached[g], self._recorded)
                weight[:, :, g] = sums / self._steps[:, None]
        return weight, reached[0].sum(0) / (window.past_step - window.first_step)

    def _delayed(self, name: str, bins: DwellArrays) -> list[F64]:
        """Return for every group (step, period) the probability that an event of the step is counted in it."""
        masses = bins.masses()
        return [_reached(one, masses, self._windows[name]) for one in bins.index[self._delay[name]].T]

    def _stock(self, share: F64, window: Window) -> tuple[F64, F64]:
        """Take the stock of the recorded period that ends with the period of the series."""
        last = np.append(self._recorded[1:], self.grid.n_step) - 1
        ends = (last + 1)[:, None] == window.past_step[None, :]
        return ends[:, :, None] * share[last][:, None, :], ends.any(0).astype(np.float64)


def _reached(index: I64, masses: list[F64], window: Window) -> F64:
    """Return (step, period) float64: probability that an event of the step is counted in the period."""
    edges = np.append(window.first_step, window.past_step[-1])  # the periods follow one another
    counted = np.zeros((len(index), len(edges)))
    for which in np.unique(index):
        steps = np.flatnonzero(index == which)
        total = np.concatenate(([0.0], np.cumsum(masses[which])))
        counted[steps] = total[np.clip(edges[None, :] - steps[:, None], 0, len(total) - 1)]
    return np.diff(counted, axis=1)
