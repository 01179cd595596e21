"""Fixed routes under ``flee3``: searched as Flee does it, to the number."""

import numpy as np
import pytest
from tests.walk.test_choice import table

from sojourn.engine.walk.days import run_replicate
from sojourn.flee import FleeError

LINE = [("A", "B", 10), ("B", "C", 20), ("C", "D", 30), ("D", "E", 40)]


def fixed(world, roads, days=3, **places):
    build = world(places or dict.fromkeys("ABCD", "town") | {"E": "camp"}, list(roads), days)
    return build.moving(fixed_routes=True, softening=10.0, camp_weight=2.0)


def weights(program, place, day=0):
    """Return the weights of the crawl from a place by route, those that are found on a day."""
    roads, searched = program.roads, program.views.searched[day]
    found = {}
    for option in range(roads.option_start[place], roads.option_start[place + 1]):
        first, last = roads.path_start[option : option + 2]
        route = tuple(roads.road_to[roads.path_roads[first:last]].tolist())
        if searched[option] > 0:
            found[route] = float(searched[option])
    return found


def test_scores_of_places_further_down_are_those_of_yesterday(world):
    build = fixed(world, [("A", "B", 10), ("B", "C", 20), ("C", "A", 40)], 3, A="town", B="town", C="town")
    build.conflict(A=[0, 1], C=[0, 1]).moving(conflict_weight=0.5)
    program = build.program()
    # C is in conflict from day 1 on. A, which comes before C, hears of it on day 2; C hears of A at once.
    assert [weights(program, 0, day)[(2,)] for day in range(3)] == pytest.approx([1 / 50, 1 / 50, 0.5 / 50])
    assert [weights(program, 2, day)[(0,)] for day in range(3)] == pytest.approx([1 / 50, 0.5 / 50, 0.5 / 50])
    # The score counts once more, and that is today's.
    shares = table(program, 0, day=1)
    assert shares[(2,)] / shares[(1,)] == pytest.approx(0.5 * (1 / 50) / (1 / 20))


def test_on_the_first_day_scores_are_those_before_conflicts_began(world):
    build = fixed(world, [("A", "B", 10)], 2, A="town", B="town").conflict(B=[1])
    program = build.moving(conflict_weight=0.25).program()
    assert [weights(program, 0, day)[(1,)] for day in range(2)] == pytest.approx([1 / 20, 0.25 / 20])


def test_a_place_without_a_score_is_not_found(world):
    build = fixed(world, [("A", "B", 10), ("A", "C", 10)], 1, A="town", B="camp", C="town").moving(camp_weight=0.0)
    assert list(weights(build.program(), 0)) == [(2,)]


def test_where_length_does_not_count_the_first_route_stays(world):
    ring = [("A", "B", 90), ("B", "C", 90), ("A", "C", 10)]
    build = fixed(world, ring, 1, A="town", B="town", C="camp").moving(awareness_level=2)
    assert list(weights(build.program(), 0)) == [(1,), (2,)]
    build.moving(distance_power=0.0)
    assert list(weights(build.program(), 0)) == [(1,), (1, 2)]


def test_populations_count_at_the_choice_only(world):
    build = fixed(world, [("A", "B", 10), ("A", "C", 10)], 1, A="town", B=("town", 400), C="camp")
    build.moving(use_pop_for_loc_weight=True, pop_power_for_loc_weight=0.5)
    program = build.program()
    assert weights(program, 0) == {(1,): pytest.approx(1 / 20), (2,): pytest.approx(2 / 20)}
    # The crawl's weight times the score: 20 of 400 people, and 2 of a camp once more.
    assert table(program, 0) == {(1,): pytest.approx(20 / 24), (2,): pytest.approx(4 / 24)}


def test_a_major_route_loses_its_first_stop(world):
    build = fixed(world, LINE, 1)
    build.major = (("B", "C", "D", "E"),)
    program = build.program()
    # From A by B to E: 110 km count for a quarter; B is lost, and no road leads from A to C.
    assert weights(program, 0) == {(1,): pytest.approx(1 / 20), (2, 3, 4): pytest.approx(2 * 4 / 110)}
    # From B itself: C is lost.
    assert (3, 4) in weights(program, 1)
    # Whoever picks the major route from A finds no road, and stays.
    program = build.moving(default_movechance=1.0, max_move_speed=5.0).program({"A": 30_000})
    found = run_replicate(program, 1, 0)[0]
    stay = (4 * 4 / 110) / (1 / 20 + 4 * 4 / 110)
    assert abs(found.people[0, 0] / 30_000 - stay) < 5 * 0.5 / np.sqrt(30_000)
    assert found.entered[0, 0] + found.people[0, 0] == 30_000


