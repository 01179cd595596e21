"""US Border Patrol totals: nationwide by month, and apprehensions by sector and citizenship by fiscal year.

Source: https://www.cbp.gov/newsroom/stats/nationwide-encounters and
https://www.cbp.gov/document/stats/us-border-patrol-apprehensions-sector-and-citizenship
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.series.countries import code_names
from sojourn.series.importers.columns import encoded, months, numbers, vocabulary
from sojourn.series.importers.figures import finish
from sojourn.series.importers.protocol import Check, Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import figures

__all__ = ["IMPORTERS", "MONTHLY", "SECTOR"]

MONTHLY = (
    "fiscal_year",
    "fiscal_month",
    "month_start",
    "encounters_final_count",
    "cbp_usb_encounter_count",
    "difference",
    "absolute_difference",
    "percent_difference",
    "exact_match",
    "status",
)
SECTOR = ("fy", "citizenship", *sorted({*vocabulary("cbp", "sector"), *vocabulary("cbp", "total")}))
_NAN = ("",)


def _read_monthly(source: SourceFile) -> Imported:
    """Read the monthly totals; the second source of the file is compared with the first and left out."""
    problems = problems_of(source)
    table = source.table()
    read = {
        name: numbers(table[name], problems, source.name, name, missing=missing)
        for name, missing in (
            ("cbp_usb_encounter_count", ()),
            ("encounters_final_count", _NAN),
            ("difference", _NAN),
            ("fiscal_year", ()),
        )
    }
    start = months(table["month_start"], problems, source.name, "month_start", years=(2000, 2049))
    problems.raise_if_any()
    value, other = read["cbp_usb_encounter_count"], read["encounters_final_count"]
    both = ~np.isnan(other)
    wrong = both & (other - value != np.where(np.isnan(read["difference"]), 0, read["difference"]))
    for row in np.flatnonzero(wrong)[:5]:
        spot = f"{source.name}, row {row + 2}, column difference"
        problems.add("D402", spot, "not the difference of the counts", found=str(read["difference"][row]))
    month = start.astype("datetime64[M]")
    fiscal = US_FISCAL_YEAR.years(start)
    for row in np.flatnonzero(fiscal != read["fiscal_year"])[:5]:
        spot = f"{source.name}, row {row + 2}, column fiscal_year"
        problems.add("D313", spot, "not the fiscal year of the month", found=str(read["fiscal_year"][row]))
    gaps = np.setdiff1d(np.arange(month.min(), month.max() + 1), month)
    if len(gaps):
        problems.add("D403", source.name, f"{len(gaps)} months missing inside the period", found=str(gaps[0]))
    revised = int((other[both] != value[both]).sum())
    dropped = (
        Dropped("column encounters_final_count", int(both.sum()), f"second source; differs in {revised} months"),
    )
    release = str(month.max())
    made = figures(
        {
            "publisher": "US Customs and Border Protection",
            "measure": "usbp-encounters-total",
            "unit": "encounter",
            "component": "USBP",
            "country": "USA",
            "period": "month",
            "start": start,
            "value": value,
            "release": release,
            "source": "https://www.cbp.gov/newsroom/stats/nationwide-encounters",
            "licence": "US-PD",
            "digest": source.digest,
        }
    )
    return finish(source, made, release, problems, dropped)


def _read_sector(source: SourceFile) -> Imported:
    """Read apprehensions by sector and citizenship; the file's own totals are checked and left out."""
    problems = problems_of(source)
    table = source.table()
    sectors = vocabulary("cbp", "sector")
    counts = {c: numbers(table[c], problems, source.name, c) for c in SECTOR[2:]}
    years = numbers(table["fy"], problems, source.name, "fy")
    for row in np.flatnonzero((years < 1990) | (years > 2049) | (years != np.round(years)))[:5]:
        problems.add("D307", f"{source.name}, row {row + 2}, column fy", "not a fiscal year", found=str(years[row]))
    names = encoded(table["citizenship"])
    codes = code_names(names, problems, f"{source.name}, column citizenship")
    problems.raise_if_any()
    checks = []
    for column, region in vocabulary("cbp", "total").items():
        parts = [c for c, place in sectors.items() if region == "all" or place.startswith(f"{region}/")]
        found = np.sum([counts[c] for c in parts], axis=0)
        for row in np.flatnonzero(found != counts[column])[:5]:
            spot = f"{source.name}, row {row + 2}, column {column}"
            said = {"found": str(counts[column][row]), "allowed": str(found[row])}
            problems.add("D402", spot, "not the sum of its sectors", **said)
        checks.append(Check(f"{column} is the sum of its sectors", float(counts[column].sum()), float(found.sum())))
    start = np.array([US_FISCAL_YEAR.start(int(year)) for year in years], "datetime64[M]")
    release = f"{int(years.max())}-09"
    many = len(sectors)
    made = figures(
        {
            "publisher": "US Border Patrol",
            "measure": "usbp-apprehensions-sector",
            "unit": "encounter",
            "component": "USBP",
            "nationality": pa.chunked_array([codes] * many),
            "name": pa.chunked_array([names] * many),
            "country": "USA",
            "place": np.repeat(list(sectors.values()), table.num_rows),
            "category": "title-8/apprehension",
            "period": "fiscal-year",
            "start": np.tile(start.astype("datetime64[D]"), many),
            "value": np.concatenate([counts[c] for c in sectors]),
            "release": release,
            "source": "https://www.cbp.gov/document/stats/us-border-patrol-apprehensions-sector-and-citizenship",
            "licence": "US-PD",
            "digest": source.digest,
        }
    )
    total = Dropped("columns *_TOTAL", table.num_rows, "totals of the sectors, checked against their sum")
    return finish(source, made, release, problems, (total,), checks)


IMPORTERS = (
    Importer(
        name="usbp-monthly-totals",
        title="Border Patrol encounters nationwide by month",
        measures=("usbp-encounters-total",),
        layouts=(MONTHLY,),
        read=_read_monthly,
    ),
    Importer(
        name="usbp-sector-citizenship",
        title="Border Patrol apprehensions by sector and citizenship",
        measures=("usbp-apprehensions-sector",),
        layouts=(SECTOR,),
        read=_read_sector,
    ),
)
"""The importers of this module."""
