"""Quantiles of counts: the binomial, Poisson and hypergeometric count that belong to one uniform number.

A count is the smallest k whose distribution function reaches u. So a draw takes one number, moves one way with
u, and changes little when its parameters change little, which is what makes common random numbers work.

Where few are expected, the masses are added up from none. Else the normal quantile is refined by the
Cornish-Fisher expansion; its error is bounded, and only where it could matter (an integer lies within the bound, or
u far out) is the distribution function itself asked: every count is exact, but for the rounding of doubles.

Sources: E. A. Cornish and R. A. Fisher, Revue Inst. Int. Stat. 5 (1938), 307-320, with cumulants of the lattice
less those of a uniform number of unit width; for the plan of bound and check, M. B. Giles, ACM Trans. Math. Softw.
42 (2016), algorithm 955; masses by C. Loader, "Fast and accurate computation of binomial probabilities" (2000);
ratios of neighbouring masses a + b / k by H. H. Panjer, ASTIN Bulletin 12 (1981), 22-26.
"""

from __future__ import annotations

import math

import numpy as np

from sojourn.engine.arrays import F64
from sojourn.engine.kernel import kernel, part

__all__ = ["MOST", "UNKNOWN", "binomial_quantile", "hypergeometric_quantile", "normal_quantile", "poisson_quantile"]

UNKNOWN = -1.0
FEW_EXPECTED = 5.0  # mean below which masses are added up from none; the expansion's bound is claimed from here
FAR_OUT = 5.0  # standard normal quantile beyond which the bound of the expansion's error is not claimed
VAST = 1e10  # variance from which on the bound is below the rounding of doubles, however far out
MOST = 2.0**53  # people up to whom every count is whole; beyond it, means are given and the run is stopped
ALMOST = 1.0 - 1e-9  # u from which on masses added up from none are too rough next to what is left above
TINY = 1e-290  # a mass above which none of its digits are lost to underflow
SETTLED = 1e-17  # a mass that, next to the sum so far, ends the sum

# Stirling remainders log k! - ((k + 1/2) log k - k + log(2 pi) / 2) for k = 1..15; that of 0 is never asked.
_SHORT = 16
_REMAINDER = np.array(
    [0.0]
    + [math.lgamma(k + 1.0) - ((k + 0.5) * math.log(k) - k + 0.5 * math.log(2 * math.pi)) for k in range(1, _SHORT)]
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


@kernel
def _polynomial(coefficient: F64, x: float) -> float:
    total = 0.0
    for i in range(len(coefficient)):
        total = total * x + coefficient[i]
    return total


@part
def normal_quantile(u: float) -> float:
    """Return the standard normal quantile of u in (0, 1). Source: M. J. Wichura, AS 241, Appl. Stat. 37 (1988)."""
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
def _remainder(k: float) -> float:
    """Return Stirling's remainder of log k!, k at least 1, to about 1e-14. Source: NIST DLMF 5.11.1."""
    if k < _SHORT:
        return _REMAINDER[int(k)]
    inverse = 1.0 / k
    square = inverse * inverse
    return (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - square / 1680.0) * square) * square) * inverse


@kernel
def _fall(k: float, mean: float) -> float:
    """Return by how much the log mass at k, 1 or more, is below that of the plain square root: Loader's formula."""
    d = k - mean
    if abs(d) >= 0.1 * (k + mean):
        return _remainder(k) + k * math.log(k / mean) - d
    v = d / (k + mean)
    total = d * v
    term = 2.0 * k * v
    for i in range(3, 19, 2):
        term *= v * v
        total += term / i
    return _remainder(k) + total


@kernel
def _mass(n: float, p: float, mean: float, k: float) -> float:
    """Return the probability of k; n is infinite for a Poisson count."""
    if n == math.inf:
        return math.exp(-_fall(k, mean)) / math.sqrt(2.0 * math.pi * k) if k > 0.0 else math.exp(-mean)
    if k <= 0.0:
        return math.exp(n * math.log1p(-p))
    if k >= n:
        return math.exp(n * math.log(p))
    fall = _fall(k, mean) + _fall(n - k, n * (1.0 - p)) - _remainder(n)
    return math.exp(-fall) * math.sqrt(n / (2.0 * math.pi * k * (n - k)))


