"""Charts of a series: as text for a terminal, or as a picture or web page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sojourn.series.codes import refuse

__all__ = ["draw", "draw_file"]

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ENDINGS = (".svg", ".png", ".html")


def draw(frame: pd.DataFrame, *, width: int = 100, height: int = 24) -> str:
    """Return a chart of characters, with one line for each group.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`~sojourn.series.series` returns it.
    width, height : int
        Size in characters.

    Returns
    -------
    str
        Lines of characters, to be printed.

    Raises
    ------
    DataError
        D611 where plotext is not installed.

    Examples
    --------
    >>> print(sj.data.draw(sj.series("darien-crossings", nationality="CHN")))
    """
    try:
        import plotext
    except ImportError as err:
        raise refuse("D611", "plot", "drawing needs plotext", remedy='install "sojourn[plot]"') from err
    figure: Any = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.theme("colorless")
    first = frame["start"].min()
    for label, group in _groups(frame):
        at = (group["start"] - first).dt.days.to_numpy(dtype=float)
        line = figure.signal(at.tolist(), group["value"].to_numpy(dtype=float).tolist())
        line.lines()
        if label:
            line.label(label)
        figure.draw(line)
    ticks = _ticks(frame["start"])
    figure.ruler("x").ticks([float((t - first).days) for t in ticks], [f"{t:%b %Y}" for t in ticks])
    figure.title(_title(frame))
    return _COLOUR.sub("", figure.build().string())


def draw_file(frame: pd.DataFrame, path: str | Path) -> None:
    """Draw a series to a file, with its unit, source and release.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`~sojourn.series.series` returns it.
    path : str or pathlib.Path
        A file that ends in ``.svg``, ``.png`` or ``.html``; the page needs no network.

    Raises
    ------
    DataError
        D114 for another kind of file, D611 where altair is not installed.

    Examples
    --------
    >>> sj.data.draw_file(sj.series("darien-crossings", nationality="CHN"), "darien.svg")
    """
    target = Path(path)
    if target.suffix not in _ENDINGS:
        raise refuse("D114", target.name, "kind of picture not known", allowed=", ".join(_ENDINGS))
    try:
        import altair as alt
    except ImportError as err:
        raise refuse("D611", "plot", "pictures need altair", remedy='install "sojourn[report]"') from err
    parts = [group.assign(group=label) for label, group in _groups(frame)]
    data = pd.concat(parts)[["start", "value", "group"]].assign(start=lambda d: d["start"].astype("datetime64[ns]"))
    releases = ", ".join(sorted(frame["release"].unique()))
    notes = [f"{frame.attrs['publisher']}, release {releases}", frame.attrs["source"]]
    chart = alt.Chart(data, title=alt.Title(_title(frame), subtitle=notes), width=640, height=320).mark_line(
        point=True
    )
    colour = alt.Color("group:N", title=None) if len(parts) > 1 else alt.value("#1f5a8a")
    shown = chart.encode(
        x=alt.X("start:T", title=None), y=alt.Y("value:Q", title=frame.attrs["unit"]), color=colour
    )
    shown.save(str(target), **({"inline": True} if target.suffix == ".html" else {}))


def _title(frame: pd.DataFrame) -> str:
    return f"{frame.attrs['title']} (unit: {frame.attrs['unit']})"


def _groups(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split a series by the dimensions it keeps; labels name their values."""
    fixed = {"start", "end", "value", "unit", "rounding", "parts", "suppression", "confidence"}
    keys = [c for c in frame.columns if c not in fixed and (c != "release" or frame["release"].nunique() > 1)]
    whole = frame.dropna(subset=["value"])
    if not keys:
        return [("", whole)]
    return [(", ".join(map(str, key)), group) for key, group in whole.groupby(keys, sort=True)]


def _ticks(start: pd.Series) -> list[pd.Timestamp]:
    """Return about six dates to write under the axis."""
    days = pd.DatetimeIndex(np.sort(start.unique()))
    return list(days[:: max(len(days) // 6, 1)])
