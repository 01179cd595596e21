"""The noise of published counts: drawn, and as the probability of what was published, in one place.

A publisher counts around what can be captured (Poisson, or negative binomial with variance
``mean + mean**2 / size``), rounds the count to a multiple, and leaves out what is too small to be shown.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

__all__ = ["Noise", "as_published", "log_probability", "sample_counts"]

F64 = NDArray[np.float64]
Noise = Literal["none", "poisson", "negative-binomial"]

_FAR = 1e-13  # probability below which differences of distribution functions keep too few digits
_TERMS = 1000  # counts added up there, at most


def sample_counts(noise: Noise, expected: F64, size: F64, uniform: F64) -> F64:
    """Return counts around the expected ones: the quantile of the noise at each uniform number.

    Parameters
    ----------
    noise : {"none", "poisson", "negative-binomial"}
        Kind of noise.
    expected, size, uniform : ndarray
        Of one shape, float64: means, sizes of the negative binomial (unused by others), numbers in (0, 1).

    Returns
    -------
    ndarray
        Counts of the same shape; missing where the mean is.

    References
    ----------
    Inverse transform sampling: L. Devroye, "Non-Uniform Random Variate Generation" (1986), chapter III.
    """
    if noise == "none":
        return expected
    out = np.array(expected)
    some = expected > 0
    if noise == "poisson":
        out[some] = stats.poisson.ppf(uniform[some], expected[some])
    else:
        k = size[some]
        out[some] = stats.nbinom.ppf(uniform[some], k, k / (k + expected[some]))
    return out


def as_published(counts: F64, rounding: float | None, suppress_below: float | None) -> F64:
    """Round counts to a multiple and leave out (NaN) those too small to be published."""
    out = counts if rounding is None else np.rint(counts / rounding) * rounding
    return out if suppress_below is None else np.where(out < suppress_below, np.nan, out)


def log_probability(noise: Noise, published: F64, expected: F64, size: F64 | None, rounding: float = 1.0) -> F64:
    """Return the log probability of what was published.

    Parameters
    ----------
    noise : {"none", "poisson", "negative-binomial"}
        Kind of noise; without noise the probability is 1 where the rounded mean is what was published.
    published, expected : ndarray
        Counts and means, float64, of shapes that broadcast.
    size : ndarray or None
        Size of the negative binomial; Poisson without one.
    rounding : float
        What is published is a multiple of it; the probability is that of all counts that round to it.

    Returns
    -------
    ndarray
        Nats, -inf where it can be no such count; missing where either is missing.
    """
    published, expected = np.broadcast_arrays(np.asarray(published, float), np.asarray(expected, float))
    if noise == "none":
        same = np.abs(np.rint(expected / rounding) * rounding - published) <= rounding / 2
        return np.where(np.isnan(published) | np.isnan(expected), np.nan, np.where(same, 0.0, -np.inf))
    low = np.ceil(published - rounding / 2) - 1.0
    high = np.maximum(np.ceil(published + rounding / 2) - 1.0, low + 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        single = _log_mass(np.maximum(high, 0.0), expected, size)
        if np.all((high - low == 1.0) | np.isnan(high)):
            out = single
        else:
            above, below = (_beyond(at, expected, size) for at in (low, high))
            upper = expected < published
            chance = np.where(upper, above[1] - below[1], below[0] - above[0])
            out = np.where(chance > _FAR, np.log(chance), _log_tail(low, high, expected, size, chance <= _FAR))
    return np.where(high < 0.0, -np.inf, out)


def _log_tail(low: F64, high: F64, mean: F64, size: F64 | None, far: NDArray[np.bool_]) -> F64:
    """Return the log probability of a count above ``low`` and at most ``high``, both on one side of the mean.

    Differences of distribution functions keep too few digits there, so masses are added up: all, or the likeliest
    thousand, which is a bound from below. Missing where not ``far`` from the mean.
    """
    out = np.full(mean.shape, np.nan)
    if not far.any():
        return out
    low, high, mean = (np.broadcast_to(a, out.shape)[far] for a in (np.maximum(low + 1.0, 0.0), high, mean))
    size = None if size is None else np.broadcast_to(size, out.shape)[far]
    above = mean < low
    terms = min(_TERMS, max(1, int(np.max(high - low)) + 1))
    counts = np.where(above, low, high) + np.where(above, 1.0, -1.0) * np.arange(terms)[:, None]
    inside = (counts >= low) & (counts <= high)
    masses = np.where(inside, _log_mass(np.where(inside, counts, 0.0), mean, size), -np.inf)
    out[far] = special.logsumexp(masses, axis=0)
    return out


def _log_mass(count: F64, mean: F64, size: F64 | None) -> F64:
    """Return the log probability of a count."""
    if size is None:
        return np.asarray(special.xlogy(count, mean) - mean - special.gammaln(count + 1.0))
    ways = special.gammaln(count + size) - special.gammaln(size) - special.gammaln(count + 1.0)
    return np.asarray(ways - size * np.log1p(mean / size) + special.xlogy(count, mean / (size + mean)))


def _beyond(count: F64, mean: F64, size: F64 | None) -> tuple[F64, F64]:
    """Return the probabilities of at most, and of more than, a count."""
    at = np.maximum(count, 0.0) + 1.0
    if size is None:
        lower, upper = special.gammaincc(at, mean), special.gammainc(at, mean)
    else:
        lower, upper = (
            special.betainc(size, at, size / (size + mean)),
            special.betainc(at, size, mean / (size + mean)),
        )
    return np.where(count < 0.0, 0.0, lower), np.where(count < 0.0, 1.0, upper)
