"""Rules by age, gender, ethnicity, religion and home: scores to the number, choices in distribution."""

import numpy as np
import pytest
from tests.walk.test_choice import table

from sojourn.engine.walk import days as engine
from sojourn.flee import FleeError
from sojourn.flee.model import Demographic, InitialAgents
from sojourn.flee.rules.people import nearness, power_of
from sojourn.flee.settings import MoveRules

STILL = {"camp_movechance": 0.0, "conflict_movechance": 0.0}
MOST_BYTES = 64
"""Memory an agent may take."""


def demographic(attribute, weights, **by_location):
    rows = {name: np.array([row[value] for value in weights], float) for name, row in by_location.items()}
    return Demographic(
        attribute=attribute,
        values=tuple(weights),
        default=np.array(list(weights.values()), float),
        by_location=rows,
    )


def three(world, compat="flee3", days=1):
    """Return A, from where people choose between a camp and a place in conflict, equally far."""
    build = world({"A": "forward", "B": "camp", "C": "conflict"}, [("A", "B", 90), ("A", "C", 90)], days, compat)
    return build.moving(camp_weight=2.0, conflict_weight=0.5, **STILL)


@pytest.mark.parametrize(
    ("rules", "age", "gender", "flee3", "default"),
    [
        ("children", 18, "male", 2, 2),
        ("children", 19, "male", 1, 1),
        ("elderly", 59, "male", 1, 1),
        ("elderly", 60, "male", 2, 2),
        ("women", 30, "female", 2, 2),
        ("women", 30, "male", 1, 1),
        ("women children", 10, "female", 2, 2),
        ("women elderly", 70, "female", 2, 2),
        ("boys", 16, "male", 1, 0),
        ("boys children", 14, "male", 2, 2),
        ("boys children", 15, "male", 0, 0),
        ("boys children", 16, "female", 2, 2),
        ("boys children", 40, "male", 0, 1),
        ("boys children elderly", 70, "male", 0, 2),
    ],
)
def test_who_minds_hazards(rules, age, gender, flee3, default):
    names = {"children": "children_avoid_hazards", "elderly": "elderly_avoid_hazards"}
    names |= {"women": "women_avoid_hazards", "boys": "boys_take_risk"}
    move = MoveRules(**{names[rule]: True for rule in rules.split()})
    assert power_of(move, age, gender, literal=True) == flee3
    assert power_of(move, age, gender, literal=False) == default


@pytest.mark.parametrize("compat", ["flee3", None])
def test_those_who_avoid_hazards_square_the_score(world, compat):
    build = three(world, compat).moving(women_avoid_hazards=True, children_avoid_hazards=True, boys_take_risk=True)
    build.demographics = (
        demographic("gender", {"female": 1, "male": 1}),
        demographic("age", {"10": 1, "16": 1, "30": 2}),
    )
    # In Flee a chance of leaving below this makes a camp.
    build.moving(conflict_movechance=0.005)
    program = build.program({"A": 40_000})
    # Kinds in the order of (age, gender): squared, indifferent, and, by default, as it is.
    boys = [2.0, 0.0] if compat else [2.0, 0.0, 1.0]
    scores = {2.0: [1, 4, 0.25], 0.0: [1, 1, 1], 1.0: [1, 2, 0.5]}
    assert program.views.score[0].tolist() == [scores[power] for power in boys]
    record, state = engine.run_replicate(program, 1, 0)
    # Of 8: in Flee males over 14 do not mind (3), all others square; by default men of 30 (2) see plainly.
    share = (5 * 4 / 4.25 + 3 * 0.5) / 8 if compat else (5 * 4 / 4.25 + 1 * 0.5 + 2 * 2 / 2.5) / 8
    assert record.people[0, 0] == 0
    assert abs(record.people[0, 1] / 40_000 - share) < 5 * 0.5 / 200
    kinds = np.bincount(state.agents.outlook) / 40_000
    assert kinds == pytest.approx(np.array([5, 3] if compat else [5, 1, 2]) / 8, abs=5 * 0.5 / 200)


def test_attributes_follow_the_place_where_somebody_appears(world):
    build = three(world).moving(women_avoid_hazards=True)
    build.demographics = (demographic("gender", {"female": 1, "male": 3}, A={"female": 0, "male": 1}),)
    _, state = build.run({"A": 100, "B": 4000})
    assert not (state.agents.outlook[:100] == 0).any()
    assert abs(np.mean(state.agents.outlook[100:] == 0) - 0.25) < 5 * 0.5 / np.sqrt(4000)


def test_people_of_agents_csv_are_who_they_are_said_to_be(world):
    build = three(world, days=2).moving(women_avoid_hazards=True).spawning(read_from_agents_csv_file=True)
    build.demographics = (demographic("gender", {"female": 1, "male": 1}),)
    codes = np.arange(50, dtype=np.int32) % 2
    build.agents = InitialAgents(
        locations=np.zeros(50, np.int32), codes={"gender": codes}, values={"gender": ("male", "female")}
    )
    build.registered(B=[20])
    _, state = build.run()
    assert state.agents.outlook[:50].tolist() == (1 - codes).tolist()
    assert len(set(state.agents.outlook[50:].tolist())) == 2


