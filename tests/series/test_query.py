"""Questions to the store: what is chosen, what is added up, and what is refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.calendar import FiscalYear
from sojourn.series import DataError, count_events, find_series, series, to_xarray, values

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def month(number):
    """Return the first day of a month counted from January 2020."""
    return dt.date(2020 + number // 12, number % 12 + 1, 1)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 47).map(month).map(str),
            "nationality": st.sampled_from(["CHN", "IND", "OOO"]),
            "place": st.sampled_from(["southwest/a-sector", "southwest/b-sector", "northern/c-sector"]),
            "component": st.sampled_from(["USBP", "OFO"]),
            "value": st.integers(0, 10_000),
        }
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda r: (r["start"], r["nationality"], r["place"], r["component"]),
)


def code_of(call, *args, **kwargs):
    """Return the code of the error that a call raises."""
    with pytest.raises(DataError) as caught:
        call(*args, **kwargs)
    assert caught.value.problems[0].remedy or caught.value.problems[0].allowed or caught.value.problems[0].found
    return caught.value.codes[0]


@SLOW
@given(ROWS)
def test_aggregation_commutes_with_filtering(stocked, rows):
    store = stocked(rows)
    for period in ("month", "quarter", "calendar-year", "fiscal-year"):
        kept = series("cbp-encounters", by=("nationality", "place"), period=period, store=store)
        for nation in sorted({r["nationality"] for r in rows}):
            filtered = series("cbp-encounters", nationality=nation, period=period, over="place", store=store)
            after = kept[kept["nationality"] == nation].groupby("start")["value"].sum()
            pd.testing.assert_series_equal(filtered.set_index("start")["value"], after)
        southwest = kept[kept["place"].str.startswith("southwest/")].groupby("start")["value"].sum()
        if len(southwest):
            filtered = series("cbp-encounters", place="southwest", period=period, store=store)
            pd.testing.assert_series_equal(filtered.set_index("start")["value"], southwest)


@SLOW
@given(ROWS, st.integers(1, 12))
def test_a_fiscal_year_can_begin_with_any_month(stocked, rows, first):
    year = FiscalYear(first)
    fiscal = series("cbp-encounters", period="fiscal-year", fiscal=year, over="place", store=stocked(rows))
    table = pd.DataFrame({"start": pd.to_datetime([r["start"] for r in rows]), "value": [r["value"] for r in rows]})
    year = table["start"].dt.year - (table["start"].dt.month < first)
    expected = table.groupby(pd.to_datetime([f"{y}-{first:02}-01" for y in year]))["value"].sum()
    np.testing.assert_array_equal(fiscal["start"], expected.index)
    np.testing.assert_array_equal(fiscal["value"], expected)


@pytest.mark.parametrize(
    "own",
    [
        {"value": 999},
        {"value": 7, "end": "2020-12-31", "suppression": "partial"},
    ],
)
def test_publishers_own_fiscal_years_are_not_taken_for_others(stocked, own):
    months = [{"start": str(month(i)), "value": 10} for i in range(24)]
    store = stocked([*months, {"start": "2020-10-01", "period": "fiscal-year", **own}])
    usa = series("cbp-encounters", period="fiscal-year", store=store).set_index("start")["value"]
    assert usa["2020-10-01"] == own["value"]
    found = series("cbp-encounters", period="fiscal-year", fiscal=FiscalYear(7), store=store)
    assert found["value"].tolist() == [60, 120, 60]
    assert found["suppression"].tolist() == ["partial", "none", "partial"]


def test_quarters_make_up_only_fiscal_years_that_begin_with_one(stocked):
    store = stocked([{"start": str(month(i)), "period": "quarter", "value": 10} for i in range(0, 24, 3)])
    found = series("cbp-encounters", period="fiscal-year", fiscal=FiscalYear(4), store=store)
    assert found["value"].tolist() == [10, 40, 30]
    assert code_of(series, "cbp-encounters", period="fiscal-year", fiscal=FiscalYear(5), store=store) == "D602"


@SLOW
@given(ROWS)
def test_a_fiscal_year_is_a_calendar_year_three_months_earlier(stocked, rows):
    shifted = []
    for row in rows:
        day = pd.Timestamp(row["start"]) + pd.DateOffset(months=3)
        shifted.append({**row, "start": str(day.date())})
    asked = {"by": "nationality", "over": "place"}
    fiscal = series("cbp-encounters", period="fiscal-year", store=stocked(rows), **asked)
    calendar = series("cbp-encounters", period="calendar-year", store=stocked(shifted), **asked)
    np.testing.assert_array_equal(fiscal["value"], calendar["value"])
    np.testing.assert_array_equal(fiscal["start"] + pd.DateOffset(months=3), calendar["start"])
    np.testing.assert_array_equal(fiscal["suppression"], calendar["suppression"])


@SLOW
@given(ROWS)
def test_nothing_is_lost_or_counted_twice(stocked, rows):
    store = stocked(rows)
    total = sum(r["value"] for r in rows)
    for period in ("month", "quarter", "calendar-year", "fiscal-year"):
        for by in ((), "nationality", ("place", "component")):
            over = () if "place" in by else "place"
            found = series("cbp-encounters", period=period, by=by, over=over, store=store)
            assert found["value"].sum() == total
            assert found["parts"].sum() == len(rows)


def year_of(extra=()):
    """Return twelve months of fiscal year 2023 split by nationality, and more rows."""
    months = [str(d.date()) for d in pd.date_range("2022-10-01", periods=12, freq="MS")]
    rows = [{"start": m, "nationality": n, "value": v} for m in months for n, v in (("CHN", 2), ("IND", 3))]
    return [*rows, *extra]


def test_a_published_total_is_taken_rather_than_added_up(stocked):
    total = {"start": "2022-10-01", "nationality": "all", "value": 6, "rounding": 10, "suppression": "approximate"}
    store = stocked(year_of([{**total, "value": 10}]))
    found = series("cbp-encounters", store=store)
    assert found["value"].tolist()[:2] == [10, 5], "the published total where there is one, else the sum"
    assert found["suppression"].tolist()[:2] == ["approximate", "none"]
    assert series("cbp-encounters", nationality="CHN", store=store)["value"].iloc[0] == 2


def test_a_published_year_is_taken_rather_than_its_months(stocked):
    year = {"start": "2022-10-01", "period": "fiscal-year", "nationality": "CHN", "value": 30}
    store = stocked(year_of([year]))
    assert series("cbp-encounters", nationality="CHN", period="fiscal-year", store=store)["value"].tolist() == [30]
    assert series("cbp-encounters", nationality="CHN", store=store)["value"].tolist() == [2] * 12
    india = series("cbp-encounters", nationality="IND", period="fiscal-year", store=store)
    assert india["value"].tolist() == [36]


def test_two_splits_of_the_same_figures_need_a_choice(stocked):
    rows = [{"nationality": n, "family": "all", "value": 5} for n in ("CHN", "IND")]
    rows += [{"nationality": "all", "family": f, "value": 5} for f in ("single-adults", "family-units")]
    store = stocked(rows)
    assert code_of(series, "cbp-encounters", store=store) == "D607"
    for split in (["component", "nationality", "place"], ["component", "family", "place"]):
        assert series("cbp-encounters", breakdown=split, store=store)["value"].tolist() == [10]
    assert series("cbp-encounters", family="single-adults", store=store)["value"].tolist() == [5]


def test_a_place_and_its_parts_are_not_added_up(stocked):
    rows = [
        {"place": p, "value": v}
        for p, v in (("southwest", 7), ("southwest/a-sector", 3), ("southwest/b-sector", 4))
    ]
    store = stocked(rows)
    assert series("cbp-encounters", place="southwest", store=store)["value"].tolist() == [7]
    parts = series("cbp-encounters", place="southwest", by="place", store=store)
    assert dict(zip(parts["place"], parts["value"], strict=True)) == {
        "southwest/a-sector": 3,
        "southwest/b-sector": 4,
    }
    assert series("cbp-encounters", place="A Sector", store=store)["value"].tolist() == [3]


def test_a_year_with_months_missing_says_so(stocked):
    store = stocked(year_of()[:-2])
    found = series("cbp-encounters", period="fiscal-year", store=store)
    assert found["suppression"].tolist() == ["partial"]
    assert series("cbp-encounters", store=store)["suppression"].unique().tolist() == ["none"]


def test_a_hidden_figure_makes_a_sum_a_lower_bound(stocked):
    rows = [{"nationality": "CHN", "value": 4}, {"nationality": "IND", "value": None, "suppression": "suppressed"}]
    store = stocked(rows)
    found = series("cbp-encounters", store=store)
    assert (found["value"].tolist(), found["suppression"].tolist()) == ([4], ["at-least"])
    hidden = series("cbp-encounters", nationality="IND", store=store)
    assert np.isnan(hidden["value"].iloc[0]) and hidden["suppression"].tolist() == ["suppressed"]


def test_confidence_and_rounding_go_along(stocked):
    rows = [{"nationality": "CHN"}, {"nationality": "IND", "confidence": "low", "rounding": 10, "value": 20}]
    found = series("cbp-encounters", store=stocked(rows))
    assert (found["confidence"].tolist(), found["rounding"].tolist()) == (["low"], [10])


def test_units_are_never_added_up(stocked):
    judges = {"measure": "eoir-judges", "unit": "judge", "component": "all", "place": "all", "nationality": "all"}
    store = stocked([{}, {**judges, "period": "day"}])
    assert code_of(series, ["cbp-encounters", "eoir-judges"], store=store) == "D603"
    both = series(["cbp-encounters", "eoir-judges"], by="measure", store=store)
    assert dict(zip(both["measure"], both["unit"], strict=True)) == {
        "cbp-encounters": "encounter",
        "eoir-judges": "judge",
    }


def test_series_that_may_count_the_same_events_are_never_added_up(stocked):
    store = stocked([{}])
    assert code_of(series, ["cbp-encounters", "usbp-encounters"], store=store) == "D606"


def test_releases_are_never_added_up(stocked):
    rows = [{"release": "2024-01", "value": 3}, {"release": "2024-06", "value": 5}]
    store = stocked([*rows, {"release": "2024-01", "start": "2022-12-01", "value": 9}])
    latest = series("cbp-encounters", store=store)
    assert latest[["value", "release"]].to_numpy().tolist() == [[9, "2024-01"], [5, "2024-06"]]
    assert code_of(series, "cbp-encounters", release=["2024-01", "2024-06"], store=store) == "D604"
    each = series("cbp-encounters", release="each", store=store)
    assert each[["release", "value"]].to_numpy().tolist() == [["2024-01", 9], ["2024-01", 3], ["2024-06", 5]]
    assert code_of(series, "cbp-encounters", release="2023", store=store) == "D608"


def test_calendar_and_fiscal_years_need_a_choice(stocked):
    rows = [{"period": p, "start": s} for p, s in (("calendar-year", "2022-01-01"), ("fiscal-year", "2022-10-01"))]
    store = stocked(rows)
    assert code_of(series, "cbp-encounters", store=store) == "D605"
    assert len(series("cbp-encounters", period="fiscal-year", store=store)) == 1


def test_overlapping_periods_are_never_added_up(stocked):
    partial = {"period": "month", "start": "2023-01-10", "end": "2023-02-09", "suppression": "partial"}
    store = stocked([{"start": "2023-01-01"}, {**partial, "nationality": "IND"}])
    assert code_of(series, "cbp-encounters", period="calendar-year", store=store) == "D605"


def test_a_stock_is_not_added_up_over_time(stocked):
    judges = {"measure": "eoir-judges", "unit": "judge", "component": "all", "place": "all", "nationality": "all"}
    days = [("2023-01-31", 5), ("2023-02-28", 7)]
    store = stocked([{**judges, "period": "day", "start": d, "value": v} for d, v in days])
    assert code_of(series, "eoir-judges", period="calendar-year", store=store) == "D606"
    assert series("eoir-judges", period="calendar-year", aggregate="last", store=store)["value"].tolist() == [7]
    assert series("eoir-judges", period="calendar-year", aggregate="mean", store=store)["value"].tolist() == [6]


def test_countries_are_not_added_up(stocked):
    entries = {"measure": "iom-regular-entries", "unit": "entry", "component": "all", "place": "all"}
    store = stocked([{**entries, "country": c, "value": 2} for c in ("ECU", "COL")])
    assert code_of(series, "iom-regular-entries", store=store) == "D606"
    assert series("iom-regular-entries", country="Ecuador", store=store)["value"].tolist() == [2]
    assert set(series("iom-regular-entries", by="country", store=store)["country"]) == {"ECU", "COL"}


@pytest.mark.parametrize(
    ("code", "name", "asked"),
    [
        ("D601", "cbp-encounter", {}),
        ("D602", "cbp-encounters", {"nationality": "FRA"}),
        ("D602", "cbp-encounters", {"start": "2030-01-01"}),
        ("D602", "darien-crossings", {}),
        ("D608", "cbp-encounters", {"nationality": "Atlantis"}),
        ("D608", "cbp-encounters", {"by": "colour"}),
        ("D608", "cbp-encounters", {"period": "week"}),
        ("D608", "cbp-encounters", {"aggregate": "max"}),
        ("D608", "cbp-encounters", {"start": "soon"}),
        ("D608", "cbp-encounters", {"breakdown": ["size"]}),
        ("D608", "usbp-encounters", {"component": "OFO"}),
    ],
)
def test_questions_that_cannot_be_answered_say_why(stocked, code, name, asked):
    assert code_of(series, name, store=stocked([{}]), **asked) == code


def test_xarray_has_fixed_dimensions_and_units(stocked):
    store = stocked(year_of())
    array = to_xarray(series("cbp-encounters", by=("nationality", "place"), store=store))
    assert array.dims == ("time", "place", "nationality")
    assert array.attrs["units"] == "encounter" and array.attrs["release"] == "2024-01"
    assert float(array.sel(nationality="IND").sum()) == 36
    each = to_xarray(series("cbp-encounters", release="each", store=stocked([{}, {"release": "2025"}])))
    assert each.dims == ("release", "time")


def test_monthly_counts_from_events():
    events = pd.DataFrame(
        {"date": ["2024-01-31", "2024-03-01", "2024-03-09"], "passengers": [10, 20, 30], "to": ["a", "b", "b"]}
    )
    assert count_events(events)["value"].tolist() == [1, 0, 2]
    assert count_events(events, value="passengers")["value"].tolist() == [10, 0, 50]
    split = count_events(events, value="passengers", by="to")
    assert split[split["to"] == "a"]["value"].tolist() == [10, 0, 0]
    assert split["value"].sum() == 60 and set(split.columns) == {"start", "end", "to", "value", "parts"}
    assert code_of(count_events, events, date="day") == "D610"
    assert code_of(count_events, events.assign(date="someday")) == "D306"


def test_months_from_figures_of_single_days(stocked):
    flights = {"measure": "removal-flight-passengers", "unit": "removal", "component": "all", "place": "all"}
    days = [("2024-06-30", 116), ("2024-10-15", 131), ("2024-10-20", 9)]
    store = stocked([{**flights, "period": "day", "start": d, "value": v} for d, v in days])
    found = series("removal-flight-passengers", period="month", store=store)
    assert found["value"].tolist() == [116, 140]
    assert found["suppression"].tolist() == ["none", "none"]


def test_search_by_words():
    assert "usbp-encounters" in {m.name for m in find_series("border patrol ports")}
    assert find_series("no such words at all") == ()


def test_values_of_a_dimension(stocked):
    store = stocked([{"component": "OFO", "nationality": "IND"}, {}])
    assert values("cbp-encounters", "nationality", store=store) == ("CHN", "IND")
    assert values("usbp-encounters", "nationality", store=store) == ("CHN",)
