"""Fifty ways to damage a stored run: each is refused with its code, and none is read as if nothing were wrong."""

import json
import os
import shutil

import numpy as np
import pytest

from sojourn import results
from sojourn.results import RunError
from sojourn.results.store import header, reading, writer

ROWS = ("stocks", "flows", "wait_count", "wait_days", "wait_hist", "parameters", "notes", "initial", "replicate")
LABELS = ("time", "stage", "stage_kind", "flow", "destination", "group", "queue", "wait_bin_end", "note")


def chunks(path, name):
    return sorted(path.glob(f"{name}/c*"))


def gone(name):
    def damage(path):
        for chunk in chunks(path, name):
            chunk.unlink()

    return damage


def last_gone(name):
    return lambda path: chunks(path, name)[-1].unlink()


def without(name):
    return lambda path: shutil.rmtree(path / name)


def cut(name):
    def damage(path):
        chunk = chunks(path, name)[0]
        chunk.write_bytes(chunk.read_bytes()[:-3])

    return damage


def empty(name):
    return lambda path: chunks(path, name)[0].write_bytes(b"")


def another(name):
    """Put the chunk of other replicates there, which is a chunk like any other."""

    def damage(path):
        first, second, *_ = chunks(path, name)
        shutil.copy(second, first)

    return damage


def linked(name, to="/dev/zero"):
    def damage(path):
        chunk = chunks(path, name)[0]
        chunk.unlink()
        chunk.symlink_to(to)

    return damage


def described(name, **changes):
    def damage(path):
        file = path / name / "zarr.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return damage


def deep(place):
    return lambda path: (path / place).write_text("[" * 100_000)


def pipe(path):
    chunks(path, "flows")[0].unlink()
    os.mkfifo(chunks(path, "stocks")[0].with_name("c.9.0.0.0"))


def linked_folder(path):
    shutil.rmtree(path / "flows")
    (path / "flows").symlink_to(path / "stocks", target_is_directory=True)


def huge(path):
    with chunks(path, "flows")[0].open("wb") as file:
        file.truncate(2**40)


def head(change):
    """Change what the header says of the run, and leave its seal."""

    def damage(path):
        file = path / "zarr.json"
        said = json.loads(file.read_text())
        change(said["attributes"])
        file.write_text(json.dumps(said))

    return damage


def sealed(change):
    """Change the header and seal it again, as whoever wrote a wrong one."""

    def damage(path):
        file = path / "zarr.json"
        said = json.loads(file.read_text())
        at = said["attributes"]
        change(at["stored"])
        at["seal"] = header._seal(at["provenance"], at["stored"])
        file.write_text(json.dumps(said))

    return damage


DAMAGE = {
    **{f"{name}, all chunks gone": gone(name) for name in ROWS},
    **{f"{name}, last chunk gone": last_gone(name) for name in ("stocks", "flows", "notes", "replicate")},
    **{f"{name} gone": without(name) for name in ("stocks", "parameters", "period_end", "stage", "group")},
    **{f"{name}, chunk cut": cut(name) for name in ("stocks", "wait_days", "replicate", "stage", "time")},
    **{f"{name}, chunk empty": empty(name) for name in ("flows", "initial", "flow")},
    **{
        f"{name}, other chunk": another(name)
        for name in ("stocks", "flows", "wait_hist", "parameters", "replicate")
    },
    **{f"{name}, labels gone": gone(name) for name in LABELS},
    "stocks, linked to zeros": linked("stocks"),
    "stage, linked to zeros": linked("stage"),
    "flows, linked to nothing": linked("flows", "nowhere"),
    "folder linked": linked_folder,
    "pipe": pipe,
    "sparse terabyte": huge,
    "stocks, other type": described("stocks", data_type="int32"),
    "wait_days, other type": described("wait_days", data_type="int64"),
    "stocks, other size": described("stocks", shape=[7, 90, 6, 1]),
    "stocks, other names": described("flows", dimension_names=["replicate", "time", "stage", "group"]),
    "stage, other type": described("stage", data_type="int64"),
    "deep description": deep("stocks/zarr.json"),
    "deep labels": deep("group/zarr.json"),
    "other seed": head(lambda at: at.update(provenance=at["provenance"].replace('"seed": 1', '"seed": 2'))),
    "fewer replicates": head(lambda at: at["stored"].update(replicates=3)),
    "more replicates": sealed(lambda stored: stored.update(replicates=9)),
    "no replicates": sealed(lambda stored: stored.pop("replicates")),
    "replicates of text": sealed(lambda stored: stored.update(replicates="all")),
    "no links": sealed(lambda stored: stored["rows"]["stocks"].update(links=[])),
    "unknown array": sealed(lambda stored: stored["fixed"].update(stokcs="0" * 32)),
    "no seal": head(lambda at: at.pop("seal")),
}


@pytest.fixture
def stored(make, tmp_path, monkeypatch):
    """Return a run of seven replicates in blocks of three, and what it holds."""
    run = make(replicates=7)
    monkeypatch.setattr(writer, "BLOCK_BYTES", 3 * run.data.nbytes // 7)
    return run.save(tmp_path / "run"), run


@pytest.mark.parametrize("lazy", [False, True], ids=["at once", "as it is used"])
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_never_read(stored, monkeypatch, name, lazy):
    path, _ = stored
    if lazy:
        monkeypatch.setattr(reading, "IN_MEMORY", 60_000)
    DAMAGE[name](path)
    with pytest.raises(RunError) as caught:
        results.open_run(path).data.load()
    assert caught.value.codes == ("R104",)


def test_there_are_fifty():
    assert len(DAMAGE) >= 50


@pytest.mark.parametrize("change", ["{", "[" * 100_000, "[]", "null", '{"attributes": []}'])
def test_a_header_that_is_none_is_no_run(stored, change):
    path, _ = stored
    (path / "zarr.json").write_text(change)
    with pytest.raises(RunError) as caught:
        results.open_run(path)
    assert caught.value.codes == ("R102",)


def test_every_changed_byte_of_a_chunk_is_seen_or_changes_nothing(stored):
    path, run = stored
    rng = np.random.default_rng(3)
    chunk = chunks(path, "flows")[1]
    whole = chunk.read_bytes()
    for at in rng.integers(0, len(whole), 20):
        chunk.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            assert results.open_run(path).identical(run)
        except RunError as error:
            assert error.codes == ("R104",)


def test_a_large_run_is_read_as_it_is_used(stored, monkeypatch):
    path, run = stored
    monkeypatch.setattr(reading, "IN_MEMORY", 0)
    lazy = results.open_run(path)
    assert not lazy.data["stocks"].variable._in_memory
    picked = lazy.stocks.isel(replicate=[5, 1], time=slice(80, 4, -7), group=0)
    assert picked.identical(run.stocks.isel(replicate=[5, 1], time=slice(80, 4, -7), group=0))
    assert int(lazy.flows[6, 3, 2, 1]) == int(run.flows[6, 3, 2, 1])
    assert lazy.summary("flows", "month").equals(run.summary("flows", "month"))
    assert lazy.at_end().equals(run.at_end())
    assert lazy.identical(run)
    cut("flows")(path)
    assert results.open_run(path).stocks.identical(run.stocks), "other arrays can be used"


def test_others_open_it_as_it_is(stored):
    import xarray as xr

    path, run = stored
    opened = xr.open_zarr(path, consolidated=False, chunks=None)
    assert opened["stocks"].dims == run.stocks.dims
    assert np.array_equal(opened["flows"].values, run.flows.values)
