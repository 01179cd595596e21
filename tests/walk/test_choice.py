"""Choice of routes: weights, awareness, markers, crowding, closures, to the number or in distribution."""

import numpy as np
import pytest

from sojourn.engine.walk.days import ENTRIES, run_replicate
from sojourn.engine.walk.routes import room_left
from sojourn.engine.walk.state import new_state
from sojourn.engine.walk.streams import SCRATCH

STILL = {"camp_movechance": 0.0, "default_movechance": 0.0}


def table(program, place, day=0, people=()):
    """Return the open routes of a place as places and shares of the choice, with ``people`` in places."""
    state = new_state(program)
    stream, key = np.zeros(SCRATCH, np.uint64), np.array([1, 0], np.uint64)
    for morning in range(day + 1):
        ENTRIES.dawn(program, state, morning, stream, key)
    for row, number in people:
        state.sites.people[row] = number
    nobody = np.zeros((1, len(state.sites.people)), np.int64), np.zeros((1, len(program.roads.road_km)), np.int64)
    ENTRIES.settle(program, state, day, *nobody)
    first, size = program.roads.option_start[place], state.tables.size[place]
    options = state.tables.option[first : first + size]
    steps = np.diff(state.tables.cumulative[first : first + size], prepend=0.0)
    routes = []
    for option in options:
        start, stop = program.roads.path_start[option : option + 2]
        routes.append(tuple(program.roads.road_to[program.roads.path_roads[start:stop]]))
    return dict(zip(routes, steps / steps.sum(), strict=True)) if len(set(routes)) == size else (routes, steps)


def test_weights_are_scores_over_softened_distance(world):
    build = world({"A": "forward", "B": "camp", "C": "town", "D": "conflict"}, [("A", "B", 90), ("A", "C", 40)])
    build.roads.append(("A", "D", 10))
    build.moving(softening=10.0, camp_weight=2.0, conflict_weight=0.25, distance_power=1.0)
    weights = np.array([2 / 100, 1 / 50, 0.25 / 20])
    shares = table(build.program(), 0)
    assert list(shares.values()) == pytest.approx(list(weights / weights.sum()), abs=1e-15)
    build.moving(distance_power=0.75, weight_power=2.0, weight_softening=0.5)
    weights = np.array([2.5 / 100**0.75, 1.5 / 50**0.75, 0.75 / 20**0.75]) ** 2
    assert list(table(build.program(), 0).values()) == pytest.approx(list(weights / weights.sum()), abs=1e-15)


def test_agents_choose_by_these_weights(world):
    build = world({"A": "forward", "B": "camp", "C": "town"}, [("A", "B", 90), ("A", "C", 40)], 1, None)
    counts, _ = build.moving(camp_weight=2.0, **STILL).run({"A": 20_000})
    assert counts["A"] == [0]
    assert abs(counts["B"][0] / 20_000 - 0.5) < 5 * np.sqrt(0.25 / 20_000)


def test_every_simple_route_within_awareness_is_an_option(world):
    build = world({"A": "town", "B": "town", "C": "town"}, [("A", "B", 10), ("B", "C", 20), ("C", "A", 40)])
    build.moving(awareness_level=2, softening=10.0)
    shares = table(build.program(), 0)
    # The softening is added once to the whole route.
    weights = {(1,): 1 / 20, (1, 2): 1 / 40, (2,): 1 / 50, (2, 1): 1 / 70}
    assert list(shares) == list(weights)
    assert list(shares.values()) == pytest.approx([w / sum(weights.values()) for w in weights.values()])
    for level, count in ((1, 2), (-1, 2), (3, 4)):
        assert len(table(build.moving(awareness_level=level).program(), 0)) == count


def test_markers_are_passed_and_cost_no_awareness(world):
    places = {"A": "forward", "M": "marker", "B": "camp"}
    build = world(places, [("A", "M", 30), ("M", "B", 20)], 3).moving(max_move_speed=40.0, **STILL)
    assert list(table(build.program(), 0)) == [(1, 2)]
    counts, _state = build.run({"A": 1})
    # Day 0: 30 km to the marker, 10 of the day left: a full day again on the next road, 20 km done.
    assert counts["B"] == [1, 1, 1]
    build.compat = None
    assert build.run({"A": 1})[0]["B"] == [0, 1, 1]


@pytest.mark.parametrize("compat", ["flee3", None])
@pytest.mark.parametrize("fixed", [False, True])
def test_markers_come_and_go(world, compat, fixed):
    places = {"A": "forward", "M": "town", "B": "camp"}
    build = world(places, [("A", "M", 30), ("M", "B", 20)], 3, compat).moving(awareness_level=1, fixed_routes=fixed)
    build.changes = (("M", "marker", 1), ("M", "town", 2))
    program = build.program()
    # In Flee fixed routes pass a marker at the cost of awareness.
    beyond = [] if fixed and compat else [(1, 2)]
    assert [list(table(program, 0, day)) for day in (0, 2)] == [[(1,)], [(1,)]]
    if beyond:
        assert list(table(program, 0, day=1)) == beyond
    build.changes = ()
    build.closing("camp", "M", "", 1, -1).places["M"] = "marker"
    # A marker that is closed or opened as a camp is none any more.
    assert list(table(build.program(), 0, day=1)) == [(1,)]


