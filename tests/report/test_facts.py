"""What is drawn adds up: nobody is lost between stages, on the map, or in the whereabouts."""

import numpy as np
import pandas as pd
import pytest

import sojourn as sj
from sojourn.report.charts.cited import Spread, count, rounded, share
from sojourn.report.charts.network import BACK, graph, rows
from sojourn.report.charts.road_map import LEAST, labelled, place_of_stages, road, views
from sojourn.report.sections.gaps import gaps
from sojourn.report.sections.whereabouts import whereabouts_table
from sojourn.report.system_facts import SystemFacts


@pytest.fixture(scope="module")
def facts(run):
    """Return the facts of the watched routes."""
    return SystemFacts(run)


def test_joining_choices_loses_nobody(facts):
    found = graph(facts, 0.0)
    entered = facts.entered.sum(1).mean()
    assert sum(e.people for e in found.edges if e.origin == "home") == pytest.approx(entered)
    arrived = facts.stocks.sel(stage="arrived").isel(time=-1).mean()
    assert sum(e.people for e in found.edges if e.destination == "arrived") == pytest.approx(float(arrived))
    assert found.dropped == 0


def test_the_way_back_is_a_stub(facts):
    row, edges = rows(graph(facts, 0.0))
    stubs = [e for e in edges if e.destination.startswith(BACK)]
    assert [(e.origin, e.destination) for e in stubs] == [("turned-back", BACK + "crossroads")]
    assert all(row[e.origin] < row[e.destination] for e in edges)


def test_whereabouts_add_up(facts):
    table = whereabouts_table(facts)
    quarter = table.groupby("quarter", sort=False)["people"].sum()
    ends = pd.DatetimeIndex(facts.run.data["period_end"].values)
    for name, people in quarter.items():
        stop = pd.Period(name.replace(" ", ""), "Q").end_time
        entered = facts.entered[:, ends <= stop + pd.Timedelta(1, "s")].sum(1).mean()
        assert people == pytest.approx(entered, abs=0.05 * table["where"].nunique())


def test_most_who_leave_as_visitors_are_set_aside(watched):
    visitors = watched.replace(
        stages={
            "tourists": {"kind": "source", "inflow": {"type": "intensity", "rate_per_day": 900}, "exits": "stay"},
            "stay": {
                "kind": "journey",
                "dwell": {"distribution": "fixed", "mean_days": 5},
                "exits": {"crossroads": 0.01, "went-home": "rest"},
            },
            "went-home": {"kind": "end", "outcome": "elsewhere"},
        }
    )
    facts = SystemFacts(sj.simulate(visitors, replicates=3, seed=1))
    assert facts.aside == {"went-home"}
    assert "tourists" in {e.origin for e in graph(facts, 0.0).edges}
    assert not {"elsewhere"} & set(whereabouts_table(facts)["where"])
    assert SystemFacts(sj.simulate(watched, replicates=3, seed=1)).aside == frozenset()


def test_places_of_stages_without_one(facts):
    place = place_of_stages(facts.scenario)
    assert place["short-route"] == place["long-route"] == "home-port"
    assert place["turned-back"] == place["arrived"] == "far-border"


def test_the_map_counts_people_between_places(facts):
    drawn = road(facts)
    whole = drawn.table[drawn.table["step"] == -1].set_index(["origin", "destination"])["people"]
    flows = facts.flows.sum("time").mean("replicate")
    there = float(flows.sel(flow=["short-route -> border", "long-route -> border"]).sum())
    assert whole["home-port", "far-border"] == pytest.approx(there, abs=0.1)
    assert drawn.left_out == {}
    months = drawn.table[(drawn.table["step"] >= 0) & (drawn.table["destination"] == "far-border")]
    assert months["people"].sum() == pytest.approx(there, abs=0.1 * len(months) + LEAST)


def test_few_people_are_not_shown_by_place(watched):
    few = watched.replace(quantities={"departures": 0.01, "swing": 0.0})
    table = road(SystemFacts(sj.simulate(few, replicates=3, seed=1))).table
    assert (table["people"] >= LEAST).all() and not (table["step"] >= 0).any()


def test_the_view_may_cross_the_date_line():
    places = pd.DataFrame({"name": list("abcd"), "longitude": [116, -78, -99, -117], "latitude": [40, 0, 19, 32]})
    whole, near = views(places)
    assert 180 < whole.longitude < 240 and whole.width < 250
    assert near.width < 80 and 240 < near.longitude < 290
    assert list(labelled(places, near)["name"]) == ["b", "c", "d"]


def test_names_on_the_map_do_not_cover_each_other():
    places = pd.DataFrame(
        {
            "name": ["first place", "second place"],
            "longitude": [10.0, 10.1],
            "latitude": [5.0, 5.0],
            "people": [2, 1],
        }
    )
    text = labelled(places, views(places)[0])
    assert set(text["text"]) == {"first place", "second place"}
    assert len(set(zip(text["dx"], text["dy"], strict=True))) == 2


def test_gaps_are_said(facts):
    text = "\n".join(gaps(facts))
    assert "Series border-count ends on 31 July 2024, before the run does." in text
    assert "Series settled-count" in text
    assert "1 of 14 quantities have no source: share-seen." in text
    assert "not whole and are not compared" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12_345, "12,300"),
        (5.951, "5.95"),
        (0.01234, "0.0123"),
        (99.96, "100"),
        (np.nan, "–"),
        (-1500, "-1,500"),
    ],
)
def test_three_significant_digits(value, text):
    assert rounded(value) == text


def test_shares_and_counts():
    assert (share(0.123), share(0.0123), share(0), share(1), share(np.nan)) == (
        "12 %",
        "1.2 %",
        "0 %",
        "100 %",
        "–",
    )
    assert (count(5.95), count(12_345.6)) == ("6", "12,300")
    html = Spread(1.0, 2.0, 3.0).html("what; unit: person")
    assert html.count("what; unit: person; median 2, 90 % interval 1 to 3") == 3
