"""Removals: totals that add up, hidden cells, a last year that is not over, flights without a count."""

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

ANNUAL = ("citizenship", "FY2023", "FY2024")
MONTH = ("citizenship", "month", "removals", "suppressed")
DISPOSITION = ("citizenship", "fiscal_year", "processing_disposition_code", "removals", "suppressed")
FLIGHTS = ("date", "event", "passengers", "notes", "source", "confidence")


def read(path):
    return read_file(SourceFile(path))[1]


def test_the_total_row_is_checked_and_left_out(twins):
    rows = [("Total", "7", "9"), ("China, Peoples Republic of", "3", "4"), ("Türkiye", "4", "5")]
    found = read(twins.write("annual.csv", ANNUAL, rows))
    assert {(r["nationality"], r["value"]) for r in found.table.to_pylist()} == {
        ("CHN", 3),
        ("CHN", 4),
        ("TUR", 4),
        ("TUR", 5),
    }
    assert [c.holds for c in found.checks] == [True, True]
    rows[1] = ("China, Peoples Republic of", "3", "3")
    with pytest.raises(DataError, match="D402"):
        read(twins.write("annual.csv", ANNUAL, rows))


def test_hidden_cells_stay_hidden_and_must_be_empty(twins):
    rows = [("CHINA, PEOPLES REPUBLIC OF", "2016-10", "12", "0"), ("KOSOVO", "2016-10", "", "1")]
    found = read(twins.write("month.csv", MONTH, rows)).table.to_pylist()
    assert [(r["nationality"], r["value"], r["suppression"]) for r in found] == [
        ("CHN", 12.0, "none"),
        ("XKX", None, "suppressed"),
    ]
    for value, mark in (("", "0"), ("3", "1"), ("3", "x")):
        with pytest.raises(DataError, match=r"D312 at month\.csv, row 2, column suppressed"):
            read(twins.write("month.csv", MONTH, [("KOSOVO", "2016-10", value, mark)]))


def test_the_last_year_of_the_derived_tables_ends_in_august(twins):
    rows = [("CHINA, PEOPLES REPUBLIC OF", "2018", "7"), ("CHINA, PEOPLES REPUBLIC OF", "2019", "5")]
    found = read(twins.write("year.csv", ("citizenship", "fiscal_year", "removals"), rows)).table.to_pylist()
    assert [(str(r["end"]), r["suppression"]) for r in found] == [("2018-09-30", "none"), ("2019-08-31", "partial")]


def test_a_later_edition_of_the_derived_table_is_not_cut(twins):
    rows = [("CHINA, PEOPLES REPUBLIC OF", str(y), "7") for y in (2018, 2020)]
    found = read(twins.write("year.csv", ("citizenship", "fiscal_year", "removals"), rows))
    assert [str(r["end"]) for r in found.table.to_pylist()] == ["2018-09-30", "2020-09-30"]
    assert found.release == "2020-09"


def test_hidden_cells_of_the_year_not_over_are_listed(twins):
    rows = [("KOSOVO", "2019", "ER", "", "1"), ("KOSOVO", "2018", "ER", "", "1"), ("KOSOVO", "2019", "", "9", "0")]
    found = read(twins.write("disposition.csv", DISPOSITION, rows))
    assert [(r["category"], r["suppression"]) for r in found.table.to_pylist()] == [
        ("er", "suppressed"),
        ("not-recorded", "partial"),
    ]
    assert [d.rows for d in found.dropped] == [1]


def test_reports_of_one_agency_and_of_the_department_are_two_measures(twins):
    header = ("fiscal_year", "citizenship", "removals", "scope", "source", "confidence")
    rows = [
        ("2014", "China", "534", "ICE", "x", "high"),
        ("2014", "China", "591", "DHS (ICE+CBP) all removals", "x", "high"),
    ]
    found = read(twins.write("history.csv", header, rows)).table.to_pylist()
    assert {(r["measure"], r["value"]) for r in found} == {("ice-removals-history", 534), ("dhs-removals", 591)}


def test_a_flight_without_a_count_is_not_available(twins):
    rows = [("2024-06-29", "charter", "116", "weekend", "x", "high"), ("2024-12", "fourth", "", "", "x", "medium")]
    found = read(twins.write("flights.csv", FLIGHTS, rows)).table.to_pylist()
    assert [(r["period"], r["value"], r["suppression"]) for r in found] == [
        ("day", 116.0, "none"),
        ("month", None, "not-available"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("2024-06-31", "charter", "116", "", "x", "high"), "D306"),
        (("2024-06-29", "charter", "some", "", "x", "high"), "D301"),
        (("2024-06-29", "charter", "116", "", "x", "certain"), "D309"),
        (("2024-06-29", "charter", "-1", "", "x", "high"), "D302"),
    ],
)
def test_bad_flights_are_refused(twins, row, code):
    with pytest.raises(DataError) as error:
        read(twins.write("flights.csv", FLIGHTS, [row]))
    assert error.value.codes == (code,)


def test_countries_named_without_a_number_are_listed(twins):
    header = ("date", "status", "number", "countries", "source", "confidence")
    rows = [
        ("2020-07", "recalcitrant", "13", "", "x", "high"),
        ("2018", "visa sanction", "", "Laos", "x", "medium"),
    ]
    found = read(twins.write("cooperation.csv", header, rows))
    assert [(r["category"], r["value"]) for r in found.table.to_pylist()] == [("recalcitrant", 13.0)]
    assert [d.rows for d in found.dropped] == [1]


def test_chinese_removals_by_year(shared, store):
    store.import_file(shared / "data/processing/ice_annual_report/removals_by_citizenship_fy2019_2024.csv")
    found = series("ice-removals", nationality="CHN", store=store)
    assert found["value"].tolist() == [637, 337, 138, 127, 288, 517]
    assert series("ice-removals", store=store)["value"].tolist() == [
        267_258,
        185_884,
        59_011,
        72_177,
        142_580,
        271_484,
    ]


def test_two_releases_of_fy2019_are_apart(shared, store):
    store.import_file(shared / "data/processing/ice_annual_report/removals_by_citizenship_fy2019_2024.csv")
    store.import_file(shared / "data/processing/ice_removals_uwchr/removals_by_citizenship_fy.csv")
    each = series(
        "ice-removals", nationality="CHN", release="each", start="2018-10-01", end="2019-09-30", store=store
    )
    assert dict(zip(each["release"], each["suppression"], strict=True)) == {"2019-08": "partial", "2024-09": "none"}


def test_charters_and_final_orders(shared, store):
    folder = shared / "data" / "processing"
    store.import_file(folder / "china_removal_flights.csv")
    store.import_file(folder / "final_orders_nondetained_by_country.csv")
    seats = series("removal-flight-passengers", store=store).set_index("start")["value"]
    assert [seats[d] for d in ("2024-06-29", "2024-10-15", "2024-11-16")] == [116, 131, 109]
    orders = series("ice-final-orders", nationality="CHN", period="day", store=store).set_index("start")["value"]
    assert orders["2024-11-24"] == 37_908
