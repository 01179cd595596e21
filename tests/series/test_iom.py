"""Tables that IOM collects: swapped columns, a series repeated by error, missing values."""

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

PASSAGES = ("t", "geo", "nat", "n")
MONTHS = [f"2024-{m:02d}-01" for m in range(8, 13)] + ["2025-01-01", "2025-02-01", "2025-03-01"]


def read(path):
    return read_file(SourceFile(path))[1]


def irregular(twins, february, name="iom_irregular_entries.csv"):
    """Write a twin whose figure of Honduras in February 2025 is as said."""
    rows = [(m, "HND", "CHN", "100.0") for m in MONTHS] + [(m, "MEX", "CHN", "100.0") for m in MONTHS]
    rows[6] = ("2025-02-01", "HND", "CHN", february)
    return twins.write(name, PASSAGES, rows)


def test_country_and_nationality_of_the_exits_are_swapped(twins, store):
    rows = [
        ("2023-01-01", "CHN", "ECU", "5.0"),
        ("2023-01-01", "COL", "ECU", "8.0"),
        ("2023-01-01", "", "ECU", "2.0"),
    ]
    receipt = store.import_file(twins.write("iom_regular_exits.csv", PASSAGES, rows))
    assert series("ecuador-exits", nationality="CHN", store=store)["value"].tolist() == [5.0]
    assert series("ecuador-exits", nationality="OOO", store=store)["value"].tolist() == [2.0]
    assert "swapped" in receipt.dropped[0].reason


def test_exits_that_are_not_swapped_any_more_are_read_as_they_are(twins, store):
    rows = [("2023-01-01", "ECU", "CHN", "5.0"), ("2023-01-01", "ECU", "VEN", "8.0")]
    receipt = store.import_file(twins.write("iom_regular_exits.csv", PASSAGES, rows))
    assert series("ecuador-exits", nationality="CHN", store=store)["value"].tolist() == [5.0]
    assert receipt.dropped == ()


def test_columns_that_cannot_be_told_apart_are_refused(twins):
    rows = [("2023-01-01", "CHN", "VEN", "5.0")]
    with pytest.raises(DataError, match="D313"):
        read(twins.write("iom_regular_exits.csv", PASSAGES, rows))


def test_irregular_is_not_regular_and_a_name_must_tell(twins):
    rows = [("2023-01-01", "ECU", "CHN", "5.0")]
    names = {
        "irregular": "iom-irregular-entries",
        "regular_entries": "iom-regular-entries",
        "exits": "iom-regular-exits",
    }
    for word, measure in names.items():
        assert read(twins.write(f"iom_{word}.csv", PASSAGES, rows)).table["measure"][0].as_py() == measure
    with pytest.raises(DataError, match="D201"):
        read(twins.write("iom.csv", PASSAGES, rows))


def test_the_months_of_honduras_that_repeat_another_series_are_left_out(twins):
    found = read(irregular(twins, "190155.0"))
    assert found.table.num_rows == 15
    assert [(d.where[-11:], d.rows, d.value) for d in found.dropped] == [("HND 2025-02", 1, 190155.0)]


def test_a_corrected_release_of_those_months_is_read_whole(twins):
    found = read(irregular(twins, "90.0"))
    assert found.table.num_rows == 16
    assert found.dropped == ()


def test_a_row_without_a_value_is_listed(twins):
    rows = [("2023-01-01", "PAN", "CHN", "5.0"), ("2023-01-01", "PAN", "GUF", "")]
    found = read(twins.write("iom_irregular_entries.csv", PASSAGES, rows))
    assert [(d.rows, d.reason) for d in found.dropped] == [(1, "rows without a value")]


def test_deaths_are_a_lower_bound_by_route_and_cause(twins):
    header = ("month", "geo", "route", "cause", "dead_missing", "incidents")
    rows = [("2024-01", "PAN", "Central American Route", "Drowning,Violence", "3.0", "2")]
    table = read(twins.write("missing.csv", header, rows)).table.to_pylist()
    assert [(r["measure"], r["unit"], r["value"]) for r in table] == [
        ("iom-deaths", "death", 3.0),
        ("iom-incidents", "event", 2.0),
    ]
    assert {r["suppression"] for r in table} == {"at-least"}
    assert table[0]["category"] == "central-american-route/drowning-violence"
    assert table[0]["licence"] == "CC-BY-4.0"


def test_ecuador_in_2023_and_around_the_visa(shared, store):
    for name in ("iom_regular_entries.csv", "iom_regular_exits.csv"):
        store.import_file(shared / "data" / "transit" / name)
    ins = series("ecuador-entries", nationality="CHN", store=store).set_index("start")["value"]
    outs = series("ecuador-exits", nationality="CHN", store=store).set_index("start")["value"]
    assert ins["2023-01-01":"2023-12-31"].sum() == 48_381
    assert outs["2023-01-01":"2023-12-31"].sum() == 24_240
    assert (ins["2024-06-01"], ins["2024-07-01"]) == (3_173, 913)


def test_honduras_february_to_april_2025_are_the_only_months_left_out(shared, store):
    receipt = store.import_file(shared / "data" / "transit" / "iom_irregular_entries.csv")
    repeats = [d for d in receipt.dropped if "repeats" in d.reason]
    assert [d.where.split(", ")[1] for d in repeats] == ["HND 2025-02", "HND 2025-03", "HND 2025-04"]
    found = series("iom-irregular-entries", country="HND", nationality="CHN", store=store)
    assert found["start"].max().strftime("%Y-%m") == "2025-01"


def test_what_is_left_out_is_indeed_the_regular_series(shared, store):
    store.import_file(shared / "data" / "transit" / "iom_regular_entries.csv")
    regular = series("iom-regular-entries", country="HND", start="2025-02-01", end="2025-04-30", store=store)
    irregular_file = read(shared / "data" / "transit" / "iom_irregular_entries.csv")
    repeats = [d.value for d in irregular_file.dropped if "repeats" in d.reason]
    assert repeats == regular["value"].tolist()
