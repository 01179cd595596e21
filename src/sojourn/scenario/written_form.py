"""The written form of a scenario: mappings, lists, texts and numbers, as YAML and JSON hold them.

Scenario objects are turned into it, and changes are merged in it, for ``extends`` and for ``Scenario.replace``.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from sojourn.scenario.codes import Findings, Path

__all__ = ["key_text", "merge", "plain"]

_SORTS = ("kind", "type")
_VARYING = ("by_group", "steps", "series", "times")
_OF_THE_OLD_VALUE = ("prior", "drift", "source", "date", "confidence")


def plain(value: Any) -> Any:
    """Return the written form of a value; of a scenario object, only what differs from the defaults.

    Raises
    ------
    TypeError
        No scenario can hold such a value.
    """
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Mapping):
        return {key_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, numbers.Real):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    raise TypeError(f"a {type(value).__name__} cannot stand in a scenario: {value!r:.60}")


def key_text(key: object) -> str:
    """Return a key as text, so that 0.5 and 0.50, or a date and its text, are one key."""
    if isinstance(key, float) and key.is_integer():
        return str(int(key))
    return str(key)


def merge(base: Any, change: Any, findings: Findings, path: Path = ()) -> Any:
    """Return ``base`` with ``change`` merged in; neither is altered.

    Mappings are merged key by key, None removes a key, and anything else takes the place of what was there.
    A mapping whose kind or type changes, or that names its distribution, is replaced as a whole, since its
    keys mean something else. A number for a quantity is its value, and a number or name for an exit is its share.

    Parameters
    ----------
    base, change : Any
        Written forms.
    findings : Findings
        Receives what cannot be merged.
    path : Path
        Where in the scenario the two stand.
    """
    base = _spelt_out(base, change, path)
    change = _shorthand(base, change, findings, path)
    if not isinstance(base, dict) or not isinstance(change, dict) or _other_sort(base, change):
        return change
    merged = dict(base)
    for key, value in change.items():
        if value is not None:
            merged[key] = merge(base[key], value, findings, (*path, key)) if key in base else value
        elif key in base:
            del merged[key]
        else:
            findings.problem(
                "L117",
                (*path, key),
                "null removes an entry, but there is none to remove",
                found=key,
                allowed=", ".join(base),
                remedy="correct the name or leave it out",
            )
    return merged


def _other_sort(base: dict[str, Any], change: dict[str, Any]) -> bool:
    other = any(key in base and key in change and base[key] != change[key] for key in _SORTS)
    return other or "distribution" in change


def _spelt_out(base: Any, change: Any, path: Path) -> Any:
    """Return exits written by name or share alone as the mapping they stand for, where a mapping is merged in."""
    if path[:1] != ("stages",) or path[2:3] != ("exits",) or not isinstance(change, dict):
        return base
    if len(path) == 3 and isinstance(base, str):
        return {base: {}}
    if len(path) == 4 and isinstance(base, (int, float, str)):
        return {"share": base}
    return base


def _shorthand(base: Any, change: Any, findings: Findings, path: Path) -> Any:
    """Return a bare number in place of a mapping as the mapping it stands for."""
    bare = isinstance(change, (int, float)) and not isinstance(change, bool)
    if len(path) == 4 and path[0] == "stages" and path[2] == "exits" and isinstance(base, dict):
        return {"share": change} if bare or isinstance(change, str) else change
    if not (len(path) == 2 and path[0] == "quantities" and isinstance(base, dict) and bare):
        return change
    if varying := [key for key in _VARYING if key in base]:
        findings.problem(
            "L118",
            path,
            f"the quantity varies ({', '.join(varying)}), so a bare number would not say what happens to that",
            found=str(change),
            remedy="write {value: ...} and null for the keys to remove",
        )
        return {}
    return {"value": change} | {key: None for key in _OF_THE_OLD_VALUE if key in base}
