"""The bars of checked claims, by the scorer that labelled claims come with; and the command."""

import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from sojourn.app.main import app

LINE = re.compile(
    r"right (\d+) of (\d+) decided .* of (\d+); abstained on (\d+) of (\d+) not checkable; "
    r"true called false (\d+); changed figures called true (\d+) of (\d+)"
)


@pytest.mark.parametrize("name", ["dev.jsonl", "articles.jsonl"])
def test_labelled_claims(shared, name):
    folder = shared / "claims"
    done = subprocess.run(
        [sys.executable, str(folder / "score.py"), str(folder / name)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    numbers = map(int, LINE.search(done.stdout).groups())
    right, decided, checkable, abstained, uncheckable, wronged, fooled, tried = numbers
    assert right >= 0.92 * decided
    assert decided >= 0.80 * checkable
    assert abstained >= 0.9 * uncheckable
    assert wronged <= 0.02 * checkable
    assert fooled <= max(1, 0.05 * tried)


def test_the_command_writes_json_and_a_page(tmp_path):
    article, page = tmp_path / "article.txt", tmp_path / "page.html"
    article.write_text("Border officers met 1,368 Chinese nationals at the southern border in February 2023.")
    words = ["check", str(article), "--published", "2023-03-21"]
    done = CliRunner().invoke(app, [*words, "--json", "--report", str(page)])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["claims"][0]["verdict"] == "true"
    assert "1,368" in page.read_text(encoding="utf-8")
    article.write_text("Border officers met 9,368 Chinese nationals at the southern border in February 2023.")
    assert CliRunner().invoke(app, words).exit_code in (0, 3)
    article.write_text("")
    assert CliRunner().invoke(app, words).exit_code == 1
