"""The Central-Mediterranean tutorial: what is published comes out again, what is assumed says so."""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sojourn as sj

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "central-mediterranean"
PAGE = ROOT / "docs" / "tutorials" / "central-mediterranean.md"
COLUMNS = {"bangladeshis": "bangladesh", "egyptians": "egypt", "guineans": "guinea", "tunisians": "tunisia"}
ISO = {"bangladesh": "BGD", "egypt": "EGY", "guinea": "GIN", "tunisia": "TUN"}
ROUTE = "Central Mediterranean Route"
GIVEN = {"people-per-detection"}
"""The one assumed number that is fixed: what is published must come out again."""


def table(name):
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def scenario():
    return sj.load(FOLDER / "central-mediterranean.yaml")


@pytest.fixture(scope="module")
def runs(scenario):
    return {
        "expected": sj.simulate(scenario, mode="expected"),
        "draw": sj.simulate(scenario, replicates=3, seed=7),
    }


def test_it_is_as_large_as_the_page_says(scenario):
    assert len(scenario.stages) == 20
    assert len(scenario.groups) == 5
    assert len(scenario.stages["setting-out"].inflow.split) == 5
    assert {scenario.stages[s].limit.pool for s in ("reception", "asylum")} == {"beds"}
    assert [(one.code, one.where) for one in scenario.unusual()] == [("U101", "stages.setting-out-in-vain")]


@pytest.mark.parametrize("mode", ["expected", "draw"])
def test_who_sets_out_to_land_is_who_was_published(runs, mode):
    """Sums made by hand from the table, of all and of each group."""
    rows = table("detections.csv")
    out = runs[mode].flows.sel(flow="setting-out -> crossing").sum("time")
    total = sum(int(row["all"]) for row in rows)
    assert total == 398_166
    wanted = {group: sum(int(row[column]) for row in rows) for group, column in COLUMNS.items()}
    wanted["others"] = total - sum(wanted.values())
    for group, people in wanted.items():
        np.testing.assert_allclose(out.sel(group=group), people, atol=1)
    np.testing.assert_allclose(out.sum("group"), total, atol=2)
    months = runs[mode].flows.sel(flow="setting-out -> crossing").sum("group")
    for month, row in enumerate(rows):
        np.testing.assert_allclose(months.isel(time=month), int(row["all"]), atol=len(wanted))


def test_a_month_left_out_would_be_seen(scenario):
    values = list(scenario.series["detections"].values)
    values[7] = 0
    short = scenario.replace(series={"detections": {"values": values}})
    out = sj.simulate(short, mode="expected").flows.sel(flow="setting-out -> crossing").sum()
    assert abs(float(out) - 398_166) > 1000


@pytest.mark.parametrize("mode", ["expected", "draw"])
def test_nobody_is_lost_at_sea(runs, mode):
    run = runs[mode]
    total, last = run.flows.sum(("time", "group")), run.stocks.sum("group").isel(time=-1)
    landed = total.sel(flow="crossing -> hotspot") + last.sel(stage="crossing")
    np.testing.assert_allclose(landed, total.sel(flow="setting-out -> crossing"), atol=1e-6)
    failed = total.sel(flow=["at-sea -> died-at-sea", "at-sea -> intercepted"]).sum("flow")
    np.testing.assert_allclose(
        failed + last.sel(stage="at-sea"), total.sel(flow="setting-out-in-vain -> at-sea"), atol=1e-6
    )


def test_expected_numbers_at_sea_are_those_made_by_hand(runs):
    total = runs["expected"].flows.sum(("time", "group", "replicate"))
    last = runs["expected"].stocks.isel(time=-1, replicate=0).sum("group")
    vain = 0.8 * 398_166
    np.testing.assert_allclose(total.sel(flow="setting-out-in-vain -> at-sea"), vain, atol=1)
    dead = 0.02 * (vain - float(last.sel(stage="at-sea")))
    np.testing.assert_allclose(last.sel(stage="died-at-sea"), dead, atol=1)


@pytest.mark.parametrize("mode", ["expected", "draw"])
def test_decisions_do_not_exceed_those_published(runs, mode):
    """Both queues together decide what UNHCR counts in each year, or less where nobody waits."""
    flows = runs[mode].flows.sum("group")
    names = [f"{queue} -> {to}" for queue in ("asylum", "asylum-outside") for to in ("protected", "refused")]
    for year, published in {2021: 43989, 2022: 51838, 2023: 56970, 2024: 85130}.items():
        decided = flows.sel(flow=names, time=str(year)).sum(("flow", "time"))
        assert (decided <= published + 2).all() and (decided > 0.6 * published).all()


