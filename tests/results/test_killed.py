"""Commands that write runs, killed at a call that touches the disk; ``verification.kills`` has fifty of them."""

import os

import numpy as np
import pytest
from verification import kills


@pytest.fixture(scope="module", autouse=True)
def no_flushes():
    """Leave out the flushes, which take most of the time: what a killed process wrote is there without them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.mark.parametrize("name", kills.COMMANDS)
def test_killed_commands_leave_whole_replicates_and_are_resumed_to_the_bit(name, prepared):
    folder, found = prepared
    call = int(np.random.default_rng(len(name)).integers(1, found[name].calls + 1))
    assert kills.killed(folder, name, kills.Kill(call, None), found[name]).passes, f"call {call}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    return folder, kills.prepared(folder)


def test_a_run_that_lost_replicates_would_be_seen(prepared):
    folder, found = prepared
    other = kills.Whole(found["simulate"].run, {**found["simulate"].digests, "stocks": "0"}, 1.0, 100)
    assert not kills.killed(folder, "simulate", kills.Kill(60, None), other).passes
