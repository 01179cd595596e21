"""Cohorts are what they would be if each were a group of its own, and add up to what was recorded."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.systems import scenario as scenario_of
from tests.engine.systems import small, systems

import sojourn as sj
from sojourn.cohorts import cohorts
from sojourn.results import RunError

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
MONTHS = ("2024-01", "2024-02", "2024-03")
GAMMA = {"distribution": "gamma", "mean_days": 6.0, "sd_days": 4.0}


def arriving(stages, *, apart, days=91, **more):
    """Return a system with 20 people a day; ``apart`` makes each month's arrivals a group of its own."""
    first = next(iter(stages))
    values = {m: [600.0 if k == i else 0.0 for k in range(3)] for i, m in enumerate(MONTHS)}
    series = {
        f"in-{i}": {"unit": "person", "start": "2024-01-01", "values": values[m] if apart else [600.0] * 3}
        for i, m in enumerate(MONTHS if apart else MONTHS[:1])
    }
    each = dict(zip("abc", series, strict=False))
    source = {"kind": "source", "inflow": {"type": "series", "series": each}, "exits": first}
    ends = {name: {"kind": "end", "outcome": "elsewhere"} for name in ("out", "left", "full")}
    groups = 3 if apart else 1
    return small({"in": source} | stages | ends, days=days, groups=groups, series=series, **more)


