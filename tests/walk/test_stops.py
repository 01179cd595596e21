"""Where Flee itself stops, ``flee3`` refuses, all at once; the default runs."""

import numpy as np
import pytest
from tests.walk.test_people import demographic

from sojourn.flee import FleeError
from sojourn.flee.model import FoodSecurity, InitialAgents


def refused(build):
    """Return what is said of each reason for which Flee stops; the default must compile."""
    build.compat = "flee3"
    with pytest.raises(FleeError) as caught:
        build.program()
    assert set(caught.value.codes) == {"F306"}
    build.compat = None
    build.program()
    return [f"{problem.where}: {problem.message}" for problem in caught.value.problems]


def two(world):
    return world({"A": ("town", 100), "B": "camp"}, [("A", "B", 10)], 4)


def table(days=(0.0, 9.0), regions=("",)):
    return FoodSecurity(days=np.array(days), regions=regions, percent=np.full((len(days), len(regions)), 50.0))


def test_sinks(world):
    build = two(world).spawning(camps_are_sinks=True)
    build.program()
    build.extra["B"] = {"deactivation_probability": "0.2"}
    assert "as text" in refused(build)[0]


def test_economic_pull_without_its_columns(world):
    build = two(world).moving(use_economic_pull=True)
    build.program()
    build.country["B"], build.extra["B"] = "Away", {"hdi": "0.7"}
    assert "needs trade_volume of places abroad" in refused(build)[0]


@pytest.mark.parametrize("days", [(1.0, 9.0), (0.0, 2.0), (0.0,)])
def test_reports_of_food_that_do_not_cover_the_run_even_if_no_rule_reads_them(world, days):
    build = two(world)
    build.food = table(days)
    assert "days 0 to 3" in refused(build)[0]


@pytest.mark.parametrize(
    ("move", "spawn", "lacking"),
    [
        ({"flee_when_starving": True}, {}, ["A", "B", "C"]),
        ({"avoid_food_deprived_locations": True}, {}, ["A", "C"]),
        ({}, {"starvation_driven_spawning": True}, ["C"]),
        ({}, {"starvation_driven_spawning": True, "conflict_zone_spawning_only": False}, ["A", "B", "C"]),
    ],
)
def test_places_without_a_report(world, move, spawn, lacking):
    build = world({"A": "town", "B": "camp", "C": "town"}, [("A", "B", 10), ("C", "B", 10)], 4)
    build.country["B"] = "Away"
    build.food = table(regions=("elsewhere",))
    found = refused(build.moving(**move).spawning(**spawn).conflict(C=[0, 1]))
    assert [said.split(" has no")[0].split("stops: ")[1] for said in found] == lacking


def test_a_place_named_like_a_region(world):
    build = two(world).moving(flee_when_starving=True)
    build.food = table(regions=("", "A"))
    assert ["A has no value" in said for said in refused(build)] == [True]


def test_ages_of_agents_csv(world):
    build = two(world).moving(elderly_avoid_hazards=True).spawning(read_from_agents_csv_file=True)
    build.demographics = (demographic("age", {"30": 1}),)
    build.agents = InitialAgents(
        locations=np.zeros(1, np.int32), codes={"age": np.zeros(1, np.int32)}, values={"age": ("70",)}
    )
    assert "ages" in refused(build)[0]


def test_unknown_kinds_of_places(world):
    build = two(world)
    build.changes = (("A", "other", 2),)
    assert "knows no other" in refused(build)[0]


def test_all_at_once(world):
    build = two(world).spawning(camps_are_sinks=True).moving(use_economic_pull=True)
    build.country["B"], build.extra["B"] = "Away", {"deactivation_probability": "0.2"}
    build.food = table((1.0, 2.0))
    assert len(refused(build)) == 3
