"""The likelihood of published figures from plain arrays: that of a run, and that of SciPy."""

import pickle

import numpy as np
import pytest
from scipy import special, stats

import sojourn as sj
from sojourn.forecast.scores import log_score
from sojourn.observation import by_station
from sojourn.observation.capture import Captures
from sojourn.observation.likelihood import Likelihood
from sojourn.simulate import compile_model

GATE = """
name: gate
time: {start: 2023-01-01, end: 2024-12-31, record: RECORD}
groups: {a: {nationality: OOO}, b: {nationality: XKX}}
quantities:
  seen: {kind: share, unit: "1", value: 0.5, by_group: {b: 0.2}, prior: {distribution: beta, mean: 0.5, sd: 0.1}}
  wait: {kind: duration, unit: day, value: 20, prior: {distribution: lognormal, median: 20, sd_log: 0.3}}
  spread: {kind: ratio, unit: "1", value: 12, prior: {distribution: lognormal, median: 12, sd_log: 0.4}}
stages:
  gate: {kind: source, inflow: {type: intensity, rate_per_day: 40}, exits: inside}
  inside: {kind: end, outcome: settled}
series:
  months: {unit: person, period: month, start: 2023-01-01, values: [1240, null, 1260, 1150, 1230, 1190]}
  years: {unit: person, period: fiscal-year, start: 2022-10-01, values: [4000, 8000]}
observations:
  late: {of: [gate -> inside], series: months, unit: person, share_captured: seen, noise: negative-binomial,
         dispersion: spread, delay: {distribution: gamma, mean_days: wait, sd_days: 8}}
  one: {of: [gate -> inside], groups: [b], series: months, unit: person, noise: poisson, rounding: 10}
  kept: {of: [inside], measure: stock, series: years, unit: person}
"""

NATS = 18.0
"""Up to here the score, a difference of distribution functions in doubles, is exact to 1e-7."""


def carried(base):
    """Return a model, its likelihood as another process would get it, and a run of three replicates."""
    model = compile_model(base)
    likelihood = pickle.loads(pickle.dumps(Likelihood(model)))  # noqa: S301
    return model, likelihood, sj.simulate(base, replicates=3, seed=11)


@pytest.fixture(scope="module")
def road():
    """Return the same of the main scenario."""
    return carried(sj.load("china-us"))


def gate(record="month"):
    """Return the same of a small scenario with delay, groups, rounding, stocks and priors."""
    return carried(sj.loads(GATE.replace("RECORD", record)))


def records(model, run):
    """Yield the arrays of each replicate and its draw, without a run."""
    draws = model.prior_draws(run.seed, range(run.replicates))
    for i in range(run.replicates):
        draw = model.draw(draws, i)
        state = model.advance(model.init(seed=run.seed, replicate=i, draw=draw), model.n_step)
        yield model.record(state), draw


def same_as_the_run(model, likelihood, run):
    """Compare everything that is worked out from arrays with what a run gives."""
    seen = by_station(run)
    for i, (record, draw) in enumerate(records(model, run)):
        assert np.array_equal(record["flows"], run.flows.values[i])
        found, probability = likelihood.expected(record, draw), likelihood.log_likelihood(record, draw)
        assert list(found) == list(seen) == list(probability)
        for name, data in seen.items():
            assert np.array_equal(found[name].expected, data["expected_count"].values[i], equal_nan=True)
            assert np.array_equal(found[name].size, data["dispersion"].values[i], equal_nan=True)
            assert np.array_equal(found[name].complete, data["complete"].values)
            published = data["published_count"].values
            assert np.array_equal(likelihood.stations[name].published, published, equal_nan=True)
            used = data["complete"].values & np.isfinite(published)
            assert np.array_equal(~np.isnan(probability[name]), used)
            if data.attrs["noise"] != "none":
                scored = by_score(data.isel(replicate=[i], time=used))
                at = scored < NATS
                assert at.any()
                np.testing.assert_allclose(-probability[name][used][at], scored[at], rtol=1e-6)


def by_score(data):
    """Return the log score of one replicate."""
    size = data["dispersion"].values if data.attrs["noise"] == "negative-binomial" else None
    return log_score(data["expected_count"].values, size, data["published_count"].values, data.attrs["rounding"])


def test_the_main_scenario_is_seen_as_through_a_run(road):
    same_as_the_run(*road)


@pytest.mark.parametrize("record", ["step", "week", "month"])
def test_a_small_scenario_is_seen_as_through_a_run(record):
    same_as_the_run(*gate(record))


def test_the_likelihood_is_that_of_scipy():
    model, likelihood, run = gate()
    (record, draw), *_ = records(model, run)
    seen, found = likelihood.expected(record, draw), likelihood.log_likelihood(record, draw)
    mean, size, published = seen["late"].expected, seen["late"].size, likelihood.stations["late"].published
    assert size[0] != 12  # drawn
    used = np.isfinite(found["late"])
    assert used.sum() == 4  # the first month lies in part before the run, the second is not published
    whole = stats.nbinom(size[used], size[used] / (size[used] + mean[used])).logpmf(published[used])
    np.testing.assert_allclose(found["late"][used], whole, rtol=1e-9)
    mean, published = seen["one"].expected[0], likelihood.stations["one"].published[0]
    ones = published + np.arange(-5, 5)
    assert found["one"][0] == pytest.approx(special.logsumexp(stats.poisson(mean).logpmf(ones)), rel=1e-9)


def test_only_figures_until_a_day_are_used(road):
    model, likelihood, run = road
    (record, draw), *_ = records(model, run)
    every = likelihood.log_likelihood(record, draw)
    early = likelihood.log_likelihood(record, draw, until=np.datetime64("2024-01-01"))
    for name, station in likelihood.stations.items():
        before = station.end <= np.datetime64("2024-01-01")
        assert np.array_equal(early[name][before], every[name][before], equal_nan=True)
        assert np.isnan(early[name][~before]).all()


def test_only_what_a_draw_moves_is_worked_out_again(road):
    model, _, _ = road
    draw = model.draw(model.prior_draws(3, range(1)), 0)
    captures, every = (Captures(model.scenario, model.labels.record) for _ in range(2))
    central, moved = captures.work_out(), captures.work_out(draw)
    kept = [name for name in central if moved[name] is central[name]]
    assert kept and len(kept) < len(central)
    every._depends_on = lambda name, touched: True
    for name, capture in every.work_out(draw).items():
        assert np.array_equal(capture.weight, moved[name].weight)
        assert np.array_equal(capture.dispersion, moved[name].dispersion, equal_nan=True)
