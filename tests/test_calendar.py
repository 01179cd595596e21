"""The calendar: periods partition the days, fiscal years begin where they are told to, labels are read back."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.calendar import (
    MONTHS,
    PERIODS,
    FiscalYear,
    containing,
    label,
    made_of,
    period_end,
    period_ends,
    period_index,
    period_start,
    period_starts,
    read_period,
    starts_period,
)

dates = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))
fiscal_years = st.builds(FiscalYear, st.integers(1, 12), st.sampled_from(("end", "start")))


@given(st.sampled_from(PERIODS), dates, dates)
def test_a_day_lies_in_the_period_with_its_number(period, start, day):
    start = start.replace(day=1) if period in MONTHS else start
    index = period_index(period, start, day)
    first = period_start(period, start, index)
    assert first <= day <= period_end(first, period)
    assert period_index(period, start, first) == index
    starts = period_starts(period, start, 3)
    assert [d.item() for d in starts] == [period_start(period, start, i) for i in range(4)]


@given(st.sampled_from(("month", "quarter", "year", "fiscal-year")), dates, fiscal_years)
def test_the_period_containing_a_day(period, day, fiscal):
    first, last = (d.item() for d in containing(np.array(day, "datetime64[D]"), period, fiscal))
    assert first <= day <= last
    assert starts_period(period, first, fiscal)
    assert last == period_end(first, period)
    assert last - first <= dt.timedelta(days=366)


@given(st.sampled_from(PERIODS), dates)
def test_the_last_days_of_periods(period, start):
    start = start.replace(day=1) if period in MONTHS else start
    assert period_ends(np.array([start], "datetime64[D]"), period).tolist() == [period_end(start, period)]


@given(st.integers(1951, 2089), dates, fiscal_years)
def test_fiscal_years_of_arrays_are_those_of_days(year, day, fiscal):
    assert fiscal.years(np.array([day], "datetime64[D]")).tolist() == [fiscal.of(day)]
    assert fiscal.end(year) + dt.timedelta(days=1) == fiscal.start(year + 1)


@pytest.mark.parametrize(("first", "quarters"), [(10, True), (4, True), (1, True), (5, False), (12, False)])
def test_what_a_fiscal_year_is_made_of(first, quarters):
    kinds = made_of("fiscal-year", FiscalYear(first))
    assert kinds[0] == "fiscal-year" and ("quarter" in kinds) is quarters
    assert made_of("calendar-year") == ("calendar-year", "quarter", "month", "day")


@given(dates)
def test_us_fiscal_years_are_those_of_pandas(day):
    ours = label("fiscal-year", containing(np.array(day, "datetime64[D]"), "fiscal-year")[0].item())
    assert ours == f"FY{pd.Timestamp(day).to_period('Y-SEP').year}"


@pytest.mark.parametrize(
    ("fiscal", "day", "year"),
    [
        (FiscalYear(10), dt.date(2023, 9, 30), 2023),
        (FiscalYear(10), dt.date(2023, 10, 1), 2024),
        (FiscalYear(4, "start"), dt.date(2024, 3, 31), 2023),
        (FiscalYear(4, "start"), dt.date(2024, 4, 1), 2024),
        (FiscalYear(7), dt.date(2023, 7, 1), 2024),
        (FiscalYear(1), dt.date(2023, 7, 1), 2023),
    ],
)
def test_fiscal_years_of_several_countries(fiscal, day, year):
    assert fiscal.of(day) == year
    assert fiscal.of(fiscal.start(year)) == year
    assert fiscal.of(fiscal.start(year) - dt.timedelta(days=1)) == year - 1


@pytest.mark.parametrize("wrong", [{"first_month": 0}, {"first_month": 13}, {"named_by": "middle"}])
def test_no_other_fiscal_years(wrong):
    with pytest.raises(ValueError, match="no fiscal year"):
        FiscalYear(**wrong)


@given(st.sampled_from(("calendar-year", "fiscal-year", "month", "day")), dates)
def test_labels_are_read_back(period, day):
    first, last = (d.item() for d in containing(np.array(day, "datetime64[D]"), period))
    found = read_period(label(period, first))
    assert (found.kind, found.start, found.end) == (period, first, last)
