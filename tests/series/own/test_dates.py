"""Dates as they are written: read back, or refused with every reading."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.series.own.written.date_format import When, whole_year
from sojourn.series.own.written.dates import read_dates

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31))
DAY_FORMATS = {
    "dd/mm/yyyy": "%d/%m/%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyymmdd": "%Y%m%d",
    "ddmmyyyy": "%d%m%Y",
    "d mmm yyyy": "%d %b %Y",
    "mmmm d, yyyy": "%B %d, %Y",
    'yyyy"d"dd"m"mm': "%Yd%dm%m",
}
MONTH_FORMATS = {
    "yyyy-mm": "%Y-%m",
    "mm/yyyy": "%m/%Y",
    "mmm yyyy": "%b %Y",
    "mmmm yyyy": "%B %Y",
    'yyyy"M"mm': "%YM%m",
}


@given(st.lists(DAYS, min_size=1, max_size=6), st.sampled_from(list(DAY_FORMATS)))
def test_days_written_in_a_format_that_is_named_are_read_back(days, name):
    texts = [day.strftime(DAY_FORMATS[name]) for day in days]
    read = read_dates(dict.fromkeys(texts), name)
    assert not read.unread and [read.values[t] for t in texts] == [When("day", day) for day in days]


@given(st.lists(DAYS, min_size=1, max_size=6), st.sampled_from(list(MONTH_FORMATS)), st.booleans())
def test_months_are_read_back_with_their_format_and_without(days, name, named):
    texts = [day.strftime(MONTH_FORMATS[name]) for day in days]
    read = read_dates(dict.fromkeys(texts), name if named else "", across_years=False)
    assert not read.unread and read.doubt is None
    assert [read.values[t] for t in texts] == [When("month", day.replace(day=1)) for day in days]


@given(
    st.lists(DAYS, min_size=1, max_size=6),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%Y%m%d", "%b %d, %Y"]),
)
def test_days_whose_format_is_not_named_are_read_back_or_in_doubt(days, form):
    texts = [day.strftime(form) for day in days]
    read = read_dates(dict.fromkeys(texts))
    assert not read.unread
    if read.doubt is None:
        assert [read.values[t] for t in texts] == [When("day", day) for day in days]
    else:
        truth = When("day", days[texts.index(read.doubt.text)])
        assert truth in read.doubt.readings.values() and len(set(read.doubt.readings.values())) == 2


@given(st.dates(dt.date(1930, 1, 1), dt.datetime.now(dt.UTC).date()))
def test_two_digits_are_the_latest_year_that_has_begun(day):
    year = whole_year(day.year % 100)
    assert year % 100 == day.year % 100 and year <= dt.datetime.now(dt.UTC).year < year + 100


@pytest.mark.parametrize(
    ("text", "kind", "start"),
    [
        ("2024-02-01T00:00:00", "day", "2024-02-01"),
        ("2024-02-01 00:00:00+00:00", "day", "2024-02-01"),
        ("1 de febrero de 2024", "day", "2024-02-01"),
        ("1er f\u00e9vrier 2024", "day", "2024-02-01"),
        ("1. Februar 2024", "day", "2024-02-01"),
        ("02-Feb-2024", "day", "2024-02-02"),
        ("February 2nd, 2024", "day", "2024-02-02"),
        ("31/12/2024", "day", "2024-12-31"),
        ("12/31/2024", "day", "2024-12-31"),
        ("05/05/2024", "day", "2024-05-05"),
        ("2024", "calendar-year", "2024-01-01"),
        ("FY2024", "fiscal-year", "2023-10-01"),
        ("2024M02", "month", "2024-02-01"),
        ("2024-M2", "month", "2024-02-01"),
        ("Y2024M02", "month", "2024-02-01"),
        ("202402", "month", "2024-02-01"),
        ("2024 2", "month", "2024-02-01"),
        ("f\u00e9vr. 2024", "month", "2024-02-01"),
        ("M\u00e4rz 2024", "month", "2024-03-01"),
        ("Feb-24", "month", "2024-02-01"),
        ("2024Q2", "quarter", "2024-04-01"),
        ("Q2 2024", "quarter", "2024-04-01"),
        ("2024-T2", "quarter", "2024-04-01"),
    ],
)
def test_one_meaning(text, kind, start):
    read = read_dates([text])
    assert read.doubt is None and read.values == {text: When(kind, dt.date.fromisoformat(start))}


@pytest.mark.parametrize(
    "text", ["", "31/02/2024", "2024-13", "2024-02-30", "13/13/2024", "24", "1-Feb", "Foo 2024", "20241301"]
)
def test_no_date(text):
    assert text in read_dates([text]).unread


@pytest.mark.parametrize(
    ("texts", "readings"),
    [
        (["01/02/2024"], {"1 February 2024", "2 January 2024"}),
        (["05/05/2024", "03-04-2024"], {"3 April 2024", "4 March 2024"}),
        (["01/02/03"], {"1 February 2003", "2 January 2003", "3 February 2001"}),
        (["2010/11", "2011/12"], {"November 2010", "the year 2010/11"}),
    ],
)
def test_every_reading_of_a_date_in_doubt(texts, readings):
    assert {str(when) for when in read_dates(texts).doubt.readings.values()} == readings


def test_another_date_of_the_column_decides():
    read = read_dates(["01/02/2024", "13/02/2024"])
    assert read.convention == "dd/mm/yyyy" and read.values["01/02/2024"].start == dt.date(2024, 2, 1)
    assert read_dates(["2010-11", "2010-12"]).values["2010-11"] == When("month", dt.date(2010, 11, 1))


def test_dates_of_two_orders_are_not_read_together():
    assert read_dates(["13/02/2024", "02/14/2024"]).unread == {"02/14/2024": ("dd/mm/yyyy",)}


@pytest.mark.parametrize("text", ["dd/mm", "dd/yyyy", "yyyy yyyy", "nonsense"])
def test_a_format_without_a_year_or_with_parts_twice_is_none(text):

    with pytest.raises(ValueError, match="a format has a year"):
        read_dates(["1"], text)
