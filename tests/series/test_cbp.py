"""CBP files: the traps of their layouts, on made-up twins and on the real files."""

import numpy as np
import pytest

from sojourn.series import DataError, releases, revised, series
from sojourn.series.importers.registry import find_importer, importers, read_file
from sojourn.series.importers.source_file import SourceFile


def test_fiscal_year_and_month_name_become_a_date(twins, store):
    store.import_file(twins.state(years=(2021,)))
    found = series("cbp-encounters-state", store=store)
    assert list(found["start"].dt.strftime("%Y-%m"))[:4] == ["2020-10", "2020-11", "2020-12", "2021-01"]
    assert found["end"].iloc[4].strftime("%Y-%m-%d") == "2021-02-28"


def test_both_labels_of_children_are_one_family_status(twins, store):
    rows = twins.southwest_rows()
    for row in rows:
        row[6] = "UC / Single Minors" if row[6] == "UAC" and row[0] == "2019-10-01" else row[6]
    path = twins.write(
        "southwest.csv", ("t", "t_fy", "component", "area", "authority", "type", "demog", "nat", "n"), rows
    )
    store.import_file(path)
    found = series("cbp-encounters", family="unaccompanied-minors", store=store)
    assert list(found["value"]) == [(5 + m) * 3 + (7 + m) * 3 for m in (10, 11, 12)]


def test_the_column_t_fy_is_not_used(twins, store):
    receipt = store.import_file(twins.southwest())
    assert [d.where for d in receipt.dropped] == ["column t_fy"]
    assert series("cbp-encounters", period="fiscal-year", store=store)["value"].tolist() == [2400.0, 612.0]


def test_months_without_nationality_are_totals_not_another_nationality(twins, store):
    store.import_file(twins.southwest())
    assert series("usbp-encounters", store=store)["start"].min().strftime("%Y-%m") == "2019-07"
    assert series("usbp-encounters", nationality="CHN", store=store)["start"].min().strftime("%Y-%m") == "2019-10"


def test_between_ports_and_at_ports_make_the_whole(twins, store):
    store.import_file(twins.area())
    both = series("cbp-encounters", nationality="CHN", store=store)["value"]
    parts = [series(n, nationality="CHN", store=store)["value"] for n in ("usbp-encounters", "ofo-encounters")]
    np.testing.assert_array_equal(both, parts[0] + parts[1])


def test_a_sector_code_of_the_north_is_not_the_southwest_border(twins, store):
    store.import_file(twins.sector())
    swanton = series("usbp-apprehensions-sector", place="swanton-sector", by="place", store=store)
    assert set(swanton["place"]) == {"northern/swanton-sector"}


def test_kosovo_and_unknown_have_codes(twins, store):
    store.import_file(twins.sector())
    found = series("usbp-apprehensions-sector", by="nationality", period="fiscal-year", store=store)
    assert set(found["nationality"]) == {"CHN", "XKX", "OOO"}


def test_the_second_source_of_monthly_totals_is_left_out_and_counted(twins, store):
    receipt = store.import_file(twins.monthly())
    assert receipt.dropped[0].rows == 2
    assert "differs in 1 months" in receipt.dropped[0].reason
    assert series("usbp-encounters-total", store=store)["value"].tolist() == [100, 80, 70]


def test_windows_line_ends_are_the_same_figures(twins, store):
    store.import_file(twins.state())
    again = twins.write("dos.csv", SourceFile(twins.state()).header, twins.state_rows(), ends="\r\n")
    receipt = store.import_file(again)
    assert not receipt.added and len(receipt.unchanged) == 1


def test_every_layout_has_one_importer(twins):
    files = (twins.state(), twins.area(), twins.southwest(), twins.monthly(), twins.sector())
    assert [find_importer(SourceFile(f)).name for f in files] == [
        "cbp-bundle",
        "cbp-bundle",
        "cbp-southwest",
        "usbp-monthly-totals",
        "usbp-sector-citizenship",
    ]
    assert len({i.name for i in importers()}) == len(importers())


def test_a_bad_row_is_named_with_file_row_column_and_value(twins):
    rows = twins.state_rows()
    rows[7][-1] = "12x"
    path = twins.write("bad.csv", SourceFile(twins.state()).header, rows)
    with pytest.raises(DataError) as caught:
        read_file(SourceFile(path))
    problem = caught.value.problems[0]
    assert (problem.code, problem.where, problem.found) == ("D301", "bad.csv, row 9, column Encounter Count", "12x")


def test_real_checks_of_the_southwest_border(shared, store):
    store.import_file(shared / "data/encounters/cbp_southwest_area_of_responsibility.csv")
    asked = {"nationality": "CHN", "place": "southwest", "period": "fiscal-year", "store": store}
    found = series("cbp-encounters", **asked).set_index("start")["value"]
    assert found["2020-10-01":"2023-10-01"].tolist() == [450, 2176, 24314, 38246]
    patrol = series("usbp-encounters", **asked).set_index("start")["value"]
    assert patrol["2022-10-01":"2023-10-01"].tolist() == [24048, 37833]


def test_real_state_files_are_two_releases_and_the_years_they_share_agree(shared, store):
    for years in ("fy20_fy23", "fy21_fy24"):
        store.import_file(shared / f"data/encounters/cbp_nationwide_encounters_{years}_state.csv")
    assert list(releases("cbp-encounters-state", store=store)["release"]) == ["2023-09", "2024-09"]
    change = revised("cbp-encounters-state", store=store)
    assert (change.compared, len(change.figures)) == (34588, 0)


@pytest.mark.parametrize(
    ("file", "figures"),
    [
        ("cbp_usbp_nationwide_monthly_totals_2019_2026.csv", 82),
        ("usbp_apprehensions_sector_x_citizenship_fy2007_2018.csv", 1772 * 20),
    ],
)
def test_real_totals(shared, store, file, figures):
    receipt = store.import_file(shared / "data/encounters" / file)
    assert receipt.added[0].rows == figures
