"""Quantities that depend on the state of the run: thresholds with hysteresis, responses, products."""

import numpy as np
import pytest
import simpy
from tests.engine.systems import quantity, small

import sojourn as sj
from sojourn.compile.state import FlowState
from sojourn.simulate import compile_model

OUT = {"kind": "end", "outcome": "elsewhere"}
MOOD = {"of": ["in -> post"], "capacity": 12, "days": 5, "elasticity": 0.3}
RISE = {"start": "2024-01-01", "when": {"stage": "post", "above": 60, "below": 25, "days": 3}}


def queue_system(days=120, *, noise="exact", rate=20.0, quantities=None, policies=None, **more):
    inflow = {"type": "intensity", "rate_per_day": rate, "noise": noise}
    stages = {
        "in": {"kind": "source", "inflow": inflow, "exits": "post"},
        "post": {"kind": "queue", "servers": "officers", "rate_per_day": 1, "exits": "out"},
        "out": OUT,
    }
    q = {"officers": quantity("count", 10.0, unit="officer")} | (quantities or {})
    return small(stages, days=days, quantities=q, policies=policies or {}, **more)


def threshold(stock, above, below, days, step=1.0):
    """Whether a policy is in force at each step, given the stock at the end of the step before."""
    out, on, run = [], False, 0
    for x in stock:
        if on:
            on = x >= below
            run = 0
        else:
            run = run + 1 if x > above else 0
            on = run > 0 and run * step >= days
        out.append(on)
    return out


@pytest.mark.parametrize("step", [0.5, 1.0])
@pytest.mark.parametrize("days", [0, 3])
@pytest.mark.parametrize("change", [{"shift": 20.0}, {"set": 30.0}, {"scale": 3.0}])
def test_a_threshold_follows_its_rule(step, days, change):
    rise = {"start": "2024-01-11", "end": "2024-03-20", "when": RISE["when"] | {"days": days}}
    policies = {"rise": rise | {"changes": [{"quantity": "officers", **change}]}}
    s = queue_system(policies=policies).replace(time={"step_days": step})
    run = sj.simulate(s, replicates=1, seed=1, guard=True)
    post = run.stocks.sel(stage="post").values[0, :, 0]
    served = run.flows.sel(flow="post -> out").values[0, :, 0]
    before = np.concatenate(([0], post[:-1]))
    day = np.arange(len(post)) * step
    on = np.array(threshold(before, 60, 25, days, step)) & (day >= 10) & (day < 80)
    capacity = np.where(on, 30.0, 10.0) * step
    assert np.array_equal(served, np.minimum(before + 20 * step, capacity))
    assert 0.1 < on.mean() < 0.9 and np.abs(np.diff(on.astype(int))).sum() > 4


def test_a_policy_that_closes_by_the_stock_of_a_stage():
    policies = {"shut": RISE | {"changes": [{"quantity": "arrivals", "close": True}]}}
    s = queue_system(rate="arrivals", quantities={"arrivals": quantity("rate", 20.0)}, policies=policies)
    run = sj.simulate(s, mode="expected", seed=1)
    came = run.flows.sel(flow="in -> post").values[0, :, 0]
    post = run.stocks.sel(stage="post").values[0, :, 0]
    on = threshold(np.concatenate(([0], post[:-1])), 60, 25, 3)
    assert np.array_equal(came == 0, on) and set(came) == {0.0, 20.0}


def by_simpy(arrivals, above, below, days, base, more):
    """Serve a queue day by day in SimPy, while a watcher raises the number of officers."""
    env = simpy.Environment()
    queue = simpy.Container(env, init=0)
    officers = {"now": base}
    stock = []

    def watcher():
        run, on = 0, False
        while True:
            if on:
                on, run = queue.level >= below, 0
            else:
                run = run + 1 if queue.level > above else 0
                on = run >= max(1, days)
            officers["now"] = base + more if on else base
            yield env.timeout(1)

    def post():
        for came in arrivals:
            yield env.timeout(0)  # after the watcher
            if came:
                yield queue.put(came)
            served = min(queue.level, officers["now"])
            if served:
                yield queue.get(served)
            stock.append(queue.level)
            yield env.timeout(1)

    env.process(watcher())
    env.process(post())
    env.run(until=len(arrivals))
    return stock


