"""How what happens in the model reaches the periods of an official series: share captured, delay, periods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.calendar import period_index, period_start
from sojourn.compile.draws import CENTRAL, Draw
from sojourn.compile.dwells import Dwells
from sojourn.compile.grid import Grid, make_grid
from sojourn.compile.profiles import Profiles
from sojourn.compile.table import Table
from sojourn.scenario import Scenario
from sojourn.scenario.model import Observation

__all__ = ["Capture", "Captures", "Window"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

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


class Captures:
    """The observations of a scenario, worked out for a draw of its uncertain quantities."""

    def __init__(self, scenario: Scenario, record: str) -> None:
        self.scenario = scenario
        self.grid: Grid = make_grid(scenario.time, record)
        table = Table(Profiles(scenario, self.grid))
        longest = self.grid.n_step + int(_LONGEST_PERIOD_DAYS / self.grid.step_days) + 1
        dwells = Dwells(table, self.grid.step_days, longest)
        self._share = {n: table.ref(o.share_captured) for n, o in scenario.observations.items()}
        self._size = {
            n: table.ref(o.dispersion) for n, o in scenario.observations.items() if o.dispersion is not None
        }
        self._delay = {
            n: dwells.add(o.delay, None) for n, o in scenario.observations.items() if o.delay is not None
        }
        self._windows = {n: self.window(o) for n, o in scenario.observations.items()}
        # Where nothing is delayed, what reaches a period is the same for every draw.
        at_once = np.zeros(self.grid.n_step, np.int64)
        self._at_once = {
            n: _reached(at_once, [_NO_DELAY], w) for n, w in self._windows.items() if n not in self._delay
        }
        self._table = table.build()
        self._central, _ = self._table.values()
        self._dwells = dwells.build(self._table, self._central)

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
        edges = [period_start(series.period, series.start, i) for i in range(first, last + 2)]
        steps = np.ceil(np.array([self.grid.steps_from(day) for day in edges]) - 1e-9).astype(np.int64)
        at = np.array(edges, "datetime64[D]")
        return Window(at[:-1], at[1:], steps[:-1], steps[1:], np.arange(first, last + 1))

    def work_out(self, draw: Draw = CENTRAL) -> dict[str, Capture]:
        """Return every observation for a draw; quantities that are not in it keep their central values."""
        values = self._table.values(draw, self._central)[0] if draw.names else self._central
        bins = self._dwells.arrays(values, self._table.touched(draw))
        masses = bins.masses()
        rows = self._table.ref_row
        found = {}
        for name, observation in self.scenario.observations.items():
            share = values[:, rows[self._share[name]]]
            window = self._windows[name]
            last = np.clip(window.past_step - 1, 0, self.grid.n_step - 1)
            size = self._size.get(name)
            dispersion = np.full(len(last), np.nan) if size is None else values[last, rows[size][0]]
            if observation.measure == "stock":
                weight, coverage = self._stock(share, window)
            else:
                counted = [observation.groups is None or g in observation.groups for g in self.scenario.groups]
                weight, coverage = self._flow(share, self._reached(name, bins.index, masses), window, counted)
            found[name] = Capture(weight, coverage, dispersion)
        return found

    def _reached(self, name: str, index: I64, masses: list[F64]) -> list[F64]:
        """Return for every group (step, period) the probability that an event of the step is counted in it."""
        if name in self._at_once:
            return [self._at_once[name]] * len(self.scenario.groups)
        by_group = index[self._delay[name]].T
        return [_reached(one, masses, self._windows[name]) for one in by_group]

    def _flow(self, share: F64, reached: list[F64], window: Window, counted: list[bool]) -> tuple[F64, F64]:
        """Spread the events of a recorded period evenly over its steps, and count what is captured of them."""
        first = np.flatnonzero(np.diff(self.grid.period_of, prepend=-1))
        steps = np.diff(np.append(first, self.grid.n_step))
        weight = np.zeros((len(first), len(window.number), len(reached)))
        for g, one in enumerate(reached):
            if counted[g]:
                weight[:, :, g] = np.add.reduceat(share[:, [g]] * one, first) / steps[:, None]
        return weight, reached[0].sum(0) / (window.past_step - window.first_step)

    def _stock(self, share: F64, window: Window) -> tuple[F64, F64]:
        """Take the stock of the recorded period that ends with the period of the series."""
        last = np.flatnonzero(np.diff(self.grid.period_of, append=-1))
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
