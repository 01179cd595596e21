"""Settling by which convention the texts of a column are written.

A text such as ``01/02/2024`` or ``1.234`` has another meaning by each convention. A column is read only where all
its texts can be read by one convention, and where every convention that would do gives the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["ANY", "Doubt", "Settled", "settle"]

ANY = "any"
"""The convention of a text that has one meaning by all of them."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Doubt(Generic[Value]):
    """A column that can be read in more than one way: the first text that shows it, and its readings."""

    text: str
    readings: Mapping[str, Value]


@dataclass(frozen=True)
class Settled(Generic[Value]):
    """What became of the distinct texts of a column.

    Attributes
    ----------
    values : mapping of str to Value
        Text to value; empty where the column is in doubt.
    unread : mapping of str to tuple of str
        Texts that no convention reads, or none of those that read the texts before: text to the conventions that
        the texts before it leave.
    doubt : Doubt, optional
        Set where the convention cannot be told.
    convention : str
        The convention that was found; ``any`` where it makes no difference.
    """

    values: Mapping[str, Value]
    unread: Mapping[str, tuple[str, ...]]
    doubt: Doubt[Value] | None
    convention: str


def settle(
    texts: Iterable[str], read: Callable[[str], Mapping[str, Value]], allowed: Iterable[str]
) -> Settled[Value]:
    """Find the convention of a column.

    Parameters
    ----------
    texts : iterable of str
        Its distinct texts, in order of appearance.
    read : callable
        Returns the value of a text by each convention that can read it, or by :data:`ANY` alone where it has but
        one meaning; nothing where it cannot be read.
    allowed : iterable of str
        The conventions to consider, in order of preference.

    Returns
    -------
    Settled
    """
    left = tuple(allowed)
    readings: dict[str, Mapping[str, Value]] = {}
    unread: dict[str, tuple[str, ...]] = {}
    for text in texts:
        found = read(text)
        kept = left if ANY in found else tuple(c for c in left if c in found)
        if not kept or not found:
            unread[text] = left
            continue
        left = kept
        readings[text] = found
    for text, found in readings.items():
        if ANY not in found and len({found[c] for c in left}) > 1:
            return Settled({}, unread, Doubt(text, {c: found[c] for c in left}), "")
    mattered = any(ANY not in found for found in readings.values())
    convention = left[0] if mattered and left else ANY
    values = {text: found[ANY] if ANY in found else found[convention] for text, found in readings.items()}
    return Settled(values, unread, None, convention)
