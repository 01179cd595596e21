"""Scores of runs: by hand on a small scenario, and the rules laid down beside china-us."""

import numpy as np
import pandas as pd
import pytest

import sojourn as sj
from sojourn.forecast import CODES, ForecastError, bars, fitted_to
from sojourn.forecast.stations import Station, stations
from sojourn.forecast.verdict import MEASURES, measured
from sojourn.library import scoring
from sojourn.observation import by_station

ROAD = """
name: road
time: {start: 2024-01-01, end: 2024-06-30, record: month}
groups: {all: {nationality: OOO}}
series:
  first: {unit: person, period: month, start: 2024-01-01, values: [300, 310, 290, 300, 310, 300]}
  seen: {unit: person, period: month, start: 2024-01-01, values: [150, 160, 140, 300, 300, null]}
stages:
  arrivals: {kind: source, inflow: {type: intensity, rate_per_day: 10}, exits: gate}
  gate: {kind: choice, exits: {passed: 0.5, left: rest}}
  passed: {kind: end, outcome: settled}
  left: {kind: end, outcome: elsewhere}
observations:
  first: {of: [arrivals -> gate], series: first, unit: person, noise: poisson}
  seen: {of: [gate -> passed], series: seen, unit: person, noise: poisson}
"""


@pytest.fixture(scope="module")
def run():
    return sj.simulate(sj.loads(ROAD), replicates=60, seed=3)


@pytest.fixture(scope="module")
def road():
    return sj.simulate(sj.load("china-us"), replicates=4, seed=7)


