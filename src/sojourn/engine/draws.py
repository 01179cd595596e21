"""Exact draws of counts from a keyed stream: binomial, Poisson, negative binomial, hypergeometric.

Every function takes the stream, the decision that keys its numbers, and ``expected``: with it the mean is
returned and no number is used. Counts are float64 that hold integers (exact to 2**53), so that drawn and
expected modes share one code path. Binomial, Poisson and hypergeometric counts are quantiles, one number
each.
"""

from __future__ import annotations

import math

from sojourn.engine.arrays import U64
from sojourn.engine.kernel import kernel
from sojourn.engine.quantile import (
    UNKNOWN,
    binomial_quantile,
    hypergeometric_quantile,
    normal_quantile,
    poisson_quantile,
)
from sojourn.engine.streams import next_uniform, seek

__all__ = ["binomial", "gamma", "hypergeometric", "negative_binomial", "normal", "poisson"]


@kernel
def binomial(stream: U64, decision: int, n: float, p: float, expected: bool) -> float:
    """Return how many of n succeed, each with probability p (or n p)."""
    if expected:
        return n * p
    seek(stream, decision)
    return binomial_quantile(next_uniform(stream), n, p, UNKNOWN)


@kernel
def poisson(stream: U64, decision: int, mean: float, expected: bool) -> float:
    """Return a Poisson count (or its mean)."""
    if mean <= 0.0:
        return 0.0
    if expected:
        return mean
    seek(stream, decision)
    return poisson_quantile(next_uniform(stream), mean)


@kernel
def normal(stream: U64, decision: int, expected: bool) -> float:
    """Return a standard normal by inversion (or 0)."""
    if expected:
        return 0.0
    seek(stream, decision)
    return normal_quantile(next_uniform(stream))


@kernel
def _gamma(stream: U64, shape: float) -> float:
    """Marsaglia-Tsang. Source: ACM Trans. Math. Softw. 26 (2000), 363-372."""
    boost = 1.0
    if shape < 1.0:
        boost = next_uniform(stream) ** (1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = normal_quantile(next_uniform(stream))
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        u = next_uniform(stream)
        if math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
            return boost * d * v


@kernel
def gamma(stream: U64, decision: int, shape: float, expected: bool) -> float:
    """Return a gamma variate of unit scale (or its mean, the shape)."""
    if expected:
        return shape
    seek(stream, decision)
    return _gamma(stream, shape)


@kernel
def negative_binomial(stream: U64, decision: int, mean: float, size: float, expected: bool) -> float:
    """Return a count with the given mean and variance mean + mean**2 / size (or the mean)."""
    if mean <= 0.0:
        return 0.0
    if expected:
        return mean
    seek(stream, decision)
    drawn = _gamma(stream, size) * mean / size
    return poisson_quantile(next_uniform(stream), drawn)


@kernel
def hypergeometric(stream: U64, decision: int, good: float, bad: float, sample: float, expected: bool) -> float:
    """Return how many good ones are in a sample without replacement (or the mean)."""
    total = good + bad
    if sample <= 0.0 or good <= 0.0:
        return 0.0
    if bad <= 0.0:
        return sample
    if sample >= total:
        return good
    if expected:
        return sample * good / total
    seek(stream, decision)
    return hypergeometric_quantile(next_uniform(stream), good, bad, sample)
