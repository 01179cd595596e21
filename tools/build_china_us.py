"""Build the monthly and yearly series of the scenario china-us from the shipped reference figures.

python tools/build_china_us.py            write the files
python tools/build_china_us.py --check    fail if they differ from what the figures give
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import sojourn as sj

FOLDER = Path(__file__).parents[1] / "src/sojourn/library/scenarios/china-us"
MONTHS = pd.date_range("2022-01-01", "2025-05-01", freq="MS")
FIT_END = pd.Timestamp("2023-12-01")  # nothing after this month is used for shares that the model is given
SECTORS = {"san-diego": "southwest/san-diego-sector", "rio-grande-valley": "southwest/rio-grande-valley-sector"}
BOOK_OUTS = {"released": "usbp-release", "to-ice": "transfer-to-ice", "repatriated": "repatriation"}


def monthly(name: str, **question: object) -> pd.Series:
    """Return one published series by month, missing where not published."""
    table = sj.series(name, nationality="CHN", **question)
    return table.set_index("start")["value"].reindex(MONTHS)


def zero_within(values: pd.Series) -> pd.Series:
    """Months between the first and the last published one that have no row counted nobody."""
    first, last = values.first_valid_index(), values.last_valid_index()
    inside = (values.index >= first) & (values.index <= last)
    return values.mask(values.isna() & inside, 0.0)


def gateways(columns: dict[str, pd.Series]) -> None:
    """Regular entries and exits at the gateways."""
    entries = {c: monthly("iom-regular-entries", country=c) for c in ("ECU", "MEX", "BRA", "PER", "COL")}
    exits = monthly("iom-regular-exits", country="ECU")
    columns["ecuador-entries"] = entries["ECU"]
    columns["ecuador-exits"] = exits
    columns["ecuador-net"] = entries["ECU"] - exits
    half = pd.Series(MONTHS.year * 2 + (MONTHS.month > 6), index=MONTHS)
    share = (columns["ecuador-net"].groupby(half).sum() / entries["ECU"].groupby(half).sum()).reindex(half).values
    columns["ecuador-share"] = pd.Series(share, index=MONTHS).where(MONTHS <= FIT_END).round(4)
    columns["mexico-entries"] = entries["MEX"]
    columns["south-america-entries"] = entries["BRA"] + entries["PER"] + entries["COL"]


def stations(columns: dict[str, pd.Series]) -> None:
    """Counts on the road, at the border, and in custody."""
    columns["colombia"] = zero_within(monthly("iom-irregular-entries", country="COL"))
    columns["darien"] = zero_within(monthly("darien-crossings"))
    honduras = monthly("honduras-irregular-entries")
    columns["honduras"] = zero_within(honduras)
    columns["mexico-events"] = zero_within(monthly("mexico-irregular-events"))
    columns["usbp"] = monthly("usbp-encounters", place="southwest")
    for short, place in SECTORS.items():
        columns[f"usbp-{short}"] = monthly("usbp-encounters", place=place).fillna(0.0)
    columns["ofo"] = monthly("ofo-encounters", place="southwest")
    book_outs = sj.series("ohss-book-outs", nationality="CHN", by=["category"])
    total = 0.0
    for short, category in BOOK_OUTS.items():
        values = book_outs[book_outs["category"] == category].set_index("start")["value"].reindex(MONTHS)
        columns[short] = values
        total = total + values
    columns["to-ice-share"] = (columns["to-ice"] / total).where(MONTHS <= FIT_END).round(4)
    for short in SECTORS:
        share = columns[f"usbp-{short}"] / columns["usbp"]
        columns[f"{short}-share"] = share.where(MONTHS <= FIT_END).round(4)


def pushes() -> pd.DataFrame:
    """Push covariates, to the end of what is published."""
    months = pd.date_range("2022-01-01", "2026-12-01", freq="MS")
    out = {}
    parts = []
    for category in ("all-of-ages-16-24", "without-students"):
        values = sj.series("china-youth-unemployment", category=category).set_index("start")["value"]
        parts.append((values - values.mean()) / values.std())
    out["youth-unemployment"] = pd.concat(parts).groupby(level=0).mean().reindex(months).round(4)
    stringency = sj.series("oxcgrt-index", category="stringency", period="month", aggregate="mean")
    out["stringency"] = stringency.set_index("start")["value"].reindex(months).round(2)
    out["confidence"] = sj.series("china-confidence").set_index("start")["value"].reindex(months).round(4)
    visas = sj.series("visas-issued", nationality="CHN", by=["category"])
    visas = visas[visas["category"] == "b1-b2"].groupby("start")["value"].sum()
    out["b-visas"] = visas.reindex(months)
    return pd.DataFrame(out)


def years() -> pd.DataFrame:
    """Fiscal-year series of the immigration courts and of removals, newest release."""
    start = pd.to_datetime(["2021-10-01", "2022-10-01", "2023-10-01"])
    frame = pd.DataFrame(index=start)

    def fiscal(name: str, **question: object) -> pd.Series:
        table = sj.series(name, **question)
        table.index = [pd.Timestamp(e.year - (e.month < 10), 10, 1) for e in table["end"]]
        return table["value"].reindex(start)

    frame["court-pending"] = fiscal("eoir-pending")
    frame["court-new"] = fiscal("eoir-new-cases")
    frame["court-completions"] = fiscal("eoir-completions")
    frame["court-reopened"] = fiscal("eoir-motions")
    frame["removals"] = fiscal("ice-removals", nationality="CHN")
    frame.loc[start[0], "removals"] = np.nan  # the scenario starts three months into this year
    china = sj.series("cbp-encounters", nationality="CHN", place="southwest", period="fiscal-year")
    frame["court-others"] = (
        frame["court-new"] + frame["court-reopened"] - china.set_index("start")["value"].reindex(start)
    )
    return frame


def write(frame: pd.DataFrame, name: str, check: bool) -> bool:
    """Write a table, or tell whether it equals the file."""
    text = frame.rename_axis("date").to_csv(date_format="%Y-%m-%d", lineterminator="\n", float_format="%.10g")
    path = FOLDER / name
    if check:
        same = path.read_text() == text
        print(f"{name}: {'as built' if same else 'DIFFERS'}")
        return same
    path.write_text(text)
    print(f"{name}: {len(frame)} rows, {len(frame.columns)} series")
    return True


def main() -> int:
    """Write or check the files."""
    columns: dict[str, pd.Series] = {}
    gateways(columns)
    stations(columns)
    check = "--check" in sys.argv
    done = [
        write(pd.DataFrame(columns), "month.csv", check),
        write(pushes(), "push.csv", check),
        write(years(), "fiscal-year.csv", check),
    ]
    return 0 if all(done) else 1


if __name__ == "__main__":
    raise SystemExit(main())