def test_the_pool_of_beds_is_never_overfull(scenario):
    """With a fifth of the places it binds; more than all places, emergency ones included, are never taken."""
    fewer = {"places": 20_000, "emergency-places": 5_000, "pending-inside": {"times": {"by": 0.3}}}
    tight = scenario.replace(quantities=fewer, time={"end": "2022-12-31"})
    run = sj.simulate(tight, replicates=2, seed=1, record="week")
    held = run.stocks.sel(stage=["reception", "asylum"]).sum(("stage", "group"))
    assert int(held.max()) <= 25_000
    assert int(held.max()) > 19_000
    assert int(run.flows.sel(flow="reception -> own-lodging").sum()) > 10_000


def test_every_number_says_where_it_comes_from(scenario):
    for name, series in scenario.series.items():
        assert series.publisher and series.source and series.release and series.licence, name
    for name, quantity in scenario.quantities.items():
        assert quantity.unit and quantity.source and quantity.confidence, name
        if quantity.confidence in ("assumption", "low"):
            assert quantity.prior or quantity.times or name in GIVEN, name


def test_pieces_on_the_page_are_those_of_the_files():
    files = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())]
    blocks = re.findall(r"^```(?:yaml|text)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 10
    for block in blocks:
        assert any(block in text for text in files), block


def test_the_report_has_the_answer(runs, tmp_path):
    page = sj.report(runs["draw"], tmp_path / "page.html").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "How many who landed in Italy from 2021 to 2024 had no place in reception" in text
    assert re.search(r"to 31 December 2024 398,000 .{0,30}people land", text)
    assert "find no place in reception" in text


def test_detections_are_those_of_the_publisher(shared):
    frame = pd.read_csv(shared / "data" / "europe" / "frontex_detections_monthly.csv.gz")
    frame = frame[(frame["route"] == ROUTE) & (frame["t"] >= "2021") & (frame["t"] < "2025")]
    for row in table("detections.csv"):
        month = frame[frame["t"].str[:7] == row["date"]]
        assert month["n"].sum() == int(row["all"])
        for column, nat in ISO.items():
            assert month.loc[month["nat"] == nat, "n"].sum() == int(row[column])
            assert abs(int(row[column]) / int(row["all"]) - float(row[f"share-{column}"])) <= 5e-7


def test_applicants_and_those_pending_are_those_of_the_publishers(shared, scenario):
    applicants = pd.read_csv(shared / "data" / "europe" / "eurostat_asylum_applicants_yearly.csv.gz")
    applicants = applicants[applicants["geo"] == "ITA"]
    unhcr = shared / "data" / "processing" / "unhcr"
    people, decisions = (
        frame[frame["coa_iso"] == "ITA"]
        for frame in (
            pd.read_csv(unhcr / "population.csv.gz", low_memory=False),
            pd.read_csv(unhcr / "asylum_decisions.csv.gz", low_memory=False),
        )
    )
    for row in table("italy.csv"):
        year = int(row["date"][:4])
        come = applicants[applicants["t"] == year]
        assert come["n"].sum() == int(row["applicants"])
        listed = {column: int(come.loc[come["nat"] == nat, "n"].sum()) for column, nat in ISO.items()}
        assert listed == {column: int(row[f"applicants-{column}"]) for column in ISO}
        assert int(row["applicants-other"]) == int(row["applicants"]) - sum(listed.values())
        assert people.loc[people["year"] == year, "asylum_seekers"].sum() == int(row["pending"])
        decided = decisions.loc[(decisions["year"] == year) & (decisions["dec_level"] == "FI"), "dec_total"].sum()
        steps = {date.year: value for date, value in scenario.quantities["decisions-per-year"].steps.items()}
        assert steps[year] == decided
    start = people[people["year"] == 2020].set_index("coo_iso")["asylum_seekers"]
    pending = scenario.quantities["pending-2020"].by_group
    assert {g: pending[g] for g in COLUMNS} == {g: start[ISO[c]] for g, c in COLUMNS.items()}
    assert sum(pending.values()) == start.sum()
    early = decisions[decisions["year"].isin((2021, 2022))]
    for group, column in {**COLUMNS, "others": ""}.items():
        known = early["coo_iso"].isin(ISO.values())
        mine = early[early["coo_iso"] == ISO[column]] if column else early[~known]
        share = mine[["dec_recognized", "dec_other"]].sum().sum() / mine["dec_total"].sum()
        assert abs(100 * share - scenario.quantities["protection"].by_group[group]) < 0.051
