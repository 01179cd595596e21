"""A disk that is full at any moment of any writer: a coded refusal, what was there unchanged, nothing left over."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn import gathering, writing
from sojourn.app.main import app
from sojourn.results.store import writer

FOLDER = Path(__file__).parents[1] / "examples" / "flee-small"
TEXT = "In fiscal year 2023, 24,048 Chinese nationals were met at the southwest border."


def command(*words):
    """Run a command; raise what it was refused for."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exit_code:
        refusals = [word for word in ("W101", "P102", "R106", "D502", "M204") if word in done.output]
        assert refusals, (done.exit_code, done.output, done.exception)
        raise sj.SojournError([writing.Problem(refusals[0], "", done.output)])


@pytest.fixture(scope="module")
def run():
    return sj.simulate(sj.load("border-post"), replicates=3, seed=7)


@pytest.fixture(scope="module")
def walk():
    return sj.flee.read(FOLDER)


@pytest.fixture
def saved(run, tmp_path_factory):
    return run.save(tmp_path_factory.mktemp("saved") / "run")


def state(path):
    model = sj.load("border-post").compile()
    model.init(seed=7).save(path)


WRITERS = {
    "dump": ("W101", lambda path, run, walk, saved: sj.load("border-post").dump(path)),
    "schema": ("W101", lambda path, run, walk, saved: command("schema", "--out", path)),
    "card": ("W101", lambda path, run, walk, saved: command("card", "border-post", "--out", path)),
    "walk card": ("W101", lambda path, run, walk, saved: command("flee", "card", FOLDER, "--out", path)),
    "table": ("W101", lambda path, run, walk, saved: command("open", saved, "--csv", path)),
    "comparison": ("W101", lambda path, run, walk, saved: command("compare", saved, saved, "--csv", path)),
    "out.csv": ("W101", lambda path, run, walk, saved: command("flee", "run", FOLDER, "--quiet", "--out", path)),
    "scenario file": ("W101", lambda path, run, walk, saved: sj.flee.write(walk, path)),
    "converted": ("W101", lambda path, run, walk, saved: command("flee", "convert", FOLDER, path, "--force")),
    "claims": ("W101", lambda path, run, walk, saved: sj.check(TEXT, published="2024-01-01").save(path)),
    "figures": ("D502", lambda path, run, walk, saved: sj.data.export("darien-crossings", path)),
    "state": ("M204", lambda path, run, walk, saved: state(path)),
    "report": ("P102", lambda path, run, walk, saved: sj.report(run, path)),
}
ENDS = {"figures": ".csv", "converted": ".yml", "scenario file": ".yml"}


class Full:
    """A disk on which the ``at``-th call of ``os.<name>`` finds no room."""

    def __init__(self, name, at=1):
        self.name, self.at, self.calls = name, at, 0

    def __enter__(self):
        self.real = getattr(os, self.name)
        setattr(os, self.name, self)
        return self

    def __exit__(self, *_):
        setattr(os, self.name, self.real)

    def __call__(self, *args, **options):
        self.calls += 1
        if self.calls >= self.at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.real(*args, **options)


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_whole_or_as_it_was(run, walk, saved, tmp_path, name):
    code, write = WRITERS[name]
    path = tmp_path / f"file{ENDS.get(name, '')}"
    for call in ("fsync", "replace"):
        path.write_text("as it was")
        with Full(call) as full, pytest.raises(sj.SojournError) as caught:
            write(path, run, walk, saved)
        assert full.calls
        assert caught.value.codes == (code,)
        assert path.read_text() == "as it was"
        assert [one.name for one in tmp_path.iterdir()] == [path.name]
    write(path, run, walk, saved)
    assert path.read_bytes() != b"as it was"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_folder_is_whole_or_not_there(walk, tmp_path):
    for call, at in (("fsync", 1), ("fsync", 4), ("replace", 3)):
        with Full(call, at), pytest.raises(sj.SojournError) as caught:
            sj.flee.write_folder(walk, tmp_path / "folder")
        assert caught.value.codes == ("W101",)
        assert list(tmp_path.iterdir()) == []
    sj.flee.write_folder(walk, tmp_path / "folder")
    with pytest.raises(sj.SojournError, match="there already"):
        sj.flee.write_folder(walk, tmp_path / "folder")


@pytest.mark.parametrize(("call", "at"), [("fsync", 1), ("fsync", 30), ("replace", 1), ("replace", 48)])
def test_a_run_is_saved_whole_or_what_was_there_stays(run, tmp_path, call, at):
    old = sj.simulate(sj.load("border-post"), replicates=1, seed=1)
    path = old.save(tmp_path / "run")
    for write in (lambda: run.save(path, force=True), lambda: sj.concat([run], path, force=True)):
        with Full(call, at), pytest.raises(sj.SojournError) as caught:
            write()
        assert caught.value.codes == ("R106",)
        assert sj.open_run(path).identical(old)
        assert [one.name for one in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("at", [1, 90, 130, 170])
@pytest.mark.parametrize("engine", ["flow", "walk"])
def test_finished_replicates_are_kept(tmp_path, monkeypatch, at, engine):
    monkeypatch.setattr(gathering, "SECONDS", 0.0)
    monkeypatch.setattr(writer, "BLOCK_BYTES", 40_000)
    path = tmp_path / "run"
    scenario = sj.load("border-post" if engine == "flow" else FOLDER)
    whole = scenario.simulate(replicates=9, seed=7)
    with Full("replace", at) as full, pytest.raises(sj.SojournError) as caught:
        scenario.simulate(replicates=9, seed=7, out=path)
    assert caught.value.codes == ("R106",)
    assert full.calls >= at
    if at == 1:
        assert list(tmp_path.iterdir()) == []
    else:
        kept = sj.open_run(path)
        assert 0 < kept.replicates < 9
        assert kept.data.identical(whole.data.isel(replicate=slice(kept.replicates)))
        assert f"{kept.replicates} replicates are kept at {path}" in caught.value.problems[0].remedy
    assert scenario.simulate(replicates=9, seed=7, out=path, resume=True).identical(whole)
    assert [one.name for one in tmp_path.iterdir()] == ["run"]


def test_no_writer_opens_the_file_itself():
    """Writers of the package use one module; those who write beside by themselves are named."""
    found = set()
    for path in sorted((Path(sj.__file__).parent).rglob("*.py")):
        text = path.read_text()
        if any(word in text for word in (".write_text(", ".write_bytes(", 'open("w', 'open("x', ".to_csv(csv")):
            found.add(path.relative_to(Path(sj.__file__).parent).as_posix())
    drafts = {
        "writing.py",
        "report/pages/write.py",
        "series/exporting.py",
        "engine/snapshot.py",
        "series/store/names.py",
    }
    assert found == drafts | {"series/store/shelf.py"}


def test_a_link_and_the_rights_of_a_file_stay(tmp_path):
    kept = tmp_path / "kept"
    kept.write_text("before")
    kept.chmod(0o640)
    (tmp_path / "link").symlink_to(kept)
    writing.write_text(tmp_path / "link", "after")
    assert (tmp_path / "link").is_symlink()
    assert kept.read_text() == "after"
    assert kept.stat().st_mode & 0o777 == 0o640
    shutil.rmtree(tmp_path)
    with pytest.raises(writing.WriteError):
        writing.write_text(tmp_path / "link", "nowhere")
