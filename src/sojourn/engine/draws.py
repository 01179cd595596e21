"""Exact draws of counts from a keyed stream: binomial, Poisson, negative binomial, hypergeometric.

Every function takes the stream, the decision that keys its numbers, and ``expected``: with it the mean is
returned and no number is used. Counts are float64 that hold integers (exact to 2**53), so that drawn and
expected modes share one code path. Draws change little when their parameters change little, which is what
makes common random numbers work.
"""

from __future__ import annotations

import math

import numpy as np

from sojourn.engine.kernel import kernel
from sojourn.engine.program import F64, U64
from sojourn.engine.streams import next_uniform, seek

__all__ = [
    "binomial",
    "gamma",
    "hypergeometric",
    "log_factorial",
    "negative_binomial",
    "next_binomial",
    "normal",
    "poisson",
]

# Stirling remainders of log k! for k = 0..9: log k! - ((k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2).
_REMAINDER = np.array(
    [
        math.lgamma(k + 1.0) - ((k + 0.5) * math.log(k + 1.0) - (k + 1.0) + 0.5 * math.log(2 * math.pi))
        for k in range(10)
    ]
)
_HALF_LOG_TAU = 0.5 * math.log(2.0 * math.pi)
# Rational approximations of the normal quantile, highest power first. Source: AS 241, routine PPND16.
_CENTRE_TOP = np.array(
    [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080]
)  # fmt: skip
_CENTRE_LOW = np.array(
    [5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
     5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0]
)  # fmt: skip
_TAIL_TOP = np.array(
    [7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734]
)  # fmt: skip
_TAIL_LOW = np.array(
    [1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0]
)  # fmt: skip
_FAR_TOP = np.array(
    [2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720]
)  # fmt: skip
_FAR_LOW = np.array(
    [2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0]
)  # fmt: skip
SWITCH = 10.0  # mean above which rejection is faster than inversion
UNKNOWN = -1.0
NEAR = 15.0  # distance from the mode up to which a mass is found by ratios of neighbours


@kernel
def _remainder(k: float) -> float:
    if k < 10.0:
        return _REMAINDER[int(k)]
    inverse = 1.0 / (k + 1.0)
    square = inverse * inverse
    return (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 * square) * square) * inverse


@kernel
def log_factorial(k: float) -> float:
    """Return log k! to about 1e-10. Source: Stirling's series, NIST DLMF 5.11.1."""
    return (k + 0.5) * math.log(k + 1.0) - (k + 1.0) + _HALF_LOG_TAU + _remainder(k)


@kernel
def _binomial_inversion(stream: U64, n: float, p: float, log_none: float) -> float:
    """Inversion from 0 upward; ``log_none`` is log(1 - p), of one who fails."""
    q = 1.0 - p
    odds = p / q
    first = math.exp(n * log_none)
    bound = min(n, n * p + 12.0 * math.sqrt(n * p * q + 1.0))
    while True:
        u = next_uniform(stream)
        k = 0.0
        mass = first
        while u > mass:
            u -= mass
            k += 1.0
            if k > bound:
                break
            mass *= odds * (n - k + 1.0) / k
        if k <= bound:
            return k


@kernel
def _near_mode(odds: float, n: float, mode: float, k: float) -> float:
    """Return the binomial's mass at k over that at its mode, by the ratios of neighbours; they are few."""
    scale = (n + 1.0) * odds
    ratio = 1.0
    i = min(mode, k)
    while i < max(mode, k):
        i += 1.0
        ratio *= scale / i - odds
    return ratio if mode < k else 1.0 / ratio


@kernel
def _log_mass_ratio(odds: float, n: float, mode: float, k: float) -> float:
    """Return the log of the binomial's mass at k over that at its mode, by Stirling's series."""
    ratio = (mode + 0.5) * math.log((mode + 1.0) / (odds * (n - mode + 1.0)))
    ratio += _remainder(mode) + _remainder(n - mode) - _remainder(k) - _remainder(n - k)
    ratio += (n + 1.0) * math.log((n - mode + 1.0) / (n - k + 1.0))
    return ratio + (k + 0.5) * math.log(odds * (n - k + 1.0) / (k + 1.0))


