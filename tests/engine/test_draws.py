"""Draws of counts have their stated distributions."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from sojourn.engine import draws
from sojourn.engine.streams import open_stream

SIZE = 20_000


@njit
def _many(which, size, a, b, c):
    stream = np.zeros(12, np.uint64)
    out = np.empty(size)
    for i in range(size):
        open_stream(stream, 7, 0, 11, 13, i)
        if which == 0:
            out[i] = draws.binomial(stream, 0, a, b, False)
        elif which == 1:
            out[i] = draws.poisson(stream, 0, a, False)
        elif which == 2:
            out[i] = draws.negative_binomial(stream, 0, a, b, False)
        elif which == 3:
            out[i] = draws.hypergeometric(stream, 0, a, b, c, False)
        elif which == 4:
            out[i] = draws.normal(stream, 0, False)
        else:
            out[i] = draws.gamma(stream, 0, a, False)
    return out


def chi_square_p(sample: np.ndarray, law: stats.rv_discrete) -> float:
    """p-value of the sample against a discrete law, bins merged to at least 10 expected."""
    low, high = int(law.ppf(1e-6)), int(law.isf(1e-6))
    edges, mass, gathered = [low], [], 0.0
    for k in range(low, high + 1):
        gathered += law.pmf(k) * SIZE
        if gathered >= 10:
            edges.append(k + 1)
            mass.append(gathered)
            gathered = 0.0
    mass[-1] += SIZE - sum(mass)
    edges[-1] = high + 10**9
    observed, _ = np.histogram(sample, bins=[-1, *edges[1:]])
    return float(stats.chisquare(observed, mass).pvalue)


@pytest.mark.parametrize(
    ("n", "p"), [(5, 0.3), (1000, 0.004), (40, 0.5), (200, 0.2), (200, 0.83), (10**6, 0.31), (10**7, 2e-6)]
)
def test_binomial(n, p):
    assert chi_square_p(_many(0, SIZE, float(n), p, 0.0), stats.binom(n, p)) > 1e-3


@pytest.mark.parametrize("mean", [0.05, 3.0, 9.99, 10.01, 55.0, 12_345.6])
def test_poisson(mean):
    assert chi_square_p(_many(1, SIZE, mean, 0.0, 0.0), stats.poisson(mean)) > 1e-3


@pytest.mark.parametrize(("mean", "size"), [(4.0, 0.6), (30.0, 5.0), (800.0, 20.0)])
def test_negative_binomial(mean, size):
    assert chi_square_p(_many(2, SIZE, mean, size, 0.0), stats.nbinom(size, size / (size + mean))) > 1e-3


@pytest.mark.parametrize(
    ("good", "bad", "sample"), [(3, 5, 4), (50, 20, 30), (5000, 800, 900), (10**6, 10**6, 10**5)]
)
def test_hypergeometric(good, bad, sample):
    law = stats.hypergeom(good + bad, good, sample)
    assert chi_square_p(_many(3, SIZE, float(good), float(bad), float(sample)), law) > 1e-3


def test_normal_and_gamma():
    assert stats.kstest(_many(4, SIZE, 0.0, 0.0, 0.0), "norm").pvalue > 1e-3
    for shape in (0.3, 1.0, 7.5):
        assert stats.kstest(_many(5, SIZE, shape, 0.0, 0.0), stats.gamma(shape).cdf).pvalue > 1e-3


def test_a_wrong_law_is_caught():
    assert chi_square_p(_many(0, SIZE, 200.0, 0.2, 0.0), stats.binom(200, 0.205)) < 1e-6
    assert chi_square_p(_many(1, SIZE, 55.0, 0.0, 0.0), stats.poisson(55.5)) < 1e-3


@njit
def _means():
    stream = np.zeros(12, np.uint64)
    return (
        draws.binomial(stream, 0, 10.0, 0.25, True),
        draws.poisson(stream, 0, 3.5, True),
        draws.negative_binomial(stream, 0, 3.5, 2.0, True),
        draws.hypergeometric(stream, 0, 6.0, 2.0, 4.0, True),
    )


def test_expected_values_are_means():
    assert _means() == (2.5, 3.5, 3.5, 3.0)
