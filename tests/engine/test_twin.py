"""Compiled kernels equal their own Python source bit for bit, and a leak planted in that source is caught."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engine.systems import systems
from tests.engine.twin import fingerprint

import sojourn as sj

TWIN = Path(__file__).with_name("twin.py")


def plain_python(jobs, *options):
    done = subprocess.run(
        [sys.executable, str(TWIN), *options],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def shortened(name, days):
    s = sj.load(name)
    return s.replace(time={"end": str(s.time.start.fromordinal(s.time.start.toordinal() + days))})


def random_systems(count):
    found = []

    @settings(
        max_examples=count, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(systems())
    def collect(scenario):
        found.append(scenario)

    collect()
    return found[:count]


def test_compiled_equals_plain_python():
    jobs = []
    for name in sj.list_scenarios():
        jobs.append({"scenario": shortened(name, 60).dump(), "options": {"replicates": 2, "seed": 11}})
    for i, scenario in enumerate(random_systems(25)):
        mode = "expected" if i % 5 == 0 else "draw"
        jobs.append({"scenario": scenario.dump(), "options": {"replicates": 1, "seed": i, "mode": mode}})
    plain = plain_python(jobs)
    compiled = [fingerprint(sj.simulate(sj.loads(job["scenario"]), **job["options"])) for job in jobs]
    assert compiled == plain
    assert len(set(compiled)) > 25


@pytest.mark.parametrize("fault", ["send", "due"])
def test_a_planted_leak_is_caught(fault):
    options = {"replicates": 1, "seed": 1, "guard": True}
    jobs = [
        {"scenario": shortened(name, 90).dump(), "options": options} for name in ("two-routes", "court-backlog")
    ]
    for message in plain_python(jobs, "--fault", fault):
        assert "R401" in message
    # The guard is not needed to see a leak in the record.
    jobs[0]["options"] = options | {"guard": False}
    if fault == "send":
        assert "R401" in plain_python(jobs[:1], "--fault", fault)[0]
