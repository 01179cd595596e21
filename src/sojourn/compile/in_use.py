"""Numbers as they are used: converted from the units in which a scenario writes them, step by step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.calendar import containing
from sojourn.compile.grid import Grid
from sojourn.scenario.conversions import Conversions, SeriesUse, Unfit
from sojourn.scenario.model import Scenario
from sojourn.scenario.units import AS_WRITTEN, Conversion

__all__ = ["InUse"]

F64 = NDArray[np.float64]


class InUse:
    """Converts values of quantities and series over the steps of a grid."""

    def __init__(self, scenario: Scenario, grid: Grid) -> None:
        self._grid = grid
        self._units = Conversions(scenario)
        self._of = {name: found for name in scenario.quantities if (found := self._units.of_quantity(name))}
        self._days: dict[str, F64] = {}

    def quantity(self, name: str, values: F64) -> F64:
        """Return values of a quantity, (time) float64 in its own unit, in the unit of its place of use."""
        return self._converted(self._of.get(name, AS_WRITTEN), values)

    def number(self, name: str, value: float) -> float:
        """Return a value of a quantity in the unit of its place of use, but for the days of calendar periods."""
        return float(self._of.get(name, AS_WRITTEN).scaled(value))

    def multiple(self, name: str, other: str, values: F64) -> F64:
        """Return constants, (time) float64, as what turns another quantity as used into its multiple as used.

        Between quantities of one dimension the constant is a plain number. Otherwise it is in the unit of the
        multiple by that of the other quantity, as both are written.
        """
        written, used = self._units.written, self._units.used
        if name not in written or other not in written:
            return values
        if written[name].dimension == written[other].dimension:
            scale = used[other].scale / used[name].scale
            return values if scale == 1.0 else values * scale
        if other in self._of:
            values = values / self.quantity(other, np.ones_like(values))
        return self.quantity(name, values)

    def of_series(self, quantity: str, series: str) -> SeriesUse:
        """Return how a series gives the values of a quantity."""
        return _possible(self._units.series_of(quantity, series))

    def of_inflow(self, series: str) -> SeriesUse:
        """Return how a series gives the people per day that enter."""
        return _possible(self._units.inflow_of(series))

    def converted(self, use: SeriesUse, values: F64) -> F64:
        """Return values of a series, (time) float64, as the model uses them."""
        return self._converted(use.conversion, values)

    def factor(self, use: SeriesUse, values: F64) -> F64:
        """Return the factor of a series, (time) float64, as the model uses it."""
        return self._converted(use.of_value, values)

    def _converted(self, conversion: Conversion, values: F64) -> F64:
        if not conversion:
            return values
        out: F64 = conversion.scaled(values)
        return out / self._period_days(conversion.per) if conversion.per else out

    def _period_days(self, period: str) -> F64:
        """Return the days of the calendar period into which each step falls: (time) float64."""
        if period not in self._days:
            first, last = containing(self._grid.day, period)
            self._days[period] = (last - first).astype(np.float64) + 1.0
        return self._days[period]


def _possible(use: SeriesUse | Unfit) -> SeriesUse:
    """Return a use that the checks of the scenario have found to be possible."""
    if isinstance(use, Unfit):
        raise TypeError(f"a series that gives no values in {use.needed}")
    return use
