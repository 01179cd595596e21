"""Floods and their forecast: scores and chances to the number, by Flee's formulas and by the sensible ones."""

import numpy as np
import pytest
from tests.walk.test_people import demographic

from sojourn.engine.walk.days import run_replicate
from sojourn.flee import FleeError
from sojourn.flee.settings import FloodRules, FloodSpawning

CHANCES, WEIGHTS = (0.1, 0.6, 0.9, 1.0), (0.9, 0.5, 0.2, 0.1)
FORECAST = {
    "flood_forecaster": True,
    "flood_forecaster_timescale": 2,
    "flood_forecaster_end_time": 4,
    "flood_forecaster_weights": (0.5, 1.0, 0.75, 0.25, 0.5, 1.0),
}


def wet(world, compat="flee3", days=4, more=None, **places):
    """Return a flood zone, a town and a camp beside each other, people leaving by flood."""
    build = world(
        {"A": ("flood_zone", 1000), "T": ("town", 800), "B": "camp"}, [("A", "T", 9), ("T", "B", 9)], days
    )
    build.compat, build.floods = compat, places
    rules = FloodRules(flood_movechances=CHANCES, flood_loc_weights=WEIGHTS, **(more or {}))
    build.moving(flood_rules=rules, default_movechance=0.4, camp_weight=2.0)
    build.spawning(flood_zone_spawning_only=True, conflict_zone_spawning_only=False, take_from_population=True)
    mode = FloodSpawning(displaced_per_flood_day=(0.0, 0.1, 0.5, 1.0))
    return build.spawning(flood_driven_spawn_mode=mode)


def chances(program, kind=None):
    """Return the chance of setting out by day and place."""
    if kind is None:
        return (program.days.chance + program.days.chance_by_size).tolist()
    return (program.views.chance + program.views.chance_by_size)[:, kind].tolist()


def test_the_weight_of_a_level_counts_twice_in_flood_zones_of_flee(world):
    # Levels are cut to whole numbers; in Flee level 0 has a weight too, in flood zones.
    build = wet(world, A=[0, 1.7, 2], T=[0, 0, 1])
    assert build.program().days.score[:3].tolist() == pytest.approx(
        np.array([[0.9, 1, 2], [0.5 * 0.5, 1, 2], [0.2 * 0.2, 0.5, 2]])
    )
    build.compat = None
    assert build.program().days.score[:3].tolist() == pytest.approx(
        np.array([[1, 1, 2], [0.5, 1, 2], [0.2, 0.5, 2]])
    )


@pytest.mark.parametrize("compat", ["flee3", None])
def test_the_chance_of_leaving_is_that_of_the_level(world, compat):
    build = wet(world, compat, A=[0, 1.7, 2], T=[0, 0, 1])
    assert chances(build.program())[:3] == [[0.4, 0.4, 0.001], [0.6, 0.4, 0.001], [0.9, 0.6, 0.001]]


@pytest.mark.parametrize("compat", ["flee3", None])
def test_floods_displace_a_share_of_those_left(world, compat):
    placed = wet(world, compat, A=[0, 1.7, 2], T=[0, 0, 1]).program().arrivals.placed
    assert placed.tolist() == [[0, 0, 0], [100, 0, 0], [450, 80, 0], [225, 72, 0]]


def test_conflicts_are_ignored_beside_floods_in_flee(world):
    build = wet(world, A=[1]).conflict(T=[1]).moving(conflict_weight=0.5)
    assert build.program().days.score[:, 1].tolist() == [1] * 4
    build.compat = None
    assert build.program().days.score[:, 1].tolist() == [0.5] * 4


def test_all_places_are_columns_where_floods_displace_in_flee(world):
    build = wet(world, A=[1])
    build.registered(A=[3], T=[2], B=[1])
    assert build.scenario().camps == ("A", "T", "B")
    assert build.program().arrivals.present.tolist() == [0, 0, 0, 1, 1, 2]
    build.compat = None
    assert build.scenario().camps == ("B",)


def aware(build, *weights):
    """Give people an awareness of the forecast: a value of an attribute for each weight, all as frequent."""
    rules = build.move["flood_rules"]
    fields = {name: getattr(rules, name) for name in rules.__dataclass_fields__}
    build.moving(flood_rules=FloodRules(**{**fields, "flood_awareness_weights": weights}))
    build.demographics = (demographic("floodawareness", {str(value): 1 for value in range(len(weights))}),)
    return build


def test_the_forecast_of_flee(world):
    build = wet(world, days=6, more=FORECAST, T=[1, 0, 2, 0, 0, 0], B=[0, 0, 0, 0, 1, 1])
    program = aware(build, 0.8, 0.4).program()
    # Day 0, T: of days 1 and 2 the second is flooded, weight 0.75 of day 2, but the level is today's: 0.5.
    ahead = 0.75 * WEIGHTS[1]
    assert program.views.score[0, :, 1] == pytest.approx(WEIGHTS[1] * ahead * ahead / 2 * np.array([0.8, 0.4]))
    # Day 1 is dry, with the weight of level 0; day 2 is flooded, with nothing ahead.
    ahead = 0.75 * WEIGHTS[0]
    assert program.views.score[1, :, 1] == pytest.approx(ahead * ahead / 2 * np.array([0.8, 0.4]))
    assert program.views.score[2, :, 1].tolist() == [0, 0]
    # B on day 3: days 4 (the last of the forecast) only. On day 4 itself: day 4 again. Later no forecast.
    ahead = 0.5 * WEIGHTS[0]
    assert program.views.score[3, :, 2] == pytest.approx(2 * ahead * ahead / 2 * np.array([0.8, 0.4]))
    ahead = 0.5 * WEIGHTS[1]
    assert program.views.score[4, :, 2] == pytest.approx(2 * WEIGHTS[1] * ahead * ahead / 2 * np.array([0.8, 0.4]))
    assert program.views.score[5].tolist() == [[0.9, 1, 1]] * 2
    # Flood zones have no score while there is a forecast, and where no flood is ahead nothing has.
    assert (program.views.score[:5, :, 0] == 0).all()
    assert program.views.score[0, :, 2].tolist() == [0, 0]


