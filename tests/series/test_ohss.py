"""Workbooks of OHSS: rounding, cells without a figure, sheets known by layout, partial years, formulas."""

import csv
import gzip
import zipfile

import numpy as np
import openpyxl
import pyarrow.compute as pc
import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import find_importer, read_file
from sojourn.series.importers.source_file import SourceFile

MONTHS = ("October", "November", "December", "January", "February", "March")
TITLE = "Credible Fear by Result: Fiscal Years 2023 to 2024 YTD (March 2024)"
SUMMER = ("April", "May", "June", "July", "August", "September")
OUTCOMES = ("Total Encounters", "T8 repatriations1", "T42 expulsions2", "USBP Releases6")


def book(folder, sheets, name="monthly.xlsx"):
    """Write a workbook of sheets, each a list of rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    path = folder / name
    made.save(path)
    return path


def fear(year_total=None, title=TITLE, cell=None):
    """Return the rows of a sheet of one table: a whole year of six months would not do, so years to date."""
    rows = [["Return"], [title], ["Fiscal Year", "Month", "Total", "Positive Fear", "Negative Fear"]]
    rows.append(["2024 YTD", "Total", year_total or 60, 40, 20])
    rows += [[None, m, 10, 10, cell if cell is not None and m == "March" else 0] for m in MONTHS]
    rows += [["X Not applicable."], ["Notes: cells are rounded to the nearest ten."]]
    return rows


def outcomes():
    """Return a sheet with groups over its columns: China and Others by outcome, some not applicable."""
    rows = [
        ["Return"],
        ["Book-Outs (March 2024)"],
        [None, None, "China, People's Republic", None, None, None, "Others"],
    ]
    rows.append(["Fiscal Year", "Month", *OUTCOMES, *OUTCOMES])
    rows.append(["2024 YTD", "Total", 120, 30, "X", 90, 60, 60, "X", 0])
    rows += [[None, m, 20, "NA" if m == "March" else 0, "X", 10, 10, 10, "X", 0] for m in MONTHS]
    return rows


def others(title="(March 2024)"):
    """Return two more known sheets, so that the workbook is known as the Monthly Tables."""
    head = [["Return"], [f"Arrests {title}"], ["Fiscal Year", "Month", "Total", "CBP", "ICE"]]
    return {
        n: [*head, [2023, "Total", 0, 0, 0]]
        for n in ("ICE Book-Ins by Arrest Agency", "DHS Removals by Arrest Agcy")
    }


def monthly(folder, **changes):
    sheets = {"SWB CF Completed by Result": fear(), "CBP SWB Book-Outs by Citp": outcomes(), **others()}
    return book(folder, {**sheets, **changes})


def read(path):
    return read_file(SourceFile(path))[1]


def test_months_hang_under_their_fiscal_year_and_every_cell_is_rounded(tmp_path):
    found = read(monthly(tmp_path)).table.to_pylist()
    fears = [r for r in found if r["measure"] == "ohss-fear-results" and r["category"] == "positive"]
    assert [str(r["start"])[:7] for r in fears if r["period"] == "month"] == [
        "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03",
    ]  # fmt: skip
    assert {r["rounding"] for r in found} == {10}
    assert {r["release"] for r in found} == {"2024-03"}


def test_a_year_to_date_is_partial_and_ends_with_its_last_month(tmp_path):
    year = [
        r for r in read(monthly(tmp_path)).table.to_pylist() if r["period"] == "fiscal-year" and r["value"] == 120
    ]
    assert [(str(r["end"]), r["suppression"]) for r in year] == [("2024-03-31", "partial")]


def test_x_is_left_out_and_na_is_not_available(tmp_path):
    found = read(monthly(tmp_path))
    rows = [r for r in found.table.to_pylist() if r["measure"] == "ohss-book-outs"]
    assert not [r for r in rows if r["category"] == "title-42-expulsion"]
    missing = [r for r in rows if r["suppression"] == "not-available"]
    assert [(r["category"], r["nationality"], str(r["start"])) for r in missing] == [
        ("repatriation", "CHN", "2024-03-01")
    ]
    assert [d.rows for d in found.dropped if "X" in d.reason] == [14]


def test_groups_reach_over_the_columns_to_their_right(tmp_path):
    rows = [r for r in read(monthly(tmp_path)).table.to_pylist() if r["measure"] == "ohss-book-outs"]
    october = {
        (r["nationality"], r["category"]): r["value"]
        for r in rows
        if str(r["start"]) == "2023-10-01" and r["period"] == "month"
    }
    assert october["CHN", "usbp-release"] == 10
    assert october["OOO", "all"] == 10


def test_a_sheet_that_is_not_known_is_listed(tmp_path):
    found = read(monthly(tmp_path, Extra=[["a", "b"]]))
    assert any("sheet Extra" in d.where for d in found.dropped)


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        (
            {"SWB CF Completed by Result": fear(cell="many")},
            "D301",
            "sheet SWB CF Completed by Result, row 10, column 5",
        ),
        ({"SWB CF Completed by Result": fear(cell=7)}, "D314", ""),
        ({"SWB CF Completed by Result": fear(cell=-10)}, "D302", ""),
        ({"SWB CF Completed by Result": fear(year_total=200)}, "D402", ""),
        ({"SWB CF Completed by Result": fear(title="Fear (May 2024)")}, "D404", ""),
        ({"CBP SWB Book-Outs by Citp": [["no header"]] * 12}, "D202", "sheet CBP SWB Book-Outs by Citp"),
    ],
)
def test_bad_sheets_are_refused(tmp_path, changes, code, where):
    with pytest.raises(DataError) as error:
        read(monthly(tmp_path, **changes))
    assert code in error.value.codes
    assert where in str(error.value)


def test_an_unknown_heading_and_an_unknown_nationality_are_named(tmp_path):
    sheet = outcomes()
    sheet[2][2], sheet[3][3] = "Atlantis", "Elopements"
    with pytest.raises(DataError) as error:
        read(monthly(tmp_path, **{"CBP SWB Book-Outs by Citp": sheet}))
    assert {(p.code, p.found) for p in error.value.problems} == {("D305", "Atlantis"), ("D304", "Elopements")}


def test_a_formula_is_never_read(tmp_path):
    with pytest.raises(DataError) as error:
        read(monthly(tmp_path, **{"SWB CF Completed by Result": fear(cell="=1+1")}))
    assert error.value.codes == ("D112",)


def test_the_same_figure_twice_with_two_values_is_refused(tmp_path):
    totals = [["Return"], ["x (March 2024)"], ["Fiscal Year", "Month", "Total", "China, People's Republic"]]
    by_nation = [*totals, ["2024 YTD", "Total", 60, 20], *([None, m, 10, 0] for m in MONTHS)]
    same = {"Nationwide USBP": by_nation, "SWB USBP": by_nation}
    agency = [
        ["R"],
        ["x (March 2024)"],
        [None, None, "Total CBP", "USBP"],
        ["Fiscal Year", "Month", "Total", "Total"],
    ]
    agency += [["2024 YTD", "Total", 80, 70], *([None, m, 10, 10] for m in MONTHS)]
    with pytest.raises(DataError) as error:
        read(monthly(tmp_path, **same, **{"SWB Encounters by Family Status": agency}))
    assert error.value.codes == ("D401",)
    assert "60 and 70" in str(error.value)


KHSM = {
    "Annual Count": [["Fiscal\nYear", "Quantity"], [2024, 240], [2025, 30]],
    "Monthly Count": [["Fiscal\nYear", "Month", "Quantity"]]
    + [[2024, f"{i:02d} {m}", 20] for i, m in enumerate((*MONTHS, *SUMMER), 1)]
    + [[2025, "01 October", 20], [2025, "02 November", 10]],
    "Annual Citizenship": [["Fiscal\nYear", "Citizenship", "Quantity"], [2024, "Kosovo", 10]],
    "Monthly Citizenship": [
        ["Fiscal\nYear", "Month", "Citizenship", "Quantity"],
        [2024, "01 October", "Kosovo", 10],
    ],
    "Monthly Region": [["Fiscal\nYear", "Month", "Region", "Quantity"], [2024, "01 October", "Coastal Border", 10]],
    "Monthly Sector": [["Fiscal\nYear", "Month", "Sector", "Quantity"], [2024, "01 October", "San Diego, CA", 10]],
    "Monthly Rgn and Sector": [
        ["Fiscal\nYear", "Month", "Region", "Sector", "Quantity"],
        [2024, "01 October", "Southwest Land Border", "San Diego, CA", 10],
    ],
}  # fmt: skip


def test_the_key_metrics_end_in_a_year_that_is_not_over(tmp_path):
    found = read(book(tmp_path, KHSM, "khsm_2025m01.xlsx"))
    years = [r for r in found.table.to_pylist() if r["period"] == "fiscal-year" and r["nationality"] == "all"]
    assert [(str(r["end"]), r["suppression"]) for r in years] == [("2024-09-30", "none"), ("2024-11-30", "partial")]
    assert found.release == "2024-11", "by its content, whatever the file is called"
    assert [r["nationality"] for r in found.table.to_pylist() if r["name"]] == ["XKX", "XKX"]


def test_a_sector_stands_under_its_region_and_is_read_once(tmp_path):
    found = read(book(tmp_path, KHSM, "khsm_2025m01.xlsx"))
    places = [r["place"] for r in found.table.to_pylist() if "sector" in r["place"]]
    assert places == ["southwest/san-diego-sector"]
    assert any("Monthly Sector" in d.where for d in found.dropped)


def test_key_metrics_whose_months_do_not_make_the_year_are_refused(tmp_path):
    wrong = {**KHSM, "Annual Count": [["Fiscal\nYear", "Quantity"], [2024, 900]]}
    with pytest.raises(DataError, match="D402"):
        read(book(tmp_path, wrong, "khsm_2025m01.xlsx"))


def test_a_workbook_that_is_cut_off_is_refused(tmp_path):
    path = monthly(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="D105"):
        find_importer(SourceFile(path))


def test_a_workbook_with_a_cell_of_the_wrong_kind_is_no_crash(tmp_path):
    path = monthly(tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<v>60</v>", b"<v>sixty</v>", 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(DataError):
        read(path)


@pytest.fixture(scope="module")
def real_monthly(shared):
    return read(shared / "data" / "processing" / "ohss_monthly_tables_august_2024.xlsx")


def of(found, measure):
    """Return the rows of one measure."""
    return found.table.filter(pc.equal(found.table["measure"].cast("string"), measure)).to_pylist()


def test_chinese_book_outs_of_fy2023_and_eleven_months_of_fy2024(real_monthly):
    rows = of(real_monthly, "ohss-book-outs")
    china = {
        (r["start"].year + 1, r["category"]): r["value"]
        for r in rows
        if r["nationality"] == "CHN" and r["period"] == "fiscal-year"
    }
    assert china[2023, "all"] == 24_320
    assert (china[2023, "usbp-release"], china[2023, "transfer-to-ice"], china[2023, "repatriation"]) == (
        16_680,
        7_380,
        110,
    )
    assert (china[2024, "all"], china[2024, "usbp-release"]) == (36_920, 34_700)


def test_all_tables_are_known_and_the_checks_of_years_were_made(real_monthly):
    assert [d.where for d in real_monthly.dropped if "not a table" in d.reason] == [
        "ohss_monthly_tables_august_2024.xlsx, sheet TOC"
    ]
    assert len(real_monthly.checks) == 34
    assert real_monthly.release == "2024-08"


def test_the_workbook_says_what_its_long_copy_says(real_monthly, shared):
    """An independent transcription of the same tables, read without this package."""
    path = shared / "data" / "processing" / "ohss_monthly_aug2024_long.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [
            r for r in csv.DictReader(file) if r["table"] == "SWB CF Completed by Result" and r["month"] != "Total"
        ]
    theirs = sorted(
        (r["date"] + "-01", r["column"].split()[0].lower(), float(r["value"]))
        for r in rows
        if r["column"] != "Total"
    )
    ours = sorted(
        (str(r["start"]), r["category"].split("-")[0], r["value"])
        for r in of(real_monthly, "ohss-fear-results")
        if r["place"] == "southwest" and r["period"] == "month" and r["category"] != "all"
    )
    assert ours == theirs


def test_monthly_book_outs_agree_with_the_copy_by_citizenship(real_monthly, shared):
    path = shared / "data" / "processing" / "ohss_swb_bookouts_by_citizenship_monthly.csv"
    with path.open(encoding="utf-8", newline="") as file:
        theirs = {
            r["date"]: float(r["USBP Releases"])
            for r in csv.DictReader(file)
            if r["citizenship"].startswith("China")
        }
    ours = {
        str(r["start"])[:7]: r["value"]
        for r in of(real_monthly, "ohss-book-outs")
        if r["nationality"] == "CHN" and r["category"] == "usbp-release" and r["period"] == "month"
    }
    assert ours == theirs


def test_border_patrol_since_october_1999(shared, store):
    store.import_file(shared / "data" / "encounters" / "ohss_khsm_usbp_encounters_fy2000_2025m02.xlsx")
    months = series("ohss-usbp-encounters", nationality="CHN", store=store)
    assert months["start"].min().strftime("%Y-%m") == "1999-10"
    assert months["start"].max().strftime("%Y-%m") == "2024-11"
    assert not np.mod(months["value"], 10).any()
    years = series("ohss-usbp-encounters", period="fiscal-year", store=store).set_index("start")["value"]
    assert years["2022-10-01"] == 2_063_690
