"""Numbers as people and programs write them: with either decimal mark, with or without separators of thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sojourn.series.own.written.conventions import ANY, Settled, settle

__all__ = ["MISSING", "STYLES", "read_numbers", "read_styles", "styles"]

MISSING = ("n/a", "na", "n.a.", "#n/a", "nan", "null", "none", ":", "..", "...", "-", "–", "—", ".")
"""Texts that stand for a figure that is not available; case does not matter. An empty cell is no figure at all."""

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_MARKS = ((".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
STYLES: dict[str, tuple[str, str]] = {
    f"1{thousands}234{decimal}5": (decimal, thousands) for decimal, thousands in _MARKS
}
"""The styles of numbers, each by the number 1234.5 written in it: its decimal mark and separator of thousands."""


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return what a number of a style looks like; groups have three digits, in India all but the last have two."""
    mark, gap = re.escape(decimal), re.escape(thousands)
    grouped = rf"[1-9]\d{{0,2}}(?:{gap}\d{{3}})+|[1-9]\d?(?:{gap}\d\d)+{gap}\d{{3}}"
    return re.compile(rf"([+-]?)(?:({grouped}|\d+)(?:{mark}(\d*))?|{mark}(\d+))(?:[eE]([+-]?\d{{1,3}}))?")


_PATTERNS = {style: _pattern(*marks) for style, marks in STYLES.items()}
_WHOLE = re.compile(r"[+-]?\d+")


def styles(decimal: str, thousands: str) -> tuple[str, ...]:
    """Return the styles with a decimal mark and a separator of thousands; an empty text stands for any."""
    return tuple(s for s, (d, t) in STYLES.items() if decimal in ("", d) and thousands in ("", t))


def read_styles(text: str) -> dict[str, float]:
    """Return the number that a text is in each style that can read it; ``any`` for digits alone."""
    plain = _SPACES.sub(" ", text.strip()).replace("−", "-").replace("’", "'")
    if _WHOLE.fullmatch(plain):
        return {ANY: float(plain)}
    found = {}
    for style, (_, thousands) in STYLES.items():
        match = _PATTERNS[style].fullmatch(plain)
        if match and plain.isascii():
            sign, whole, fraction, bare, power = (part or "" for part in match.groups())
            digits = whole.replace(thousands, "") or "0"
            found[style] = float(f"{sign}{digits}.{fraction or bare or '0'}e{power or '0'}")
    return found


def read_numbers(texts: Iterable[str], decimal: str = "", thousands: str = "") -> Settled[float]:
    """Read the distinct texts of a column of numbers.

    Parameters
    ----------
    texts : iterable of str
        Its texts; missing figures (:data:`MISSING`) are not among them.
    decimal : {"", ".", ","}
        The decimal mark, where it is known.
    thousands : {"", ",", ".", " ", "'"}
        The separator of thousands, where it is known.

    Returns
    -------
    Settled
        With the style, a key of :data:`STYLES`, as convention.
    """
    return settle(texts, read_styles, styles(decimal, thousands))
