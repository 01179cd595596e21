"""UNHCR: people and cases apart, levels of the procedure, years not over, populations as stocks."""

import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

WHO = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")
DECISIONS = (
    *WHO, "procedure_type", "dec_level", "dec_pc",
    "dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total",
)  # fmt: skip
APPLICATIONS = (*WHO, "procedure_type", "app_type", "dec_level", "app_pc", "applied")
CHINA = ("China", "CHI", "CHN", "United States of America", "USA", "USA")


def read(path):
    return read_file(SourceFile(path))[1]


def decision(year, level, unit, recognized, rejected, total=None):
    return [year, *CHINA, "G", level, unit, recognized, 0, rejected, 0, total or recognized + rejected]


def test_people_and_cases_are_two_measures_and_levels_are_components(twins, store):
    rows = [decision(2020, "IN", "C", 5, 1), decision(2021, "IN", "P", 7, 2), decision(2021, "EO", "P", 4, 1)]
    store.import_file(twins.write("decisions.csv", DECISIONS, rows))
    people = series("unhcr-decisions", category="recognized", by="component", store=store)
    assert people[["component", "value"]].to_numpy().tolist() == [["EO", 4.0], ["IN", 7.0]]
    cases = series("unhcr-decisions-cases", category="recognized", store=store)
    assert (cases["value"].tolist(), cases["unit"].tolist()) == ([5.0], ["case"])
    with pytest.raises(DataError, match="D603"):
        series(["unhcr-decisions", "unhcr-decisions-cases"], category="recognized", store=store)


def test_the_last_us_years_are_partial_and_totals_that_differ_are_counted(twins):
    rows = [decision(2023, "EO", "P", 3, 1), decision(2025, "EO", "P", 3, 1, total=9)]
    found = read(twins.write("decisions.csv", DECISIONS, rows))
    assert {(r["start"].year, r["suppression"]) for r in found.table.to_pylist()} == {
        (2023, "none"),
        (2025, "partial"),
    }
    assert "in 1 rows the outcomes do not add up" in found.dropped[0].reason


def test_another_procedure_stands_before_its_level(twins):
    rows = [[2021, *CHINA, p, "N", "FI", "P", 3] for p in ("G", "U")]
    found = read(twins.write("applications.csv", APPLICATIONS, rows)).table.to_pylist()
    assert [r["component"] for r in found] == ["FI", "U/FI"]
    assert {r["category"] for r in found} == {"new"}


def test_unknown_origin_is_other_and_unknown_codes_are_refused(twins):
    row = [2021, "Unknown", "UKN", "UNK", "Aruba", "ABW", "ABW", "G", "N", "FI", "P", 3]
    found = read(twins.write("applications.csv", APPLICATIONS, [row]))
    assert found.table["nationality"].to_pylist() == ["OOO"]
    row[3] = "QQQ"
    with pytest.raises(DataError, match="D305"):
        read(twins.write("applications.csv", APPLICATIONS, [row]))


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("year", 1850, "D307"), ("dec_pc", "X", "D304"), ("dec_total", "all", "D301"), ("year", "", "D303")],
)
def test_bad_decisions_are_refused(twins, column, value, code):
    row = decision(2021, "IN", "P", 7, 2)
    row[DECISIONS.index(column)] = value
    with pytest.raises(DataError) as error:
        read(twins.write("decisions.csv", DECISIONS, [row]))
    assert code in error.value.codes


def test_recognition_of_chinese_nationals_in_us_courts(shared, store):
    store.import_file(shared / "data/processing/unhcr/asylum_decisions.csv.gz")
    found = series("unhcr-decisions", nationality="CHN", country="USA", component="EO", by="category", store=store)
    found = found.assign(year=found["start"].dt.year).pivot(index="year", columns="category", values="value")
    share = found["recognized"] / (found["recognized"] + found["rejected"])
    assert round(share[2023], 2) == 0.80
    assert round(share[2025], 2) == 0.46


def test_two_releases_of_the_population_from_china_agree_where_both_speak(shared, store):
    store.import_file(shared / "data/processing/unhcr/population.csv.gz")
    store.import_file(shared / "data/context/unhcr_refugees_asylum_from_china.csv")
    found = series(
        "unhcr-population", nationality="CHN", country="USA", category="asylum-seekers", release="each", store=store
    )
    both = found.pivot(index="start", columns="release", values="value").dropna()
    assert len(both) > 20
    assert (both.iloc[:, 0] != both.iloc[:, 1]).mean() < 0.2
