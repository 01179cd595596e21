"""A scenario written as a Flee folder reads back as the same scenario, and runs to the same results."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app

INSTANCES = ("burundi2015", "car2013", "mali2012", "ssudan2013", "syria2013", "tigray2020", "ukraine2022")


def same(folder: Path, scenario: sj.flee.FleeScenario) -> None:
    """Write a scenario to a folder of its name and read it again."""
    written = folder / scenario.name
    sj.flee.write_folder(scenario, written)
    again = sj.flee.read(written, compat=scenario.compat)
    assert sj.flee.dump(again) == sj.flee.dump(scenario)


@pytest.mark.parametrize("compat", [None, "flee3"])
def test_the_small_folder_and_back(small: Path, tmp_path: Path, compat: str | None) -> None:
    (tmp_path / "new").mkdir()
    same(tmp_path / "new", sj.flee.read(small, compat=compat))


@pytest.mark.parametrize("instance", INSTANCES)
def test_the_shared_instances_and_back(shared_flee: Path, tmp_path: Path, instance: str) -> None:
    same(tmp_path, sj.flee.read(shared_flee / "instances" / instance))


def test_an_edited_file_becomes_a_folder(small: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "small.yml", tmp_path / "edited"
    call = CliRunner().invoke
    assert call(app, ["flee", "convert", str(small), str(file)]).exit_code == 0
    file.write_text(
        file.read_text(encoding="utf-8").replace("camp_weight: 2.0", "camp_weight: 3.0"), encoding="utf-8"
    )
    assert call(app, ["flee", "convert", str(file), str(folder)]).exit_code == 0
    assert sj.flee.read(folder).settings.move.camp_weight == 3.0
    one, two = sj.flee.simulate(file, seed=3), sj.flee.simulate(folder, seed=3)
    assert two.data.identical(one.data)
    refused = call(app, ["flee", "convert", str(file), str(folder), "--force"])
    assert refused.exit_code == 2 and "never replaced" in refused.output


def test_settings_that_are_not_given_are_left_out(small: Path, tmp_path: Path) -> None:
    """Flee takes the presence of some keys for their use."""
    sj.flee.write_folder(sj.flee.read(small), tmp_path / "new")
    text = (tmp_path / "new" / "simsetting.yml").read_text(encoding="utf-8")
    assert "null" not in text and "conflict_driven_spawning" not in text and "camp_weight: 2.0" in text
    lines = (tmp_path / "new" / "input_csv" / "conflicts.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#Day,Norvale,Eastford" and lines[13] == "12,1,1" and len(lines) == 41
