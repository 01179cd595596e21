"""The command ``check``: what it writes and with which code it ends."""

import json

import pytest
from typer.testing import CliRunner

from sojourn.app.main import app

TRUE = "Border officers met 1,368 Chinese nationals at the southern border in February 2023."
FALSE = TRUE.replace("1,368", "2,368")


def run(*words, text=None):
    return CliRunner().invoke(app, ["check", *words], input=text)


@pytest.mark.parametrize(("text", "code"), [(TRUE, 0), (FALSE, 3), ("   ", 1)])
def test_the_exit_code_tells_what_was_found(text, code):
    assert run(text, "--published", "2023-03-21").exit_code == code


def test_a_file_and_stdin_are_read(tmp_path):
    path = tmp_path / "article.md"
    path.write_text(f"# Title\n\n{TRUE}\n", encoding="utf-8")
    for done in (run(str(path), "--published", "2023-03-21"), run("-", "--published", "2023-03-21", text=TRUE)):
        assert done.exit_code == 0
        assert 'sj.series("cbp-encounters"' in done.stdout


def test_json_and_the_page_are_written(tmp_path):
    page = tmp_path / "page.html"
    done = run(TRUE, "--published", "2023-03-21", "--json", "--report", str(page))
    assert json.loads(done.stdout)["claims"][0]["verdict"] == "true"
    assert "1,368" in page.read_text(encoding="utf-8")


def test_a_missing_file_and_a_bad_date_are_refused():
    assert run("no-such-article.txt").exit_code == 1
    assert run(TRUE, "--published", "soon").exit_code == 1
