"""Expected mode is the mean of many draws where the system is linear, and moments of draws are those stated."""

import numpy as np
import pytest
from tests.engine.systems import quantity, small

import sojourn as sj

MANY = 4000
END = {"kind": "end", "outcome": "elsewhere"}


def z_scores(scenario, seed=1):
    """Distance of the mean of many draws from expected mode, in standard errors, per flow and step."""
    mean = sj.simulate(scenario, mode="expected").flows.values[0]
    flows = sj.simulate(scenario, replicates=MANY, seed=seed).flows.values
    error = flows.std(0, ddof=1) / np.sqrt(MANY)
    rare = mean * MANY < 30  # too few people for a normal approximation
    assert (np.abs(flows.mean(0) - mean)[rare] * MANY < 60).all()
    return ((flows.mean(0) - mean) / np.where(error > 0, error, np.inf))[~rare]


LINEAR = {
    "in": {
        "kind": "source",
        "inflow": {"type": "momentum", "level_per_day": 5, "trend_per_day": 0.02, "damping": 0.9, "feedback": [
            {"after": "hold -> out", "followers": 0.5, "lag": {"distribution": "exponential", "mean_days": 5}}]},
        "exits": "road",
    },
    "pool": {"kind": "source", "inflow": {"type": "pool", "pool": 80, "hazard_per_day": 0.05}, "exits": "road"},
    "late": {
        "kind": "source",
        "inflow": {"type": "intensity", "rate_per_day": 3.3, "noise": "negative-binomial", "dispersion": 2},
        "exits": "fork",
    },
    "road": {
        "kind": "journey",
        "dwell": {"distribution": "lognormal", "mean_days": 3, "sd_days": 4},
        "exits": {"fork": 0.8, "dead": 0.05, "road": {"share": "rest", "attempt": True}},
    },
    "fork": {"kind": "choice", "options": {"hold": {"risk": 0.1}, "out": {"legal": 0.5}},
             "coefficients": {"per_risk": -2}},
    "hold": {"kind": "hold", "hazards": {"out": 0.3, "dead": 0.05, "road": 0.1}, "initial": {"count": 50}},
    "out": END,
    "dead": END,
}  # fmt: skip


@pytest.mark.parametrize("step", [1.0, 0.5])
def test_expected_mode_is_the_mean_of_draws(step):
    z = z_scores(small(LINEAR, days=25, step=step))
    assert np.abs(z).max() < 5.0  # about 250 values
    assert 0.8 < z.std() < 1.2


@pytest.mark.parametrize("step", [1.0, 0.5])
def test_expected_mode_is_the_mean_of_momentum_that_wanders(step):
    inflow = LINEAR["in"]["inflow"] | {"sd_level": 0.08, "sd_trend": 0.02}
    z = z_scores(small(LINEAR | {"in": LINEAR["in"] | {"inflow": inflow}}, days=25, step=step))
    assert np.abs(z).max() < 5.0


def test_a_wrong_mean_is_caught():
    wrong = LINEAR | {"hold": LINEAR["hold"] | {"hazards": {"out": 0.32, "dead": 0.05, "road": 0.1}}}
    a = sj.simulate(small(LINEAR, days=25), mode="expected").flows.values[0]
    flows = sj.simulate(small(wrong, days=25), replicates=MANY, seed=1).flows.values
    z = (flows.mean(0) - a) / np.maximum(flows.std(0, ddof=1) / np.sqrt(MANY), 1e-9)
    assert np.abs(z).max() > 10


def test_exact_sources_add_up_to_what_is_published():
    stages = {
        "in": {"kind": "source", "inflow": {"type": "series", "series": "counts"}, "exits": "out"},
        "out": END,
    }
    series = {"counts": {"unit": "person", "start": "2024-01-01", "values": [1234, 77, 0, 35]}}
    run = sj.simulate(small(stages, days=121, series=series), replicates=2, seed=1, record="month")
    assert run.flows.values[:, :, 0, 0].tolist() == [[1234, 77, 0, 35]] * 2


def test_reneging_takes_each_person_at_the_hazard_of_the_time_waited():
    """Nobody is served, so those who are left follow the survival function of patience."""
    patience = {"distribution": "gamma", "mean_days": 8, "sd_days": 5}
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "queue"},
        "queue": {"kind": "queue", "servers": 0, "rate_per_day": 1, "patience": {"time": patience, "to": "out"},
                  "exits": "out", "initial": {"count": 600, "age_days": 10}},
        "out": END,
    }  # fmt: skip
    rate = {"rate": quantity("rate", 40, steps={"2024-01-02": 0.3, "2024-01-12": 0})}
    s = small(stages, days=25, quantities=rate)
    z = z_scores(s)
    assert np.abs(z).max() < 5.0 and 0.7 < z.std() < 1.3
    flows = sj.simulate(s, replicates=MANY, seed=1).flows.values[:, :, 1, 0]
    # 600 people start in ten cohorts of known size: the first step is a sum of binomials.
    chances = sj.simulate(s, mode="expected").flows.values[0, 0, 1, 0] / 600
    spread = flows[:, 0].var() / (600 * chances * (1 - chances))
    assert 0.85 < spread < 1.05  # at most binomial: hazards differ between cohorts
    assert (flows.sum(1) <= 600 + 40 + 60).all()


def test_a_backlog_older_than_the_run_keeps_its_patience():
    stages = {
        "queue": {"kind": "queue", "servers": 0, "rate_per_day": 1, "exits": "out",
                  "patience": {"time": {"distribution": "exponential", "mean_days": 1000}, "to": "out"},
                  "initial": {"count": 10000, "age_days": 900}},
        "out": END,
    }  # fmt: skip
    run = sj.simulate(small(stages, days=20), replicates=50, seed=1)
    lost = run.flows.values[:, :, 0, 0]
    assert abs(lost.mean() - 10.0) < 5 * np.sqrt(10.0 / lost.size)
    assert lost.max() < 40


def test_disciplines_and_classes():
    def waits(discipline, **more):
        stages = {
            "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "queue"},
            "queue": {"kind": "queue", "servers": 1, "rate_per_day": 10, "discipline": discipline, "exits": "out",
                      **more},
            "out": END,
        }  # fmt: skip
        rate = {"rate": quantity("rate", 8, steps={"2024-01-21": 2})}
        run = sj.simulate(small(stages, days=60, groups=2, quantities=rate), replicates=20, seed=1)
        hist = run.data["wait_hist"].values[:, 0].sum(0)
        steps = run.data["wait_bin"].values
        mean = (hist * steps[:, None]).sum(0) / hist.sum(0)
        square = (hist.sum(1) * steps**2).sum() / hist.sum()
        return mean, square, hist.sum()

    fifo, lifo, random = (waits(d) for d in ("fifo", "lifo", "random"))
    first = waits("priority", priority=[["b"], ["a"]])
    assert fifo[2] == lifo[2] == random[2] == first[2]  # everyone is served in the end
    means = [(w[0] * 1).mean() for w in (fifo, lifo, random)]
    assert np.allclose(means, means[0], rtol=0.02)  # the mean wait does not depend on the order, its spread does
    assert fifo[1] < random[1] < lifo[1]
    assert first[0][1] < 0.1 < 2.0 < first[0][0]
    assert np.isclose(first[0].mean(), means[0], rtol=0.02)
