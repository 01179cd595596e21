"""Ctrl-C in a real process: finished replicates are saved, and the run goes on to the same bits."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from functools import partial

import pytest

import sojourn as sj

COMMAND = ["-c", "from sojourn.app.main import main; main()", "simulate", "border-post", "--seed", "7"]
MANY = "20000"
TURNS = 5_000  # looks at the terminal, after which the process is taken to hang


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Fill the cache of compiled kernels, so that only replicates take time."""
    sj.simulate(sj.load("border-post"), replicates=1, seed=7)


def interrupted(folder, words, number=signal.SIGINT):
    """Start a run whose progress goes to a terminal, stop it after some replicates; return (exit code, text)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, *COMMAND, *words],
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # background jobs ignore it
    )
    os.close(theirs)
    text, sent = "", False
    try:
        for _ in range(TURNS):
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    text += os.read(ours, 65536).decode()
                except OSError:  # the other end is closed
                    break
            if not sent and re.search(rf"\b[1-9]\d*/{MANY}", text):
                process.send_signal(number)
                sent = True
        else:
            pytest.fail(f"still running: {text}")
    finally:
        os.close(ours)
        if not sent:
            process.kill()
    return process.wait(60), text


def test_finished_replicates_are_saved_and_the_rest_added(tmp_path):
    words = ["--replicates", MANY, "--out", "run.zarr"]
    code, text = interrupted(tmp_path, words)
    assert code == 130, text
    assert "Traceback" not in text
    assert [p.name for p in tmp_path.iterdir()] == ["run.zarr"]
    first = sj.open_run(tmp_path / "run.zarr").replicates
    assert 0 < first < int(MANY)
    assert f"{first} of {MANY} replicates finished" in text
    assert f"simulate border-post --seed 7 --replicates {MANY} --out run.zarr --resume" in text

    code, text = interrupted(tmp_path, [*words, "--resume"], signal.SIGTERM)
    assert code == 130, text
    second = sj.open_run(tmp_path / "run.zarr").replicates
    assert second >= first

    wanted = str(second + 3)
    last = [*COMMAND, "--replicates", wanted, "--out", "run.zarr", "--resume", "--quiet"]
    subprocess.run([sys.executable, *last], cwd=tmp_path, check=True)
    whole = sj.simulate(sj.load("border-post"), replicates=second + 3, seed=7)
    assert sj.open_run(tmp_path / "run.zarr").identical(whole)


def test_without_a_path_nothing_is_saved(tmp_path):
    code, text = interrupted(tmp_path, ["--replicates", MANY])
    assert code == 130
    assert "nothing is saved: name a path with --out" in text
    assert list(tmp_path.iterdir()) == []
