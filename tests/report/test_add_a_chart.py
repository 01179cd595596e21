"""The page on adding a chart, followed to the letter in a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "add-a-chart.md"
FILES = 3


def files(page):
    """Return the blocks of a page by the file that the sentence before them names."""
    found = {}
    for part in re.split(r"^In `", page, flags=re.M)[1:]:
        found[part[: part.index("`")]] = re.findall(r"^```\w+\n(.*?)^```$", part, flags=re.M | re.S)
    return found


def changed(text, diff):
    """Return a text with lines added: those of a block that begin with +, between the others."""
    lines = diff.splitlines()
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    assert text.count(before) == 1, before
    return text.replace(before, "\n".join(line[1:] for line in lines))


def followed(page, folder):
    """Do what a page says in a copy of the package; return how many files that touches, and how pytest ends."""
    shutil.copytree(
        ROOT / "src" / "sojourn", folder / "src" / "sojourn", ignore=shutil.ignore_patterns("__pycache__")
    )
    steps = files(page)
    for name, blocks in steps.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for body in blocks:
            path.write_text(changed(path.read_text(), body) if path.exists() else body)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "tests"]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return len(steps), done


def test_the_page_followed_to_the_letter_adds_a_chart(tmp_path):
    touched, done = followed(PAGE.read_text(encoding="utf-8"), tmp_path)
    assert touched <= FILES
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_a_page_that_forgets_the_list_is_noticed(tmp_path):
    page = PAGE.read_text(encoding="utf-8").replace("+    entries.SECTION,\n", "")
    _, done = followed(page, tmp_path)
    assert done.returncode == 1
    assert "substring not found" in done.stdout


def test_a_line_that_has_no_place_is_noticed():
    with pytest.raises(AssertionError, match="nowhere"):
        changed("a\nb\n", " nowhere\n+c\n")
