"""Frontex, Eurostat and the Home Office: published totals, forms of a table, what must not be counted twice."""

import csv
import gzip
import json

import pytest

from sojourn.series import DataError, series, verify
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

# Totals of Frontex and Eurostat as the catalogue of the shared files states them.
DETECTIONS = {2015: 1_822_102, 2023: 381_319, 2024: 240_021}


def read(path):
    return read_file(SourceFile(path))[1]


def rows(path):
    return read(path).table.to_pylist()


def reasons(found):
    return " | ".join(d.reason for d in found.dropped)


@pytest.fixture
def put(tmp_path):
    """Return what writes a file by its name and text, and returns its path."""

    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_frontex_totals_are_those_published(shared, store):
    store.import_file(shared / "data/europe/frontex_detections_monthly.csv.gz")
    found = series("frontex-detections", period="calendar-year", store=store).set_index("start")["value"]
    assert {y: found.loc[f"{y}-01-01"] for y in DETECTIONS} == DETECTIONS
    assert all(check.holds for check in verify("detections", store=store))


def test_the_workbook_of_frontex_is_dated_by_its_notes_and_its_links_are_not_followed(shared, store):
    receipt = store.import_file(shared / "data/samples/frontex-detections-2020-07-07.xlsx")
    assert [e.release for e in receipt.added] == ["2020-07-07"]
    found = series("frontex-detections", period="calendar-year", store=store).set_index("start")["value"]
    assert found.loc["2015-01-01"] == 1_822_177  # of the columns JAN2015 to DEC2015 in the workbook itself
    routes = series(
        "frontex-detections", category=["eastern-mediterranean-route", "western-balkan-route"],
        start="2015", end="2015", period="calendar-year", by="category", store=store,
    )  # fmt: skip
    assert routes.loc[routes["category"].str.startswith("eastern"), "value"].sum() == 885_386