def test_people_prefer_their_own(world):
    places = {"A": "forward", "B": "camp", "C": ("conflict", 400), "D": ("town", 400), "E": ("town", 100)}
    build = world(places, [("A", name, 90) for name in "BCDE"], 1, None)
    build.moving(match_camp_ethnicity=True, match_camp_religion=True, match_town_ethnicity=True)
    build.moving(match_conflict_ethnicity=True, conflict_weight=0.5, camp_weight=2.0, avg_religion_fraction=0.5)
    build.extra["B"] = {"x": "30", "y": "70", "moon": "1", "sun": "3"}
    build.extra["C"] = {"x": "100", "y": ""}
    build.extra["D"] = {"x": "20", "y": "380"}
    build.demographics = (
        demographic("ethnicity", {"x": 1, "y": 1}),
        demographic("religion", {"moon": 1, "sun": 1}),
    )
    score = build.program().views.score[0]
    # Camps: 2 x 10 x share of those counted, x share / average; elsewhere shares of the population; E unknown.
    expected = []
    for mine, all_c, all_d in ((0.3, 100 / 400, 20 / 400), (0.7, 0.0, 380 / 400)):
        expected += [
            [1.0, 2 * 10 * mine * faith / 0.5, 0.5 * 10 * all_c, 10 * all_d, 1.0] for faith in (0.25, 0.75)
        ]
    assert score.tolist() == [pytest.approx(row) for row in expected]
    # Populations of a scaled-down run have the same shares.
    from sojourn.flee.compile import compile_walk

    assert np.array_equal(compile_walk(build.scenario(), 10).views.score[0], score)


def test_lacking_attributes_are_refused_together(world):
    build = three(world, None).moving(
        women_avoid_hazards=True, elderly_avoid_hazards=True, match_camp_ethnicity=True
    )
    build.demographics = (demographic("age", {"old": 1}), demographic("ethnicity", {"x": 1}))
    with pytest.raises(FleeError) as caught:
        build.program()
    assert caught.value.codes == ("F305",) * 3
    text = str(caught.value)
    assert all(part in text for part in ("demographics_gender.csv", "found: old", "add a column x"))


def test_nobody_is_asked_for_attributes_that_no_rule_reads(world):
    build = three(world)
    plain, one = build.run({"A": 500})
    build.demographics = (demographic("gender", {"female": 1, "male": 1}),)
    same, two = build.run({"A": 500})
    assert plain == same
    assert len(one.agents.outlook) == len(two.agents.outlook) == 0


def test_home_is_near(world):
    build = three(world).moving(stay_close_to_home=True, home_distance_power=0.5)
    build.gps = {"A": (60.0, 10.0), "B": (61.0, 10.0), "C": (60.0, 11.0)}
    degree = 6371.0 * np.pi / 180
    near = nearness(build.scenario())
    assert near[0, 0] == 1.0
    # In Flee the first coordinate is a longitude: B is cos(10 degrees) of a degree away, C one degree.
    wide = 2 * 6371.0 * np.arcsin(np.cos(np.radians(10.0)) * np.sin(np.radians(0.5)))
    assert near[0] == pytest.approx([1.0, wide**-0.5, degree**-0.5])
    build.compat = None
    wide = 2 * 6371.0 * np.arcsin(np.cos(np.radians(60.0)) * np.sin(np.radians(0.5)))
    assert nearness(build.scenario())[0] == pytest.approx([1.0, degree**-0.5, wide**-0.5])


@pytest.mark.parametrize("compat", ["flee3", None])
def test_where_is_home(world, compat):
    places = {"A": "forward", "H": "forward", "B": "camp", "C": "camp"}
    build = world(places, [("A", "H", 10), ("H", "B", 90), ("H", "C", 90)], 1, compat)
    build.moving(stay_close_to_home=True, home_distance_power=1.0, camp_movechance=0.0, max_move_speed=500.0)
    # On the equator, in degrees: A is nine from H, B one from H and eight from A, C two from H and eleven from A.
    build.gps = {"A": (0.0, 0.0), "H": (0.0, 9.0), "B": (0.0, 8.0), "C": (0.0, 11.0)}
    program = build.program({"A": 20_000})
    onward = program.roads.road_from < program.roads.road_to
    program = program._replace(days=program.days._replace(open_roads=program.days.open_roads & onward))
    people = engine.run_replicate(program, 1, 0)[0].people[0]
    # In Flee people at H prefer what is near H; by default what is near A, from where they come.
    share = 2 / 3 if compat else 11 / 19
    assert people[:2].tolist() == [0, 0]
    assert abs(people[2] / 20_000 - share) < 5 * 0.5 / np.sqrt(20_000)


def test_views_share_one_map(world):
    build = three(world, None).moving(women_avoid_hazards=True, stay_close_to_home=True)
    build.demographics = (demographic("gender", {"female": 1, "male": 1}),)
    build.gps = {"B": (1.0, 0.0)}
    program = build.program({"A": 60_000})
    alone, state = engine.run_replicate(program, 5, 2, workers=1)
    shared, other = engine.run_replicate(program, 5, 2, workers=2)
    assert all(np.array_equal(a, b) for a, b in zip(alone, shared, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(state.agents, other.agents, strict=True))
    assert set(state.agents.outlook.tolist()) == {0, 3}
    assert sum(array.nbytes for array in state.agents) == 33 * 60_000 < MOST_BYTES * 60_000


def test_a_full_camp_is_seen_by_all(world):
    build = three(world).moving(women_avoid_hazards=True)
    build.places["B"] = ("camp", 100)
    build.demographics = (demographic("gender", {"female": 1, "male": 1}),)
    assert table(build.program(), 0, people=[(1, 100)])[(1,)] == 0.0
    counts, _ = build.run({"A": 300, "B": 100})
    assert counts["C"] == [300]
