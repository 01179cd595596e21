"""Every published file is known to exactly one importer; what is not imported is listed here with its reason."""

import pytest

from sojourn.series import DataError
from sojourn.series.importers.registry import IMPORTERS, find_importer
from sojourn.series.importers.source_file import SourceFile

NOT_FIGURES = {
    "china_pipeline_monthly.csv": "laid side by side from other files; used as an oracle in test_figures",
    "processing/china_pipeline_by_year.csv": "laid side by side from other files",
    "processing/ohss_monthly_aug2024_long.csv.gz": "transcription of the workbook; used as an oracle in test_ohss",
    "processing/ohss_swb_bookouts_by_citizenship_monthly.csv": "one sheet of the workbook; oracle in test_ohss",
    "processing/ice_removals_uwchr/processing_disposition_codes.csv": "a list of codes",
    "processing/ice_detention/latest_vintage/fy_to_date_last.csv": "last rows of the other detention files",
    "processing/legal_timeline.csv": "rules, read by read_policies",
    "context/policy_timeline.csv": "policies, read by read_policies",
    "processing/unhcr/flows.csv.gz": "flows between years, worked out by UNHCR from the populations",
    "processing/unhcr/solutions.csv.gz": "returns and resettlement, not on this road",
    "processing/unhcr/countries.csv.gz": "a list of countries",
    "europe/eurostat_asylum_applicants_yearly.csv.gz": "no importer of Eurostat yet",
    "europe/frontex_detections_monthly.csv.gz": "no importer of Frontex yet",
    "samples/cbp-sbo-encounters-fy22-fy25-nov.csv": "no importer of this layout yet",
    "samples/eurostat-migr_asyappctzm.csv": "no importer of Eurostat yet",
    "samples/frontex-detections-2020-07-07.xlsx": "no importer of Frontex yet",
    "samples/hdx-unhcr-population.csv": "no importer of HDX yet",
    "samples/unhcr-asylum-applications.csv": "no importer of this layout yet",
    "samples/unhcr-asylum-decisions.csv": "no importer of this layout yet",
}


def test_every_file_is_known_to_one_importer_or_listed(shared):
    unknown = []
    for path in sorted((shared / "data").rglob("*.*")):
        name = path.relative_to(shared / "data").as_posix()
        if not name.endswith((".csv", ".csv.gz", ".xlsx")):
            continue
        try:
            find_importer(SourceFile(path))
        except DataError:
            unknown.append(name)
    assert sorted(unknown) == sorted(NOT_FIGURES)


def test_names_of_importers_are_unlike():
    names = [importer.name for importer in IMPORTERS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("importer", [i for i in IMPORTERS if i.layouts], ids=lambda i: i.name)
def test_no_layout_is_claimed_by_two(importer, twins):
    for number, layout in enumerate(importer.layouts):
        source = SourceFile(twins.write(f"exits-{number}.csv", layout, [["1"] * len(layout)]))
        assert [i.name for i in IMPORTERS if i.detect(source)] == [importer.name]


@pytest.mark.parametrize("importer", [i for i in IMPORTERS if i.layouts], ids=lambda i: i.name)
def test_nonsense_in_every_cell_is_refused_with_codes_and_never_a_crash(importer, twins):
    for number, layout in enumerate(importer.layouts):
        for cell in ("", "=1+1", "nonsense", "-5", "1e999", "🛂", "2024-13-45"):
            path = twins.write(f"mexico_exits-{number}.csv", layout, [[cell] * len(layout)])
            with pytest.raises(DataError) as error:
                importer.read(SourceFile(path))
            assert error.value.codes


@pytest.mark.parametrize("cell", ["1e999", "-1e999", "inf", "nan"])
def test_what_is_not_finite_is_not_a_number(twins, cell):
    path = twins.write("irreg_mexico_nat.csv", ("t", "nat", "n"), [("2023-03-01", "CHN", cell)])
    with pytest.raises(DataError) as error:
        find_importer(SourceFile(path)).read(SourceFile(path))
    assert error.value.codes == ("D301",)
