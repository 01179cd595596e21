"""One file that asks nothing of the network, tells where its figures come from, and says what is not reached."""

import json
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pandas as pd
import pytest
from jsonschema import ValidationError

import sojourn as sj
from sojourn.forecast import Scores
from sojourn.observation import by_station
from sojourn.report import ReportError
from sojourn.report.charts.cited import cited

VOID = {"meta", "img", "input", "br", "link"}
LINKS = ("src", "href", "srcset", "action", "poster", "data", "xlink:href")


class Page(HTMLParser):
    """Reads a page: links, elements by class or id with their text, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.links, self.stack, self.found, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given[name] for name in LINKS if given.get(name)]
        entry = {"tag": tag, "attrs": given, "text": "", "inside": [e["attrs"].get("id") for e in self.stack]}
        self.found.append(entry)
        if tag not in VOID:
            self.stack.append(entry)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop()["tag"] != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        for entry in self.stack:
            entry["text"] += data

    def of(self, name):
        return [e for e in self.found if name in (e["attrs"].get("class") or "").split()]

    def by_id(self, name):
        return next(e for e in self.found if e["attrs"].get("id") == name)


@pytest.fixture(scope="module")
def read(page):
    """Return the page, read."""
    return Page(page)


@pytest.fixture(scope="module")
def embedded(read):
    """Return what the page's script works with."""
    return json.loads(read.by_id("data")["text"])


def test_elements_are_closed_and_ids_unique(read):
    assert read.wrong == [] and read.stack == []
    ids = [e["attrs"]["id"] for e in read.found if "id" in e["attrs"]]
    assert len(ids) == len(set(ids))


def test_nothing_comes_from_elsewhere(read, page):
    assert [link[:40] for link in read.links if not link.startswith(("#", "data:image/svg+xml,"))] == []
    policy = next(e["attrs"]["content"] for e in read.found if e["attrs"].get("http-equiv"))
    assert policy.startswith("default-src 'none'") and "http" not in policy and "eval" not in policy
    style = next(e["text"] for e in read.found if e["tag"] == "style")
    assert "url(" not in style and "@import" not in style
    assert len(page) < 8_000_000


def test_a_planted_link_is_found(page):
    spoiled = page.replace("<main>", '<main><img src="https://example.org/a.png">')
    assert [link for link in Page(spoiled).links if not link.startswith(("#", "data:"))]


def test_every_chart_is_there_twice_with_words_and_source(read, embedded):
    figures = [e for e in read.found if e["tag"] == "figure"]
    names = [e["attrs"]["data-chart"] for e in figures]
    assert set(names) == set(embedded["specs"]) == set(embedded["tables"])
    assert {"station-border", "station-settled", "map", "sankey", "whereabouts", "policies"} <= set(names)
    images = [e["attrs"]["src"] for e in read.of("static")]
    assert len(images) == len(names)
    for image in images:
        drawn = ElementTree.fromstring(unquote(image.removeprefix("data:image/svg+xml,")))  # noqa: S314
        assert drawn.tag.endswith("svg") and len(list(drawn.iter())) > 10
    for name in names:
        assert len(read.by_id(f"said-{name}")["text"]) > 20
        assert embedded["tables"][name].startswith("# ")
    assert all(len(e["text"]) > 20 for e in read.of("source"))


def test_charts_are_valid_vega_lite(embedded):
    for spec in embedded["specs"].values():
        alt.Chart.from_dict(spec, validate=True)


def test_a_planted_fault_in_a_chart_is_refused(embedded):
    spec = json.loads(json.dumps(embedded["specs"]["whereabouts"]))
    spec["encoding"]["x"]["typ"] = "ordinal"
    with pytest.raises(ValidationError):
        alt.Chart.from_dict(spec, validate=True)


def test_every_figure_tells_unit_and_source(read):
    figures = read.of("n")
    assert len(figures) > 40
    assert [f["text"] for f in figures if "unit:" not in f["attrs"]["title"]] == []
    simulated = [f for f in figures if "answer" in f["inside"]]
    assert simulated and all("scenario two-routes" in f["attrs"]["title"] for f in simulated)


def test_the_answer_has_no_figure_without_a_source(page):
    answer = re.search(r'<ol class="answer">(.*?)</ol>', page, re.S).group(1)
    bare = re.sub(r'<button type="button" class="n".*?</button>', "", answer, flags=re.S)
    bare = re.sub(r"<[^>]*>", "", bare)
    bare = re.sub(r"\b\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{4}|90 %", "", bare)
    assert re.findall(r"\d", bare) == []
    assert len(re.findall("<li>", answer)) == 5


def test_a_figure_without_a_source_is_refused():
    with pytest.raises(ValueError, match="no source"):
        cited("5", "")


