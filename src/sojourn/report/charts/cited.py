"""Numbers in text: each says on hover or click what it is, its unit, and where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

__all__ = ["Spread", "cited", "count", "rounded", "share", "spread_of"]

_DIGITS = 3
_LEVELS = (0.05, 0.5, 0.95)


def rounded(value: float) -> str:
    """Return a number to three significant digits, thousands separated; a dash where it is missing."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = _DIGITS - 1 - math.floor(math.log10(abs(value)))
    kept = round(value, places)
    if abs(kept) >= 100:
        return f"{kept:,.0f}"
    return f"{kept:,.{max(0, places)}f}".rstrip("0").rstrip(".") if places > 0 else f"{kept:,.0f}"


def count(value: float) -> str:
    """Return a number of people: whole, to three significant digits."""
    return rounded(float(round(value))) if math.isfinite(value) else "–"


def share(value: float) -> str:
    """Return a part of a whole in per cent."""
    if not math.isfinite(value):
        return "–"
    percent = 100 * value
    text = f"{percent:.0f}" if percent >= 9.95 or percent == 0 else f"{percent:.2g}"
    return f"{text} %"


def cited(text: str, source: str) -> Markup:
    """Return a number as a small button that shows its source; ``source`` must not be empty."""
    if not source:
        raise ValueError(f"the number {text} has no source")
    return Markup('<button type="button" class="n" title="{1}">{0}</button>').format(text, source)


@dataclass(frozen=True)
class Spread:
    """A number over replicates: median and the ends of the central 90 %."""

    low: float
    median: float
    high: float

    def html(self, source: str, kind: Literal["amount", "count", "share"] = "amount") -> Markup:
        """Return median and interval, each with its source; a ``count`` is whole."""
        write = {"amount": rounded, "count": count, "share": share}[kind]
        if not math.isfinite(self.median):
            return cited("–", source)
        exact = f"median {self.median:,.6g}, 90 % interval {self.low:,.6g} to {self.high:,.6g}"
        middle = cited(write(self.median), f"{source}; {exact}")
        low, high = write(self.low), write(self.high)
        if low == high:
            return middle
        ends = [cited(end, f"{source}; {exact}") for end in (low, high)]
        return Markup('{} <span class="i">({}\u2009–\u2009{})</span>').format(middle, *ends)


def spread_of(values: NDArray[np.float64]) -> Spread:
    """Return the spread of a number over the replicates (replicate) in which it is known."""
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return Spread(math.nan, math.nan, math.nan)
    low, median, high = np.quantile(known, _LEVELS)
    return Spread(float(low), float(median), float(high))
