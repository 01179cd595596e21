"""One station's part of another, such as a border sector's part of all: published against simulated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from sojourn.forecast.scores import covered, median

__all__ = ["shares"]

COLUMNS = ("share", "span", "periods", "published", "simulated", "error", "within_90")


def shares(
    seen: Mapping[str, xr.Dataset], rules: Mapping[str, Mapping[str, str]], split: pd.Timestamp, least: float
) -> pd.DataFrame:
    """Return how the parts of stations in others agree, one row for each share and span.

    ``seen`` is what :func:`sojourn.observation.by_station` gives; ``rules`` names the stations ``part`` and
    ``whole`` of each share. Periods with less than ``least`` published of the whole are left out. Columns:
    ``share``; ``span`` (``fit`` before ``split``, ``test`` from it on); ``periods``; ``published`` (sum of the
    part over sum of the whole); ``simulated`` (median over replicates of the same, before noise); ``error``
    (mean absolute difference of a period's median from the published share); ``within_90`` (part of the periods
    inside the central 90 % band).
    """
    rows = []
    for name, rule in rules.items():
        part, whole = seen[rule["part"]], seen[rule["whole"]]
        counted, among = part["published_count"].values, whole["published_count"].values
        known = part["complete"].values & np.isfinite(counted) & (np.nan_to_num(among) >= least)
        early = pd.DatetimeIndex(part["period_end"].values) <= split
        for span, at in (("fit", known & early), ("test", known & ~early)):
            some, all_ = (one["expected_count"].values[:, at] for one in (part, whole))
            drawn = some / np.maximum(all_, 1e-12)
            published = counted[at] / among[at]
            any_at = bool(at.any())
            rows.append(
                {
                    "share": name,
                    "span": span,
                    "periods": int(at.sum()),
                    "published": float(counted[at].sum() / among[at].sum()) if any_at else np.nan,
                    "simulated": float(np.median(some.sum(1) / all_.sum(1))) if any_at else np.nan,
                    "error": float(np.abs(median(drawn) - published).mean()) if any_at else np.nan,
                    "within_90": covered(drawn, published, 0.9),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))
