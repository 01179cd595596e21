"""Queues: how many wait, how long those waited whose turn came, and how the waits are spread."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from sojourn.report.facts import Facts, label
from sojourn.report.figure import rounded
from sojourn.report.picture import COLOURS, Picture, amounts
from sojourn.report.stations import band_chart, bands

__all__ = ["queue_names", "queues"]

_FEW = 1.0
_POINTS = 60


def queue_names(facts: Facts) -> list[str]:
    """Return the queues in which at least one person waits on average at some time, longest first."""
    names = [str(n) for n in facts.run.data["queue"].values]
    most = {n: float(facts.run.stocks.sel(stage=n).sum("group").mean("replicate").max()) for n in names}
    return sorted((n for n in names if most[n] >= _FEW), key=lambda n: -most[n])


def queues(facts: Facts) -> list[Picture]:
    """Return for each queue its backlog, its waits by period, and the distribution of the waits."""
    pictures = []
    for name in queue_names(facts):
        backlog = facts.run.stocks.sel(stage=name).sum("group")
        pictures.append(_over_time(facts, name, backlog, "backlog", "people waiting", "person"))
        days, count = (facts.run.data[v].sel(queue=name).sum("group") for v in ("wait_days", "wait_count"))
        waits = (days / count.where(count > 0)).astype(np.float64)
        if bool(np.isfinite(waits.values).any()):
            what = "mean wait of those whose turn came"
            pictures.append(_over_time(facts, name, waits, "wait", what, "day"))
            pictures.append(_spread(facts, name))
    return pictures


def _over_time(facts: Facts, name: str, values: xr.DataArray, kind: str, what: str, unit: str) -> Picture:
    table = bands(values).dropna(subset=["q50"])
    trace = facts.about(f"queue {name}: {what}, all groups", unit)
    last = table.iloc[-1]
    said = (
        f"{label(name)}: {what}, {table['time'].iloc[0]:%B %Y} to {last['time']:%B %Y}; at the end median "
        f"{rounded(last['q50'])}, 90 % band {rounded(last['q05'])} to {rounded(last['q95'])} ({unit})."
    )
    chart = band_chart(table, facts, unit=unit, trace=trace, height=180)
    return Picture(f"queue-{name}-{kind}", f"{label(name).capitalize()}: {what}", said, trace, chart, table)


def _spread(facts: Facts, name: str) -> Picture:
    """Return the share of people served who waited at most so long, over the whole run."""
    hist = facts.run.data["wait_hist"].sel(queue=name).sum(("group", "replicate")).values.astype(np.float64)
    edge = facts.run.data["wait_bin_end"].values
    part = np.cumsum(hist) / hist.sum()
    kept = np.flatnonzero((part < 0.9999) & np.isfinite(edge))
    kept = np.append(kept, min(len(part) - 1, (kept[-1] + 1) if len(kept) else 0))
    table = pd.DataFrame({"days": edge[kept], "share": part[kept]})
    table = table[np.isfinite(table["days"])]
    table = pd.concat([pd.DataFrame({"days": [0.0], "share": [0.0]}), table], ignore_index=True)
    trace = facts.about(f"queue {name}: waits of all who began service, whole run, all groups", "day")
    half = float(np.interp(0.5, table["share"], table["days"]))
    most = float(np.interp(0.9, table["share"], table["days"]))
    said = (
        f"{label(name)}: distribution of waits over the whole run; half waited less than {rounded(half)} days, "
        f"nine in ten less than {rounded(most)} days."
    )
    chart = (
        alt.Chart(table)
        .transform_calculate(trace=alt.expr.toString(trace))
        .mark_area(line={"color": COLOURS["simulated"]}, color=COLOURS["simulated"], opacity=0.25)
        .encode(
            x=alt.X("days:Q", title="waited at most, days", axis=amounts()),
            y=alt.Y("share:Q", title="share of people", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            tooltip=[
                alt.Tooltip("days:Q", title="waited less than, days", format=",.1f"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
                alt.Tooltip("trace:N", title="source"),
            ],
        )
        .properties(width="container", height=180)
    )
    return Picture(f"queue-{name}-spread", f"{label(name).capitalize()}: waiting times", said, trace, chart, table)
