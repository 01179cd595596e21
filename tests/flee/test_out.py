"""out.csv: what Flee writes is read; what is written here is what Flee writes, byte for byte."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from sojourn.flee import FleeError, out_csv, read, read_out

RUNS = (
    "burundi2015/h50_seed101",
    "car2013/h200_seed102",
    "mali2012/h20_seed103",
    "ssudan2013/h100_seed104",
    "syria2013/h2000_seed105",
    "tigray2020/h50_seed106",
)


@pytest.mark.parametrize("run", RUNS)
def test_same_bytes_as_flee(shared_flee: Path, run: str) -> None:
    """From the counts of agents of a run of Flee alone, its out.csv is written again: data, errors, totals."""
    path = shared_flee / "reference_runs" / f"{run}.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    rows = list(csv.DictReader(text.splitlines()))
    scenario = read(shared_flee / "instances" / run.split("/")[0], compat="flee3")
    out = read_out(path)
    created = np.array([int(row["total refugees (simulation)"]) for row in rows])
    scale = int(run.split("/h")[1].split("_")[0])
    assert out.camps == scenario.camps
    assert out_csv(scenario, out.simulated, created, scale) == text


def test_sensible_columns(small: Path) -> None:
    scenario = read(small)
    simulated = np.ones((40, 3), dtype=np.int64)
    day = np.arange(40)
    path = small / "out.csv"
    path.write_text(out_csv(scenario, simulated, day), encoding="utf-8")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert rows[0]["Date"] == "2021-03-01"
    assert rows[0]["raw UNHCR refugee count"] == "120"
    assert float(rows[0]["Total error"]) == pytest.approx((119 + 1 + 1) / 120)
    out = read_out(path)
    assert (out.simulated == 1).all()
    assert out.published_total[0] == 120
    late = out_csv(read(small, compat="flee3"), simulated, day).splitlines()[1].split(",")
    assert (late[1], late[-3]) == ("2021-03-02", "240")


def test_displaced_inside(small: Path) -> None:
    for name, old, new in [
        ("simsetting.yml", "camp: 0", "camp: 0\n  idp_totals: 1"),
        ("input_csv/locations.csv", "camp,0,2500", "idpcamp,0,2500"),
    ]:
        path = small / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    lines = out_csv(read(small), np.full((40, 3), 8, dtype=np.int64), np.arange(40)).splitlines()
    assert lines[0].endswith(",total IDPs")
    assert lines[5].endswith(",24,0,8")


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "Day,Date,A sim,A data\n", "Day,A sim,A data,refugees in camps (UNHCR)\n0,1,x,1\n"]
)
def test_not_an_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "out.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FleeError) as caught:
        read_out(tmp_path / "out.csv")
    assert set(caught.value.codes) == {"F143"}


def test_unreadable(tmp_path: Path) -> None:
    (tmp_path / "out.csv.gz").write_bytes(b"not gzip")
    for name in ("out.csv.gz", "absent.csv"):
        with pytest.raises(FleeError) as caught:
            read_out(tmp_path / name)
        assert "F143" in caught.value.codes
