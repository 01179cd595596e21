"""Pictures of a report: a Vega-Lite chart with its words, its data, and where every figure in it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd

__all__ = ["COLOURS", "Picture", "amounts", "config", "dated", "policy_rules", "static_svg"]

_LABEL_PART = 0.035
STATIC_WIDTH = 680
"""Width in pixels of charts saved as files or printed."""

COLOURS = {
    "simulated": "#2b6a99",
    "published": "#a8410f",
    "other": "#7a4b94",
    "rule": "#6b6b6b",
    "outcome": ["#2b6a99", "#3f8f6b", "#c2872b", "#a8410f", "#7a4b94", "#5b6770", "#8aa7bf", "#9fc2a8"],
}
"""Colours that stand apart also for most colour-blind readers."""

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


_SHORT = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',~g') + ' million'"
    " : abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',~g') + 'k' : format(datum.value, ',~g')"
)


def amounts() -> alt.Axis:
    """Return an axis of amounts, thousands and millions shortened."""
    return alt.Axis(labelExpr=_SHORT)


@dataclass(frozen=True)
class Picture:
    """A chart of a report.

    ``name`` names its files, ``said`` describes it for those who cannot see it, ``trace`` names series, release
    and unit. ``data`` is what is drawn, as a table. ``controls`` is ``months`` for a chart that is played.
    """

    name: str
    title: str
    said: str
    trace: str
    chart: Any
    data: pd.DataFrame
    wide: bool = False
    controls: str = ""
    steps: tuple[str, ...] = field(default=())

    def spec(self) -> dict[str, Any]:
        """Return the Vega-Lite specification, as wide as its place on the page."""
        found: dict[str, Any] = self.chart.to_dict(validate=False)
        found["config"] = config()
        return found

    @property
    def csv(self) -> str:
        """The data as CSV text; the first line says what they are."""
        return f"# {self.title}. {self.trace}\n" + self.data.to_csv(index=False, lineterminator="\n")


def config() -> dict[str, Any]:
    """Return the look of all charts."""
    quiet = {"gridColor": "#e6e6e6", "domainColor": "#9a9a9a", "tickColor": "#9a9a9a", "labelColor": "#333"}
    return {
        "font": _FONT,
        "background": "white",
        "view": {"stroke": None},
        "axis": quiet
        | {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": "#333"},
        "axisX": {"grid": False, "labelOverlap": "greedy", "labelFlush": True},
        "axisY": {
            "tickCount": 5,
            "titleAlign": "left",
            "titleAngle": 0,
            "titleAnchor": "end",
            "titleY": -8,
            "titleX": 0,
        },
        "legend": {
            "orient": "top",
            "title": None,
            "labelFontSize": 12,
            "symbolSize": 90,
            "labelLimit": 260,
            "columns": 3,
        },
    }


def static_svg(spec: dict[str, Any]) -> str:
    """Return a chart as an SVG text of fixed width."""
    import vl_convert

    fixed = json.loads(json.dumps(spec))
    if fixed.get("width") == "container":
        fixed["width"] = STATIC_WIDTH - 60
    return str(vl_convert.vegalite_to_svg(fixed))


def dated(field_name: str, start: pd.Timestamp, end: pd.Timestamp) -> alt.X:
    """Return the time axis of a chart: the whole run, whatever the data cover."""
    domain = [_moment(start), _moment(end)]
    long = (end - start).days > 900
    axis = alt.Axis(format="%Y" if long else "%b %Y", tickCount="year" if long else 6, title=None)
    return alt.X(f"{field_name}:T", scale=alt.Scale(domain=domain), axis=axis)


def _moment(day: pd.Timestamp) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "date": day.day}


def policy_rules(policies: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> Any:
    """Return a layer of numbered dashed lines where policies start and end in the run; None where none do."""
    begins = policies[(policies["start"] >= start) & (policies["start"] < end)]
    ends = policies[(policies["end"] >= start) & (policies["end"] < end)]
    marks = pd.concat(
        [
            begins.assign(day=begins["start"], event="starts"),
            ends.assign(day=ends["end"], event="ends"),
        ]
    )[["number", "title", "day", "event"]]
    if not len(marks):
        return None
    marks = marks.sort_values("day", kind="stable").reset_index(drop=True)
    marks["text"] = marks["number"].astype(str) + marks["event"].map({"starts": "", "ends": "×"})
    marks["row"] = _rows(marks["day"], (end - start) * _LABEL_PART)
    base = alt.Chart(marks).encode(
        x=alt.X("day:T"),
        tooltip=[
            alt.Tooltip("title:N", title="policy"),
            alt.Tooltip("event:N", title="it"),
            alt.Tooltip("day:T", title="on", format="%d %b %Y"),
        ],
    )
    layers = [base.mark_rule(strokeDash=[3, 3], color=COLOURS["rule"], opacity=0.7, size=1)]
    for row in sorted(set(marks["row"])):
        text = base.transform_filter(alt.datum.row == row).mark_text(
            baseline="bottom", dy=-2 - 11 * row, fontSize=10, color="#444"
        )
        layers.append(text.encode(y=alt.value(0), text="text:N"))
    return alt.layer(*layers)


def _rows(days: pd.Series[pd.Timestamp], apart: pd.Timedelta) -> list[int]:
    """Return a row for each label, so that labels in one row are some time apart."""
    last: list[pd.Timestamp] = []
    rows = []
    for day in days:
        free = next((i for i, before in enumerate(last) if day - before >= apart), len(last))
        last[free : free + 1] = [day]
        rows.append(free)
    return rows