def test_chances_by_the_forecast_of_flee(world):
    build = wet(world, days=6, more=FORECAST, T=[1, 0, 2, 0, 0, 0], B=[0, 0, 0, 0, 1, 1])
    program = aware(build, 1.0, 0.5).program()
    full, half = chances(program, 0), chances(program, 1)
    # Day 0, T: flooded now, so 0.6; day 2 ahead with weight 0.75 and the score's weight of level 2; over 2 days.
    assert full[0] == pytest.approx([0, 0.6 * 0.75 * WEIGHTS[2] / 2, 0])
    assert full[1] == pytest.approx([0, 0.4 * 0.75 * WEIGHTS[2] / 2, 0])
    assert full[3] == pytest.approx([0, 0, 0.001 * 0.5 * WEIGHTS[1] / 2])
    assert half[0] == pytest.approx(np.array(full[0]) / 2)
    assert full[5] == half[5] == pytest.approx([0.4, 0.4, 0.6])


def test_a_sensible_forecast(world):
    build = wet(world, None, days=6, more=FORECAST, T=[1, 0, 2, 0, 0, 0])
    program = aware(build, 1.0, 0.0).program()
    # Weights of the days ahead are 0.5 and 1: a third and two thirds. Whoever does not know sees today only.
    third = np.array([1.0, 2.0]) / 3
    assert program.views.score[0, :, 1] == pytest.approx([0.5 * (third @ [1, 0.2]), 0.5])
    assert program.views.score[1, :, 1] == pytest.approx([third @ [0.2, 1], 1.0])
    assert program.views.score[2, :, 1] == pytest.approx([0.2, 0.2])
    assert chances(program, 0)[0][1] == pytest.approx(third @ [0.6, 0.9])
    assert chances(program, 0)[1][1] == pytest.approx(third @ [0.9, 0.4])
    assert chances(program, 1)[0][1] == 0.6
    assert chances(program, 0)[3] == pytest.approx([0.4, 0.4, 0.001])
    # Nothing is known beyond the end of the forecast, on day 4.
    late = wet(world, None, days=6, more=FORECAST, T=[0, 0, 0, 0, 0, 1])
    assert chances(late.program())[3] == pytest.approx([0.4, 0.4, 0.001])


def test_kinds_leave_with_their_own_chances(world):
    build = wet(world, None, days=1, more=FORECAST | {"flood_forecaster_end_time": 1}, T=[0, 3])
    program = aware(build.moving(max_move_speed=1.0), 1.0, 0.5, 0.0).program({"T": 60_000})
    _, state = run_replicate(program, 1, 0)
    left = [np.mean(state.agents.where[state.agents.outlook == kind] < 0) for kind in range(3)]
    # Tomorrow's flood, which everybody leaves: 1, (0.4 + 1) / 2, and 0.4 of those who do not know.
    assert left == pytest.approx([1.0, 0.7, 0.4], abs=5 * 0.5 / np.sqrt(20_000))
    assert left[0] == 1.0


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"flood_loc_weights": None}, "needs flood_loc_weights"),
        ({"flood_loc_weights": (1.0, 0.5)}, "level 1 needs 3 values"),
        ({"flood_movechances": (1.0, 0.5)}, "level 1 needs 3 values"),
        (FORECAST, "people's floodawareness"),
        (FORECAST | {"flood_forecaster_weights": (1.0, 1.0)}, "weights of days 0 to 4"),
        (FORECAST | {"flood_forecaster_end_time": 9}, "the forecast needs days 0 to 5"),
    ],
)
def test_where_floods_stop_flee(world, broken, where):
    build = wet(world, A=[1])
    rules = {"flood_movechances": CHANCES, "flood_loc_weights": WEIGHTS} | broken
    build.moving(flood_rules=FloodRules(**rules))
    with pytest.raises(FleeError) as caught:
        build.program()
    assert set(caught.value.codes) == {"F306"}
    assert where in str(caught.value)
    build.compat = None
    build.program()


def test_flood_rules_without_departures_by_flood_stop_flee(world):
    build = wet(world, A=[1]).spawning(flood_driven_spawn_mode=None)
    with pytest.raises(FleeError, match="reads no flood levels"):
        build.program()


def test_levels_of_awareness_must_have_a_weight(world):
    build = aware(wet(world, None, more=FORECAST, A=[1]), 1.0, 0.5)
    build.demographics = (demographic("floodawareness", {"0": 1, "2": 1}),)
    with pytest.raises(FleeError) as caught:
        build.program()
    assert caught.value.codes == ("F305",)
    assert "0, 1" in str(caught.value)
