"""What a folder says, as data; what is chosen where Flee's reading and the sensible one differ."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sojourn.flee import FleeError, FleeScenario, data_table, dump, read, write
from sojourn.flee.settings import (
    ConflictSpawning,
    FloodSpawning,
    LogLevels,
    MoveRules,
    Settings,
    SpawnRules,
    keys_of,
)

INSTANCES = ("burundi2015", "car2013", "mali2012", "ssudan2013", "syria2013", "tigray2020", "ukraine2022")


def changed(folder: Path, name: str, old: str, new: str, compat: str | None = None) -> FleeScenario:
    path = folder / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    return read(folder, compat=compat)


def test_small_folder(small: Path) -> None:
    scenario = read(small)
    assert (scenario.name, scenario.start, scenario.days) == ("small", date(2021, 3, 1), 40)
    assert scenario.home_country == "Avaria"
    assert scenario.camps == ("Hillcamp", "Rivercamp", "Lakecamp")
    assert [place.kind for place in scenario.locations] == ["conflict", "town", "town", "forward"] + ["camp"] * 3
    assert [place.foreign for place in scenario.locations] == [False] * 4 + [True] * 3
    assert scenario.locations[1].conflict_date == 12
    assert (scenario.locations[0].population, scenario.locations[0].capacity) == (80000, -1)
    assert (scenario.locations[4].population, scenario.locations[4].capacity) == (0, 2500)
    assert scenario.routes[0].distance_km == 75.0
    assert scenario.closures[0].name2 == "Cordia"
    assert scenario.conflicts.shape == (40, 7)
    assert scenario.conflicts[:, 1].tolist() == [0.0] * 12 + [1.0] * 28
    assert scenario.settings.spawn.conflict_spawn_decay == (1.0, 1.0, 0.5)
    assert scenario.settings.move.softening == 10.0


@pytest.mark.parametrize("name", INSTANCES)
@pytest.mark.parametrize("compat", [None, "flee3"])
def test_shared_instances_are_read(shared_flee: Path, name: str, compat: str | None, tmp_path: Path) -> None:
    scenario = read(shared_flee / "instances" / name, compat=compat)
    found = {warning.code for warning in scenario.warnings}
    known = {
        "burundi2015": {"F211", "F214"},
        "car2013": {"F208", "F219", "F223"},
        "mali2012": set(),
        "ssudan2013": {"F224", "F214"},
        "syria2013": set(),
        "tigray2020": {"F211", "F203", "F224"},
        "ukraine2022": {"F203", "F221", "F222", "F224"},
    }
    assert found == known[name]
    path = tmp_path / "scenario.yml"
    write(scenario, path)
    assert dump(read(path)) == dump(scenario)


def test_alternative_settings(shared_flee: Path) -> None:
    folder = shared_flee / "instances" / "mali2012"
    for path in sorted((shared_flee / "settings").glob("*.yml")):
        scenario = read(folder, settings=path)
        assert scenario.settings.spawn.conflict_spawn_decay == (1.0, 1.0, 1.0, 0.5, 0.1)
        assert not scenario.warnings
    assert (
        read(
            folder, settings=shared_flee / "settings" / "flee3_validation__fastflow.yml"
        ).settings.move.max_move_speed
        == 500
    )


def test_every_default_is_flees() -> None:
    """A few of the defaults of Flee's own settings reader, by name in the file."""
    expected = {
        "max_move_speed": 360.0,
        "conflict_weight": 1 / 3.16227766017,
        "camp_movechance": 0.001,
        "pruning_threshold": 1.0,
    }
    assert {name: keys_of(MoveRules)[name].default for name in expected} == expected
    assert keys_of(SpawnRules)["conflict_spawn_decay_interval"].default == 30
    for section in (Settings, LogLevels, SpawnRules, MoveRules):
        assert all(key.meaning for key in keys_of(section).values())
    assert ConflictSpawning().displaced == 500
    assert ConflictSpawning(spawn_mode="pop_ratio").displaced == 0.01
    assert FloodSpawning().displaced == (0.0, 0.1, 0.2, 0.5, 0.9)
    assert FloodSpawning(spawn_mode="constant").displaced == (0.0, 100, 200, 300, 500)


@pytest.mark.parametrize(
    ("written", "meant", "in_flee"),
    [
        ('"false"', False, True),
        ("no", False, False),
        ("off", False, False),
        ("0", False, False),
        ("1", True, True),
        ("yes", True, True),
    ],
)
def test_switches(small: Path, written: str, meant: bool, in_flee: bool) -> None:
    scenario = changed(small, "simsetting.yml", "start_on_foot: True", f"start_on_foot: {written}")
    assert scenario.settings.move.start_on_foot is meant
    assert read(small, compat="flee3").settings.move.start_on_foot is in_flee


def test_misspelt_sinks(small: Path) -> None:
    scenario = changed(small, "simsetting.yml", "sum_from_camps: True", "camps_are_sinks: True")
    assert scenario.settings.spawn.camps_are_sinks
    assert not read(small, compat="flee3").settings.spawn.camps_are_sinks
    scenario = changed(small, "simsetting.yml", "camps_are_sinks: True", "camps_are_sicks: True", "flee3")
    assert scenario.settings.spawn.camps_are_sinks
    write(scenario, small / "s.yml")
    assert read(small / "s.yml").settings.spawn.camps_are_sinks


