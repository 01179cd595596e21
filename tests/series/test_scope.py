"""What an answer is of: nothing is added up unsaid, no part of a whole is missed, no two definitions are mixed."""

import pandas as pd
import pytest

from sojourn.series import DataError, Store, export, revised, series, values
from sojourn.series.exporting import table_csv


@pytest.fixture
def shipped(tmp_path):
    """Return a store without own figures over those that ship."""
    return Store(tmp_path / "none")


def refused(code, name, /, **asked):
    """Ask, and return the problem of the refusal, which has the code."""
    with pytest.raises(DataError) as caught:
        series(name, **asked)
    assert caught.value.codes == (code,)
    return caught.value.problems[0]


REGIONS = [("southwest/a-sector", 5), ("northern/b-sector", 3), ("other/c", 1)]


def test_regions_are_not_added_up_unsaid(stocked):
    rows = [{"place": p, "value": v, "component": c} for p, v in REGIONS for c in ("USBP", "OFO")]
    store = stocked(rows)
    problem = refused("D606", "cbp-encounters", store=store)
    assert "northern (6), other (2), southwest (10)" in problem.found
    assert 'place="northern"' in problem.remedy and 'over="place"' in problem.remedy
    assert series("cbp-encounters", place="southwest", store=store)["value"].tolist() == [10]
    summed = series("cbp-encounters", over="place", store=store)
    assert summed["value"].tolist() == [18]
    assert "northern border, other places than land borders and southwest border" in summed.attrs["scope"]
    apart = series("cbp-encounters", by="place", store=store)
    assert dict(zip(apart["place"], apart["value"], strict=True)) == {p: 2 * v for p, v in REGIONS}


def test_a_wider_release_does_not_go_on_from_a_narrower_one(stocked):
    old = [{"place": "southwest", "value": 5, "release": "2023-06"}]
    new = [
        {"place": p, "value": v, "release": "2023-12", "start": "2023-11-01"}
        for p, v in (("southwest", 7), ("northern", 2))
    ]
    store = stocked([*old, *new])
    wide = series("cbp-encounters", over="place", store=store)
    assert wide["value"].tolist() == [9]
    assert wide.attrs["remarks"] == ("release 2023-06 is left out: place southwest and not northern, southwest",)
    narrow = series("cbp-encounters", place="southwest", store=store)
    assert narrow[["value", "release"]].to_numpy().tolist() == [[5, "2023-06"], [7, "2023-12"]]


def test_offices_published_in_other_splits_are_not_taken_for_the_whole(shipped):
    asked = {"nationality": "CHN", "period": "fiscal-year", "start": "FY2023", "end": "FY2023", "store": shipped}
    problem = refused("D612", "ohss-encounters", **asked)
    assert "component USBP alone, without OFO" in problem.found
    assert "place southwest alone, without air, coastal, northern" in problem.found
    southwest = series("ohss-encounters", place="southwest", **asked)
    assert southwest["value"].tolist() == [24_320]
    assert "Border Patrol and Field Operations at ports of entry" in southwest.attrs["scope"]
    mexico = series("ohss-encounters", place="southwest", **(asked | {"nationality": "MEX"}))
    assert mexico["value"].tolist() == [717_330]
    patrol = series("ohss-encounters", component="USBP", **(asked | {"nationality": "MEX"}))
    assert "(Border Patrol)" in patrol.attrs["scope"] and patrol["value"].tolist() != [717_330]


def test_definitions_are_never_spliced(shipped):
    pending = series("eoir-pending", store=shipped)
    assert set(pending["release"]) == {"2025-11-18"}
    assert "category active and inactive" in pending.attrs["scope"]
    assert "release 2021-04-19 is left out" in pending.attrs["remarks"][0]
    active = series("eoir-pending", category="active", store=shipped)
    assert set(active["release"]) == {"2021-04-19"}
    problem = refused("D606", "eoir-pending", by="release", over="category", store=shipped)
    assert "never add up" in problem.message


def test_instances_of_a_procedure_are_not_added_up_unsaid(shipped):
    usa = {"nationality": "CHN", "country": "USA", "start": "2023", "end": "2023", "store": shipped}
    problem = refused("D606", "unhcr-applications", **usa)
    assert problem.found == "AR (2,584), EO (15,492), IN (20,041)"
    assert series("unhcr-applications", component="EO", **usa)["value"].tolist() == [15_492]
    both = series("unhcr-applications", over=["component", "category"], **usa)
    assert both["value"].tolist() == [38_117]
    assert "immigration courts (EOIR)" in both.attrs["scope"]
    germany = {"nationality": "SYR", "country": "DEU", "start": "2016", "end": "2016", "store": shipped}
    assert "component" in refused("D606", "unhcr-decisions", **germany).message


def test_names_that_share_a_code_are_said(stocked):
    rows = [{"nationality": "CHN", "name": n, "value": v} for n, v in (("CHN", 2), ("TWN", 3))]
    store = stocked([*rows, {"nationality": "IND", "name": "IND"}])
    found = series("cbp-encounters", nationality="CHN", store=store)
    assert found["value"].tolist() == [5]
    assert found.attrs["remarks"] == ("CHN adds up rows that the publisher names CHN, TWN",)
    assert series("cbp-encounters", nationality="IND", store=store).attrs["remarks"] == ()


