"""The quick part of ``python -m verification.flee_reference``: two instances, and three wrong rules caught."""

import os
from pathlib import Path

import pytest

from verification.flee_reference import compare, main

FOLDER = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared"))
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the shared figures")


@pytest.mark.parametrize("instance", ["mali2012", "burundi2015"])
def test_runs_agree_with_those_of_flee(instance):
    assert compare(instance, replicates=40).agrees


@pytest.mark.parametrize("fault", ["one-day-distance", "never-on-foot", "rest-anywhere"])
def test_a_wrong_rule_is_noticed(fault):
    found = compare("mali2012", replicates=40, fault=fault)
    assert not found.agrees
    assert found.lowest_p < 1e-4


def test_the_command_says_whether_all_agree(capsys):
    assert main(["--instance", "mali2012", "--replicates", "30"]) == 0
    assert "agrees" in capsys.readouterr().out
    assert main(["--instance", "mali2012", "--replicates", "30", "--fault", "no-closures"]) == 0
    assert "DIFFERS" in capsys.readouterr().out