def test_germany_in_2015_and_no_sum_of_countries_among_its_members(shared, store):
    store.import_file(shared / "data/europe/eurostat_asylum_applicants_yearly.csv.gz")
    found = series("eurostat-asylum-applicants", country="DEU", period="calendar-year", store=store)
    assert found.set_index("start").loc["2015-01-01", "value"] == 476_560
    assert all(check.holds for check in verify("asylum applicants", store=store))
    countries = series("eurostat-asylum-applicants", start="2015", end="2015", by="country", store=store)
    expected = {}
    with gzip.open(shared / "data/europe/eurostat_asylum_applicants_yearly.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["t"] == "2015" and row["geo"] != "EU27":
                expected[row["geo"]] = expected.get(row["geo"], 0) + int(row["n"])
    assert dict(zip(countries["country"], countries["value"], strict=True)) == expected


def test_months_as_people_reshape_them_do_not_say_which_applicants(shared, store):
    receipt = store.import_file(shared / "data/samples/eurostat-migr_asyappctzm.csv")
    assert "does not say whether applicants are first-time" in " ".join(d.reason for d in receipt.dropped)
    year = series("eurostat-asylum-applicants-monthly", country="DEU", period="calendar-year", store=store)
    assert year["value"].tolist() == [476_480]  # 476,510 in the yearly table: each nationality and month is rounded
    assert (
        series("eurostat-asylum-applicants-monthly", component="not-stated", country="DEU", store=store).shape[0]
        == 12
    )
    with pytest.raises(DataError, match="D602"):
        series("eurostat-asylum-applicants-monthly", component="first-time", country="DEU", store=store)


TSV = """freq,unit,citizen,sex,applicant,age,geo\\TIME_PERIOD\t2015 \t2016 
A,PER,AF,T,ASY_APP,TOTAL,DE\t31380 \t127010 b
A,PER,AF,T,ASY_APP,TOTAL,EU27_2020\t178230 \t: 
A,PER,TOTAL,T,ASY_APP,TOTAL,EL\t: c\t51110 p
"""  # noqa: W291 - Eurostat writes these spaces
SDMX = """DATAFLOW,LAST UPDATE,freq,unit,citizen,sex,applicant,age,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG
ESTAT:MIGR_ASYAPPCTZA(1.0),12/11/25 11:00:00,A,PER,AF,T,ASY_APP,TOTAL,DE,2015,31380,
ESTAT:MIGR_ASYAPPCTZA(1.0),12/11/25 11:00:00,A,PER,AF,T,ASY_APP,TOTAL,DE,2016,127010,b
ESTAT:MIGR_ASYAPPCTZA(1.0),12/11/25 11:00:00,A,PER,AF,T,ASY_APP,TOTAL,EU27_2020,2015,178230,
ESTAT:MIGR_ASYAPPCTZA(1.0),12/11/25 11:00:00,A,PER,TOTAL,T,ASY_APP,TOTAL,EL,2015,,c
ESTAT:MIGR_ASYAPPCTZA(1.0),12/11/25 11:00:00,A,PER,TOTAL,T,ASY_APP,TOTAL,EL,2016,51110,p
"""
WIDE = """Citizen;GEO (Labels);Sex;Applicant;Age;2015;2016
Afghanistan;Germany;Total;Asylum applicant;Total;31 380;127 010
Afghanistan;European Union - 27 countries (from 2020);Total;Asylum applicant;Total;178 230;:
Total;Greece;Total;Asylum applicant;Total;:c;51 110
"""


def stat(values, status, citizens, dataset="MIGR_ASYAPPCTZA", times=("2015", "2016"), **more):
    """Return a JSON-stat dataset of one country, by nationality and year."""
    sizes = {"citizen": citizens, "sex": ("T",), "age": ("TOTAL",), "geo": ("DE",), "time": times} | more
    return json.dumps(
        {
            "version": "2.0", "class": "dataset", "extension": {"id": dataset}, "value": values, "status": status,
            "id": list(sizes), "size": [len(v) for v in sizes.values()],
            "dimension": {d: {"category": {"index": {c: i for i, c in enumerate(v)}}} for d, v in sizes.items()},
        }
    )  # fmt: skip


def figures_of(path):
    """Return the figures of a file without what its wording and bytes decide."""
    names = (
        "measure",
        "component",
        "nationality",
        "country",
        "category",
        "start",
        "suppression",
        "release",
        "rounding",
    )
    return sorted((*(str(r[n]) for n in names), str(r["value"])) for r in rows(path))


def test_every_form_of_eurostats_table_gives_the_same_figures(put, tmp_path):
    tsv = put("estat_migr_asyappctza.tsv", TSV)
    packed = tmp_path / "estat_migr_asyappctza.tsv.gz"
    packed.write_bytes(gzip.compress(TSV.encode()))
    expected = figures_of(tsv)
    assert len(expected) == 4 and [f[-1] for f in expected].count("None") == 1
    assert figures_of(packed) == expected
    assert figures_of(put("sdmx.csv", SDMX)) == expected
    assert figures_of(put("applicants.csv", WIDE)) == expected
    afghans = put("api.json", stat({"0": 31380, "1": 127010}, {"1": "b"}, ("AF",), applicant=("ASY_APP",)))
    assert figures_of(afghans) == [f for f in expected if f[2] == "AFG"]


def test_first_instance_decisions_add_up_by_outcome(put, store):
    outcomes = ("TOTAL", "TOTAL_POS", "GENCONV", "SUB_PROT", "REJECTED")
    path = put(
        "answer.json",
        stat([100, 60, 40, 20, 40], {}, ("CN",), "MIGR_ASYDCFSTA", ("2023",), decision=outcomes),
    )
    store.import_file(path)
    ask = {"nationality": "CHN", "country": "DEU", "store": store}
    assert series("eurostat-asylum-decisions", **ask)["value"].tolist() == [100]
    kept = series("eurostat-asylum-decisions", by="category", **ask)
    assert dict(zip(kept["category"], kept["value"], strict=True)) == {
        "positive/geneva-convention": 40, "positive/subsidiary-protection": 20, "rejected": 40,
    }  # fmt: skip


def test_of_sexes_and_ages_only_the_finest_split_is_kept(put):
    head = "citizen,sex,applicant,age,geo,TIME_PERIOD,OBS_VALUE"
    cells = {("T", "TOTAL"): 30, ("F", "TOTAL"): 10, ("M", "TOTAL"): 20, ("T", "Y_LT18"): 5, ("T", "Y_GE18"): 25}
    cells |= {("F", "Y_LT18"): 5, ("F", "Y_GE18"): 5, ("M", "Y_GE18"): 20}
    text = "\n".join([head, *(f"SY,{s},NASY_APP,{a},DE,2020,{n}" for (s, a), n in cells.items())])
    found = read(put("asyappctza.csv", text))
    kept = {r["category"]: r["value"] for r in found.table.to_pylist()}
    assert kept == {"all": 30, "female/under-18": 5, "female/18-and-over": 5, "male/18-and-over": 20}
    assert found.dropped[0].rows == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("migr_pop1ctz.tsv", TSV.replace(",applicant", "").replace(",ASY_APP", "")),
        (
            "migr_asydcfina.csv",
            SDMX.replace("APPCTZA", "DCFINA").replace("applicant", "decision").replace("ASY_APP", "TOTAL"),
        ),
        ("other.csv", SDMX.replace("APPCTZA", "PENCTZM")),
    ],
)
def test_tables_of_eurostat_that_count_something_else_are_refused(put, name, text):
    with pytest.raises(DataError, match="D201"):
        read(put(name, text))


