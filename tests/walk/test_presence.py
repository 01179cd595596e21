"""``Match...`` rules under ``flee3``: people are counted where they are each morning, or Flee stops."""

import numpy as np
import pytest
from tests.walk.test_people import demographic

from sojourn.engine.walk.days import HUGE_POPULATION, run_replicate
from sojourn.flee import FleeError

STILL = {"camp_movechance": 0.0, "conflict_movechance": 0.005, "default_movechance": 0.005}


def mixed(world, days=1):
    """Return A, from where people of two peoples go to a camp, a place in conflict, or a town."""
    places = {"A": "forward", "B": "camp", "C": ("conflict", 400), "D": ("town", 200)}
    build = world(places, [("A", name, 90) for name in "BCD"], days).moving(**STILL)
    build.moving(match_camp_ethnicity=True, match_camp_religion=True, match_town_ethnicity=True)
    build.moving(match_conflict_ethnicity=True, avg_religion_fraction=0.5)
    build.demographics = (
        demographic("ethnicity", {"x": 1, "y": 0}, B={"x": 0, "y": 1}, D={"x": 1, "y": 1}),
        demographic("religion", {"sun": 1, "moon": 0}, B={"sun": 1, "moon": 1}),
    )
    return build


def kinds(program):
    """Return the number of each kind by its people and religion."""
    presence = program.presence
    return {(e, r): k for k, (e, r) in enumerate(zip(presence.ethnicity, presence.religion, strict=True))}


def test_ones_own_are_counted_where_they_are(world):
    program = mixed(world).program({"B": 4000, "C": 30, "D": 1000})
    record, state = run_replicate(program, 1, 0)
    assert record.people[0].tolist()[1] == 4000
    factor = state.tables.presence.reshape(-1, 4)
    around = state.tables.around.reshape(-1, 4)
    assert around.sum(axis=0).tolist() == [0, 4000, 30, 1000]
    number = kinds(program)
    # Kinds in the order of names: x is 0, y is 1; moon is 0, sun is 1.
    for (people, faith), kind in number.items():
        same = [around[k] for (e, _), k in number.items() if e == people]
        alike = [around[k] for (_, r), k in number.items() if r == faith]
        akin, devout = np.sum(same, axis=0), np.sum(alike, axis=0)
        assert factor[kind, 0] == 0.0
        # Nobody lives in a camp: its own count next to nothing there.
        camp = 10 * akin[1] / HUGE_POPULATION * devout[1] / HUGE_POPULATION / 0.5
        assert factor[kind, 1:] == pytest.approx([camp, 10 * akin[2] / 400, 10 * akin[3] / 200], rel=1e-12)
    assert akin[3] > 400


def test_ratios_follow_the_population_and_the_day(world):
    build = mixed(world, 3).conflict(C=[1]).registered(B=[0, 100, 300]).spawning(take_from_population=True)
    program = build.moving(conflict_movechance=0.005).program()
    _, state = run_replicate(program, 3, 0)
    around = state.tables.around.reshape(-1, 4).sum(axis=0)
    assert state.sites.population[2] == 100
    assert 280 <= around[2] <= 300
    # All come from C, so all are x and believe in the sun.
    factor = state.tables.presence.reshape(-1, 4)[kinds(program)[0, 1]]
    assert factor[2] == pytest.approx(10 * around[2] / 100)


def test_the_choice_follows_the_count(world):
    build = mixed(world).moving(match_camp_ethnicity=False, match_camp_religion=False, camp_weight=0.0)
    build.moving(conflict_weight=1.0)
    build.demographics = (demographic("ethnicity", {"x": 1}), demographic("religion", {"sun": 1}))
    record, _ = run_replicate(build.program({"C": 40, "D": 30, "A": 30_000}), 1, 0)
    # Shares of the choice: 10 x 40 / 400 and 10 x 30 / 200.
    assert record.people[0, :2].tolist() == [0, 0]
    assert abs((record.people[0, 2] - 40) / 30_000 - 1.0 / 2.5) < 5 * 0.5 / np.sqrt(30_000)


def test_somebody_on_a_road_over_night_stops_flee(world):
    build = mixed(world)
    for change in ({"max_move_speed": 90.0}, {"start_on_foot": True, "max_walk_speed": 35.0}):
        build.moving(max_move_speed=360.0, start_on_foot=False)
        build.program()
        with pytest.raises(FleeError, match="a night on a road") as caught:
            build.moving(**change).program()
        assert caught.value.codes == ("F306",)


def test_peoples_that_no_file_names_are_refused(world):
    build = mixed(world)
    build.demographics = build.demographics[:1]
    with pytest.raises(FleeError) as caught:
        build.program()
    assert caught.value.codes == ("F305",)
