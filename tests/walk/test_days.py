"""What happens over night: conflicts, closures, camps, who is displaced and from where."""

import numpy as np
import pytest

from sojourn.engine.walk.program import CAMP, TOWN
from sojourn.flee import FleeError, simulate
from sojourn.flee.compile import newly_displaced

DECAY = {"conflict_spawn_decay": (1.0, 0.5, 0.1), "conflict_spawn_decay_interval": 2}


def days_of(build):
    return build.program().days


def test_a_conflict_starts_and_ends(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 6).conflict(A=[0, 2, 2, 0])
    build.moving(conflict_weight=0.5, default_movechance=0.3, conflict_movechance=0.9)
    days = days_of(build)
    assert days.score[:, 0].tolist() == [1, 0.25, 0.25, 1, 1, 1]
    assert days.chance_by_size[:, 0].tolist() == [0.3, 0.9, 0.9, 0.3, 0.3, 0.3]
    assert days.flags[:, 0].tolist() == [TOWN, 0, 0, TOWN, TOWN, TOWN]


def test_changes_between_intensities_are_ignored_in_flee(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 3).conflict(A=[1, 3, 2])
    build.moving(conflict_weight=0.5)
    assert days_of(build).score[:, 0].tolist() == [0.5, 0.5, 0.5]
    build.compat = None
    assert days_of(build).score[:, 0].tolist() == [0.5, 0.125, 0.25]


def test_a_conflict_zone_without_conflict_stays_one_until_a_conflict_ends(world):
    build = world({"A": "conflict", "B": "camp"}, [("A", "B", 10)], 5).conflict(A=[0, 0, 1, 0])
    build.moving(default_movechance=0.3)
    assert days_of(build).chance_by_size[:, 0].tolist() == [1.0, 1.0, 1.0, 0.3, 0.3]


def test_avoidance_decays_from_the_last_start(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 12).conflict(A=[0, *[1] * 6, 0, 1, 1])
    build.moving(conflict_weight=0.25).spawning(**DECAY)
    expected = [1, *[0.25] * 2, *[0.25**0.5] * 2, *[0.25**0.1] * 2, 1, *[0.25] * 2, *[0.25**0.5] * 2]
    assert days_of(build).score[:, 0].tolist() == expected


def test_departure_weights_are_a_day_old_in_flee(world):
    build = world({"A": "town", "C": "town", "B": "camp"}, [("A", "B", 10)], 7).conflict(A=[1], C=[0, 0, 0, 1])
    build.spawning(**DECAY)
    # Day 3: a start somewhere makes all weights new.
    assert days_of(build).spawn_factor[:, 0].tolist() == [1, 1, 1, 0.5, 0.5, 0.1, 0.1]
    build.compat = None
    assert days_of(build).spawn_factor[:, 0].tolist() == [1, 1, 0.5, 0.5, 0.1, 0.1, 0.1]


def test_small_chances_make_a_camp_in_flee(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 1).moving(default_movechance=0.004)
    assert days_of(build).flags[0, 0] == CAMP
    assert build.scenario().camps == ("A", "B")
    build.compat = None
    assert days_of(build).flags[0, 0] == TOWN
    assert build.scenario().camps == ("B",)
    zone = world({"A": "flood_zone", "F": "forward", "B": "camp"}, [("A", "B", 10)], 1)
    zone.moving(default_movechance=0.004)
    assert days_of(zone).flags[0].tolist() == [0, 0, CAMP]


def open_roads(build, road=0):
    return days_of(build).open_roads[:, road].astype(int).tolist()


def test_country_and_location_closures(world):
    build = world({"A": "town", "B": "camp", "C": "camp"}, [("A", "B", 10), ("C", "B", 10)], 5)
    build.country = {"B": "Away", "C": "Away"}
    build.closing("country", "Home", "Away", 1, 3)
    assert [open_roads(build, road) for road in range(4)] == [[1, 0, 0, 1, 1]] * 2 + [[1] * 5] * 2
    build.closures.clear()
    build.closing("location", "C", "A", 1, -1)
    assert [open_roads(build, road) for road in range(4)] == [[1] * 5] * 2 + [[1, 0, 0, 0, 0]] * 2