def test_the_answer_is_that_of_the_run(run, page):
    leaving = run.flows.sel(flow=run.flows["origin"] == "home").sum(("time", "flow", "group"))
    assert f"median {float(np.median(leaving)):,.6g}" in page
    arrived = run.stocks.sel(stage="arrived").sum("group").isel(time=-1)
    assert f"median {float(np.median(arrived)):,.6g}" in page


def test_tables_hold_what_is_drawn(run, embedded):
    lines = embedded["tables"]["station-border"].splitlines()
    assert "release 2024-09" in lines[0] and "unit: encounter" in lines[0]
    rows = [line.split(",") for line in lines[1:]]
    head, first = rows[0], rows[1]
    seen = by_station(run)["border"]
    at = list(pd.DatetimeIndex(seen["time"].values).strftime("%Y-%m-%d")).index(first[0][:10])
    assert float(first[head.index("published")]) == float(seen["published_count"][at])
    assert float(first[head.index("q50")]) == float(seen["simulated_count"][:, at].median())


def test_text_of_a_scenario_is_only_text(watched, tmp_path):
    evil = "</script><script>alert(1)</script><b onload=x>"
    spoiled = watched.replace(title=evil, observations={"border": {"title": evil}})
    text = sj.report(sj.simulate(spoiled, replicates=2, seed=1), tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text and "<b onload" not in text
    assert Page(text).wrong == []


def bars(*verdicts):
    """Return scores with a bar for each verdict."""
    row = {
        "station": "border",
        "measure": "log-RMSE",
        "value": 0.52,
        "low": -np.inf,
        "high": 0.45,
        "sample": "2024",
    }
    table = pd.DataFrame([row | {"periods": 7, "verdict": verdict} for verdict in verdicts])
    agreed = pd.DataFrame(
        [
            {"observation": "border", "span": span, "periods": 9, "within_50": 0.5, "within_90": 0.9}
            | {"log_rmse": 0.2, "ratio": 1.0}
            for span in ("fit", "test")
        ]
    )
    return Scores(agreed, table, pd.DataFrame(), pd.Timestamp("2024-01-01"), 100.0)


def test_bars_not_reached_stand_at_the_top(run, tmp_path):
    page = Page(
        sj.report(run, tmp_path / "a.html", scores=bars("not reached", "reached")).read_text(encoding="utf-8")
    )
    (warning,) = page.of("warning")
    assert "1 of 2 bars of fit is not reached" in warning["text"]
    assert "Encounters at the far border" in warning["text"] and "at most 0.45" in warning["text"]


def test_bars_reached_raise_no_alarm(run, tmp_path):
    page = Page(sj.report(run, tmp_path / "a.html", scores=bars("reached")).read_text(encoding="utf-8"))
    assert page.of("warning") == []


def test_charts_are_written_as_files(court, tmp_path):
    text = sj.report(court, tmp_path / "a.html", files=tmp_path / "charts").read_text(encoding="utf-8")
    names = set(json.loads(Page(text).by_id("data")["text"])["specs"])
    for name in names:
        assert (tmp_path / "charts" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        svg = (tmp_path / "charts" / f"{name}.svg").read_text(encoding="utf-8")
        assert (svg.startswith("<svg") and "seed 3" in svg) or name == "policies"
        assert (tmp_path / "charts" / f"{name}.csv").read_text(encoding="utf-8").startswith("# ")
    assert {"queue-court-backlog", "queue-court-wait", "queue-court-spread"} <= names


def test_a_change_is_told_with_intervals(run, changed, tmp_path):
    text = sj.report(sj.compare(run, changed), tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(text)
    assert "without the policy visa" in page.by_id("answer")["text"]
    assert "Where the people moved" in page.by_id("effect")["text"]
    short = (changed.stocks - run.stocks).sel(stage="arrived").sum("group").isel(time=-1)
    assert f"{abs(round(float(short.median()), -2)):,.0f}"[:3] in page.by_id("answer")["text"]


def test_no_change_moves_nothing(run, tmp_path):
    text = sj.report(sj.compare(run, run), tmp_path / "a.html").read_text(encoding="utf-8")
    assert "moves nothing" in text and "the scenarios are the same" in text


def test_means_can_be_reported(watched, tmp_path):
    mean = sj.simulate(watched, mode="expected")
    assert "with chance left out" in sj.report(mean, tmp_path / "a.html").read_text(encoding="utf-8")


def test_no_place_for_the_report(run, tmp_path):
    with pytest.raises(ReportError) as caught:
        sj.report(run, tmp_path / "none" / "a.html")
    assert caught.value.codes == ("P102",)
    with pytest.raises(ReportError) as caught:
        sj.report(run, tmp_path)
    assert caught.value.codes == ("P102",)


def test_missing_packages_are_named(run, tmp_path, monkeypatch):
    module = sys.modules["sojourn.report.pages.write"]
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "vl_convert" else object())
    with pytest.raises(ReportError, match="vl_convert") as caught:
        sj.report(run, tmp_path / "a.html")
    assert caught.value.codes == ("P101",)