@kernel
def _binomial_rejection(stream: U64, n: float, p: float) -> float:
    """Transformed rejection (BTRS), with the shortcuts of BTRD where they decide the same.

    Source: W. Hörmann, J. Stat. Comput. Simul. 46 (1993), 101-110; the squeeze's range is that of BTPE,
    V. Kachitvichyanukul and B. W. Schmeiser, Commun. ACM 31 (1988), 216-222.
    """
    spread = math.sqrt(n) * math.sqrt(p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    while True:
        u = next_uniform(stream) - 0.5
        v = next_uniform(stream)
        us = 0.5 - abs(u)
        # (2 a / us + b) u + n p + 1/2, in an order that waits for n (often the draw before) as late as it can.
        lever = 2.0 * u / us
        fixed = 0.5 + 1.15 * u + (0.0248 * 1.15 - 0.0873 + 0.01 * p) * lever
        k = np.floor(spread * (2.53 * (u + 0.0248 * lever)) + (n * p + fixed))
        if us >= 0.07 and v * b <= 0.92 * b - 4.2:
            return k
        if k < 0.0 or k > n:
            continue
        mode = np.floor((n + 1.0) * p)
        height = v * (2.83 + 5.1 / b) * spread / (a / (us * us) + b)
        away = abs(k - mode)
        if away <= NEAR:
            if height <= _near_mode(p / (1.0 - p), n, mode, k):
                return k
            continue
        height = math.log(height)
        variance = spread * spread
        if away < 0.5 * variance - 1.0:
            slack = (away / variance) * (((away / 3.0 + 0.625) * away + 1.0 / 6.0) / variance + 0.5)
            bell = -away * away / (2.0 * variance)
            if height < bell - slack:
                return k
            if height > bell + slack:
                continue
        if height <= _log_mass_ratio(p / (1.0 - p), n, mode, k):
            return k


@kernel
def next_binomial(stream: U64, n: float, p: float, hazard: float) -> float:
    """Return how many of n succeed, each with probability p, from the next numbers of the open decision.

    ``hazard`` is -log(1 - p) where that is at hand, else UNKNOWN.
    """
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    small = min(p, 1.0 - p)
    if n * small < SWITCH:
        log_none = -hazard if hazard >= 0.0 and p <= 0.5 else math.log1p(-small)
        count = _binomial_inversion(stream, n, small, log_none)
    else:
        count = _binomial_rejection(stream, n, small)
    if p > 0.5:
        return n - count
    return count


@kernel
def binomial(stream: U64, decision: int, n: float, p: float, expected: bool) -> float:
    """Return how many of n succeed, each with probability p (or n p)."""
    if expected:
        return n * p
    seek(stream, decision)
    return next_binomial(stream, n, p, UNKNOWN)


@kernel
def _poisson_inversion(stream: U64, mean: float) -> float:
    first = math.exp(-mean)
    bound = mean + 12.0 * math.sqrt(mean + 1.0) + 10.0
    while True:
        u = next_uniform(stream)
        k = 0.0
        mass = first
        while u > mass:
            u -= mass
            k += 1.0
            if k > bound:
                break
            mass *= mean / k
        if k <= bound:
            return k


@kernel
def _poisson_rejection(stream: U64, mean: float) -> float:
    """Transformed rejection (PTRS). Source: W. Hörmann, Insurance: Math. and Econ. 12 (1993), 39-45."""
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    quick = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = next_uniform(stream) - 0.5
        v = next_uniform(stream)
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= quick:
            return k
        if k < 0.0 or (us < 0.013 and v > us):
            continue
        inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
        height = math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if height <= k * math.log(mean) - mean - log_factorial(k):
            return k


@kernel
def _poisson(stream: U64, mean: float) -> float:
    if mean <= 0.0:
        return 0.0
    if mean < SWITCH:
        return _poisson_inversion(stream, mean)
    return _poisson_rejection(stream, mean)


@kernel
def poisson(stream: U64, decision: int, mean: float, expected: bool) -> float:
    """Return a Poisson count (or its mean)."""
    if mean <= 0.0:
        return 0.0
    if expected:
        return mean
    seek(stream, decision)
    return _poisson(stream, mean)


@kernel
def _polynomial(coefficient: F64, x: float) -> float:
    total = 0.0
    for i in range(len(coefficient)):
        total = total * x + coefficient[i]
    return total


@kernel
def _normal(stream: U64) -> float:
    u = next_uniform(stream)
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(_CENTRE_TOP, r) / _polynomial(_CENTRE_LOW, r)
    r = math.sqrt(-math.log(min(u, 1.0 - u)))
    if r <= 5.0:
        x = _polynomial(_TAIL_TOP, r - 1.6) / _polynomial(_TAIL_LOW, r - 1.6)
    else:
        x = _polynomial(_FAR_TOP, r - 5.0) / _polynomial(_FAR_LOW, r - 5.0)
    return x if q > 0.0 else -x


@kernel
def normal(stream: U64, decision: int, expected: bool) -> float:
    """Return a standard normal by inversion (or 0). Source: M. J. Wichura, AS 241, Appl. Stat. 37 (1988)."""
    if expected:
        return 0.0
    seek(stream, decision)
    return _normal(stream)


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
        x = _normal(stream)
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
    return _poisson(stream, _gamma(stream, size) * mean / size)


@kernel
def hypergeometric(stream: U64, decision: int, good: float, bad: float, sample: float, expected: bool) -> float:
    """Return how many good ones are in a sample without replacement (or the mean).

    Inversion outward from the mode with a single number; steps grow with the standard deviation.
    """
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
    low = max(0.0, sample - bad)
    high = min(sample, good)
    mode = min(max(float(math.floor((sample + 1.0) * (good + 1.0) / (total + 2.0))), low), high)
    log_mass = log_factorial(good) - log_factorial(mode) - log_factorial(good - mode)
    log_mass += log_factorial(bad) - log_factorial(sample - mode) - log_factorial(bad - sample + mode)
    log_mass -= log_factorial(total) - log_factorial(sample) - log_factorial(total - sample)
    mass = math.exp(log_mass)
    u = next_uniform(stream) - mass
    down = mode
    up = mode
    mass_down = mass
    mass_up = mass
    while u > 0.0:
        moved = False
        if up < high:
            mass_up *= (good - up) * (sample - up) / ((up + 1.0) * (bad - sample + up + 1.0))
            up += 1.0
            u -= mass_up
            moved = True
            if u <= 0.0:
                return up
        if down > low:
            mass_down *= down * (bad - sample + down) / ((good - down + 1.0) * (sample - down + 1.0))
            down -= 1.0
            u -= mass_down
            moved = True
            if u <= 0.0:
                return down
        if not moved:
            return mode
    return mode
