"""Counts are exactly the quantiles of their distributions, wherever the fast expansion could be off by one."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numba import njit
from scipy import special, stats

from sojourn.engine import quantile

LEAST = 2.0**-53
CHANCE = st.one_of(st.floats(1e-9, 1.0 - 1e-9), st.floats(1e-9, 1e-2), st.sampled_from([0.5, 0.25, 0.499999999]))
PART = st.one_of(
    st.integers(0, 2**52 - 1),
    st.floats(0.0, 52.0).map(lambda x: int(2.0**x) - 1),
    st.floats(0.0, 52.0).map(lambda x: 2**52 - int(2.0**x)),
)
UNIFORM = PART.map(lambda i: (i + 0.5) * 2.0**-52)  # what a stream gives, thick at both ends


@njit
def binomial(u, n, p):
    return quantile.binomial_quantile(u, n, p, quantile.UNKNOWN)


@njit
def binomial_by_hazard(u, n, p):
    return quantile.binomial_quantile(u, n, p, -math.log1p(-p))


@njit
def poisson(u, mean):
    return quantile.poisson_quantile(u, mean)


@njit
def normal(u):
    return quantile.normal_quantile(u)


@njit
def hypergeometric(u, good, bad, sample):
    return quantile.hypergeometric_quantile(u, good, bad, sample)


def reaches(law, k: float, u: float, slack: float) -> bool:
    """Whether the distribution function at k is at least u, compared on the thinner side, within a relative slack.

    Sums of masses that end near 1 are rounded to units of 1e-16, which is as much slack again.
    """
    rounding = math.copysign(1e-14, slack)
    if u < 0.5:
        return law.cdf(k) >= u * (1.0 - slack)
    return law.sf(k) <= (1.0 - u) * (1.0 + slack) + rounding


def is_quantile(law, k: float, u: float, slack: float) -> bool:
    return reaches(law, k, u, slack) and (k <= 0 or not reaches(law, k - 1, u, -slack))


@settings(max_examples=400, deadline=None)
@given(u=UNIFORM, n=st.integers(1, 10**6), p=CHANCE)
@example(u=2.0**-53, n=464, p=0.9921875)
def test_binomial_reaches_u_first(u, n, p):
    assert is_quantile(stats.binom(n, p), binomial(u, float(n), p), u, 1e-9)


@settings(max_examples=200, deadline=None)
@given(u=UNIFORM, mean=st.floats(1e-3, 1e6))
def test_poisson_reaches_u_first(u, mean):
    assert is_quantile(stats.poisson(mean), poisson(u, mean), u, 1e-9)


def steps(law) -> np.ndarray:
    """Counts k near which u is put: all within 6 sd of the mean, at most 200 of them."""
    sd = law.std()
    low, high = max(0.0, math.floor(law.mean() - 6 * sd)), math.ceil(law.mean() + 6 * sd)
    return np.unique(np.floor(np.linspace(low, high, 200)))


LAWS = [
    (float(n), p)
    for mean in (4.9, 5.0, 6.0, 9.0, 14.0, 30.0, 200.0, 5e4)
    for p in (1e-4, 0.003, 0.05, 0.2, 0.35, 0.5)
    for n in (math.ceil(mean / p),)
]


def around(law):
    """Yield (u, k): u just below, and just above, what the distribution function is at k - 1."""
    for k in steps(law):
        for side, far in ((-1.0, 0.0), (1.0, 1.0)):
            below, above = law.cdf(k), law.sf(k)
            u = below * (1.0 + side * 1e-8) if below < 0.5 else 1.0 - above * (1.0 - side * 1e-8)
            if min(below, above) > 1e-7 and 0.0 < u < 1.0:
                yield u, k + far


@pytest.mark.parametrize(("n", "p"), LAWS)
def test_the_step_is_where_the_distribution_function_steps(n, p):
    """Just below and just above a value of the distribution function the counts are neighbours."""
    law = stats.binom(n, p)
    for u, k in around(law):
        assert binomial(u, n, p) == k
        assert n - binomial(1.0 - u, n, 1.0 - p) == k
    law = stats.poisson(n * p)
    for u, k in around(law):
        assert poisson(u, n * p) == k


def test_far_out_among_hundreds_of_millions_in_many_digits():
    """Where SciPy's distribution function is 2e-8 off (6 of 300 million at 1e-7): the law in 60 digits."""
    n, k = 300_000_000, 6
    with localcontext(prec=60):
        chance = Decimal.from_float(1e-7)
        law = [math.comb(n, j) * chance**j * (1 - chance) ** (n - j) for j in range(k + 1)]
        u = float(sum(law))
    assert binomial(u * (1.0 - 1e-12), float(n), 1e-7) == k
    assert binomial(u * (1.0 + 1e-12), float(n), 1e-7) == k + 1


