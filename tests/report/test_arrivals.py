"""Who came when is where: shares add up to one, people to the stocks; the scenario's own words are used."""

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app
from sojourn.report.answers.wording import counted, sentence
from sojourn.report.charts.policy_bars import bars_of, policy_bars
from sojourn.report.sections.arrivals import arrivals, arrivals_table
from sojourn.report.sections.whereabouts import whereabouts_table
from sojourn.report.system_facts import SystemFacts
from sojourn.scenario.question import Answer, Figure

QUESTION = {
    "text": "How many arrive, and are <b>they</b> settled?",
    "answers": [
        {
            "text": "From {start} to {end}, {came} come to the border, {of-all} by the short way; {there} settle.",
            "figures": {
                "came": {"measure": "flow", "of": ["short-route -> border", "long-route -> border"]},
                "of-all": {
                    "measure": "flow",
                    "of": ["short-route -> border"],
                    "out_of": ["short-route -> border", "long-route -> border"],
                },
                "there": {"of": ["arrived"]},
            },
        },
        {"general": "fit"},
    ],
    "arrivals": {
        "at": ["border"],
        "label": "arrival at the border",
        "where": [{"label": "settled there", "stages": ["arrived"]}],
    },
}


@pytest.fixture(scope="module")
def asked(watched):
    """Return a run of the watched routes with a question of their own."""
    return sj.simulate(watched.replace(question=QUESTION), replicates=20, seed=7)


@pytest.fixture(scope="module")
def facts(asked):
    """Return the facts of that run, with where those who came in each quarter are."""
    return SystemFacts(asked, cohorts=asked.cohorts(at=["border"]))


def test_shares_of_a_quarter_add_up_and_people_are_those_who_came(asked, facts):
    table = arrivals_table(facts)
    np.testing.assert_allclose(table.groupby("quarter")["share"].sum(), 1.0)
    assert table["people"].sum() == pytest.approx(table.drop_duplicates("quarter")["arrived"].sum())
    assert (table["share_low"] <= table["share_median"]).all() and (
        table["share_median"] <= table["share_high"]
    ).all()
    into = asked.flows.sel(flow=["short-route -> border", "long-route -> border"]).sum(("time", "flow", "group"))
    first = table.drop_duplicates("quarter")["arrived"].sum()
    assert 0.5 * float(into.mean()) < first <= float(into.mean())
    settled = table[table["where"] == "settled there"]["people"].sum()
    assert settled == pytest.approx(float(asked.stocks.sel(stage="arrived").isel(time=-1).sum("group").mean()))


def test_a_question_moves_no_number(run, asked):
    assert asked.stocks.identical(run.stocks) and asked.flows.identical(run.flows)


def test_charts_of_arrivals_are_told(facts):
    shares, people = arrivals(facts)
    assert (shares.name, people.name) == ("arrivals", "arrivals-people")
    assert "quarter of arrival at the border" in shares.said and "settled there" in shares.said
    assert "first 20 replicates" in shares.source
    assert "settled there" in set(whereabouts_table(facts)["where"])


