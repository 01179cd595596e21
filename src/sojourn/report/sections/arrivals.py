"""Where the people of each quarter's arrivals are at the end of the run: cohorts, stacked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.report.charts.chart import Picture, tip
from sojourn.report.charts.cited import rounded, share
from sojourn.report.charts.stack import LEAST_SHARE, looks, named_stages, stacked
from sojourn.report.facts import long_date
from sojourn.report.system_facts import SystemFacts

__all__ = ["arrivals", "arrivals_table"]

_LEAST = 1.0
_UNDATED = 2
"""Cohorts before the first dated one: not arrived, and there at the start."""


def arrivals_table(facts: SystemFacts) -> pd.DataFrame:
    """Return where the people of each quarter of arrival are at the end of the run.

    Columns: quarter, where, arrived (mean), people (mean), people_low, people_high, share (mean), share_median,
    share_low, share_high; low and high are the ends of the central 90 % over replicates. Quarters with less than
    one arrival on average are left out. Raises ValueError where the report was given no cohorts.
    """
    found = _followed(facts)
    people = found.values[:, _UNDATED:]
    groups = named_stages(facts)
    arrived = np.stack([people[:, :, stages].sum(-1) for stages in groups.values()]).sum(0)
    some = arrived.mean(0) >= _LEAST
    quarters, arrived = found["cohort"].values[_UNDATED:][some], arrived[:, some]
    parts = []
    for where, stages in groups.items():
        here = people[:, some][:, :, stages].sum(-1)
        if not here.any():
            continue
        part = np.divide(here, arrived, out=np.full_like(here, np.nan), where=arrived > 0)
        low, high = np.quantile(here, (0.05, 0.95), axis=0)
        least, middle, most = np.nanquantile(part, (0.05, 0.5, 0.95), axis=0)
        columns = {"people": here.mean(0), "people_low": low, "people_high": high}
        columns |= {"share": np.nanmean(part, axis=0), "share_median": middle}
        columns |= {"share_low": least, "share_high": most}
        parts.append(pd.DataFrame({"quarter": quarters, "where": where, "arrived": arrived.mean(0)} | columns))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _followed(facts: SystemFacts) -> xr.DataArray:
    """Return (replicate, cohort, stage): the people of the groups followed, by quarter of arrival."""
    if facts.cohorts is None:
        raise ValueError("no cohorts are given")
    return facts.cohorts.sel(group=list(facts.followed)).sum("group")


def arrivals(facts: SystemFacts) -> list[Picture]:
    """Return pictures of the shares and the numbers of :func:`arrivals_table`; none where nobody arrives."""
    table = arrivals_table(facts)
    if not len(table):
        return []
    question = facts.scenario.question
    word = (question.arrivals.label if question is not None and question.arrivals is not None else "") or "entry"
    most = table.iloc[int(table["arrived"].to_numpy().argmax())]
    of_it = table[table["quarter"] == most["quarter"]].sort_values("share", ascending=False).head(4)
    of_it = of_it[of_it["share"] >= LEAST_SHARE]
    largest = ", ".join(f"{r['where']} {share(r['share'])}" for _, r in of_it.iterrows())
    day = long_date(facts.last_day)
    said = (
        f"Stacked bars by quarter of {word}: where those people are on {day}. Most came in {most['quarter']}: "
        f"{rounded(most['arrived'])} people; of them {largest}."
    )
    source = facts.about(
        f"people by quarter of {word} and where they are on {day}, worked out from the flows of every step of the "
        f"first {len(_followed(facts))} replicates, mean"
    )
    look = looks(facts)
    tips = [
        tip("quarter", f"quarter of {word}"),
        tip("where", "where"),
        tip("share", "share (mean)", ".1%"),
        tip("share_median", "share (median)", ".1%"),
        tip("share_low", "90 % from", ".1%"),
        tip("share_high", "to", ".1%"),
        tip("people", "people (mean)", ",.0f"),
        tip("people_low", "90 % from", ",.0f"),
        tip("people_high", "to", ",.0f"),
        tip("source", "source"),
    ]
    return [
        Picture(name, title, said, source, stacked(table, look, facts, source, column, unit, tips), table.round(4))
        for name, title, column, unit in (
            ("arrivals", f"Where those who came in each quarter are on {day}", "share", "share"),
            ("arrivals-people", "The same in people", "people", "person"),
        )
    ]
