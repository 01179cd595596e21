"""Durations become probabilities of whole steps: exact in the mean, the spread off by a quarter squared step."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sojourn.compile.discretise import leave_chances, moments_from_quantiles, step_masses
from sojourn.scenario import ScenarioError
from sojourn.scenario.values import Duration

MOST = 200_000  # far enough that no family here has a tail beyond it that its variance would miss


def made(family, **more):
    return Duration.model_validate({"distribution": family, **more})


def moments(mass, step):
    k = np.arange(len(mass))
    mean = (k * mass).sum() * step
    return mean, (k**2 * mass).sum() * step**2 - mean**2


@settings(max_examples=150, deadline=None)
@given(
    family=st.sampled_from(("fixed", "exponential", "gamma", "lognormal", "weibull", "erlang")),
    mean=st.floats(0.05, 60),
    cv=st.floats(0.2, 1.4),
    step=st.sampled_from((0.25, 1.0, 7.0)),
)
def test_means_are_exact_for_every_step(family, mean, cv, step):
    more = {"stages": 4} if family == "erlang" else {}
    if family in ("gamma", "lognormal", "weibull"):
        more["sd_days"] = mean * cv
    duration = made(family, mean_days=mean, **more)
    sd = {"fixed": 0.0, "exponential": mean, "erlang": mean / 2}.get(family, mean * cv)
    mass = step_masses(duration, mean, mean * cv, step, MOST)
    assert mass.min() >= 0 and math.isclose(mass.sum(), 1.0, abs_tol=1e-12)
    found, variance = moments(mass, step)
    assert math.isclose(found, mean, rel_tol=1e-6)
    assert -1e-6 * sd**2 - 1e-9 <= variance - sd**2 <= step**2 / 4 + 1e-5 * sd**2


@given(st.lists(st.floats(0, 40), min_size=1, max_size=6), st.sampled_from((0.5, 1.0, 3.0)))
def test_observed_values_keep_their_mean(days, step):
    mass = step_masses(made("empirical", days=days), 0.0, 0.0, step, MOST)
    assert math.isclose(moments(mass, step)[0], np.mean(days), rel_tol=1e-9, abs_tol=1e-9)
    weighted = step_masses(made("empirical", days=days, weights=[1.0] * len(days)), 0.0, 0.0, step, MOST)
    assert np.allclose(mass, weighted)


def test_masses_are_the_law_of_a_time_that_starts_evenly_in_a_step():
    rng = np.random.default_rng(1)
    law = stats.lognorm(0.8, scale=2.0)
    duration = made("lognormal", mean_days=law.mean(), sd_days=law.std())
    mass = step_masses(duration, law.mean(), law.std(), 1.0, MOST)
    steps = np.floor(rng.uniform(size=200_000) + law.rvs(200_000, random_state=rng)).astype(int)
    seen = np.bincount(steps, minlength=12)[:12]
    expected = mass[:12] * 200_000
    assert (((seen - expected) ** 2) / expected).sum() < stats.chi2(12).ppf(0.999)


def test_what_lies_beyond_the_horizon_is_put_at_its_end():
    mass = step_masses(made("exponential", mean_days=100), 100.0, 0.0, 1.0, 10)
    assert len(mass) == 11 and math.isclose(mass.sum(), 1.0)
    assert math.isclose(mass[-1], (100 * (1 - math.exp(-0.01))) * math.exp(-0.09), rel_tol=1e-9)


def test_chances_to_leave_restore_the_masses():
    mass = step_masses(made("gamma", mean_days=9, sd_days=4), 9.0, 4.0, 1.0, MOST)
    chance = leave_chances(mass)
    stay = np.concatenate(([1.0], np.cumprod(1 - chance)[:-1]))
    assert np.allclose(stay * chance, mass, atol=1e-12) and chance[-1] == 1.0


def test_a_constant_hazard_stays_constant():
    chance = leave_chances(step_masses(made("exponential", mean_days=12), 12.0, 0.0, 1.0, 60))
    assert np.allclose(chance[1:-1], -math.expm1(-1 / 12), rtol=1e-9)


LAWS = {
    "gamma": stats.gamma(2.5, scale=4.0),
    "lognormal": stats.lognorm(0.7, scale=9.0),
    "weibull": stats.weibull_min(1.6, scale=11.0),
}


@pytest.mark.parametrize("family", sorted(LAWS))
def test_two_quantiles_give_back_the_law(family):
    law = LAWS[family]
    quantiles = {0.2: float(law.ppf(0.2)), 0.9: float(law.ppf(0.9))}
    mean, sd = moments_from_quantiles(made(family, quantiles=quantiles))
    assert math.isclose(mean, law.mean(), rel_tol=1e-6) and math.isclose(sd, law.std(), rel_tol=1e-6)


def test_one_quantile_gives_back_the_law():
    mean, _ = moments_from_quantiles(made("exponential", quantiles={0.5: 7 * math.log(2)}))
    assert math.isclose(mean, 7)
    erlang = stats.gamma(3, scale=5)
    mean, _ = moments_from_quantiles(made("erlang", stages=3, quantiles={0.8: float(erlang.ppf(0.8))}))
    assert math.isclose(mean, 15, rel_tol=1e-9)
    assert moments_from_quantiles(made("fixed", quantiles={0.5: 4.0})) == (4.0, 0.0)


@pytest.mark.parametrize("mean_and_sd", [(365.0, 0.5), (30.0, 0.05), (30.0, 1e-3), (5.0, 9.0)])
def test_narrow_and_wide_weibull_durations_keep_mean_and_spread(mean_and_sd):
    mean, sd = mean_and_sd
    duration = Duration(distribution="weibull", mean_days=mean, sd_days=sd)
    masses = step_masses(duration, mean, sd, 1 / 16, 200_000)
    steps = np.arange(len(masses))
    assert masses.sum() == pytest.approx(1.0)
    assert masses @ steps / 16 == pytest.approx(mean, rel=1e-6)
    variance = masses @ (steps / 16) ** 2 - (masses @ steps / 16) ** 2
    assert variance == pytest.approx(sd * sd, rel=1e-3, abs=0.25 / 256 * 1.01)


@pytest.mark.parametrize(
    ("family", "quantiles"),
    [
        ("lognormal", {0.49: 1e-6, 0.51: 1e7}),
        ("gamma", {0.000001: 1e-6, 0.00001: 1e7}),
        ("weibull", {0.5: 1e-6, 0.500001: 1e7}),
    ],
)
def test_durations_that_no_member_of_the_family_has_are_refused(family, quantiles):
    with pytest.raises(ScenarioError) as refusal:
        moments_from_quantiles(Duration(distribution=family, quantiles=quantiles))
    assert refusal.value.codes == ("L418",)


def test_very_near_quantiles_of_a_gamma_duration_are_as_good_as_normal():
    mean, sd = moments_from_quantiles(Duration(distribution="gamma", quantiles={0.1: 99.99, 0.9: 100.01}))
    assert mean == pytest.approx(100.0, abs=1e-3)
    assert sd == pytest.approx(0.01 / 1.2815515655446004, rel=1e-3)
