"""Contracts: nobody is lost, results do not depend on workers, replicates are their own, plain Python twin."""

import json
import os
import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from tests.walk.conftest import World

from sojourn.engine.walk import days as engine
from sojourn.engine.walk.state import NEVER, new_state
from sojourn.engine.walk.streams import SCRATCH, gather, make_blocks, open_block

KINDS = st.sampled_from(["town", "conflict", "forward", "marker", ("camp", 30), ("camp", 200), "camp"])


@st.composite
def worlds(draw):
    names = [f"P{number}" for number in range(draw(st.integers(2, 6)))]
    places = {name: draw(KINDS) for name in names}
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), min_size=1, max_size=9))
    roads = [(a, b, draw(st.sampled_from([5, 35, 90, 200, 420]))) for a, b in pairs if a != b]
    build = World(places, roads or [(names[0], names[1], 50)], 15, draw(st.sampled_from(["flee3", None])))
    build.moving(
        max_move_speed=200.0,
        awareness_level=draw(st.integers(1, 3)),
        avoid_short_stints=draw(st.booleans()),
        start_on_foot=draw(st.booleans()),
        default_movechance=draw(st.sampled_from([0.3, 1.0])),
        camp_movechance=draw(st.sampled_from([0.001, 0.2])),
    )
    if draw(st.booleans()):
        build.closing("location", names[0], "", draw(st.integers(0, 9)), draw(st.integers(-1, 12)))
    build.places["Z"] = ("conflict", 9)
    build.names.append("Z")
    build.conflict(Z=[1], **{names[-1]: draw(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=8))})
    return build, {name: draw(st.integers(0, 120)) for name in names}


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_nobody_is_lost(case):
    build, present = case
    program = build.program(present)
    record, state = engine.run_replicate(program, 3, 0)
    total = sum(present.values())
    assert (record.created == total).all()
    assert (record.people >= 0).all()
    where = state.agents.where
    for place in range(len(build.names)):
        assert record.people[-1, place] == (where == place).sum()
    roads, travelling = program.roads, total - record.people.sum(axis=1)
    assert (travelling >= 0).all()
    assert travelling[-1] == (where < 0).sum()
    # Whoever is not at a place set out and did not arrive: no more than set out.
    assert (travelling <= record.entered.sum(axis=1).cumsum()).all()
    assert ((-1 - where[where < 0]) < len(roads.road_km)).all()
    # Nobody is forgotten: all but those who are done until the end act on some later day.
    assert (state.agents.wake >= 15).all()


@settings(max_examples=25, deadline=None)
@given(worlds(), st.integers(2, 4))
def test_workers_change_nothing(case, workers):
    build, present = case
    build.compat = None
    program = build.program({name: number * 60 for name, number in present.items()})
    alone, left = engine.run_replicate(program, 5, 2, workers=1)
    before, engine.SHARED_FROM = engine.SHARED_FROM, 0
    try:
        shared, right = engine.run_replicate(program, 5, 2, workers=workers)
    finally:
        engine.SHARED_FROM = before
    assert all(np.array_equal(a, b) for a, b in zip(alone, shared, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(left.agents, right.agents, strict=True))


@njit
def opened_blocks(agents, stream, key, component, day, last):
    due = gather(agents, day, 0, last, True, stream)
    make_blocks(stream, key, component, day, due)
    found = np.empty((due, 12), np.uint64)
    for row in range(due):
        open_block(stream, row)
        found[row] = stream[:12]
    return found


def test_numbers_made_together_are_those_of_numpy(world):
    build = world({"A": "forward", "B": "camp"}, [("A", "B", 10)], 3)
    agents = new_state(build.program({"A": 200})).agents
    agents.wake[[3, 60, 61]] = 2
    stream, key = np.zeros(SCRATCH, np.uint64), np.array([7, 8], np.uint64)
    found = opened_blocks(agents, stream, key, np.uint64(99), 2, 64)
    assert found[:, 2:6].tolist() == [[1, 2, 99, agent] for agent in (3, 60, 61)]
    for opened, agent in zip(found, (3, 60, 61), strict=True):
        # NumPy steps its counter before the first block: (block, day, component, agent) less one.
        before = np.array([2**64 - 1, 1, 99, agent], np.uint64)
        assert opened[6:10].tolist() == np.random.Philox(key=key, counter=before).random_raw(4).tolist()


def test_resting_days_follow_the_daily_chance(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 30, None)
    build.moving(default_movechance=0.2, camp_movechance=0.0)
    counts, _ = build.run({"A": 100_000})
    left = np.array([100_000, *counts["A"]])
    leavers = left[:-1] - left[1:]
    expected = left[:-1] * 0.2
    chi2 = ((leavers - expected) ** 2 / (left[:-1] * 0.16)).sum()
    assert chi2 < 59.7  # 99.9 % point of chi-square with 30 degrees of freedom


def test_a_changed_chance_holds_from_its_day(world):
    build = world({"A": "town", "B": "camp"}, [("A", "B", 10)], 4, None).conflict(A=[0, 0, 1])
    build.moving(default_movechance=0.001, conflict_movechance=1.0, camp_movechance=0.0)
    counts, _ = build.run({"A": 1000})
    assert counts["A"][1] > 980
    assert counts["A"][2:] == [0, 0]


TWIN = """
import json, sys
import numpy as np
np.seterr(over="ignore")
sys.path.insert(0, {folder!r})
from conftest import World
from sojourn.engine.walk.days import run_replicate
import sojourn.flee.compile as w
w.require_conflict = lambda possible: None
found = []
for compat in ("flee3", None):
    build = World({{"A": "conflict", "T": "town", "B": ("camp", 25), "C": "camp"}},
                  [("A", "T", 60), ("T", "B", 90), ("T", "C", 200), ("A", "C", 300)], 12, compat)
    build.moving(max_move_speed=200.0, awareness_level=2, avoid_short_stints=True, start_on_foot=True)
    build.closing("location", "C", "", 4, 7)
    record, state = run_replicate(build.program({{"A": 60, "B": 5}}, True), 11, 1)
    found.append([record.people.tolist(), state.agents.recent.tolist(), state.agents.where.tolist()])
print(json.dumps(found))
"""


def test_compiled_equals_plain_python(request):
    folder = str(request.path.parent)

    def outcome(**environment):
        done = subprocess.run(
            [sys.executable, "-c", TWIN.format(folder=folder)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | environment,
        )
        return json.loads(done.stdout)

    assert outcome() == outcome(NUMBA_DISABLE_JIT="1")


def test_never_is_beyond_every_run():
    assert np.iinfo(np.uint16).max == NEVER
