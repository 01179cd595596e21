"""Travel, to the day: each rule of Flee and the sensible one beside it, on roads without a choice."""

import numpy as np
import pytest

FAST = {"max_move_speed": 200.0, "max_walk_speed": 35.0, "camp_movechance": 0.0}


def chain(world, *lengths, days=8, compat="flee3", middle="forward", end="camp"):
    """Return a one-way-like chain A - B1 - ... - End: agents turned towards the end by scores."""
    names = ["A", *[f"B{n}" for n in range(1, len(lengths))], "End"]
    kinds = ["forward", *[middle] * (len(lengths) - 1), end]
    roads = [(one, two, km) for one, two, km in zip(names[:-1], names[1:], lengths, strict=True)]
    return world(dict(zip(names, kinds, strict=True)), roads, days, compat).moving(**FAST)


def onward(program):
    """Close every road that leads back, so that agents have no choice."""
    back = program.roads.road_from > program.roads.road_to
    open_roads = program.days.open_roads & ~back
    return program._replace(days=program.days._replace(open_roads=open_roads))


def arrivals(build, present=1, on_foot=False):
    """Return the agents in the last place by day, when nobody can turn back."""
    from sojourn.engine.walk.days import run_replicate

    program = onward(build.program({"A": present}, on_foot))
    record, state = run_replicate(program, 1, 0)
    return record.people[:, -1].tolist(), state


@pytest.mark.parametrize(("km", "day"), [(199, 0), (200, 1), (201, 1), (400, 2), (599, 2)])
def test_the_end_of_a_road_is_reached_only_by_going_further(world, km, day):
    counts, _ = arrivals(chain(world, km))
    assert counts == [0] * day + [1] * (8 - day)


@pytest.mark.parametrize(("km", "day"), [(199, 0), (200, 0), (201, 1), (400, 1), (401, 2)])
def test_by_default_a_road_takes_its_length(world, km, day):
    counts, _ = arrivals(chain(world, km, compat=None))
    assert counts == [0] * day + [1] * (8 - day)


def test_each_road_of_a_day_gives_a_full_day_again(world):
    # 150 km, then a full 200 km although only 50 are left: both in one day.
    assert arrivals(chain(world, 150, 150))[0][0] == 1
    assert arrivals(chain(world, 150, 150, compat=None))[0][:2] == [0, 1]
    # After two roads 300 km are covered, more than a day: the third starts tomorrow.
    assert arrivals(chain(world, 150, 150, 150))[0][:2] == [0, 1]
    assert arrivals(chain(world, 199, 199))[0][0] == 1
    # Three short roads stay below a day's distance, so a fourth is started.
    assert arrivals(chain(world, 60, 60, 60, 199))[0][0] == 1


def test_distance_on_an_unfinished_road_is_kept(world):
    # Day 0: 150 km and 200 of the second road's 350; day 1: the rest.
    counts, _state = arrivals(chain(world, 150, 350))
    assert counts[:2] == [0, 1]
    # Without the full day again, 50 km on day 0, 200 each on days 1 and 2.
    assert arrivals(chain(world, 150, 350, compat=None))[0][:3] == [0, 0, 1]


def test_only_the_first_road_is_walked(world):
    walked = chain(world, 100, 150).moving(start_on_foot=True)
    # 35 km a day: the first road ends on day 2 with 30 km walked, less than a day on foot, so it goes on by car.
    assert arrivals(walked, on_foot=True)[0][:4] == [0, 0, 1, 1]
    assert arrivals(walked, on_foot=False)[0][0] == 1
    # A road of 105 km takes a fourth day (never just reached), and no time is left on it.
    exact = chain(world, 105, 150).moving(start_on_foot=True)
    assert arrivals(exact, on_foot=True)[0][:5] == [0, 0, 0, 1, 1]


def test_time_left_after_walking_is_a_share_of_the_day(world):
    # Default: 100 km on foot take 2 days and 30/35 of one; 1/7 of 200 km a day is left on day 2: 28.57 km.
    build = chain(world, 100, 28, compat=None).moving(start_on_foot=True)
    assert arrivals(build, on_foot=True)[0][:3] == [0, 0, 1]
    build = chain(world, 100, 29, compat=None).moving(start_on_foot=True)
    assert arrivals(build, on_foot=True)[0][:4] == [0, 0, 0, 1]


def test_people_in_camps_at_the_start_walk_out_of_them_in_flee(world):
    for compat, expected in (("flee3", True), (None, False)):
        build = world({"A": "camp"}, [], 2, compat)
        build.places["B"] = "town"
        build.roads = [("A", "B", 10)]
        build.registered(A=[3]).conflict(B=[1])
        build.names = ["A", "B"]
        program = build.program()
        assert len(program.arrivals.present) == 3
        assert program.rules.present_on_foot is expected


