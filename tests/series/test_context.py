"""The context of departures: a gap and a new definition in youth unemployment, indexes, dated policies."""

import csv

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.context import POLICY_COLUMNS, read_policies
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

MACRO = ("month", "cpi_yoy_pct", "unemp_urban_pct", "unemp_youth_16_24_pct")
POLICY = ("2024-07-01", "day", "Ecuador", "Visa asked of Chinese nationals", "fewer entries", "a page", "high")


def read(path):
    return read_file(SourceFile(path))[1]


def macro(twins, **cells):
    rows = [[m, "1.5", "5.2", cells.get(m, "")] for m in ("2023-06-01", "2023-07-01", "2023-12-01", "2024-01-01")]
    return twins.write("macro.csv", MACRO, rows)


def test_the_gap_of_youth_unemployment_is_kept_and_the_definition_named(twins):
    path = macro(twins, **{"2023-06-01": "21.3", "2023-12-01": "14.9"})
    youth = [r for r in read(path).table.to_pylist() if r["measure"] == "china-youth-unemployment"]
    assert [(str(r["start"])[:7], r["value"], r["suppression"], r["category"]) for r in youth] == [
        ("2023-06", 21.3, "none", "all-of-ages-16-24"),
        ("2023-07", None, "not-available", "all-of-ages-16-24"),
        ("2023-12", 14.9, "none", "without-students"),
    ]


def test_two_definitions_are_not_made_one_series(twins, store):
    store.import_file(macro(twins, **{"2023-06-01": "21.3", "2023-12-01": "14.9"}))
    with pytest.raises(DataError, match="D606"):
        series("china-youth-unemployment", store=store)
    assert series("china-youth-unemployment", category="without-students", store=store)["value"].tolist() == [14.9]


def test_an_unknown_series_of_the_table_is_left_out_and_named(twins):
    path = twins.write("macro.csv", (*MACRO, "tea_yoy_pct"), [["2023-06-01", "1", "5", "20", "3"]])
    found = read(path)
    assert found.table.num_rows == 3
    assert "tea_yoy_pct" in found.dropped[-1].reason


def test_indexes_of_the_nation_only_and_days_without_a_value(twins):
    header = (
        "CountryCode",
        "CountryName",
        "RegionCode",
        "RegionName",
        "CityCode",
        "CityName",
        "Jurisdiction",
        "date",
        "value",
        "index",
    )
    nation, region = (
        ("CHN", "China", "", "", "", "", "NAT_TOTAL"),
        ("CHN", "China", "R", "R", "", "", "STATE_TOTAL"),
    )
    rows = [
        (*nation, "2022-11-01", "79.2", "Stringency"),
        (*nation, "2023-01-01", "", "Stringency"),
        (*region, "2022-11-01", "50", "Stringency"),
    ]
    found = read(twins.write("oxcgrt.csv", header, rows))
    assert [(r["period"], r["value"], r["category"]) for r in found.table.to_pylist()] == [
        ("day", 79.2, "stringency")
    ]
    assert [(d.rows, d.reason) for d in found.dropped] == [(1, "days without a value"), (1, "regions and cities")]


def test_policies_are_dated_cited_and_in_order(twins):
    later = ("2024-10-15", "day", "US/China", "Charter", "removal", "a release", "high")
    found = read_policies(
        twins.write("policies.csv", POLICY_COLUMNS, [later, POLICY, ("2022-08", "month", *POLICY[2:])])
    )
    assert [p["date"] for p in found] == ["2022-08", "2024-07-01", "2024-10-15"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("date", "2024-07-32", "D306"), ("date", "", "D303"), ("source", "", "D303"), ("confidence", "sure", "D309")],
)
def test_a_policy_without_date_source_or_confidence_is_refused(twins, column, value, code):
    row = list(POLICY)
    row[POLICY_COLUMNS.index(column)] = value
    with pytest.raises(DataError) as error:
        read_policies(twins.write("policies.csv", POLICY_COLUMNS, [row]))
    assert code in error.value.codes


def test_another_table_is_not_a_timeline(twins):
    with pytest.raises(DataError, match="D201"):
        read_policies(twins.write("other.csv", ("a", "b"), [("1", "2")]))


def test_the_real_youth_unemployment(shared, store):
    store.import_file(shared / "data/context/china_macro_monthly.csv")
    old = series("china-youth-unemployment", category="all-of-ages-16-24", store=store).set_index("start")
    new = series("china-youth-unemployment", category="without-students", store=store)
    gap = old[old["suppression"] == "not-available"]
    assert gap.index.strftime("%Y-%m").tolist() == [f"2023-{m:02d}" for m in range(7, 12)]
    assert old["value"]["2023-06-01"] == 21.3
    assert new["start"].min().strftime("%Y-%m") == "2023-12"


def test_the_real_stringency_ends_with_2022_and_agrees_with_the_monthly_means(shared, store):
    store.import_file(shared / "data/context/oxcgrt_china_daily.csv.gz")
    found = series("oxcgrt-index", category="stringency", aggregate="mean", period="month", store=store)
    assert found["start"].max().strftime("%Y-%m") == "2022-12"
    with (shared / "data/china_pipeline_monthly.csv").open(encoding="utf-8", newline="") as file:
        theirs = {
            r["month"]: float(r["CN_oxcgrt_stringency_mean"])
            for r in csv.DictReader(file)
            if r["CN_oxcgrt_stringency_mean"]
        }
    ours = dict(zip(found["start"].dt.strftime("%Y-%m-%d"), found["value"], strict=True))
    assert theirs
    assert all(abs(ours[month] - value) < 0.06 for month, value in theirs.items())


def test_the_real_timelines(shared):
    policies = read_policies(shared / "data/context/policy_timeline.csv")
    rules = read_policies(shared / "data/processing/legal_timeline.csv")
    assert (len(policies), len(rules)) == (30, 13)
    assert {p["date"] for p in policies} >= {"2024-07-01", "2023-05-12", "2025-01-20"}
    assert [r["end"] for r in rules if r["event"] == "Title 42"] == ["2023-05-11"]
