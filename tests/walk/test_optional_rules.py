"""Optional rules: food, floods, harvests, economic pull, population, departures by conflict, camps as sinks."""

import numpy as np
import pytest

from sojourn.flee import FleeError
from sojourn.flee.model import FoodSecurity
from sojourn.flee.settings import ConflictSpawning, FloodRules, FloodSpawning
from sojourn.flee.walk_program import compile_walk


def compiled(build, **changes):
    scenario = build.scenario()
    for name, value in changes.items():
        object.__setattr__(scenario, name, value)
    return compile_walk(scenario, 1)


def two(world, days=4, **more):
    return world({"A": ("town", 1000), "B": "camp"}, [("A", "B", 10)], days, **more)


FOOD = FoodSecurity(days=np.array([0.0, 2.0]), regions=("",), percent=np.array([[0.0], [80.0]]))


def test_food_shortage(world):
    build = two(world, 3).moving(avoid_food_deprived_locations=True, flee_when_starving=True)
    build.spawning(starvation_driven_spawning=True).moving(default_movechance=0.5)
    days = compiled(build, food_security=FOOD).days
    assert days.score[:, 0].tolist() == pytest.approx([1, 1 - 0.4**2, 1 - 0.8**2])
    # p = food + (1 - food) p
    assert (days.chance + days.chance_by_size)[:, 0].tolist() == pytest.approx([0.5, 0.7, 0.9])
    assert days.spawn_factor[:, 0].tolist() == pytest.approx([0, 0.4, 0.8])


def test_floods(world):
    rules = FloodRules(max_flood_level=2, flood_movechances=(0.1, 0.6, 0.9), flood_loc_weights=(1.0, 0.5, 0.2))
    build = two(world, 3).moving(flood_rules=rules, default_movechance=0.3)
    levels = np.array([[0.0, 0], [1.7, 0], [2, 0]])
    days = compiled(build, flood_levels=levels).days
    assert days.score[:, 0].tolist() == [1, 0.5, 0.2]
    assert (days.chance + days.chance_by_size)[:, 0].tolist() == [0.3, 0.6, 0.9]
    build.spawning(
        flood_zone_spawning_only=True,
        conflict_zone_spawning_only=False,
        take_from_population=True,
        flood_driven_spawn_mode=FloodSpawning(displaced_per_flood_day=(0.0, 0.1, 0.5)),
    )
    assert compiled(build, flood_levels=levels).arrivals.placed[:, 0].tolist() == [0, 100, 450]


def test_nobody_sets_out_in_harvest_months(world):
    build = world({"A": "forward", "B": "camp"}, [("A", "B", 10)], 35).moving(harvest_months=(1,))
    counts, _ = build.moving(camp_movechance=0.0).run({"A": 50})
    assert counts["A"][30:32] == [50, 0]
    town = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 33).moving(harvest_months=(1,), camp_movechance=0.0)
    counts, _ = town.moving(default_movechance=0.25).run({"A": 20_000})
    assert counts["A"][30] == 20_000
    assert abs(counts["A"][31] / 20_000 - 0.75) < 0.02


def test_pull_of_trade_and_people(world):
    build = two(world)
    build.country["B"] = "Away"
    build.extra["B"] = {"trade_volume": "2", "hdi": "0.5"}
    build.moving(
        use_economic_pull=True, foreign_weight=2.0, use_pop_for_loc_weight=True, pop_power_for_loc_weight=0.5
    )
    assert compiled(build).days.score[0].tolist() == pytest.approx([1000**0.5, 2 * 3.25])


def test_move_chance_by_population(world):
    build = two(world).moving(
        movechance_pop_scale_factor=0.5, movechance_pop_base=4000.0, default_movechance=0.4, camp_movechance=0.0
    )
    counts, state = build.run({"A": 50_000})
    assert state.sites.chance[0] == pytest.approx(0.4 * 0.5)
    assert abs(counts["A"][0] / 50_000 - 0.8) < 0.01


@pytest.mark.parametrize(("mode", "rate", "first"), [("constant", 3.5, 7), ("pop_ratio", 0.1, 200)])
def test_departures_by_conflict(world, mode, rate, first):
    build = two(world).conflict(A=[2, 0, 1]).moving(conflict_movechance=0.0, default_movechance=0.01)
    rule = ConflictSpawning(spawn_mode=mode, displaced_per_conflict_day=rate)
    build.spawning(conflict_driven_spawning=rule, take_from_population=mode == "pop_ratio")
    placed = build.program().arrivals.placed[:, 0]
    assert placed.tolist() == ([7, 0, 3, 3] if mode == "constant" else [200, 0, 80, 72])
    counts, state = build.run()
    assert counts["A"][0] == first
    assert state.created[0] == placed.sum()


def test_departures_drawn_for_each_replicate(world):
    build = two(world, 40).conflict(A=[1])
    build.spawning(conflict_driven_spawning=ConflictSpawning(spawn_mode="poisson", displaced_per_conflict_day=100))
    from sojourn.engine.walk.run import run_replicate

    program = build.program()
    created = np.array([run_replicate(program, 1, number)[0].created[-1] for number in range(50)])
    assert abs(created.mean() - 4000) < 5 * np.sqrt(4000 / 50)
    assert 0.5 < created.var() / 4000 < 2
    assert run_replicate(program, 1, 7)[0].created[-1] == created[7]


def test_camps_that_are_sinks(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 10).moving(camp_movechance=0.0)
    build.extra["B"] = {"deactivation_probability": "0.2"}
    counts, _ = build.spawning(camps_are_sinks=True).run({"B": 50_000})
    assert np.allclose(np.array(counts["B"]) / 50_000, 0.8 ** np.arange(1, 11), atol=0.012)


def test_rules_that_are_not_there_are_refused_together(world):
    build = two(world).moving(match_town_ethnicity=True, match_camp_religion=True)
    with pytest.raises(FleeError) as caught:
        build.program()
    assert caught.value.codes == ("FLEE-RULE-MISSING",) * 2
