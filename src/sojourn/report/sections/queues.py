"""Queues: how many wait, how long those waited whose turn came, and how the waits are spread."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.report.charts.bands import band_chart, bands
from sojourn.report.charts.chart import AMOUNTS, COLOURS, Picture, Spec, records, tip, with_source
from sojourn.report.charts.cited import rounded
from sojourn.report.facts import label
from sojourn.report.section import Content, Section
from sojourn.report.system_facts import SystemFacts

__all__ = ["SECTION", "queue_names", "queues"]

_WORDS = "How many wait, how long those whose turn came had waited, and how the waits are spread. All groups count."

_FEW = 10.0


def queue_names(facts: SystemFacts) -> list[str]:
    """Return the queues in which ten people or more wait on average at some time, longest first."""
    names = [str(n) for n in facts.run.data["queue"].values]
    most = {n: float(facts.run.stocks.sel(stage=n).sum("group").mean("replicate").max()) for n in names}
    return sorted((n for n in names if most[n] >= _FEW), key=lambda n: -most[n])


def queues(facts: SystemFacts) -> list[Picture]:
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


def _over_time(facts: SystemFacts, name: str, values: xr.DataArray, kind: str, what: str, unit: str) -> Picture:
    table = bands(values).dropna(subset=["q50"])
    source = facts.about(f"queue {name}: {what}, all groups", unit)
    last = table.iloc[-1]
    said = (
        f"{table['time'].iloc[0]:%B %Y} to {last['time']:%B %Y}; at the end median "
        f"{rounded(last['q50'])}, 90 % band {rounded(last['q05'])} to {rounded(last['q95'])} ({unit})."
    )
    chart = band_chart(table, facts, unit=unit, source=source, height=180)
    return Picture(f"queue-{name}-{kind}", f"{label(name).capitalize()}: {what}", said, source, chart, table)


def _spread(facts: SystemFacts, name: str) -> Picture:
    """Return the share of people served who waited at most so long, over the whole run."""
    hist = facts.run.data["wait_hist"].sel(queue=name).sum(("group", "replicate")).values.astype(np.float64)
    edge = facts.run.data["wait_bin_end"].values
    part = np.cumsum(hist) / hist.sum()
    kept = np.flatnonzero((part < 0.9999) & np.isfinite(edge))
    kept = np.append(kept, min(len(part) - 1, (kept[-1] + 1) if len(kept) else 0))
    table = pd.DataFrame({"days": edge[kept], "share": part[kept]})
    table = table[np.isfinite(table["days"])]
    table = pd.concat([pd.DataFrame({"days": [0.0], "share": [0.0]}), table], ignore_index=True)
    source = facts.about(f"queue {name}: waits of all who began service, whole run, all groups", "day")
    half = float(np.interp(0.5, table["share"], table["days"]))
    most = float(np.interp(0.9, table["share"], table["days"]))
    said = (
        f"All whose turn came in the run: half waited less than {rounded(half)} days, "
        f"nine in ten less than {rounded(most)} days."
    )
    title = f"{label(name).capitalize()}: waiting times"
    return Picture(f"queue-{name}-spread", title, said, source, _rising(table, source), table)


def _rising(table: pd.DataFrame, source: str) -> Spec:
    """Return a chart of the share of people who waited at most so long."""
    colour = COLOURS["simulated"]
    days = {
        "field": "days",
        "type": "quantitative",
        "title": "waited at most, days",
        "axis": {"labelExpr": AMOUNTS, "tickCount": 6},
    }
    part = {"field": "share", "type": "quantitative", "title": "share of people", "scale": {"domain": [0, 1]}}
    return {
        "data": records(table),
        "transform": [with_source(source)],
        "mark": {"type": "area", "line": {"color": colour}, "color": colour, "opacity": 0.25},
        "encoding": {
            "x": days,
            "y": part | {"axis": {"format": "%", "titleY": -10}},
            "tooltip": [
                tip("days", "waited less than, days", ",.1f"),
                tip("share", "share", ".1%"),
                tip("source", "source"),
            ],
        },
        "width": "container",
        "height": 180,
    }


def _build(facts: SystemFacts) -> Content | None:
    drawn = queues(facts)
    return Content([_WORDS], drawn, key=True) if drawn else None


SECTION = Section("queues", "Queues and waiting times", frozenset({"system", "queue"}), _build)
