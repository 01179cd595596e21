"""sojourn data import --as and sojourn data names: what they print, and their exit codes."""

import pytest
from typer.testing import CliRunner

from sojourn.app.data import app
from sojourn.series import Store, series
from sojourn.series.store import shelf

RUN = CliRunner()
ROWS = "Fecha;Nac;Personas\n01/02/2024;Cuba;1.234\n01/03/2024;Hait\u00ed;n/a\n01/03/2024;Cuba;2.001\n"
SAID = ("--as", "landings", "--value", "Personas", "--date", "Fecha", "--nationality", "Nac", "--unit", "person")
MORE = ("--publisher", "Coast Guard", "--period", "month", "--format", "dd/mm/yyyy", "--thousands", ".")


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """Let the commands use a folder of the test's own, without the shipped figures."""
    monkeypatch.setattr(shelf, "reference_entries", tuple)
    monkeypatch.setenv("SOJOURN_DATA", str(tmp_path / "store"))
    for module in ("app.data", "app.own.importing", "app.own.naming"):
        monkeypatch.setattr(f"sojourn.{module}._console.width", 160, raising=False)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "my.csv"
    path.write_bytes(ROWS.encode("latin-1"))
    return path


def run(*args, code=0):
    """Run a command and return it; it must end with this exit code."""
    done = RUN.invoke(app, [str(a) for a in args])
    assert done.exit_code == code, (done.output, done.exception)
    return done


def test_a_preview_and_the_import_print_the_same_summary(table):
    seen = run("import", table, *SAID, *MORE, "--preview").output
    assert "A preview: nothing was kept." in seen and Store().entries() == ()
    done = run("import", table, *SAID, *MORE).output
    summary = seen.split("A preview")[0]
    assert done.startswith(summary) and "added landings, release 2024-03: 3 figures" in done
    for said in ("Windows-1252 text, semicolon", "1,234", "n/a", "3 figures, 2024-02-01 to 2024-03-31; sum 3,235"):
        assert said in summary


def test_what_was_imported_is_shown_and_listed(table):
    run("import", table, *SAID, *MORE)
    shown = run("show", "landings", "--nationality", "CUB").output
    assert "1,234" in shown and "2,001" in shown and "Coast Guard, Cuba, 2024-02 to 2024-03" in shown
    assert "landings  person, 2024-02 to 2024-03" in run("list", "coast").output
    assert series("landings", nationality="CUB")["value"].tolist() == [1234, 2001]
    assert "there already: landings" in run("import", table, *SAID, *MORE).output


def test_what_is_ambiguous_is_refused_with_both_readings(table):
    done = run("import", table, *SAID, "--publisher", "Coast Guard", "--period", "month", code=1)
    assert done.exception.codes == ("D703", "D704")
    assert "1 February 2024 (dd/mm/yyyy) or 2 January 2024 (mm/dd/yyyy)" in str(done.exception)
    assert Store().entries() == ()


def test_a_description_beside_the_file_takes_the_place_of_options(table):
    text = "as: landings\nvalue: Personas\ndate: Fecha\nnationality: Nac\nunit: person\npublisher: Coast Guard\n"
    spec = table.with_name("my.csv.yaml")
    spec.write_text(text + 'period: month\nformat: dd/mm/yyyy\nthousands: "."\n')
    assert "added landings" in run("import", table).output
    spec.rename(table.with_name("other.yaml"))
    assert "there already" in run("import", table, "--spec", table.with_name("other.yaml")).output


def test_options_of_an_own_table_need_a_name(table):
    done = run("import", table, "--value", "Personas", code=2)
    assert "--as NAME" in done.output


def test_wide_tables(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("where,Jan 2024,Feb 2024\nNorth,1,2\nSouth,3,4\n")
    run(
        "import",
        path,
        "--as",
        "wide",
        "--place",
        "where",
        "--unit",
        "person",
        "--publisher",
        "P",
        "--adds",
        "place",
    )
    assert series("wide", place="north")["value"].tolist() == [1, 2]


def test_names(table):
    table.write_bytes(ROWS.replace("Cuba", "Kuuba").encode("latin-1"))
    done = run("import", table, *SAID, *MORE, code=1)
    assert 'sojourn data names add "Kuuba" CODE' in str(done.exception)
    assert "Kuuba is CUB." in run("names", "add", "Kuuba", "CUB").output
    assert "CUB  Kuuba" in run("names", "list").output
    run("import", table, *SAID, *MORE)
    assert run("names", "add", "Kuuba", "HTI", code=1).exception.codes == ("D707",)


def test_removing(table):
    run("import", table, *SAID, *MORE)
    assert "removed landings, release 2024-03: 3 figures" in run("remove", "landings").output
    assert run("show", "landings", code=1).exception.codes == ("D601",)
