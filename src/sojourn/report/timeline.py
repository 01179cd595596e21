"""The policy timeline that stands under the charts."""

from __future__ import annotations

import pandas as pd

from sojourn.report.facts import long_date
from sojourn.report.picture import COLOURS, Picture, Spec, dated, records, tip
from sojourn.report.stations import Dated

__all__ = ["timeline"]

_ROW = 24
_WIDTH = 860
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
    # A policy of days is drawn as long as can be seen, and its name stands where there is room.
    seen = shown["from_day"] + span * _SHORT_PART
    shown["to_day"] = shown["to_day"].where(shown["to_day"] > seen, seen)
    shown["late"] = shown["from_day"] > facts.start + span * 0.5
    said = f"{len(shown)} policies in force during the run; the table lists them with dates and citations."
    return Picture(
        "policies", "Policies", said, "scenario, citations in the table", _chart(shown, facts), table, wide=True
    )


def _chart(shown: pd.DataFrame, facts: Dated) -> Spec:
    row = {"field": "number", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.35}}
    tips = [tip("title", "policy"), tip("start", "from", "%d %b %Y"), tip("until", "to"), tip("citation", "source")]
    texts = [
        {
            "transform": [{"filter": f"{'' if late else '!'}datum.late"}],
            "mark": {"type": "text", "align": align, "dx": dx, "fontSize": 11.5, "limit": 430, "color": "#111"},
            "encoding": {"x": {"field": "from_day", "type": "temporal"}, "text": {"field": "text"}},
        }
        for late, align, dx in ((False, "left", 5), (True, "right", -5))
    ]
    bar = {"type": "bar", "color": COLOURS["other"], "opacity": 0.35, "cornerRadius": 2}
    return {
        "data": records(shown),
        "encoding": {"x": dated("from_day", facts.start, facts.end), "y": row, "tooltip": tips},
        "layer": [{"mark": bar, "encoding": {"x2": {"field": "to_day"}}}, *texts],
        "width": _WIDTH,
        "height": _ROW * len(shown),
    }
