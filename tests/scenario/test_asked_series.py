"""Series that a scenario asks of the store, and series in tidy tables: taken over by value."""

import shutil

import pandas as pd
import pytest

import sojourn as sj
from sojourn.scenario import ScenarioError, dump, load, resolve
from sojourn.series.query.by_value import series_by_value

TEXT = """
name: landings
time: {start: 2024-01-01, end: 2024-03-31, record: month}
groups: {cuba: {nationality: CUB}}
series:
  landed:
    query: {measure: boat-landings, nationality: CUB, place: south, release: 2024-03}
    fill: zero
stages:
  sea: {kind: source, inflow: {type: series, series: landed}, exits: out}
  out: {kind: end, outcome: settled}
"""
FRAME = pd.DataFrame(
    {
        "month": ["2024-01", "2024-02", "2024-03"] * 2,
        "from": ["CUB"] * 3 + ["HTI"] * 3,
        "people": [310, None, 930, 1, 2, 3],
    }
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of a store with one own series."""
    monkeypatch.setenv("SOJOURN_DATA", str(tmp_path / "store"))
    said = {"value": "people", "date": "month", "nationality": "from", "place": "=south"}
    sj.data.add(FRAME, "boat-landings", unit="person", publisher="Coast Guard", adds="time", licence="MIT", **said)
    return tmp_path / "store"


def test_figures_release_and_digest_become_part_of_the_scenario(folder):
    series = sj.loads(TEXT).series["landed"]
    assert series.values == (310, None, 930) and str(series.start) == "2024-01-01"
    assert (series.unit, series.period, series.measure, series.fill) == ("person", "month", "total", "zero")
    assert (series.release, series.publisher, series.licence) == ("2024-03", "Coast Guard", "MIT")
    assert series.description == "Coast Guard, South, Cuba, 2024-01 to 2024-03, release 2024-03"
    assert len(series.digest) == 64
    assert series.digest == series_by_value({"measure": "boat-landings", "nationality": "CUB"})["digest"]
    assert series.digest != series_by_value({"measure": "boat-landings", "nationality": "HTI"})["digest"]


def test_a_run_is_repeated_without_the_store(folder):
    scenario = sj.loads(TEXT)
    run = scenario.simulate(replicates=2, seed=5)
    shutil.rmtree(folder)
    with pytest.raises(ScenarioError):
        sj.loads(TEXT)
    assert run.rerun().data.equals(run.data)
    for said in ("2024-03", scenario.series["landed"].digest, "310"):
        assert said in run.scenario_text
    assert sj.loads(dump(scenario, resolved=True)) == resolve(scenario)
    assert scenario.series["landed"].digest in dump(scenario, resolved=True)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("{measure: boat-landing}", "D601", "boat-landings"),
        ("{measure: boat-landings}", "D606", "choose one"),
        ("{measure: boat-landings, nation: CUB}", "D608", "nationality"),
        ("{measure: boat-landings, nationality: [CUB, HTI]}", "D608", "not one text"),
        ("{measure: boat-landings, nationality: CUB, release: 2023-01}", "D608", "2024-03"),
        ("{nationality: CUB}", "D608", "measure is missing"),
    ],
)
def test_a_question_that_the_store_refuses_is_a_problem_of_the_scenario(folder, query, code, words):
    text = TEXT.replace("{measure: boat-landings, nationality: CUB, place: south, release: 2024-03}", query)
    with pytest.raises(ScenarioError) as refusal:
        sj.loads(text)
    assert "L121" in refusal.value.codes
    assert f"series.landed.query: {code}" in str(refusal.value) and words in str(refusal.value)


def test_years_and_stocks_keep_their_kind(folder):
    said = {"value": "n", "date": "when", "unit": "person", "publisher": "P"}
    sj.data.add(pd.DataFrame({"when": ["FY2021", "FY2022", "FY2024"], "n": [5, 6, 8]}), "yearly", **said)
    found = series_by_value({"measure": "yearly"})
    assert (found["period"], found["start"], found["values"]) == ("fiscal-year", "2020-10-01", [5, 6, None, 8])
    assert "measure" not in found, "whether they are totals was not said"
    sj.data.add(pd.DataFrame({"when": ["2021", "2022"], "n": [5, 6]}), "by-year", **said)
    assert series_by_value({"measure": "by-year", "period": "year"})["period"] == "year"


def test_a_year_that_is_not_whole_is_left_out(folder):
    found = series_by_value({"measure": "boat-landings", "nationality": "HTI", "period": "quarter"})
    assert found["values"] == [6]
    more = pd.concat([FRAME, pd.DataFrame([["2024-04", "HTI", 4]], columns=FRAME.columns)])
    said = {"value": "people", "date": "month", "nationality": "from", "place": "=south", "licence": "MIT"}
    sj.data.add(more, "boat-landings", unit="person", publisher="Coast Guard", adds="time", **said)
    found = series_by_value({"measure": "boat-landings", "nationality": "HTI", "period": "quarter"})
    assert found["values"] == [6, None] and "1 periods that are not whole are left out" in found["description"]


TIDY = "date,group,value\n2024-01,red,1\n2024-01,blue,10\n2024-02,red,2\n2024-02,blue,20\n"


def tidy(tmp_path, keys, text=TIDY):
    (tmp_path / "tidy.csv").write_text(text)
    written = TEXT[: TEXT.index("  landed:")] + f"  landed: {{unit: person, file: tidy.csv, {keys}}}\n"
    (tmp_path / "scenario.yaml").write_text(written + TEXT[TEXT.index("stages:") :])
    return load(tmp_path / "scenario.yaml").series["landed"]


def test_tidy_rows_are_those_of_the_group(tmp_path):
    assert tidy(tmp_path, "fill: hold, where: {group: red}").values == (1, 2)
    assert tidy(tmp_path, "fill: hold, where: {group: blue}, column: value").values == (10, 20)
    assert tidy(tmp_path, "fill: hold", "date,value\n2024-01,3\n2024-02,4\n").values == (3, 4)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("where: {group: rde}", "no row has `rde` in `group`; there are red"),
        ("where: {gruop: red}", "did you mean `group`?"),
        ("where: red", "`where` is columns and the value of each"),
        ("column: value", "the dates are not in order"),
    ],
)
def test_tidy_rows_that_belong_to_none_are_refused(tmp_path, keys, words):
    with pytest.raises(ScenarioError) as refusal:
        tidy(tmp_path, keys)
    assert refusal.value.codes == ("L116",) and words in str(refusal.value)
