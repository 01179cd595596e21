"""Runs carry labels, survive the disk to the bit, and are joined from parts."""

import numpy as np
import pytest
import xarray as xr

from sojourn import results
from sojourn.engine.flow.program import Record
from sojourn.results import RunError, dims
from sojourn.results.store import LAYOUT

from . import conftest


def test_labels_and_units(make):
    run = make()
    assert run.stocks.dims == ("replicate", "time", "stage", "group")
    assert run.flows.dims == ("replicate", "time", "flow", "group")
    assert run.flows.dtype == np.int64
    assert set(run.data.data_vars) == {n for n, v in dims.VARIABLES.items() if not v.optional} | {"initial"}
    for name in run.data.data_vars:
        variable = dims.VARIABLES[name]
        assert run.data[name].dims == variable.dims
        assert run.data[name].attrs == {"units": variable.unit, "long_name": variable.long_name}
        assert list(variable.dims) == [d for d in dims.DIMS if d in variable.dims]
    assert all("long_name" in coordinate.attrs for coordinate in run.data.coords.values())
    fork = run.flows.sel(flow="fork -> returned")
    assert (fork.origin.item(), fork.destination.item(), fork.attempt.item()) == ("fork", "returned", True)
    assert run.stocks.sel(stage="post").stage_place.item() == "san-diego"
    assert str(run.data["period_end"].values[-1])[:10] == "2024-11-15"
    assert (run.replicates, run.seed, run.scenario_text) == (4, 1, "name: post\n")
    assert run.parameters.sel(quantity="share-fork").shape == (4,)
    assert dict(run.notes) == {"filled-series": 8}
    assert "4 replicates" in repr(run)
    assert run.engine == "flow"
    assert {"stocks", "queue", "initial"} <= run.has
    assert not {"camp", "created"} & run.has


def test_every_table_is_in_order_and_names_its_dimensions():
    for variable in dims.VARIABLES.values():
        assert variable.dims == dims.ordered(set(variable.dims))
    assert {c.dim for c in dims.COORDINATES.values()} <= set(dims.DIMS)


@pytest.mark.parametrize("fault", ["unknown variable", "no stocks", "no kinds"])
def test_arrays_must_be_those_of_the_tables(make, fault):
    run = make()
    arrays = {name: array.values for name, array in run.data.data_vars.items()}
    along = {name: array.values for name, array in run.data.coords.items()}
    assert results.label(arrays, along, run.provenance).identical(run)
    if fault == "unknown variable":
        arrays["stokcs"] = arrays["stocks"]
    elif fault == "no stocks":
        del arrays["stocks"]
    else:
        del along["stage_kind"]
    with pytest.raises(ValueError, match=r"no such variables: stokcs|lack stocks|lack stage_kind"):
        results.label(arrays, along, run.provenance)


def test_waits_are_means_and_missing_where_nobody_is_served():
    record = conftest.record(days=3)
    record.wait_count[0, 1], record.wait_steps[0, 1] = 0, 0
    record.wait_count[0, 2], record.wait_steps[0, 2] = 4, 10
    run = results.build(
        record, conftest.labels(3), conftest.provenance(3) | {"step_days": 0.5}, quantities=("share-fork",)
    )
    mean = run.waits["mean"].sel(replicate=0, queue="post")
    assert np.isnan(mean[1]).all()
    assert (mean[2] == 1.25).all()
    assert mean.attrs["units"] == "day"
    assert run.waits["hist"].wait_bin_end.values[-1] == np.inf


@pytest.mark.parametrize(
    "key", sorted(n for n, f in results.PROVENANCE.items() if "flow" in f.engines and n != "engine")
)
def test_provenance_must_be_whole(key):
    provenance = conftest.provenance()
    del provenance[key]
    with pytest.raises(ValueError, match=f"provenance lacks {key}"):
        results.build(conftest.record(), conftest.labels(), provenance, quantities=("share-fork",))


def test_sizes_must_fit():
    with pytest.raises(ValueError, match="conflicting sizes"):
        results.build(conftest.record(), conftest.labels(), conftest.provenance(), quantities=())


def test_saved_and_opened_is_identical(make, tmp_path):
    run = make()
    path = run.save(tmp_path / "a.zarr")
    opened = results.open_run(path)
    assert opened.identical(run)
    assert opened.data.identical(run.data)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zarr"]
    again = opened.save(tmp_path / "b.zarr")
    assert _bytes(again) == _bytes(path)
    assert int(xr.open_zarr(path, consolidated=False, chunks=None)["stocks"].sum()) == int(run.stocks.sum())


def test_means_survive_too(make, tmp_path):
    record = conftest.record()
    means = Record(*(np.asarray(getattr(record, f), float) / 3 for f in Record.__dataclass_fields__))
    run = results.build(means, conftest.labels(), conftest.provenance(), quantities=("share-fork",))
    opened = results.open_run(run.save(tmp_path / "a.zarr"))
    assert opened.stocks.dtype == np.float64
    assert opened.identical(run)
    assert "initial" not in opened.data


