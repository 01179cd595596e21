"""Fixed routes: one way to each place, the score twice in Flee, and major roads (of Flee: test_crawl.py)."""

import numpy as np
import pytest
from tests.walk.test_choice import table

RING = [("A", "B", 10), ("B", "C", 20), ("C", "A", 40)]


def fixed(world, compat="flee3", **move):
    build = world({"A": "forward", "B": "town", "C": ("camp", 100)}, list(RING), 3, compat)
    return build.moving(fixed_routes=True, softening=10.0, camp_weight=2.0, **move)


def shares(weights):
    return {route: pytest.approx(weight / sum(weights.values())) for route, weight in weights.items()}


def test_only_the_best_route_to_a_place_counts(world):
    build = fixed(world, None, awareness_level=2)
    # To B directly (10 km, not 60), to C by B (30 km, not 40).
    assert table(build.program(), 0) == shares({(1,): 1 / 20, (1, 2): 2 / 40})


def test_the_score_counts_twice_in_flee_and_room_does_not(world):
    build = fixed(world, awareness_level=2)
    assert table(build.program(), 0, people=[(2, 94)]) == shares({(1,): 1 / 20, (1, 2): 4 / 40})
    build.compat = None
    assert table(build.program(), 0, people=[(2, 94)]) == shares({(1,): 1 / 20, (1, 2): 0.6 * 2 / 40})


def test_the_next_best_route_counts_while_the_best_is_closed(world):
    build = fixed(world, None, awareness_level=2).closing("link", "A", "B", 1, 2)
    assert list(table(build.program(), 0, day=1)) == [(2, 1), (2,)]
    assert list(table(build.program(), 0, day=2)) == [(1,), (1, 2)]


def test_markers_cost_awareness_in_flee(world):
    build = world({"A": "forward", "M": "marker", "B": "camp"}, [("A", "M", 30), ("M", "B", 20)], 1)
    build.moving(fixed_routes=True, awareness_level=1)
    empty, _ = table(build.program(), 0) or ([], None)
    assert empty == []
    build.compat = None
    assert list(table(build.program(), 0)) == [(1, 2)]


def test_major_roads_lead_beyond_the_horizon(world):
    places = dict.fromkeys("ABCD", "town") | {"E": "camp"}
    roads = [("A", "B", 10), ("B", "C", 20), ("C", "D", 30), ("D", "E", 40)]
    build = world(places, roads, 1, None).moving(fixed_routes=True, softening=10.0, camp_weight=2.0)
    build.major = (("B", "C", "D", "E"),)
    # From A by B, within the horizon, along the major road: (10 + 100) / 4 km.
    assert table(build.program(), 0) == shares({(1,): 1 / 20, (1, 2, 3, 4): 2 * 4 / 110})
    # Back along it, from E; D is next to it, C is neither.
    assert table(build.program(), 4) == shares({(3,): 1 / 50, (3, 2, 1): 4 / 100})
    # From C neither end is reached by it: it begins at neither C nor, without coming back, its neighbours.
    assert list(table(build.program(), 2)) == [(1,), (3,)]
    # An empty cell at the end, as Flee's reading keeps it, means nothing here.
    build.major = (("B", "C", "D", "E", ""),)
    assert list(table(build.program(), 0)) == [(1,), (1, 2, 3, 4)]


def test_people_go_where_fixed_routes_lead(world):
    build = fixed(world, None, awareness_level=2, max_move_speed=500.0, camp_movechance=0.0, default_movechance=0.0)
    build.places["C"] = "camp"
    counts, _ = build.run({"A": 20_000})
    assert counts["A"][0] == 0
    assert abs(counts["C"][0] / 20_000 - 0.5) < 5 * 0.5 / np.sqrt(20_000)
