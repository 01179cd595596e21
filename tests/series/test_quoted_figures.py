"""Single figures of reports: their periods, labels, words of confidence, ranges."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.calendar import Period, read_period
from sojourn.series import DataError, series
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

HEADER = ("period", "measure", "value", "unit", "source", "confidence")
MISC = ("metric", "period", "value", "unit", "source", "confidence")


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("FY2023", "fiscal-year", "2022-10-01", "2023-09-30"),
        ("FY2018 on", "fiscal-year", "2017-10-01", "2018-09-30"),
        ("FY2023 Q1", "quarter", "2022-10-01", "2022-12-31"),
        ("FY2023 Q2", "quarter", "2023-01-01", "2023-03-31"),
        ("FY2025 Q1-Q3", "span", "2024-10-01", "2025-06-30"),
        ("FY2018H1", "span", "2017-10-01", "2018-03-31"),
        ("FY2019 end", "day", "2019-09-30", "2019-09-30"),
        ("FY2022 start", "day", "2021-10-01", "2021-10-01"),
        ("start FY2006", "day", "2005-10-01", "2005-10-01"),
        ("FY2011-FY2020", "span", "2010-10-01", "2020-09-30"),
        ("FY2014-FY2019Q2", "span", "2013-10-01", "2019-03-31"),
        ("FY2008-19 cohort", "span", "2007-10-01", "2019-09-30"),
        ("FY2022 first 11 months", "span", "2021-10-01", "2022-08-31"),
        ("FY2022 first 3 months", "span", "2021-10-01", "2021-12-31"),
        ("FY2022 (to ~Jul/Aug 2022)", "span", "2021-10-01", "2022-07-31"),
        ("FY2025 to 2025-09-15", "span", "2024-10-01", "2025-09-15"),
        ("FY2026 to Apr", "span", "2025-10-01", "2026-04-30"),
        ("2016", "calendar-year", "2016-01-01", "2016-12-31"),
        ("2024-02", "month", "2024-02-01", "2024-02-29"),
        ("2024-11-24", "day", "2024-11-24", "2024-11-24"),
        ("2025-07 law", "month", "2025-07-01", "2025-07-31"),
        ("2026 (undated list)", "calendar-year", "2026-01-01", "2026-12-31"),
        ("2024-06-04..2024-07-02", "span", "2024-06-04", "2024-07-02"),
        ("2020-12..2021-12", "span", "2020-12-01", "2021-12-31"),
        ("2023-10..2024-09", "fiscal-year", "2023-10-01", "2024-09-30"),
    ],
)
def test_periods_as_reports_write_them(text, kind, start, end):
    assert read_period(text) == Period(kind, dt.date.fromisoformat(start), dt.date.fromisoformat(end))


@pytest.mark.parametrize("text", ["FY2025 to date", "soon", "FY", "", "FY2025 Q5", "20245"])
def test_what_is_not_a_period_is_none(text):
    assert read_period(text) is None


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "2024-01..2024-17"])
def test_a_date_that_does_not_exist_is_an_error(text):
    with pytest.raises(ValueError):
        read_period(text)


@given(st.integers(1990, 2040), st.integers(1, 4))
def test_the_quarters_of_a_fiscal_year_follow_each_other(year, number):
    quarter = read_period(f"FY{year} Q{number}")
    after = read_period(f"FY{year} Q{number + 1}") if number < 4 else read_period(f"FY{year + 1} Q1")
    assert quarter.end + dt.timedelta(days=1) == after.start
    assert read_period(f"FY{year}").start == read_period(f"FY{year} Q1").start
    assert read_period(f"FY{year}").end == read_period(f"FY{year} Q4").end


def test_a_count_to_date_begins_with_the_fiscal_year_and_a_stock_is_of_its_day():
    november = read_period("2022-11")
    assert november.moment("fytd") == Period("span", dt.date(2022, 10, 1), dt.date(2022, 11, 30))
    assert read_period("2023-09").moment("fytd").kind == "fiscal-year"
    assert november.moment("end") == Period("day", dt.date(2022, 11, 30), dt.date(2022, 11, 30))
    assert november.moment("since 2022-06-04").start == dt.date(2022, 6, 4)


def read(twins, rows, header=HEADER):
    return read_file(SourceFile(twins.write("quoted_figures.csv", header, rows)))[1]


def test_remarks_and_confidence_go_along(twins):
    found = read(
        twins,
        [
            ("FY2024", "ATD active participants", "179000", "persons approx", "a report", "high"),
            ("FY2024", "ERO officers", "6050", "officers", "said to be more than that", "medium"),
            ("2024-09-30", "non-detained docket, Mexico", "5", "persons", "a report", "low"),
        ],
    ).table.to_pylist()
    got = {r["measure"]: (r["suppression"], r["confidence"], r["nationality"], r["source"]) for r in found}
    assert got["ice-alternatives"][:2] == ("approximate", "high")
    assert got["ice-officers"][:2] == ("at-least", "medium")
    assert got["ice-docket"][1:] == ("low", "MEX", "a report")


def test_a_range_is_its_two_ends(twins):
    rows = [("Darien 'VIP route' price per person", "2024", "2600-8000", "USD", "x", "medium")]
    found = read(twins, rows, MISC).table.to_pylist()
    assert [(r["category"], r["value"]) for r in found] == [
        ("darien-fast-route-low", 2600.0),
        ("darien-fast-route-high", 8000.0),
    ]


def test_what_has_no_end_or_no_figure_or_stands_elsewhere_is_listed(twins):
    rows = [
        ("Known gotaways SWB", "FY2023", "670674", "count", "x", "medium"),
        ("Share of gotaways all nationalities known", "", "", "", "not observed", ""),
        ("FY2023 SWB encounters Chinese", "FY2023", "24314", "encounters", "x", "high"),
    ]
    found = read(twins, rows, MISC)
    assert found.table.num_rows == 1
    assert [d.reason for d in found.dropped] == [
        "no figure",
        "repeats a figure of another file: FY2023 SWB encounters Chinese",
    ]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (("FY2024", "unheard of", "1", "", "x", "high"), "D304", "measure"),
        (("FY2024", "non-detained docket, Atlantis", "1", "", "x", "high"), "D304", "measure"),
        (("someday", "ERO officers", "1", "", "x", "high"), "D306", "period"),
        (("2024-13", "ERO officers", "1", "", "x", "high"), "D306", "period"),
        (("FY2024", "ERO officers", "many", "", "x", "high"), "D301", "value"),
        (("FY2024", "ERO officers", "1", "", "x", "sure"), "D309", "confidence"),
    ],
)
def test_bad_rows_are_refused_by_place(twins, row, code, column):
    with pytest.raises(DataError) as error:
        read(twins, [("FY2023", "ERO officers", "1", "", "x", "high"), row])
    (problem,) = error.value.problems
    assert problem.code == code
    assert problem.where == f"quoted_figures.csv, row 3, column {column}"


def test_a_label_near_a_known_one_is_suggested(twins):
    with pytest.raises(DataError, match="ERO officers"):
        read(twins, [("FY2023", "ERO officer", "1", "", "x", "high")])


@pytest.mark.parametrize(
    ("file", "name", "start", "value"),
    [
        ("processing/in_absentia_and_timing.csv", "eoir-in-absentia", "2022-10-01", 159_379),
        ("processing/eoir_asylum.csv", "eoir-asylum-filed", "2023-10-01", 850_720),
        ("context/misc_point_figures.csv", "cbp-gotaways", "2022-10-01", 670_674),
        ("processing/ice_headline.csv", "ice-removals-total", "2023-10-01", 271_484),
    ],
)
def test_published_figures(shared, store, file, name, start, value):
    store.import_file(shared / "data" / file)
    found = series(name, period="fiscal-year", category="all", store=store).set_index("start")["value"]
    assert found[start] == value
