"""The page "Add an importer", followed literally in a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sojourn

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "add-an-importer.md"
BLOCK = re.compile(r"^```(text|csv)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks():
    """Return the blocks of the page: the publisher's table, and the other blocks by their first line."""
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    [table] = [body for kind, body in found if kind == "csv"]
    parts = [body.partition("\n") for kind, body in found if kind == "text"]
    return table, {first.removeprefix("# "): rest for first, _, rest in parts}


def follow(root, steps):
    """Apply the steps of the page to a copy of the package under ``root``; return the files touched."""
    touched = []
    for step, text in steps.items():
        words = step.split()
        if words[0] == "run":
            continue
        path = root / words[-1]
        touched.append(words[-1])
        if words[0] == "new":
            assert not path.exists()
            path.write_text(text, encoding="utf-8")
        elif words[2] == "MODULES":
            before = path.read_text(encoding="utf-8")
            assert before.count("MODULES = (\n") == 1
            path.write_text(before.replace("MODULES = (\n", f"MODULES = (\n{text}"), encoding="utf-8")
        else:
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
    return touched


def run(root, table, program):
    """Run a program with the copy of the package, beside the file of the publisher."""
    (root / "costa-rica.csv").write_text(table, encoding="utf-8")
    env = os.environ | {"PYTHONPATH": str(root / "src"), "SOJOURN_DATA": str(root / "store")}
    return subprocess.run([sys.executable, "-c", program], cwd=root, env=env, capture_output=True, text=True)


@pytest.fixture
def root(tmp_path):
    """Return a folder with a copy of the package."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(sojourn.__file__).parent, tmp_path / "src" / "sojourn", ignore=ignore)
    return tmp_path


def test_the_page_adds_an_importer_with_three_files(root):
    table, steps = blocks()
    touched = follow(root, steps)
    assert len(touched) == len(set(touched)) == 3
    done = run(root, table, steps["run"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["costa-rica-entries 4", "[120.0, 135.0]"]


def test_the_importer_of_the_page_refuses_what_it_cannot_read(root):
    table, steps = blocks()
    follow(root, steps)
    done = run(root, table.replace("China,135", "Chyna,a lot"), steps["run"])
    assert "D305" in done.stderr and "D301 at costa-rica.csv, row 4, column people" in done.stderr


@pytest.mark.parametrize(
    ("left_out", "said"),
    [("new file", "No module named"), ("add to MODULES", "D201"), ("add to src", "costa-rica-entries")],
)
def test_every_step_of_the_page_is_needed(root, left_out, said):
    """A planted fault each: a step of the page that is not followed."""
    table, steps = blocks()
    [step] = [s for s in steps if s.startswith(left_out)]
    follow(root, {s: text for s, text in steps.items() if s != step})
    done = run(root, table, steps["run"])
    assert done.returncode != 0 and said in done.stderr
