"""Where everyone who has entered is at the end of each quarter: exact stocks, stacked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sojourn.calendar import containing, label
from sojourn.report.charts.chart import Picture, tip
from sojourn.report.charts.cited import share
from sojourn.report.charts.stack import LEAST_SHARE, looks, named_stages, stacked
from sojourn.report.section import Content, Section
from sojourn.report.sections.arrivals import arrivals
from sojourn.report.system_facts import SystemFacts

__all__ = ["SECTION", "whereabouts", "whereabouts_table"]


def whereabouts_table(facts: SystemFacts) -> pd.DataFrame:
    """Return people by quarter and where they are: quarter, where, people, low, high (mean and 90 %).

    Stages are called as in :func:`~sojourn.report.charts.stack.named_stages`.
    """
    ends = facts.run.data["period_end"].values - np.timedelta64(1, "ns")
    quarter, _ = containing(ends.astype("datetime64[D]"), "quarter")
    last = np.flatnonzero(np.append(quarter[1:] != quarter[:-1], True))
    stocks = facts.stocks.values[:, last]
    parts = []
    for where, stages in named_stages(facts).items():
        people = stocks[:, :, stages].sum(-1)
        if not people.any():
            continue
        low, high = np.quantile(people, (0.05, 0.95), axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "quarter": [label("quarter", first.item()) for first in quarter[last]],
                    "where": where,
                    "people": people.mean(0).round(1),
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def whereabouts(facts: SystemFacts) -> Picture:
    """Return the picture of :func:`whereabouts_table`."""
    table = whereabouts_table(facts)
    final = table[table["quarter"] == table["quarter"].iloc[-1]].sort_values("people", ascending=False)
    total = final["people"].sum()
    some = final[final["people"] >= LEAST_SHARE * total].head(5)
    largest = ", ".join(f"{r['where']} {share(r['people'] / total)}" for _, r in some.iterrows())
    source = facts.about("people in each stage at the end of the quarter, mean over replicates")
    said = f"Stacked bars: where all who have entered are at the end of each quarter. At the end: {largest}."
    tips = [
        tip("quarter", "end of"),
        tip("where", "where"),
        tip("people", "people (mean)", ",.0f"),
        tip("low", "90 % from", ",.0f"),
        tip("high", "to", ",.0f"),
        tip("source", "source"),
    ]
    chart = stacked(table, looks(facts), facts, source, "people", "person", tips)
    return Picture("whereabouts", "Where everyone who has entered is", said, source, chart, table)


def _build(facts: SystemFacts) -> Content:
    words, pictures = [], [] if facts.cohorts is None else arrivals(facts)
    if facts.cohorts is not None and pictures:
        words.append(
            "By quarter of arrival: worked out from the flows of every step of the first "
            f"{facts.cohorts.sizes['replicate']} replicates. In queues people are followed by order of entry, "
            "elsewhere in expectation, since people of one stage are alike. Whoever comes back counts in the "
            "quarter of the first arrival."
        )
    words.append(
        "By quarter to date: everyone who has entered by the end of the quarter, or was there at the start, exact "
        "over all replicates."
    )
    return Content(words, [*pictures, whereabouts(facts)])


SECTION = Section("whereabouts", "Where the people are", frozenset({"system", "alone"}), _build)
