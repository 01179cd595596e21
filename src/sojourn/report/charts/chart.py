"""Pictures of a report: a Vega-Lite chart with its words, its data, and where every figure in it comes from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sojourn.writing import plain_cell

__all__ = [
    "AMOUNTS",
    "COLOURS",
    "Picture",
    "Spec",
    "dated",
    "records",
    "static_svg",
    "tip",
    "with_source",
]

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

COLOURS = {
    "simulated": "#2b6a99",
    "published": "#a8410f",
    "other": "#7a4b94",
    "rule": "#6b6b6b",
    "ink": "#1d2329",
}
"""Colours that stand apart also for most colour-blind readers."""

AMOUNTS = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',~g') + ' million'"
    " : abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',~g') + 'k' : format(datum.value, ',~g')"
)
"""Labels of an axis of amounts: thousands and millions shortened."""

_STATIC_WIDTH = 620
_CLIP = re.compile(r'((?:id="|url\(#)clip)(\d+)')
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Picture:
    """A chart of a report.

    ``name`` names its files, ``said`` describes it for those who cannot see it, ``source`` names series, release
    and unit. ``data`` is what is drawn, as a table. ``wide`` charts keep their width and are scrolled on a
    narrow screen. ``steps`` are the names of the moments of a chart that can be played.
    """

    name: str
    title: str
    said: str
    source: str
    chart: Spec
    data: pd.DataFrame
    wide: bool = False
    steps: tuple[str, ...] = field(default=())

    @property
    def spec(self) -> Spec:
        """The whole specification."""
        return {"$schema": _SCHEMA, **self.chart, "config": _config()}

    @property
    def csv(self) -> str:
        """The data as CSV text that spreadsheets open safely; the first line says what they are."""
        plain = self.data.map(lambda value: plain_cell(value) if isinstance(value, str) else value)
        return f"# {self.title}. {self.source}\n" + plain.to_csv(index=False, lineterminator="\n")


def _config() -> Spec:
    """Return the look of all charts; the figure around a chart says what it shows, so its marks say nothing."""
    axis: Spec = {"gridColor": "#e6e6e6", "domainColor": "#9a9a9a", "tickColor": "#9a9a9a", "labelColor": "#333"}
    axis |= {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": "#333"}
    return {
        "font": _FONT,
        "background": "white",
        "view": {"stroke": None},
        "mark": {"aria": False},
        "axis": axis | {"aria": False},
        "axisX": {"grid": False, "labelOverlap": "greedy"},
        "axisY": {"tickCount": 5, "titleAlign": "left", "titleAngle": 0, "titleAnchor": "end", "titleX": 0},
        "legend": {
            "aria": False,
            "orient": "top",
            "title": None,
            "labelFontSize": 12,
            "labelLimit": 260,
            "columns": 4,
        },
    }


def static_svg(picture: Picture, *, titled: bool = False) -> str:
    """Return a chart as an SVG text of fixed width; ``titled`` with title and source, to stand alone."""
    import vl_convert

    fixed = dict(picture.spec)
    if fixed.get("width") == "container":
        fixed["width"] = _STATIC_WIDTH
    if titled:
        fixed["title"] = {
            "text": picture.title,
            "subtitle": picture.source,
            "anchor": "start",
            "subtitleColor": "#555",
        }
    return _renumbered(str(vl_convert.vegalite_to_svg(json.dumps(fixed))))


def _renumbered(svg: str) -> str:
    """Return an SVG with its clips numbered from 0: the renderer counts those of all charts of a process."""
    numbers: dict[str, int] = {}
    return _CLIP.sub(lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers))}", svg)


def records(table: pd.DataFrame) -> Spec:
    """Return a table as the data of a chart: dates as ISO 8601, missing values as null."""
    columns = {}
    for name in table.columns:
        column = table[name]
        if column.dtype.kind == "M":
            columns[str(name)] = [None if pd.isna(v) else v.isoformat() for v in column]
        elif column.dtype.kind == "f":
            columns[str(name)] = [float(f"{v:.6g}") if np.isfinite(v) else None for v in column.to_numpy()]
        else:
            columns[str(name)] = column.tolist()
    return {"values": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}


def tip(name: str, title: str, form: str = "") -> Spec:
    """Return a line of a tooltip: a number with a format, a date (``form`` with %), or a text."""
    kind = "temporal" if form.startswith("%d") else "quantitative" if form else "nominal"
    return {"field": name, "title": title, "type": kind} | ({"format": form} if form else {})


def with_source(source: str) -> Spec:
    """Return the transform that gives every mark the text of its source."""
    return {"calculate": json.dumps(source), "as": "source"}


def dated(name: str, start: pd.Timestamp, end: pd.Timestamp) -> Spec:
    """Return the time axis of a chart: the whole run, whatever the data cover."""
    domain = [{"year": day.year, "month": day.month, "date": day.day} for day in (start, end)]
    days = (end - start).days
    form = "%Y" if days > 900 else "%b %Y" if days > 150 else "%d %b %Y"
    axis = {"format": form, "tickCount": "year" if days > 900 else 5, "title": None}
    return {"field": name, "type": "temporal", "scale": {"domain": domain}, "axis": axis}
