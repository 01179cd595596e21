"""Walk runs are results like any other: saved, opened, joined, repeated to the bit, interrupted, compared."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from sojourn.results.walk import WALK_COORDINATES, WALK_PROVENANCE, WALK_VARIABLES
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app


def refused(code: str):
    """Return what waits for an error of a code."""
    return pytest.raises(sj.SojournError, match=code)


def test_names_units_and_dimensions(base: sj.flee.WalkRun) -> None:
    assert set(base.data.data_vars) == set(WALK_VARIABLES)
    assert set(base.data.coords) == set(WALK_COORDINATES)
    assert set(base.provenance) == set(WALK_PROVENANCE)
    for array in (*base.data.data_vars.values(), *base.data.coords.values()):
        assert array.attrs["long_name"]
    assert {base.data[name].attrs["units"] for name in WALK_VARIABLES} == {"agent", "person"}
    assert base.stocks.dims == ("replicate", "time", "place")
    assert base.flows.dims == ("replicate", "time", "flow")
    assert base.stocks.attrs["units"] == "person"


def test_people_are_agents_times_their_scale(small: Path) -> None:
    run = sj.flee.run(small, seed=7, scale=10)
    assert (run.stocks == run.data["simulated_count"] * 10).all()
    # Registrations in people are those of the folder; in agents they are cut to whole ones.
    full = sj.flee.run(small, seed=7)
    assert run.data["observed_people"].equals(full.data["observed_people"])
    np.testing.assert_array_equal(run.observed, full.observed // 10)


def test_saved_opened_and_repeated_to_the_bit(base: sj.flee.WalkRun, tmp_path: Path) -> None:
    base.save(tmp_path / "run.zarr")
    again = sj.open(tmp_path / "run.zarr")
    assert isinstance(again, sj.flee.WalkRun)
    assert again.identical(base)
    assert sj.rerun(again, workers=1).identical(base)
    plain = xr.open_zarr(tmp_path / "run.zarr", consolidated=False)
    assert plain["simulated_count"].equals(base.data["simulated_count"])
    with refused("R105"):
        base.save(tmp_path / "run.zarr")
    base.save(tmp_path / "run.zarr", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["run.zarr"]


def test_repeated_without_its_folder(small: Path, tmp_path: Path) -> None:
    path = small / "input_csv" / "conflicts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Midway", "Midwey"), encoding="utf-8")
    scenario = sj.flee.read(small, compat="flee3")
    run = sj.flee.run(scenario, seed=2, replicates=2, scale=3)
    run.save(tmp_path / "run.zarr")
    (small / "input_csv" / "locations.csv").unlink()
    again = sj.rerun(sj.open(tmp_path / "run.zarr"))
    assert again.identical(run)
    assert again.provenance["warnings"][0]["code"] == "FLEE-CONFLICT-COLUMN"
    assert again.provenance["compat"] == "flee3"
    assert sj.flee.scenario_of(again).warnings == scenario.warnings


def test_a_changed_bit_is_seen(base: sj.flee.WalkRun) -> None:
    data = base.data.copy(deep=True)
    data["simulated_count"].values[2, 11, 3] += 1
    other = sj.flee.WalkRun(data, base.provenance)
    assert not other.identical(base)
    assert not sj.compare(base, other).unchanged


def test_parts_are_the_whole(base: sj.flee.WalkRun) -> None:
    scenario = sj.flee.scenario_of(base)
    parts = [sj.flee.run(scenario, 7, 2), sj.flee.run(scenario, 7, 4, first=2)]
    assert sj.flee.WalkRun.join(parts).identical(base)
    with refused("R202"):
        sj.flee.WalkRun.join([parts[0], sj.flee.run(scenario, 7, 1, first=3)])
    with refused("R201"):
        sj.flee.WalkRun.join([parts[0], sj.flee.run(scenario, 8, 1, first=2)])


def test_interrupted_runs_keep_what_is_finished(base: sj.flee.WalkRun) -> None:
    def stop(done: int, wanted: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(sj.Interrupted) as caught:
        sj.flee.run(sj.flee.scenario_of(base), 7, 400, workers=1, progress=stop)
    kept = caught.value.run
    assert 3 <= kept.replicates < 400
    assert caught.value.wanted == 400
    assert kept.data.isel(replicate=slice(3)).identical(base.data.isel(replicate=slice(3)))


def test_tables(base: sj.flee.WalkRun) -> None:
    table = base.summary("stocks", "month")
    assert list(table.columns) == ["period", "complete", "place", "mean", "q05", "q50", "q95"]
    row = table[(table["period"] == "2021-03") & (table["place"] == "Lakecamp")].iloc[0]
    assert row["mean"] == base.stocks.sel(place="Lakecamp").isel(time=30).mean()
    assert not table[table["period"] == "2021-04"]["complete"].any()
    roads = base.summary("flows", "run").set_index("flow")
    assert roads.loc["Norvale -> Midway", "mean"] == base.flows.sel(flow="Norvale -> Midway").sum() / 6
    end = base.camps_at_end().set_index("camp")
    assert list(end.index) == ["Hillcamp", "Rivercamp", "Lakecamp"]
    assert end.loc["Lakecamp", "registered"] == 1670
    assert end.loc["Lakecamp", "mean"] == base.stocks.sel(place="Lakecamp").isel(time=-1).mean()
    with refused("R501"):
        base.summary("waits")


def test_no_change_is_exactly_zero(base: sj.flee.WalkRun) -> None:
    comparison = sj.compare(base, sj.rerun(base))
    assert comparison.unchanged
    table = comparison.to_frame()
    assert table.select_dtypes("number").eq(0).all(axis=None)
    assert table[["peak_date", "first_date"]].isna().all(axis=None)
    assert comparison.effect("flows", "run")[["mean", "q05", "q95"]].eq(0).all(axis=None)
    assert "no difference" in str(comparison)


def test_a_planted_change_is_placed_and_dated(base: sj.flee.WalkRun, reopened: sj.flee.WalkRun) -> None:
    """Without the closure of days 25 to 31 Lakecamp fills on; nothing differs before it."""
    comparison = sj.compare(base, reopened)
    assert not comparison.stocks.isel(time=slice(25)).any()
    table = comparison.to_frame().set_index("place")
    lake = table.loc["Lakecamp"]
    difference = (reopened.stocks - base.stocks).sel(place="Lakecamp")
    assert lake["stock"] == difference.isel(time=-1).mean()
    assert (lake["stock_low"], lake["stock_high"]) == tuple(np.quantile(difference.isel(time=-1), [0.05, 0.95]))
    assert pd.Timestamp("2021-03-26") <= lake["first_date"] <= pd.Timestamp("2021-03-29")
    assert lake["peak"] == difference.mean("replicate").max() > 0
    assert lake["camp"] and not table.loc["Midway", "camp"]
    assert comparison.to_frame(people=1e9)["first_date"].isna().all()
    created = reopened.data["simulated_created"] - base.data["simulated_created"]
    assert not created.any()
    assert "Lakecamp" in str(comparison)


def test_a_place_of_one_run_only_is_empty_in_the_other(base: sj.flee.WalkRun) -> None:
    fewer = base.data.isel(place=slice(0, 6)).sel(flow=base.data["destination"] != "Lakecamp")
    comparison = sj.compare(sj.flee.WalkRun(fewer, base.provenance), base)
    assert (
        comparison.stocks.sel(place="Lakecamp").values.tolist() == base.stocks.sel(place="Lakecamp").values.tolist()
    )
    assert not comparison.stocks.drop_sel(place="Lakecamp").any()


def test_runs_that_are_no_pairs_are_refused(base: sj.flee.WalkRun) -> None:
    scenario = sj.flee.scenario_of(base)
    for other in (sj.flee.run(scenario, 8, 6), sj.flee.run(scenario, 7, 6, scale=2), sj.flee.run(scenario, 7, 5)):
        with refused("R301"):
            sj.compare(base, other)
    with refused("R301"):
        sj.compare(base, sj.simulate(sj.load("border-post"), replicates=1, seed=7))


def test_damaged_runs_are_refused(base: sj.flee.WalkRun, tmp_path: Path) -> None:
    sj.flee.WalkRun(base.data.drop_vars("simulated_gone"), base.provenance).save(tmp_path / "a.zarr")
    lacking = {key: value for key, value in base.provenance.items() if key != "seed"}
    sj.flee.WalkRun(base.data, lacking).save(tmp_path / "b.zarr")
    for name in ("a.zarr", "b.zarr"):
        with refused("R104"):
            sj.open(tmp_path / name)


def call(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    # A refused command line is shown in a box, its lines broken anywhere.
    return " ".join(result.output.replace("│", " ").split()) if code == 2 else result.output


def test_commands_open_and_compare(base: sj.flee.WalkRun, reopened: sj.flee.WalkRun, tmp_path: Path) -> None:
    one, two = tmp_path / "one.zarr", tmp_path / "two.zarr"
    base.save(one)
    reopened.save(two)
    said = call("open", one, "--verify")
    assert "identical to the bit" in said and "People in each camp" in said and "1,670" in said
    assert "Norvale -> Midway" in call("open", one, "--what", "flows", "--by", "month")
    assert "R501" in call("open", one, "--what", "waits", code=1)
    assert "has no groups" in call("open", one, "--groups", code=2)
    said = call("compare", one, two)
    assert "6 pairs, seed 7" in said and "Lakecamp" in said
    said = call("compare", one, one)
    assert "no difference" in said and "7 places did not move" in said
    assert "Lakecamp" in call("compare", one, two, "--what", "stocks")
    assert "scored as it is run" in call("score", one, code=2)
    assert "sojourn flee run" in call("simulate", "border-post", "--out", one, "--resume", code=2)


def test_the_command_goes_on_where_it_was_stopped(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def stopping(title: str, done: int, wanted: int, *, quiet: bool):
        def told(count: int, _wanted: int) -> None:
            if count == 2:
                raise KeyboardInterrupt

        yield told

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    save = tmp_path / "run.zarr"
    words = ("flee", "run", small, "--seed", 5, "--workers", 1, "--save", save)
    with monkeypatch.context() as patched:
        patched.setattr("sojourn.app.show.progress", stopping)
        said = call(*words, "--replicates", 400, code=130)
    finished = sj.open(save).replicates
    assert 2 <= finished < 400
    assert f"interrupted: {finished} of 400 replicates finished" in said
    assert "go on with:" in said and "--resume" in said
    with monkeypatch.context() as patched:
        # Stopped again, before a replicate is begun.
        patched.setattr("sojourn.flee.run", stopped)
        assert f"interrupted: {finished} of 9000" in call(*words, "--replicates", 9000, "--resume", code=130)
    assert sj.open(save).replicates == finished
    wanted = finished + 2
    call(*words, "--replicates", wanted, "--resume", "--quiet")
    assert sj.open(save).identical(sj.flee.run(small, seed=5, replicates=wanted))
    assert "R201" in call("flee", "run", small, "--seed", 6, "--save", save, "--resume", code=1)
    assert "is there already" in call(*words, code=2)