@pytest.mark.parametrize("days", [1, 4])
def test_thresholds_agree_with_simpy(days):
    policies = {
        "rise": {"start": "2024-01-01", "when": RISE["when"] | {"days": days}}
        | {"changes": [{"quantity": "officers", "shift": 15.0}]}
    }
    s = queue_system(days=300, noise="poisson", rate=13.0, policies=policies)
    run = sj.simulate(s, replicates=5, seed=4, guard=True)
    for r in range(5):
        came = run.flows.sel(flow="in -> post").values[r, :, 0]
        assert (
            by_simpy(came.tolist(), 60, 25, days, 10, 15) == run.stocks.sel(stage="post").values[r, :, 0].tolist()
        )


def hold_system(rate, days=80, **more):
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": rate}, "exits": "camp"},
        "camp": {"kind": "hold", "hazards": {"out": 0.1}},
        "out": OUT,
    }
    return small(stages, days=days, **more)


@pytest.mark.parametrize("form", ["power", "over-capacity"])
@pytest.mark.parametrize("smoothing", [0, 10])
@pytest.mark.parametrize("of", [["camp"], ["camp -> out"]])
def test_responses_equal_a_loop_in_plain_python(form, smoothing, of):
    capacity = 40.0 if of == ["camp"] else 5.0
    elasticity = 0.5 if form == "power" else -0.7
    to = {"of": of, "capacity": capacity, "form": form, "elasticity": elasticity, "days": smoothing}
    q = {"rate": quantity("rate", 10.0, responds_to=to)}
    policies = {"p": {"start": "2024-02-01", "changes": [{"quantity": "rate", "shift": 2.0}]}}
    run = sj.simulate(hold_system("rate", quantities=q, policies=policies), mode="expected", seed=1, guard=True)
    came = run.flows.sel(flow="in -> camp").values[0, :, 0]
    left = run.flows.sel(flow="camp -> out").values[0, :, 0]
    camp = run.stocks.sel(stage="camp").values[0, :, 0]
    x = np.concatenate(([0.0], camp[:-1] if of == ["camp"] else left[:-1]))
    mean = 0.0
    for t in range(len(came)):
        known = t > (0 if of == ["camp"] else 1)
        weight = min(1.0, 1 / smoothing) if smoothing > 1 and known else 1.0
        mean = (1 - weight) * mean + weight * x[t]
        ratio = mean / capacity if form == "power" else max(1.0, mean / capacity)
        assert came[t] == pytest.approx(10.0 * ratio**elasticity + 2.0 * (t >= 31), rel=1e-12)
    assert np.ptp(came) > 1


def test_proportional_to_a_stock():
    """Followers in proportion to the people who are there: an exponential growth that can be worked out by hand."""
    q = {"rate": quantity("rate", 3.0, responds_to={"of": ["camp"], "capacity": 100})}
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "camp"},
        "camp": {"kind": "hold", "hazards": {"out": 0.0}, "initial": {"count": 50}},
        "out": OUT,
    }
    run = sj.simulate(small(stages, days=60, quantities=q), mode="expected", seed=1)
    assert run.stocks.sel(stage="camp").values[0, :, 0] == pytest.approx(50 * 1.03 ** np.arange(1, 61))


def test_a_product_is_what_one_writes_by_hand():
    judges = quantity("count", 9.0, unit="judge", steps={"2024-02-01": 15.0}, weekday=[1, 1, 1, 1, 1, 0, 0])
    policies = {"p": {"start": "2024-02-10", "changes": [{"quantity": "judges", "scale": 2.0}]}}
    made = queue_system(
        quantities={
            "judges": judges,
            "officers": quantity("count", unit="officer", times={"quantity": "judges", "by": 1 / 3}),
        },
        policies=policies,
    )
    third = judges | {"value": 9.0 * (1 / 3), "steps": {"2024-02-01": 15.0 * (1 / 3)}}
    hand = queue_system(
        quantities={"officers": third},
        policies={"p": {"start": "2024-02-10", "changes": [{"quantity": "officers", "scale": 2.0}]}},
    )
    a, b = (sj.simulate(s, mode="expected", seed=1) for s in (made, hand))
    assert np.allclose(a.flows.values, b.flows.values, rtol=1e-14)
    drawn = sj.simulate(made, parameters={"judges": 12.0}, mode="expected", seed=1)
    assert not np.allclose(drawn.flows.values, a.flows.values)


