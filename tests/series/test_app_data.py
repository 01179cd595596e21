"""sojourn data: what each command prints, and its exit code."""

import csv

import pytest
from typer.testing import CliRunner

from sojourn.app.data import app
from sojourn.app.main import app as main_app
from sojourn.series import Store
from sojourn.series.store import shelf

RUN = CliRunner()


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """Let the commands use a folder of the test's own, without the shipped figures."""
    monkeypatch.setattr(shelf, "reference_entries", tuple)
    monkeypatch.setenv("SOJOURN_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("sojourn.app.data._console.width", 200, raising=False)


def run(*args):
    """Run a command and return what it printed; it must succeed."""
    done = RUN.invoke(app, [str(a) for a in args])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_import_says_what_was_added_checked_and_left_out(twins):
    first = run("import", twins.sector(), twins.southwest())
    assert "added usbp-apprehensions-sector, release 2017-09: 120 figures" in first
    assert "holds: SBO_TOTAL is the sum of its sectors" in first
    assert "note: column t_fy: not used" in first
    assert "there already: cbp-encounters" in run("import", twins.southwest())


def test_a_bad_file_ends_with_an_error_and_nothing_imported(twins):
    done = RUN.invoke(app, ["import", str(twins.write("x.csv", ("a", "b"), [(1, 2)]))])
    assert done.exit_code == 1
    assert done.exception.codes == ("D201",)
    assert Store(with_shipped=False).entries() == ()


def test_list_searches_by_words(twins):
    run("import", twins.southwest())
    assert "usbp-encounters" in run("list", "border", "patrol", "ports")
    assert "darien" not in run("list", "encounters")
    assert "darien-crossings" in run("list", "darien", "--all")
    assert "No series match" in run("list", "no", "such", "words")


def test_show_prints_figures_unit_source_and_note(twins):
    run("import", twins.southwest())
    shown = run("show", "usbp-encounters", "--nationality", "China", "--by", "place", "--last", "2")
    assert "southwest/san-diego-sector" in shown and "encounter" in shown
    assert "Unit: encounter. Source: https://www.cbp.gov" in shown
    assert "Scope: US Customs and Border Protection (Border Patrol)" in shown
    assert "release 2019-12" in shown and "not people" in shown
    assert "earlier rows" in shown
    split = ("--breakdown", "component", "--breakdown", "family", "--breakdown", "place", "--breakdown", "category")
    assert "2019-09-30" in run("show", "usbp-encounters", *split, "--end", "2019-09-30")
    yearly = run("show", "cbp-encounters", "--period", "fiscal-year")
    assert "2,400" in yearly and "partial" in yearly


def test_show_of_nothing_is_an_error(twins):
    done = RUN.invoke(app, ["show", "usbp-encounter"])
    assert done.exit_code == 1 and done.exception.codes == ("D601",)


def test_plot_draws_in_the_terminal_and_to_a_file(twins, tmp_path):
    run("import", twins.state())
    drawn = run("plot", "cbp-encounters-state", "--nationality", "CHN", "--nationality", "IND")
    assert "CHN" in drawn and "IND" in drawn and "Oct 2020" in drawn and "┤" in drawn
    for name, mark in (("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.html", b"<html")):
        run("plot", "cbp-encounters-state", "--out", tmp_path / name)
        assert mark in (tmp_path / name).read_bytes()
    assert b"https://cdn" not in (tmp_path / "a.html").read_bytes(), "the page needs no network"
    done = RUN.invoke(app, ["plot", "cbp-encounters-state", "--out", str(tmp_path / "a.bmp")])
    assert done.exception.codes == ("D114",)


def test_export_writes_a_table(twins, tmp_path):
    run("import", twins.sector())
    assert "120 figures written" in run("export", "usbp-apprehensions-sector", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 120


def test_releases_says_what_was_revised(twins):
    run("import", twins.state("a.csv", years=(2021, 2022)))
    run("import", twins.state("b.csv", years=(2022, 2023), plus=1))
    said = run("releases", "cbp-encounters-state")
    assert "Release 2023-09 against 2022-09: 72 of 72 figures differ." in said
    assert "a.csv" in run("releases")


def test_verify_fails_when_a_figure_is_not_as_published(shared, twins, tmp_path):
    bundle = shared / "data/encounters/cbp_southwest_area_of_responsibility.csv"
    run("import", bundle)
    assert "1 of 1 checks hold" in run("verify", "san", "diego", "sector")
    with bundle.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    at = {name: i for i, name in enumerate(rows[0])}
    row = next(
        r for r in rows if r[at["nat"]] == "CHN" and "San Diego Sector" in r and r[at["t"]].startswith("2024-03")
    )
    row[at["n"]] = str(float(row[at["n"]]) + 1)
    with (tmp_path / bundle.name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    run("import", tmp_path / bundle.name, "--release", "2030-01")
    done = RUN.invoke(app, ["verify", "san", "diego", "sector"])
    assert done.exit_code == 1 and "0 of 1 checks hold" in done.output


def complete(*words):
    """Return what the shell is offered for the last word of ``sojourn data`` and the words."""
    line = " ".join(("sojourn", "data", *words))
    env = {"_SOJOURN_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line}
    return RUN.invoke(main_app, [], prog_name="sojourn", env=env).output


def test_completion_of_series_codes_places_and_releases(twins):
    run("import", twins.southwest())
    assert "usbp-encounters" in complete("show", "usbp")
    assert "CHN" in complete("show", "usbp-encounters", "--nationality", "CH")
    assert "san-diego" in complete("show", "usbp-encounters", "--place", "southwest/san")
    assert "2019-12" in complete("show", "usbp-encounters", "--release", "20")
