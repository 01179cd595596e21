"""Numbers as they are written: read back to the bit, or refused with every reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.series.own.written.conventions import ANY
from sojourn.series.own.written.numbers import STYLES, read_numbers, read_styles

VALUES = st.one_of(st.integers(-(10**12), 10**12), st.decimals(-(10**9), 10**9, places=3, allow_nan=False))


def written(number, decimal, thousands):
    """Return a number in a style, written by Python's own formatting and not by that of the reader."""
    plain = f"{number:,}" if thousands else f"{number}"
    return plain.translate(str.maketrans({",": thousands, ".": decimal}))


@given(st.lists(VALUES, min_size=1, max_size=8), st.sampled_from(list(STYLES.values())), st.booleans())
def test_what_is_written_in_a_style_that_is_named_is_read_back(numbers, marks, grouped):
    decimal, thousands = marks
    texts = [written(n, decimal, thousands if grouped else "") for n in numbers]
    read = read_numbers(dict.fromkeys(texts), decimal, thousands)
    assert not read.unread and read.doubt is None
    assert [read.values[t] for t in texts] == [float(n) for n in numbers]


@given(st.lists(VALUES, min_size=1, max_size=8), st.sampled_from(list(STYLES.values())))
def test_what_is_written_in_a_style_that_is_not_named_is_read_back_or_in_doubt(numbers, marks):
    texts = [written(n, *marks) for n in numbers]
    read = read_numbers(dict.fromkeys(texts))
    assert not read.unread
    if read.doubt is None:
        assert [read.values[t] for t in texts] == [float(n) for n in numbers]
    else:
        truth = float(numbers[texts.index(read.doubt.text)])
        assert truth in read.doubt.readings.values() and len(set(read.doubt.readings.values())) > 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("+12", 12),
        ("\u221212.5", -12.5),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1\u202f234,5", 1234.5),
        ("1,234,567", 1234567),
        ("12,34,567", 1234567),
        ("1.234.567,8", 1234567.8),
        ("1'234'567", 1234567),
        ("1\u2019234.5", 1234.5),
        ("0.123", 0.123),
        ("0,123", 0.123),
        ("1234.567", 1234.567),
        (".5", 0.5),
        ("1.5e3", 1500),
    ],
)
def test_one_meaning(text, number):
    read = read_numbers([text])
    assert read.doubt is None and read.values == {text: number}


@pytest.mark.parametrize(
    "text", ["", "12 34", "1,23,4", "12a", "1\u00b9", "(12)", "1,2.3,4", "1..2", "0x1f", "inf", "1_000"]
)
def test_no_number(text):
    assert text in read_numbers([text]).unread


@pytest.mark.parametrize(("text", "readings"), [("1.234", {1.234, 1234.0}), ("-56,789", {-56789.0, -56.789})])
def test_both_readings_of_a_number_in_doubt(text, readings):
    doubt = read_numbers(["7", text]).doubt
    assert doubt.text == text and set(doubt.readings.values()) == readings


def test_another_number_of_the_column_decides():
    assert read_numbers(["1.234", "0,5"]).values == {"1.234": 1234.0, "0,5": 0.5}
    assert read_numbers(["1.234", "0.5"]).values == {"1.234": 1.234, "0.5": 0.5}


def test_a_number_of_another_style_than_those_before_is_not_read():
    read = read_numbers(["1.234,5", "1,234.5"])
    assert read.unread == {"1,234.5": ("1.234,5",)}


def test_digits_alone_mean_the_same_in_every_style():
    assert read_styles("1234") == {ANY: 1234.0}
