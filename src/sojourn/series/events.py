"""Series of counts from a table with one row for each event."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sojourn.calendar import containing, period_index, period_starts
from sojourn.errors import nearest
from sojourn.series.codes import refuse

__all__ = ["count_events"]


def count_events(
    events: pd.DataFrame, *, date: str = "date", value: str | None = None, by: str | Sequence[str] = ()
) -> pd.DataFrame:
    """Return monthly counts of events, or monthly sums of one of their columns.

    Parameters
    ----------
    events : pandas.DataFrame
        One row for each event, such as a flight or a rescue; no personal data.
    date : str
        Column with the day of the event.
    value : str, optional
        Column to add up in place of counting events.
    by : str or sequence of str
        Columns to keep apart.

    Returns
    -------
    pandas.DataFrame
        Columns start, end, those in ``by``, value and parts (events counted). Every month between the first
        and the last event is there, with 0 where nothing happened.

    Raises
    ------
    DataError
        D610 for a column that is not in ``events``, D306 for a date that cannot be read.

    Examples
    --------
    >>> flights = pd.DataFrame({"date": ["2024-06-29", "2024-10-15"], "passengers": [116, 131]})
    >>> sj.data.count_events(flights, value="passengers")
    """
    kept = (by,) if isinstance(by, str) else tuple(by)
    for column in (date, *kept, *([value] if value else [])):
        if column not in events:
            near = nearest(column, [str(c) for c in events.columns])
            raise refuse("D610", "events", "no such column", found=column, nearest=near)
    when = pd.to_datetime(events[date], errors="coerce", format="ISO8601")
    if when.isna().any():
        row = int(when.isna().to_numpy().argmax())
        raise refuse(
            "D306", f"events, row {row + 1}, column {date}", "not a date", found=str(events[date].iloc[row])
        )
    month, _ = containing(when.to_numpy().astype("datetime64[D]"), "month")
    counted = pd.DataFrame(
        {"start": month, "value": events[value] if value else 1.0, **{k: events[k] for k in kept}}
    )
    table = counted.groupby(["start", *kept])["value"].agg(["sum", "size"])
    first, last = month.min().item(), month.max().item()
    every = pd.DatetimeIndex(
        period_starts("month", first, period_index("month", first, last) + 1)[:-1], name="start"
    )
    if kept:
        groups = counted[list(kept)].drop_duplicates().sort_values(list(kept))
        index = pd.MultiIndex.from_frame(pd.DataFrame({"start": every}).merge(groups, how="cross"))
        table = table.reindex(index, fill_value=0)
    else:
        table = table.reindex(every, fill_value=0)
    out = table.rename(columns={"sum": "value", "size": "parts"}).reset_index()
    _, ends = containing(out["start"].to_numpy().astype("datetime64[D]"), "month")
    out.insert(1, "end", ends.astype("datetime64[ns]"))
    return out.astype({"value": float})
