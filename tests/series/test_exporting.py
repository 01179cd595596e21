"""Out to a file and back in: the identity; and nothing a spreadsheet would run."""

import csv
import datetime as dt
import io

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.series import FIELDS, DataError, Store, export
from sojourn.series.model import SCHEMA, conform
from sojourn.writing import plain_cell

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(bool)
NASTY = st.sampled_from(
    ["=1+1", "+49", "-x", "@cmd", "'quoted", "''", "a,b", 'say "so"', "two\nlines", "=\"x\"&'y'"]
)


def held(store):
    """Return the figures of a store, by measure and release, and the bytes of its files."""
    return {
        (e.measure, e.release.removeprefix("table-")): (store.figures(e).to_pylist(), e.content)
        for e in store.entries()
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.one_of(st.just(""), WORDS, NASTY),
                "component": st.one_of(WORDS, NASTY),
                "nationality": st.sampled_from(["CHN", "XKX", "OOO", "all"]),
                "start": st.dates(dt.date(1999, 1, 1), dt.date(2025, 1, 1)).map(lambda d: str(d.replace(day=1))),
                "value": st.integers(0, 2**40),
                "release": st.sampled_from(["2024", "2024-06", "2025-01-31"]),
                "confidence": st.sampled_from(["high", "medium", "low"]),
            }
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda r: (r["component"], r["nationality"], r["name"], r["start"], r["release"]),
    )
)
def test_import_export_import_is_the_identity(stocked, tmp_path, rows):
    store = stocked(rows)
    for ending in ("csv", "csv.gz"):
        path = tmp_path / f"out.{ending}"
        assert export("cbp-encounters", path, release="each", store=store) == len(rows)
        again = Store(tmp_path / f"again-{len(list(tmp_path.iterdir()))}", with_shipped=False)
        again.import_file(path)
        assert held(again) == held(store)


def test_the_real_bundle_comes_back_as_it_went(shared, store, tmp_path):
    store.import_file(shared / "data/encounters/cbp_nationwide_encounters_fy20_fy23_state.csv")
    export("cbp-encounters-state", tmp_path / "out.csv", store=store)
    again = Store(tmp_path / "again", with_shipped=False)
    again.import_file(tmp_path / "out.csv")
    assert [e.content for e in again.entries()] == [e.content for e in store.entries()]


def test_no_cell_of_text_starts_like_a_formula(stocked, tmp_path):
    rows = [{"component": "=cmd|' /C calc'!A0", "name": "+1"}, {"component": "@SUM(A1)", "name": "-2"}]
    export("cbp-encounters", tmp_path / "out.csv", store=stocked(rows))
    text = {f.name for f in FIELDS if f.type == "text"}
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert not any(row[name].startswith(("=", "+", "-", "@", "\t", "\r")) for name in text)
            assert row["component"].startswith("'")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'x"])
def test_risky_text_is_quoted_and_plain_text_is_not(text):
    assert plain_cell(text) == f"'{text}"
    assert plain_cell(f"a{text}") == f"a{text}"


def test_values_are_written_plainly(stocked, tmp_path):
    rows = [{"value": 12}, {"value": None, "suppression": "suppressed", "nationality": "IND"}]
    export("cbp-encounters", tmp_path / "out.csv", store=stocked(rows))
    read = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert sorted(r["value"] for r in read) == ["", "12"]


def test_parquet_holds_the_same_table(stocked, tmp_path):
    store = stocked([{}, {"nationality": "IND"}])
    export("cbp-encounters", tmp_path / "out.parquet", store=store)
    table = conform(pq.read_table(tmp_path / "out.parquet"))
    assert table.schema.equals(SCHEMA)
    assert table.to_pylist() == store.figures(store.entries()[0]).to_pylist()


def test_a_selection_exports_its_own_figures_only(stocked, tmp_path):
    store = stocked([{"component": "USBP"}, {"component": "OFO"}])
    assert export("ofo-encounters", tmp_path / "out.csv", store=store) == 1


@pytest.mark.parametrize(
    ("code", "name", "file", "release"),
    [
        ("D601", "nothing", "x.csv", "latest"),
        ("D602", "darien-crossings", "x.csv", "latest"),
        ("D608", "cbp-encounters", "x.csv", "1999"),
        ("D114", "cbp-encounters", "x.xls", "latest"),
        ("D502", "cbp-encounters", "no/such/folder/x.csv", "latest"),
    ],
)
def test_what_cannot_be_exported_says_why_and_leaves_nothing(stocked, tmp_path, code, name, file, release):
    store = stocked([{}])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataError) as caught:
        export(name, tmp_path / file, release=release, store=store)
    assert caught.value.codes == (code,)
    assert sorted(tmp_path.rglob("*")) == before
