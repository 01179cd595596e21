"""Files with random damage: read or refused with codes, never an error of another kind."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sojourn.series import CODES, DataError
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b",", b"\n", b'"', b"\r", b"\0", b"\xff", b"=1+1", b"-1", b"1e400", b"nan", b"2021", b"\xef\xbb\xbf"]
    ),
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=4)


def damaged(data, edits):
    """Return bytes with pieces replaced: at a share of the length, so many bytes by others."""
    for share, cut, piece in edits:
        at = int(share * len(data))
        data = data[:at] + piece + data[at + cut :]
    return data


def read_or_refuse(path):
    """Read a file; a refusal must carry known codes and name the file."""
    try:
        _, read = read_file(SourceFile(path))
    except DataError as err:
        assert err.codes and set(err.codes) <= set(CODES)
        return None
    return read.table.num_rows


@pytest.mark.parametrize("kind", ["state", "area", "southwest", "monthly", "sector"])
@FUZZ
@given(edits=EDITS)
@example(edits=[(0.0, 0, b"\xef\xbb\xbf")])
@example(edits=[(1.0, 0, b",")])
def test_damaged_text(twins, kind, edits):
    path = getattr(twins, kind)()
    path.write_bytes(damaged(path.read_bytes(), edits))
    read_or_refuse(path)


@pytest.fixture(scope="module")
def workbook():
    """Return the bytes of a small workbook."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Fiscal\nYear", "Month", "Citizenship", "Quantity"], [2000, "01 October", "China", 10]):
        book.active.append(row)
    book.active.title = "Monthly Citizenship"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@FUZZ
@given(edits=EDITS)
def test_damaged_archive(twins, workbook, edits):
    path = twins.folder / "book.xlsx"
    path.write_bytes(damaged(workbook, edits))
    read_or_refuse(path)


@FUZZ
@given(edits=EDITS, part=st.integers(0, 20))
def test_damaged_parts_of_an_archive(twins, workbook, edits, part):
    path = twins.folder / "book.xlsx"
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(path, "w") as new:
        names = old.namelist()
        for name in names:
            data = old.read(name)
            new.writestr(name, damaged(data, edits) if name == names[part % len(names)] else data)
    read_or_refuse(path)
