"""What every scenario object is made of: frozen models, frozen mappings, and marks on their fields.

A mark says what a parameter may be: a name from a section of the scenario (:class:`In`), or a number or
quantity of certain kinds (:class:`Of`). Checks, schema and documentation read the marks, so that a parameter
is described in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

__all__ = ["Frozen", "FrozenDict", "In", "Map", "Of", "without"]

K = TypeVar("K")
V = TypeVar("V")


class Frozen(BaseModel):
    """Base of every scenario object: immutable, hashable, and closed to keys it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed, and so can be hashed."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("scenario objects are frozen: use Scenario.replace(...)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return FrozenDict, (dict(self),)


Map = Annotated[Mapping[K, V], AfterValidator(FrozenDict)]
"""An immutable mapping field."""


@dataclass(frozen=True)
class In:
    """Mark of a field that holds a name: the section of the scenario in which it must be defined.

    ``flows`` stands for a flow ``origin -> destination`` or a stage.
    """

    section: str


@dataclass(frozen=True)
class Of:
    """Mark of a field that holds a number or a quantity: the kinds of quantity that fit.

    Without kinds any fits. ``units``: units of which one is needed here, and in which numbers are used; if empty,
    any fits. ``person`` stands for every unit of account, ``server`` for every server. ``shared``: one value holds
    for all groups, so it cannot vary by group. ``rest``: it may be the word ``rest`` too.
    """

    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    shared: bool = False
    rest: bool = False


def without(data: dict[str, Any], **understood: object) -> dict[str, Any]:
    """Return a written form without the keys that have these values."""
    return {key: value for key, value in data.items() if key not in understood or value != understood[key]}
