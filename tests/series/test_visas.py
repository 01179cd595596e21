"""Visas: totals among the rows, spellings of classes and nationalities, a month that is not whole."""

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

MONTHLY = ("date", "nationality", "visa_class", "issuances", "source")
YEARLY = ("fiscal_year", "nationality", "visa_class", "issuances")
CHINA = "China - mainland"


def read(path):
    return read_file(SourceFile(path))[1]


def test_grand_totals_are_checked_and_left_out(twins):
    rows = [("2019-04-01", CHINA, "B1/B2", "60.0", "x"), ("2019-04-01", "**Eswatini", "H2B", "39.9", "x")]
    rows[1] = ("2019-04-01", "**Eswatini", "H2B", "40.0", "x")
    found = read(twins.write("niv.csv", MONTHLY, [*rows, ("2019-04-01", "Grand Total", "", "100.0", "x")]))
    assert [(r["nationality"], r["category"]) for r in found.table.to_pylist()] == [
        ("CHN", "b1-b2"),
        ("SWZ", "h2b"),
    ]
    with pytest.raises(DataError, match="D402"):
        read(twins.write("niv.csv", MONTHLY, [*rows, ("2019-04-01", "GRAND TOTAL", "", "150.0", "x")]))


def test_a_total_that_is_off_by_little_is_noted(twins):
    rows = [("2019-04-01", CHINA, "B1/B2", "1000.0", "x"), ("2019-04-01", "Grand Total", "", "998.0", "x")]
    found = read(twins.write("niv.csv", MONTHLY, rows))
    assert [(d.where, d.value) for d in found.dropped if "differs" in d.reason] == [("2019-04", 2.0)]


def test_spellings_become_one_and_add_up(twins):
    rows = [(*m, "x") for m in (
        ("2019-04-01", "*Non-nationality based issuances", "A1", "1.0"),
        ("2019-04-01", "*Non-Nationlity Based Issuances", "A-1", "2.0"),
        ("2019-04-01", "Hong Kong S.A.R.", "F1", "3.0"),
        ("2019-04-01", "British National Overseas (Hong Kong) Passport", "F1", "4.0"),
    )]  # fmt: skip
    found = read(twins.write("niv.csv", MONTHLY, rows))
    values = {(r["nationality"], r["name"]): r["value"] for r in found.table.to_pylist()}
    assert values["OOO", "Other"] == 3.0
    assert sum(v for (code, _), v in values.items() if code == "HKG") == 7.0
    assert found.dropped[1].rows == 1


def test_a_month_of_some_nationalities_only_is_noted(twins):
    rows = [("2019-05-01", "Ecuador", "B1/B2", "5.0", "someone (LAC nationalities only for 2019-05)")]
    found = read(twins.write("niv.csv", MONTHLY, rows))
    assert "LAC nationalities only" in found.dropped[-1].reason


def test_totals_of_regions_and_classes_are_not_nationalities(twins):
    rows = [
        ("2015", CHINA, "B-1,2", "9.0"),
        ("2015", CHINA, "Total Visas", "9.0"),
        ("2015", "Totals for Asia", "B-1,2", "9.0"),
    ]
    rows += [("2015", "Grand Totals", "B-1,2", "9.0"), ("2015", CHINA, "F-1", "0.0")]
    found = read(twins.write("niv_fy.csv", YEARLY, rows))
    assert [(r["nationality"], r["category"], r["value"]) for r in found.table.to_pylist()] == [
        ("CHN", "b1-b2", 9.0)
    ]
    assert [d.rows for d in found.dropped] == [3, 1]
    rows[3] = ("2015", "Grand Totals", "B-1,2", "10.0")
    with pytest.raises(DataError, match="D402"):
        read(twins.write("niv_fy.csv", YEARLY, rows))


def test_a_fraction_of_a_visa_is_refused_but_for_the_known_one(twins):
    rows = [("2015", "Georgia", "M-2", "0.24"), ("2015", CHINA, "B-1,2", "9.0")]
    assert read(twins.write("niv_fy.csv", YEARLY, rows)).table.num_rows == 1
    with pytest.raises(DataError, match="D302"):
        read(twins.write("niv_fy.csv", YEARLY, [("2016", "Georgia", "M-2", "0.24")]))


def test_visitor_visas_for_china(shared, store):
    store.import_file(shared / "data/visas/niv_issuances_by_fy.csv.gz")
    found = series("visas-issued-yearly", nationality="CHN", category="b1-b2", store=store).set_index("start")[
        "value"
    ]
    years = {2015: 2_227_670, 2021: 2_028, 2022: 68_869, 2023: 267_027}
    assert {y: found[f"{y - 1}-10-01"] for y in years} == years


def test_may_2019_has_latin_america_only(shared, store):
    receipt = store.import_file(shared / "data/visas/niv_issuances_monthly.csv.gz")
    assert any(d.where.endswith("2019-05") and "only" in d.reason for d in receipt.dropped)
    found = series("visas-issued", nationality="CHN", category="b1-b2", store=store)
    assert "2019-05" not in set(found["start"].dt.strftime("%Y-%m"))
    assert "2019-06" in set(found["start"].dt.strftime("%Y-%m"))