CHAIN = {
    "judges": quantity(
        "count", 6.0, unit="judge", responds_to={"of": ["post"], "capacity": 100, "elasticity": 0.5}
    ),
    "officers": quantity(
        "count", unit="officer", times={"quantity": "judges", "by": 2.0}, weekday=[1, 1, 1, 1, 1, 0.5, 0]
    ),
    "extra": quantity("count", unit="officer", times={"quantity": "judges", "by": 0.25}),
}
CHAINED = {
    "rise": RISE | {"changes": [{"quantity": "officers", "shift": "extra"}, {"quantity": "judges", "scale": 1.5}]},
    "later": {"start": "2024-02-20", "end": "2024-03-10", "ramp_days": 5}
    | {"changes": [{"quantity": "officers", "scale": 1.2}]},
}


def chain(**more):
    return queue_system(quantities=CHAIN, policies=CHAINED, **more)


def test_what_depends_on_what_is_worked_out_in_order():
    run = sj.simulate(chain(), mode="expected", seed=1, guard=True)
    post = run.stocks.sel(stage="post").values[0, :, 0]
    served = run.flows.sel(flow="post -> out").values[0, :, 0]
    before = np.concatenate(([0.0], post[:-1]))
    on = threshold(before, 60, 25, 3)
    assert sum(on) > 5
    for t in range(120):
        judges = 6.0 * (before[t] / 100) ** 0.5 * (1 + 0.5 * on[t])
        officers = 2.0 * judges * [1, 1, 1, 1, 1, 0.5, 0][t % 7] + on[t] * judges * 0.25
        up = min(1.0, max(0.0, (t - 49) / 5)) * (1 - min(1.0, max(0.0, (t - 69) / 5)))
        officers *= 1 + 0.2 * up
        assert served[t] == pytest.approx(min(before[t] + 20, officers), rel=1e-12)


def test_quantities_by_group_and_place_respond_each_by_itself():
    town = {"name": "Town", "country": "OOO", "latitude": 0, "longitude": 0}
    to = {"of": ["camp"], "capacity": 40}
    q = {"leave": quantity("hazard", by_group={"a": 0.1, "b": 0.2}, responds_to=to)}
    more = {
        "start": "2024-02-01",
        "changes": [{"quantity": "leave", "scale": 3, "groups": ["b"], "places": ["town"]}],
    }
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 10}, "exits": "camp"},
        "camp": {"kind": "hold", "place": "town", "hazards": {"out": "leave"}},
        "out": OUT,
    }
    s = small(stages, days=60, groups=2, quantities=q, policies={"more": more}, places={"town": town})
    run = sj.simulate(s, mode="expected", seed=1, guard=True)
    camp, out = run.stocks.sel(stage="camp").values[0], run.flows.sel(flow="camp -> out").values[0]
    for t in range(1, 60):
        for g, base in enumerate((0.1, 0.2 * (3 if t >= 31 else 1))):
            x = base * camp[t - 1].sum() / 40
            gone = camp[t - 1, g] * -np.expm1(-x) + 10 * (1 + np.expm1(-x) / x)
            assert out[t, g] == pytest.approx(gone, rel=1e-9)


def test_a_value_beyond_its_bounds_is_cut_and_counted():
    to = {"of": ["camp"], "capacity": 20}
    q = {"stay": quantity("share", 0.5, responds_to=to)}
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 10}, "exits": "fork"},
        "fork": {"kind": "choice", "exits": {"camp": "stay", "out": "rest"}},
        "camp": {"kind": "hold", "hazards": {"out": 0.02}, "initial": {"count": 30}},
        "out": OUT,
    }
    run = sj.simulate(small(stages, days=40, quantities=q), mode="expected", seed=1)
    to_camp = run.flows.sel(flow="fork -> camp").values[0, :, 0]
    camp = np.concatenate(([30], run.stocks.sel(stage="camp").values[0, :-1, 0]))
    assert np.allclose(to_camp, 10 * np.minimum(1, 0.5 * camp / 20))
    assert sum(run.notes) == (0.5 * camp / 20 > 1).sum() > 10


def test_a_capacity_of_nothing_is_no_response_and_counted():
    to = {"of": ["camp"], "capacity": "beds"}
    q = {"rate": quantity("rate", 10.0, responds_to=to), "beds": quantity("count", 20.0, steps={"2024-02-01": 0.0})}
    run = sj.simulate(hold_system("rate", days=60, quantities=q), mode="expected", seed=1)
    assert run.flows.sel(flow="in -> camp").values[0, 31:, 0].tolist() == [10.0] * 29
    assert run.notes.tolist() == [29]