LOOP = {"s": {"share": 0.3, "attempt": True}, "out": {"share": "rest"}}
QUEUE = {"kind": "queue", "servers": 3, "rate_per_day": 5.0, "exits": LOOP}
SYSTEMS = {
    "journey": {"s": {"kind": "journey", "dwell": GAMMA, "exits": LOOP}},
    "exponential": {
        "s": {"kind": "journey", "dwell": {"distribution": "exponential", "mean_days": 25.0}, "exits": "out"}
    },
    "fixed": {"s": {"kind": "journey", "dwell": {"distribution": "fixed", "mean_days": 11.4}, "exits": "out"}},
    "fifo": {"s": QUEUE},
    "lifo": {"s": QUEUE | {"discipline": "lifo"}},
    "random": {"s": QUEUE | {"discipline": "random"}},
    "impatient": {"s": QUEUE | {"patience": {"time": GAMMA, "to": "left"}}},
    "side ways": {
        "s": QUEUE
        | {
            "patience": {"time": GAMMA, "to": "out"},
            "balking": {"above": 20.0, "prob": 0.2, "to": "left"},
            "limit": {"room": 70.0, "overflow": "full"},
        }
    },
    "random with little room": {"s": QUEUE | {"discipline": "random", "limit": {"room": 60.0, "overflow": "full"}}},
    "service": {"s": {"kind": "queue", "servers": 50, "service": GAMMA, "discipline": "random", "exits": LOOP}},
    "hold": {"s": {"kind": "hold", "hazards": {"out": 0.02, "left": 0.01}}},
    "full hold": {
        "s": {"kind": "hold", "hazards": {"out": 0.1, "s": 0.05}, "limit": {"room": 90.0, "overflow": "out"}}
    },
    "chain": {
        "s": {"kind": "choice", "exits": {"t": 0.6, "u": "rest"}},
        "t": {"kind": "journey", "dwell": GAMMA, "exits": {"u": 0.5, "out": "rest"}},
        "u": {"kind": "queue", "servers": 1, "rate_per_day": 9.0, "exits": {"s": {"share": 0.2}, "out": "rest"}},
    },
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_means_are_those_of_explicit_groups(name):
    """Without chance, cohorts are exactly what the engine gives where each is a group of its own."""
    together = sj.simulate(arriving(SYSTEMS[name], apart=False), mode="expected")
    apart = sj.simulate(arriving(SYSTEMS[name], apart=True), mode="expected")
    found = cohorts(together, by="month").isel(replicate=0, group=0)
    wanted = apart.stocks.isel(replicate=0, time=-1)
    assert wanted.values.sum() > 1500
    for month, group in zip(MONTHS, "abc", strict=True):
        np.testing.assert_allclose(found.sel(cohort=month), wanted.sel(group=group), atol=2e-6)


@pytest.mark.parametrize(
    "name", ["journey", "random", "random with little room", "impatient", "service", "hold", "chain"]
)
def test_draws_have_the_means_of_explicit_groups(name):
    """With chance, the mean over replicates is that of explicit groups, and no cohort strays from its own run."""
    number = 300
    together = sj.simulate(arriving(SYSTEMS[name], apart=False), replicates=number, seed=3)
    apart = sj.simulate(arriving(SYSTEMS[name], apart=True), replicates=number, seed=4)
    found = cohorts(together, by="month").isel(group=0)
    wanted = apart.stocks.isel(time=-1)
    for month, group in zip(MONTHS, "abc", strict=True):
        mine, theirs = found.sel(cohort=month), wanted.sel(group=group)
        gap = mine.mean("replicate") - theirs.mean("replicate")
        error = np.sqrt((mine.var("replicate") + theirs.var("replicate")) / number)
        assert (np.abs(gap) <= 4 * error + 0.3).all(), (name, month, gap.values, error.values)


@pytest.mark.parametrize("discipline", ["fifo", "lifo"])
def test_order_of_entry_is_exact(discipline):
    """A clerk takes one person a day in order: cohorts are whole numbers that can be counted by hand."""
    system = arriving(
        {"s": {"kind": "queue", "servers": 1, "rate_per_day": 15.0, "discipline": discipline, "exits": "out"}},
        apart=False,
    )
    run = sj.simulate(system, replicates=2, seed=1)
    waiting = cohorts(run, by="month").isel(group=0).sel(stage="s")
    inflow, left = np.full(3, 600), 15 * 91
    served = [600, 600, left - 1200]  # by order of entry
    newest = [15 * 31, 15 * 29, 15 * 31]  # the newest first: each month is served while it comes
    expected = inflow - (served if discipline == "fifo" else newest)
    for r in range(2):
        np.testing.assert_allclose(waiting.isel(replicate=r).sel(cohort=list(MONTHS)), expected, atol=1)
    assert (np.abs(waiting - np.rint(waiting)) < 1e-6).all()
    assert int(waiting.sum()) == 2 * (1800 - left)


def test_fixed_times_are_exact():
    system = arriving(SYSTEMS["fixed"], apart=False)
    run = sj.simulate(system, replicates=3, seed=8)
    under_way = cohorts(run, by="month").isel(group=0).sel(stage="s")
    assert float(under_way.sel(cohort=["2024-01", "2024-02"]).max()) < 1e-9
    np.testing.assert_allclose(under_way.sel(cohort="2024-03"), run.stocks.isel(time=-1, group=0).sel(stage="s"))


def test_a_day_in_the_midst_is_that_of_a_shorter_run():
    long = sj.simulate(arriving(SYSTEMS["chain"], apart=False), replicates=2, seed=5)
    on = cohorts(long, by="month", on="2024-02-20")
    np.testing.assert_allclose(on.sum("cohort"), long.stocks.sel(time="2024-02-20"), rtol=1e-12)
    assert list(on["cohort"].values) == ["not arrived", "there at the start", "2024-01", "2024-02"]


def test_arrival_counts_once():
    """Who comes back belongs to the cohort of the first arrival; who has not come yet is said to be so."""
    run = sj.simulate(arriving(SYSTEMS["chain"], apart=False), replicates=2, seed=5)
    found = cohorts(run, at=["u"], by="month").isel(group=0)
    entered = run.flows.isel(group=0).sel(flow=["s -> u", "t -> u", "u -> s"]).sum("time")
    back = entered.sel(flow="u -> s")
    arrived = found.sel(cohort=list(MONTHS)).sum(("cohort", "stage"))
    into = entered.sel(flow=["s -> u", "t -> u"]).sum("flow")
    assert (arrived <= into).all() and (arrived >= into - back).all()
    assert float(found.sel(cohort="not arrived", stage="out").min()) > 0
    np.testing.assert_allclose(found.sum("cohort"), run.stocks.isel(time=-1, group=0), rtol=1e-12)


@SLOW
@given(systems(), st.integers(0, 2**40), st.sampled_from(("draw", "expected")))
def test_cohorts_of_random_systems_add_up(scenario, seed, mode):
    run = sj.simulate(scenario, replicates=2, seed=seed, mode=mode, workers=1)
    try:
        found = cohorts(run, by="month", workers=1)
    except RunError as error:
        assert error.codes == ("R603",)
        return
    kept = run.data["stage_kind"].values != "source"
    last = run.stocks.isel(time=-1, stage=kept).values
    np.testing.assert_allclose(found.sum("cohort").isel(stage=kept).values, last, rtol=1e-9, atol=1e-9)
    assert float(found.min()) >= -1e-9


def growing(stages, *, apart, days=91):
    """Children and adults, 20 and 10 a day; ``apart`` makes each month's arrivals groups of their own."""
    months = MONTHS if apart else ("all",)
    groups = {f"{kind}-{m}": {"nationality": "OOO"} for m in months for kind in ("child", "adult")}
    series = {
        f"in-{group}": {
            "unit": "person",
            "start": "2024-01-01",
            "values": [(600 if group[0] == "c" else 300) * float(not apart or group.endswith(m)) for m in MONTHS],
        }
        for group in groups
    }
    turned = {"child-" + m: "adult-" + m for m in months}

    def with_groups(one):
        return {
            key: turned if value == "grown" else with_groups(value) if isinstance(value, dict) else value
            for key, value in one.items()
        }

    inflow = {"type": "series", "series": {group: f"in-{group}" for group in groups}}
    parts = {"in": {"kind": "source", "inflow": inflow, "exits": next(iter(stages))}, **with_groups(stages)}
    parts |= {name: {"kind": "end", "outcome": "elsewhere"} for name in ("out", "left", "full")}
    end = str(np.datetime64("2024-01-01") + days - 1)
    time = {"start": "2024-01-01", "end": end}
    return scenario_of({"time": time, "groups": groups, "series": series, "stages": parts})


HOME = {"kind": "hold", "hazards": {"s": 0.03, "t": 0.02, "out": 0.01}, "becomes": {"s": "grown"}}
GROWING = {
    "hold": {"s": HOME, "t": {"kind": "journey", "dwell": GAMMA, "exits": "out"}},
    "full hold": {
        "s": HOME | {"limit": {"room": 300.0, "overflow": "full"}},
        "t": {"kind": "journey", "dwell": GAMMA, "exits": {"s": {"share": 0.5, "becomes": "grown"}, "out": "rest"}},
    },
    "journey": {
        "s": {"kind": "journey", "dwell": GAMMA, "exits": {"s": {"share": 0.4, "becomes": "grown"}, "out": "rest"}}
    },
    "choice": {
        "s": {"kind": "choice", "options": {"t": {"becomes": "grown"}, "u": {}}},
        "t": {"kind": "hold", "hazards": {"out": 0.03}},
        "u": {"kind": "journey", "dwell": GAMMA, "exits": {"t": {"becomes": "grown"}}},
    },
    "queue": {
        "s": {
            "kind": "queue",
            "servers": 2,
            "rate_per_day": 9.0,
            "patience": {"time": GAMMA, "to": "left"},
            "exits": {"t": {"share": 0.5, "becomes": "grown"}, "out": "rest"},
        },
        "t": {"kind": "journey", "dwell": GAMMA, "exits": {"s": {"share": 0.2}, "out": "rest"}},
    },
}


@pytest.mark.parametrize("name", GROWING)
def test_people_are_followed_through_a_change_of_group(name):
    """Without chance, cohorts of both groups are what the engine gives where each month has groups of its own."""
    together = sj.simulate(growing(GROWING[name], apart=False), mode="expected", guard=True)
    apart = sj.simulate(growing(GROWING[name], apart=True), mode="expected", guard=True)
    found = cohorts(together, by="month").isel(replicate=0)
    assert float(together.data["becomes"].values.max()) == 1
    wanted = apart.stocks.isel(replicate=0, time=-1)
    for month in MONTHS:
        for kind in ("child", "adult"):
            mine, theirs = found.sel(cohort=month, group=f"{kind}-all"), wanted.sel(group=f"{kind}-{month}")
            np.testing.assert_allclose(mine, theirs, atol=5e-6)
    np.testing.assert_allclose(found.sum("cohort"), together.stocks.isel(replicate=0, time=-1), atol=1e-6)
    one = cohorts(together, by="month", groups=["adult-all"]).isel(replicate=0)
    assert one.sel(group="adult-all").equals(found.sel(group="adult-all"))


def test_children_who_grow_up_are_counted_by_hand():
    """A loop in plain Python: a hold in which a part of the children of each month turn adult every day."""
    stages = {"s": {"kind": "hold", "hazards": {"s": 0.03, "out": 0.01}, "becomes": {"s": "grown"}}}
    run = sj.simulate(growing(stages, apart=False), mode="expected")
    found = cohorts(run, by="month").isel(replicate=0).sel(stage="s")
    x = 0.04
    leave, leave_fresh = 1 - np.exp(-x), 1 - (1 - np.exp(-x)) / x
    people = {(kind, m): 0.0 for kind in ("child", "adult") for m in MONTHS}
    # Three in four who leave take the way that turns children adult; adults who take it come back as newcomers.
    back = dict.fromkeys(MONTHS, 0.0)
    for day in np.arange("2024-01-01", "2024-04-01", dtype="datetime64[D]"):
        now = str(day)[:7]
        days = {"2024-01": 31, "2024-02": 29, "2024-03": 31}[now]
        for m in MONTHS:
            came = {"child": 600 / days * (m == now), "adult": 300 / days * (m == now) + back[m]}
            back[m] = 0.0
            for kind, fresh in came.items():
                left = people[kind, m] * leave + fresh * leave_fresh
                people[kind, m] += fresh - left
                back[m] += 0.75 * left
    for m in MONTHS:
        np.testing.assert_allclose(found.sel(cohort=m, group="child-all"), people["child", m], rtol=1e-9)
        adults = people["adult", m] + back[m]  # those who took the way in the last step are in the stage
        np.testing.assert_allclose(found.sel(cohort=m, group="adult-all"), adults, rtol=1e-9)


def test_with_chance_nobody_is_lost_when_the_group_changes():
    for name, stages in GROWING.items():
        run = sj.simulate(growing(stages, apart=False), replicates=3, seed=4)
        found = cohorts(run, by="month")
        last = run.stocks.isel(time=-1)
        np.testing.assert_allclose(
            found.sum("cohort"), last.transpose(*found.sum("cohort").dims), rtol=1e-9, err_msg=name
        )
        entered = run.flows.sel(flow="in -> s").sum("group")
        month = run.data["time"].dt.strftime("%Y-%m").values
        for m in MONTHS:
            wanted = entered.isel(time=month == m).sum("time").values
            np.testing.assert_allclose(found.sel(cohort=m).sum(("stage", "group")), wanted, rtol=1e-6)


def test_a_change_of_group_that_is_not_followed_is_caught():
    run = sj.simulate(growing(GROWING["hold"], apart=False), replicates=1, seed=2)
    cohorts(run)
    run.data["flows"][0, 60, list(run.data["flow"].values).index("s -> s"), 0] += 3
    with pytest.raises(RunError, match="add up") as caught:
        cohorts(run)
    assert caught.value.codes == ("R601",)


FAULTS = [
    (s, v, at) for s in ("fifo", "service", "journey") for v, at in (("flows", 0), ("flows", 2), ("stocks", 1))
]


@pytest.mark.parametrize(("stage", "variable", "at"), [*FAULTS, ("fifo", "flows", 1), ("fifo", "wait_count", 0)])
def test_a_planted_fault_is_caught(stage, variable, at):
    """Three people too many on one day: who came, came back, left, were there, or were served."""
    run = sj.simulate(arriving(SYSTEMS[stage], apart=False), replicates=1, seed=2)
    cohorts(run)
    run.data[variable][0, 60, at, 0] += 3
    with pytest.raises(RunError, match="add up") as caught:
        cohorts(run)
    assert caught.value.codes == ("R601",)


def test_months_are_traced_by_simulating_again():
    base = sj.load("court-backlog")
    by_month = sj.simulate(base, replicates=4, seed=7)
    by_step = sj.simulate(base, replicates=3, seed=7, record="step")
    first = cohorts(by_month, replicates=3)
    assert first.identical(cohorts(by_step)) and first.sizes["replicate"] == 3
    by_month.data["stocks"][0, 2, 1, 0] += 1
    with pytest.raises(RunError) as caught:
        cohorts(by_month, replicates=1)
    assert caught.value.codes == ("R602",)


def test_workers_change_nothing():
    run = sj.simulate(sj.load("border-post"), replicates=3, seed=7)
    assert cohorts(run, workers=1).identical(cohorts(run, workers=3))


@pytest.mark.parametrize(
    "asked",
    [{"at": ["posts"]}, {"at": ["travellers"]}, {"by": "week"}, {"groups": ["nobody"]}, {"on": "2031-01-01"}],
)
def test_what_the_run_has_not_is_refused(asked):
    run = sj.simulate(sj.load("border-post"), replicates=1, seed=7)
    with pytest.raises(RunError) as caught:
        cohorts(run, **asked)
    assert caught.value.codes == ("R501",)


@pytest.mark.parametrize("discipline", ["lifo", "random", "fifo"])
def test_who_has_no_place_in_a_pool_is_turned_away_before_service(discipline):
    """With the newest first, those turned away would otherwise be served, and be missing."""
    stage = {
        "kind": "queue",
        "servers": 8,
        "service": GAMMA,
        "discipline": discipline,
        "limit": {"pool": "beds", "overflow": "full"},
        "exits": "out",
    }
    system = arriving({"s": stage}, apart=False, pools={"beds": {"room": 30.5}})
    for mode in ("expected", "draw"):
        run = sj.simulate(system, replicates=1, seed=7, mode=mode)
        assert float(run.flows.sel(flow="s -> full").sum()) > 1000
        found = cohorts(run, by="month")
        last = run.stocks.isel(time=-1)
        np.testing.assert_allclose(found.sum("cohort").sel(stage="full"), last.sel(stage="full"), rtol=1e-9)


def test_ways_that_cannot_be_told_apart_are_refused():
    stage = SYSTEMS["service"]["s"] | {"patience": {"time": GAMMA, "to": "out"}}
    run = sj.simulate(arriving({"s": stage}, apart=False), replicates=1, seed=7)
    with pytest.raises(RunError) as caught:
        cohorts(run)
    assert caught.value.codes == ("R603",)


PLAIN = """
import hashlib, json, sys
import sojourn as sj
for text in json.load(sys.stdin):
    run = sj.simulate(sj.loads(text), replicates=1, seed=4, workers=1)
    print(hashlib.sha256(run.cohorts(by="month", workers=1).values.tobytes()).hexdigest())
"""


def test_compiled_kernels_equal_their_own_source():
    """The same bits come out where nothing is compiled."""
    texts = [arriving(SYSTEMS[name], apart=False, days=60).dump() for name in SYSTEMS]
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    compiled = [
        hashlib.sha256(cohorts(sj.simulate(sj.loads(text), replicates=1, seed=4), by="month").values.tobytes())
        for text in texts
    ]
    assert done.stdout.split() == [digest.hexdigest() for digest in compiled]