CLAIMS = """Asylum claims raised in the UK,,,,,,,,,
Year,Quarter,Nationality,Region,Applicant type,Age,Sex,UASC,Location of claim,Claims
2023,2023 Q1,China,Asia East,Main applicant,18-29,Male,Non-UASC,In Country,"1,010"
2023,2023 Q1,China,Asia East,Dependant,Under 18,Female,Non-UASC,In Country,20
2023,2023 Q1,Other and unknown,Other,Main Applicant,18-29,Male,Non-UASC,At Port,3
2023,2023 Q1,Other and unknown,Other,Main applicant,18-29,Male,Non-UASC,At Port,4
End of table,,,,,,,,,
"""


def test_claims_in_the_united_kingdom_are_people_of_two_kinds(put, store):
    receipt = store.import_file(put("asylum-claims.csv", CLAIMS))
    assert "rows of one figure were added up" in " ".join(d.reason for d in receipt.dropped)
    ask = {"nationality": "CHN", "store": store}
    assert series("uk-asylum-applications", **ask)["value"].tolist() == [1030]
    assert series("uk-asylum-applications", component="main-applicant", **ask)["value"].tolist() == [1010]
    assert series("uk-asylum-applications", nationality="OOO", store=store)["value"].tolist() == [7]


SHEETS = {
    "Data - Asy_D01": CLAIMS.replace('"1,010"', "1010"),
    "Data - Asy_D02": """Table Asy_D02
Year,Quarter,Nationality,Region,Case type,Case outcome group,Case outcome,Age,Sex,Applicant type,UASC,Decisions
2023,2023 Q2,Syria,Middle East,Asylum Case,Refused,Other refusals,18-29,Male,Main applicant,Non-UASC,9
2023,2023 Q2,Syria,Middle East,Resettlement Case,Grant of Protection,UKRS,18-29,Male,Main applicant,Non-UASC,11
End of table
""",
    "Data - Asy_D03": """Table Asy_D03
Date (as at…),Nationality,Region,Applicant type,Application stage,Duration,Applications
30 Jun 2023,Syria,Middle East,Dependant,Pending initial decision,6 months or less,5
""",
}


def test_the_workbook_of_the_home_office_has_a_sheet_for_each_table(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Asylum claims datasets"])
    for title, text in SHEETS.items():
        sheet = book.create_sheet(title)
        for line in text.splitlines():
            sheet.append([int(c) if c.isdigit() else c or None for c in line.split(",")])
    path = tmp_path / "asylum-datasets.xlsx"
    book.save(path)
    importer, found = read_file(SourceFile(path))
    assert importer.name == "home-office-claims+home-office-outcomes+home-office-waiting"
    totals = {}
    for row in found.table.to_pylist():
        totals[row["measure"]] = totals.get(row["measure"], 0) + row["value"]
    assert totals == {
        "uk-asylum-applications": 1037,
        "uk-asylum-decisions": 9,
        "uk-resettlement": 11,
        "uk-asylum-pending": 5,
    }
