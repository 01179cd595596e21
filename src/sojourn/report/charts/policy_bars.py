"""Bars under a chart over time: policies in force, numbered as in the table, on the same axis."""

from __future__ import annotations

import pandas as pd

from sojourn.report.charts.chart import COLOURS, Spec, records, tip
from sojourn.report.facts import long_date

__all__ = ["bars_of", "policy_bars"]

_UNDER_AXIS = 26
_PITCH = 8
_BAR = 7
_SHORTEST = 0.036


def policy_bars(policies: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, height: int) -> list[Spec]:
    """Return layers that stand under the axis of a chart ``height`` pixels high, and lines where policies start.

    ``policies`` has number, title, start and end, as in the table; those outside the run are left out.
    """
    bars = bars_of(policies, start, end)
    if not len(bars):
        return []
    tips = [
        tip("number", "no."),
        tip("title", "policy"),
        tip("start", "from", "%d %b %Y"),
        tip("until", "to"),
    ]
    x: Spec = {"x": {"field": "from_day", "type": "temporal"}}
    down = {"expr": f"{_PITCH} * datum.row"}
    top = height + _UNDER_AXIS
    rule = {"type": "rule", "strokeDash": [3, 3], "color": COLOURS["rule"], "opacity": 0.45}
    bar = {
        "type": "rect",
        "color": "#dccfe4",
        "yOffset": down,
        "y2Offset": down,
        "cornerRadius": 1.5,
        "stroke": "white",
        "strokeWidth": 0.6,
    }
    text = {"type": "text", "align": "left", "baseline": "middle", "fontSize": 8, "color": "#1d2329", "dx": 1.5}
    return [
        {
            "data": records(bars),
            "layer": [
                {"transform": [{"filter": "datum.starts"}], "mark": rule, "encoding": x | {"tooltip": tips}},
                {
                    "mark": bar,
                    "encoding": x
                    | {
                        "x2": {"field": "to_day"},
                        "y": {"value": top},
                        "y2": {"value": top + _BAR},
                        "tooltip": tips,
                    },
                },
                {
                    "mark": text | {"yOffset": down},
                    "encoding": x
                    | {
                        "y": {"value": top + _BAR / 2 + 0.5},
                        "text": {"field": "number"},
                        "tooltip": tips,
                    },
                },
            ],
        }
    ]


def bars_of(policies: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return the bars of the policies in force in the run, and the row of each, so that no two bars meet.

    Policies over the same days share a bar. Columns: number, title, start, until, from_day, to_day, row, starts
    (within the run). Bars end with the run, and are long enough for their number.
    """
    inside = policies[(policies["start"] < end) & ~(policies["end"] < start)]
    together = inside.groupby(["start", "end"], sort=False, dropna=False)
    bars = together.agg(number=("number", _numbers), title=("title", "; ".join)).reset_index()
    bars = bars.assign(
        until=["in force" if pd.isna(day) else long_date(day) for day in bars["end"]],
        from_day=bars["start"].where(bars["start"] > start, start),
        to_day=(bars["end"] + pd.Timedelta(1, "D")).where(bars["end"] < end, end),
        starts=bars["start"] > start,
    ).drop(columns="end")
    seen = bars["from_day"] + (end - start) * _SHORTEST
    bars["to_day"] = bars["to_day"].where(bars["to_day"] > seen, seen)
    free: list[pd.Timestamp] = []
    rows = []
    for first, last in zip(bars["from_day"], bars["to_day"], strict=True):
        row = next((i for i, before in enumerate(free) if before <= first), len(free))
        free[row : row + 1] = [last]
        rows.append(row)
    return bars.assign(row=rows)


def _numbers(numbers: pd.Series[int]) -> str:
    """Return numbers as text; those of policies over the same days follow one another."""
    first, last = numbers.iloc[0], numbers.iloc[-1]
    return str(first) if first == last else f"{first}\u2013{last}"