def test_one_changed_person_is_not_identical(make):
    run, other = make(), make()
    assert run.identical(other)
    other.data["stocks"].values[1, 2, 3, 0] += 1
    assert not run.identical(other)
    assert not run.identical(results.Run(run.data, {**run.provenance, "seed": 2}))


def test_nothing_is_overwritten_unless_asked(make, tmp_path):
    first, second = make(seed=1), make(seed=2)
    path = first.save(tmp_path / "a.zarr")
    with pytest.raises(RunError) as caught:
        second.save(path)
    assert caught.value.codes == ("R105",)
    assert results.open_run(path).identical(first)
    second.save(path, force=True)
    assert results.open_run(path).identical(second)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zarr"]


def test_force_never_replaces_what_is_not_a_run(make, tmp_path):
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter").write_text("years of work")
    plain = tmp_path / "plain.txt"
    plain.write_text("mine")
    for path in (thesis, plain):
        with pytest.raises(RunError) as caught:
            make().save(path, force=True)
        assert caught.value.codes == ("R105",)
    assert (thesis / "chapter").read_text() == "years of work"
    assert plain.read_text() == "mine"


def test_failed_save_leaves_nothing(make, tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    old = make(seed=1).save(tmp_path / "a.zarr")
    monkeypatch.setattr(xr.Dataset, "to_zarr", full)
    with pytest.raises(RunError, match="No space left"):
        make(seed=2).save(old, force=True)
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["a.zarr"]
    assert results.open_run(old).seed == 1


def test_missing_directory_is_refused(make, tmp_path):
    with pytest.raises(RunError) as caught:
        make().save(tmp_path / "no" / "a.zarr")
    assert caught.value.codes == ("R106",)


def _damaged_header(path):
    (path / "zarr.json").write_text("{")


def _other_zarr(path):
    import zarr

    header = path / "zarr.json"
    header.unlink()
    zarr.create_group(path, zarr_format=3)


def _version_2(path):
    """Version 2 may hold pickles: it is not even looked into."""
    (path / "zarr.json").unlink()
    (path / ".zgroup").write_text('{"zarr_format": 2}')
    (path / ".zattrs").write_text('{"sojourn_run": 1, "provenance": "{}"}')


def _later_layout(path):
    header = path / "zarr.json"
    header.write_text(header.read_text().replace(f'"sojourn_run": {LAYOUT}', '"sojourn_run": 99'))


def _earlier_layout(path):
    header = path / "zarr.json"
    header.write_text(header.read_text().replace(f'"sojourn_run": {LAYOUT}', '"sojourn_run": 1'))


def _no_kinds(path):
    import shutil

    shutil.rmtree(path / "stage_kind")


def _no_stocks(path):
    import shutil

    shutil.rmtree(path / "stocks")


def _cut_chunk(path):
    chunk = next(p for p in (path / "flows").glob("c.*"))
    chunk.write_bytes(chunk.read_bytes()[:20])


def _no_seed(path):
    header = path / "zarr.json"
    header.write_text(header.read_text().replace('\\"seed\\"', '\\"sead\\"'))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_damaged_header, "R102"),
        (_other_zarr, "R102"),
        (_version_2, "R102"),
        (_later_layout, "R103"),
        (_earlier_layout, "R103"),
        (_no_kinds, "R104"),
        (_no_stocks, "R104"),
        (_cut_chunk, "R104"),
        (_no_seed, "R104"),
    ],
)
def test_damage_is_refused(make, tmp_path, damage, code):
    path = make().save(tmp_path / "a.zarr")
    damage(path)
    with pytest.raises(RunError) as caught:
        results.open_run(path)
    assert caught.value.codes == (code,)


def test_no_run_here(tmp_path):
    with pytest.raises(RunError) as caught:
        results.open_run(tmp_path / "none.zarr")
    assert caught.value.codes == ("R101",)


def test_parts_make_the_whole_to_the_bit(make, tmp_path):
    whole = make(replicates=7)
    parts = [make(replicates=2), make(replicates=4, first=3), make(replicates=1, first=2)]
    joined = results.concat(parts)
    assert joined.identical(whole)
    opened = results.open_run(parts[0].save(tmp_path / "part.zarr"))
    resumed = results.concat([opened, make(replicates=5, first=2)])
    assert _bytes(resumed.save(tmp_path / "a.zarr")) == _bytes(whole.save(tmp_path / "b.zarr"))


@pytest.mark.parametrize(
    ("first", "more", "code"),
    [(5, {}, "R202"), (3, {}, "R202"), (4, {"seed": 2}, "R201"), (4, {"digest": "1"}, "R201")],
)
def test_parts_that_do_not_fit_are_refused(make, first, more, code):
    with pytest.raises(RunError) as caught:
        results.concat([make(replicates=4), make(replicates=2, first=first, **more)])
    assert caught.value.codes == (code,)


def test_join_of_nothing():
    with pytest.raises(ValueError, match="no parts"):
        results.concat([])


def _bytes(path):
    return {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
