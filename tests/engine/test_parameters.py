"""Tables of parameter draws: whole quantities and single periods, drawn and expected, refused with codes."""

import threading
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest
from tests.engine.systems import quantity, small

import sojourn as sj
from sojourn.engine.codes import CODES, ModelError

RATE = {"distribution": "lognormal", "median": 20, "sd_log": 0.3}
STAGES = {
    "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "road"},
    "road": {
        "kind": "journey",
        "dwell": {"distribution": "exponential", "mean_days": "days"},
        "exits": {"there": "share", "back": "rest"},
    },
    "there": {"kind": "end", "outcome": "elsewhere"},
    "back": {"kind": "end", "outcome": "returned"},
}
QUANTITIES = {
    "rate": quantity("rate", 20.0, prior=RATE),
    "days": quantity("duration", 3.0),
    "share": quantity("share", 0.4, prior={"distribution": "beta", "mean": 0.4, "sd": 0.1}),
}


def system(**more):
    return small(STAGES, days=90, **({"quantities": QUANTITIES} | more))


def same(a, b):
    return all(np.array_equal(a.data[v].values, b.data[v].values) for v in ("stocks", "flows", "parameters"))


def test_the_recorded_draws_of_a_run_give_the_same_run():
    drawn = sj.simulate(system(), replicates=5, seed=3)
    table = {str(n): drawn.parameters.sel(quantity=n).values for n in drawn.data["quantity"].values}
    assert same(sj.simulate(system(), parameters=table, seed=3), drawn)
    assert same(sj.simulate(system(), parameters=pd.DataFrame(table), seed=3, workers=2), drawn)


def test_any_quantity_can_be_set_as_if_the_scenario_said_so():
    given = sj.simulate(system(), parameters={"days": 8.0, "rate": 31.0, "share": 0.4}, replicates=3, seed=3)
    written = system(
        quantities={
            "rate": quantity("rate", 31.0),
            "days": quantity("duration", 8.0),
            "share": quantity("share", 0.4),
        }
    )
    said = sj.simulate(written, replicates=3, seed=3)
    assert np.array_equal(given.flows.values, said.flows.values)


def test_a_value_for_one_period_holds_in_that_period_only():
    steps = {"2024-02-01": 55.0, "2024-03-01": 20.0}
    plain = {n: {k: v for k, v in q.items() if k != "prior"} for n, q in QUANTITIES.items()}
    written = system(quantities=plain | {"rate": quantity("rate", 20.0, steps=steps)})
    given = sj.simulate(system(), parameters={"rate[2024-02]": 55.0}, replicates=2, seed=3)
    assert np.array_equal(given.flows.values, sj.simulate(written, replicates=2, seed=3).flows.values)
    assert sorted(given.data["quantity"].values) == ["rate", "rate[2024-02]", "share"]
    day = sj.simulate(system(), parameters={"rate[2024-01-05]": 0.0}, seed=3, mode="expected")
    assert day.flows.sel(flow="in -> road").values[0, :6, 0].tolist() == [20, 20, 20, 20, 0, 20]


def test_policies_act_on_top_of_a_path():
    policies = {"halved": {"start": "2024-02-10", "changes": [{"quantity": "rate", "scale": 0.5}]}}
    run = sj.simulate(system(policies=policies), parameters={"rate[2024-02]": 60.0}, mode="expected", seed=1)
    flow = run.flows.sel(flow="in -> road").values[0, :, 0]
    assert flow[[30, 31, 39, 40, 59, 60]].tolist() == [20, 60, 60, 30, 30, 10]


def test_a_table_in_expected_mode_gives_a_mean_for_each_draw():
    rates = np.array([10.0, 20.0, 40.0])
    run = sj.simulate(system(), parameters={"rate": rates}, mode="expected", seed=1)
    assert run.replicates == 3
    assert np.allclose(run.flows.sel(flow="in -> road").values[:, :, 0], rates[:, None])


def test_runs_of_given_parameters_are_saved_and_repeated_to_the_bit(tmp_path):
    table = {"days": [1.0, 9.0], "rate[2024-02]": [5.0, 50.0]}
    run = sj.simulate(system(), parameters=table, seed=3)
    run.save(tmp_path / "run")
    opened = sj.open_run(tmp_path / "run")
    assert opened.provenance["parameters"] == "given"
    assert opened.rerun().identical(run)


def test_processes_give_the_same_bits():
    one = sj.simulate(system(), replicates=9, seed=3)
    with ProcessPoolExecutor(2) as executor:
        assert sj.simulate(system(), replicates=9, seed=3, executor=executor, workers=2).identical(one)


@pytest.mark.parametrize(
    ("code", "table"),
    [
        ("M101", {"speed": 1.0}),
        ("M101", {"speed[2024-02]": 1.0}),
        ("M102", {"rate": [1.0, 2.0], "days": [1.0]}),
        ("M102", {"rate": [[1.0]]}),
        ("M103", {"rate": np.nan}),
        ("M104", {"rate[2031]": 1.0}),
        ("M104", {"rate[May]": 1.0}),
        ("M105", {"rate": [1.0, 2.0, 3.0]}),
    ],
)
def test_a_wrong_table_is_refused(code, table):
    assert code in CODES
    with pytest.raises(ModelError) as caught:
        sj.simulate(system(), parameters=table, replicates=2, seed=1)
    assert set(caught.value.codes) == {code}


def test_every_problem_of_a_table_is_reported_at_once():
    with pytest.raises(ModelError) as caught:
        sj.simulate(system(), parameters={"rat": 1.0, "rate": np.inf, "days[never]": 2.0}, seed=1)
    assert sorted(caught.value.codes) == ["M101", "M103", "M104"]
    assert "did you mean: rate" in str(caught.value)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cancel_token_stops_the_run_and_keeps_what_is_finished(workers):
    cancel = threading.Event()

    def progress(done, _):
        if done == 3:
            cancel.set()

    with pytest.raises(sj.Interrupted) as caught:
        sj.simulate(system(), replicates=100, seed=3, progress=progress, cancel=cancel, workers=workers)
    assert not isinstance(caught.value, KeyboardInterrupt)
    kept = caught.value.run
    assert 3 <= kept.replicates < 100
    assert kept.identical(sj.simulate(system(), replicates=kept.replicates, seed=3))


def test_a_token_set_before_stops_before_the_first_replicate():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(sj.Interrupted) as caught:
        sj.simulate(system(), replicates=4, seed=3, cancel=cancel)
    assert caught.value.run is None
