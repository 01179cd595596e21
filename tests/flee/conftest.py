"""Folders for the tests of Flee scenarios."""

import os
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
def shared_flee() -> Path:
    """The Flee instances and reference runs that are kept beside the repository, not in it."""
    path = Path(os.environ.get("SOJOURN_SHARED", ROOT.parent / "shared")) / "flee"
    if not path.is_dir():
        pytest.skip("the shared Flee instances are not here")
    return path