@settings(max_examples=300, deadline=None)
@given(
    mean=st.floats(math.log(quantile.FEW_EXPECTED), math.log(3e4)).map(math.exp),
    p=st.one_of(st.floats(1e-3, 0.5), st.floats(math.log(1e-5), math.log(0.5)).map(math.exp), st.just(0.0)),
)
def test_the_bound_of_the_expansion_holds_at_every_step(mean, p):
    """At the normal quantile of the distribution function at k, the expansion is k + 1 within its bound."""
    law = stats.poisson(mean) if p == 0.0 else stats.binom(math.ceil(mean / p), p)
    claimed = 0
    for k in steps(law):
        below, above = law.cdf(k), law.sf(k)
        if below > 0.0 and above > 0.0:
            w = special.ndtri(below) if below < 0.5 else -special.ndtri(above)
            x, error = quantile._expansion.py_func(w, p, law.mean())
            assert abs(x - (k + 1)) <= error + 1e-6  # of SciPy's own error in the thin tails
            claimed += error < math.inf
    assert claimed > 2


def test_without_the_check_steps_are_missed(monkeypatch):
    """The planted fault: the expansion taken as it is."""
    monkeypatch.setattr(quantile, "normal_quantile", special.ndtri)
    monkeypatch.setattr(quantile, "_expansion", quantile._expansion.py_func)
    monkeypatch.setattr(quantile, "_search", lambda u, n, p, mean, k: k)
    wrong = 0
    for n, p in LAWS:
        if n * p >= quantile.FEW_EXPECTED:
            law = stats.binom(n, p)
            wrong += sum(quantile._refined.py_func(u, n, p, n * p) != k for u, k in list(around(law))[::7])
    assert wrong > 100


@settings(max_examples=100, deadline=None)
@given(u=UNIFORM, n=st.integers(1, 10**6), p=CHANCE, more=st.integers(0, 50), likelier=st.floats(0.0, 0.5))
def test_more_people_or_a_higher_chance_never_mean_fewer(u, n, p, more, likelier):
    k = binomial(u, float(n), p)
    assert 0 <= k <= n
    assume(1e-12 < u < 1.0 - 1e-12)  # beyond, sums of masses are rounded by as much as they differ
    assert binomial(u, float(n + more), p) >= k
    assert binomial(u, float(n), p + (1.0 - p) * likelier) >= k


def test_the_last_numbers_on_either_side_never_leave_the_range():
    for u in (LEAST, 2 * LEAST, 1.0 - LEAST, 1.0 - 2 * LEAST):
        for n in range(1, 60):
            for p in np.linspace(0.01, 0.99, 50):
                assert 0.0 <= binomial(u, float(n), p) <= n


def test_a_hazard_in_place_of_the_chance_gives_the_same():
    u = (np.arange(2000) + 0.5) / 2000
    for n, p in ((7.0, 0.4), (900.0, 0.004), (300.0, 0.2), (40.0, 0.7)):
        assert [binomial(x, n, p) for x in u] == [binomial_by_hazard(x, n, p) for x in u]


