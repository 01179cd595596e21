"""Going through scenario objects: where names stand, what an error's place means, what depends on what."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sojourn.scenario.codes import Path
from sojourn.scenario.frozen import In, Of

if TYPE_CHECKING:
    from sojourn.scenario.model import Scenario

__all__ = [
    "Use",
    "arms",
    "circles",
    "descend",
    "hints",
    "literals",
    "models",
    "state_dependent",
    "stems",
    "uses",
]


@dataclass(frozen=True)
class Use:
    """One place where a name or a number stands in a scenario, and its mark."""

    path: Path
    mark: In | Of
    value: str | float


@functools.cache
def hints(cls: type[BaseModel]) -> dict[str, Any]:
    """Return the types of a model's fields by name, marks included."""
    types_by_name = typing.get_type_hints(cls, include_extras=True)
    return {name: hint for name, hint in types_by_name.items() if name in cls.model_fields}


def _split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a type without its outer ``Annotated``, and the metadata."""
    if typing.get_origin(hint) is Annotated:
        inner, *metadata = typing.get_args(hint)
        return inner, tuple(metadata)
    return hint, ()


def arms(hint: Any) -> tuple[Any, ...]:
    """Return the arms of a union, None left out; of another type, the type itself."""
    inner, _ = _split(hint)
    if typing.get_origin(inner) in (typing.Union, types.UnionType):
        return tuple(arm for arm in typing.get_args(inner) if arm is not types.NoneType)
    return (hint,)


def uses(value: BaseModel, path: Path = ()) -> Iterator[Use]:
    """Yield every use of a name or number that carries a mark, in the order of writing.

    Parameters
    ----------
    value : BaseModel
        A scenario, or a part of it.
    path : Path, optional
        Path to the part.

    Yields
    ------
    Use
        Each use, with its path.
    """
    for name, hint in hints(type(value)).items():
        yield from _uses(hint, getattr(value, name), (*path, name))


def _uses(hint: Any, value: Any, path: Path) -> Iterator[Use]:
    if value is None:
        return
    if isinstance(value, BaseModel):
        yield from uses(value, path)
        return
    inner, metadata = _split(hint)
    scalar = isinstance(value, (str, int, float))
    if scalar:
        marks = [m for m in metadata if isinstance(m, (In, Of))]
        if marks:
            yield Use(path, marks[0], value)
            return
    members = arms(inner)
    if len(members) > 1 or members[0] is not inner:
        for arm in members:
            yield from _uses(arm, value, path)
    elif isinstance(value, Mapping) and typing.get_args(inner):
        key_hint, value_hint = typing.get_args(inner)
        for key, item in value.items():
            yield from _uses(key_hint, key, (*path, str(key)))
            yield from _uses(value_hint, item, (*path, str(key)))
    elif isinstance(value, tuple) and typing.get_args(inner):
        for index, item in enumerate(value):
            yield from _uses(typing.get_args(inner)[0], item, (*path, index))


def models(value: Any, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """Yield a scenario object and every object inside it, with their paths."""
    if isinstance(value, BaseModel):
        yield path, value
        for name in type(value).model_fields:
            yield from models(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from models(item, (*path, str(key)))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from models(item, (*path, index))


def _tagged(hint: Any, tag: str) -> type[BaseModel] | None:
    """Return the arm of a discriminated union whose tag this is."""
    inner, metadata = _split(hint)
    for key in (m.discriminator for m in metadata if isinstance(m, FieldInfo) and m.discriminator):
        for arm in arms(inner):
            if typing.get_args(hints(arm)[str(key)]) == (tag,):
                return typing.cast("type[BaseModel]", arm)
    return None


def descend(cls: type[BaseModel], loc: Path) -> tuple[Path, type[BaseModel] | None]:
    """Turn the place of a validation error into a path of keys, and the innermost model on it.

    The place that pydantic gives names the arms of unions too, which are no keys.
    """
    path: list[str | int] = []
    hint: Any = cls
    model: type[BaseModel] | None = cls
    rest = list(loc)
    while rest:
        inner, _ = _split(hint)
        members = arms(hint)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
            path.append(key := rest.pop(0))
            hint = hints(inner).get(str(key))
        elif len(members) > 1:
            arm = _tagged(hint, str(label := rest.pop(0)))
            if arm is None:
                mapping = str(label).startswith(("dict", "mapping", "function-after"))
                hint = next((m for m in members if mapping and typing.get_args(_split(m)[0])[1:]), None)
            else:
                hint = model = arm
        elif members[0] is not hint:
            hint = members[0]
        elif typing.get_origin(inner) in (Mapping, tuple):
            key = rest.pop(0)
            path.append(key)
            arguments = typing.get_args(inner)
            hint = arguments[1] if len(arguments) == 2 and arguments[1] is not Ellipsis else arguments[0]
        else:
            break
    inner, _ = _split(hint) if hint is not None else (None, ())
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        model = inner
    return tuple(path), model


def literals(hint: Any) -> tuple[str, ...]:
    """Return the texts that a ``Literal`` type allows, or none."""
    inner, _ = _split(hint)
    return tuple(str(a) for a in typing.get_args(inner)) if typing.get_origin(inner) is Literal else ()


def stems(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Return the quantities on which each one depends directly, by a product or as operands of policies.

    Parameters
    ----------
    scenario : Scenario
        Any scenario.

    Returns
    -------
    dict of str to frozenset
        Names of quantities, by that of the one that depends on them.
    """
    found: dict[str, set[str]] = {name: set() for name in scenario.quantities}
    for name, quantity in scenario.quantities.items():
        if quantity.times is not None:
            found[name].add(quantity.times.quantity)
    for policy in scenario.policies.values():
        for change in policy.changes:
            for operation in change.operations:
                operand = getattr(change, operation)
                if isinstance(operand, str) and change.quantity in found:
                    found[change.quantity].add(operand)
    return {name: frozenset(others & set(found)) for name, others in found.items()}


def circles(scenario: Scenario) -> list[str]:
    """Return the quantities that depend on themselves, by way of others or not."""
    direct = stems(scenario)
    return [name for name in direct if name in _closure(direct, direct[name])]


def state_dependent(scenario: Scenario) -> frozenset[str]:
    """Return the quantities that respond to people, that a threshold changes, or that depend on such.

    Parameters
    ----------
    scenario : Scenario
        Any scenario.

    Returns
    -------
    frozenset of str
        Names of quantities.
    """
    moved = {name for name, quantity in scenario.quantities.items() if quantity.responds_to is not None}
    moved |= {c.quantity for p in scenario.policies.values() if p.when is not None for c in p.changes}
    direct = stems(scenario)
    return frozenset(name for name in direct if not moved.isdisjoint(_closure(direct, frozenset({name}))))


def _closure(direct: dict[str, frozenset[str]], start: frozenset[str]) -> set[str]:
    """Return the given quantities and all on which they depend."""
    found: set[str] = set()
    left = list(start)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += direct.get(one, frozenset())
    return found
