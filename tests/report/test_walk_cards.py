"""Cards of a Flee folder say what the folder says, and nothing that it does not."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app

SMALL = Path(__file__).parents[2] / "examples" / "flee-small"


@pytest.fixture(scope="module")
def scenario():
    return sj.flee.read(SMALL)


def test_the_card_names_what_is_in_the_folder(scenario):
    text = sj.card(scenario)
    assert text.startswith(f"# {scenario.name}\n") and sj.flee.digest(scenario) in text
    assert "must not be used to decide on one" in text
    for camp in scenario.camps:
        assert f"\n- {camp}: people registered by day" in text
    for series in scenario.series:
        for file in series.files:
            assert file.path in text
    closure = scenario.closures[0]
    assert f"- {closure.name1} and {closure.name2}: closure ({closure.kind}) from 2021-03-26 to 2021-04-02" in text
    assert "- Eastford: conflict on 28 days, 2021-03-13 to 2021-04-09" in text
    assert "- camp_weight: 2.0 (factor on the score of camps)" in text and "foreign_weight" not in text
    assert "Fidelity" not in text and "one after another" not in text


def test_the_card_follows_how_the_folder_is_read(scenario):
    text = sj.card(sj.flee.read(SMALL, compat="flee3"))
    assert "every oddity of Flee 3 is kept" in text and "one after another" in text
    assert sj.flee.digest(scenario) not in text


def test_the_digest_is_that_of_runs(scenario):
    assert sj.flee.simulate(scenario, seed=1, replicates=1).provenance["digest"] == sj.flee.digest(scenario)


def test_the_report_of_a_run_holds_the_cards_at_the_scale_of_the_run(scenario, tmp_path):
    sj.report(sj.flee.simulate(scenario, seed=1, replicates=2, scale=3), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "ODD description" in page and "Model card and misuse" in page
    assert "people an agent stands for, 3;" in page


def test_the_command_prints_and_writes_the_card(scenario, tmp_path):
    printed = CliRunner().invoke(app, ["flee", "card", str(SMALL)])
    assert printed.exit_code == 0 and printed.stdout.startswith("# flee-small\n")
    written = CliRunner().invoke(app, ["flee", "card", str(SMALL), "--out", str(tmp_path / "card.md")])
    assert written.exit_code == 0
    assert (tmp_path / "card.md").read_text(encoding="utf-8") == sj.card(scenario)
    assert CliRunner().invoke(app, ["flee", "card", str(tmp_path)]).exit_code != 0
