"""Policies of a scenario, and the table of what a policy can do to a quantity.

An operation is stated once: a field of :class:`Change` that takes its operand, and a row of :data:`OPERATIONS` with
its words, its arithmetic and what its operand may be. Checks, explanations and the compiler read the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from sojourn.scenario.frozen import Frozen
from sojourn.scenario.values import (
    Amount,
    Confidence,
    Date,
    Factor,
    GroupName,
    PlaceName,
    QuantityName,
    Ref,
    SharedCount,
    StageName,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Arithmetic = Callable[[Values, Values, Values | float], Values]

__all__ = ["OPERATIONS", "Change", "Operation", "Policy", "Threshold"]


class Change(Frozen):
    """What a policy does to one quantity: exactly one of set, scale, shift, close."""

    quantity: QuantityName
    """The quantity that changes."""
    set: Amount | None = None
    """New value: a number, or a quantity whose profile takes its place."""
    scale: Factor | None = None
    """Factor."""
    shift: Amount | None = None
    """Amount added, in the quantity's unit."""
    close: bool = False
    """Value becomes zero."""
    groups: tuple[GroupName, ...] | None = None
    """Groups concerned; all if left out."""
    places: tuple[PlaceName, ...] | None = None
    """Only where the quantity is used by stages at these places; everywhere if left out."""

    @property
    def operations(self) -> tuple[str, ...]:
        """Names of the operations that are written, in the order of the table; one in a valid scenario."""
        return tuple(
            name for name in OPERATIONS if getattr(self, name) is not None and getattr(self, name) is not False
        )

    @property
    def operation(self) -> str:
        """Name of the operation."""
        return self.operations[0]

    @property
    def operand(self) -> Ref:
        """What the operation takes: a number or the name of a quantity; 1 where it takes nothing."""
        written: Any = getattr(self, self.operation)
        return written if isinstance(written, str) else float(written)


class Threshold(Frozen):
    """When a policy is in force, by the people in a stage, over all groups; with hysteresis if numbers differ."""

    stage: StageName
    """The stage."""
    above: SharedCount
    """It comes into force with the step after more than these were there for ``days``."""
    below: SharedCount | None = None
    """It ends with the step after fewer than these were there; ``above`` if left out."""
    days: Annotated[float, Field(ge=0)] = 0.0
    """Days in a row, counted at the ends of steps; a single step is enough if left out."""


class Policy(Frozen):
    """A dated change of quantities, with its legal citation."""

    start: Date
    """First day in force, or on which it can be."""
    end: Date | None = None
    """Last day in force, or on which it can be; none if it stays."""
    when: Threshold | None = None
    """People in a stage that bring it into force, between ``start`` and ``end``."""
    ramp_days: Annotated[float, Field(ge=0)] = 0.0
    """Days over which it takes effect linearly, and over which it ends."""
    changes: Annotated[tuple[Change, ...], Field(min_length=1)]
    """What it changes."""
    title: str = ""
    """Name for charts."""
    citation: str = ""
    """Law, rule or report, with date."""
    confidence: Confidence = ""
    """How well the citation supports it."""


@dataclass(frozen=True)
class Operation:
    """What must be known of a way to change a quantity."""

    words: str
    """What explanations say of it; the operand stands for ``{}``."""
    arithmetic: Arithmetic
    """Values in place of (time) float64 values, given the part of the policy in force (time) in [0, 1] and the
    operand, a number or (time) float64. Nothing may change where the part is 0."""
    has_unit: bool = False
    """Whether the operand is in the unit of the quantity."""
    takes_value: bool = False
    """Whether the operand takes the place of the value, so that the bounds of the quantity's kind hold for it."""
    multiplies: bool = False
    """Whether the operand is a factor, so that below 0 it makes negative what cannot be."""
    during_run: Literal["set", "scale", "shift", "close"] | None = None
    """The same arithmetic in the engine, for what depends on the state of the run; None: it has none."""
    kinds_beside: tuple[str, ...] | None = None
    """Kinds that a quantity as operand can have besides the kind of what it changes; None: those of the field."""


OPERATIONS: dict[str, Operation] = {
    "set": Operation(
        words="set to {}",
        arithmetic=lambda values, part, operand: values * (1.0 - part) + part * operand,
        has_unit=True,
        takes_value=True,
        during_run="set",
        kinds_beside=(),
    ),
    "scale": Operation(
        words="multiplied by {}",
        arithmetic=lambda values, part, operand: values * (1.0 + part * (operand - 1.0)),
        multiplies=True,
        during_run="scale",
    ),
    "shift": Operation(
        words="changed by {}",
        arithmetic=lambda values, part, operand: values + part * operand,
        has_unit=True,
        during_run="shift",
        kinds_beside=("ratio", "coefficient"),
    ),
    "close": Operation(
        words="closed: zero",
        arithmetic=lambda values, part, _: values * (1.0 - part),
        during_run="close",
    ),
}
"""Operations by the name of their field in :class:`Change`."""
