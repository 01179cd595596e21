"""Where everyone who has entered is at the end of each quarter: exact stocks, stacked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sojourn.report.facts import Facts, label
from sojourn.report.figure import share
from sojourn.report.picture import AMOUNTS, Picture, Spec, records, tip, traced

__all__ = ["whereabouts", "whereabouts_table"]

_STAGES = 6
_OUTCOMES = {
    "settled": "settled with status",
    "undocumented": "without status",
    "returned": "returned",
    "died": "died or missing",
    "elsewhere": "elsewhere",
}
_PALETTE = [
    *("#2f7d5b", "#8a6d3b", "#a8410f", "#1b1b1b", "#8b98a3"),
    *("#2b6a99", "#7a4b94", "#c2872b", "#4fa3a5", "#b65a85", "#6f8f2f", "#c9d3da"),
]
OTHER = "other stages"


def whereabouts_table(facts: Facts) -> pd.DataFrame:
    """Return people by quarter and where they are: quarter, where, people, low, high (mean and 90 %).

    Ends count by outcome; stages before the end by name, the largest ones apart, the rest together.
    """
    ends = pd.DatetimeIndex(facts.run.data["period_end"].values)
    quarter = (ends - pd.Timedelta(1, "ns")).to_period("Q")
    last = np.flatnonzero(np.append(quarter[1:] != quarter[:-1], True))
    stocks = facts.stocks.values[:, last]
    names = [str(n) for n in facts.run.data["stage"].values]
    inside = [i for i, n in enumerate(names) if facts.kinds[n] not in ("source", "end") and n not in facts.aside]
    size = stocks.mean(0).max(0)
    large = set(sorted((i for i in inside if size[i] > 0), key=lambda i: -size[i])[:_STAGES])
    groups: dict[str, list[int]] = {text: [] for text in _OUTCOMES.values()}
    for i in inside:
        groups.setdefault(label(names[i]) if i in large else OTHER, []).append(i)
    for i, name in enumerate(names):
        if facts.kinds[name] == "end" and name not in facts.aside:
            groups[_OUTCOMES[facts.scenario.stages[name].outcome]].append(i)  # type: ignore[union-attr]
    parts = []
    for where, stages in groups.items():
        people = stocks[:, :, stages].sum(-1)
        if not people.any():
            continue
        low, high = np.quantile(people, (0.05, 0.95), axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "quarter": [f"{q.year} Q{q.quarter}" for q in quarter[last]],
                    "where": where,
                    "people": people.mean(0).round(1),
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def whereabouts(facts: Facts) -> Picture:
    """Return the picture of :func:`whereabouts_table`."""
    table = whereabouts_table(facts)
    order = list(dict.fromkeys(table["where"]))
    outcomes = [w for w in order if w in _OUTCOMES.values()]
    stages = [w for w in order if w not in outcomes and w != OTHER]
    names = [*outcomes, *stages, *([OTHER] if OTHER in order else [])]
    outcome_colours = dict(zip(_OUTCOMES.values(), _PALETTE, strict=False))
    look = {name: outcome_colours[name] for name in outcomes}
    look |= dict(zip(stages, _PALETTE[len(_OUTCOMES) :], strict=False)) | {OTHER: _PALETTE[-1]}
    table["rank"] = table["where"].map({n: i for i, n in enumerate(names)})
    final = table[table["quarter"] == table["quarter"].iloc[-1]].sort_values("people", ascending=False)
    total = final["people"].sum()
    told = ", ".join(f"{r['where']} {share(r['people'] / total)}" for _, r in final.head(5).iterrows())
    trace = facts.about("people in each stage at the end of the quarter, mean over replicates")
    said = f"Stacked bars: where all who have entered are at the end of each quarter. At the end: {told}."
    title = "Where everyone who has entered is"
    return Picture("whereabouts", title, said, trace, _bars(table, look, trace), table.drop(columns="rank"))


def _bars(table: pd.DataFrame, look: dict[str, str], trace: str) -> Spec:
    names = [name for name in look if (table["where"] == name).any()]
    years = "substring(datum.value, 5) == 'Q1' ? substring(datum.value, 0, 4) : ''"
    axis = {"title": None, "labelExpr": years, "ticks": False, "labelAngle": 0, "labelOverlap": False}
    return {
        "data": records(table),
        "transform": [traced(trace)],
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.4},
        "encoding": {
            "x": {"field": "quarter", "type": "ordinal", "axis": axis, "scale": {"paddingInner": 0.08}},
            "y": {
                "field": "people",
                "type": "quantitative",
                "title": "person",
                "axis": {"labelExpr": AMOUNTS, "titleY": -10},
                "stack": "zero",
            },
            "color": {
                "field": "where",
                "type": "nominal",
                "scale": {"domain": names, "range": [look[name] for name in names]},
                "legend": {"offset": 26},
            },
            "order": {"field": "rank", "type": "quantitative"},
            "tooltip": [
                tip("quarter", "quarter"),
                tip("where", "where"),
                tip("people", "people (mean)", ",.0f"),
                tip("low", "90 % from", ",.0f"),
                tip("high", "to", ",.0f"),
                tip("trace", "source"),
            ],
        },
        "width": "container",
        "height": 300,
    }