def test_nobody_everybody_and_the_vast():
    assert [binomial(0.3, n, p) for n, p in ((0.0, 0.5), (9.0, 0.0), (9.0, 1.0), (1.0, 0.69), (1.0, 0.71))] == [
        0.0, 0.0, 9.0, 0.0, 1.0
    ]  # fmt: skip
    assert poisson(0.5, 0.0) == 0.0
    for u in (LEAST, 1e-9, 0.3, 1.0 - LEAST):
        n, w = 1e14, float(special.ndtri(u))
        assert abs(binomial(u, n, 0.25) - (n / 4 + w * math.sqrt(n * 3 / 16))) < 10.0


def test_the_normal_quantile():
    u = np.concatenate([(np.arange(999) + 0.5) / 999, 2.0 ** -np.arange(5.0, 54.0)])
    assert np.allclose([normal(x) for x in u], special.ndtri(u), rtol=1e-14, atol=1e-15)


SIZES = st.one_of(st.integers(0, 60), st.floats(0.0, 12.0).map(lambda x: int(math.exp(x))))


@settings(max_examples=400, deadline=None)
@given(u=UNIFORM, good=SIZES, bad=SIZES, data=st.data())
def test_hypergeometric_reaches_u_first(u, good, bad, data):
    assume(good + bad > 0)
    sample = data.draw(st.integers(0, good + bad))
    k = hypergeometric(u, float(good), float(bad), float(sample))
    assert max(0, sample - bad) <= k <= min(good, sample)
    assert is_quantile(stats.hypergeom(good + bad, good, sample), k, u, 1e-8)


@pytest.mark.parametrize("variance", [26, 60, 300, 5_000])
@pytest.mark.parametrize("part", [0.5, 0.2, 0.03])
@pytest.mark.parametrize("drawn", [0.5, 0.1, 0.9])
def test_the_step_of_a_hypergeometric_count_is_where_its_distribution_function_steps(variance, part, drawn):
    total = math.ceil(variance / (part * (1 - part) * drawn * (1 - drawn)))
    good, sample = round(part * total), round(drawn * total)
    law = stats.hypergeom(total, good, sample)
    low, high = max(0, sample - total + good), min(good, sample)
    for u, k in list(around(law))[::3]:
        if low <= k - 1 and k <= high:
            assert hypergeometric(u, float(good), float(total - good), float(sample)) == k


def test_a_sum_that_begins_below_the_smallest_numbers_is_not_used():
    """The mass of none of 1,956 in a sample of 229 is 1e-318, of which few digits are kept."""
    assert hypergeometric(0.9999994457797686, 1956.0, 229.0, 229.0) == 223.0


@pytest.mark.parametrize("total", [10**8, 10**12, 2.0**53])
def test_vast_hypergeometric_counts_have_mean_and_spread_and_end(total):
    """The hang of sums of rounded masses that never reach u."""
    good, sample = float(round(total * 0.4)), float(round(total * 0.3))
    variance = sample * 0.4 * 0.6 * 0.7
    u = (np.arange(2000) + 0.5) / 2000
    drawn = np.array([hypergeometric(x, good, total - good, sample) for x in u])
    assert abs(drawn.mean() - sample * good / total) < 0.01 * math.sqrt(variance)
    assert abs(drawn.std() / math.sqrt(variance) - 1.0) < 0.01
    assert np.all(np.diff(drawn) >= 0)


@settings(max_examples=100, deadline=None)
@given(u=UNIFORM, good=st.integers(1, 10**5), bad=st.integers(1, 10**5), data=st.data())
def test_more_good_ones_or_a_larger_sample_never_mean_fewer(u, good, bad, data):
    assume(1e-12 < u < 1.0 - 1e-12)
    sample = data.draw(st.integers(0, good + bad))
    k = hypergeometric(u, float(good), float(bad), float(sample))
    assert hypergeometric(u, float(good + 1), float(bad), float(sample)) >= k
    assert hypergeometric(u, float(good), float(bad), float(min(sample + 1, good + bad))) >= k


def test_beyond_whole_numbers_means_are_given_and_nothing_hangs():
    for n in (1e17, 1e300, math.inf):
        assert poisson(0.3, n) == n
        assert binomial(0.3, n, 0.25) == 0.25 * n
        assert not 0.0 <= hypergeometric(0.3, n, n, n) < 1e16
