"""Scores of simulated against published counts, on plain arrays; smaller is better except for coverage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["covered", "crps", "crps_edf", "log_rmse", "log_score", "median"]

F64 = NDArray[np.float64]


def median(simulated: F64) -> F64:
    """Return the median over replicates: (replicate, period) float64 -> (period) float64."""
    return np.asarray(np.quantile(simulated, 0.5, axis=0))


def log_rmse(predicted: F64, published: F64, least: float = 1.0) -> float:
    """Return the root mean square of log(predicted / published) over periods with at least ``least`` published.

    Both are (period) float64, counts. Periods in which either is missing do not count; missing if none is left.
    A prediction below half a person counts as half a person: the logarithm stays finite, and the error large.
    """
    at = np.isfinite(predicted) & (published >= max(least, 1.0))
    if not at.any():
        return float("nan")
    error = np.log(np.maximum(predicted[at], 0.5) / published[at])
    return float(np.sqrt((error**2).mean()))


def covered(simulated: F64, published: F64, level: float) -> float:
    """Return the share of periods in the central band that holds ``level`` of the replicates, ends included.

    ``simulated`` is (replicate, period) float64, ``published`` (period) float64, counts. Missing for no period.
    """
    if not len(published):
        return float("nan")
    low, high = np.quantile(simulated, (0.5 - level / 2, 0.5 + level / 2), axis=0)
    return float(((published >= low) & (published <= high)).mean())


def crps(simulated: F64, published: F64) -> F64:
    """Return the continuous ranked probability score of each period.

    The estimate is fair: its mean does not depend on the number of replicates. For one replicate it is the absolute
    error.

    Source: T. Gneiting and A. E. Raftery, "Strictly proper scoring rules, prediction, and estimation", JASA 102
    (2007), equation 21; C. A. T. Ferro, "Fair scores for ensemble forecasts", QJRMS 140 (2014).

    Parameters
    ----------
    simulated : ndarray
        (replicate, period) float64, counts.
    published : ndarray
        (period) float64, counts.

    Returns
    -------
    ndarray
        (period) float64, in the unit counted.
    """
    n = len(simulated)
    error = np.abs(simulated - published).mean(0)
    if n < 2:
        return np.asarray(error)
    rank = 2.0 * np.arange(1, n + 1) - n - 1.0
    # Half the mean distance of two different replicates, from their order.
    spread = (rank[:, None] * np.sort(simulated, axis=0)).sum(0) / (n * (n - 1))
    return np.asarray(error - spread)


def crps_edf(simulated: F64, published: F64) -> F64:
    """Return the continuous ranked probability score of the empirical distribution of the replicates.

    Other than :func:`crps`, which estimates the score of the distribution that replicates are drawn from, this is
    the score of the few that were drawn: its mean is larger the fewer there are. For one it is the absolute error.

    Source: H. Hersbach, "Decomposition of the continuous ranked probability score for ensemble prediction systems",
    Weather and Forecasting 15 (2000); in the sorted form of A. Jordan, F. Krüger and S. Lerch, "Evaluating
    probabilistic forecasts with scoringRules", Journal of Statistical Software 90 (2019).

    Parameters
    ----------
    simulated : ndarray
        (replicate, ...) float64, counts.
    published : ndarray
        (...) float64, counts.

    Returns
    -------
    ndarray
        (...) float64, in the unit counted.
    """
    size = len(simulated)
    ordered = np.sort(simulated, axis=0)
    rank = np.arange(1, size + 1).reshape(-1, *[1] * published.ndim)
    weights = size * (published < ordered) - rank + 0.5
    return np.asarray(2.0 / size**2 * ((ordered - published) * weights).sum(axis=0))


def log_score(expected: F64, size: F64 | None, published: F64, rounding: float = 1.0) -> F64:
    """Return minus the log probability of what was published: (period) float64, in nats.

    The prediction is the mixture over replicates of negative binomials with mean ``expected`` and ``size``
    (both (replicate, period) float64; Poisson without a size), and probability is that of all counts that round
    to the published one, a multiple of ``rounding``. Infinite where it can be no such count, as for a negative
    one. Source: F. Krüger, S. Lerch, T. Thorarinsdottir and T. Gneiting, "Predictive inference based on Markov
    chain Monte Carlo output", International Statistical Review 89 (2021), mixture-of-parameters estimator.
    """
    low = np.ceil(published - rounding / 2) - 1.0
    high = np.maximum(np.ceil(published + rounding / 2) - 1.0, low + 1.0)
    if size is None:
        chance = stats.poisson.cdf(high, expected) - stats.poisson.cdf(low, expected)
    else:
        part = size / (size + expected)
        chance = stats.nbinom.cdf(high, size, part) - stats.nbinom.cdf(low, size, part)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(chance.mean(0)))
