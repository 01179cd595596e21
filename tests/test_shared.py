"""A run that skips for want of the shared figures, while they are there, fails; elsewhere it passes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

{head}

def test_with(shared):
    assert shared.is_dir()

@pytest.mark.skipif({skip}, reason="needs ../shared")
def test_locates_it_by_itself():
    pass
"""


@pytest.mark.parametrize(
    ("there", "skip", "whole_module", "workers", "code"),
    [
        (True, False, False, [], 0),
        (True, True, False, [], 1),
        (True, True, True, [], 1),
        (True, True, False, ["-n", "2"], 1),
        (True, True, True, ["-n", "2"], 1),
        (False, True, True, [], 0),
    ],
)
def test_wrong_skip_fails_the_run(tmp_path, there, skip, whole_module, workers, code):
    project = tmp_path / "project" / "tests"
    project.mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "conftest.py", project)
    head = "pytest.skip('no Shared figures', allow_module_level=True)" if skip and whole_module else ""
    (project / "test_it.py").write_text(TESTS.format(skip=skip, head=head))
    (project / "test_more.py").write_text("def test_more(): pass")
    figures = tmp_path / "figures"
    if there:
        figures.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers, str(project)],
        capture_output=True,
        text=True,
        env=os.environ | {"SOJOURN_SHARED": str(figures)},
        cwd=project,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert ("SKIPPED WITH THE SHARED FIGURES THERE" in done.stdout) == (code == 1)


def test_folder_beside_the_checkout(tmp_path):
    project = tmp_path / "project" / "tests"
    project.mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "conftest.py", project)
    (project / "test_it.py").write_text("def test_where(shared):\n    assert shared.name == 'shared'\n")
    (tmp_path / "shared").mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "SOJOURN_SHARED"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(project)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=project,
        check=False,
    )
    assert "1 passed" in done.stdout
