"""Exits that change the group conserve people; room that stages share is never exceeded, and is brought along."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.systems import quantity, small

import sojourn as sj
from sojourn.results import RunError, conserved

OUT = {"kind": "end", "outcome": "elsewhere"}
THREE_DAYS = {"distribution": "fixed", "mean_days": 3}
GROUPS = ("a", "b", "c")


def source(rate=20.0, **more):
    return {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": rate, **more}}


def growing(becomes, **more):
    stages = {
        "in": source() | {"exits": "home"},
        "home": {"kind": "hold", "hazards": {"home": 0.05, "court": 0.02}, "becomes": {"home": becomes}},
        "court": {
            "kind": "queue",
            "servers": 2,
            "rate_per_day": 1.5,
            "discipline": "priority",
            "priority": [["a"], ["b", "c"]],
            "exits": {"road": {"share": 0.6, "becomes": {"a": "c"}}, "out": "rest"},
        },
        "road": {
            "kind": "journey",
            "dwell": {"distribution": "gamma", "mean_days": 9, "sd_days": 4},
            "exits": {"out": {"becomes": "b"}},
        },
        "out": OUT,
    }
    return small(stages, days=80, groups=3, **more)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(GROUPS), st.sampled_from(GROUPS), min_size=1), st.integers(0, 2**63))
def test_people_who_change_their_group_are_neither_lost_nor_made(becomes, seed):
    run = sj.simulate(growing(becomes), replicates=2, seed=seed, guard=True)
    conserved(run)
    conserved(sj.simulate(growing(becomes), mode="expected", seed=seed, guard=True))
    entered = run.flows.sel(flow="in -> home").values.sum((1, 2))
    assert np.array_equal(run.stocks.values[:, -1].sum((1, 2)), entered)


def test_a_run_that_changes_no_group_says_nothing_of_it_and_one_that_does_is_checked(tmp_path):
    assert "becomes" not in sj.simulate(sj.load("two-routes"), replicates=1, seed=1).data
    run = sj.simulate(growing({"a": "b"}), replicates=2, seed=1)
    assert run.data["becomes"].sel(flow="road -> out").values.tolist() == [1, 1, 1]
    run.save(tmp_path / "run")
    assert sj.open_run(tmp_path / "run").rerun().identical(run)
    joined = sj.concat([sj.simulate(growing({"a": "b"}), replicates=1, first=f, seed=1) for f in (0, 1)])
    assert np.array_equal(joined.flows.values, run.flows.values)
    conserved(joined)
    run.data["becomes"][:] = [0, 1, 2]
    with pytest.raises(RunError, match="R401"):
        conserved(run)


def test_an_option_changes_the_group_of_those_who_take_it():
    """Half of each group take the option: those of group a become b, c; the same people as with a share."""
    options = {"road": {"becomes": {"a": "b"}}, "out": {}}
    shares = {"road": {"share": 0.5, "becomes": {"a": "b"}}, "out": {"share": "rest"}}
    runs = {}
    for name, choice in {"options": {"options": options}, "exits": {"exits": shares}}.items():
        stages = {
            "in": source() | {"exits": "fork"},
            "fork": {"kind": "choice", **choice},
            "road": {"kind": "hold", "hazards": {"out": 0.0}},
            "out": OUT,
        }
        runs[name] = sj.simulate(small(stages, days=30, groups=3), mode="expected", seed=1, guard=True)
        conserved(runs[name])
    stay = runs["options"].stocks.sel(stage="road").isel(time=-1, replicate=0)
    assert float(stay.sel(group="a")) == 0.0
    assert float(stay.sel(group="b")) == pytest.approx(2 * float(stay.sel(group="c")))
    np.testing.assert_allclose(runs["options"].stocks.values, runs["exits"].stocks.values, rtol=1e-12)
    assert runs["options"].data["becomes"].sel(flow="fork -> road").values.tolist() == [1, 1, 2]


def test_children_turn_adult_at_the_stated_hazard():
    stages = {
        "home": {
            "kind": "hold",
            "hazards": {"home": 0.1, "out": 0.0},
            "becomes": {"home": {"a": "b"}},
            "initial": {"count": "there"},
        },
        "out": OUT,
    }
    q = {"there": quantity("count", 0.0, by_group={"a": 1000.0})}
    run = sj.simulate(small(stages, days=20, groups=2, quantities=q), mode="expected", seed=1)
    home = run.stocks.sel(stage="home").values[0]
    assert home[:, 0] == pytest.approx(1000 * np.exp(-0.1 * np.arange(1, 21)))
    assert home.sum(1) == pytest.approx(1000)


def test_a_change_of_group_leaves_the_draws_of_others_unchanged():
    a, b = (sj.simulate(growing(new), replicates=3, seed=2) for new in ({"a": "a"}, {"a": "b"}))
    assert np.array_equal(a.flows.sel(flow="in -> home"), b.flows.sel(flow="in -> home"))
    assert np.array_equal(
        a.flows.sel(flow="home -> court", group="c"), b.flows.sel(flow="home -> court", group="c")
    )


def island(room, *, order=("reception", "asylum"), rate=30.0, step=1.0, **more):
    pooled = {"limit": {"pool": "beds", "overflow": "street"}}
    inner = {
        "reception": {"kind": "hold", "hazards": {"asylum": 0.2, "out": 0.05}} | pooled,
        "asylum": {
            "kind": "queue",
            "servers": 3,
            "rate_per_day": 2.0,
            "exits": {"appeal": 0.5, "out": "rest"},
            "balking": {"above": 60, "prob": 0.2, "to": "left"},
            "patience": {"time": {"distribution": "exponential", "mean_days": 60}, "to": "left"},
        }
        | pooled,
        "appeal": {
            "kind": "queue",
            "servers": 2,
            "service": {"distribution": "fixed", "mean_days": 3},
            "exits": "out",
        }
        | pooled,
    }
    stages = {"in": source(rate) | {"exits": {"reception": 0.8, "asylum": "rest"}}}
    stages |= {name: inner[name] for name in (*order, "appeal")} | {"out": OUT, "left": OUT, "street": OUT}
    pools = {"beds": {"room": room}}
    return small(stages, days=90, step=step, groups=2, pools=pools, **more)


def held(run):
    return run.stocks.sel(stage=["reception", "asylum", "appeal"]).values.sum((2, 3))


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from((0.0, 7.5, 60.0, 200.0)), st.sampled_from((0.5, 1.0)), st.integers(0, 2**63), st.booleans())
def test_shared_room_is_never_exceeded(room, step, seed, turned):
    order = ("asylum", "reception") if turned else ("reception", "asylum")
    for mode in ("draw", "expected"):
        run = sj.simulate(
            island(room, step=step, order=order),
            replicates=2 if mode == "draw" else 1,
            mode=mode,
            seed=seed,
            guard=True,
        )
        conserved(run)
        most = np.floor(room) if mode == "draw" else room
        assert held(run).max() <= most + 1e-9
        assert held(run).max() > 0.9 * most - 1
        inside = run.flows.sel(flow=["reception -> street", "asylum -> street", "appeal -> street"]).values
        assert inside[:, :, 2].sum() == 0  # whoever comes from another stage of the pool has a place
        assert room > 100 or inside.sum() > 0


def test_places_are_those_of_a_plain_loop():
    """Two holds that share room, in expected mode, worked by hand."""
    pooled = {"limit": {"pool": "beds", "overflow": "street"}}
    stages = {
        "in": source(20.0) | {"exits": {"first": 0.75, "second": "rest"}},
        "first": {"kind": "hold", "hazards": {"second": 0.1}} | pooled,
        "second": {"kind": "hold", "hazards": {"out": 0.05}} | pooled,
        "out": OUT,
        "street": OUT,
    }
    run = sj.simulate(small(stages, days=60, pools={"beds": {"room": 80}}), mode="expected", seed=1)
    first = second = 0.0
    for t in range(60):
        into = min(15.0, max(0.0, 80 - first - second))
        old, first = first, first + into
        out = old * -np.expm1(-0.1) + into * (1 + np.expm1(-0.1) / 0.1)
        first -= out
        new = min(5.0, max(0.0, 80 - first - second - out))
        old, second = second, second + out + new
        fresh = out + new
        second -= old * -np.expm1(-0.05) + fresh * (1 + np.expm1(-0.05) / 0.05)
        there = run.stocks.sel(stage=["first", "second"]).values[0, t, :, 0]
        assert there == pytest.approx([first, second], rel=1e-9)


def test_a_pool_of_one_hold_is_a_limit():
    def system(limit, **more):
        hold = {"kind": "hold", "hazards": {"out": 0.1}, "limit": {**limit, "overflow": "street"}}
        stages = {"in": source() | {"exits": "camp"}, "camp": hold, "out": OUT, "street": OUT}
        return small(stages, days=60, groups=2, **more)

    own, shared = system({"room": 50}), system({"pool": "beds"}, pools={"beds": {"room": 50}})
    a, b = (sj.simulate(s, replicates=3, seed=2) for s in (own, shared))
    assert np.array_equal(a.flows.values, b.flows.values) and np.array_equal(a.stocks.values, b.stocks.values)


def test_a_pool_may_follow_a_quantity_and_people_there_at_the_start_have_places():
    q = {"beds": quantity("count", 50.0, steps={"2024-02-01": 90.0})}
    run = sj.simulate(island("beds", rate=80.0, quantities=q), replicates=2, seed=1)
    total = held(run)
    assert total[:, :31].max() == 50 and total[:, 40:].max() == 90


def test_cohorts_of_people_in_pools_add_up():
    run = sj.simulate(island(60.0), replicates=2, seed=1)
    cohorts = run.cohorts(by="month")
    assert np.allclose(cohorts.sum("cohort").values, run.stocks.values[:, -1])
