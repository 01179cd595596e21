"""A series as a labelled array."""

from __future__ import annotations

import pandas as pd
import xarray as xr

__all__ = ["to_xarray"]


def to_xarray(frame: pd.DataFrame) -> xr.DataArray:
    """Return a series of :func:`series` as (release, time, dimensions kept) float64, its unit in ``attrs``.

    ``time`` is the first day of each period; NaN where no figure was published. ``release`` is a dimension only
    where the series holds more than one.
    """
    kept = [
        d for d in ("measure", "place", "country", "component", "category", "nationality", "family") if d in frame
    ]
    head = ["release"] if frame["release"].nunique() > 1 else []
    indexed = frame.rename(columns={"start": "time"}).set_index([*head, "time", *kept])["value"]
    array: xr.DataArray = indexed.to_xarray()
    array.name = str(frame.attrs.get("measure", "series"))
    array.attrs = {**frame.attrs, "units": frame.attrs.get("unit", "")}
    if not head:
        array.attrs["release"] = str(frame["release"].iloc[0])
    return array
