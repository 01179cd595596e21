"""Nobody is lost: in every step, replicate and group, entered - left = change of stock."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.systems import systems

import sojourn as sj
from sojourn.results import RunError, conserved

SLOW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SLOW
@given(systems(), st.integers(0, 2**63))
def test_every_random_system_balances(scenario, seed):
    run = sj.simulate(scenario, replicates=2, seed=seed, guard=True, workers=1)
    conserved(run)
    assert (run.stocks.values >= 0).all() and (run.flows.values >= 0).all()
    assert run.data["wait_count"].values.sum() == run.data["wait_hist"].values.sum()


@SLOW
@given(systems())
def test_means_balance_too(scenario):
    run = sj.simulate(scenario, mode="expected", guard=True, workers=1)
    conserved(run)
    assert np.isfinite(run.flows.values).all() and (run.stocks.values >= -1e-6).all()


def test_a_record_that_lost_someone_is_caught():
    run = sj.simulate(sj.load("two-routes"), replicates=1, seed=1)
    run.data["flows"][0, 3, 4, 0] += 1
    with pytest.raises(RunError, match="R401"):
        conserved(run)