@pytest.mark.parametrize("expected", [True, False])
def test_states_restart_and_copies_do_not_disturb_each_other(expected, tmp_path):
    push = {"indicator": "mood", "coefficient": 0.3, "lag_days": 7}
    wave = {"type": "momentum", "level_per_day": 12, "push": [push], "sd_level": 0.05}
    stages = {
        "in": {"kind": "source", "inflow": wave, "exits": "post"},
        "post": {"kind": "queue", "servers": "officers", "rate_per_day": 1, "exits": "out"},
        "out": OUT,
    }
    q = CHAIN | {"mood": quantity("indicator", 1.0, responds_to=MOOD)}
    model = compile_model(small(stages, days=120, quantities=q, policies=CHAINED))
    whole = model.advance(model.init(seed=2, expected=expected), model.n_step)
    state = model.advance(model.init(seed=2, expected=expected), 40)
    state.save(tmp_path / "state")
    other = state.copy(replicate=5)
    model.advance(other, 70)
    twin = state.copy()
    model.advance(state, 80)
    model.advance(other, model.n_step)
    for one in (state, twin, FlowState.load(tmp_path / "state")):
        model.advance(one, model.n_step)
        for name, array in model.record(whole).items():
            assert np.array_equal(model.record(one)[name], array), name
    assert expected or not np.array_equal(model.record(other)["flows"], model.record(whole)["flows"])
    changed = model.advance(model.init(seed=2, expected=expected), 40).with_draw(
        model.draw(model.read_draws({"judges": 20.0}), 0)
    )
    assert not np.array_equal(model.record(model.advance(changed, 120))["flows"], model.record(whole)["flows"])


def test_replicates_have_values_of_their_own():
    one, two = (sj.simulate(chain(noise="poisson"), replicates=6, seed=5, workers=w) for w in (1, 2))
    assert one.identical(two)
    alone = sj.simulate(chain(noise="poisson"), replicates=1, first=3, seed=5)
    assert np.array_equal(alone.flows.values[0], one.flows.values[3])
    assert one.rerun().identical(one)


def test_a_rule_of_one_stage_leaves_the_draws_of_others():
    a = sj.simulate(queue_system(noise="poisson"), replicates=3, seed=5)
    b = sj.simulate(chain(noise="poisson"), replicates=3, seed=5)
    assert np.array_equal(a.flows.sel(flow="in -> post"), b.flows.sel(flow="in -> post"))
    assert not np.array_equal(a.flows, b.flows)


def test_cohorts_are_followed_with_the_values_that_held():
    s = hold_system(8.0, quantities={}).replace(
        quantities={"leave": quantity("hazard", 0.1, responds_to={"of": ["camp"], "capacity": 50})},
        stages={"camp": {"hazards": {"out": "leave"}}},
    )
    run = sj.simulate(s, replicates=2, seed=1)
    cohorts = run.cohorts(by="month")
    assert np.allclose(
        cohorts.sum("cohort").sel(stage="camp").values[:, 0], run.stocks.sel(stage="camp").values[:, -1, 0]
    )


@pytest.mark.parametrize("of", [["post"], ["post -> out"]])
@pytest.mark.parametrize("groups", [["a"], ["b", "a"], ["c"], None])
def test_a_response_counts_the_groups_that_it_names(of, groups):
    """Against the counts of the step before, added up in plain Python."""
    to = {"of": of, "capacity": 15, **({"groups": groups} if groups else {})}
    rates = {"a": 9.0, "b": 4.0, "c": 2.0}
    q = {"tide": quantity("rate", 10.0, responds_to=to), "rate": quantity("rate", by_group=rates)}
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "rate"}, "exits": "post"},
        "more": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": "tide"}, "exits": "out"},
        "post": {"kind": "hold", "hazards": {"out": 0.2}},
        "out": OUT,
    }
    run = sj.simulate(small(stages, days=40, groups=3, quantities=q), mode="expected", seed=1, guard=True)
    seen = run.stocks.sel(stage="post") if of == ["post"] else run.flows.sel(flow="post -> out")
    known = seen.sel(group=groups or ["a", "b", "c"]).sum("group").values[0]
    wanted = 10.0 * np.concatenate(([0.0 if of == ["post"] else 1.5], known[:-1])) / 15.0
    came = run.flows.sel(flow="more -> out").values[0]
    for g in range(3):
        np.testing.assert_allclose(came[1:, g], wanted[1:], rtol=1e-12)
