"""The policies by name over time: what the numbers under the charts stand for."""

from __future__ import annotations

import pandas as pd

from sojourn.report.charts.chart import COLOURS, Picture, Spec, dated, records, tip
from sojourn.report.facts import long_date
from sojourn.report.sections.stations import Dated

__all__ = ["timeline"]

_ROW = 28
_LETTER = 6.3
_SHORT_PART = 0.01


def timeline(facts: Dated) -> Picture | None:
    """Return a bar for each policy in force during the run, or None where there are none."""
    table = facts.policies
    table = table[(table["start"] < facts.end) & ~(table["end"] < facts.start)]
    if not len(table):
        return None
    span = facts.end - facts.start
    shown = table.assign(
        from_day=table["start"].where(table["start"] > facts.start, facts.start),
        to_day=table["end"].where(table["end"] < facts.last_day, facts.last_day),
        text=table["number"].astype(str) + "  " + table["title"],
        until=["open" if pd.isna(end) else long_date(end) for end in table["end"]],
    )
    # A policy of days is drawn as long as can be seen.
    seen = shown["from_day"] + span * _SHORT_PART
    shown["to_day"] = shown["to_day"].where(shown["to_day"] > seen, seen)
    said = f"{len(shown)} policies in force during the run; the table lists them with dates and citations."
    trace = "scenario, citations in the table"
    return Picture("policies", "Policies in force, by name", said, trace, _chart(shown, facts), table)


def _chart(shown: pd.DataFrame, facts: Dated) -> Spec:
    """Return a row for each policy: its name over the start of its bar, as far to the right as there is room."""
    row = {"field": "number", "type": "ordinal", "axis": None}
    tips = [tip("title", "policy"), tip("start", "from", "%d %b %Y"), tip("until", "to"), tip("citation", "source")]
    bar = {"type": "bar", "color": COLOURS["other"], "opacity": 0.4, "cornerRadius": 2, "height": 7, "yOffset": 7}
    text = {"type": "text", "align": "left", "fontSize": 11.5, "color": "#111", "dy": -4}
    x = dated("from_day", facts.start, facts.end)
    room = f"max(0, min(scale('x', toDate(datum.from_day)), width - {_LETTER} * length(datum.text)))"
    return {
        "data": records(shown),
        "encoding": {"y": row, "tooltip": tips},
        "layer": [
            {"mark": bar, "encoding": {"x": x, "x2": {"field": "to_day"}}},
            {"mark": text, "encoding": {"x": {"value": {"expr": room}}, "text": {"field": "text"}}},
        ],
        "width": "container",
        "height": _ROW * len(shown),
    }
