"""An import killed at any moment leaves the old release or the new one, whole."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 50


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")
def test_killed_at_fifty_moments(twins, tmp_path):
    old, new = twins.state("old.csv"), twins.state("new.csv", plus=1)
    script = Path(__file__).with_name("killed.py")
    command = [sys.executable, script, tmp_path / "store", old, new, str(ROUNDS), "7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    said = json.loads(done.stdout)
    assert said["old"] != said["new"]
    found = [one["found"] for one in said["seen"]]
    assert all(state in (said["old"], said["new"]) for state in found)
    assert all(one["after"] == said["new"] for one in said["seen"])
    assert all(len(one["left"]) == 3 for one in said["seen"]), "the next import sweeps up"
    cut = [one["found"] for one in said["seen"] if one["cut"]]
    assert len(cut) == ROUNDS
    assert said["old"] in cut, "some died before the change"
    assert said["new"] in cut, "some died after it"
