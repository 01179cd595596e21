"""Optional rules: food, economic pull, population, departures by conflict, camps as sinks."""

import numpy as np
import pytest

from sojourn.engine.walk.program import TOWN
from sojourn.flee.model import FoodSecurity, InitialAgents
from sojourn.flee.settings import ConflictSpawning


def two(world, days=4, **more):
    return world({"A": ("town", 1000), "B": "camp"}, [("A", "B", 10)], days, **more)


FOOD = FoodSecurity(days=np.array([0.0, 2.0]), regions=("",), percent=np.array([[0.0], [80.0]]))


def test_food_shortage(world):
    build = two(world, 3).moving(avoid_food_deprived_locations=True, flee_when_starving=True)
    build.spawning(starvation_driven_spawning=True, conflict_zone_spawning_only=False)
    build.food = FOOD
    days = build.moving(default_movechance=0.5).program().days
    assert days.score[:, 0].tolist() == pytest.approx([1, 1 - 0.4**2, 1 - 0.8**2])
    # p = food + (1 - food) p
    assert (days.chance + days.chance_by_size)[:, 0].tolist() == pytest.approx([0.5, 0.7, 0.9])
    # In Flee departures follow the food of the day before, and that of day 0 counts nowhere.
    assert days.spawn_factor[:, 0].tolist() == pytest.approx([0, 0, 0.4])
    build.compat = None
    assert build.program().days.spawn_factor[:, 0].tolist() == pytest.approx([0, 0.4, 0.8])


@pytest.mark.parametrize("compat", ["flee3", None])
def test_food_displaces_in_conflict_only_where_only_conflict_does(world, compat):
    build = two(world, 4, compat=compat).conflict(A=[0, 1, 1, 0])
    build.food = FoodSecurity(days=np.array([0.0, 9.0]), regions=("",), percent=np.array([[50.0], [50.0]]))
    build.spawning(starvation_driven_spawning=True)
    assert build.program().days.spawn_factor[:, 0].tolist() == [0, 1.5, 1.5, 0]


def test_food_abroad_does_not_matter_to_scores(world):
    build = two(world, 3).moving(avoid_food_deprived_locations=True, camp_weight=2.0)
    build.food, build.country = FOOD, {"B": "Away"}
    assert build.program().days.score[:, 1].tolist() == [2, 2, 2]


def test_pull_of_trade_and_people(world):
    build = two(world)
    build.country["B"] = "Away"
    build.extra["B"] = {"trade_volume": "2", "hdi": "0.5"}
    build.moving(
        use_economic_pull=True, foreign_weight=2.0, use_pop_for_loc_weight=True, pop_power_for_loc_weight=0.5
    )
    assert build.program().days.score[0].tolist() == pytest.approx([1000**0.5, 2 * 3.25])


def test_move_chance_by_population(world):
    build = two(world).moving(
        movechance_pop_scale_factor=0.5, movechance_pop_base=4000.0, default_movechance=0.4, camp_movechance=0.0
    )
    counts, state = build.run({"A": 50_000})
    assert state.sites.chance[0] == pytest.approx(0.4 * 0.5)
    assert abs(counts["A"][0] / 50_000 - 0.8) < 0.01


@pytest.mark.parametrize(
    ("mode", "rate", "flee3", "default"),
    [("constant", 3.5, [6, 0, 3, 3], [7, 0, 3, 4]), ("pop_ratio", 0.1, [200, 0, 80, 72], [200, 0, 80, 72])],
)
def test_departures_by_conflict(world, mode, rate, flee3, default):
    build = two(world).conflict(A=[2, 0, 1]).moving(conflict_movechance=0.005, default_movechance=0.01)
    rule = ConflictSpawning(spawn_mode=mode, displaced_per_conflict_day=rate)
    build.spawning(conflict_driven_spawning=rule, take_from_population=mode == "pop_ratio")
    for build.compat, expected in (("flee3", flee3), (None, default)):
        assert build.program().arrivals.placed[:, 0].tolist() == expected
        counts, state = build.run()
        assert abs(counts["A"][0] - expected[0]) <= 10
        assert state.created[0] == sum(expected)


