"""A series as a labelled array."""

from __future__ import annotations

import pandas as pd
import xarray as xr

__all__ = ["to_xarray"]


def to_xarray(frame: pd.DataFrame) -> xr.DataArray:
    """Return a series as a labelled array.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`~sojourn.series.series` returns it.

    Returns
    -------
    xarray.DataArray
        (release, time, dimensions kept) float64, NaN where no figure was published. ``time`` is the first day
        of each period; ``release`` is a dimension only where there is more than one. ``attrs`` are those of the
        table, with the unit as ``units``.

    Examples
    --------
    >>> sj.data.to_xarray(sj.series("darien-crossings", nationality=["CHN", "VEN"]))
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
