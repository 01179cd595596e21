"""Recognising tables: names in any wording, what a file lacks, archives, and the totals of the samples."""

import json
import zipfile

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.layout import Layout
from sojourn.series.importers.registry import find_importer, read_file
from sojourn.series.importers.source_file import SourceFile


def read(path):
    return read_file(SourceFile(path))[1]


def reasons(found):
    return " | ".join(d.reason for d in found.dropped)


# US Customs and Border Protection, "Southwest Land Border Encounters", totals of the fiscal years.
SOUTHWEST = {"2021-10-01": 2_378_944, "2022-10-01": 2_475_669, "2023-10-01": 2_135_005}


def test_the_bundle_of_the_southwest_border_adds_up_to_the_published_years(shared, store):
    store.import_file(shared / "data/samples/cbp-sbo-encounters-fy22-fy25-nov.csv")
    found = series("cbp-southwest-encounters", period="fiscal-year", store=store).set_index("start")
    assert {day: found.loc[day, "value"] for day in SOUTHWEST} == SOUTHWEST
    assert found.iloc[-1]["suppression"] == "partial"


def test_downloads_of_unhcr_in_their_own_words(shared, store):
    store.import_file(shared / "data/samples/unhcr-asylum-applications.csv")
    ask = {"nationality": "ALB", "country": "BEL", "start": "2010", "end": "2010", "store": store}
    with pytest.raises(DataError, match="D606"):
        series("unhcr-applications", **ask)
    store.import_file(shared / "data/samples/unhcr-asylum-decisions.csv")
    decided = series(
        "unhcr-decisions", component="EO", category="all", country="USA", start="2017", end="2017", store=store
    )
    assert decided["value"].iloc[0] > 0


def test_the_sample_of_unhcr_says_what_its_interface_said(shared, store):
    """The same decisions of 2020 in two forms of different years: those of China in US courts."""
    ask = {"component": "EO", "nationality": "CHN", "country": "USA", "start": "2020", "end": "2020"}
    store.import_file(shared / "data/processing/unhcr/asylum_decisions.csv.gz")
    newer = series("unhcr-decisions", by="category", store=store, **ask)
    older = read(shared / "data/samples/unhcr-asylum-decisions.csv").table.to_pylist()
    cells = [r for r in older if r["nationality"] == "CHN" and r["component"] == "EO" and r["start"].year == 2020]
    found = {r["category"]: r["value"] for r in cells if r["measure"] == "unhcr-decisions"}
    assert found["recognized"] == newer.set_index("category").loc["recognized", "value"]


def test_the_sample_of_the_humanitarian_data_exchange(shared):
    found = read(shared / "data/samples/hdx-unhcr-population.csv").table.to_pylist()
    there = [r for r in found if (r["nationality"], r["category"], r["start"].year) == ("AFG", "refugees", 1981)]
    afghans = {r["country"]: r["value"] for r in there}
    assert afghans == {"IRN": 1_500_000, "PAK": 2_375_330}


def test_solutions_and_flows_of_a_year(shared, store):
    store.import_file(shared / "data/processing/unhcr/solutions.csv.gz")
    store.import_file(shared / "data/processing/unhcr/flows.csv.gz")
    with pytest.raises(DataError, match="D606"):
        series("unhcr-solutions", start="2024", end="2024", store=store)
    back = series("unhcr-solutions", category="resettlement", start="2023", end="2023", store=store)
    assert back["unit"].tolist() == ["person"]
    assert (
        series("unhcr-flows", category="refugees", nationality="UKR", start="2022", end="2022", store=store)[
            "value"
        ].iloc[0]
        > 1e6
    )


def test_the_former_site_and_its_hidden_figures(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        '"Extracted from the UNHCR Population Statistics Reference Database"\n"Date extracted: 2017-08-20"\n\n'
        'Year,"Country / territory of asylum/residence",Origin,"Population type",Value\n'
        "2016,Egypt,China,Asylum-seekers,*\n2016,Egypt,Sudan,Asylum-seekers,19\n",
        encoding="utf-8",
    )
    found = read(path)
    assert [(r["suppression"], r["value"]) for r in found.table.to_pylist()] == [("suppressed", None), ("none", 19)]
    assert "3 lines above the header" in reasons(found)


