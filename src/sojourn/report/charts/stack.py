"""Stacked bars by quarter: what stages are called, their colours, and the chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from sojourn.calendar import read_period
from sojourn.report.charts.chart import AMOUNTS, Spec, dated, records, with_source
from sojourn.report.charts.policy_bars import policy_bars
from sojourn.report.facts import label
from sojourn.report.system_facts import SystemFacts

__all__ = ["LEAST_SHARE", "OTHER", "OUTCOMES", "looks", "named_stages", "quarter_days", "stacked"]

OTHER = "other stages"
LEAST_SHARE = 0.005
"""Smallest share that is said in words."""
OUTCOMES = {
    "settled": "settled with status",
    "undocumented": "without status",
    "returned": "returned",
    "died": "died or missing",
    "elsewhere": "elsewhere",
}
"""What ends are called, by outcome."""

_COLOURS = {
    "settled": "#2f7d5b",
    "undocumented": "#a5854f",
    "returned": "#a8410f",
    "died": "#1b1b1b",
    "elsewhere": "#8b98a3",
}
_MORE = ["#2b6a99", "#8a5aa5", "#e0a23c", "#57b0b3", "#c9779f", "#8aa84a", "#5b7f95", "#d98f73"]
_REST = "#cfd8de"
_STAGES = 6
_HEIGHT = 280


def named_stages(facts: SystemFacts) -> dict[str, list[int]]:
    """Return the positions of the stages by what they are called, in the order of charts.

    First come those that the scenario names, then ends by outcome, then, where it names none, the largest
    of the other stages, and the rest together. Sources and what is set aside are left out.
    """
    size = facts.stocks.values.mean(0).max(0)
    names = [str(n) for n in facts.run.data["stage"].values]
    taken = {stage: text for text, stages in facts.statuses.items() for stage in stages}
    found: dict[str, list[int]] = {text: [] for text in (*facts.statuses, *OUTCOMES.values())}
    inside = []
    for i, name in enumerate(names):
        stage = facts.scenario.stages[name]
        if name in facts.aside or stage.entry:
            continue
        if name in taken:
            found[taken[name]].append(i)
        elif stage.final:
            for outcome in stage.outcomes():
                found[OUTCOMES[outcome]].append(i)
        else:
            inside.append(i)
    most = 0 if facts.statuses else _STAGES
    large = set(sorted((i for i in inside if size[i] > 0), key=lambda i: -size[i])[:most])
    for i in (*(j for j in inside if j in large), *(j for j in inside if j not in large)):
        found.setdefault(label(names[i]) if i in large else OTHER, []).append(i)
    return {text: stages for text, stages in found.items() if stages}


def looks(facts: SystemFacts) -> dict[str, str]:
    """Return a colour for each name: once that of each outcome, for ends; another otherwise."""
    stages = list(facts.scenario.stages.values())
    more = iter(_MORE * 4)
    found: dict[str, str] = {}
    for text, positions in named_stages(facts).items():
        stage = stages[positions[0]]
        colour = next((_COLOURS[outcome] for outcome in stage.outcomes()), "")
        if text == OTHER:
            found[text] = _REST
        else:
            found[text] = colour if colour and colour not in found.values() else next(more)
    return found


def quarter_days(names: Iterable[str]) -> pd.DataFrame:
    """Return the first day of quarters named ``2024 Q1``, and of the next ones: from_day, to_day."""
    quarters = [period for name in names if (period := read_period(name)) is not None]
    following = [quarter.end + dt.timedelta(days=1) for quarter in quarters]
    return pd.DataFrame(
        {"from_day": pd.to_datetime([q.start for q in quarters]), "to_day": pd.to_datetime(following)}
    )


def stacked(
    table: pd.DataFrame,
    look: Mapping[str, str],
    facts: SystemFacts,
    source: str,
    y: str,
    title: str,
    tips: list[Spec],
) -> Spec:
    """Return stacked bars of the column ``y`` of a table with ``quarter`` and ``where``, policies under them.

    ``title`` is the unit; ``share`` is drawn in per cent.
    """
    names = [name for name in look if (table["where"] == name).any()]
    rank = {name: i for i, name in enumerate(names)}
    drawn = table.join(quarter_days(table["quarter"]).set_index(table.index))
    drawn = drawn.sort_values("where", key=lambda column: column.map(rank), kind="stable")
    top = drawn.groupby("quarter", sort=False)[y].cumsum()
    drawn = drawn.assign(low_end=top - drawn[y], high_end=top)
    axis: Spec = {"titleY": -10} | ({"format": "%"} if title == "share" else {"labelExpr": AMOUNTS})
    scale = {"scale": {"domain": [0, 1]}} if title == "share" else {}
    colour = {
        "field": "where",
        "type": "nominal",
        "scale": {"domain": names, "range": [look[name] for name in names]},
        "legend": {"offset": 26, "columns": {"expr": "max(1, floor(width / 205))"}},
    }
    bars: Spec = {
        "mark": {"type": "rect", "stroke": "white", "strokeWidth": 0.5},
        "encoding": {
            "x2": {"field": "to_day"},
            "y": {"field": "low_end", "type": "quantitative", "title": title, "axis": axis} | scale,
            "y2": {"field": "high_end"},
            "color": colour,
            "tooltip": tips,
        },
    }
    start = min(facts.start, drawn["from_day"].min())
    end = max(facts.end, drawn["to_day"].max())
    return {
        "data": records(drawn),
        "transform": [with_source(source)],
        "encoding": {"x": dated("from_day", start, end)},
        "layer": [bars, *policy_bars(facts.policies, start, end, _HEIGHT)],
        "width": "container",
        "height": _HEIGHT,
    }