@kernel
def _reaches(u: float, n: float, p: float, mean: float, k: float) -> bool:
    """Tell whether the distribution function at k is at least u, by the sum of the masses on u's side."""
    if k < 0.0:
        return False
    odds = p / (1.0 - p)
    a = -odds if n < math.inf else 0.0
    b = (n + 1.0) * odds if n < math.inf else mean
    if u < 0.5:
        term = _mass(n, p, mean, k)
        total = term
        while k >= 1.0 and term > SETTLED * total:
            term /= a + b / k
            k -= 1.0
            total += term
        return total >= u
    k += 1.0
    if k > n:
        return True
    term = _mass(n, p, mean, k)
    total = term
    while term > SETTLED * total:
        k += 1.0
        term *= a + b / k
        total += term
    return total <= 1.0 - u


@kernel
def _search(u: float, n: float, p: float, mean: float, k: float) -> float:
    """Return the quantile, looked for from k on by the distribution function itself."""
    k = min(max(k, 0.0), n)
    while not _reaches(u, n, p, mean, k):
        k += 1.0
    while _reaches(u, n, p, mean, k - 1.0):
        k -= 1.0
    return k


@part
def _from_none(u: float, mass: float, a: float, b: float) -> float:
    """Return the quantile by adding up masses from that of none on, as long as they count."""
    k = 0.0
    while u > mass:
        u -= mass
        mass *= a + b / (k + 1.0)
        if mass <= SETTLED:  # what is left of u is of rounding
            break
        k += 1.0
    return k


@part
def _expansion(w: float, p: float, mean: float) -> tuple[float, float]:
    """Return the count, as a real number, at the normal quantile w, and a bound of its error (inf: not claimed).

    Cornish-Fisher to the third order beyond the normal. The bound is the shape of the fourth order, wide enough
    for every law with ``mean`` from 5 on that tests/engine/test_quantile.py looks at.
    """
    square = w * w
    spread = p * (1.0 - p)
    lean = 1.0 - 2.0 * p
    first = lean * (square - 1.0) / 6.0
    second = w * (14.0 * spread - 2.0 - (1.0 + 2.0 * spread) * square) / 72.0
    third = lean * (2.0 + spread) * ((3.0 * square + 7.0) * square - 16.0) / 1620.0
    variance = mean * (1.0 - p)
    sd = math.sqrt(variance)
    inverse = 1.0 / variance
    x = (mean + (first + 0.5)) + (sd * (w + inverse * second) + inverse * third)
    if square > min(variance, FAR_OUT * FAR_OUT):
        return x, math.inf
    return x, (0.03 + 0.016 * square * square) * sd * inverse * inverse


@part
def _refined(u: float, n: float, p: float, mean: float) -> float:
    """Return the quantile by the expansion, and by the distribution function where that leaves a doubt."""
    x, error = _expansion(normal_quantile(u), p, mean)
    k = np.floor(x)
    if error < x - k < 1.0 - error:
        return k
    if mean * (1.0 - p) >= VAST:
        return min(max(k, 0.0), n)
    return _search(u, n, p, mean, k)


@kernel
def binomial_quantile(u: float, n: float, p: float, hazard: float) -> float:
    """Return the smallest count of n, each with probability p, whose distribution function is at least u in (0, 1).

    ``hazard`` is -log(1 - p) where that is at hand, else UNKNOWN.
    """
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    if not n <= MOST:
        return n * p
    mostly = p > 0.5
    if mostly:  # count those who are not among them
        u = 1.0 - u
        p = 1.0 - p
    mean = n * p
    if mean >= FEW_EXPECTED:
        k = _refined(u, n, p, mean)
    elif u > ALMOST:
        k = _search(u, n, p, mean, np.floor(mean))
    else:
        odds = p / (1.0 - p)
        none = math.exp(-n * hazard if hazard >= 0.0 and not mostly else n * math.log1p(-p))
        k = _from_none(u, none, -odds, (n + 1.0) * odds)
    return n - k if mostly else k


@kernel
def poisson_quantile(u: float, mean: float) -> float:
    """Return the smallest Poisson count whose distribution function is at least u in (0, 1)."""
    if mean <= 0.0:
        return 0.0
    if not mean <= MOST:
        return mean
    if mean >= FEW_EXPECTED:
        return _refined(u, math.inf, 0.0, mean)
    if u > ALMOST:
        return _search(u, math.inf, 0.0, mean, np.floor(mean))
    return _from_none(u, math.exp(-mean), 0.0, mean)


