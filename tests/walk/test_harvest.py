"""Months of harvest: who stays, and where Flee counts them."""

import numpy as np
import pytest

from sojourn.engine.walk.days import run_replicate

WINTER = {"harvest_months": (1,), "camp_movechance": 0.0}


@pytest.mark.parametrize("compat", ["flee3", None])
def test_nobody_sets_out_in_harvest_months(world, compat):
    build = world({"A": "forward", "B": "camp"}, [("A", "B", 10)], 35, compat).moving(**WINTER)
    counts, _ = build.run({"A": 50})
    assert counts["A"][30:32] == [50, 0]
    town = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 33, compat).moving(**WINTER)
    counts, _ = town.moving(default_movechance=0.25).run({"A": 20_000})
    assert counts["A"][30] == 20_000
    assert abs(counts["A"][31] / 20_000 - 0.75) < 0.02


def travelled(world, compat, days):
    """Return a run from the last days of December on, in which people arrive at T in December and on its eve."""
    build = world({"A": "forward", "T": "town", "B": "camp"}, [("A", "T", 300), ("T", "B", 50)], days, compat)
    build.moving(harvest_months=(2,), camp_movechance=0.0, max_move_speed=200.0, default_movechance=0.5)
    program = build.program({"A": 100})
    onward = program.roads.road_from < program.roads.road_to
    return program._replace(days=program.days._replace(open_roads=program.days.open_roads & onward))


def test_those_at_rest_are_counted_at_home_in_flee(world):
    program = travelled(world, "flee3", 62)
    # The run starts on 1 January; all set out on day 0. Put the start of the harvest on day 1, for two days.
    frozen = np.zeros(62, bool)
    frozen[1:3] = True
    program = program._replace(days=program.days._replace(frozen=frozen))
    people = run_replicate(program, 1, 0)[0].people
    # They arrive at T on day 1 with time left, so they are counted at A at once, and at T when it is over.
    assert people[0].tolist() == [0, 0, 0]
    assert people[1].tolist() == people[2].tolist() == [100, 0, 0]
    assert people[3, 0] == 0
    assert people[3, 1:].sum() == 100
    by_default = travelled(world, None, 62)
    by_default = by_default._replace(days=by_default.days._replace(frozen=frozen))
    assert run_replicate(by_default, 1, 0)[0].people[2].tolist() == [0, 100, 0]


def test_nobody_is_lost_over_a_harvest(world):
    build = world({"A": "conflict", "T": "town", "B": "camp"}, [("A", "T", 150), ("T", "B", 90)], 70)
    build.moving(harvest_months=(2,), max_move_speed=200.0, camp_movechance=0.1)
    record, state = run_replicate(build.program({"A": 500, "B": 200}), 1, 0)
    on_roads = (state.agents.where < 0).sum()
    assert record.people[-1].sum() + on_roads == 700
    assert (record.people.sum(axis=1) <= 700).all()
    # Everybody is counted at home at the end of February: nobody is left on a road, which takes a day.
    assert record.people[58].tolist() == [500, 0, 200]
    assert (state.agents.home >= 0).all()


def test_only_farmers_stay_by_default(world):
    build = world({"A": "town", "F": "town", "B": "camp"}, [("A", "B", 10), ("F", "B", 10)], 33, None)
    build.moving(**WINTER, default_movechance=0.25)
    build.extra["F"] = {"farmer_fraction": "0.4"}
    record, state = run_replicate(build.program({"A": 5000, "F": 20_000}), 1, 0)
    farmers = state.agents.farmer[5000:]
    assert abs(farmers.mean() - 0.4) < 5 * 0.5 / np.sqrt(20_000)
    assert not state.agents.farmer[:5000].any()
    # All others have left by the end of January, but for a quarter in a million; then farmers begin to.
    assert record.people[30, :2].tolist() == [pytest.approx(0, abs=3), pytest.approx(int(farmers.sum()), abs=5)]
    assert abs(record.people[31, 1] / int(farmers.sum()) - 0.75) < 0.03
    build.compat = "flee3"
    everybody = run_replicate(build.program({"A": 5000, "F": 20_000}), 1, 0)[0]
    assert everybody.people[30, :2].tolist() == [5000, 20_000]
