"""Immigration courts: two releases that count differently and never mix, and TRAC as another concept."""

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

LEDGER = (
    "fiscal_year",
    "period",
    "vintage",
    "pending_end",
    "receipts_new_cases",
    "completions",
    "motions_to_reopen_etc",
    "pending_definition",
    "source",
    "confidence",
)
OLD = "EOIR PDF, data generated 2021-04-19"
NEW = "EOIR PDF, generated 2025-07-31/2025-11-18"


def ledger(twins, change=None):
    """Write a ledger of two releases that overlap in FY2020; ``change`` alters one cell."""
    rows = [
        ["2020", "FY", "2021", "1000", "300", "200", "", "active", OLD, "high"],
        ["2021", "FY2021 through Q2 (31 Mar 2021)", "2021", "1050", "90", "40", "", "active", OLD, "high"],
        ["2019", "FY", "2025", "1300", "290", "180", "5", "active+inactive", NEW, "medium"],
        ["2020", "FY", "2025", "1410", "301", "201", "10", "active+inactive", NEW, "medium"],
    ]
    if change:
        row, column, value = change
        rows[row][LEDGER.index(column)] = value
    return twins.write("eoir_ledger.csv", LEDGER, rows)


def test_the_two_releases_are_apart_and_say_what_they_count(twins, store):
    store.import_file(ledger(twins))
    old = series("eoir-pending", release="2021-04-19", by="category", store=store)
    new = series("eoir-pending", release="2025-11-18", by="category", store=store)
    assert old[["category", "value"]].to_numpy().tolist() == [["active", 1000.0], ["active", 1050.0]]
    assert new[["category", "value"]].to_numpy().tolist() == [
        ["active-and-inactive", 1300.0],
        ["active-and-inactive", 1410.0],
    ]
    assert series("eoir-completions", store=store)["value"].tolist() == [180.0, 201.0]


def test_adding_up_two_releases_is_refused(twins, store):
    store.import_file(ledger(twins))
    each = series("eoir-new-cases", release="each", period="fiscal-year", store=store)
    assert set(each["release"]) == {"2021-04-19", "2025-11-18"}
    with pytest.raises(DataError) as error:
        series("eoir-new-cases", release=["2021-04-19", "2025-11-18"], store=store)
    assert error.value.codes == ("D604",)


def test_a_year_that_is_not_over_is_partial(twins):
    rows = read_file(SourceFile(ledger(twins)))[1].table.to_pylist()
    part = [r for r in rows if r["measure"] == "eoir-new-cases" and r["suppression"] == "partial"]
    assert [(str(r["start"]), str(r["end"]), r["value"]) for r in part] == [("2020-10-01", "2021-03-31", 90.0)]
    stock = [r for r in rows if r["measure"] == "eoir-pending" and str(r["start"]) == "2021-03-31"]
    assert [(r["period"], r["suppression"]) for r in stock] == [("day", "none")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((3, "pending_end", "2410"), "D402"),
        ((1, "pending_definition", "active+inactive"), "D313"),
        ((0, "pending_definition", "whatever"), "D304"),
        ((0, "fiscal_year", "20"), "D306"),
        ((1, "period", "FY2020 through Q2 (31 Mar 2021)"), "D306"),
        ((0, "confidence", "certain"), "D309"),
        ((0, "completions", "2 hundred"), "D301"),
        ((0, "completions", "-5"), "D302"),
    ],
)
def test_bad_ledgers_are_refused(twins, change, code):
    with pytest.raises(DataError) as error:
        read_file(SourceFile(ledger(twins, change)))
    assert code in error.value.codes


def test_completions_per_judge_are_recomputed(twins):
    header = ("fiscal_year", "completions", "judges_used", "completions_per_judge", "source", "confidence")
    good = [["2024", "7000", "10", "700", "x", "low"]]
    found = read_file(SourceFile(twins.write("per_judge.csv", header, good)))[1]
    assert found.table["suppression"][0].as_py() == "approximate"
    with pytest.raises(DataError, match="D402"):
        read_file(SourceFile(twins.write("per_judge.csv", header, [["2024", "7000", "10", "900", "x", "low"]])))


def test_the_real_ledger(shared, store):
    receipt = store.import_file(shared / "data" / "processing" / "eoir_ledger.csv")
    assert all(check.holds for check in receipt.checks)
    assert len(receipt.checks) == 7
    new = {
        n: series(n, release="2025-11-18", store=store).set_index("end")["value"]
        for n in ("eoir-new-cases", "eoir-completions", "eoir-pending")
    }
    end = "2024-09-30"
    assert (new["eoir-pending"][end], new["eoir-new-cases"][end], new["eoir-completions"][end]) == (
        3_884_956,
        1_783_915,
        704_514,
    )
    old = series("eoir-pending", release="2021-04-19", store=store).set_index("end")["value"]
    assert (old["2020-09-30"], new["eoir-pending"]["2020-09-30"]) == (1_258_882, 1_504_246)


def test_trac_is_another_concept_with_measures_of_its_own(shared, store):
    for name in ("eoir_ledger.csv", "trac_court_series.csv"):
        store.import_file(shared / "data" / "processing" / name)
    trac = series("trac-completions", period="fiscal-year", category="by-report-677-or-703", store=store).set_index(
        "start"
    )["value"]
    eoir = series("eoir-completions", store=store).set_index("start")["value"]
    assert trac["2018-10-01"] == 276_097
    assert eoir["2018-10-01"] == 277_075


def test_judges_on_board_are_a_stock_by_day(shared, store):
    store.import_file(shared / "data" / "processing" / "immigration_judges.csv")
    judges = series("eoir-judges", store=store).set_index("start")
    assert judges["value"]["2023-09-30"] == 734
    assert judges["value"]["2021-10-01"] == 559
    assert judges["suppression"]["2025-07-31"] == "approximate"
    assert judges["confidence"]["2025-07-31"] == "low"
