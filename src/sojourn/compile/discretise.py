"""Durations as probabilities of whole steps, exact in the mean.

Whoever enters during a step enters evenly over it, so a duration of D days ends K = floor(U + D / step) steps
later, U uniform on [0, 1). Then E[K] = E[D] / step exactly, for every step length; the variance gains at most a
quarter of a squared step. With H(x) the mean of what is left of D / step beyond x (zero where nothing is),
P(K > k) = H(k) - H(k + 1), which keeps the tail exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy  # loads its solvers when they are used
from numpy.typing import NDArray
from scipy import special

from sojourn.errors import Problem
from sojourn.scenario.codes import ScenarioError
from sojourn.scenario.values import MOST_DAYS, Duration

__all__ = ["leave_chances", "moments_from_quantiles", "step_masses"]

F64 = NDArray[np.float64]
TAIL = 1e-14  # mass beyond which a distribution is cut; the last bin takes it
NEGLIGIBLE = 1e-12
NARROW = 1e-4  # coefficient of variation below which a Weibull shape is that of its limit
_SHARPEST = 12.0  # log shape from which on a gamma distribution is as good as normal


def _gamma_excess(shape: float, scale: float) -> Callable[[F64], F64]:
    def excess(x: F64) -> F64:
        z = x / scale
        return shape * scale * special.gammaincc(shape + 1.0, z) - x * special.gammaincc(shape, z)

    return excess


def _lognormal_excess(mean: float, sd: float) -> Callable[[F64], F64]:
    s2 = math.log1p((sd / mean) ** 2)
    mu, s = math.log(mean) - s2 / 2.0, math.sqrt(s2)

    def excess(x: F64) -> F64:
        with np.errstate(divide="ignore"):
            z = (np.log(x) - mu) / s
        return mean * special.ndtr(s - z) - x * special.ndtr(-z)

    return excess


def _unsolved(found: str) -> ScenarioError:
    """Return the error for a duration that no member of its family is."""
    remedy = "bring mean and standard deviation, or the quantiles, nearer to each other"
    return ScenarioError(
        [Problem("L418", "duration", "too wide or too narrow for its family", found=found, remedy=remedy)]
    )


def _root(gap: Callable[[float], float], low: float, high: float, duration: str) -> float:
    """Return where a function of one parameter of a family is zero; L418 where it is not between the ends."""
    try:
        return float(scipy.optimize.brentq(gap, low, high))
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise _unsolved(duration) from error


def _weibull_shape(cv: float) -> float:
    """Return the shape of a Weibull distribution with this coefficient of variation."""

    def gap(k: float) -> float:
        return special.gammaln(1 + 2 / k) - 2 * special.gammaln(1 + 1 / k) - math.log1p(cv * cv)

    if cv < NARROW:  # the log of a Weibull variable is a Gumbel one of scale 1 / k
        return math.pi / (math.sqrt(6.0) * cv)
    return _root(gap, 0.05, 2.0 / NARROW, f"weibull with a coefficient of variation of {cv:g}")


def _weibull_excess(mean: float, sd: float) -> Callable[[F64], F64]:
    k = _weibull_shape(sd / mean)
    scale = mean / math.gamma(1 + 1 / k)

    def excess(x: F64) -> F64:
        with np.errstate(over="ignore"):
            z = (x / scale) ** k
        return mean * special.gammaincc(1 + 1 / k, z) - x * np.exp(-z)

    return excess


def _empirical_excess(days: F64, weights: F64) -> Callable[[F64], F64]:
    share = weights / weights.sum()

    def excess(x: F64) -> F64:
        return np.maximum(0.0, days[None, :] - x[:, None]) @ share

    return excess


def _excess(duration: Duration, mean: float, sd: float) -> Callable[[F64], F64]:
    """Return H in days: the mean of what is left of the duration beyond x (stop-loss transform)."""
    family = duration.distribution
    if family == "empirical":
        days = np.asarray(duration.days, float)
        weights = np.ones(len(days)) if duration.weights is None else np.asarray(duration.weights, float)
        return _empirical_excess(days, weights)
    if (
        family == "fixed"
        or mean <= NEGLIGIBLE
        or (family in ("gamma", "lognormal", "weibull") and sd <= NEGLIGIBLE)
    ):
        return lambda x: np.maximum(0.0, mean - x)
    if family == "exponential":
        return _gamma_excess(1.0, mean)
    if family == "erlang":
        stages = duration.stages or 1
        return _gamma_excess(float(stages), mean / stages)
    if family == "gamma":
        return _gamma_excess((mean / sd) ** 2, sd * sd / mean)
    return _lognormal_excess(mean, sd) if family == "lognormal" else _weibull_excess(mean, sd)


def moments_from_quantiles(duration: Duration) -> tuple[float, float]:
    """Return mean and standard deviation in days of the member of the family with the given quantiles.

    Raises
    ------
    ScenarioError
        L418 where they are too far apart, or too near to each other, for the family.
    """
    try:
        mean, sd = _moments(duration)
    except OverflowError:
        mean = sd = math.inf
    if not (mean <= MOST_DAYS and sd <= MOST_DAYS):
        said = ", ".join(f"{p:g}: {q:g}" for p, q in sorted((duration.quantiles or {}).items()))
        raise _unsolved(f"{duration.distribution} with quantiles {said}")
    return mean, sd


def _moments(duration: Duration) -> tuple[float, float]:
    points = sorted((duration.quantiles or {}).items())
    family = duration.distribution
    (p, q) = points[0]
    if family == "fixed":
        return q, 0.0
    if family == "exponential":
        return -q / math.log1p(-p), 0.0
    if family == "erlang":
        return q * (duration.stages or 1) / float(special.gammaincinv(duration.stages or 1, p)), 0.0
    (p2, q2) = points[1]
    if family == "lognormal":
        s = math.log(q2 / q) / float(special.ndtri(p2) - special.ndtri(p))
        mean = math.exp(math.log(q) - s * float(special.ndtri(p)) + s * s / 2)
        return mean, mean * math.sqrt(math.expm1(s * s))
    if family == "weibull":
        k = (math.log(-math.log1p(-p2)) - math.log(-math.log1p(-p))) / math.log(q2 / q)
        scale = q / (-math.log1p(-p)) ** (1 / k)
        mean = scale * math.gamma(1 + 1 / k)
        return mean, math.sqrt(max(0.0, scale * scale * math.gamma(1 + 2 / k) - mean * mean))
    ratio = math.log(q2 / q)

    def gap(log_shape: float) -> float:
        a = math.exp(log_shape)
        return math.log(special.gammaincinv(a, p2) / special.gammaincinv(a, p)) - ratio

    if gap(_SHARPEST) > 0.0:  # as good as normal
        sd = (q2 - q) / float(special.ndtri(p2) - special.ndtri(p))
        return q - sd * float(special.ndtri(p)), sd
    a = math.exp(_root(gap, -4.0, _SHARPEST, f"gamma with quantiles {p:g}: {q:g} and {p2:g}: {q2:g}"))
    scale = q / float(special.gammaincinv(a, p))
    return a * scale, math.sqrt(a) * scale


def step_masses(duration: Duration, mean: float, sd: float, step_days: float, most: int) -> F64:
    """Return the probabilities of leaving 0, 1, 2 ... steps after entry; at most ``most`` + 1 bins.

    ``mean`` and ``sd`` are in days (unused by the empirical family). What lies beyond the last bin is put there.
    """
    excess = _excess(duration, mean, sd)
    size = 16
    while True:
        count = min(size, most + 1)
        left = -np.diff(excess(np.arange(count + 1, dtype=float) * step_days)) / step_days
        left = np.minimum.accumulate(np.clip(left, 0.0, 1.0))
        if left[-1] <= TAIL or count == most + 1:
            break
        size *= 4
    reached = int(np.argmax(left <= TAIL)) if left[-1] <= TAIL else count - 1
    mass: F64 = -np.diff(np.append(left[:reached], 0.0), prepend=1.0)
    return mass


def leave_chances(mass: F64) -> F64:
    """Return the chance to leave at each step given not before; the last is 1."""
    before = np.cumsum(mass[::-1])[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.where(before > NEGLIGIBLE, mass / np.maximum(before, NEGLIGIBLE), 1.0)
    chance = np.clip(chance, 0.0, 1.0)
    chance[-1] = 1.0
    return chance
