"""Vintages of a series: which there are, and what a newer one revised."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from sojourn.errors import nearest
from sojourn.series.codes import refuse
from sojourn.series.model import ALL, DIMENSIONS
from sojourn.series.store import Store

__all__ = ["Revision", "releases", "revised"]

_KEY = [*DIMENSIONS, "period", "start", "end"]


@dataclass(frozen=True)
class Revision:
    """What changed between two releases of a measure, over the periods that both cover.

    Attributes
    ----------
    measure, old, new : str
        The measure and the two releases.
    compared : int
        How many figures were compared.
    figures : pandas.DataFrame
        One row for each figure that changed: its dimensions and period, old, new and change (float64, in the
        unit of the measure; NaN where one release does not have the figure).
    by_year : pandas.DataFrame
        One row for each split and calendar year, since totals and the figures that they are made of are not added
        up: the dimensions of the split ("total" without any); how many figures were compared, changed, added and
        removed; net, the sum of changes; largest, the largest absolute change.
    """

    measure: str
    old: str
    new: str
    compared: int
    figures: pd.DataFrame
    by_year: pd.DataFrame


def releases(name: str | None = None, *, store: Store | None = None) -> pd.DataFrame:
    """Return the releases that the store holds.

    Parameters
    ----------
    name : str, optional
        Name of a series; all series without it.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    pandas.DataFrame
        One row for each release: measure, release, figures (how many), start, end, from (``user`` or
        ``shipped``) and file.

    Raises
    ------
    DataError
        D601 for no such series.

    Examples
    --------
    >>> sj.data.releases("eoir-pending")
    """
    store = store or Store()
    measure = None if name is None else _measure(name, store)
    rows = [
        {
            "measure": e.measure,
            "release": e.release,
            "figures": e.rows,
            "start": e.start,
            "end": e.end,
            "from": e.origin,
            "file": e.file,
        }
        for e in store.entries(measure)
    ]
    return pd.DataFrame(rows, columns=["measure", "release", "figures", "start", "end", "from", "file"])


def revised(name: str, old: str | None = None, new: str | None = None, *, store: Store | None = None) -> Revision:
    """Return what one release of a series revised of another.

    Parameters
    ----------
    name : str
        Name of the series.
    old, new : str, optional
        The releases; the latest and the one before it without them.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    Revision
        What changed.

    Raises
    ------
    DataError
        D601 for no such series, D602 when it has fewer than two releases, D608 for no such release.

    Examples
    --------
    >>> sj.data.revised("eoir-pending").by_year
    """
    store = store or Store()
    measure = _measure(name, store)
    entries = {e.release: e for e in store.entries(measure)}
    names = list(entries)
    if len(names) < 2:
        held = ", ".join(names) or "none"
        raise refuse("D602", name, "comparing needs two releases", found=held, remedy="import another release")
    after = new or names[-1]
    before = old or names[max(names.index(after) - 1, 0) if after in names else 0]
    for one in (before, after):
        if one not in entries:
            close = nearest(one, names)
            raise refuse("D608", "release", "no such release", found=one, allowed=", ".join(names), nearest=close)
    left, right = (_plain(store.figures(entries[r])) for r in (before, after))
    span = ["period", "start", "end"]
    shared = left[span].drop_duplicates().merge(right[span].drop_duplicates())
    both = left.merge(shared).merge(right.merge(shared), on=_KEY, how="outer", suffixes=("_old", "_new"))
    figures = both.rename(columns={"value_old": "old", "value_new": "new"})
    figures["change"] = figures["new"].fillna(0) - figures["old"].fillna(0)
    same = (figures["old"] == figures["new"]) | (figures["old"].isna() & figures["new"].isna())
    return Revision(
        measure, before, after, len(figures), figures[~same].reset_index(drop=True), _yearly(figures, same)
    )


def _measure(name: str, store: Store) -> str:
    known = store.measures()
    if name not in known:
        raise refuse("D601", name, "no such series", nearest=nearest(name, known), remedy="sojourn data list")
    return known[name].of or name


def _plain(table: pa.Table) -> pd.DataFrame:
    """Return keys and values; rows that differ only in how the publisher spelt a nationality become one."""
    text = {n: c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for n in _KEY for c in [table[n]]}
    frame: pd.DataFrame = pa.table({**text, "value": table["value"]}).to_pandas()
    return frame.groupby(_KEY, sort=False)[["value"]].sum(min_count=1).reset_index()


def _yearly(figures: pd.DataFrame, same: pd.Series) -> pd.DataFrame:
    year = pd.to_datetime(figures["start"]).dt.year.rename("year")
    marks = pd.DataFrame(
        {
            "compared": 1,
            "changed": ~same & figures["old"].notna() & figures["new"].notna(),
            "added": ~same & figures["old"].isna(),
            "removed": ~same & figures["new"].isna(),
            "net": figures["change"],
        }
    )
    keys = [_split(figures), year]
    table = marks.groupby(keys).sum()
    table["largest"] = figures["change"].abs().groupby(keys).max()
    return table.reset_index()


def _split(figures: pd.DataFrame) -> pd.Series:
    """Return the dimensions that each figure is split by, in words; the country that counted is none."""
    split = pd.Series("", index=figures.index, name="split")
    for dimension in DIMENSIONS:
        if dimension != "country":
            split = split.where(figures[dimension] == ALL, split + f"{dimension} x ")
    return split.str.removesuffix(" x ").replace("", "total")