def test_rules_of_the_first_version(small: Path) -> None:
    move = changed(small, "simsetting.yml", "start_on_foot: True", "use_v1_rules: True").settings.move
    assert (move.max_move_speed, move.camp_weight, move.conflict_weight) == (200.0, 2.0, 0.25)
    assert not move.avoid_short_stints


def test_numbers_written_as_text(small: Path) -> None:
    scenario = changed(small, "simsetting.yml", "camp_weight: 2.0", "camp_weight: 1e1")
    assert scenario.settings.move.camp_weight == 10.0
    assert changed(small, "simsetting.yml", "hasten: 1", "hasten: 2.7", "flee3").settings.hasten == 2
    with pytest.raises(FleeError, match="F139"):
        read(small)


def test_repeated_roads(small: Path) -> None:
    scenario = changed(
        small, "input_csv/routes.csv", "Eastford,Lakecamp,160,", "Midway,Norvale,75,\nEastford,Lakecamp,160,"
    )
    assert len(scenario.routes) == 7
    assert len(read(small, compat="flee3").routes) == 8
    assert len(changed(small, "input_csv/routes.csv", "Midway,Norvale,75", "Midway,Norvale,80").routes) == 8


def test_road_attributes(small: Path) -> None:
    changed(
        small, "input_csv/routes.csv", "forced_redirection", "forced_redirection,max_move_speed,walk_probability"
    )
    route = changed(small, "input_csv/routes.csv", ",75,", ",75,,40,0.25").routes[0]
    assert (route.max_move_speed, route.walk_probability) == (40.0, 0.25)
    assert read(small).routes[1].max_move_speed is None


def test_location_kinds(small: Path) -> None:
    for text, kind in [
        ("IDPCamp", "idpcamp"),
        ("marker", "marker"),
        ("flood_zone", "flood_zone"),
        ("default", "town"),
    ]:
        scenario = changed(small, "input_csv/locations.csv", ",town,", f",{text},")
        assert scenario.locations[2].kind == kind
        changed(small, "input_csv/locations.csv", f",{text},", ",town,")


def test_optional_files(small: Path) -> None:
    (small / "input_csv" / "demographics_age.csv").write_text(
        "age,Default,Norvale\n10,1,3\n40,2,1\n", encoding="utf-8"
    )
    (small / "input_csv" / "agents.csv").write_text(
        "location,age,gender\nMidway,30,f\nHillcamp,8,m\nMidway,8,f\n", encoding="utf-8"
    )
    (small / "input_csv" / "flood_level.csv").write_text("#Day,Midway\n" + "0,2\n" * 40, encoding="utf-8")
    (small / "input_csv" / "region_attributes_IPC.csv").write_text(
        "#Day,North,East\n0,10,20\n40,30,40\n", encoding="utf-8"
    )
    (small / "input_csv" / "location_changes.csv").write_text(
        "#name,type,day\nMidway,idpcamp,5\n", encoding="utf-8"
    )
    (small / "input_csv" / "major_routes.csv").write_text("Norvale,Midway,Borderton,\n", encoding="utf-8")
    scenario = changed(
        small, "simsetting.yml", "  camp_weight: 2.0", "  flood_rules: {flood_movechances: [0.0, 0.5, 1.0]}"
    )
    scenario = changed(small, "simsetting.yml", "sum_from_camps: True", "read_from_agents_csv_file: True")
    (age,) = scenario.demographics
    assert (age.attribute, age.values, age.default.tolist()) == ("age", ("10", "40"), [1.0, 2.0])
    assert age.by_location["Norvale"].tolist() == [3.0, 1.0]
    people = scenario.initial_agents
    assert people is not None
    assert people.locations.tolist() == [2, 4, 2]
    assert [people.values["age"][code] for code in people.codes["age"]] == ["30", "8", "8"]
    assert scenario.flood_levels is not None
    assert scenario.flood_levels[:, 2].tolist() == [2.0] * 40
    assert scenario.settings.move.flood_rules is not None
    assert scenario.settings.move.flood_rules.flood_movechances == (0.0, 0.5, 1.0)
    assert scenario.food_security is not None
    assert scenario.food_security.percent.tolist() == [[10.0, 20.0], [30.0, 40.0]]
    assert scenario.location_changes[0].kind == "idpcamp"
    assert scenario.major_routes == (("Norvale", "Midway", "Borderton"),)
    write(scenario, small / "s.yml")
    assert dump(read(small / "s.yml")) == dump(scenario)


def test_names_that_look_like_something_else(small: Path) -> None:
    """Names that YAML would take for numbers, dates or switches survive a scenario file."""
    for old, new in [("Norvale", "no"), ("Midway", "1e5"), ("Eastford", "2021-03-01"), ("Hillcamp", "null")]:
        for name in ("locations", "routes", "conflicts", "closures"):
            path = small / "input_csv" / f"{name}.csv"
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        path = small / "source_data" / "data_layout.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    scenario = read(small)
    write(scenario, small / "s.yml")
    assert read(small / "s.yml").locations == scenario.locations
    assert np.array_equal(read(small / "s.yml").conflicts, scenario.conflicts)


