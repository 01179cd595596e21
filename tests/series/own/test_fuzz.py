"""Whatever the bytes of a table are: it is read, or refused with codes, and nothing else happens."""

import io
import json

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.series import CODES, DataError, add

SAID = {"unit": "boat", "publisher": "P", "period": "month", "nationality": "who"}
ROWS = [("2024-01", "Cuba", 1.5), ("02/2024", "VEN", -3), ("Mar 2024", "Haiti", 1e9), ("2024-04-01", "all", None)]
FRAME = pd.DataFrame(ROWS, columns=["d", "who", "n"])


def seeds():
    """Return a table in every kind of file."""
    book = openpyxl.Workbook()
    book.active.append(["d", "who", "n"])
    for row in ROWS:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    text = FRAME.to_csv(index=False)
    return {
        ".csv": text.encode(),
        ".tsv": text.replace(",", "\t").encode("utf-16"),
        ".json": json.dumps(FRAME.to_dict("list")).encode(),
        ".jsonl": FRAME.to_json(orient="records", lines=True).encode(),
        ".parquet": FRAME.to_parquet(),
        ".xlsx": packed.getvalue(),
    }


SEEDS = seeds()
CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1), st.integers(0, 3), st.binary(max_size=4) | st.sampled_from([b",", b"\n", b'"', b"1/2/24"])
    ),
    min_size=1,
    max_size=6,
)


def tried(path, **more):
    """Read a file as an own series; whether it was taken. Anything but DataError fails the test."""
    try:
        add(path, "fuzzed", preview=True, **{**SAID, **more})
    except DataError as err:
        assert err.codes and set(err.codes) <= set(CODES)
        return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@given(st.sampled_from(sorted(SEEDS)), CHANGES, st.booleans())
def test_a_changed_file_is_read_or_refused(folder, kind, changes, wide):
    data = bytearray(SEEDS[kind])
    for place, removed, added in changes:
        at = int(place * len(data))
        data[at : at + removed] = added
    path = folder / f"table{kind}"
    path.write_bytes(data)
    tried(path, **({} if wide else {"value": "n", "date": "d"}))


CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=2),
)


DATES = CELLS | st.sampled_from(["2024-01", "02/2024", "2024-02-29", "31/01/2024", "2024M3", 2024])
NAMES = CELLS | st.sampled_from(["Cuba", "HTI", "all", "Total", "cote d'ivoire"])
NUMBERS = CELLS | st.sampled_from(["1,234.5", "1 234", "12%", ":", "n/a", 7, "1.234,5"])


@given(st.lists(st.tuples(DATES, NAMES, NUMBERS), min_size=1, max_size=4))
def test_a_frame_of_anything_is_read_or_refused(rows):
    tried(pd.DataFrame(rows, columns=["d", "who", "n"], dtype=object), value="n", date="d")


def test_the_unchanged_files_are_read(folder):
    for kind, data in SEEDS.items():
        path = folder / f"seed{kind}"
        path.write_bytes(data)
        assert tried(path, value="n", date="d") and not tried(path, value="n", date="d", unit="person")
