"""The shipped reference figures: complete, within their size, reproducible to the byte, true to their checks."""

import csv
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sojourn
from sojourn.series import Store, series, verify
from sojourn.series.codes import collect
from sojourn.series.model import SCHEMA, conform, measures
from sojourn.series.store import reference, shelf
from sojourn.series.validation import check_figures

ROOT = Path(__file__).parents[2]
FIGURES = Path(sojourn.__file__).parent / "library" / "figures"
PACKAGE = json.loads((FIGURES / "datapackage.json").read_text(encoding="utf-8"))
TABLES = {r["name"]: r for r in PACKAGE["resources"] if r["format"] == "parquet"}

ASKED_FOR = {
    "cbp-encounters": {"component", "place", "nationality"},
    "ohss-usbp-encounters": {"nationality"},
    "usbp-encounters-total": set(),
    "darien-crossings": {"nationality"},
    "honduras-irregular-entries": {"nationality"},
    "mexico-irregular-events": {"nationality"},
    "iom-irregular-entries": {"nationality", "country"},
    "iom-regular-entries": {"nationality", "country"},
    "iom-regular-exits": {"nationality", "country"},
    "ohss-book-outs": {"nationality", "category"},
    "eoir-pending": {"category", "release"},
    "eoir-judges": set(),
    "ohss-fear-results": {"category"},
    "ice-removals": {"nationality"},
    "removal-flight-passengers": set(),
    "unhcr-decisions": {"nationality", "country", "component", "category"},
    "visas-issued": {"category"},
    "china-youth-unemployment": {"category"},
    "oxcgrt-index": {"category"},
    "china-confidence": set(),
}
"""Measures that must ship, and along what they must be split. Source: issue 3, point 4."""


@pytest.fixture(scope="module")
def shipped():
    return Store(FIGURES / "no-such-folder")


def read(name):
    return conform(pq.read_table(FIGURES / TABLES[name]["path"]))


