"""The written form of scenario objects: plain mappings, lists, texts and numbers, as YAML and JSON hold them."""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

__all__ = ["key_text", "plain"]


def plain(value: Any) -> Any:
    """Return a value in plain form; of a scenario object, only what differs from the defaults.

    Raises TypeError for what no scenario can hold.
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
