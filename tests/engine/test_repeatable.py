"""One seed, named streams: results do not depend on workers, on how many replicates run, or on other components."""

import numpy as np
import pytest
from tests.engine.systems import quantity, small

import sojourn as sj

NAMES = ("border-post", "court-backlog", "two-routes")


def same(a, b):
    return all(np.array_equal(a.data[v].values, b.data[v].values) for v in a.data.data_vars)


@pytest.mark.parametrize("name", NAMES)
def test_workers_change_nothing(name):
    one, two = (sj.simulate(sj.load(name), replicates=6, seed=5, workers=w) for w in (1, 2))
    assert same(one, two)
    assert not same(one, sj.simulate(sj.load(name), replicates=6, seed=6))


def test_the_first_ten_of_a_thousand_are_the_run_of_ten():
    ten = sj.simulate(sj.load("border-post"), replicates=10, seed=3)
    thousand = sj.simulate(sj.load("border-post"), replicates=1000, seed=3)
    for name in ten.data.data_vars:
        assert np.array_equal(ten.data[name].values, thousand.data[name].values[:10])
    later = sj.simulate(sj.load("border-post"), replicates=5, first=5, seed=3)
    assert same(sj.concat([sj.simulate(sj.load("border-post"), replicates=5, seed=3), later]), ten)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_run_repeats_to_the_bit(name, tmp_path):
    run = sj.simulate(sj.load(name), replicates=3, seed=8)
    run.save(tmp_path / "run")
    opened = sj.open_run(tmp_path / "run")
    assert opened.identical(run)
    assert opened.rerun().identical(opened)


STAGES = {
    "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "road"},
    "road": {
        "kind": "journey",
        "dwell": {"distribution": "gamma", "mean_days": 4, "sd_days": 2},
        "exits": {"post": "share", "gone": "rest"},
    },
    "post": {"kind": "queue", "servers": 3, "rate_per_day": "speed", "exits": "gone"},
    "gone": {"kind": "end", "outcome": "elsewhere"},
}
QUANTITIES = {
    "rate": quantity("rate", 6.0),
    "share": quantity("share", 0.7, prior={"distribution": "beta", "mean": 0.7, "sd": 0.05}),
    "speed": quantity("rate", 1.2, unit="person / server / day"),
}
OTHER = {
    "elsewhere": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 9}, "exits": "stay"},
    "stay": {"kind": "hold", "hazards": {"left": 0.1}},
    "left": {"kind": "end", "outcome": "elsewhere"},
}


def test_a_stage_elsewhere_leaves_other_draws_unchanged():
    plain = small(STAGES, days=60, quantities=QUANTITIES)
    more = small(OTHER | STAGES, days=60, quantities=QUANTITIES)
    a, b = (sj.simulate(s, replicates=4, seed=2) for s in (plain, more))
    assert np.array_equal(a.flows.values, b.flows.sel(flow=a.flows["flow"]).values)
    assert np.array_equal(a.stocks.values, b.stocks.sel(stage=a.stocks["stage"]).values)
    assert np.array_equal(a.data["wait_hist"].values, b.data["wait_hist"].values)


def test_a_group_elsewhere_leaves_other_draws_unchanged():
    plain = small(STAGES, days=60, quantities=QUANTITIES)
    post = {"kind": "queue", "servers": 3, "rate_per_day": "speed", "exits": "gone"}
    source = STAGES["in"] | {"groups": ["a"]}
    apart = STAGES | {"in": source, "post": post} | {"elsewhere": OTHER["elsewhere"] | {"groups": ["b"]}}
    more = small(apart | {"stay": OTHER["stay"], "left": OTHER["left"]}, days=60, groups=2, quantities=QUANTITIES)
    a, b = (sj.simulate(s, replicates=4, seed=2) for s in (plain, more))
    assert np.array_equal(a.flows.values[..., 0], b.flows.sel(flow=a.flows["flow"]).values[..., 0])
    assert b.flows.values[..., 1].sum() > 0


def test_a_policy_changes_only_what_is_downstream_and_later():
    plain = small(STAGES, days=60, quantities=QUANTITIES)
    change = {"quantity": "speed", "scale": 1.5}
    more = small(
        STAGES, days=60, quantities=QUANTITIES, policies={"p": {"start": "2024-01-31", "changes": [change]}}
    )
    a, b = (sj.simulate(s, replicates=4, seed=2) for s in (plain, more))
    upstream = ["in -> road", "road -> post", "road -> gone"]
    assert np.array_equal(a.flows.sel(flow=upstream).values, b.flows.sel(flow=upstream).values)
    before = slice(None, "2024-01-30")
    assert np.array_equal(a.flows.sel(time=before).values, b.flows.sel(time=before).values)
    assert not np.array_equal(a.flows.values, b.flows.values)


def test_priors_move_only_what_they_are_of():
    plain = small(STAGES, days=40, quantities=QUANTITIES)
    also = QUANTITIES | {"rate": quantity("rate", 6.0, prior={"distribution": "gamma", "mean": 6, "sd": 1})}
    a, b = (sj.simulate(small(STAGES, days=40, quantities=q), replicates=5, seed=4) for q in (QUANTITIES, also))
    assert np.array_equal(a.parameters.sel(quantity="share").values, b.parameters.sel(quantity="share").values)
    assert (
        sj.simulate(plain, replicates=2, seed=4, parameters="central").parameters.sel(quantity="share").values.std()
        == 0
    )