def test_table_by_hand(run):
    table = sj.score(run, "2024-04-01").stations.set_index(["observation", "span"])
    data = by_station(run)["seen"]
    middle = np.median(data["simulated_count"].values, axis=0)
    published = data["published_count"].values
    fit, test = table.loc[("seen", "fit")], table.loc[("seen", "test")]
    assert (fit["periods"], test["periods"]) == (3, 2)
    assert fit["log_rmse"] == pytest.approx(np.sqrt((np.log(middle[:3] / published[:3]) ** 2).mean()))
    assert test["ratio"] == pytest.approx(middle[3:5].sum() / 600)
    assert test["within_90"] == 0.0  # published counts doubled: no band reaches them
    assert table.loc[("first", "test"), "within_90"] > 0.5
    assert test["log_rmse_last"] == pytest.approx(np.log(300 / 140))
    assert test["crps_last"] == 160
    assert np.isnan(test["log_rmse_upstream"]) and np.isnan(fit["log_rmse_last"])
    assert (fit["first"], fit["last"]) == (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-01"))


def test_upstream_is_the_published_series_of_the_same_months(run):
    found = {s.name: s for s in stations(sj.loads(ROAD), by_station(run), {"seen": "first"})}
    np.testing.assert_array_equal(found["seen"].upstream, [300, 310, 290, 300, 310, 300])
    naive = found["seen"].naive(pd.Timestamp("2024-04-01"))
    np.testing.assert_allclose(naive["upstream"], np.array([300, 310, 290, 300, 310, 300]) * 140 / 290)
    assert list(found["first"].naive(pd.Timestamp("2024-04-01"))) == ["last"]


def test_split_falls_between_periods(run):
    day, month = sj.score(run, "2024-04-01").stations, sj.score(run, "2024-04").stations
    pd.testing.assert_frame_equal(day, month)
    middle = sj.score(run, "2024-04-15").stations.set_index(["observation", "span"])
    assert middle.loc[("seen", "test"), "periods"] == 2  # April is not whole before the split


def test_least_leaves_small_counts_out(run):
    table = sj.score(run, "2024-04", least=155).stations.set_index(["observation", "span"])
    assert table.loc[("seen", "fit"), "log_periods"] == 1


def test_parts_of_periods_are_not_compared():
    short = sj.simulate(sj.loads(ROAD.replace("2024-06-30", "2024-05-20")), replicates=3, seed=3)
    table = sj.score(short, "2024-04").stations.set_index(["observation", "span"])
    assert table.loc[("first", "test"), "periods"] == 1


def test_refused(run):
    for bad in ({"split": "soon"}, {}):
        with pytest.raises(ForecastError) as error:
            sj.score(run, **bad)
        assert [p.code for p in error.value.problems] == ["S101"]
    with pytest.raises(ForecastError) as error:
        sj.score(sj.simulate(sj.load("border-post"), replicates=1, seed=1), "2024-06")
    assert [p.code for p in error.value.problems] == ["S102"]
    assert set(CODES) == {"S101", "S102"}


def _bar(run, **bar):
    found = stations(sj.loads(ROAD), by_station(run), {"seen": "first"})
    return measured(found, [{"station": "seen", "first": "2024-04-01", **bar}], 1.0).iloc[0]


@pytest.mark.parametrize(
    ("bar", "verdict"),
    [
        ({"measure": "log-rmse", "high": 1.0}, "reached"),
        ({"measure": "log-rmse", "high": 0.3}, "not reached"),
        ({"measure": "within-90", "low": 0.8, "high": 0.97}, "not reached"),
        ({"measure": "within-90", "high": 0.5}, "reached"),
        ({"measure": "log-rmse-over-last", "high": 1.0}, "reached"),
        ({"measure": "log-rmse-over-upstream", "high": 0.5}, "not reached"),
        ({"measure": "error-of-periods", "high": 0.6}, "reached"),
        ({"measure": "error-of-periods", "high": 0.3}, "not reached"),
        ({"measure": "error-of-fiscal-years", "high": 0.3}, "not reached"),
        ({"measure": "log-rmse", "first": "2025-01-01", "high": 1.0}, "not measured"),
    ],
)
def test_a_bar_is_reached_or_not(run, bar, verdict):
    assert _bar(run, **bar)["verdict"] == verdict


def test_every_measure_has_a_value(run):
    values = {name: _bar(run, measure=name, high=1.0)["value"] for name in MEASURES}
    assert np.isfinite(list(values.values())).all()
    # Half of what is published comes out: the largest error of a month and of the year are about a half.
    assert values["error-of-periods"] == pytest.approx(0.5, abs=0.08)
    assert values["error-of-fiscal-years"] == pytest.approx(0.5, abs=0.08)
    median = np.median(by_station(run)["seen"]["simulated_count"].values[:, 3:5], axis=0)
    own = np.sqrt((np.log(median / 300) ** 2).mean())
    assert values["log-rmse-over-last"] == pytest.approx(own / np.log(300 / 140))


def test_the_last_day_of_a_bar_ends_it(run):
    assert _bar(run, measure="log-rmse", last="2024-04-30", high=1.0)["sample"].startswith("Apr 2024 to Apr 2024")
    assert _bar(run, measure="log-rmse", high=1.0)["periods"] == 2


def test_a_fiscal_year_is_a_sum_of_medians_of_sums(road):
    station = {s.name: s for s in stations(sj.load("china-us"), by_station(road))}["usbp"]
    bar = {"station": "usbp", "measure": "error-of-fiscal-years", "first": "2022-10-01", "last": "2023-09-30"}
    found = measured([station], [{**bar, "high": 0.1}], 1.0).iloc[0]
    months = station.data.sel(time=slice("2022-10-01", "2023-09-01"))
    middle = float(months["simulated_count"].sum("time").median())
    assert found["value"] == pytest.approx(abs(middle / float(months["published_count"].sum()) - 1))
    assert (found["periods"], found["sample"]) == (12, "Oct 2022 to Sep 2023")


def test_rules_of_china_us_name_what_there_is(road):
    rules, scenario = scoring("china-us"), sj.load("china-us")
    assert set(rules["upstream"]) <= set(scenario.observations)
    assert set(rules["upstream"].values()) <= set(scenario.series)
    for station, series in rules["upstream"].items():
        assert scenario.series[series].period == scenario.series[scenario.observations[station].series].period
    assert {bar["measure"] for bar in rules["bars"]} <= set(MEASURES)
    assert {bar["station"] for bar in rules["bars"]} <= set(scenario.observations)
    assert fitted_to(road) == "2023-12-31"
    table = bars(road)
    assert len(table) == len(rules["bars"])
    assert set(table["verdict"]) <= {"reached", "not reached"}
    assert list(sj.score(road).bars["value"]) == list(table["value"])


def test_a_planted_fault_misses_its_bars(road):
    seen = by_station(road)
    seen["usbp"]["simulated_count"] = seen["usbp"]["simulated_count"] * 3
    table = bars(road, seen).set_index(["station", "measure"])
    wrong = table.loc["usbp", "verdict"]
    assert wrong[MEASURES["log-rmse"][0]] == "not reached"
    assert wrong[MEASURES["error-of-fiscal-years"][0]] == "not reached"


def test_no_bars_where_none_are_laid_down(run):
    assert not len(bars(run)) and fitted_to(run) is None
    assert not len(sj.score(run, "2024-04").bars)


def test_a_what_if_has_no_bars():
    changed = sj.load("china-us", what_if="panama-open")
    assert scoring(changed.name) == {}


def test_a_station_is_missing_where_nothing_is_published(run):
    one = Station("seen", by_station(run)["seen"])
    assert list(one.between()) == [True] * 5 + [False]


def test_scores_can_be_read(road):
    text = str(sj.score(road))
    assert "usbp" in text and "reached" in text
