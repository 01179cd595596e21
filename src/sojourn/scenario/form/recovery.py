"""Setting aside what is malformed, so that the rest of a scenario can be checked in the same pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sojourn.errors import nearest
from sojourn.scenario.codes import Path
from sojourn.scenario.form.pydantic_errors import MISSING_KEY, UNKNOWN_KEY, Fault, faults
from sojourn.scenario.traversal import hints

__all__ = ["recover"]

S = TypeVar("S", bound=BaseModel)
_ROUNDS = 12
_STAND_INS: dict[str, Any] = {
    "name": "unnamed",
    "time": {"start": "2000-01-01", "end": "2000-12-31"},
    "groups": {"unnamed": {"nationality": "OOO"}},
    "stages": {"unnamed": {"kind": "end", "outcome": "elsewhere"}},
}


def recover(
    validate: Callable[[Any], S], error: ValidationError, cls: type[BaseModel], data: Any
) -> tuple[S | None, frozenset[Path]]:
    """Return a scenario of what can be understood, and the paths of what was left out.

    A key that is not known is taken for the nearest one that is missing; anything else that does not
    validate is left out, with what needs it. None when nothing meaningful remains.
    """
    rest = copy.deepcopy(data)
    lost: set[Path] = set()
    for _ in range(_ROUNDS):
        for fault in sorted(faults(error, cls), key=lambda f: _index_order(f.path), reverse=True):
            if not fault.path:
                return None, frozenset()
            _set_aside(rest, fault, lost)
        for key, stand_in in _STAND_INS.items():
            if not rest.get(key):
                rest[key] = stand_in
                lost.add((key,))
        try:
            return validate(rest), frozenset(lost)
        except ValidationError as next_error:
            error = next_error
    return None, frozenset()


def _index_order(path: Path) -> tuple[int, ...]:
    """Order by the last list index, so that later entries of a list are taken out first."""
    return tuple(key for key in path if isinstance(key, int))


def _set_aside(rest: Any, fault: Fault, lost: set[Path]) -> None:
    path = fault.path[:-1] if fault.code == MISSING_KEY else fault.path
    holder = rest
    for key in path[:-1]:
        try:
            holder = holder[key]
        except (KeyError, IndexError, TypeError):
            return  # taken out with an earlier fault
    if not path:
        return
    key = path[-1]
    if isinstance(holder, list) and isinstance(key, int) and key < len(holder):
        del holder[key]
        lost.add(path)
    elif isinstance(holder, dict):
        value = holder.pop(str(key), None)
        known = list(hints(fault.model)) if fault.model is not None else []
        meant = nearest(str(key), [name for name in known if name not in holder])
        if fault.code == UNKNOWN_KEY and meant:
            holder[meant] = value
        else:
            lost.add(path)
