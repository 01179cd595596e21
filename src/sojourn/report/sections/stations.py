"""Stations: what publishers counted beside what the model says they would have counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from markupsafe import Markup

from sojourn.report.charts.bands import band_chart, bands
from sojourn.report.charts.chart import Picture
from sojourn.report.charts.cited import cited, rounded, share
from sojourn.report.section import Content, Section, Table
from sojourn.report.system_facts import SystemFacts, source_of
from sojourn.scenario.wording import number

__all__ = ["SECTION", "agreement_table", "bar_table", "stations"]

_WORDS = (
    "Dots are what publishers counted, in their own unit; bands are what the model says they would have counted, "
    "after the share captured, delay, rounding and noise of the link. Only whole periods are compared."
)


def stations(facts: SystemFacts) -> list[Picture]:
    """Return a picture for each observation: bands of the simulated counts, and the published ones as dots."""
    pictures = []
    for name, data in facts.seen.items():
        table = bands(data["simulated_count"]).assign(
            period_end=data["period_end"].values,
            complete=data["complete"].values,
            published=data["published_count"].values,
            # A flow is drawn in the middle of its period, a stock at its end.
            at=_moment(data),
        )
        table = table[table["complete"] & (table["q50"].notna() | table["published"].notna())]
        if not len(table):
            continue
        unit, source = str(data.attrs["units"]), source_of(data)
        known = table.dropna(subset=["published"])
        inside = (known["published"] >= known["q05"]) & (known["published"] <= known["q95"])
        said = (
            f"By {data.attrs['period']}, {table['time'].min():%B %Y} to {table['time'].max():%B %Y}: {len(known)} "
            f"published figures, {int(inside.sum())} of them inside the 90 % band."
        )
        chart = band_chart(table, facts, unit=unit, source=source)
        pictures.append(Picture(f"station-{name}", str(data.attrs["title"]), said, source, chart, table))
    return pictures


def _moment(data: xr.Dataset) -> pd.DatetimeIndex:
    start, end = pd.DatetimeIndex(data["time"].values), pd.DatetimeIndex(data["period_end"].values)
    return end if data.attrs["measure"] == "stock" else start + (end - start) / 2


def agreement_table(facts: SystemFacts) -> Table:
    """Return for each station how many published figures lie in the bands, and the logarithmic error."""
    rows = []
    right = {"in 50 %": "within_50", "in 90 %": "within_90", "log-RMSE": "log_rmse", "ratio": "ratio"}
    naive = {"log-RMSE, last value": "log_rmse_last", "log-RMSE, upstream": "log_rmse_upstream"}
    predicted = {k: v for k, v in naive.items() if v in facts.agreement and facts.agreement[v].notna().any()}
    split = facts.fitted_to is not None
    for row in facts.agreement.to_dict("records"):
        data = facts.seen[row["observation"]]
        source = f"{source_of(data)}; {facts.made_by}"
        cells: list[object] = [_title(facts, row["observation"]), data.attrs["units"]]
        cells += [{"fit": "in sample", "test": "out of sample"}[row["span"]]] if split else []
        cells.append(cited(str(row["periods"]), f"periods compared; {source}"))
        for column in (right | predicted).values():
            text = share(row[column]) if column.startswith("within") else _two(row[column])
            cells.append(cited(text, f"{_MEANS[column].format(least=facts.least)}; {source}"))
        rows.append(cells)
    heads = ["station", "unit", *(["span"] if split else []), "periods", *right, *predicted]
    return Table("Agreement at each station", heads, rows, frozenset({"periods", *right, *predicted}))


def _two(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"


_MEANS = {
    "within_50": "part of the published figures inside the 50 % band",
    "within_90": "part of the published figures inside the 90 % band",
    "log_rmse": "root mean square of log(median / published), over periods of {least:.0f} or more published",
    "ratio": "sum of medians over sum of published figures",
    "log_rmse_last": "the same error of a naive prediction: the last value before the test",
    "log_rmse_upstream": "the same error of a naive prediction: the series upstream times its last ratio",
}


def bar_table(facts: SystemFacts) -> Table:
    """Return the bars of the stations and whether they are reached, those that are not first."""
    rows = []
    for row in facts.bars.sort_values("verdict").to_dict("records"):
        title = _title(facts, row["station"])
        published = source_of(facts.seen[row["station"]])
        source = f"{row['measure']} at {title} over {row['sample']}; {published}; {facts.made_by}"
        verdict = row["verdict"]
        shown = Markup('<strong class="missed">not reached</strong>') if verdict == "not reached" else verdict
        rows.append(
            [title, row["measure"], row["sample"], cited(rounded(row["value"]), source), _bar_words(row), shown]
        )
    return Table("Bars", ("station", "measure", "over", "value", "bar", "verdict"), rows, frozenset({"value"}))


def _bar_words(row: Mapping[Any, Any]) -> str:
    """Return a bar in words."""
    low, high = float(row["low"]), float(row["high"])
    if np.isinf(low):
        return f"at most {number(high)}"
    return f"at least {number(low)}" if np.isinf(high) else f"{number(low)} to {number(high)}"


def _title(facts: SystemFacts, station: str) -> str:
    return str(facts.seen[station].attrs["title"])


def _build(facts: SystemFacts) -> Content:
    shown = [bar_table(facts)] if len(facts.bars) else []
    return Content([_WORDS], stations(facts), [*shown, agreement_table(facts)], key=True)


SECTION = Section("stations", "Published and simulated", frozenset({"system", "observations"}), _build)
