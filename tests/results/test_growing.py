"""Runs that are written while they are made: killed, resumed, replaced, put together, and written twice."""

import os
import subprocess
import sys
import textwrap
import threading
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sojourn as sj
from sojourn import gathering
from sojourn.errors import Problem
from sojourn.locking import held
from sojourn.results import RunError
from sojourn.results.store import writer

sojourn_simulate = import_module("sojourn.simulate")
PROBLEM = Problem("M301", "here", "people grow beyond what can be counted whole")
FOLDER = Path(__file__).parents[2] / "examples" / "flee-small"


@pytest.fixture(scope="module", autouse=True)
def no_flushes():
    """Leave out the flushes, which take most of the time: what a killed process wrote is there without them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="module")
def base():
    return sj.load("border-post")


@pytest.fixture(scope="module")
def whole(base):
    return sj.simulate(base, replicates=20, seed=7)


@pytest.fixture
def small_blocks(monkeypatch, whole):
    """Commit every replicate, three to a block."""
    monkeypatch.setattr(gathering, "SECONDS", 0.0)
    monkeypatch.setattr(writer, "BLOCK_BYTES", 3 * whole.data.nbytes // whole.replicates)


class _Refused:
    """Expects a refusal with one code."""

    def __init__(self, code):
        self.code = code
        self.value = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        assert kind is not None and issubclass(kind, RunError), f"{self.code} was expected"
        assert set(error.codes) == {self.code}, error
        self.value = error
        return True


def test_written_while_it_is_made(base, whole, tmp_path, small_blocks):
    seen = []

    def progress(done, _wanted):
        if (path := tmp_path / "run").exists():
            run = sj.open_run(path)
            seen.append((run.replicates, run.missing))
            assert run.data.identical(whole.data.isel(replicate=slice(run.replicates)))

    run = sj.simulate(base, replicates=20, seed=7, out=tmp_path / "run", progress=progress)
    assert run.identical(whole)
    assert run.missing == 0
    assert len(set(seen)) > 10
    assert all(done + missing == 20 for done, missing in seen)
    assert [one.name for one in tmp_path.iterdir()] == ["run"]


def test_interrupted_and_resumed(base, whole, tmp_path, small_blocks):
    cancel = threading.Event()

    def progress(done, _wanted):
        if done >= 8:
            cancel.set()

    with pytest.raises(sj.Interrupted) as caught:
        sj.simulate(base, replicates=20, seed=7, out=tmp_path / "run", progress=progress, cancel=cancel)
    stopped = caught.value
    assert stopped.path == tmp_path / "run"
    assert stopped.run.missing == 20 - stopped.run.replicates > 0
    assert "missing" in repr(sj.open_run(stopped.path))
    saved = stopped.run.save(tmp_path / "saved")
    assert sj.open_run(saved).missing == stopped.run.missing
    done = []
    run = sj.simulate(base, replicates=20, out=tmp_path / "run", resume=True, progress=lambda n, _: done.append(n))
    assert run.identical(whole)
    assert done[0] == stopped.run.replicates + 1
    longer = sj.simulate(base, replicates=23, seed=7, out=tmp_path / "run", resume=True)
    assert longer.identical(sj.simulate(base, replicates=23, seed=7))


def test_resume_starts_a_run_that_is_not_there(base, tmp_path):
    run = sj.simulate(base, replicates=2, seed=7, out=tmp_path / "run", resume=True)
    assert run.identical(sj.simulate(base, replicates=2, seed=7))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"seed": 8}, "seed"),
        ({"mode": "expected"}, "mode"),
        ({"record": "month"}, "record"),
        ({"first": 1}, "first"),
        ({"parameters": "central"}, "parameters"),
        ({"record": {"stages": ["post"]}}, "recorded"),
    ],
)
def test_another_run_is_not_resumed(base, tmp_path, change, where):
    sj.simulate(base, replicates=2, seed=7, out=tmp_path / "run")
    with _Refused("R201") as caught:
        sj.simulate(base, **{"replicates": 4, "seed": 7, "out": tmp_path / "run", "resume": True} | change)
    problem = next(p for p in caught.value.problems if p.where == where)
    assert problem.found != problem.allowed
    assert sj.open_run(tmp_path / "run").replicates == 2


def test_other_given_parameters_are_not_resumed(base, tmp_path):
    options = {"seed": 7, "out": tmp_path / "run"}
    sj.simulate(base, parameters={"officers": [6.0, 7.0]}, **options)
    with _Refused("R201"):
        sj.simulate(base, parameters={"officers": [6.0, 8.0, 9.0]}, resume=True, **options)
    longer = sj.simulate(base, parameters={"officers": [6.0, 7.0, 9.0]}, resume=True, **options)
    assert longer.identical(sj.simulate(base, parameters={"officers": [6.0, 7.0, 9.0]}, seed=7))


def test_force_replaces_only_when_the_new_run_is_whole(base, whole, tmp_path, small_blocks):
    path = tmp_path / "run"
    old = sj.simulate(base, replicates=3, seed=1, out=path)

    def progress(done, _wanted):
        assert sj.open_run(path).identical(old)
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(sj.Interrupted) as caught:
        sj.simulate(base, replicates=20, seed=7, out=path, force=True, progress=progress)
    assert sj.open_run(path).identical(old)
    assert caught.value.path == tmp_path / "run.new"
    with _Refused("R105") as again:
        sj.simulate(base, replicates=20, seed=7, out=path, force=True)
    assert "run.new" in str(again.value)
    assert sj.simulate(base, replicates=20, out=tmp_path / "run.new", resume=True).identical(whole)
    assert sj.open_run(path).identical(old)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.integers(1, 19), min_size=6, max_size=6, unique=True),
    order=st.permutations(range(7)),
    stored=st.booleans(),
)
def test_seven_uneven_parts_in_any_order_are_one_run(base, whole, tmp_path_factory, cuts, order, stored):
    folder = tmp_path_factory.mktemp("parts")
    edges = [0, *sorted(cuts), 20]
    parts = []
    for number in order:
        first, count = edges[number], edges[number + 1] - edges[number]
        where = {"out": folder / f"{number}"} if stored else {}
        parts.append(sj.simulate(base, seed=7, first=first, replicates=count, **where))
    assert sj.concat(parts).identical(whole)
    assert sj.concat(parts, folder / "whole").identical(whole)


def test_parts_of_walk_runs(tmp_path):
    whole = sj.flee.simulate(FOLDER, seed=7, replicates=13)
    edges = [0, 1, 3, 4, 8, 10, 11, 13]
    parts = [
        sj.flee.simulate(FOLDER, seed=7, first=edges[i], replicates=edges[i + 1] - edges[i], out=tmp_path / f"{i}")
        for i in (3, 0, 6, 2, 5, 1, 4)
    ]
    assert sj.concat(parts).identical(whole)
    assert sj.concat(parts, tmp_path / "whole").identical(whole)
    with _Refused("R201") as caught:
        sj.concat([parts[0], sj.flee.simulate(FOLDER, seed=7, first=0, replicates=4, scale=5)])
    assert {p.where for p in caught.value.problems} == {"scale"}


def test_what_parts_differ_in_is_said(base):
    one = sj.simulate(base, replicates=2, seed=7)
    with _Refused("R201") as caught:
        sj.concat([one, sj.simulate(base, replicates=2, seed=8, first=2, mode="draw", record="month")])
    told = {p.where: (p.found, p.allowed) for p in caught.value.problems}
    assert told["seed"] == ("8", "7")
    assert told["record"] == ("'month'", "'week'")


def test_missing_replicates_add_up(base, whole, tmp_path, small_blocks):
    def stop(done, _wanted):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(sj.Interrupted) as caught:
        sj.simulate(base, replicates=10, seed=7, progress=stop)
    short = caught.value.run
    assert (short.replicates, short.missing) == (4, 6)
    assert sj.concat([short]).missing == 6
    rest = sj.simulate(base, replicates=3, seed=7, first=4)
    assert sj.concat([rest, short]).missing == 3
    assert sj.concat([short, sj.simulate(base, replicates=16, seed=7, first=4)]).missing == 0


WRITERS = {
    "simulate": lambda base, path: sj.simulate(base, replicates=1, seed=7, out=path),
    "resume": lambda base, path: sj.simulate(base, replicates=9, seed=7, out=path, resume=True),
    "replace": lambda base, path: sj.simulate(base, replicates=1, seed=7, out=path, force=True),
    "walk": lambda base, path: sj.flee.simulate(FOLDER, seed=7, out=path),
    "save": lambda base, path: sj.simulate(base, replicates=1, seed=7).save(path),
    "save over": lambda base, path: sj.simulate(base, replicates=1, seed=7).save(path, force=True),
    "concat": lambda base, path: sj.concat([sj.simulate(base, replicates=1, seed=7)], path),
}


@pytest.mark.parametrize("there", [False, True], ids=["new", "over a run"])
@pytest.mark.parametrize("name", WRITERS)
def test_a_second_writer_is_refused_at_once(base, tmp_path, name, there):
    path = tmp_path / "run"
    before = sj.simulate(base, replicates=2, seed=7).save(path) if there else None
    with held(tmp_path / ".run.lock"), _Refused("R107") as caught:
        WRITERS[name](base, path)
    assert caught.value.problems[0].found.startswith(f"process {os.getpid()} on ")
    if before is None:
        assert not path.exists()
        WRITERS[name](base, path)
    else:
        assert sj.open_run(path).replicates == 2
    assert {one.name for one in tmp_path.iterdir()} == {"run"}


def test_a_second_process_is_told_who_writes_and_the_lock_of_a_killed_one_is_free(base, tmp_path):
    holder = """
        import sys
        from pathlib import Path
        from sojourn.results.store import growing
        with growing(Path(sys.argv[1]), resume=False, force=False):
            print("held", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(holder), tmp_path / "run"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        for writes in WRITERS.values():
            with _Refused("R107") as caught:
                writes(base, tmp_path / "run")
            assert caught.value.problems[0].found.startswith(f"process {other.pid} on ")
        other.kill()
    WRITERS["simulate"](base, tmp_path / "run")
    assert [one.name for one in tmp_path.iterdir()] == ["run"]


def test_a_run_is_kept_where_something_else_took_its_place(base, whole, tmp_path, monkeypatch):
    path = tmp_path / "run"
    add = writer.Writer.add

    def slow(self, part, provenance):
        add(self, part, provenance)
        if not path.exists():
            path.mkdir()
            (path / "thesis").write_text("mine")

    monkeypatch.setattr(writer.Writer, "add", slow)
    for write in (lambda: whole.save(path), lambda: sj.simulate(base, replicates=20, seed=7, out=path)):
        with _Refused("R105") as caught:
            write()
        kept = Path(caught.value.problems[0].remedy.removeprefix("the whole run is kept at "))
        assert sj.open_run(kept).identical(whole)
        assert (path / "thesis").read_text() == "mine"
        (path / "thesis").unlink()
        path.rmdir()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_killed_writers_left_is_swept_and_a_run_moved_aside_is_put_back(base, whole, tmp_path):
    path = whole.save(tmp_path / "run")
    (tmp_path / ".run.0123abcd").mkdir()
    (tmp_path / ".run.lock").write_text("process 1 on elsewhere")
    path.rename(tmp_path / ".run.89abcdef.old")
    (tmp_path / ".running.0123abcd").mkdir()
    assert sj.open_run(path).identical(whole)
    assert {one.name for one in tmp_path.iterdir()} == {"run", ".running.0123abcd"}
    with _Refused("R105"):
        whole.save(path)


def test_what_was_finished_before_a_replicate_is_refused_is_kept(base, whole, tmp_path, monkeypatch):
    records = sojourn_simulate.run_replicates

    def refusing(*args, **options):
        for number, one in enumerate(records(*args, **options)):
            if number == 4:
                raise sj.SojournError([PROBLEM])
            yield one

    monkeypatch.setattr(sojourn_simulate, "run_replicates", refusing)
    with pytest.raises(sj.SojournError) as caught:
        sj.simulate(base, replicates=20, seed=7, out=tmp_path / "run")
    assert caught.value.codes == ("M301",)
    kept = sj.open_run(tmp_path / "run")
    assert (kept.replicates, kept.missing) == (4, 16)


def test_drafts_that_a_killed_writer_left_are_passed_over_and_swept(base, whole, tmp_path):
    path = sj.simulate(base, replicates=3, seed=7).save(tmp_path / "run")
    drafts = [path / ".zarr.json.01234567.part", path / "stocks" / ".c.0.0.0.0.01234567.part"]
    for draft in drafts:
        draft.write_text("half")
    assert sj.open_run(path).replicates == 3
    assert sj.simulate(base, replicates=20, seed=7, out=path, resume=True).identical(whole)
    assert not any(draft.exists() for draft in drafts)


def test_resume_and_force_need_a_path(base):
    for options in ({"resume": True}, {"force": True}):
        with pytest.raises(ValueError, match="need out"):
            sj.simulate(base, replicates=1, **options)
    with pytest.raises(ValueError, match="not both"):
        sj.simulate(base, replicates=1, out="x", resume=True, force=True)
