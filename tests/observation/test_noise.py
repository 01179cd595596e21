"""The noise of counts: drawn and weighed by one law, against SciPy, also far from the mean and after rounding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from sojourn.observation.noise import as_published, log_probability, sample_counts

LAWS = [("poisson", None), ("negative-binomial", 0.7), ("negative-binomial", 40.0)]


def law(mean, size):
    """Return the distribution of counts as SciPy has it."""
    return stats.poisson(mean) if size is None else stats.nbinom(size, size / (size + mean))


def sizes(size, shape):
    """Return an array of one size, or None."""
    return None if size is None else np.full(shape, size)


@pytest.mark.parametrize(("noise", "size"), LAWS)
@pytest.mark.parametrize("mean", [0.02, 3.0, 480.0, 2.5e6])
def test_the_probability_of_a_count_is_that_of_scipy(noise, size, mean):
    counts = np.unique(np.rint(law(mean, size).ppf([0.001, 0.2, 0.5, 0.9, 0.999])))
    found = log_probability(noise, counts, mean, sizes(size, counts.shape))
    np.testing.assert_allclose(found, law(mean, size).logpmf(counts), rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize(("noise", "size"), LAWS)
@pytest.mark.parametrize("far", [1.0, 0.02, 60.0])
def test_the_probability_of_a_rounded_count_is_the_sum_over_what_rounds_to_it(noise, size, far):
    mean = 230.0
    published = np.rint(mean * far / 10) * 10
    ones = np.arange(np.ceil(published - 5), np.ceil(published + 5))
    direct = special.logsumexp(law(mean, size).logpmf(ones[ones >= 0]))
    found = log_probability(noise, np.array([published]), mean, sizes(size, 1), 10.0)
    np.testing.assert_allclose(found, direct, rtol=1e-9)


def test_differences_of_distribution_functions_would_not_do():
    """Far above the mean both distribution functions round to one: the planted fault of the test before."""
    high, low = (stats.poisson(230.0).cdf(at) for at in (13_804, 13_794))
    assert high - low == 0.0
    assert np.isfinite(log_probability("poisson", np.array([13_800.0]), 230.0, None, 10.0)).all()


@given(st.floats(0.0, 2000.0), st.floats(1.0, 1e3), st.sampled_from([1.0, 10.0]))
def test_probabilities_add_up_to_one(mean, size, rounding):
    counts = np.arange(0, 60_000, rounding)
    found = log_probability("negative-binomial", counts, mean, np.full(counts.shape, size), rounding)
    assert special.logsumexp(found) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("noise", "size"), LAWS)
def test_counts_drawn_are_as_likely_as_they_are_said_to_be(noise, size):
    uniform = (np.arange(200_000) + 0.5) / 200_000
    mean = np.full(uniform.shape, 6.0)
    drawn = sample_counts(noise, mean, np.full(uniform.shape, size or np.nan), uniform)
    values, times = np.unique(drawn, return_counts=True)
    said = np.exp(log_probability(noise, values, 6.0, sizes(size, values.shape)))
    np.testing.assert_allclose(times / uniform.size, said, atol=1.1e-5)


def test_what_cannot_be_published_and_what_is_missing():
    published = np.array([-10.0, np.nan, 0.0, 5.0, 3.0])
    expected = np.array([3.0, 3.0, 0.0, 0.0, np.nan])
    found = log_probability("poisson", published, expected, None)
    assert found[0] == -np.inf and found[2] == 0.0 and found[3] == -np.inf
    assert np.isnan(found[[1, 4]]).all()


def test_without_noise_only_the_rounded_mean_is_possible():
    found = log_probability("none", np.array([120.0, 130.0, np.nan]), np.array([123.0, 123.0, 123.0]), None, 10.0)
    assert found[0] == 0.0 and found[1] == -np.inf and np.isnan(found[2])


def test_counts_are_rounded_then_suppressed():
    assert as_published(np.array([4.0, 14.0, 16.0]), 10.0, 20.0).tolist()[2] == 20.0
    assert np.isnan(as_published(np.array([4.0, 14.0]), 10.0, 20.0)).all()
    assert as_published(np.array([4.0]), None, None).tolist() == [4.0]