def test_a_major_route_is_compared_with_that_of_its_last_place_but_one(world):
    build = fixed(world, LINE, 2)
    build.major = (("B", "C", "D", "E"),)
    # From D to E directly: 2 / 50. A major route of 100 km is longer than that by more than four times.
    build.roads[2] = ("C", "D", 90)
    program = build.program()
    # On day 0 D, which comes after A in the file, has no routes yet; on day 1 it has.
    assert list(weights(program, 0, day=0)) == [(1,), (2, 3, 4)]
    assert list(weights(program, 0, day=1)) == [(1,), (2, 3, 4)]
    build.roads[2] = ("C", "D", 190)
    program = build.program()
    assert list(weights(program, 0, day=0)) == [(1,), (2, 3, 4)]
    assert list(weights(program, 0, day=1)) == [(1,)]


def test_what_yesterday_found_by_scores_of_the_day_before_lasts_two_days(world):
    build = fixed(world, LINE, 8).conflict(E=[0, 0, 0, 0, 1]).moving(conflict_weight=0.5)
    build.major = (("B", "C", "D", "E"),)
    build.roads[2] = ("C", "D", 60)
    program = build.program()
    # E is in conflict from day 4 on. A knows on day 5; D then has the route of day 4, with the score of day 3.
    found = [(2, 3, 4) in weights(program, 0, day) for day in range(8)]
    assert found == [True, True, True, True, True, False, True, True]


def test_major_routes_lead_to_places_that_no_other_route_reaches(world):
    build = fixed(world, LINE, 1)
    build.major = (("B", "C", "D"),)
    assert list(weights(build.program(), 0)) == [(1,), (2, 3)]
    assert list(weights(build.moving(awareness_level=3).program(), 0)) == [(1,), (1, 2), (1, 2, 3)]


def test_of_two_major_routes_the_last_stays(world):
    build = fixed(world, [*LINE, ("A", "F", 5), ("F", "E", 5)], 1, **dict.fromkeys("ABCDEF", "town"))
    build.major = (("A", "F", "E"), ("A", "B", "C", "D", "E"))
    assert weights(build.program(), 0)[(2, 3, 4)] == pytest.approx(4 / 110)
    build.major = build.major[::-1]
    assert weights(build.program(), 0)[(4,)] == pytest.approx(4 / 20)


def test_a_row_that_ends_with_empty_cells_leads_one_way(world):
    build = fixed(world, LINE, 1)
    build.major = (("A", "B", "C", ""),)
    program = build.program()
    assert (2,) in weights(program, 0)
    assert list(weights(program, 2)) == [(1,), (3,)]


def test_a_closed_major_route_stops_flee(world):
    build = fixed(world, LINE, 3).closing("location", "D", "", 1, -1)
    build.major = (("B", "C", "D", "E"),)
    with pytest.raises(FleeError) as caught:
        build.program()
    assert caught.value.codes == ("F306",)
    assert "from C to D" in str(caught.value)
    assert "day 1" in str(caught.value)
    build.compat = None
    assert len(build.program().roads.option_final) > 0


def test_nobody_knows_a_fixed_route_from_a_marker_or_without_awareness(world):
    build = fixed(world, [("A", "M", 10), ("M", "B", 10)], 1, A="town", M="marker", B="camp")
    assert weights(build.moving(awareness_level=2).program(), 1) == {}
    assert weights(build.program(), 0) == {(1, 2): pytest.approx(2 / 30)}
    assert len(build.moving(awareness_level=0).program().roads.option_final) == 0


def test_a_crawl_that_would_find_the_same_is_not_repeated(world, monkeypatch):
    from sojourn.flee.rules.fixed_routes_flee3 import RouteSearch

    days = []
    search = RouteSearch.morning
    monkeypatch.setattr(RouteSearch, "morning", lambda self, day: (days.append(day), search(self, day)))
    build = fixed(world, LINE, 12).conflict(D=[0, 0, 0, 0, 0, 1]).moving(conflict_weight=0.5)
    often = build.program()
    assert days == [0, 1, 2, 5, 6, 7]
    monkeypatch.setattr(RouteSearch, "same_as_before", lambda self, day: False)
    assert np.array_equal(build.program().views.searched, often.views.searched)