def builder():
    """Return tools/build_figures.py as a module."""
    spec = importlib.util.spec_from_file_location("build_figures", ROOT / "tools" / "build_figures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(ASKED_FOR))
def test_every_series_that_is_asked_for_ships_with_its_splits(name):
    table = read(name)
    for column in ASKED_FOR[name]:
        assert len(table[column].unique()) > 1, column


def test_periods_that_are_asked_for_are_covered(shipped):
    border = series("cbp-encounters", place="southwest", nationality="CHN", store=shipped)
    assert (str(border["start"].min())[:7], str(border["start"].max())[:7]) == ("2019-10", "2025-05")
    patrol = series("ohss-usbp-encounters", nationality="CHN", store=shipped)
    assert str(patrol["start"].min())[:7] == "1999-10"
    assert set(series("eoir-pending", release="each", store=shipped)["release"]) == {"2021-04-19", "2025-11-18"}


def test_they_are_within_five_megabytes():
    assert sum(p.stat().st_size for p in FIGURES.iterdir()) <= 5_000_000


def test_the_descriptor_names_every_file_and_its_bytes():
    listed = {r["path"] for r in PACKAGE["resources"]} | {"datapackage.json", "schema.json"}
    assert {p.name for p in FIGURES.iterdir()} == listed
    for resource in TABLES.values():
        data = (FIGURES / resource["path"]).read_bytes()
        assert resource["file_sha256"] == hashlib.sha256(data).hexdigest()
        assert resource["file_bytes"] == len(data)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_one_of_figures_and_what_its_descriptor_says(name):
    table, said = read(name), TABLES[name]
    problems = collect(name)
    check_figures(table, problems, name)
    problems.raise_if_any()
    assert set(table["measure"].unique().to_pylist()) == {name}
    assert (table.num_rows, said["unit"]) == (said["rows"], measures()[name].unit)
    assert [r["release"] for r in said["releases"]] == sorted(table["release"].cast("string").unique().to_pylist())
    assert sum(r["rows"] for r in said["releases"]) == table.num_rows
    assert said["content"] == builder().content_digest(table)
    for key in ("publisher", "licenses", "sources", "period", "rounding", "releases", "files"):
        assert said[key], key


def test_the_schema_of_the_descriptor_is_the_schema_of_the_tables():
    fields = json.loads((FIGURES / "schema.json").read_text(encoding="utf-8"))["fields"]
    assert [f["name"] for f in fields] == SCHEMA.names
    assert all(f["description"] for f in fields)


def test_works_under_a_licence_with_a_name_are_named():
    text = PACKAGE["description"]
    for name in ("UNHCR", "Oxford COVID-19 Government Response Tracker", "Missing Migrants Project"):
        assert name in text
    named = {r["name"]: [x["name"] for x in r["licenses"]] for r in TABLES.values()}
    assert named["unhcr-decisions"] == named["iom-deaths"] == named["oxcgrt-index"] == ["CC-BY-4.0"]


def test_all_published_checks_hold_on_the_shipped_figures(shipped):
    done = verify(store=shipped)
    assert [v.check for v in done if not v.holds] == []
    assert len(done) >= 43


def test_a_check_fails_when_a_figure_is_changed(tmp_path, monkeypatch):
    """A planted fault: one figure of the Darien raised by one."""
    for path in FIGURES.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = read("darien-crossings")
    chinese = [
        i for i, r in enumerate(table.to_pylist()) if r["nationality"] == "CHN" and str(r["start"]) == "2023-11-01"
    ]
    values = table["value"].to_pylist()
    values[chinese[0]] += 1
    changed = table.set_column(SCHEMA.names.index("value"), "value", pa.array(values))
    pq.write_table(changed, tmp_path / "darien-crossings.parquet")
    descriptor = reference._read_descriptor
    monkeypatch.setattr(shelf, "reference_entries", lambda: descriptor(str(tmp_path)))
    descriptor.cache_clear()
    try:
        wrong = [v.check for v in verify("Darien", store=Store(tmp_path / "none")) if not v.holds]
    finally:
        descriptor.cache_clear()
    assert wrong == ["Darien, all, 2023", "Darien, China, 2023"]


def test_policies_have_an_id_a_date_a_citation_and_a_word_of_confidence():
    with (FIGURES / "policies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({r["id"] for r in rows}) == len(rows) == 43
    assert [r["date"] for r in rows] == sorted(r["date"] for r in rows)
    assert all(r["event"] and r["source"] and r["confidence"] in {"high", "medium", "low"} for r in rows)


@pytest.fixture(scope="module")
def built(shared, tmp_path_factory):
    """Two builds in processes of their own, whose sets and dictionaries are in other orders."""
    folder = tmp_path_factory.mktemp("built")
    jobs = [
        subprocess.Popen(
            [
                sys.executable,
                str(ROOT / "tools" / "build_figures.py"),
                "--shared",
                str(shared),
                "--out",
                str(folder / seed),
            ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
        )
        for seed in ("1", "2")
    ]
    assert [job.wait() for job in jobs] == [0, 0]
    return folder / "1", folder / "2"


def contents(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_two_builds_are_equal_to_the_byte(built):
    first, second = map(contents, built)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_a_build_is_what_is_committed(built):
    """Figures, always; bytes, where the version of pyarrow that wrote the committed files is installed."""
    made = json.loads((built[0] / "datapackage.json").read_text(encoding="utf-8"))
    digests = {r["name"]: r.get("content") or r["hash"] for r in made["resources"]}
    assert digests == {r["name"]: r.get("content") or r["hash"] for r in PACKAGE["resources"]}
    writer = pq.ParquetFile(FIGURES / "darien-crossings.parquet").metadata.created_by
    if writer.endswith(f"version {pa.__version__}"):
        fresh, committed = contents(built[0]), contents(FIGURES)
        assert [name for name in fresh if fresh[name] != committed.get(name)] == []


PIPELINE = {
    **{
        f"{c}_regular_entries": ("iom-regular-entries", {"country": c})
        for c in ("ECU", "COL", "BRA", "PER", "MEX", "CRI", "GTM", "HND")
    },
    **{
        f"{c}_regular_exits": ("iom-regular-exits", {"country": c})
        for c in ("ECU", "COL", "BRA", "PER", "CRI", "GTM", "HND")
    },
    "COL_irregular_transit": ("colombia-irregular-transit", {}),
    "PAN_darien": ("darien-crossings", {"period": "month"}),
    "HND_irregular_CHN_plus_TWNcode": ("honduras-irregular-entries", {}),
    "MEX_irregular_events": ("mexico-irregular-events", {}),
    "US_SWB_USBP": ("usbp-encounters", {"place": "southwest"}),
    "US_SWB_OFO": ("ofo-encounters", {"place": "southwest"}),
    **{
        f"US_USBP_{s}_Sector": ("usbp-encounters", {"place": f"{s.lower().replace('_', '-')}-sector"})
        for s in (
            "San_Diego",
            "El_Centro",
            "Yuma",
            "Tucson",
            "El_Paso",
            "Big_Bend",
            "Del_Rio",
            "Laredo",
            "Rio_Grande_Valley",
        )
    },
    "US_B1B2_visas_issued": ("visas-issued", {"category": "b1-b2"}),
    "CN_urban_unemployment_pct": ("china-unemployment", {"nationality": None}),
}


@pytest.mark.parametrize("column", sorted(PIPELINE))
def test_chinese_series_agree_with_an_independent_table_of_all_stations(shared, shipped, column):
    table = pd.read_csv(shared / "data" / "china_pipeline_monthly.csv", parse_dates=["month"]).set_index("month")
    name, filters = PIPELINE[column]
    found = series(name, store=shipped, **{"nationality": "CHN", **filters}).set_index("start")["value"]
    theirs = table[column].dropna()
    assert len(theirs) >= 18
    both = pd.concat([theirs, found[found.index >= table.index.min()]], axis=1, join="outer").dropna(how="all")
    assert (both.iloc[:, 0].fillna(0) == both.iloc[:, 1].fillna(0)).all()
