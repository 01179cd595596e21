"""The quick part of ``python -m verification``, and wrong rules caught."""

import pytest

from verification import flow_theory
from verification.common_numbers import BAR, DOWN_THE_CHAIN, savings
from verification.flow_oracles import FAULTS, SIMULATORS, compare, run_sojourn
from verification.flow_theory import CHECKS, EXPONENTIAL, discretisation, erlang_a, wait_mdc, wait_mg1, wait_mmc


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_closed_forms(check):
    failed = [str(verdict) for verdict in check(0.2) if not verdict.passes]
    assert not failed, "\n".join(failed)


def test_the_closed_forms_agree_with_each_other_and_with_tables():
    assert wait_mmc(0.7, 1) == pytest.approx(wait_mg1(0.7, 1.0))
    assert wait_mdc(0.7, 1) == pytest.approx(wait_mg1(0.7, 0.0), rel=1e-6)
    assert wait_mmc(1.5, 2) == pytest.approx(1.5**2 / (4 - 1.5**2))
    assert erlang_a(0.8, 1, 1e9)[0] == pytest.approx(0.64 / 0.2, rel=1e-4)


def test_a_wrong_service_time_is_caught():
    queue = {"servers": 3, "service": EXPONENTIAL | {"mean_days": 1.05}}
    assert not flow_theory._wait("M/M/3", 2.3, queue, wait_mmc(2.3, 3), 0.2, 1).passes


def test_the_error_shrinks_with_the_step():
    rows = {step: error for step, error, _ in discretisation(0.05)}
    assert abs(rows[1.0]) < abs(rows[8.0]) / 4 and rows[8.0] > 2 * rows[4.0] > 4 * rows[2.0] > 0


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_other_simulators_agree_and_wrong_rules_are_noticed(name):
    theirs = SIMULATORS[name](50, 2)
    assert min(compare(run_sojourn(300, 1), theirs)) >= 0.01
    for fault in FAULTS:
        assert min(compare(run_sojourn(100, 1, fault), theirs)) < 1e-4, fault


def test_common_random_numbers_reach_the_bar():
    assert min(s.ratio for s in savings(200)[:DOWN_THE_CHAIN]) >= BAR