def test_registrations_by_day(small: Path) -> None:
    table = data_table(read(small))
    at = {name: table.counts[:, column] for name, column in table.index.items()}
    assert at["Hillcamp"][[0, 5, 10, 39]].tolist() == [120, 510, 900, 2280]
    # 2021-03-21 is day 20, one row after 1500 on day 19: earlier rows are scaled by 1350/1500.
    assert at["Rivercamp"][[10, 19, 20]].tolist() == [630, 1350, 1350]
    camps = table.of(("Hillcamp", "Rivercamp", "Lakecamp")).sum(axis=1)
    assert table.new.tolist() == [120, *np.diff(camps).tolist()]
    assert data_table(read(small, compat="flee3")).new[0] == 240
    assert data_table(read(small), hasten=7).of(("Hillcamp",))[10, 0] == 900 // 7


def test_unsorted_rows(small: Path) -> None:
    """In file order, Flee goes straight from day 10 to the value of day 40 once it has passed it."""
    rows = "2021-03-01,100\n2021-04-10,500\n2021-03-11,200\n2021-03-31,400\n"
    (small / "source_data" / "bel-hillcamp.csv").write_text(rows, encoding="utf-8")
    column = 1
    assert data_table(read(small)).counts[[5, 10, 20, 35], column].tolist() == [150, 200, 300, 450]
    assert data_table(read(small, compat="flee3")).counts[[5, 10, 20, 35], column].tolist() == [150, 200, 300, 450]
    rows = "2021-03-01,100\n2021-03-21,1100\n2021-03-11,200\n2021-04-10,400\n"
    (small / "source_data" / "bel-hillcamp.csv").write_text(rows, encoding="utf-8")
    assert data_table(read(small)).counts[[5, 10, 20], column].tolist() == [150, 200, 1100]
    assert data_table(read(small, compat="flee3")).counts[[5, 10, 15, 20, 25], column].tolist() == [
        350,
        600,
        850,
        266,
        300,
    ]


def test_files_added_up(small: Path) -> None:
    """Two files of one camp: Flee takes the next value of the first; here both are interpolated."""
    (small / "source_data" / "more.csv").write_text(
        "2021-03-01,0\n2021-03-06,50\n2021-03-11,100\n", encoding="utf-8"
    )
    (small / "source_data" / "bel-hillcamp.csv").write_text("2021-03-01,0\n2021-03-11,1000\n", encoding="utf-8")
    scenario = changed(small, "source_data/data_layout.csv", "bel-hillcamp.csv", "bel-hillcamp.csv,more.csv")
    assert data_table(scenario).counts[[0, 5, 10], 1].tolist() == [0, 550, 1100]
    assert data_table(read(small, compat="flee3")).counts[[0, 5, 10], 1].tolist() == [0, 1050, 1100]


def test_empty_camps(small: Path) -> None:
    table = data_table(changed(small, "simsetting.yml", "sum_from_camps: True", "empty_camps_on_day0: True"))
    assert table.day0.tolist() == [120, 120, 0, 0]
    assert table.counts[0].tolist() == [0, 0, 0, 0]
    assert table.new[0] == 0


def test_series_beside_the_map(small: Path) -> None:
    (small / "source_data" / "x.csv").write_text("2021-03-01,0\n2021-04-09,390\n", encoding="utf-8")
    without = data_table(read(small)).new
    scenario = changed(small, "source_data/data_layout.csv", "Lakecamp", "Elsewhere,x.csv\nLakecamp")
    assert data_table(scenario).new.tolist() == without.tolist()
    assert (data_table(read(small, compat="flee3")).new - without)[1:].sum() == 390


def test_roads_can_have_a_capacity(small: Path) -> None:
    file = small / "input_csv" / "routes.csv"
    text = file.read_text(encoding="utf-8").replace("forced_redirection", "forced_redirection,capacity_per_day")
    file.write_text(text.replace("Norvale,Midway,75,", "Norvale,Midway,75,,250"), encoding="utf-8")
    scenario = read(small)
    assert [route.capacity_per_day for route in scenario.routes] == [250, *[None] * 6]
    assert scenario.warnings == ()
    again = small.parent / "again.yml"
    write(scenario, again)
    assert read(again).routes == scenario.routes


def test_an_empty_cell_after_a_major_route_is_kept_for_flee(small: Path) -> None:
    file = small / "input_csv" / "major_routes.csv"
    file.write_text("Norvale,Midway,Borderton,,\nNorvale,Eastford\n", encoding="utf-8")
    plain = (("Norvale", "Midway", "Borderton"), ("Norvale", "Eastford"))
    assert read(small).major_routes == plain
    literal = read(small, compat="flee3")
    assert literal.major_routes == ((*plain[0], ""), plain[1])
    again = small.parent / "again.yml"
    write(literal, again)
    assert read(again).major_routes == literal.major_routes
