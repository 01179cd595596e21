"""The report of a walk run: every camp, bands and figures that are those of the run, nothing from elsewhere."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sojourn as sj
from sojourn.app.main import app
from sojourn.forecast import coverage
from sojourn.report.answers.changes import folder_changes
from sojourn.report.camp_facts import CampFacts, closure_table
from sojourn.report.charts.place_map import flows_by_month, people_by_month, place_map
from sojourn.report.charts.road_map import LEAST
from sojourn.report.sections.camp_scores import errors, score_table
from sojourn.report.sections.difference import shunting_table
from sojourn.report.sections.gaps import folder_gaps
from sojourn.report.sections.quantities import settings_table

VOID = {"meta", "img", "input", "br", "link"}
LINKS = ("src", "href", "srcset", "action", "poster", "data", "xlink:href")


class Page(HTMLParser):
    """Reads a page: links, elements with their text, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links, self.stack, self.found, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given[name] for name in LINKS if given.get(name)]
        entry = {"tag": tag, "attrs": given, "text": ""}
        self.found.append(entry)
        if tag not in VOID:
            self.stack.append(entry)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop()["tag"] != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        for entry in self.stack:
            entry["text"] += data

    def of(self, name: str) -> list[dict]:
        return [e for e in self.found if name in (e["attrs"].get("class") or "").split()]


@pytest.fixture(scope="module")
def facts(base):
    """Return the facts of the small run."""
    return CampFacts(base)


