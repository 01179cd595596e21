"""The commands ``report`` and ``card``, and reports on the way of ``simulate`` and ``compare``."""

import pandas as pd
import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app
from sojourn.app.show import save_table


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Return a runner of commands in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0):
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result

    return run


def test_simulate_writes_a_report_and_report_the_same(call, tmp_path):
    words = ("--replicates", 3, "--seed", 7, "--record", "month", "--quiet")
    call("simulate", "border-post", *words, "--out", "a.zarr", "--report", "a.html")
    result = call("report", "a.zarr", "--out", "b.html", "--files", "charts")
    assert "report: b.html" in result.stderr
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "charts" / "queue-post-backlog.csv").is_file()


def test_a_change_is_reported(call, tmp_path):
    words = ("--replicates", 3, "--seed", 7, "--record", "month", "--quiet")
    call("simulate", "border-post", *words, "--out", "a.zarr")
    call("simulate", "border-post", *words, "--out", "b.zarr", "--without", "summer-officers")
    call("report", "a.zarr", "--compare", "b.zarr", "--out", "c.html")
    assert "without the policy summer officers" in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_no_work_for_a_report_without_a_place(call):
    result = call("simulate", "border-post", "--report", "none/a.html", code=2)
    assert "no directory none" in result.output
    assert "no directory none" in call("report", "a.zarr", "--out", "none/a.html", code=2).output


def test_card_is_that_of_the_scenario(call, tmp_path):
    call("card", "two-routes", "--out", "card.md")
    assert (tmp_path / "card.md").read_text(encoding="utf-8") == sj.card(sj.load("two-routes"))
    assert "Programme of 2025" not in call("card", "court-backlog", "--without", "more-judges").stdout


def test_tables_hold_no_cell_that_a_spreadsheet_would_run(tmp_path):
    """A place called ``=cmd|calc`` is text wherever a table of results is written."""
    frame = pd.DataFrame({"place": ["=cmd|' /C calc'!A0", "+1", "@x", "Quito"], "people": [1.0, -2.0, 3.0, 4.0]})
    save_table(frame, tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert written[1:] == ["'=cmd|' /C calc'!A0,1.0", "'+1,-2.0", "'@x,3.0", "Quito,4.0"]
