"""ICE detention statistics: issues that misdate their data, and stocks that are not added up."""

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

REMOVALS = ("removals", "fiscal_year", "file_date", "pull_date")
DETAINED = ("disposition", "fsc_frc", "adult", "total", "fiscal_year", "file_date", "pull_date")


def read(path):
    return read_file(SourceFile(path))[1]


def removals(twins, *rows):
    return twins.write("removals.csv", REMOVALS, rows)


def test_removals_to_date_are_spans_from_the_first_of_october(twins):
    found = read(
        removals(twins, ("100", "2024", "2024-03-05", "2024-03-01"), ("90", "2024", "2024-02-20", "2024-02-16"))
    )
    assert [(str(r["start"]), str(r["end"]), r["value"]) for r in found.table.to_pylist()] == [
        ("2023-10-01", "2024-03-01", 100.0),
        ("2023-10-01", "2024-02-16", 90.0),
    ]


@pytest.mark.parametrize(
    ("rows", "kept", "reason"),
    [
        ([("70", "2024", "2024-09-01", "2024-02-01")], [100.0], "published before, or long after"),
        ([("70", "2023", "2024-02-05", "2024-02-01")], [100.0], "published before, or long after"),
        ([("70", "2024", "2024-01-20", "2024-02-01")], [100.0], "published before, or long after"),
        (
            [("70", "2024", "2024-02-05", "2024-02-01"), ("80", "2024", "2024-02-06", "2024-02-01")],
            [100.0],
            "other figures",
        ),
        (
            [("70", "2024", "2024-02-05", "2024-02-01"), ("70", "2024", "2024-02-06", "2024-02-01")],
            [100.0, 70.0],
            "repeats",
        ),
        ([("170", "2024", "2024-02-05", "2024-02-01")], [100.0], "fewer removals"),
    ],
)
def test_issues_that_cannot_be_dated_are_left_out_and_listed(twins, rows, kept, reason):
    found = read(removals(twins, ("100", "2024", "2024-03-05", "2024-03-01"), *rows))
    assert [r["value"] for r in found.table.to_pylist()] == kept
    assert reason in " ".join(d.reason for d in found.dropped)


def test_a_date_that_is_not_one_is_refused(twins):
    with pytest.raises(DataError, match="D306"):
        read(removals(twins, ("100", "2024", "soon", "2024-03-01")))


def test_people_detained_are_a_stock(twins, store):
    rows = [
        ("Total", "1", str(n), "", "2024", f"2024-03-{d:02d}", f"2024-03-{d:02d}") for d, n in ((1, 10), (15, 20))
    ]
    store.import_file(twins.write("detained.csv", DETAINED, rows))
    assert series("ice-detained", store=store)["value"].tolist() == [11.0, 21.0]
    with pytest.raises(DataError, match="D606"):
        series("ice-detained", period="month", store=store)
    assert series("ice-detained", period="month", aggregate="last", store=store)["value"].tolist() == [21.0]


def test_reasons_and_criminality_make_one_path(twins):
    header = (
        "release_reason",
        "criminality",
        "month",
        "date",
        "n_book_outs",
        "n_book_outs_ytd",
        "fiscal_year",
        "file_date",
        "pull_date",
    )
    issue = ("2024", "2024-12-31", "2024-10-07")
    rows = [
        (r, c, "Oct", "2023-10-01", "5.0", "9", *issue)
        for r, c in (("Paroled", "Total"), ("Paroled", "Convicted Criminal"), ("Total", ""))
    ]
    found = read(twins.write("book_outs.csv", header, rows)).table.to_pylist()
    assert [r["category"] for r in found] == ["paroled", "paroled/convicted", "all"]


def test_averages_of_people_become_whole_and_say_so(twins):
    header = ("agency", "month", "date", "adp", "adp_fy_ytd", "fiscal_year", "file_date", "pull_date")
    rows = [("Average", "Oct", "2018-10-01", "45584.03", "1", "2019", "2019-12-31", "2019-10-07")]
    found = read(twins.write("adp.csv", header, rows))
    assert found.table["value"].to_pylist() == [45584.0]
    assert "rounded" in found.dropped[0].reason


def test_the_real_book_ins_make_the_year_that_was_published(shared, store):
    folder = shared / "data/processing/ice_detention/latest_vintage"
    store.import_file(folder / "book-ins-by-arresting-agency.csv")
    for component, people in (("all", 510_854), ("CBP", 373_770), ("ICE", 137_084)):
        years = series("ice-book-ins", component=component, period="fiscal-year", store=store)
        assert years.set_index("start")["value"]["2018-10-01"] == people


def test_the_real_removals_to_date_rise_within_each_year(shared):
    table = read(shared / "data/processing/ice_detention/removals.csv").table.to_pylist()
    for year in {r["start"] for r in table}:
        counts = [r["value"] for r in sorted(table, key=lambda r: r["end"]) if r["start"] == year]
        assert counts == sorted(counts)
    assert max(r["value"] for r in table if str(r["start"]) == "2023-10-01") <= 271_484
