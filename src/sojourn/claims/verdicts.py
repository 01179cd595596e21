"""From readings to a verdict: what the stated digits say for each reading against a match by chance.

Each reading has a prior that falls with its distance from the words and is shared by the readings of its step.
The likelihood is that of the digits stated: copied from the value, or from another release of it, which differs by
up to about one percent. The null says that the figure is of something that is not in the store and fell into the
interval by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sojourn.claims.readings import Reading

__all__ = ["Decision", "decide", "likelihood"]

_RELEASE_GAP = 0.006
"""Standard deviation of the relative gap between the figure printed and today's release."""

_GAP = 0.012
"""Relative gap beyond which a figure is not the same one of another release."""

_NEAR = 0.04
"""Relative gap up to which a figure of four digits or more may still be that of a release not in the store."""

_MASSES = ((0.5, 0.66), (1.45, 0.2), (9.0, 0.04))
"""Prior of the readings up to each distance, in total; the null has the rest."""

_NULL = 0.1
_LITERAL = 0.5
_TOO_LITTLE = "the words do not say enough to choose a series"
_DECADES = math.log(1_000)


@dataclass(frozen=True)
class Decision:
    """A verdict, the reading that it stands on, and how sure it is."""

    verdict: str
    reading: Reading | None
    runners_up: tuple[Reading, ...]
    probability: float
    chance: float
    reason: str = ""
    misattributed: bool = False


def likelihood(value: float, low: float, high: float, *, ratio: bool = False, strict: bool = False) -> float:
    """Return the probability that words with this interval are written of a value.

    Either the figure was copied, and the value lies inside; or it is of another release, whose logarithm is normal
    about that of the value. ``strict`` leaves out the second, ``ratio`` takes the gap of one plus a percent change.
    """
    inside = low <= value <= high
    if strict:
        return 1.0 if inside else 0.0
    at, first, last = (1 + v / 100 for v in (value, low, high)) if ratio else (value, low, high)
    if min(at, first, last) <= 0:
        return 1.0 if inside else 0.0
    near = min(max(at, first), last)
    if abs(math.log(at / near)) > _GAP:
        return 0.0
    other = _normal(math.log(last / at)) - _normal(math.log(first / at))
    return 0.6 * inside + 0.4 * max(other, 0.0)


def _normal(gap: float) -> float:
    """Return the distribution function of the gap between releases."""
    return 0.5 * (1 + math.erf(gap / (_RELEASE_GAP * math.sqrt(2))))


def chance(low: float, high: float) -> float:
    """Return the probability that an unrelated figure, log-uniform over three decades, falls into an interval."""
    low = max(low, 1e-9)
    return min(1.0, max(math.log(max(high, low) / low), 1e-7) / _DECADES)


def decide(
    readings: Sequence[Reading],
    low: float,
    high: float,
    *,
    explicit: frozenset[str],
    sure: bool,
    ratio: bool = False,
    people: bool = False,
    lucky: float | None = None,
    strict: bool = False,
) -> Decision:
    """Return the verdict on a figure from all its readings.

    Parameters
    ----------
    readings : sequence of Reading
        What the words may mean, with the values executed.
    low, high : float
        The interval that the words allow.
    explicit : frozenset of str
        The slots that the words name: a reading that differs there is not what they say.
    sure : bool
        Whether the subject and the period were found well enough for a figure that fits nothing to be false.
    ratio : bool
        Whether the figure is a percent change, whose release gap is that of the ratio.
    people : bool
        Whether the words count people where the series counts events.
    lucky : float, optional
        The probability of a chance match, where it is not that of the interval.
    strict : bool
        Whether a gap between releases is not allowed for, since the words leave the period open.
    """
    luck = chance(low, high) if lucky is None else lucky
    if not readings:
        return Decision("not-checkable", None, (), 0.0, luck, "no series of the store answers this")
    weighed = []
    for step, mass in _MASSES:
        inside = [r for r in readings if _step(r.distance) == step]
        weighed += [(mass / max(len(inside), 4) * _fits(r, low, high, ratio, strict), r) for r in inside]
    total = sum(w for w, _ in weighed) + _NULL * luck
    fitting = sorted((p for p in weighed if p[0] > 0), key=lambda p: (-p[0], p[1].distance))
    literal = [(w, r) for w, r in fitting if r.distance < _LITERAL]
    if (sure_of := sum(w for w, _ in literal) / total) > 0.5:
        best = min((r for _, r in literal), key=lambda r: (round(r.distance, 1), _gap(r, low, high)))
        others = tuple(r for _, r in fitting if r is not best)[:3]
        return _unless_circular(Decision("other-definition" if people else "true", best, others, sure_of, luck))
    rest = [(w, r) for w, r in fitting if r.distance >= _LITERAL]
    near = sum(w for w, _ in rest) / total
    literals = sorted((r for r in readings if r.distance < _LITERAL), key=lambda r: _gap(r, low, high))
    if rest and near > 0.75:
        best, others = rest[0][1], tuple(r for _, r in rest[1:4])
        wrong = bool(set(best.differs) & (explicit | {"ratio"}))
        if not wrong:
            return _unless_circular(Decision("other-definition", best, others, near, luck))
        if literals:
            return _unless_circular(Decision("false", best, others, near, luck, misattributed=True))
    beside = tuple(r for _, r in rest[:3])
    if not literals:
        return Decision("not-checkable", None, beside, 0.0, luck, "no series covers the period")
    return _nothing_fits(literals, beside if near > 0.3 else (), low, high, luck, sure)


def _nothing_fits(
    literals: Sequence[Reading], beside: tuple[Reading, ...], low: float, high: float, luck: float, sure: bool
) -> Decision:
    """Return the verdict where no literal reading fits: false, unless too little is known to say so."""
    nearest, others = literals[0], tuple(literals[1:4])
    if not sure:
        reason = "a match with another definition may be chance" if beside else _TOO_LITTLE
        return Decision("not-checkable", nearest, beside or others, 0.0, luck, reason)
    if _gap(nearest, low, high) < _NEAR and high - low < 0.001 * high and nearest.how == "level":
        reason = f"it is within {_NEAR:.0%} of the series, perhaps of another release"
        return Decision("not-checkable", nearest, others, 0.0, luck, reason)
    return Decision("false", nearest, others, 1.0, luck)


def _unless_circular(decision: Decision) -> Decision:
    """Return the decision, or that nothing is known when the figure of the store quotes the press itself."""
    if decision.reading is None or not decision.reading.source.circular:
        return decision
    reason = "the figure of the store quotes the press: circular"
    return replace(decision, verdict="not-checkable", reason=reason, misattributed=False)


def _fits(reading: Reading, low: float, high: float, ratio: bool, strict: bool) -> float:
    if reading.bounds is not None:
        inside = reading.bounds[0] <= low and high <= reading.bounds[1] * (1 + _RELEASE_GAP)
        return (
            chance(low, high) * _DECADES / max(math.log(reading.bounds[1] / max(reading.bounds[0], 1)), 0.01)
            if inside
            else 0.0
        )
    return likelihood(reading.value, low, high, ratio=ratio, strict=strict)


def _step(distance: float) -> float:
    return next(limit for limit, _ in _MASSES if distance < limit)


def _gap(reading: Reading, low: float, high: float) -> float:
    value = reading.value
    if low <= value <= high:
        return 0.0
    return min(abs(value - low), abs(value - high)) / max(abs(low), abs(value), 1e-9)