def test_a_link_closure_does_nothing_in_flee(world):
    build = world({"A1": "town", "B1": "camp"}, [("A1", "B1", 10)], 3).closing("link", "A1", "B1", 1, -1)
    assert [open_roads(build, road) for road in (0, 1)] == [[1, 1, 1], [1, 1, 1]]
    build.compat = None
    assert [open_roads(build, road) for road in (0, 1)] == [[1, 0, 0], [1, 0, 0]]
    # Names of one character are compared rightly, but only the way back is closed.
    single = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 3).closing("link", "A", "B", 1, -1)
    assert [open_roads(single, road) for road in (0, 1)] == [[1, 1, 1], [1, 0, 0]]


def test_reopening_undoes_other_closures_in_flee(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 6).closing("country", "Home", "Away", 1, 5)
    build.country["B"] = "Away"
    build.closing("location", "B", "", 2, 3)
    assert open_roads(build) == [1, 0, 0, 1, 1, 1]
    build.compat = None
    assert open_roads(build) == [1, 0, 0, 0, 0, 1]


def test_a_closure_that_ends_before_it_starts(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 4).closing("location", "B", "", 2, 0)
    for build.compat in ("flee3", None):
        assert open_roads(build) == [1, 1, 0, 0]


def test_a_closure_of_no_length(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 4).closing("location", "B", "", 2, 2)
    # Flee closes and opens on the same day; by default a closure that does not end after it starts never ends.
    assert open_roads(build) == [1, 1, 1, 1]
    build.compat = None
    assert open_roads(build) == [1, 1, 0, 0]


def test_an_end_before_the_start_opens_a_camp_in_flee(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 4).closing("camp", "A", "", 2, 0)
    assert days_of(build).flags[:, 0].tolist() == [CAMP, CAMP, TOWN, TOWN]
    build.compat = None
    assert days_of(build).flags[:, 0].tolist() == [TOWN] * 4


def test_a_closed_camp_is_a_town(world):
    build = world({"A": "town", "B": ("camp", 50)}, [("A", "B", 10)], 4).closing("camp", "B", "", 1, 3)
    build.moving(default_movechance=0.3, camp_movechance=0.01, camp_weight=2.0)
    days = days_of(build)
    assert days.flags[:, 1].tolist() == [CAMP, TOWN, TOWN, CAMP]
    assert days.score[:, 1].tolist() == [2, 1, 1, 2]
    assert days.chance_by_size[:, 1].tolist() == [0.01, 0.3, 0.3, 0.01]
    assert days.capacity[:, 1].tolist() == [50] * 4


def test_location_changes(world):
    build = world({"A": "town", "B": ("camp", 50)}, [("A", "B", 10)], 3)
    build.changes = (("A", "idpcamp", 1), ("B", "conflict", 2))
    days = days_of(build)
    assert days.flags[:, 0].tolist() == [TOWN, CAMP, CAMP]
    assert days.chance_by_size[:, 0].tolist() == [0.3, 0.1, 0.1]
    assert days.chance_by_size[:, 1].tolist() == [0.001, 0.001, 1.0]
    # In Flee the weights of departures follow a day later, as no conflict started by the table.
    assert days.spawn_factor[:, 1].tolist() == [0, 0, 0]
    build.compat = None
    assert days_of(build).spawn_factor[:, 1].tolist() == [0, 0, 1]


