"""What is unusual though allowed: feedback that can run away, and capacity far from demand, each by its rule."""

import numpy as np
import pytest
from tests.engine.systems import quantity, small

import sojourn as sj
from sojourn import SojournError

OUT = {"kind": "end", "outcome": "elsewhere"}
LAG = {"distribution": "gamma", "mean_days": 5, "sd_days": 3}


def codes(scenario, *about):
    return [f"{one.code} {one.where}" for one in scenario.unusual() if one.code in about]


def responding(elasticity, *, where="camp", capacity=100.0, rate="rate", days=200):
    """A source whose rate follows a stock: that which it feeds, or that of another source."""
    to = {"of": [where], "capacity": capacity, "elasticity": elasticity}
    q = {
        "rate": quantity("rate", 10.0, responds_to=to),
        "double": quantity("rate", times={"quantity": "rate", "by": 2.0}),
    }
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": rate}, "exits": "camp"},
        "by": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 6}, "exits": "apart"},
        "camp": {"kind": "hold", "hazards": {"out": 0.1}, "initial": {"count": 60}},
        "apart": {"kind": "hold", "hazards": {"out": 0.1}, "initial": {"count": 60}},
        "out": OUT,
    }
    return small(stages, days=days, quantities=q)


def renewed(followers, share=1.0):
    """A source each of whose people, if they come to the end, brings so many more."""
    feedback = [{"after": "fork -> there", "followers": followers, "lag": LAG}]
    stages = {
        "in": {
            "kind": "source",
            "inflow": {"type": "momentum", "level_per_day": 5, "feedback": feedback},
            "exits": "fork",
        },
        "fork": {"kind": "choice", "exits": {"there": share, "out": "rest"}},
        "there": OUT,
        "out": OUT,
    }
    return small(stages, days=200)


@pytest.mark.parametrize(("elasticity", "told"), [(0.5, False), (0.99, False), (1.0, True), (1.5, True)])
@pytest.mark.parametrize("rate", ["rate", "double"])
def test_a_rate_in_proportion_to_those_whom_it_brings_is_told(elasticity, told, rate):
    found = codes(responding(elasticity, rate=rate, days=30), "U105")
    assert found == ["U105 quantities.rate.responds_to.elasticity"] * told


def test_a_rate_that_follows_others_is_not_told():
    assert codes(responding(2.0, where="apart", days=30), "U105") == []


def test_the_rule_is_where_numbers_come_to_rest():
    """Below 1 the camp settles wherever it begins, above it does not: the gain decides, not the level."""
    for elasticity, settles in ((0.5, True), (1.5, False)):
        ends = []
        for start in (60, 300):
            scenario = responding(elasticity, days=400).replace(stages={"camp": {"initial": {"count": start}}})
            try:
                run = sj.simulate(scenario, mode="expected")
                ends.append(float(run.stocks.sel(stage="camp").isel(time=-1).sum()))
            except SojournError as beyond:
                assert beyond.problems[0].code == "M301"
                ends.append(np.inf)
        assert (np.isfinite(ends).all() and np.isclose(*ends, rtol=1e-3)) == settles


@pytest.mark.parametrize(
    ("followers", "share", "told"), [(0.9, 1.0, False), (1.0, 1.0, True), (1.5, 0.5, False), (2.5, 0.5, True)]
)
def test_a_renewal_with_one_follower_or_more_is_told(followers, share, told):
    scenario = renewed(followers, share)
    assert codes(scenario, "U105") == ["U105 stages.in.inflow.feedback"] * told
    came = sj.simulate(scenario, mode="expected").flows.sel(flow="in -> fork").sum("group").values[0]
    assert (came[-1] > 1.5 * came[100]) == told


def test_followers_by_group_count_with_the_largest():
    q = {"followers": quantity("ratio", unit="1", by_group={"a": 0.2, "b": 1.3})}
    stages = renewed(1.0).model_dump(mode="json", exclude_none=True)["stages"]
    stages["in"]["inflow"]["feedback"][0]["followers"] = "followers"
    assert codes(small(stages, days=100, groups=2, quantities=q), "U105") == ["U105 stages.in.inflow.feedback"]


@pytest.mark.parametrize(
    ("capacity", "told"), [(60.0, False), (500.0, False), (700.0, True), (6.5, False), (5.0, True)]
)
def test_a_capacity_ten_times_off_is_told(capacity, told):
    """The other stage holds 60 people throughout: 6 come a day, a tenth leaves."""
    scenario = responding(0.1, where="apart", capacity=capacity, days=60)
    assert codes(scenario, "U106") == ["U106 quantities.rate.responds_to.capacity"] * told


def test_a_capacity_of_flows_is_held_against_people_a_day():
    for capacity, told in ((6.0, False), (180.0, True)):
        scenario = responding(0.1, where="apart -> out", capacity=capacity, days=60)
        assert codes(scenario, "U106") == ["U106 quantities.rate.responds_to.capacity"] * told


@pytest.mark.parametrize(("servers", "found"), [(1, "U104"), (4, "U104"), (6, ""), (9, ""), (30, "U103")])
def test_a_queue_that_half_of_those_who_come_do_not_leave_is_told(servers, found):
    """Ten come a day; with four served a day more than twice as many come, with six less than that."""
    stages = {
        "in": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 10}, "exits": "desk"},
        "desk": {"kind": "queue", "servers": servers, "rate_per_day": 1, "exits": "out"},
        "out": OUT,
    }
    # With nine served a day the queue binds, and most are served: nothing is told.
    assert codes(small(stages, days=200), "U103", "U104") == [f"{found} stages.desk"] * bool(found)