@kernel
def _hypergeometric_mass(good: float, bad: float, sample: float, k: float) -> float:
    """Return the probability that k of a sample are good: three binomial masses, which lose no digits.

    Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000), section 6.
    """
    total = good + bad
    p = sample / total
    mass = _mass(good, p, good * p, k) * _mass(bad, p, bad * p, sample - k)
    return mass / _mass(total, p, sample, sample)


@kernel
def _hypergeometric_reaches(u: float, good: float, bad: float, sample: float, k: float) -> bool:
    """Tell whether the distribution function at k is at least u, by the sum of the masses on u's side."""
    low = max(0.0, sample - bad)
    high = min(good, sample)
    if k < low:
        return False
    if k >= high:
        return True
    if u < 0.5:
        term = _hypergeometric_mass(good, bad, sample, k)
        total = term
        while k > low and term > SETTLED * total:
            term *= k * (bad - sample + k) / ((good - k + 1.0) * (sample - k + 1.0))
            k -= 1.0
            total += term
        return total >= u
    k += 1.0
    term = _hypergeometric_mass(good, bad, sample, k)
    total = term
    while k < high and term > SETTLED * total:
        term *= (good - k) * (sample - k) / ((k + 1.0) * (bad - sample + k + 1.0))
        k += 1.0
        total += term
    return total <= 1.0 - u


@kernel
def _hypergeometric_guess(w: float, good: float, bad: float, sample: float, variance: float) -> float:
    """Return the count, as a real number, at the normal quantile w: Cornish-Fisher to the second order.

    What is left out is of the order of 1 / variance: a hypergeometric count is a sum of independent Bernoulli ones.
    Source: V. A. Vatutin, V. G. Mikhailov, Theory Probab. Appl. 27 (1982), 734-743.
    """
    total = good + bad
    square = w * w
    sd = math.sqrt(variance)
    product = good * bad * sample * (total - sample)
    skew = (bad - good) * (total - 2.0 * sample) * math.sqrt((total - 1.0) / product) / (total - 2.0)
    heavy = (total - 1.0) * total * total
    heavy *= total * (total + 1.0) - 6.0 * good * bad - 6.0 * sample * (total - sample)
    heavy += 6.0 * product * (5.0 * total - 6.0)
    heavy /= product * (total - 2.0) * (total - 3.0)
    x = sample * good / total + 0.5 + sd * (w + skew * (square - 1.0) / 6.0)
    x += sd * (heavy * w * (square - 3.0) / 24.0 - skew * skew * w * (2.0 * square - 5.0) / 36.0)
    return x - w / (24.0 * sd)  # the lattice has the variance of a uniform number of unit width less


@kernel
def hypergeometric_quantile(u: float, good: float, bad: float, sample: float) -> float:
    """Return the smallest count of good ones in a sample whose distribution function is at least u in (0, 1).

    The sample is drawn without replacement from ``good`` and ``bad`` ones; all are whole numbers up to 2**53. The
    work is bounded: some standard deviations of steps, fewer than 1e6, and only where the expansion leaves a doubt.
    """
    total = good + bad
    low = max(0.0, sample - bad)
    high = min(good, sample)
    if high <= low:
        return low
    if not total <= MOST:
        return low + (high - low) * (sample / total)
    variance = (sample / total) * good * (bad / total) * ((total - sample) / (total - 1.0))
    if variance < FEW_EXPECTED * FEW_EXPECTED:
        mass = _hypergeometric_mass(good, bad, sample, low)
        if mass > TINY and u <= ALMOST:
            k = low
            while u > mass and k < high:
                u -= mass
                mass *= (good - k) * (sample - k) / ((k + 1.0) * (bad - sample + k + 1.0))
                k += 1.0
                if mass <= SETTLED and k > sample * good / total:  # what is left of u is of rounding
                    break
            return k
    k = min(max(sample * good / total, low), high)
    if total > 3.0:
        w = normal_quantile(u)
        x = _hypergeometric_guess(w, good, bad, sample, variance)
        k = min(max(np.floor(x), low), high)
        square = w * w
        error = (0.06 + 0.02 * square * square) / variance
        near = square < min(variance, FAR_OUT * FAR_OUT)
        if variance >= VAST or (variance >= FEW_EXPECTED * FEW_EXPECTED and near and error < x - k < 1.0 - error):
            return k
    k = np.floor(k)
    while not _hypergeometric_reaches(u, good, bad, sample, k):
        k += 1.0
    while _hypergeometric_reaches(u, good, bad, sample, k - 1.0):
        k -= 1.0
    return k
