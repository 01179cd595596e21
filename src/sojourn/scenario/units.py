"""Units: reading a unit that a scenario writes, and what turns a number into the unit of its place of use.

Units are read by pint, restricted to the vocabulary of :data:`WORDS`; pint is loaded when the first unit is read.
Source: H. E. Grecco and others, pint, https://github.com/hgrecco/pint.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sojourn.errors import nearest

__all__ = [
    "AS_WRITTEN",
    "CALENDAR",
    "COUNTED",
    "SERVERS",
    "WORDS",
    "Conversion",
    "Unit",
    "UnitError",
    "conversion",
    "read_unit",
]

COUNTED = (
    "person", "attempt", "encounter", "case", "decision", "removal", "visa", "application", "apprehension",
    "arrival", "crossing", "departure", "entry", "exit", "interception", "landing", "permit", "return", "transfer",
)  # fmt: skip
"""Units of account: what is counted of the people of a model. They are never converted into each other."""

SERVERS = (
    "server", "officer", "judge", "interviewer", "member", "caseworker", "clerk", "desk", "team", "court",
    "seat", "bed", "berth", "boat", "flight", "vehicle",
)  # fmt: skip
"""What serves people one after another, or gives room to one at a time."""

_TIMES = {"week": 7.0, "hour": 1 / 24, "month": 365.2425 / 12, "quarter": 365.2425 / 4, "year": 365.2425}
"""Lengths in days; the mean of the Gregorian calendar where they vary."""

CALENDAR = {"month": "month", "quarter": "quarter", "year": "year", "fiscal_year": "fiscal-year"}
"""Units of time whose length varies, and the kind of calendar period that each is."""

_PHRASES = {
    r"\b(US|U\.S\.) dollars?\b": "USD",
    r"\bfiscal[ -]years?\b": "fiscal_year",
    r"\bstandard deviations?\b": "standard_deviation",
    r"\bindex points?\b": "index",
    r"\bpoints?\b": "index",
    r"\b(people|persons)\b": "person",
    r"\bentries\b": "entry",
    r"%": "percent",
}
"""Words that are written in more than one way."""

WORDS = (
    *COUNTED, *SERVERS, "day", "week", "hour", "month", "quarter", "year", "fiscal year", "USD", "share", "percent",
    "index", "standard deviation", "1",
)  # fmt: skip
"""Words of which units are made; the plural in s is understood, and numbers, ``*``, ``/``, ``^`` and brackets."""

_LONGEST = 100
_FORM = re.compile(r"[A-Za-z_]+|\d{1,12}(?:\.\d{1,6})?|[*/^() ]|-(?=\d)")
_POWER = re.compile(r"\^\s*\(?\s*-?\s*\d(?:\.\d+)?(?![\d.])\s*\)?(?!\s*[\d.^])")


class UnitError(ValueError):
    """A unit that is not made of the vocabulary: the word that was not understood, and the nearest one."""

    def __init__(self, word: str, near: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.near = near


@dataclass(frozen=True)
class Unit:
    """A unit in terms of days, US dollars and what is counted."""

    text: str
    """As it is written."""
    scale: float
    """How many of the base units it is, with months and years of mean length."""
    powers: tuple[tuple[str, float], ...]
    """Exponents by base unit: ``day``, ``USD``, units of account, servers, ``index``."""
    per: str = ""
    """The calendar unit below the line, such as ``month``, if there is just that one."""

    @property
    def dimension(self) -> Mapping[str, float]:
        """Exponents, with all units of account as ``person`` and all servers as ``server``."""
        found: dict[str, float] = {}
        for name, power in self.powers:
            one = "person" if name in COUNTED else "server" if name in SERVERS else name
            found[one] = found.get(one, 0.0) + power
        return {name: power for name, power in found.items() if power}

    def named(self, words: tuple[str, ...]) -> frozenset[str]:
        """Return which of some words stand in the unit."""
        return frozenset(name for name, _ in self.powers if name in words)

    @property
    def base(self) -> str:
        """The unit in days, US dollars and what is counted, as it is written."""
        above = [_powered(name, power) for name, power in self.powers if power > 0]
        below = [_powered(name, -power) for name, power in self.powers if power < 0]
        return " / ".join([" * ".join(above) or "1", *below])


def _powered(name: str, power: float) -> str:
    word = name.replace("_", " ")
    return word if power == 1 else f"{word}^{power:g}"


@dataclass(frozen=True)
class Conversion:
    """What turns a number as written into the one used: times ``times``, divided by ``by`` and the days of ``per``.

    ``per`` is the kind of calendar period (``month``, ``quarter``, ``year``, ``fiscal-year``) by whose days it is
    divided at each step; empty where the factor is the same at every step.
    """

    times: int = 1
    by: int = 1
    per: str = ""

    def __bool__(self) -> bool:
        """Whether it changes any number."""
        return self != AS_WRITTEN

    def scaled(self, value: Any) -> Any:
        """Return a number or an array without the division by days of a calendar period."""
        value = value * self.times if self.times != 1 else value
        return value / self.by if self.by != 1 else value


AS_WRITTEN = Conversion()
"""The conversion that changes nothing."""


@functools.cache
def _registry() -> Any:
    """Return pint's registry with the vocabulary and nothing else."""
    import pint

    registry: Any = pint.UnitRegistry(None, cache_folder=None)
    for word in (*COUNTED, *SERVERS, "USD", "index", "standard_deviation"):
        registry.define(f"{word} = [{word}]")
    registry.define("day = [time]")
    for word, days in _TIMES.items():
        registry.define(f"{word} = {days!r} * day")
    registry.define(f"fiscal_year = {_TIMES['year']!r} * day")
    registry.define("share = []")
    registry.define("percent = 0.01 * share")
    return registry