def test_an_archive_with_footnotes_and_an_answer_in_json(tmp_path):
    header = "Year,Country of origin (ISO),Country of asylum (ISO),Refugees under UNHCR’s mandate "
    path = tmp_path / "query_data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("population.csv", f"{header}\n2022,CHN,-,1\n2022,SYR,DEU,2\n")
        archive.writestr("footnotes.csv", "code,remark\n1,provisional\n")
    found = read(path)
    assert {(r["nationality"], r["country"], r["value"]) for r in found.table.to_pylist()} == {
        ("CHN", "all", 1.0),
        ("SYR", "DEU", 2.0),
    }
    assert "not figures of a known layout: footnotes.csv" in reasons(found)
    answer = tmp_path / "population.json"
    items = [{"year": 2022, "coo_iso": "SYR", "coo_name": "Syria", "coa_iso": "DEU", "refugees": 2, "idps": "-"}]
    answer.write_text(json.dumps({"page": 1, "maxPages": 1, "items": items}), encoding="utf-8")
    assert [r["value"] for r in read(answer).table.to_pylist()] == [2.0]


def test_a_day_of_displacement_by_province(tmp_path, store):
    path = tmp_path / "dtm.csv"
    path.write_text(
        "operation,admin0Name,admin0Pcode,admin1Name,numPresentIdpInd,reportingDate,displacementReason\n"
        "#operation+name,#country+name,#country+code,#adm1+name,#affected+idps,#date+reported,#reason\n"
        "Lebanon Crisis,Lebanon,LBN,Akkar,5432,2024-10-03T00:00:00,Conflict\n"
        "Lebanon Crisis,Lebanon,LBN,Beirut,1000,2024-10-03,Conflict\n",
        encoding="utf-8",
    )
    store.import_file(path)
    found = series("iom-dtm-idps", country="LBN", place="akkar", store=store)
    assert found["value"].tolist() == [5432]


@pytest.mark.parametrize("other", ["Land Filter", "land_filter", " LAND BORDER REGION "])
def test_other_wordings_of_a_bundle(twins, other):
    from sojourn.series.importers.united_states.cbp import STATE

    header = [other if name == "Land Border Region" else name for name in STATE]
    rows = [[*r[:5], "Family Unit Apprehensions", *r[6:]] for r in twins.state_rows()]
    found = read(twins.write("bundle.csv", header, rows))
    assert set(found.table["family"].to_pylist()) == {"family-units"}


def test_an_unknown_table_hears_of_three_layouts_and_of_own_series(twins):
    path = twins.write("x.csv", ("Reporting Year", "Country of asylum", "People counted"), [(2020, "Kenya", 5)])
    with pytest.raises(DataError) as caught:
        read(path)
    [problem] = caught.value.problems
    assert problem.code == "D201" and problem.message.count("(missing") == 3
    assert problem.remedy.endswith(
        'sojourn data import x.csv --as NAME --value "People counted" --date "Reporting Year"'
    )


def test_a_column_that_splits_a_general_layout_is_not_dropped(twins):
    with pytest.raises(DataError, match="D202"):
        read(twins.write("irreg_mexico.csv", ("t", "nat", "camp", "n"), [("2023-01-01", "CHN", "A", 5)]))
    found = read(twins.write("irreg_mexico.csv", ("", "t", "nat", "n"), [(0, "2023-01-01", "CHN", 5)]))
    assert found.table.num_rows == 1


def test_two_names_for_one_column_are_refused(twins):
    header = ("Year", "coo_iso", "Country of origin (ISO)", "coa_iso", "refugees")
    path = twins.write("population.csv", header, [(2020, "CHN", "CHN", "USA", 5)])
    found = read(path)  # another wording of a column that is there is left out, and said to be
    assert "Country of origin (ISO)" in reasons(found)
    with pytest.raises(DataError, match="D203"):
        read(twins.write("population.csv", ("Year", "YEAR", "coo_iso", "coa_iso", "refugees"), [(1, 2, 3, 4, 5)]))


def test_names_are_compared_by_letters_and_digits():
    layout = Layout(("Month (abbv)", "n"), optional=("Type",), also={"n": ("Number",)})
    match = layout.match(["NUMBER ", "month_abbv", "", "type"])
    assert match is not None and dict(match.positions) == {"n": 0, "Month (abbv)": 1, "Type": 3}
    assert layout.missing(["Number"]) == ("Month (abbv)",)
    assert layout.match(["Number", "Month (abbv)", "Colour"]) is None


def test_a_file_without_a_last_line_end_is_read_and_said_to_be_so(twins):
    path = twins.state()
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert "the last line has no end" in reasons(read(path))
    assert find_importer(SourceFile(path)).name == "cbp-bundle"
