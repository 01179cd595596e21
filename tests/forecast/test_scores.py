"""Scores equal what they are defined as, have the properties that make them scores, and fail where they must."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sojourn.forecast.naive import last_value, times_upstream
from sojourn.forecast.scores import covered, crps, crps_edf, log_rmse, log_score, median

counts = st.integers(0, 5000)


@st.composite
def ensembles(draw):
    periods, replicates = draw(st.integers(1, 5)), draw(st.integers(2, 12))
    values = draw(st.lists(counts, min_size=periods * replicates, max_size=periods * replicates))
    published = draw(st.lists(counts, min_size=periods, max_size=periods))
    return np.array(values, float).reshape(replicates, periods), np.array(published, float)


def test_log_rmse_by_hand():
    published = np.array([100.0, 200.0, 5.0, np.nan])
    predicted = np.array([200.0, 100.0, 5.0, 7.0])
    assert log_rmse(predicted, published, 100) == pytest.approx(np.log(2))
    assert log_rmse(predicted, published, 1) == pytest.approx(np.log(2) * np.sqrt(2 / 3))
    assert np.isnan(log_rmse(predicted, published, 1000))


def test_log_rmse_of_nobody_is_large_and_finite():
    assert log_rmse(np.array([0.0]), np.array([100.0])) == pytest.approx(np.log(200))


def test_a_missing_prediction_does_not_count():
    assert log_rmse(np.array([np.nan, 100.0]), np.array([50.0, 100.0])) == 0.0


@given(ensembles())
@settings(max_examples=60, deadline=None)
def test_crps_is_the_mean_error_less_half_the_mean_distance(drawn):
    simulated, published = drawn
    n = len(simulated)
    error = np.abs(simulated - published).mean(0)
    distance = np.abs(simulated[:, None] - simulated[None, :]).sum((0, 1)) / (n * (n - 1))
    np.testing.assert_allclose(crps(simulated, published), error - distance / 2, atol=1e-7)


def test_crps_of_a_normal_forecast_is_its_closed_form():
    # Gneiting and Raftery (2007), section 4.2: sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)).
    rng = np.random.default_rng(1)
    simulated = rng.normal(50.0, 10.0, (200_000, 1))
    for published in (30.0, 50.0, 65.0):
        z = (published - 50.0) / 10.0
        expected = 10.0 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
        assert crps(simulated, np.array([published]))[0] == pytest.approx(expected, abs=0.05)


def test_fair_crps_does_not_favour_many_replicates():
    rng = np.random.default_rng(2)
    published = rng.normal(0.0, 1.0, 40_000)
    few = crps(rng.normal(0.0, 1.0, (3, 40_000)), published).mean()
    many = crps(rng.normal(0.0, 1.0, (40, 40_000)), published).mean()
    assert few == pytest.approx(many, abs=0.01)
    assert many == pytest.approx(1 / np.sqrt(np.pi), abs=0.01)


def test_crps_of_one_replicate_is_the_absolute_error():
    np.testing.assert_array_equal(crps(np.array([[3.0, 8.0]]), np.array([5.0, 5.0])), [2.0, 3.0])


def test_the_log_score_is_that_of_the_mixture():
    expected, size = np.array([[10.0], [30.0]]), np.array([[4.0], [8.0]])
    chance = (stats.nbinom.pmf(12, 4, 4 / 14) + stats.nbinom.pmf(12, 8, 8 / 38)) / 2
    assert log_score(expected, size, np.array([12.0]))[0] == pytest.approx(-np.log(chance))
    poisson = (stats.poisson.pmf(12, 10) + stats.poisson.pmf(12, 30)) / 2
    assert log_score(expected, None, np.array([12.0]))[0] == pytest.approx(-np.log(poisson))


def test_a_rounded_count_has_the_probability_of_all_that_round_to_it():
    expected, size = np.array([[40.0]]), np.array([[5.0]])
    chance = sum(stats.nbinom.pmf(n, 5, 5 / 45) for n in range(25, 35))
    assert log_score(expected, size, np.array([30.0]), 10.0)[0] == pytest.approx(-np.log(chance))
    total = sum(np.exp(-log_score(expected, size, np.array([10.0 * k]), 10.0)[0]) for k in range(200))
    assert total == pytest.approx(1.0)


def test_what_cannot_be_has_an_infinite_log_score():
    assert log_score(np.array([[40.0]]), np.array([[5.0]]), np.array([-3.0]))[0] == np.inf


def test_log_score_is_proper():
    rng = np.random.default_rng(3)
    published = rng.poisson(20.0, 20_000).astype(float)
    right, low, high = (
        log_score(np.full((1, 20_000), mean), None, published).mean() for mean in (20.0, 17.0, 23.0)
    )
    assert right < min(low, high)


def test_coverage_counts_the_ends():
    simulated = np.arange(101.0)[:, None].repeat(4, axis=1)
    published = np.array([5.0, 95.0, 4.9, 95.1])
    assert covered(simulated, published, 0.9) == 0.5
    assert covered(simulated, published, 0.5) == 0.0
    assert np.isnan(covered(simulated[:, :0], published[:0], 0.9))


def test_coverage_of_a_true_forecast_is_its_level():
    rng = np.random.default_rng(4)
    simulated, published = rng.normal(size=(400, 4000)), rng.normal(size=4000)
    assert covered(simulated, published, 0.9) == pytest.approx(0.9, abs=0.02)
    assert covered(simulated, published, 0.5) == pytest.approx(0.5, abs=0.03)
    assert covered(simulated / 2, published, 0.9) < 0.7  # bands too narrow are seen


def test_the_median_is_over_replicates():
    np.testing.assert_array_equal(median(np.array([[1.0, 9.0], [3.0, 7.0], [2.0, 8.0]])), [2.0, 8.0])


def test_naive_predictors_know_only_what_came_before():
    published = np.array([10.0, 20.0, np.nan, 40.0, 50.0])
    upstream = np.array([100.0, 100.0, 50.0, 80.0, np.nan])
    known = np.array([True, True, True, False, False])
    np.testing.assert_array_equal(last_value(published, known), np.full(5, 20.0))
    np.testing.assert_allclose(times_upstream(published, upstream, known), [20.0, 20.0, 10.0, 16.0, np.nan])
    later = np.where(known, published, 1e6)
    np.testing.assert_array_equal(last_value(later, known), last_value(published, known))


def test_naive_predictors_without_a_past_are_missing():
    published, none = np.array([10.0, 0.0]), np.zeros(2, bool)
    assert np.isnan(last_value(published, none)).all()
    assert np.isnan(times_upstream(published, published, none)).all()
    assert np.isnan(times_upstream(published, np.ones(2), np.array([False, True]))).all()  # a ratio of zero


@given(ensembles())
@settings(max_examples=60, deadline=None)
def test_the_fair_crps_and_that_of_the_empirical_distribution_differ_by_the_share_of_pairs(ensemble):
    """Both are the mean error less half a mean distance: of different replicates, and of any two."""
    simulated, published = ensemble
    n = len(simulated)
    distance = np.abs(simulated[:, None] - simulated[None, :]).sum((0, 1)) / 2
    error = np.abs(simulated - published).mean(0)
    np.testing.assert_allclose(crps(simulated, published), error - distance / (n * (n - 1)), atol=1e-8)
    np.testing.assert_allclose(crps_edf(simulated, published), error - distance / n**2, atol=1e-8)


def test_only_the_fair_crps_does_not_depend_on_the_number_of_replicates():
    rng = np.random.default_rng(4)
    truth = rng.normal(size=20_000)
    few, many = (rng.normal(size=(n, 20_000)) for n in (3, 30))
    expected = 1 / np.sqrt(np.pi)  # of a standard normal forecast of a standard normal truth
    assert crps(few, truth).mean() == pytest.approx(expected, abs=0.02)
    assert crps(many, truth).mean() == pytest.approx(expected, abs=0.02)
    assert crps_edf(few, truth).mean() > expected + 0.1