def _checked(text: str) -> str:
    """Return the text in the words of the registry, or say what in it is no unit."""
    for phrase, word in _PHRASES.items():
        text = re.sub(phrase, word, text)
    left = _FORM.sub("", text)
    if left or len(text) > _LONGEST or "**" in text or text.count("^") != len(_POWER.findall(text)):
        raise UnitError(text[:40])
    known = {*WORDS, "fiscal_year", "standard_deviation"}
    for word in re.findall(r"[A-Za-z_]+", text):
        if word not in known and word.removesuffix("s") not in known:
            raise UnitError(word, nearest(word.lower(), [w for w in WORDS if w != "1"]))
    # Words side by side would be multiplied, and would hide a word that is missing.
    if re.search(r"[A-Za-z_)]\s+[A-Za-z_(]", text):
        raise UnitError(text)
    return text


@functools.lru_cache(maxsize=1024)
def read_unit(text: str) -> Unit:
    """Return the unit that a text stands for.

    Parameters
    ----------
    text : str
        Such as ``person / day``.

    Returns
    -------
    Unit
        The unit.

    Raises
    ------
    UnitError
        The text is not made of the vocabulary.
    """
    checked = _checked(text.strip())
    registry = _registry()
    try:
        found = registry.Quantity(registry.parse_expression(checked))
        base = found.to_base_units()
        scale = float(base.magnitude)
    except Exception as error:
        raise UnitError(text) from error
    if not 0 < scale < float("inf"):
        raise UnitError(text)
    written = {str(name): float(power) for name, power in found.unit_items()}
    powers = {str(name): float(power) for name, power in base.unit_items()}
    order = {name: i for i, name in enumerate((*COUNTED, "USD", "index", "standard_deviation", *SERVERS, "day"))}
    calendar = [name for name, power in written.items() if name in CALENDAR]
    times = [name for name, power in written.items() if name in (*_TIMES, "fiscal_year", "day")]
    alone = len(calendar) == 1 and times == calendar and written[calendar[0]] == -1
    return Unit(
        text=text,
        scale=scale,
        powers=tuple(sorted(((n, p) for n, p in powers.items() if n != "share"), key=lambda item: order[item[0]])),
        per=calendar[0] if alone else "",
    )


def conversion(unit: Unit, to: Unit) -> Conversion | None:
    """Return what turns numbers in a unit into another; None where the units are of different dimension.

    A number per month, quarter or year is divided by the days of that period at each step; a length of months or
    years is taken as their mean length.
    """
    if unit.dimension != to.dimension:
        return None
    factor, per = unit.scale / to.scale, ""
    if unit.per and unit.per != to.per:
        factor, per = (
            factor * (_TIMES["year"] if unit.per == "fiscal_year" else _TIMES[unit.per]),
            CALENDAR[unit.per],
        )
    simple = Fraction(factor).limit_denominator(1_000_000)
    if not simple or abs(float(simple) - factor) > 1e-12 * factor:
        simple = Fraction(factor)
    return Conversion(simple.numerator, simple.denominator, per)