def test_a_road_can_have_its_own_speed_or_be_walked(world):
    slow = world({"A": "forward", "End": "camp"}, [world.road("A", "End", 100, max_move_speed=30.0)], 8)
    assert arrivals(slow.moving(**FAST))[0][:4] == [0, 0, 0, 1]
    walked = world({"A": "forward", "End": "camp"}, [world.road("A", "End", 100, walk_probability=1.0)], 8)
    assert arrivals(walked.moving(**FAST))[0][:3] == [0, 0, 1]
    mixed = world({"A": "forward", "End": "camp"}, [world.road("A", "End", 350, walk_probability=0.5)], 12)
    counts, _ = arrivals(mixed.moving(**FAST), present=4000)
    # Day 1: both days driven, or one driven day ends at 235 km: 1/4 of the agents.
    assert counts[0] == 0
    assert abs(counts[1] / 4000 - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 4000)


def test_recent_travel_is_halved_each_day(world):
    build = chain(world, 150, 600, days=5)
    _, state = arrivals(build)
    # Day 0: (0 + 350/200)/2; days 1 and 2: (r + 1)/2, on day 2 d = 600, not beyond; day 3 arrives with 0 km left.
    recent = (0 + 350 / 200) / 2
    for moved in (200, 200, 0):
        recent = (recent + moved / 200) / 2
    assert state.agents.recent[0] == recent
    assert state.agents.since[0] == 4


@pytest.mark.parametrize("compat", ["flee3", None])
def test_a_short_stint_does_not_end_in_a_town(world, compat):
    def resting(km, avoid):
        build = chain(world, km, 500, middle="town", compat=compat)
        build.moving(avoid_short_stints=avoid, default_movechance=0.005)
        return build.run({"A": 1})[0]["B1"][0]

    # 150 of 200 km: (0 + 0.75) / 2 is below a half, so the agent leaves the town at once.
    assert resting(150, avoid=False) == 1
    assert resting(150, avoid=True) == 0
    # On the third day of travel recent travel is high enough: 0.875 + 100/200 over 2 is above a half.
    build = chain(world, 500, 500, middle="town", compat=compat)
    build.moving(avoid_short_stints=True, default_movechance=0.005)
    assert build.run({"A": 1})[0]["B1"][2:4] == [1, 1]


def test_a_closed_road_turns_travellers_back_at_its_end(world):
    def travel(compat, start, end):
        build = chain(world, 500, compat=compat, days=12).closing("country", "Home", "Away", start, end)
        build.country["End"] = "Away"
        return build.run({"A": 1})[0]

    # The road takes three days; closed on day 1, it turns the traveller back on day 2.
    assert travel("flee3", 1, -1)["A"][2:] == [1] * 10
    assert travel(None, 1, -1)["A"][2:] == [1] * 10
    # Reopened on day 2: in Flee the old road stays closed for who is on it, and the agent starts again.
    assert travel("flee3", 1, 2)["End"] == [0] * 5 + [1] * 7
    assert travel(None, 1, 2)["End"] == [0] * 2 + [1] * 10


@pytest.mark.parametrize("compat", ["flee3", None])
def test_short_stints_are_measured_by_the_general_speed(world, compat):
    places = {"A": "forward", "T": "town", "B": "camp"}
    # 90 of a day's 100 km on a slow road: (0 + 90/200) / 2 is below a half, though most of the day was travelled.
    for avoid in (False, True):
        roads = [world.road("A", "T", 90, max_move_speed=100.0), ("T", "B", 500)]
        build = world(places, roads, 1, compat).moving(**FAST, default_movechance=0.005, avoid_short_stints=avoid)
        assert build.run({"A": 1})[0]["T"] == [0 if avoid else 1]
    # After two days on it, 150 km: day 0 leaves 100/200/2 = 0.25; (0.25 + 50/200) / 2 is a quarter: on again.
    roads = [world.road("A", "T", 150, max_move_speed=100.0), ("T", "B", 500)]
    build = world(places, roads, 2, compat).moving(**FAST, default_movechance=0.005, avoid_short_stints=True)
    assert build.run({"A": 1})[0]["T"] == [0, 0]


def test_day_zero_residents_walk_out_of_their_camp_in_flee(world):
    def road_taken(compat):
        build = world({"A": "camp", "B": "town"}, [("A", "B", 100)], 6, compat).moving(start_on_foot=True)
        build.moving(camp_movechance=1.0, max_move_speed=200.0, max_walk_speed=35.0, default_movechance=0.005)
        build.registered(A=[3]).places["B"] = ("town", 9)
        return build.conflict(B=[1]).moving(conflict_movechance=0.005).run()[0]["B"]

    # 100 km at 35 km a day: on the third day.
    assert road_taken("flee3")[:4] == [0, 0, 3, 3]
    assert road_taken(None)[0] == 3
