"""Rules of a researcher's own, in Python compiled by Numba: the example of the documentation, and what it does."""

import numpy as np

from sojourn.engine.walk.days import run_replicate
from sojourn.engine.walk.rule import rule


@rule
def tired(program, state, agent, day, place, chance):
    """Leave half as readily on each day after the first: an agent remembers since when it rests."""
    rested = day - state.agents.since[agent]
    return chance * 0.5**rested


@rule
def odd_ones_dislike_the_first_camp(program, state, agent, day, place, score):
    """Every second agent does not want to go to place 1."""
    return 0.0 if agent % 2 == 1 and place == 1 else score


OWN = {"own_chance": tired, "own_score": odd_ones_dislike_the_first_camp}


def test_a_chance_that_depends_on_memory(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 6)
    program = build.moving(default_movechance=0.4, camp_movechance=0.0).program({"A": 40_000})
    record, _ = run_replicate(program, 1, 0, **OWN)
    left = np.cumprod([1 - 0.4 * 0.5**day for day in range(6)])
    assert np.allclose(record.people[:, 0] / 40_000, left, atol=5 * 0.5 / np.sqrt(40_000))


def test_a_score_of_ones_own(world):
    build = world({"A": "forward", "B": "camp", "C": "camp"}, [("A", "B", 10), ("A", "C", 10)], 1)
    program = build.moving(camp_movechance=0.0).program({"A": 20_000})
    _, state = run_replicate(program, 1, 0, **OWN)
    assert set(state.agents.where[1::2].tolist()) == {2}
    assert abs(np.mean(state.agents.where[0::2] == 1) - 0.5) < 5 * 0.5 / 100
