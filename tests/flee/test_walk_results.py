"""Walk runs are results like any other: saved, opened, joined, repeated to the bit, interrupted, compared."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app
from sojourn.results import PROVENANCE, RunError, imbalance
from sojourn.results.dims import COORDINATES, VARIABLES


def refused(code: str):
    """Return what waits for an error of a code."""
    return pytest.raises(sj.SojournError, match=code)


def test_names_units_and_dimensions(base: sj.Run) -> None:
    assert set(base.data.data_vars) == set(VARIABLES) - {"initial", "becomes"}
    assert set(base.data.coords) == set(COORDINATES) - {"stage_entry"}
    assert set(base.provenance) == set(PROVENANCE)
    for name, array in base.data.variables.items():
        assert array.attrs["long_name"] == (VARIABLES | COORDINATES)[name].long_name
    assert base.engine == "walk"
    assert base.stocks.dims == ("replicate", "time", "stage", "group")
    assert base.flows.dims == ("replicate", "time", "flow", "group")
    assert base.stocks.attrs["units"] == "person"
    assert {"camp", "created", "published_count"} <= base.has
    assert not {"queue", "quantity", "wait_count"} & base.has


def test_people_are_agents_times_their_scale(small: Path) -> None:
    run = sj.flee.simulate(small, seed=7, scale=10)
    assert (run.stocks % 10 == 0).all() and (run.data["created"] % 10 == 0).all()
    # Registrations in people are those of the folder; in agents they are cut to whole ones.
    full = sj.flee.simulate(small, seed=7)
    assert run.data["published_count"].equals(full.data["published_count"])
    np.testing.assert_array_equal(run.data["published_agents"], full.data["published_agents"] // 10)


def test_saved_opened_and_repeated_to_the_bit(base: sj.Run, tmp_path: Path) -> None:
    base.save(tmp_path / "run.zarr")
    again = sj.open_run(tmp_path / "run.zarr")
    assert again.identical(base)
    assert again.rerun(workers=1).identical(base)
    plain = xr.open_zarr(tmp_path / "run.zarr", consolidated=False)
    assert plain["stocks"].equals(base.data["stocks"])
    with refused("R105"):
        base.save(tmp_path / "run.zarr")
    base.save(tmp_path / "run.zarr", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["run.zarr"]


def test_repeated_without_its_folder(small: Path, tmp_path: Path) -> None:
    path = small / "input_csv" / "conflicts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Midway", "Midwey"), encoding="utf-8")
    scenario = sj.flee.read(small, compat="flee3")
    run = sj.flee.simulate(scenario, seed=2, replicates=2, scale=3)
    run.save(tmp_path / "run.zarr")
    (small / "input_csv" / "locations.csv").unlink()
    again = sj.open_run(tmp_path / "run.zarr").rerun()
    assert again.identical(run)
    assert again.provenance["warnings"][0]["code"] == "F216"
    assert again.provenance["compat"] == "flee3"
    assert sj.flee.scenario_of(again).warnings == scenario.warnings


def test_a_changed_bit_is_seen(base: sj.Run) -> None:
    data = base.data.copy(deep=True)
    data["stocks"].values[2, 11, 3, 0] += 1
    other = sj.Run(data, base.provenance)
    assert not other.identical(base)
    assert not sj.compare(base, other).unchanged


def test_parts_are_the_whole(base: sj.Run) -> None:
    scenario = sj.flee.scenario_of(base)
    parts = [
        sj.flee.simulate(scenario, seed=7, replicates=2),
        sj.flee.simulate(scenario, seed=7, replicates=4, first=2),
    ]
    assert sj.concat(parts).identical(base)
    with refused("R202"):
        sj.concat([parts[0], sj.flee.simulate(scenario, seed=7, replicates=1, first=3)])
    with refused("R201"):
        sj.concat([parts[0], sj.flee.simulate(scenario, seed=8, replicates=1, first=2)])


def test_interrupted_runs_keep_what_is_finished(base: sj.Run) -> None:
    def stop(done: int, wanted: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(sj.Interrupted) as caught:
        sj.flee.simulate(sj.flee.scenario_of(base), seed=7, replicates=400, workers=1, progress=stop)
    kept = caught.value.run
    assert 3 <= kept.replicates < 400
    assert caught.value.wanted == 400
    assert kept.data.isel(replicate=slice(3)).identical(base.data.isel(replicate=slice(3)))


def test_tables(base: sj.Run) -> None:
    table = base.summary("stocks", "month")
    assert list(table.columns) == ["period", "complete", "stage", "mean", "q05", "q50", "q95"]
    row = table[(table["period"] == "2021-03") & (table["stage"] == "Lakecamp")].iloc[0]
    assert row["mean"] == base.stocks.sel(stage="Lakecamp").isel(time=30).mean()
    assert not table[table["period"] == "2021-04"]["complete"].any()
    roads = base.summary("flows", "run").set_index("flow")
    assert roads.loc["Norvale -> Midway", "mean"] == base.flows.sel(flow="Norvale -> Midway").sum() / 6
    end = base.at_end().set_index("stage")
    assert list(end.index) == ["Hillcamp", "Rivercamp", "Lakecamp"]
    assert list(end.columns) == ["country", "published", "mean", "q05", "q50", "q95"]
    assert end.loc["Lakecamp", "published"] == 1670
    assert end.loc["Lakecamp", "mean"] == base.stocks.sel(stage="Lakecamp").isel(time=-1).mean()
    assert not len(base.summary("waits"))
    with refused("R501"):
        base.summary("observables")


def test_everybody_created_is_somewhere_or_gone(base: sj.Run) -> None:
    base.check()
    assert imbalance(base).dims == ("replicate", "time", "group")
    for name, cell in (("stocks", (2, 11, 3, 0)), ("created", (2, 11, 0)), ("gone", (2, 11, 0))):
        data = base.data.copy(deep=True)
        data[name].values[cell] += 1
        with pytest.raises(RunError, match="1 unexplained") as caught:
            sj.Run(data, base.provenance).check()
        assert caught.value.problems[0].where == "replicate 2, time 2021-03-12, group all"


def test_nobody_is_fewer_than_nobody(base: sj.Run) -> None:
    data = base.data.copy(deep=True)
    data["stocks"].values[1, 0, 2, 0] -= 500
    data["travelling"].values[1, 0, 0] += 500
    with pytest.raises(RunError, match="fewer than nobody in stocks"):
        sj.Run(data, base.provenance).check()


def test_no_change_is_exactly_zero(base: sj.Run) -> None:
    comparison = sj.compare(base, base.rerun())
    assert comparison.unchanged
    table = comparison.to_frame()
    assert table.select_dtypes("number").fillna(0).eq(0).all(axis=None)
    assert table[["peak_date", "first_date", "stock_date"]].isna().all(axis=None)
    assert comparison.effect("flows", "run")[["mean", "q05", "q95"]].eq(0).all(axis=None)
    assert "no difference" in str(comparison)


def test_a_planted_change_is_placed_and_dated(base: sj.Run, reopened: sj.Run) -> None:
    """Without the closure of days 25 to 31 Lakecamp fills on; nothing differs before it."""
    comparison = sj.compare(base, reopened)
    assert not comparison.stocks.isel(time=slice(25)).any()
    table = comparison.to_frame().set_index("stage")
    lake = table.loc["Lakecamp"]
    difference = (reopened.stocks - base.stocks).sel(stage="Lakecamp").sum("group")
    assert lake["stock"] == difference.isel(time=-1).mean()
    assert (lake["stock_low"], lake["stock_high"]) == tuple(np.quantile(difference.isel(time=-1), [0.05, 0.95]))
    assert pd.Timestamp("2021-03-26") <= lake["stock_date"] <= pd.Timestamp("2021-03-29")
    assert lake["peak"] == difference.mean("replicate").max() > 0
    assert lake["camp"] and not table.loc["Midway", "camp"]
    assert comparison.to_frame(people=1e9)["first_date"].isna().all()
    created = reopened.data["created"] - base.data["created"]
    assert not created.any()
    assert "Lakecamp" in str(comparison)


def test_a_place_of_one_run_only_is_empty_in_the_other(base: sj.Run) -> None:
    fewer = base.data.isel(stage=slice(0, 6)).sel(flow=base.data["destination"] != "Lakecamp")
    comparison = sj.compare(sj.Run(fewer, base.provenance), base)
    assert (
        comparison.stocks.sel(stage="Lakecamp").values.tolist() == base.stocks.sel(stage="Lakecamp").values.tolist()
    )
    assert not comparison.stocks.drop_sel(stage="Lakecamp").any()


def test_runs_that_are_no_pairs_are_refused(base: sj.Run) -> None:
    scenario = sj.flee.scenario_of(base)
    for other in (
        sj.flee.simulate(scenario, seed=8, replicates=6),
        sj.flee.simulate(scenario, seed=7, replicates=6, scale=2),
        sj.flee.simulate(scenario, seed=7, replicates=5),
    ):
        with refused("R301"):
            sj.compare(base, other)
    with refused("R301"):
        sj.compare(base, sj.simulate(sj.load("border-post"), replicates=1, seed=7))


def test_damaged_runs_are_refused(base: sj.Run, tmp_path: Path) -> None:
    sj.Run(base.data.drop_vars("wait_hist"), base.provenance).save(tmp_path / "a.zarr")
    lacking = {key: value for key, value in base.provenance.items() if key != "seed"}
    sj.Run(base.data, lacking).save(tmp_path / "b.zarr")
    for name in ("a.zarr", "b.zarr"):
        with refused("R104"):
            sj.open_run(tmp_path / name)


def call(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    # A refused command line is shown in a box, its lines broken anywhere.
    return " ".join(result.output.replace("│", " ").split()) if code == 2 else result.output


def test_commands_open_and_compare(base: sj.Run, reopened: sj.Run, tmp_path: Path) -> None:
    one, two = tmp_path / "one.zarr", tmp_path / "two.zarr"
    base.save(one)
    reopened.save(two)
    said = call("open", one, "--verify")
    assert "identical to the bit" in said and "People in each camp" in said and "1,670" in said
    assert "Norvale -> Midway" in call("open", one, "--what", "flows", "--by", "month")
    assert "R501" in call("open", one, "--what", "observables", code=1)
    assert "all" in call("open", one, "--what", "stocks", "--groups")
    said = call("compare", one, two)
    assert "6 pairs, seed 7" in said and "Lakecamp" in said
    said = call("compare", one, one)
    assert "no difference" in said and "7 stages did not move" in said
    assert "Lakecamp" in call("compare", one, two, "--what", "stocks")
    assert "error rescaled, mean" in call("score", one)
    assert "no stations" in call("score", one, "--station", "a", code=2)
    assert "sojourn flee run" in call("simulate", "border-post", "--out", one, "--resume", code=2)


def test_the_command_goes_on_where_it_was_stopped(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def stopping(title: str, wanted: int, *, quiet: bool):
        def told(count: int, _wanted: int) -> None:
            if count >= 2:
                raise KeyboardInterrupt

        yield told

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    save = tmp_path / "run.zarr"
    words = ("flee", "run", small, "--seed", 5, "--workers", 1, "--save", save)
    with monkeypatch.context() as patched:
        patched.setattr("sojourn.app.show.progress", stopping)
        said = call(*words, "--replicates", 400, code=130)
    finished = sj.open_run(save).replicates
    assert 2 <= finished < 400
    assert f"interrupted: {finished} of 400 replicates finished" in said
    assert "resume with:" in said and "--resume" in said
    with monkeypatch.context() as patched:
        # Stopped again, before a replicate is begun.
        patched.setattr("sojourn.flee.simulate", stopped)
        assert f"interrupted: {finished} of 9000" in call(*words, "--replicates", 9000, "--resume", code=130)
    assert sj.open_run(save).replicates == finished
    wanted = finished + 2
    call(*words, "--replicates", wanted, "--resume", "--quiet")
    assert sj.open_run(save).identical(sj.flee.simulate(small, seed=5, replicates=wanted))
    assert "R201" in call("flee", "run", small, "--seed", 6, "--save", save, "--resume", code=1)
    assert "is there already" in call(*words, code=2)
