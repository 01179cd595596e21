"""An instance with optional rules of Flee switched on, for ``verification.flee_rules`` and ``.flee_tables``.

No validated instance uses these rules, so an instance is copied, and given the settings and files of a variant.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from verification.flee_reference import SHARED

__all__ = ["OFF", "VARIANTS", "Variant", "prepare"]

OFF = "off.yml"
"""Settings in the folder of a variant that switch its rules off."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What is different from the instance as it is.

    ``move`` and ``spawn`` are settings, ``off`` those of ``move_rules`` (or of ``spawn_rules``, if known there)
    that switch the rules off. ``files`` are written into the folder; ``types`` are types of locations by name;
    ``columns`` values of new columns of ``locations.csv`` by name, that of no name for all others. With
    ``every_place`` all locations have registrations. ``regions`` is put before names of regions: Flee leaves a
    place that is named like a region without its value.
    """

    move: Mapping[str, Any] = field(default_factory=dict)
    spawn: Mapping[str, Any] = field(default_factory=dict)
    off: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    every_place: bool = False
    regions: str = ""


PEOPLE = {
    "input_csv/demographics_gender.csv": "gender,Default,Gao\nfemale,0.5,0.9\nmale,0.5,0.1\n",
    "input_csv/demographics_age.csv": "age,Default\n8,0.3\n16,0.2\n35,0.4\n70,0.1\n",
}
PEOPLES = {
    "input_csv/demographics_ethnicity.csv": "ethnicity,Default,Gao,Timbuktu\nx,0.5,0.9,0.1\ny,0.5,0.1,0.9\n",
    "input_csv/demographics_religion.csv": "religion,Default,Menaka\nmoon,0.7,0.2\nsun,0.3,0.8\n",
}
FAR = {"camp_weight": 8.0, "conflict_weight": 0.1}
"""Scores far apart, so that minding them matters."""
AGE_AND_GENDER = ("WomenAvoidHazards", "ChildrenAvoidHazards", "ElderlyAvoidHazards", "BoysTakeRisk")
MATCH = ("MatchCampEthnicity", "MatchTownEthnicity", "MatchConflictEthnicity", "MatchCampReligion")
REGIONS = (
    *("Kidal", "Timbuktu", "Menaka", "Mopti", "Gao", "Koulikoro", "Segou"),
    *("Hodh_Ech", "Pobe_Mengao", "Kenedougou", "Tahoua", "Tillaberi", "Niamey"),
)
FOOD = ",".join(["#Day", *(f"of {name}" for name in REGIONS)]) + "\n"
FOOD += "".join(
    ",".join([str(day), *(str((day + 13 * n) % 90) for n in range(len(REGIONS)))]) + "\n" for day in (0, 40, 310)
)
LEVELS = (("Gao", 20), ("Timbuktu", 45), ("Konna", 30), ("Douentza", 70), ("Fassala-Mbera", 90))
"""Places that are flooded for ten days out of so many, at levels 1 to 3."""
FLOODED = "#Day," + ",".join(name for name, _ in LEVELS) + "\n"
FLOODED += "".join(
    f"{day}," + ",".join(str(day // every % 3 + 1.5 if day % every < 10 else 0) for _, every in LEVELS) + "\n"
    for day in range(310)
)
FLOODS: dict[str, Any] = {
    "flood_movechances": [0.0, 0.5, 0.8, 0.9, 1.0],
    "flood_loc_weights": [0.9, 0.6, 0.3, 0.1, 0.0],
}
FORECAST = {
    "flood_forecaster": True,
    "flood_forecaster_timescale": 5,
    "flood_forecaster_end_time": 200,
    "flood_forecaster_weights": [1.0, 0.8, 0.6, 0.4] * 80,
    "flood_awareness_weights": [0.5, 1.5, 3.0],
}
BY_FLOOD = {
    "flood_zone_spawning_only": True,
    "conflict_zone_spawning_only": False,
    "take_from_population": True,
    "flood_driven_spawn_mode": {
        "spawn_mode": "pop_ratio",
        "displaced_per_flood_day": [0.0, 0.001, 0.002, 0.005, 0.1],
    },
}
ZONES = {"Gao": "flood_zone", "Konna": "flood_zone"}
MAJOR = "Gao,Bourem,Timbuktu\nTimbuktu,Konna,Mopti,Segou,Bamako\nMenaka,Ansongo,Gao,Douentza,,\n"
CHANGES = (
    "Goundam,marker,20\nGoundam,town,120\nKonna,idpcamp,40\nMopti,conflict,60\nMopti,town,140\nDire,forward,90\n"
)

VARIANTS: dict[str, Variant] = {
    "WomenAvoidHazards": Variant(
        move={"WomenAvoidHazards": True, **FAR}, off={"WomenAvoidHazards": False}, files=PEOPLE
    ),
    "all by age and gender": Variant(
        move={**dict.fromkeys(AGE_AND_GENDER, True), **FAR}, off=dict.fromkeys(AGE_AND_GENDER, False), files=PEOPLE
    ),
    "Match... of peoples": Variant(
        # Nobody may spend a night on a road.
        move={**dict.fromkeys(MATCH, True), "start_on_foot": False, "max_move_speed": 500.0, "camp_weight": 100.0},
        off=dict.fromkeys(MATCH, False),
        files=PEOPLES,
        # Read by default; Flee counts people itself.
        columns={
            "x": {"Gao": "60000", "": "500"},
            "y": {"Timbuktu": "40000", "": "500"},
            "moon": {"": "700"},
            "sun": {"Mentao": "900", "": "300"},
        },
    ),
    "stay_close_to_home": Variant(
        move={"stay_close_to_home": True, "home_distance_power": 1.0}, off={"stay_close_to_home": False}
    ),
    "fixed_routes": Variant(
        move={"fixed_routes": True, "awareness_level": 2, "camp_weight": 4.0}, off={"fixed_routes": False}
    ),
    "fixed_routes, major roads, population": Variant(
        move={"fixed_routes": True, "use_pop_for_loc_weight": True, "pop_power_for_loc_weight": 0.3},
        off={"fixed_routes": False},
        files={"input_csv/major_routes.csv": MAJOR},
    ),
    "population, shrinking": Variant(
        move={
            "use_pop_for_loc_weight": True,
            "pop_power_for_loc_weight": 0.5,
            "movechance_pop_base": 50_000.0,
            "movechance_pop_scale_factor": 0.5,
        },
        spawn={
            "take_from_population": True,
            "conflict_driven_spawning": {"spawn_mode": "pop_ratio", "displaced_per_conflict_day": 0.01},
        },
        off={"use_pop_for_loc_weight": False, "movechance_pop_scale_factor": 0.0},
    ),
    "floods": Variant(
        move={"flood_rules": FLOODS},
        spawn=BY_FLOOD,
        off={"flood_rules": {"flood_movechances": [0.5] * 5, "flood_loc_weights": [1.0] * 5}},
        files={"input_csv/flood_level.csv": FLOODED},
        types=ZONES,
        every_place=True,
    ),
    "flood forecast": Variant(
        move={"flood_rules": FLOODS | FORECAST, "weight_softening": 0.05},
        spawn=BY_FLOOD,
        off={"flood_rules": FLOODS},
        files={
            "input_csv/flood_level.csv": FLOODED,
            "input_csv/demographics_floodawareness.csv": "floodawareness,Default\n0,0.3\n1,0.3\n2,0.4\n",
        },
        types=ZONES,
        every_place=True,
    ),
    "food": Variant(
        move={"flee_when_starving": True, "avoid_food_deprived_locations": True},
        spawn={"starvation_driven_spawning": True},
        off={
            "flee_when_starving": False,
            "avoid_food_deprived_locations": False,
            "starvation_driven_spawning": False,
        },
        files={"input_csv/region_attributes_IPC.csv": FOOD},
        regions="of ",
    ),
    "harvest": Variant(move={"harvest_months": [4, 5, 10]}, off={"harvest_months": []}),
    "changes of places, room that is built": Variant(
        move={"default_movechance": 0.2, "camp_weight": 4.0, "awareness_level": 2},
        off={"awareness_level": 1},
        files={"location_changes.csv": CHANGES},
        types={"Lere": "idpcamp", "Niafounke": "marker"},
        columns={
            "capacity_per_day": {"Mentao": "3", "Niamey": "7", "Segou": "2", "": "0"},
            "initial_idps": {"Lere": "40", "": "0"},
        },
    ),
}


def prepare(variant: Variant, instance: str, scale: int, folder: Path) -> None:
    """Copy an instance to ``folder`` and make it the variant, with settings that switch it off beside its own."""
    shutil.copytree(SHARED / "instances" / instance, folder, copy_function=shutil.copyfile)
    for inside in folder.rglob("*"):
        inside.chmod(0o755 if inside.is_dir() else 0o644)
    settings = yaml.safe_load((folder / "simsetting.yml").read_text())
    settings["optimisations"]["hasten"] = scale
    settings["move_rules"] |= variant.move
    settings["spawn_rules"] |= variant.spawn
    (folder / "simsetting.yml").write_text(yaml.safe_dump(settings))
    for name, value in variant.off.items():
        section = "spawn_rules" if name in settings["spawn_rules"] else "move_rules"
        settings[section][name] = value
    (folder / OFF).write_text(yaml.safe_dump(settings))
    for name, text in variant.files.items():
        (folder / name).write_text(text)
    rewrite(variant, folder)


def rewrite(variant: Variant, folder: Path) -> None:
    """Change types and add columns of ``locations.csv``, and registrations of places without any."""
    file = folder / "input_csv" / "locations.csv"
    head, *rows = csv.reader(file.read_text().splitlines())
    layout = folder / "source_data" / "data_layout.csv"
    listed = {line.split(",")[0] for line in layout.read_text().splitlines()}
    for row in rows:
        kind = variant.types.get(row[0], row[5])
        row[1] = variant.regions + row[1]
        row[5], row[6] = kind, row[6] or "0"
        row += [values.get(row[0], values[""]) for values in variant.columns.values()]
        if row[0] not in listed and (variant.every_place or "camp" in kind):
            with layout.open("a") as stream:
                stream.write(f"\n{row[0]},added.csv")
    (folder / "source_data" / "added.csv").write_text("2012-02-29,0\n2012-12-31,0\n")
    with file.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([[*head, *variant.columns], *rows])
