"""Folders for the tests of Flee scenarios."""

import shutil
from pathlib import Path

import pytest

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
