"""Small made-up twins of the publishers' files, and a store of one's own for each test."""

import csv
import datetime as dt
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from sojourn.calendar import period_end
from sojourn.series import Store
from sojourn.series.exporting import table_csv
from sojourn.series.importers import exported
from sojourn.series.importers.registry import importers
from sojourn.series.importers.united_states.cbp import AREA, SOUTHWEST, STATE
from sojourn.series.importers.united_states.cbp_totals import MONTHLY, SECTOR
from sojourn.series.model import figures

MONTHS = ("OCT", "NOV", "DEC", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP")
NATIONS = ("CHINA, PEOPLES REPUBLIC OF", "INDIA", "OTHER")
AREAS = (
    ("U.S. Border Patrol", "San Diego Sector", "SDC", "Apprehensions"),
    ("U.S. Border Patrol", "Tucson Sector", "TCA", "Apprehensions"),
    ("Office of Field Operations", "San Diego Field Office", "San Diego", "Inadmissibles"),
)
SECTORS = ("BBT", "DRT", "ELC", "EPT", "LRT", "RGV", "SDC", "TCA", "YUM")
NORTHERN = ("BLW", "BUN", "DTM", "GFN", "HLT", "HVM", "SPW", "SWB")
COASTAL = ("MIP", "NLL", "RMY")


class Twins:
    """Writes twins of the files under a folder; every figure is made up."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, header, rows, *, ends="\n"):
        """Write a CSV file and return its path."""
        out = io.StringIO()
        csv.writer(out, lineterminator=ends).writerows([header, *rows])
        path = self.folder / name
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
        return path

    @staticmethod
    def state_rows(years=(2021, 2022), plus=0):
        """Return rows of a bundle by state, every month and nationality of the fiscal years."""
        return [
            [y, "FYTD", m, "Southwest Land Border", s, "Single Adults", n, "Title 8", 10 * i + j + k + plus]
            for y in years
            for i, m in enumerate(MONTHS)
            for j, n in enumerate(NATIONS)
            for k, s in enumerate(("CA", "TX"))
        ]

    def state(self, name="bundle-state.csv", **kwargs):
        """Write a bundle by state."""
        return self.write(name, STATE, self.state_rows(**kwargs))

    @staticmethod
    def area_rows(years=(2023, 2024)):
        """Return rows of a bundle by area of responsibility, with the year to date marked in the last."""
        return [
            [
                f"{y} (FYTD)" if y == years[-1] else y,
                "FYTD",
                m,
                component,
                "Southwest Land Border",
                area,
                short,
                "FMUA",
                n,
                "Title 8",
                kind,
                i + j + k,
            ]
            for y in years
            for i, m in enumerate(MONTHS)
            for j, n in enumerate(NATIONS)
            for k, (component, area, short, kind) in enumerate(AREAS)
        ]

    def area(self, name="bundle-aor.csv", **kwargs):
        """Write a bundle by area of responsibility."""
        return self.write(name, AREA, self.area_rows(**kwargs))

    @staticmethod
    def southwest_rows():
        """Return rows of the dated copy: totals without area first, later by area and nationality."""
        patrol = "U.S. Border Patrol"
        rows = []
        for m in (7, 8, 9):
            rows.append([f"2019-0{m}-01", "x", patrol, "", "Title 8", "Apprehensions", "FMUA", "", f"{100 * m}.0"])
        for m in (10, 11, 12):
            for nation, count in (("CHN", 5), ("OOO", 7)):
                for _, area, _, kind in AREAS:
                    component = patrol if kind == "Apprehensions" else "Office of Field Operations"
                    day = f"2019-{m}-01"
                    for label in ("UAC", "Single Adults"):
                        rows.append([day, "x", component, area, "Title 8", kind, label, nation, f"{count + m}.0"])
        return rows

    def southwest(self, name="southwest.csv"):
        """Write the dated copy of the southwest border."""
        return self.write(name, SOUTHWEST, self.southwest_rows())

    @staticmethod
    def monthly_rows():
        """Return rows of monthly totals, one with a second source that differs."""
        return [
            [2024, 10, "2023-10-01", 90, 100, -10, 10, -11.1, "FALSE", "difference"],
            [2024, 11, "2023-11-01", 80, 80, 0, 0, 0, "TRUE", "exact match"],
            [2024, 12, "2023-12-01", "", 70, "", "", "", "", "missing from encounters_final"],
        ]

    def monthly(self, name="monthly.csv"):
        """Write monthly totals nationwide."""
        return self.write(name, MONTHLY, self.monthly_rows())

    @staticmethod
    def sector_rows():
        """Return rows of apprehensions by sector, with their totals."""
        rows = []
        for year in (2016, 2017):
            for k, nation in enumerate(("CHINA, PEOPLES REPUBLIC OF", "KOSOVO", "UNKNOWN"), start=1):
                cell = {c: k * i for i, c in enumerate((*SECTORS, *NORTHERN, *COASTAL))}
                for total, parts in (("SBO", SECTORS), ("NBO", NORTHERN), ("CBO", COASTAL)):
                    cell[f"{total}_TOTAL"] = sum(cell[p] for p in parts)
                cell["NATIONWIDE_TOTAL"] = cell["SBO_TOTAL"] + cell["NBO_TOTAL"] + cell["CBO_TOTAL"]
                rows.append([year, nation, *(cell[c] for c in SECTOR[2:])])
        return rows

    def sector(self, name="sector.csv"):
        """Write apprehensions by sector and citizenship."""
        return self.write(name, SECTOR, self.sector_rows())


DEFAULTS = {
    "publisher": "Office",
    "measure": "cbp-encounters",
    "unit": "encounter",
    "component": "USBP",
    "nationality": "CHN",
    "name": "",
    "family": "all",
    "country": "USA",
    "place": "southwest",
    "category": "all",
    "period": "month",
    "start": "2023-01-01",
    "value": 1,
    "rounding": 1,
    "suppression": "none",
    "confidence": "high",
    "release": "2024-01",
    "source": "https://example.org",
    "licence": "US-PD",
    "digest": "0",
}


def figures_table(rows):
    """Return a table of figures from rows that say only what differs from the defaults."""
    full = [{**DEFAULTS, **row} for row in rows]
    columns = {name: [row[name] for row in full] for name in DEFAULTS}
    columns["start"] = [dt.date.fromisoformat(str(d)) for d in columns["start"]]
    columns["value"] = [float("nan") if v is None else float(v) for v in columns["value"]]
    if any("end" in row for row in rows):
        ends = [row.get("end") or period_end(dt.date.fromisoformat(row["start"]), row["period"]) for row in full]
        columns["end"] = [dt.date.fromisoformat(str(d)) for d in ends]
    return figures(columns)


@pytest.fixture
def make_table():
    """Return the maker of tables of figures."""
    return figures_table


@pytest.fixture
def stocked(tmp_path):
    """Return what makes a store that holds given rows as releases of their publisher.

    Each row says only what differs from the defaults.
    """

    def make(rows):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        path = folder / "figures.csv"
        path.write_text(table_csv(figures_table(rows)), encoding="utf-8")
        store = Store(folder / "store", with_shipped=False)
        with patch.object(exported, "IMPORTERS", tuple(replace(i, of_publisher=True) for i in exported.IMPORTERS)):
            importers.cache_clear()
            store.import_file(path)
        importers.cache_clear()
        return store

    return make


@pytest.fixture
def twins(tmp_path):
    """Return the writer of twins."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Twins(folder)


@pytest.fixture
def store(tmp_path):
    """Return an empty store of the test's own, without the shipped figures."""
    return Store(tmp_path / "store", with_shipped=False)
