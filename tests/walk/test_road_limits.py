"""Roads that only so many people can set out on in a day."""

import numpy as np
import pytest

from sojourn.engine.walk import days as engine


def border(world, limit, days=6, compat=None, km=10):
    """Return a road with a limit to a camp."""
    places = {"A": "forward", "H": "forward", "B": "camp"}
    roads = [("A", "H", 20), world.road("H", "B", km, capacity_per_day=limit)]
    return world(places, roads, days, compat).moving(camp_movechance=0.0)


def test_so_many_pass_a_day_and_the_others_wait(world):
    counts, state = border(world, 30).closing("link", "A", "H", 0, -1).run({"H": 100})
    assert counts["B"] == [30, 60, 90, 100, 100, 100]
    assert counts["H"] == [70, 40, 10, 0, 0, 0]
    # The oldest go first.
    assert (state.agents.where == 2).all()
    _, state = border(world, 30, 2).closing("link", "A", "H", 0, -1).run({"H": 100})
    assert state.agents.where.tolist() == [2] * 60 + [1] * 40


def test_whoever_comes_to_it_during_the_day_waits_for_the_morning(world):
    build = border(world, 30)
    program = build.program({"A": 40})
    open_roads = program.days.open_roads.copy()
    open_roads[:, [1, 3]] = False
    people = engine.run_replicate(program._replace(days=program.days._replace(open_roads=open_roads)), 1, 0)[
        0
    ].people
    assert people[:3].tolist() == [[0, 40, 0], [0, 10, 30], [0, 0, 40]]


def test_flee_has_no_such_limit(world):
    assert len(border(world, 30, compat="flee3").program().days.road_limit) == 0
    counts, _ = border(world, 30, 1, "flee3").run({"H": 100})
    assert counts["H"][0] + counts["A"][0] + counts["B"][0] == 100
    assert counts["H"][0] == 0


def test_limits_are_of_people(world):
    limits = border(world, 25, 5).program(scale=10).days.road_limit
    assert limits[:, 2].tolist() == limits[:, 3].tolist() == [2, 3, 2, 3, 2]
    assert limits[:, 0].tolist() == [-1] * 5
    assert len(border(world, None).program().days.road_limit) == 0


def test_a_road_of_no_capacity_lets_nobody_pass(world):
    counts, _ = border(world, 0).closing("link", "A", "H", 0, -1).run({"H": 9})
    assert counts["H"] == [9] * 6


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing(world, monkeypatch, workers):
    build = border(world, 30, 8, km=390).moving(max_move_speed=200.0, start_on_foot=True)
    program = build.program({"A": 3000, "H": 9000}, on_foot=True)
    alone, left = engine.run_replicate(program, 5, 2)
    monkeypatch.setattr(engine, "SHARED_FROM", 0)
    shared, right = engine.run_replicate(program, 5, 2, workers=workers)
    assert all(np.array_equal(a, b) for a, b in zip(alone, shared, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(left.agents, right.agents, strict=True))
    assert alone.entered[:, 2].tolist() == [30] * 8