def test_room_that_is_built(world):
    build = world({"A": "town", "B": ("camp", 50)}, [("A", "B", 10)], 3)
    build.extra = {"A": {"capacity_per_day": "6"}, "B": {"capacity_per_day": "15"}}
    # In Flee room is built in agents, not in people, and in towns it makes a limit of what was none.
    assert build.program(scale=10).days.capacity.tolist() == [[5, 20], [11, 35], [17, 50]]
    build.compat = None
    assert build.program(scale=10).days.capacity.tolist() == [[-1, 6], [-1, 8], [-1, 9]]


def test_day_zero_people_are_taken_off_before_room_is_built(world):
    build = world({"A": ("conflict", 9), "B": ("camp", 50), "C": "camp"}, [("A", "B", 10)], 2)
    build.conflict(A=[1]).registered(B=[20], C=[30])
    build.extra = {"C": {"capacity_per_day": "15"}}
    assert build.program().days.capacity[:, 1:].tolist() == [[30, 15], [30, 30]]


def test_debt_is_paid_before_anybody_appears():
    new = np.array([5, -3, 2, -1, 4, 0, 1])
    appear, debt = newly_displaced(new)
    assert appear.tolist() == [5, 0, 0, 0, 2, 0, 1]
    assert debt.tolist() == [0, 3, 1, 2, 0, 0, 0]


def test_people_appear_by_population_and_conflict(world):
    build = world({"A": ("town", 3000), "B": ("town", 1000), "C": "camp"}, [("A", "C", 10), ("B", "C", 10)], 2)
    build.conflict(A=[1], B=[1]).registered(C=[100, 40_100]).moving(conflict_movechance=0.0)
    counts, state = build.run()
    assert counts["C"][0] == 100
    assert counts["A"][1] + counts["B"][1] == 40_000 == state.created[0] - 100
    assert abs(counts["A"][1] / 40_000 - 0.75) < 5 * np.sqrt(0.75 * 0.25 / 40_000)


def test_the_displaced_can_be_taken_from_the_population(world):
    build = world({"A": ("town", 70), "B": ("town", 50), "C": "camp"}, [("A", "C", 10), ("B", "C", 10)], 30)
    build.conflict(A=[1], B=[1]).registered(C=list(range(0, 116, 4)))
    _, state = build.spawning(take_from_population=True).run()
    assert state.sites.population.sum() == 120 - 112
    assert build.spawning(take_from_population=False).run()[1].sites.population.tolist() == [70, 50, 0]


def test_who_waits_for_a_conflict_and_who_never_appears_is_counted(world):
    build = world({"A": ("town", 70), "C": "camp"}, [("A", "C", 10)], 6, None).conflict(A=[1, 0, 0, 1, 0, 0])
    build.registered(C=[0, 5, 9, 10, 12, 13])
    notes = simulate(build.scenario(), seed=1).notes
    assert notes.to_dict() == {"F302": 9, "F303": 3}
    assert simulate(build.conflict(A=[1]).scenario(), seed=1).notes.empty


def test_who_is_registered_after_everybody_left_is_counted(world):
    build = world({"A": ("town", 7), "C": "camp"}, [("A", "C", 10)], 4, None).conflict(A=[1])
    build.registered(C=[0, 7, 9, 14]).spawning(take_from_population=True)
    made = simulate(build.scenario(), seed=1, replicates=2)
    assert made.notes.to_dict() == {"F304": 2 * 7}
    assert made.data["created"].values[:, -1, 0].tolist() == [7, 7]


def test_a_day_without_conflict(world, monkeypatch):
    build = world({"A": ("town", 70), "C": "camp"}, [("A", "C", 10)], 4).conflict(A=[1, 0, 0, 1])
    build.registered(C=[0, 5, 9, 9])
    build.compat = None
    assert build.program().arrivals.spread.tolist() == [0, 0, 0, 9]
    build.compat = "flee3"
    monkeypatch.undo()
    with pytest.raises(FleeError) as caught:
        build.program()
    assert caught.value.codes == ("F301",)
    assert "2 such days, the first is day 1" in str(caught.value)
