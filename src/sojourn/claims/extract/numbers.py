"""Numbers as they are written: digits in US or Indian groups, scales, and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["NUMBER", "WORDS", "Number", "read_number"]

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "lakh": 100_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "m": 1_000_000,
    "crore": 10_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}
_SMALL = "|".join(sorted({**_UNITS, **_TENS}, key=len, reverse=True))

WORDS = rf"(?:{_SMALL})(?:[ -](?:{_SMALL}|hundred|thousand|and (?:{_SMALL}))){{0,6}}"
"""Numbers in words, up to the scale: ``twenty-two``, ``one hundred and sixteen``."""

NUMBER = (
    r"(?<![\w.,/=-])(?:(?P<digits>\d{1,3}(?:,\d{2,3}){1,6}(?:\.\d{1,4})?|\d{1,12}(?:\.\d{1,4})?)"
    rf"|(?P<words>{WORDS}|half an?|an?(?= (?:hundred|thousand|million|billion|dozen))))"
    r"(?:(?:[ -]{1,2}(?P<scale>hundred|thousand|lakh|million|crore|billion|dozen)|(?P<letter>[kK]|[mM]n?|bn)))?"
    r"(?![\w]|,\d|\.\d)"
)
"""A number with its scale, for use in a larger pattern (ignoring case)."""


@dataclass(frozen=True)
class Number:
    """A number and the size of the last digit that was written."""

    value: float
    unit: float


def read_number(digits: str | None, words: str | None, scale: str | None) -> Number:
    """Return a number from the parts of :data:`NUMBER`."""
    factor = 12 if scale and scale.lower() == "dozen" else _SCALES.get((scale or "").lower(), 1)
    if digits:
        plain = digits.replace(",", "")
        value = float(Decimal(plain) * factor)
        if "." in plain:
            return Number(value, factor * 10.0 ** -len(plain.partition(".")[2]))
        bare = plain.rstrip("0")
        return Number(value, factor * 10.0 ** (len(plain) - len(bare) if bare else 0))
    value = _in_words((words or "").lower()) * factor
    whole = f"{value:.0f}"
    return Number(value, 10.0 ** (len(whole) - len(whole.rstrip("0"))) if value >= 1 else value)


def _in_words(text: str) -> float:
    """Return the number that words stand for."""
    if text.startswith("half"):
        return 0.5
    total = part = 0
    for word in re.split(r"[ -]", text):
        if word in ("a", "an"):
            part = 1
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            total, part = total + max(part, 1) * 1_000, 0
        else:
            part += _UNITS.get(word, _TENS.get(word, 0))
    return float(total + part)