def test_awareness_zero_freezes_everyone_in_flee(world):
    build = world({"A": "forward", "B": "camp", "C": "camp"}, [("A", "B", 9), ("A", "C", 900)], 2)
    build.moving(awareness_level=0, **STILL)
    assert build.run({"A": 10})[0]["A"] == [10, 10]
    build.compat = None
    assert build.run({"A": 10})[0]["A"] == [0, 0]
    assert list(table(build.program(), 0).values()) == [0.5, 0.5]


def test_redirection_one_counts_a_road_twice_in_flee(world):
    build = world({"A": "forward", "B": "camp", "C": "camp"}, [("A", "B", 50, 1), ("A", "C", 50)])
    routes, steps = table(build.program(), 0)
    assert routes == [(1,), (1,), (2,)]
    assert np.allclose(steps, steps[0])
    build.compat = None
    assert list(table(build.program(), 0).values()) == [0.5, 0.5]
    build.roads[0] = ("A", "B", 50, 2)
    build.compat = "flee3"
    assert list(table(build.program(), 0).values()) == [0.5, 0.5]


def test_poor_routes_are_pruned(world):
    build = world({"A": "forward", "B": "camp", "C": "camp", "D": "camp"}, [("A", "B", 90), ("A", "C", 190)])
    build.roads.append(("A", "D", 490))
    assert len(table(build.program(), 0)) == 3
    assert list(table(build.moving(pruning_threshold=2.0).program(), 0)) == [(1,), (2,)]


def test_room_falls_from_the_buffer_to_the_limit():
    room = room_left.py_func
    assert [room(n, 100.0, 0.9) for n in (0, 90, 100, 101)] == [1.0, 1.0, 0.0, 0.0]
    assert room(95, 100.0, 0.9) == pytest.approx(0.5)
    assert room(10**6, 0.5, 0.9) == 1.0
    assert room(10**6, -1.0, 0.9) == 1.0


def test_a_full_camp_is_not_chosen_and_not_set_out_for(world):
    build = world({"A": "forward", "B": ("camp", 100), "C": "camp"}, [("A", "B", 10), ("A", "C", 10)], 1)
    program = build.moving(**STILL).program()
    assert table(program, 0, people=[(1, 90)]) == {(1,): 0.5, (2,): 0.5}
    assert table(program, 0, people=[(1, 96)])[(1,)] == pytest.approx(0.4 / 1.4)
    assert table(program, 0, people=[(1, 100)])[(1,)] == 0.0
    # With less than half of the buffer left nobody sets out, even if the route is chosen (95 by rounding).
    for there, waiting in ((94, False), (95, True), (96, True), (100, False)):
        counts, _ = build.run({"B": there, "A": 2000})
        assert (counts["A"][0] > 0) is waiting
    # All routes full: every route counts the same, and nobody leaves.
    only = world({"A": "forward", "B": ("camp", 100)}, [("A", "B", 10)], 1).moving(**STILL)
    assert only.run({"B": 100, "A": 50})[0]["A"] == [50]


def test_day_zero_people_are_taken_off_capacities_in_flee(world):
    build = world({"A": "conflict", "B": ("camp", 100), "C": ("camp", 30)}, [("A", "B", 10), ("A", "C", 10)])
    build.registered(B=[60], C=[30]).conflict(A=[1]).moving(capacity_scaling=1.25)
    build.places["A"] = ("conflict", 10)
    assert build.program().days.capacity[0].tolist() == [-1, 40, 0]
    build.compat = None
    assert build.program().days.capacity[0].tolist() == [-1, 100, 30]


def test_in_order_later_agents_see_earlier_ones(world):
    # 400 agents pass H on the same day. In order the camp fills and the last stay; at once, all pile in.
    build = world({"A": "forward", "H": "forward", "B": ("camp", 100)}, [("A", "H", 10), ("H", "B", 10)], 1)
    build.moving(max_move_speed=1000.0, **STILL)
    program = build.program({"A": 400})
    program = program._replace(
        days=program.days._replace(open_roads=program.days.open_roads & np.array([True, False] * 2))
    )
    full, _ = run_replicate(program, 1, 0)
    assert full.people[0].tolist() == [0, 305, 95]
    at_once = program._replace(rules=program.rules._replace(in_order=False))
    assert run_replicate(at_once, 1, 0)[0].people[0].tolist() == [0, 0, 400]


def test_a_place_without_open_roads_keeps_its_people(world):
    build = world({"A": "forward", "B": "camp"}, [("A", "B", 10)], 4).closing("location", "A", "ignored", 0, 2)
    assert build.moving(**STILL).run({"A": 5})[0]["A"] == [5, 5, 0, 0]