def test_a_period_that_lacks_an_office_is_marked(stocked):
    both = [{"component": c, "start": "2023-01-01"} for c in ("USBP", "OFO")]
    store = stocked([*both, {"component": "USBP", "start": "2023-02-01"}])
    found = series("cbp-encounters", store=store)
    assert found["suppression"].tolist() == ["none", "incomplete"]
    assert "without component OFO" in found.attrs["remarks"][0]


def test_a_short_new_release_does_not_hide_the_older_years(stocked):
    year = {"measure": "darien-crossings", "unit": "crossing", "component": "all", "place": "all", "country": "PAN"}
    old = [{**year, "start": f"2023-{m:02}-01", "value": 10, "release": "2023-12"} for m in range(1, 13)]
    new = [{**year, "start": s, "value": 20, "release": "2024-01"} for s in ("2023-12-01", "2024-01-01")]
    found = series("darien-crossings", store=stocked([*old, *new]))
    assert found["value"].tolist() == [10] * 11 + [20, 20]
    assert found["release"].tolist() == ["2023-12"] * 11 + ["2024-01"] * 2
    yearly = series("darien-crossings", period="calendar-year", store=stocked([*old, *new]))
    assert yearly[["value", "release", "suppression"]].to_numpy().tolist() == [
        [120, "2023-12", "none"],
        [20, "2024-01", "partial"],
    ]


def test_figures_by_another_kind_of_period_are_named(shipped):
    found = series("darien-crossings", nationality="CHN", store=shipped)
    assert any('period="calendar-year"' in remark for remark in found.attrs["remarks"])
    first = pd.Timestamp("2010-01-01")
    assert series("darien-crossings", period="calendar-year", store=shipped)["start"].min() == first


@pytest.mark.parametrize("end", ["2023", "2023-12", "2023-12-31", "2023 Q4", "2023-Q4"])
@pytest.mark.parametrize("start", ["2023", "2023-01", "2023-01-01", "2023 Q1"])
def test_both_ends_are_included_as_people_write_them(shipped, start, end):
    found = series("darien-crossings", nationality="CHN", start=start, end=end, store=shipped)
    assert (len(found), found["value"].sum()) == (12, 25_565)


@pytest.mark.parametrize("asked", [{"start": "2023-13"}, {"end": "soon"}, {"start": "2024", "end": "2023"}])
def test_spans_that_are_none_are_refused(shipped, asked):
    assert refused("D608", "darien-crossings", store=shipped, **asked).found


def test_an_edited_table_is_marked_and_never_the_newest(stocked, tmp_path):
    store = stocked([{"value": 5}])
    export("cbp-encounters", tmp_path / "out.csv", store=store)
    same = store.import_file(tmp_path / "out.csv")
    assert same.added == () and len(same.unchanged) == 1
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    (tmp_path / "out.csv").write_text(text.replace(",5,", ",6,"), encoding="utf-8")
    added = store.import_file(tmp_path / "out.csv").added
    assert [e.release for e in added] == ["table-2024-01"] and not added[0].of_publisher
    found = series("cbp-encounters", store=store)
    assert found[["value", "release"]].to_numpy().tolist() == [[5, "2024-01"]]
    assert "not from the publisher's own file" in found.attrs["remarks"][0]
    assert series("cbp-encounters", release="table-2024-01", store=store)["value"].tolist() == [6]


def test_revisions_compare_the_same_stretch_and_keep_totals_apart(stocked):
    year = {"period": "fiscal-year", "start": "2022-10-01", "nationality": "all"}
    rows = [
        {**year, "end": "2023-05-31", "suppression": "partial", "value": 100, "release": "2023-05"},
        {**year, "end": "2023-06-30", "suppression": "partial", "value": 130, "release": "2023-06"},
    ]
    for release, shift in (("2023-05", 0), ("2023-06", 2)):
        rows.append({"nationality": "all", "value": 50 + shift, "release": release})
        rows += [{"nationality": n, "value": 25 + shift // 2, "release": release} for n in ("CHN", "IND")]
    change = revised("cbp-encounters", store=stocked(rows))
    assert change.compared == 3, "eight months are not compared with nine"
    table = change.by_year.set_index("split")
    assert table["net"].to_dict() == {"component x place": 2, "component x nationality x place": 2}
    assert table["changed"].to_dict() == {"component x place": 1, "component x nationality x place": 2}


def test_values_are_those_of_every_release(stocked):
    store = stocked([{"nationality": "CHN", "release": "2023"}, {"nationality": "IND", "release": "2024"}])
    assert values("cbp-encounters", "nationality", store=store) == ("CHN", "IND")


def test_a_year_that_has_not_begun_is_refused(make_table, store, tmp_path):
    path = tmp_path / "ahead.csv"
    path.write_text(table_csv(make_table([{"period": "fiscal-year", "start": "2030-10-01"}])), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        store.import_file(path)
    assert caught.value.codes == ("D307",)
    assert store.entries() == ()