def test_departures_by_conflict_are_of_people_not_of_agents(world):
    build = two(world).conflict(A=[1]).spawning(conflict_driven_spawning=ConflictSpawning())
    # In Flee 500 agents a day, whatever the scale; by default 500 people, 7.1 agents.
    assert build.program(scale=70).arrivals.placed[:, 0].tolist() == [500] * 4
    build.compat = None
    assert build.program(scale=70).arrivals.placed[:, 0].tolist() == [7, 7, 7, 7]
    assert build.program(scale=800).arrivals.placed[:, 0].tolist() == [0, 1, 0, 1]


def test_more_than_all_can_only_leave_in_flee(world):
    build = two(world, 2).conflict(A=[4]).spawning(take_from_population=True)
    build.spawning(conflict_driven_spawning=ConflictSpawning(displaced_per_conflict_day=400))
    assert build.program().arrivals.placed[:, 0].tolist() == [1600, 1600]
    build.compat = None
    assert build.program().arrivals.placed[:, 0].tolist() == [1000, 0]


def test_departures_are_of_the_morning_before_closures(world):
    build = two(world, 2).conflict(A=[1]).closing("camp", "A", "", 1, -1)
    build.spawning(conflict_driven_spawning=ConflictSpawning(displaced_per_conflict_day=5))
    assert build.program().arrivals.placed[:, 0].tolist() == [5, 5]
    assert build.program().days.flags[1, 0] == TOWN


def test_departures_drawn_for_each_replicate(world):
    build = two(world, 40).conflict(A=[1])
    build.spawning(conflict_driven_spawning=ConflictSpawning(spawn_mode="poisson", displaced_per_conflict_day=100))
    from sojourn.engine.walk.days import run_replicate

    program = build.program()
    created = np.array([run_replicate(program, 1, number)[0].created[-1] for number in range(50)])
    assert abs(created.mean() - 4000) < 5 * np.sqrt(4000 / 50)
    assert 0.5 < created.var() / 4000 < 2
    assert run_replicate(program, 1, 7)[0].created[-1] == created[7]


def test_camps_that_are_sinks(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 10, None).moving(camp_movechance=0.0)
    build.extra["B"] = {"deactivation_probability": "0.2"}
    counts, _ = build.spawning(camps_are_sinks=True).run({"B": 50_000})
    assert np.allclose(np.array(counts["B"]) / 50_000, 0.8 ** np.arange(1, 11), atol=0.012)
    # A closed camp is a town: nobody disappears from it.
    build.closing("camp", "B", "", 0, -1).moving(default_movechance=0.0)
    assert build.run({"B": 50})[0]["B"] == [50] * 10


def test_people_of_agents_csv_are_taken_from_the_population(world):
    build = two(world, 2).conflict(A=[1]).spawning(take_from_population=True, read_from_agents_csv_file=True)
    build.agents = InitialAgents(locations=np.zeros(30, np.int32))
    program = build.program()
    assert program.arrivals.present.tolist() == [0] * 30
    assert program.arrivals.population.tolist() == [970, 0]


def test_idps_at_the_start_are_people(world):
    build = two(world, 2).conflict(A=[1])
    build.extra["B"] = {"initial_idps": "25"}
    assert len(build.program(scale=10).arrivals.present) == 25
    build.compat = None
    assert len(build.program(scale=10).arrivals.present) == 2
    assert len(build.spawning(empty_camps_on_day0=True).program(scale=10).arrivals.present) == 0


def test_population_that_shrinks_shrinks_what_it_does(world):
    build = two(world, 3).conflict(A=[1]).moving(use_pop_for_loc_weight=True, pop_power_for_loc_weight=1.0)
    build.moving(movechance_pop_scale_factor=1.0, movechance_pop_base=1000.0, conflict_movechance=0.1)
    build.registered(B=[0, 400, 900]).spawning(take_from_population=True).moving(conflict_weight=1.0)
    _, state = build.run()
    # After the departures of the last day: 1000 - 900.
    assert state.tables.presence.tolist() == [100.0, 1.0]
    assert state.sites.chance[0] == pytest.approx(0.1 * 100 / 1000)
    _, state = build.spawning(take_from_population=False).run()
    assert len(state.tables.presence) == 0
    assert build.program().days.score[0].tolist() == [1000, 1]
    assert state.sites.chance[0] == pytest.approx(0.1)
