"""In which unit each quantity and series of a scenario is used, and what converts what is written into it.

A place of use states the unit that it needs in its mark (:class:`~sojourn.scenario.frozen.Of`). Weights and
references of a covariate follow from its unit, operands of policies from the unit of the quantity that they change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sojourn.scenario.codes import Path
from sojourn.scenario.frozen import In, Of
from sojourn.scenario.policies import OPERATIONS
from sojourn.scenario.stages.inflow import Push
from sojourn.scenario.traversal import Use, models, uses
from sojourn.scenario.units import AS_WRITTEN, COUNTED, Conversion, Unit, UnitError, conversion, read_unit
from sojourn.scenario.values import Quantity

if TYPE_CHECKING:
    from sojourn.scenario.model import Scenario

__all__ = ["Conversions", "Need", "SeriesUse", "Unfit", "readable", "series_names"]

DIMENSIONLESS: tuple[dict[str, float], ...] = ({}, {"index": 1.0})


@dataclass(frozen=True)
class Need:
    """A place where a quantity is used, and the units of which one is needed there."""

    path: Path
    units: tuple[Unit, ...]

    def taken(self, unit: Unit) -> Unit | None:
        """Return the unit needed here that a given one can be converted into."""
        return next((one for one in self.units if one.dimension == unit.dimension), None)


@dataclass(frozen=True)
class SeriesUse:
    """How the values of a series become numbers of a model."""

    total: bool
    """Whether they are totals, to be divided by the days of their periods."""
    conversion: Conversion = AS_WRITTEN
    """What converts the values."""
    of_value: Conversion = AS_WRITTEN
    """What converts the factor of the quantity."""


@dataclass(frozen=True)
class Unfit:
    """Why a series cannot be used where it stands."""

    needed: str
    total: bool = False
    """Whether totals stand where a level is needed, or a level where totals are."""


def readable(text: str) -> Unit | None:
    """Return the unit that a text stands for; None if it cannot be read."""
    try:
        return read_unit(text)
    except UnitError:
        return None


class Conversions:
    """The units of a scenario as written and as used; nothing changes after it is made."""

    def __init__(self, scenario: Scenario, found: Iterable[Use] | None = None) -> None:
        self._scenario = scenario
        self._found = tuple(uses(scenario) if found is None else found)
        self.written = {name: unit for name, q in scenario.quantities.items() if (unit := readable(q.unit))}
        self.of_series = {name: unit for name, x in scenario.series.items() if (unit := readable(x.unit))}

    @cached_property
    def needs(self) -> dict[str, list[Need]]:
        """Places of use of each quantity that need certain units, those of policies apart."""
        found: dict[str, list[Need]] = {}
        for use in self._found:
            if isinstance(use.mark, Of) and use.mark.units and isinstance(use.value, str):
                units = tuple(read_unit(text) for text in use.mark.units)
                found.setdefault(use.value, []).append(Need(use.path, units))
        for path, push in models(self._scenario):
            if isinstance(push, Push) and (covariate := self.written.get(push.indicator)) is not None:
                base = covariate.base
                inverse = read_unit(f"1 / ({base})" if base != "1" else "1")
                for key, unit in (("reference", read_unit(base)), ("coefficient", inverse)):
                    if isinstance(name := getattr(push, key), str):
                        found.setdefault(name, []).append(Need((*path, key), (unit,)))
        return found

    def operand_needs(self) -> Iterator[tuple[str, str, Path]]:
        """Yield each quantity that a policy sets or adds, the quantity that it changes, and where."""
        for name, policy in self._scenario.policies.items():
            for index, change in enumerate(policy.changes):
                for key in change.operations:
                    operand = getattr(change, key)
                    if OPERATIONS[key].has_unit and isinstance(operand, str):
                        yield operand, change.quantity, ("policies", name, "changes", index, key)

    @cached_property
    def used(self) -> dict[str, Unit]:
        """The unit in which each quantity is used: that of its place of use, or days, US dollars and counts."""
        target = {operand: changed for operand, changed, _ in self.operand_needs()}
        return {name: self._used(name, target, frozenset()) for name in self.written}

    def _used(self, name: str, target: dict[str, str], passed: frozenset[str]) -> Unit:
        unit = self.written[name]
        for need in self.needs.get(name, []):
            if (taken := need.taken(unit)) is not None:
                return read_unit(unit.base) if taken.scale == 1.0 else taken
        changed = target.get(name)
        if changed in self.written and changed not in passed:
            other = self._used(changed, target, passed | {name})
            if other.dimension == unit.dimension:
                return other if other.scale != 1.0 else read_unit(unit.base)
        return read_unit(unit.base)

    def of_quantity(self, name: str) -> Conversion:
        """Return what converts a value of a quantity, as written, into the one used."""
        if name not in self.written:
            return AS_WRITTEN
        return conversion(self.written[name], self.used[name]) or AS_WRITTEN

    def measure(self, name: str) -> Literal["total", "level"]:
        """Return whether the values of a series are totals of its periods, or levels."""
        series = self._scenario.series[name]
        if series.measure is not None:
            return series.measure
        if any(o.series == name and o.measure == "stock" for o in self._scenario.observations.values()):
            return "level"
        unit = self.of_series.get(name)
        return "total" if unit is not None and _is_count(unit) else "level"

    def series_of(self, quantity: str, series: str) -> SeriesUse | Unfit:
        """Return how a series gives the values of a quantity, or why it cannot."""
        q: Quantity = self._scenario.quantities[quantity]
        if quantity not in self.written or series not in self.of_series:
            return SeriesUse(total=False)
        to, unit = self.used[quantity], self.of_series[series]
        factor = q.value is not None or q.prior is not None
        if unit.dimension == to.dimension and not (_is_count(unit) and self.measure(series) == "total"):
            return SeriesUse(False, conversion(unit, to) or AS_WRITTEN)
        rate = read_unit(f"({unit.text}) / day")
        if rate.dimension == to.dimension and self.measure(series) == "total":
            return SeriesUse(True, conversion(rate, to) or AS_WRITTEN)
        if unit.dimension in DIMENSIONLESS and factor:
            return SeriesUse(False, _of_number(unit), self.of_quantity(quantity))
        if not to.dimension and factor and unit.dimension:
            return SeriesUse(False, AS_WRITTEN, self.of_quantity(quantity))
        return Unfit(to.base, total=unit.dimension in (to.dimension, _without_day(to)))

    def inflow_of(self, series: str) -> SeriesUse | Unfit:
        """Return how a series gives the people per day that enter, or why it cannot."""
        if series not in self.of_series:
            return SeriesUse(total=True)
        unit = self.of_series[series]
        if _is_count(unit):
            if self.measure(series) == "level":
                return Unfit("person", total=True)
            return SeriesUse(True, conversion(unit, read_unit("person")) or AS_WRITTEN)
        found = conversion(unit, read_unit("person / day"))
        return Unfit("person") if found is None else SeriesUse(False, found)

    def inflows(self) -> Iterator[tuple[Path, str]]:
        """Yield each series by which people enter, and where."""
        for use in self._found:
            if use.mark == In("series") and "inflow" in use.path:
                yield use.path, str(use.value)


def _is_count(unit: Unit) -> bool:
    """Tell whether a unit is one of account, or a multiple of it."""
    return len(unit.powers) == 1 and unit.powers[0][1] == 1 and unit.powers[0][0] in COUNTED


def _without_day(unit: Unit) -> dict[str, float]:
    """Return the dimension of what adds up over days to this unit."""
    found = dict(unit.dimension)
    found["day"] = found.get("day", 0.0) + 1
    return {name: power for name, power in found.items() if power}


def _of_number(unit: Unit) -> Conversion:
    """Return the conversion of a percentage or multiple into a plain number."""
    return conversion(unit, read_unit(unit.base)) or AS_WRITTEN


def series_names(quantity: Quantity) -> tuple[tuple[Path, str], ...]:
    """Return the series of a quantity, each with its path below it."""
    if quantity.series is None:
        return ()
    if isinstance(quantity.series, str):
        return ((("series",), quantity.series),)
    return tuple((("series", group), name) for group, name in quantity.series.items())