def test_without_cohorts_the_report_shows_where_everyone_is(court, tmp_path):
    text = sj.report(court, tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'data-chart="arrivals"' not in text and 'data-chart="whereabouts"' in text
    with pytest.raises(ValueError, match="no cohorts"):
        arrivals_table(SystemFacts(court))


def test_the_command_says_why_people_are_not_followed(court, tmp_path):
    spoiled = sj.Run(court.data.copy(deep=True), court.provenance)
    spoiled.data["stocks"][0, 3, 1, 0] += 1
    for name, run in (("good", court), ("spoiled", spoiled)):
        run.save(tmp_path / f"{name}.zarr")
        words = ["report", str(tmp_path / f"{name}.zarr"), "--out", str(tmp_path / f"{name}.html")]
        said = CliRunner().invoke(app, words)
        assert said.exit_code == 0, said.output
        assert ("simulated again, the run gives other numbers" in said.output) == (name == "spoiled")
        text = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        assert ('data-chart="arrivals"' in text) == (name == "good")


def test_a_report_loads_nothing_that_simulates(court, tmp_path):
    court.save(tmp_path / "run.zarr")
    code = (
        "import sys, sojourn as sj; sj.report(sj.open_run('run.zarr'), 'a.html');"
        "print(*[m for m in ('sojourn.simulate', 'sojourn.cohorts') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_answer_is_in_the_words_of_the_scenario(asked, tmp_path):
    text = sj.report(asked, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "How many arrive, and are &lt;b&gt;they&lt;/b&gt; settled?" in text
    answer = re.search(r'<ol class="answer">(.*?)</ol>', text, re.S).group(1)
    told = re.sub(r"<[^>]*>", "", answer)
    assert told.startswith("From 1 ") and "come to the border" in told and "official series" in told
    came = asked.flows.sel(flow=QUESTION["answers"][0]["figures"]["came"]["of"]).sum(("time", "flow", "group"))
    assert f"median {float(came.median()):,.6g}" in answer
    assert answer.count("<li>") == 2
    titles = re.findall(r'class="n" title="([^"]*)"', answer)
    assert titles and all("unit:" in title for title in titles)


def test_figures_are_those_of_the_periods_asked_for(asked):
    facts = SystemFacts(asked)
    flow = ("short-route -> border",)
    months = asked.flows.sel(flow=list(flow)).sum(("flow", "group"))
    when = pd.DatetimeIndex(asked.data["time"].values)
    inside = (when >= "2023-02-01") & (when < "2023-05-01")
    spring = Figure(measure="flow", of=flow, start="2023-02-01", end="2023-04-30")
    np.testing.assert_array_equal(counted(facts, spring, flow), months.values[:, inside].sum(1))
    later = Figure(of=("arrived",), end="2023-04-30")
    stock = asked.stocks.sel(stage="arrived").sum("group").values[:, np.flatnonzero(inside)[-1]]
    np.testing.assert_array_equal(counted(facts, later, ("arrived",)), stock)


@pytest.mark.parametrize(
    "figure",
    [
        {"measure": "flow", "of": ["short-route -> border"], "end": "2031-01-31"},
        {"measure": "flow", "of": ["short-route -> border"], "start": "2023-02-10"},
        {"of": ["arrived"], "end": "2023-02-10"},
    ],
)
def test_days_that_are_not_whole_periods_show_a_dash(asked, figure):
    answer = Answer.model_validate_json(json.dumps({"text": "{one} come.", "figures": {"one": figure}}))
    assert re.sub(r"<[^>]*>", "", sentence(SystemFacts(asked), answer, {})) == "– come."


def test_waits_of_a_queue(court):
    facts = SystemFacts(court)
    name = str(court.data["queue"].values[0])
    days = counted(facts, Figure(measure="wait", of=(name,)), (name,))
    total = court.data["wait_days"].sel(queue=name).sum(("time", "group"))
    np.testing.assert_allclose(days, total / court.data["wait_count"].sel(queue=name).sum(("time", "group")))


def policies(*spans):
    """Return a table of policies from start and end."""
    rows = [
        {
            "number": i + 1,
            "title": f"rule {i + 1}",
            "start": pd.Timestamp(a),
            "end": pd.Timestamp(b) if b else pd.NaT,
        }
        for i, (a, b) in enumerate(spans)
    ]
    return pd.DataFrame(rows).astype({"end": "datetime64[ns]"})


def test_bars_of_the_strip_do_not_meet_and_stay_inside():
    start, end = pd.Timestamp("2022-01-01"), pd.Timestamp("2025-01-01")
    given = policies(
        ("2020-01-01", "2022-06-30"),
        ("2020-01-01", "2021-01-01"),
        ("2022-02-01", None),
        ("2022-02-01", None),
        ("2022-07-15", "2022-07-15"),
        ("2022-07-20", "2022-07-20"),
        ("2026-01-01", None),
    )
    bars = bars_of(given, start, end)
    assert list(bars["number"]) == ["1", "3\u20134", "5", "6"]
    assert list(bars["starts"]) == [False, True, True, True]
    assert bars["from_day"].min() == start and bars["to_day"].max() == end
    for _, row in bars.groupby("row"):
        assert (row["from_day"].iloc[1:].values >= row["to_day"].iloc[:-1].values).all()
    assert bars.set_index("number").loc["1", "row"] == bars.set_index("number").loc["5", "row"]
    assert bars.set_index("number").loc["5", "row"] != bars.set_index("number").loc["6", "row"]
    assert policy_bars(policies(("2030-01-01", None)), start, end, 100) == []


def test_every_chart_over_time_has_the_strip(page):
    specs = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1))[
        "specs"
    ]
    over_time = {name for name, spec in specs.items() if name.startswith(("station-", "arrivals", "whereabouts"))}
    over_time |= {name for name in specs if name.startswith("queue-") and not name.endswith("spread")}
    assert len(over_time) >= 5
    for name in over_time:
        numbers = [row["number"] for row in _rows(specs[name]) if "until" in row]
        assert numbers == ["1"], name


def _rows(spec):
    """Return all rows of data in a specification and its layers."""
    rows = list(spec.get("data", {}).get("values", []))
    return rows + [row for layer in spec.get("layer", []) for row in _rows(layer)]
