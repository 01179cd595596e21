"""The policy timeline that stands under the charts."""

from __future__ import annotations

import altair as alt
import pandas as pd

from sojourn.report.facts import Facts, long_date, policy_table
from sojourn.report.picture import COLOURS, Picture, dated

__all__ = ["timeline"]


def timeline(facts: Facts) -> Picture | None:
    """Return a bar for each policy in force during the run, or None where there are none."""
    table = policy_table(facts.scenario)
    table = table[(table["start"] < facts.end) & ~(table["end"] < facts.start)]
    if not len(table):
        return None
    shown = table.assign(
        from_day=table["start"].clip(lower=facts.start),
        to_day=table["end"].fillna(facts.last_day).clip(upper=facts.last_day),
        text=table["number"].astype(str) + "  " + table["title"],
        until=["open" if pd.isna(end) else long_date(end) for end in table["end"]],
    )
    trace = "policies of the scenario, each with its citation in the table below"
    span = (facts.end - facts.start).days
    late = (shown["from_day"] - facts.start).dt.days > 0.5 * span
    base = alt.Chart(shown).encode(
        x=dated("from_day", facts.start, facts.end),
        y=alt.Y("number:O", axis=None, scale=alt.Scale(paddingInner=0.35)),
        tooltip=[
            alt.Tooltip("title:N", title="policy"),
            alt.Tooltip("start:T", title="from", format="%d %b %Y"),
            alt.Tooltip("until:N", title="to"),
            alt.Tooltip("citation:N", title="source"),
        ],
    )
    bars = base.mark_bar(color=COLOURS["other"], opacity=0.35, cornerRadius=2).encode(x2="to_day:T")
    texts = [
        alt.Chart(shown[at])
        .mark_text(align=align, dx=dx, fontSize=11.5, color="#111", limit=430)
        .encode(x=alt.X(f"{day}:T"), y=alt.Y("number:O", axis=None), text="text:N")
        for at, align, dx, day in ((~late, "left", 5, "from_day"), (late, "right", -4, "to_day"))
        if at.any()
    ]
    said = "Policies in force: " + "; ".join(
        f"{row.number} {row.title}, from {long_date(row.start)}"
        + ("" if row.until == "open" else f" to {row.until}")
        for row in shown.itertuples()
    )
    chart = alt.layer(bars, *texts).properties(width="container", height=24 * len(shown))
    return Picture("policies", "Policies", f"{said}.", trace, chart, table)
