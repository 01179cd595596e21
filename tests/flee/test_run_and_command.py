"""From folder to scores through the front door and the command line."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app
from sojourn.forecast import score_camps

command = CliRunner()


def told(*words: object, code: int = 0) -> str:
    result = command.invoke(app, ["flee", *map(str, words)])
    assert result.exit_code == code, result.output
    # A refused command line is shown in a box, its lines broken anywhere.
    return " ".join(result.output.replace("│", " ").split()) if code == 2 else result.output


def test_run_scored(small: Path) -> None:
    run = sj.flee.simulate(small, seed=3, replicates=4)
    found = sj.score(run)
    names = ("Hillcamp", "Rivercamp", "Lakecamp")
    assert tuple(found.by_camp().index) == names
    assert len(found.errors) == 4
    agents = run.stocks.sel(stage=list(names)).sum("group").values
    again = score_camps(agents, sj.flee.data_table(sj.flee.read(small)).of(names))
    np.testing.assert_array_equal(found.errors, again.errors)


@pytest.mark.parametrize("compat", [None, "flee3"])
def test_out_files_score_like_the_run(small: Path, tmp_path: Path, compat: str | None) -> None:
    scenario = sj.flee.read(small, compat=compat)
    run = sj.flee.simulate(scenario, seed=3, replicates=3)
    paths = [tmp_path / f"out{number}.csv" for number in range(3)]
    for path, text in zip(paths, sj.flee.out_files(scenario, run), strict=True):
        path.write_text(text, encoding="utf-8")
    from_files, from_run = sj.flee.score_files(paths), sj.score(run)
    np.testing.assert_array_equal(from_files.errors, from_run.errors)
    assert from_files.crps_edf == from_run.crps_edf


def test_files_of_different_scenarios(shared_flee: Path) -> None:
    runs = shared_flee / "reference_runs"
    with pytest.raises(sj.SojournError) as caught:
        sj.flee.score_files([runs / "mali2012" / "h20_seed101.csv.gz", runs / "burundi2015" / "h50_seed101.csv.gz"])
    assert caught.value.codes == ("F143",)


def test_command_run_and_score(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    said = told("run", small, "--seed", 5, "--replicates", 3, "--out", out)
    assert "error rescaled, mean" in said
    assert "baseline: persistence 30 days" in said
    again = told("score", *(tmp_path / f"out_{number}.csv" for number in range(3)))
    assert again in said
    assert told("run", small, "--seed", 5, "--out", out, "--quiet") == ""
    assert out.read_text(encoding="utf-8") == (tmp_path / "out_0.csv").read_text(encoding="utf-8")


def test_command_convert(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "small.yml"
    told("convert", small, file)
    assert "is there already" in told("convert", small, file, code=2)
    told("convert", small, file, "--force")
    one, two = (
        command.invoke(app, ["flee", "run", str(source), "--seed", "5", "--scale", "3"]).stdout
        for source in (small, file)
    )
    assert "error rescaled, mean" in one and one == two
    assert "must end in .yml" in told("convert", small, tmp_path / "x.txt", code=2)


def test_command_saves_a_run(small: Path, tmp_path: Path) -> None:
    told("run", small, "--seed", 5, "--save", tmp_path / "run.zarr")
    assert sj.open_run(tmp_path / "run.zarr").identical(sj.flee.simulate(small, seed=5))
    assert "is there already" in told("run", small, "--save", tmp_path / "run.zarr", code=2)


def test_command_says_what_is_wrong(small: Path, tmp_path: Path) -> None:
    (small / "input_csv" / "routes.csv").unlink()
    (small / "simsetting.yml").write_text("move_rules: {awarness_level: 2}", encoding="utf-8")
    said = told("run", small, code=1)
    assert "F102" in said
    assert "did you mean: awareness_level" in said
    assert "F143" in told("score", tmp_path / "absent.csv", code=1)


def test_command_notes_what_is_odd(small: Path) -> None:
    path = small / "input_csv" / "conflicts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Midway", "Midwey"), encoding="utf-8")
    assert "note: F216" in told("run", small, "--seed", 1)


def test_days_that_are_not_there(small: Path, tmp_path: Path) -> None:
    assert "has 40 days" in told("run", small, "--first-day", 40, code=2)
    told("run", small, "--seed", 1, "--out", tmp_path / "out.csv")
    assert "there are 40 days" in told("score", tmp_path / "out.csv", "--first-day", 99, code=2)
    assert "no folder" in told("run", small, "--out", tmp_path / "no" / "out.csv", code=2)
