"""Every command does its work, says what was wrong, and exits with the code that the documentation names."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app

BROKEN = """
name: broken
time: {start: 2024-01-01, end: 2024-01-31}
groups: {all: {nationality: OOO}}
stages:
  in: {kind: source, inflow: {type: intensity, rate_per_day: 5}, exits: nowhere}
  out: {kind: end, outcome: setled}
"""


@pytest.fixture
def sojourn(tmp_path, monkeypatch):
    """Return a runner of commands in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words, code=0):
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return a folder with a run of the border post, and one without its policy."""
    folder = tmp_path_factory.mktemp("runs")
    base = sj.load("border-post")
    sj.simulate(base, replicates=3, seed=7).save(folder / "a.zarr")
    kept = base.replace(policies={"summer-officers": None})
    sj.simulate(kept, replicates=3, seed=7).save(folder / "b.zarr")
    return folder


def test_help_names_every_command(sojourn):
    text = sojourn("--help").stdout
    for name in ("simulate", "explain", "init", "validate", "schema", "list", "compare", "score", "open", "demo"):
        assert f" {name} " in text
        assert "Usage" in sojourn(name, "--help").stdout


def test_version(sojourn):
    assert sojourn("--version").stdout == f"sojourn {sj.__version__}\n"


def test_list_names_every_built_in(sojourn):
    lines = sojourn("list").stdout.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "] == sorted(sj.list_scenarios())
    assert "A border post with a queue" in lines[0]
    at = next(i for i, line in enumerate(lines) if line.startswith("china-us"))
    below = lines[at + 1 : at + 1 + len(sj.list_scenarios("china-us"))]
    assert [line.split()[:2] for line in below] == [["--with", name] for name in sj.list_scenarios("china-us")]
    assert "twice-the-judges" in " ".join(below)


def test_schema_is_json_schema(sojourn, tmp_path):
    shown = json.loads(sojourn("schema").stdout)
    assert shown["$schema"].startswith("https://json-schema.org/")
    sojourn("schema", "--out", "s.json")
    assert json.loads((tmp_path / "s.json").read_text()) == shown


def test_explain_follows_changes(sojourn):
    assert "officers" in sojourn("explain", "border-post").stdout
    assert "summer-officers" in sojourn("explain", "border-post").stdout
    assert "summer-officers" not in sojourn("explain", "border-post", "--without", "summer-officers").stdout


def test_validate_lists_all_problems_of_all_files(sojourn, tmp_path):
    (tmp_path / "broken.yaml").write_text(BROKEN)
    result = sojourn("validate", "border-post", "broken.yaml", "missing.yaml", code=1)
    assert "border-post: no problems; 6 stages" in result.stdout
    with pytest.raises(sj.SojournError) as caught:
        sj.load(tmp_path / "broken.yaml")
    assert len(caught.value.codes) >= 2
    for problem in caught.value.problems:
        assert f"{problem.code} at {problem.where}" in result.stderr
    assert "L101 at" in result.stderr
    assert "did you mean: settled" in result.stderr


def test_init_writes_a_scenario_that_runs_and_never_writes_over(sojourn, tmp_path):
    sojourn("init", "first")
    assert {path.name for path in tmp_path.iterdir()} == {"first.yaml", "first-landings.csv"}
    assert "first: no problems" in sojourn("validate", "first.yaml", "--quick").stdout.replace(".yaml", "")
    (tmp_path / "first-landings.csv").write_text("mine")
    (tmp_path / "first.yaml").unlink()
    assert "exists" in sojourn("init", "first", code=2).output
    assert (tmp_path / "first-landings.csv").read_text() == "mine"
    assert not (tmp_path / "first.yaml").exists()
    assert "lower-case" in sojourn("init", "../first", code=2).output


def test_score_says_what_is_missing_before_it_simulates(sojourn):
    result = sojourn("score", "border-post", "--split", "2024-07", "--replicates", 10**9, code=1)
    assert "S102 at border-post" in result.stderr
    sojourn("init", "first")
    assert "first day of the test" in sojourn("score", "first.yaml", "--replicates", 10**9, code=1).stderr
    text = sojourn("score", "first.yaml", "--split", "2024-07", "--replicates", 2, "--seed", 1).stdout
    assert "decisions" in text


def test_validate_says_what_is_unusual(sojourn, tmp_path):
    sojourn("init", "first")
    assert "U1" not in sojourn("validate", "first.yaml").output
    text = (tmp_path / "first.yaml").read_text()
    for old, new, code in (
        ("value: 25, description: Officers who", "value: 2500, description: Officers who", "U103 at stages.asylum"),
        ("value: 25, description: Officers who", "value: 2, description: Officers who", "U104 at stages.asylum"),
        ("observations:", "observations: {}\nremoved:", "U101 at stages.landing"),
        ("value: 20\n", "value: 100\n", "U102 at quantities.granted"),
    ):
        changed = text.replace(old, new)
        if "removed:" in changed:
            changed = changed[: changed.index("removed:")]
        (tmp_path / "first.yaml").write_text(changed)
        assert code in sojourn("validate", "first.yaml").output
    assert "U102" not in sojourn("validate", "--quick", "first.yaml").output


def test_simulate_saves_what_python_simulates(sojourn, tmp_path):
    result = sojourn("simulate", "border-post", "--replicates", 3, "--seed", 7, "--out", "run.zarr")
    assert "3 replicates" in result.stderr
    assert "saved at run.zarr" in result.stderr
    assert "admitted" in result.stdout
    mine = sj.simulate(sj.load("border-post"), replicates=3, seed=7)
    assert sj.open_run(tmp_path / "run.zarr").identical(mine)


def test_simulate_takes_changes_in_order(sojourn, tmp_path):
    (tmp_path / "what if.yaml").write_text(
        "quantities: {officers: {value: 9}}\npolicies: {summer-officers: {start: 2024-08-01}}\n"
    )
    sojourn(
        *("simulate", "border-post", "--with", "what if.yaml", "--set", "share-referred=0.3", "--replicates", 2),
        *(
            "--seed",
            1,
            "--parameters",
            "central",
            "--record",
            "month",
            "--workers",
            1,
            "--out",
            "run.zarr",
            "--quiet",
        ),
    )
    base = sj.load("border-post").replace(
        quantities={"officers": {"value": 9.0}, "share-referred": 0.3},
        policies={"summer-officers": {"start": "2024-08-01"}},
    )
    run = sj.open_run(tmp_path / "run.zarr")
    assert run.identical(sj.simulate(base, replicates=2, seed=1, parameters="central", record="month"))
    assert run.provenance["parameters"] == "central"


def test_a_what_if_may_remove(sojourn, tmp_path):
    (tmp_path / "less.yaml").write_text("policies: {summer-officers: null}\n")
    text = sojourn("explain", "border-post", "--with", "less.yaml").stdout
    assert text == sojourn("explain", "border-post", "--without", "summer-officers").stdout


def test_expected_mode_is_one_replicate(sojourn, tmp_path):
    sojourn("simulate", "border-post", "--mode", "expected", "--out", "run.zarr")
    assert sj.open_run(tmp_path / "run.zarr").replicates == 1


def test_problems_of_a_change_are_listed(sojourn, tmp_path):
    (tmp_path / "bad.yaml").write_text("quantities: {officers: {value: -1}}\nstagess: {}\n")
    result = sojourn("simulate", "border-post", "--with", "bad.yaml", code=1)
    assert "stagess" in result.stderr
    assert "did you mean: stages" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--set", "officer=3"], "did you mean 'officers'?"),
        (["--set", "officers=many"], "is not QUANTITY=NUMBER"),
        (["--set", "officers"], "is not QUANTITY=NUMBER"),
        (["--without", "summer-officer"], "did you mean 'summer-officers'?"),
        (["--with", "none.yaml"], "no file none.yaml"),
        (["--with", "weekly-charters"], "no file weekly-charters"),
        (["--resume"], "need --out"),
        (["--force"], "need --out"),
        (["--out", "no/run.zarr"], "no directory no"),
        (["--out", "taken.txt"], "is there already"),
        (["--out", "taken.txt", "--force"], "is not a run"),
        (["--out", "taken.txt", "--force", "--resume"], "resume the run or replace it"),
        (["--replicates", "0"], "--replicates"),
        (["--mode", "guess"], "--mode"),
    ],
)
def test_wrong_use_is_refused_before_the_work(sojourn, tmp_path, monkeypatch, words, text):
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "taken.txt").write_text("mine")
    assert text in sojourn("simulate", "border-post", *words, code=2).stderr
    assert (tmp_path / "taken.txt").read_text() == "mine"


def test_resume_adds_the_rest_to_the_bit(sojourn, tmp_path):
    base = ["simulate", "border-post", "--out", "run.zarr", "--quiet"]
    sojourn(*base, "--replicates", 2)
    seed = sj.open_run(tmp_path / "run.zarr").seed
    sojourn(*base, "--replicates", 5, "--resume")
    resumed = sj.open_run(tmp_path / "run.zarr")
    assert resumed.identical(sj.simulate(sj.load("border-post"), replicates=5, seed=seed))
    again = sojourn("simulate", "border-post", "--out", "run.zarr", "--replicates", 3, "--resume")
    assert "5 replicates" in again.stderr


@pytest.mark.parametrize(
    "change", [["--seed", 8], ["--set", "officers=7"], ["--parameters", "central"], ["--record", "month"]]
)
def test_another_run_is_not_resumed(sojourn, saved, tmp_path, change):
    run = sj.open_run(saved / "a.zarr")
    run.save(tmp_path / "run.zarr")
    words = ["simulate", "border-post", "--replicates", 5, "--out", "run.zarr", "--resume", *change]
    assert "R201 at" in sojourn(*words, code=1).stderr
    assert sj.open_run(tmp_path / "run.zarr").identical(run)


def test_parts_are_put_together_and_missing_replicates_are_said(sojourn, tmp_path):
    words = ("simulate", "border-post", "--seed", 7, "--quiet")
    sojourn(*words, "--replicates", 2, "--out", "a.zarr")
    sojourn(*words, "--replicates", 3, "--first", 2, "--out", "b.zarr")
    sojourn("concat", "b.zarr", "a.zarr", "--out", "both.zarr")
    whole = sj.simulate(sj.load("border-post"), replicates=5, seed=7)
    assert sj.open_run(tmp_path / "both.zarr").identical(whole)
    assert "R202" in sojourn("concat", "a.zarr", "both.zarr", "--out", "c.zarr", code=1).output
    assert "R105" in sojourn("concat", "a.zarr", "--out", "both.zarr", code=1).output
    sj.Run(whole.data, whole.provenance, 4).save(tmp_path / "short.zarr")
    assert "4 of 9 replicates are missing" in sojourn("open", "short.zarr").output
    sojourn(*words, "--replicates", 9, "--out", "short.zarr", "--resume")
    assert "missing" not in sojourn("open", "short.zarr").output


def test_less_is_recorded(sojourn, tmp_path):
    words = ("simulate", "border-post", "--seed", 7, "--replicates", 2)
    said = sojourn(*words, "--only", "flows", "--stage", "post", "--out", "a.zarr").output
    assert "at the end" not in said
    run = sj.open_run(tmp_path / "a.zarr")
    assert run.provenance["recorded"] == {"variables": ["flows"], "stages": ["post"]}
    assert "post" in sojourn("open", "a.zarr", "--what", "flows").output
    assert "R501" in sojourn(*words, "--stage", "posst", code=1).output


def test_force_replaces_a_run(sojourn, tmp_path):
    base = ["simulate", "border-post", "--out", "run.zarr", "--quiet", "--replicates", 2]
    sojourn(*base, "--seed", 1)
    sojourn(*base, "--seed", 2, "--force")
    assert sj.open_run(tmp_path / "run.zarr").seed == 2


def test_open_shows_and_writes_tables(sojourn, saved, tmp_path):
    run = sj.open_run(saved / "a.zarr")
    result = sojourn("open", saved / "a.zarr")
    assert "3 replicates" in result.stderr
    assert "admitted" in result.stdout
    sojourn("open", saved / "a.zarr", "--what", "flows", "--groups", "--csv", "flows.csv")
    written = pd.read_csv(tmp_path / "flows.csv")
    pd.testing.assert_frame_equal(written, run.summary("flows", "run", groups="each"), check_dtype=False)


def test_open_verifies(sojourn, saved, tmp_path):
    assert "identical to the bit" in sojourn("open", saved / "a.zarr", "--verify").stderr
    forged = sj.open_run(saved / "a.zarr")
    forged.data["stocks"].values[1, 2, 3, 0] += 1
    forged.save(tmp_path / "forged.zarr")
    assert "NOT identical" in sojourn("open", "forged.zarr", "--verify", code=1).stderr


def test_open_refuses_what_is_not_a_run(sojourn, tmp_path):
    (tmp_path / "folder").mkdir()
    assert "R102 at folder" in sojourn("open", "folder", code=1).stderr
    assert "R101 at none" in sojourn("open", "none", code=1).stderr


def test_weeks_are_not_months(sojourn, saved):
    result = sojourn("open", saved / "a.zarr", "--what", "flows", "--by", "month", code=1)
    assert "R502 at time 2024-01-29" in result.stderr


def test_compare_shows_where_the_people_went(sojourn, saved, tmp_path):
    text = sojourn("compare", saved / "a.zarr", saved / "b.zarr").stdout
    assert "first_date" in text
    assert "2024-07" in text
    same = sojourn("compare", saved / "a.zarr", saved / "a.zarr")
    assert "no difference" in same.stderr
    sojourn("compare", saved / "a.zarr", saved / "b.zarr", "--what", "waits", "--csv", "w.csv")
    expected = sj.compare(sj.open_run(saved / "a.zarr"), sj.open_run(saved / "b.zarr")).effect("waits", "run")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "w.csv"), expected, check_dtype=False)


def test_compare_refuses_unpaired_runs(sojourn, saved, tmp_path):
    sj.simulate(sj.load("border-post"), replicates=2, seed=8).save(tmp_path / "c.zarr")
    result = sojourn("compare", saved / "a.zarr", "c.zarr", code=1)
    assert "2 problems" in result.stderr
    assert result.stderr.count("R301 at") == 2


def test_a_shipped_what_if_has_a_name(sojourn, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert "weekly-charter-seats" in sojourn("explain", "china-us", "--with", "weekly-charters").stdout
    wrong = sojourn("explain", "china-us", "--with", "weekly-charter", code=2)
    assert "did you mean 'weekly-charters'?" in wrong.stderr


def test_compare_simulates_a_scenario_with_its_change(sojourn, saved, tmp_path):
    words = ["compare", "border-post", "--without", "summer-officers", "--replicates", 3, "--seed", 7]
    shown = sojourn(*words, "--what", "flows", "--csv", "one.csv", "--report", "effect.html")
    assert "report: effect.html" in shown.stderr
    assert "<html" in (tmp_path / "effect.html").read_text()
    sojourn("compare", saved / "a.zarr", saved / "b.zarr", "--what", "flows", "--csv", "two.csv")
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text()


def test_a_change_to_nothing_changes_nothing(sojourn, tmp_path):
    officers = sj.load("border-post").quantities["officers"].value
    (tmp_path / "same.yaml").write_text(f"quantities: {{officers: {{value: {officers}}}}}\n")
    result = sojourn("compare", "border-post", "--with", "same.yaml", "--replicates", 2, "--seed", 7)
    assert "no difference in any replicate" in result.stderr
    assert f"{len(sj.load('border-post').stages)} stages did not move" in result.stderr


def test_a_report_that_cannot_be_written_is_refused_before_the_work(sojourn, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    words = ["compare", "border-post", "--without", "summer-officers", "--report", "no/effect.html"]
    assert "no directory no" in sojourn(*words, code=2).stderr
    assert "no directory no" in sojourn("demo", "--out", "no/road.html", code=2).stderr


def test_compare_needs_one_change(sojourn, saved):
    sojourn("compare", "border-post", code=2)
    sojourn("compare", saved / "a.zarr", saved / "b.zarr", "--without", "summer-officers", code=2)


def test_score_shows_stations_naive_predictors_and_bars(sojourn, tmp_path):
    words = ["score", "china-us", "--split", "2024-01", "--replicates", 3, "--seed", 7]
    text = sojourn(*words, "--csv", "scores.csv").stdout
    known = sj.load("china-us").observations
    assert all(f"\n{name} " in text for name in known)
    for heading in ("of last", "of upstream", "verdict", "reached"):
        assert heading in text
    run = sj.simulate(sj.load("china-us"), replicates=3, seed=7)
    expected = sj.score(run, "2024-01").stations
    written = pd.read_csv(tmp_path / "scores.csv", parse_dates=["first", "last"])
    pd.testing.assert_frame_equal(written, expected, check_dtype=False)
    run.save(tmp_path / "run.zarr")
    one = sojourn("score", "run.zarr", "--split", "2024-01", "--station", "usbp").stdout
    table = [line for line in text.splitlines() if line.startswith(("station", "usbp "))]
    assert [line.split() for line in one.splitlines() if line.startswith(("station", "usbp "))] == [
        line.split() for line in table
    ]
    assert "darien" not in one
    assert "did you mean 'usbp'?" in sojourn("score", "run.zarr", "--station", "usb", code=2).stderr


def test_score_says_why_not(sojourn):
    words = ["--replicates", 1, "--seed", 7]
    assert "S101 at split" in sojourn("score", "border-post", *words, code=1).stderr
    assert "S102 at border-post" in sojourn("score", "border-post", "--split", "2024-06", *words, code=1).stderr
    assert "S101 at split" in sojourn("score", "border-post", "--split", "soon", *words, code=1).stderr


def test_demo_writes_a_report_and_names_it(sojourn, tmp_path):
    lines = sojourn("demo", "--replicates", 3, "--out", "road.html").stdout.splitlines()
    assert lines[0].startswith("For fiscal year 2024 the model gives ")
    assert "37,833 were published" in lines[0]
    assert "pending cases" in lines[1] and "bars" in lines[2]
    assert lines[3].startswith("Open road.html in a browser")
    assert "<html" in (tmp_path / "road.html").read_text()


def test_light_commands_stay_light():
    code = (
        "import sys; sys.argv = ['sojourn', '--version']\n"
        "from sojourn.app.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'xarray', 'numba', 'pyarrow', 'sojourn.app.data', 'sojourn.app.flee'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