@pytest.fixture(scope="module")
def text(base, tmp_path_factory):
    """Return the text of the report of the small run."""
    return sj.report(base, tmp_path_factory.mktemp("page") / "small.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(text):
    """Return the page, read."""
    return Page(text)


@pytest.fixture(scope="module")
def embedded(read):
    """Return what the page's script works with."""
    return json.loads(next(e["text"] for e in read.found if e["attrs"].get("id") == "data"))


def table_of(csv: str) -> pd.DataFrame:
    lines = csv.splitlines()
    assert lines[0].startswith("# ") and "unit:" in lines[0]
    rows = [line.split(",") for line in lines[1:]]
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_one_well_formed_file_that_asks_nothing_of_the_network(read, text):
    assert read.wrong == [] and read.stack == []
    ids = [e["attrs"]["id"] for e in read.found if "id" in e["attrs"]]
    assert len(ids) == len(set(ids))
    assert [link[:40] for link in read.links if not link.startswith(("#", "data:image/svg+xml,"))] == []
    policy = next(e["attrs"]["content"] for e in read.found if e["attrs"].get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    spoiled = Page(text.replace("<main>", '<main><img src="https://example.org/a.png">'))
    assert [link for link in spoiled.links if not link.startswith(("#", "data:"))]


def test_every_camp_is_there_with_chart_words_and_data(base, read, embedded):
    figures = {e["attrs"]["data-chart"] for e in read.found if e["tag"] == "figure"}
    assert figures == set(embedded["specs"]) == set(embedded["tables"])
    assert {"camps", "camp-hillcamp", "camp-rivercamp", "camp-lakecamp", "map", "errors", "closures"} <= figures
    headings = [e["text"] for e in read.of("caption")]
    rows = [e["text"] for e in read.found if e["tag"] == "th" and e["attrs"].get("scope") == "row"]
    for camp in base.data["stage"].values[base.data["camp"].values]:
        assert any(heading.startswith(f"{camp}, ") for heading in headings)
        assert camp in rows
    images = [e["attrs"]["src"] for e in read.of("static")]
    assert len(images) == len(figures)
    for image in images:
        drawn = ElementTree.fromstring(unquote(image.removeprefix("data:image/svg+xml,")))  # noqa: S314
        assert drawn.tag.endswith("svg") and len(list(drawn.iter())) > 10
    assert len(read.of("controls")) == len(embedded["steps"]) == 1
    assert embedded["steps"]["map"] == ["whole period", "March 2021", "April 2021"]


def test_charts_are_valid_vega_lite(embedded):
    for spec in embedded["specs"].values():
        alt.Chart.from_dict(spec, validate=True)


def test_bands_are_quantiles_of_the_replicates(base, embedded):
    for camp in ("Hillcamp", "Rivercamp", "Lakecamp"):
        table = table_of(embedded["tables"][f"camp-{camp.lower()}"])
        people = base.stocks.sel(stage=camp).sum("group")
        for name, level in (("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95)):
            expected = people.sel(time=pd.DatetimeIndex(table["time"])).quantile(level, "replicate").values
            np.testing.assert_allclose(table[name].astype(float), expected)
    lake = table_of(embedded["tables"]["camp-lakecamp"])
    dots = lake[lake["published"] != ""].set_index("time")["published"].astype(float)
    # The rows of the folder's file that fall into the run, and no other day.
    assert dots.to_dict() == {"2021-03-01": 0, "2021-03-13": 150, "2021-03-21": 900, "2021-03-31": 1400}


def test_a_correct_model_is_covered_as_often_as_stated(base):
    """Registrations drawn from the run itself lie inside the bands of the others about as often as they say."""
    run = sj.flee.simulate(sj.flee.scenario_of(base), seed=3, replicates=60)
    agents = CampFacts(run).agents[0]
    inside = {0.5: [], 0.9: []}
    for left_out in range(run.replicates):
        others = np.delete(agents, left_out, 0)
        for level, shares in inside.items():
            shares.append(coverage(others[:, 5:], agents[left_out, 5:], level))
    assert np.mean(inside[0.5]) == pytest.approx(0.5, abs=0.1)
    assert np.mean(inside[0.9]) == pytest.approx(0.9, abs=0.05)


def test_every_figure_tells_unit_and_source(read):
    figures = read.of("n")
    assert len(figures) > 40
    assert [f["text"] for f in figures if "unit:" not in f["attrs"]["title"]] == []
    assert all("flee-small" in f["attrs"]["title"] for f in figures)


def test_the_answer_has_five_sentences_and_no_bare_figure(text):
    answer = re.search(r'<ol class="answer">(.*?)</ol>', text, re.S).group(1)
    assert len(re.findall("<li>", answer)) == 5
    bare = re.sub(r'<button type="button" class="n".*?</button>', "", answer, flags=re.S)
    bare = re.sub(r"<[^>]*>", "", bare)
    bare = re.sub(r"\b\d{1,2} [A-Z][a-z]+ \d{4}|[59]0 %|shares of day 0|persistence [39]0 days", "", bare)
    assert re.findall(r"\d", bare) == []


def test_the_figures_are_those_of_the_run(base, facts, text):
    camps = base.stocks.isel(time=-1).sel(stage=base.data["camp"]).sum(("stage", "group"))
    assert f"median {float(camps.median()):,.6g}" in text
    scores = sj.score(base)
    baselines = scores.baselines.set_index("baseline")["error"]
    cells = {row[0]: row[1] for row in score_table(facts).rows}
    assert f">{scores.errors['rescaled'].mean():.4f}<" in cells["error, rescaled"]
    assert f">{baselines['persistence 30 days']:.4f}<" in cells["baseline: persistence 30 days"]
    assert set(cells) == {
        *("error, rescaled", "error, not rescaled", "CRPS", "coverage, 50 % band", "coverage, 90 % band"),
        *(f"baseline: {name}" for name in baselines.index),
    }
    daily = errors(facts).data.groupby("who")["error"].mean()
    assert daily["persistence 90 days"] == pytest.approx(baselines["persistence 90 days"])


def test_the_map_counts_people_at_places_and_on_roads(base, facts):
    flows = flows_by_month(facts).set_index(["step", "origin", "destination"])["people"]
    whole = float(base.flows.sel(flow="Norvale -> Midway").sum("time").mean())
    assert flows[-1, "Norvale", "Midway"] == pytest.approx(whole, abs=0.05)
    months = flows.xs("Norvale", level=1).xs("Midway", level=1)
    assert months[0] + months[1] == pytest.approx(whole, abs=0.2)
    places = people_by_month(facts).set_index(["step", "place"])
    assert places.loc[(1, "Lakecamp"), "people"] == pytest.approx(
        float(base.stocks.sel(stage="Lakecamp").isel(time=-1).mean()), abs=0.05
    )
    assert list(places.loc[0, "state"]) == ["in conflict", "in conflict", *["other place"] * 2, *["camp"] * 3]
    known = [*flows, *places["people"].dropna()]
    assert min(known) >= LEAST
    assert places["people"].isna().any()


def test_places_far_away_get_a_map_of_the_others(base):
    def far(latitude):
        data = base.data.assign_coords(latitude=("stage", [*base.data["latitude"].values[:-1], latitude]))
        return [picture.name for picture in place_map(CampFacts(sj.Run(data, base.provenance)))]

    assert far(10.2) == ["map"]
    assert far(-30.0) == ["map", "map-near"]


def test_conflict_and_closures_are_dated(facts):
    assert facts.conflict.sum(0).tolist() == [40, 28, 0, 0, 0, 0, 0]
    table = closure_table(facts.scenario)
    assert table[["title", "start", "end"]].values.tolist() == [
        ["closed between Avaria and Cordia", pd.Timestamp("2021-03-26"), pd.Timestamp("2021-04-02")]
    ]


def test_warnings_and_settings_are_told(small: Path):
    path = small / "input_csv" / "conflicts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Midway", "Midwey"), encoding="utf-8")
    facts = CampFacts(sj.flee.simulate(small, seed=1))
    assert any("F216" in line and "Midwey" in line for line in folder_gaps(facts))
    rows = [row[:3] for row in settings_table(facts).rows]
    assert ["move_rules: camp_weight", "2", "1"] in rows[:12]
    assert ["move_rules: foreign_weight", "1", "1"] in rows[12:]


def test_one_replicate_says_that_it_has_no_bands(small: Path, tmp_path: Path):
    report = sj.report(sj.flee.simulate(small, seed=1), tmp_path / "one.html").read_text(encoding="utf-8")
    assert "One replicate has no bands" in report


def test_text_of_a_folder_is_only_text(small: Path, tmp_path: Path):
    evil = "<script>alert(1)</script>"
    for path in (*(small / "input_csv").iterdir(), small / "source_data" / "data_layout.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("Hillcamp", evil), encoding="utf-8")
    report = sj.report(sj.flee.simulate(small, seed=1), tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script>alert" not in report and "alert(1)" in report
    assert Page(report).wrong == []


def test_what_a_change_did(base, reopened, tmp_path: Path):
    report = sj.report(sj.compare(base, reopened), tmp_path / "c.html").read_text(encoding="utf-8")
    assert folder_changes(base, reopened) == ["closures.csv, without: country, Avaria, Cordia, 25, 32"]
    assert "closures.csv, without: country, Avaria, Cordia, 25, 32" in report
    assert "Lakecamp gains most" in report and "What a change did" in report
    answer = re.search(r'<ol class="answer">(.*?)</ol>', report, re.S).group(1)
    assert answer.count('title=""') == 0 and "with the change less without it" in answer
    names = {row[0] for row in shunting_table(sj.compare(base, reopened), CampFacts(base)).rows}
    assert "Lakecamp" in names
    same = sj.report(sj.compare(base, base), tmp_path / "d.html").read_text(encoding="utf-8")
    assert "The change moves nothing" in same and "the scenarios are the same" in same


def test_charts_as_files(base, embedded, tmp_path: Path):
    sj.report(base, tmp_path / "a.html", files=tmp_path / "charts")
    written = {path.name for path in (tmp_path / "charts").iterdir()}
    assert written == {f"{name}.{kind}" for name in embedded["specs"] for kind in ("svg", "png", "csv")}


def test_commands_write_the_same_report(small: Path, tmp_path: Path):
    def call(*words: object, code: int = 0) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == code, result.output
        return result.output

    save, one, two = tmp_path / "run.zarr", tmp_path / "one.html", tmp_path / "two.html"
    call("flee", "run", small, "--seed", 5, "--replicates", 2, "--quiet", "--save", save, "--report", one)
    assert "report:" in call("report", save, "--out", two)
    assert one.read_bytes() == two.read_bytes()
    call("compare", save, save, "--report", two)
    assert "The change moves nothing" in two.read_text(encoding="utf-8")
    assert "no directory" in call("flee", "run", small, "--report", tmp_path / "no" / "a.html", code=2)


def test_given_scores_are_those_shown(base, tmp_path: Path):
    late = sj.score(base, "2021-03-20")
    text = sj.report(base, tmp_path / "a.html", scores=late).read_text(encoding="utf-8")
    assert f"{late.errors['rescaled'].mean():.4f}" in text
    assert f"{sj.score(base).errors['rescaled'].mean():.4f}" not in text


def test_the_page_is_that_of_all_reports(read):
    assert [e["text"] for e in read.found if e["tag"] == "h2"][:4] == [
        "What was asked, and the answer",
        "Registered and simulated",
        "The map",
        "Scores",
    ]
