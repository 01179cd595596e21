"""Folders for the tests of Flee scenarios."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import sojourn as sj

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "examples" / "flee-small"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small folder that a test may spoil."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    return folder


@pytest.fixture(scope="session")
def shared_flee(shared: Path) -> Path:
    """The Flee instances and reference runs that are kept beside the repository, not in it."""
    return shared / "flee"


@pytest.fixture(scope="session")
def base() -> sj.Run:
    """A run of the small folder, six replicates."""
    return sj.flee.simulate(SMALL, seed=7, replicates=6)


@pytest.fixture(scope="session")
def reopened() -> sj.Run:
    """The same without its closure, under the same seed."""
    return sj.flee.simulate(replace(sj.flee.read(SMALL), closures=()), seed=7, replicates=6)
