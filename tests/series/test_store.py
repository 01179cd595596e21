"""The store: all or nothing, one writer, nothing lost, nothing twice."""

import errno
import os
import subprocess
import sys
import textwrap

import pytest

from sojourn.series import DataError, Store, series
from sojourn.series.importers.united_states.cbp import STATE
from sojourn.series.store.lock import writing


def content(store):
    """Return every figure of a store with its release."""
    return {(e.measure, e.release): store.figures(e).to_pylist() for e in store.entries()}


def test_import_again_changes_nothing(twins, store):
    path = twins.state()
    store.import_file(path)
    before = {p: p.read_bytes() for p in store.folder.rglob("*") if p.is_file()}
    again = store.import_file(path)
    assert (again.added, len(again.unchanged)) == ((), 1)
    assert {p: p.read_bytes() for p in store.folder.rglob("*") if p.is_file()} == before


def test_a_newer_release_is_kept_beside_the_older(twins, store):
    store.import_file(twins.state("a.csv", years=(2021, 2022)))
    before = content(store)
    store.import_file(twins.state("b.csv", years=(2022, 2023), plus=1))
    assert [e.release for e in store.entries()] == ["2022-09", "2023-09"]
    assert content(store).items() >= before.items()


def test_the_same_release_with_other_content_needs_a_word(twins, store):
    store.import_file(twins.state("a.csv"))
    before = content(store)
    other = twins.state("b.csv", plus=1)
    with pytest.raises(DataError) as caught:
        store.import_file(other)
    assert caught.value.codes == ("D503",)
    assert content(store) == before
    store.import_file(other, release="2022-10-15")
    assert [e.release for e in store.entries()] == ["2022-09", "2022-10-15"]
    store.import_file(other, replace=True)
    assert len(store.entries()) == 2
    assert content(store)["cbp-encounters-state", "2022-09"] != before["cbp-encounters-state", "2022-09"]


def test_a_release_that_cannot_be_ordered_is_refused(twins, store):
    with pytest.raises(DataError) as caught:
        store.import_file(twins.state(), release="autumn")
    assert caught.value.codes == ("D311",)


def test_two_imports_at_once(twins, store):
    path = twins.state()
    store.folder.mkdir()
    with writing(store.folder), pytest.raises(DataError) as caught:
        store.import_file(path)
    assert caught.value.codes == ("D501",)
    assert "another import is under way" in str(caught.value)
    assert store.import_file(path).added


def test_two_imports_at_once_in_two_processes(twins, store):
    holder = """
        import sys
        from pathlib import Path
        from sojourn.series.store.lock import writing
        folder = Path(sys.argv[1])
        folder.mkdir()
        with writing(folder):
            print("held", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(holder), store.folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError) as caught:
            store.import_file(twins.state())
        assert caught.value.codes == ("D501",)
        other.kill()
    assert store.import_file(twins.state()).added, "the lock of a killed import is free"


def test_readers_do_not_wait_for_a_writer(twins, store):
    store.import_file(twins.state())
    with writing(store.folder):
        assert len(series("cbp-encounters-state", store=store)) == 24


CALLS = [("fsync", n) for n in range(4)] + [("replace", n) for n in range(3)]


@pytest.mark.parametrize(("call", "after"), CALLS)
def test_full_disk_at_every_step(twins, store, monkeypatch, call, after):
    store.import_file(twins.state("a.csv"))
    before = content(store)
    true, left = getattr(os, call), [after]

    def full(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return true(*args, **kwargs)

    monkeypatch.setattr(os, call, full)
    with pytest.raises(DataError) as caught:
        store.import_file(twins.state("b.csv", years=(2022, 2023)))
    monkeypatch.undo()
    assert caught.value.codes == ("D502",)
    assert "No space left" in str(caught.value)
    fresh = Store(store.folder, with_shipped=False)
    if (call, after) == ("fsync", 3):
        assert content(fresh).items() > before.items(), "the change was made; only its flush failed"
    else:
        assert content(fresh) == before
    assert fresh.damage() == ()
    fresh.import_file(twins.folder / "b.csv")
    assert len(content(fresh)) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file size on Windows")
def test_a_disk_that_takes_only_a_little(twins, store):
    """A limit the system sets on the size of a file stops the import for real."""
    store.import_file(twins.state("a.csv"))
    before = content(store)
    script = """
        import resource, sys
        from sojourn.series import DataError, Store
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        try:
            Store(sys.argv[1], with_shipped=False).import_file(sys.argv[2])
        except DataError as err:
            print(*err.codes)
    """
    path = twins.state("b.csv", years=(2022, 2023))
    command = [sys.executable, "-c", textwrap.dedent(script), store.folder, path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["D502"], done.stderr
    assert content(Store(store.folder, with_shipped=False)) == before


def test_damage_is_found_and_named(twins, store):
    entry = store.import_file(twins.state()).added[0]
    path = store.folder / entry.path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert store.damage() == (entry.path,)
    path.unlink()
    with pytest.raises(DataError) as caught:
        Store(store.folder, with_shipped=False).figures(entry)
    assert caught.value.codes == ("D504",)


@pytest.mark.parametrize("text", ["not json", '{"version": 99, "entries": []}', "[]"])
def test_a_manifest_that_is_none_of_ours(twins, store, text):
    store.import_file(twins.state())
    (store.folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        store.entries()
    assert caught.value.codes == ("D504",)


def test_figures_keep_where_they_came_from(twins, store):
    path = twins.write("mine.csv", STATE, twins.state_rows())
    entry = store.import_file(path).added[0]
    row = store.figures(entry).to_pylist()[0]
    assert (entry.file, entry.importer, row["digest"]) == ("mine.csv", "cbp-bundle", entry.digest)
    assert row["source"].startswith("https://") and row["licence"] == "US-PD"


def test_the_folder_is_the_user_s(monkeypatch, tmp_path):
    monkeypatch.setenv("SOJOURN_DATA", str(tmp_path / "mine"))
    assert Store().folder == tmp_path / "mine"
    monkeypatch.delenv("SOJOURN_DATA")
    assert "sojourn" in Store().folder.parts
