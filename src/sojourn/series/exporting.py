"""Exporting figures as CSV or Parquet, one row a figure.

A text that a spreadsheet would take for a formula is written with an apostrophe in front, which importing the
file removes again: what comes back is what went out.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.errors import nearest
from sojourn.series.codes import refuse
from sojourn.series.model import FIELDS
from sojourn.series.store import Store, write_figures
from sojourn.writing import drafted, plain_cell

__all__ = ["export", "table_csv"]


def export(
    name: str, path: str | Path, *, release: str | Sequence[str] = "latest", store: Store | None = None
) -> int:
    """Write the figures of a series, as published, to a file.

    Parameters
    ----------
    name : str
        Name of the series.
    path : str or pathlib.Path
        A file that ends in ``.csv``, ``.csv.gz`` or ``.parquet``; it is written whole or not at all.
    release : str or sequence of str
        ``latest``, ``each``, or names of releases. Every row says which release it belongs to.
    store : Store, optional
        Where to look; the user's own store over the reference figures without it.

    Returns
    -------
    int
        How many figures were written.

    Raises
    ------
    DataError
        D601 for no such series, D602 without figures, D608 for no such release, D114 for another kind of file,
        D502 when it cannot be written.

    Examples
    --------
    >>> sj.data.export("darien-crossings", "darien.csv")
    """
    store = store or Store()
    known = store.measures()
    if name not in known:
        raise refuse("D601", name, "no such series", nearest=nearest(name, known), remedy="sojourn data list")
    measure = known[name]
    entries = store.entries(measure.of or name)
    if not entries:
        raise refuse("D602", name, "no figures in the store")
    asked = [release] if isinstance(release, str) else list(release)
    held = [e.release for e in entries]
    for one in asked:
        if one not in (*held, "latest", "each"):
            raise refuse("D608", "release", "no such release", found=one, allowed=", ".join(held))
    wanted = {"latest": held[-1:], "each": held}.get(asked[0], asked)
    table = pa.concat_tables([store.figures(e) for e in entries if e.release in wanted]).unify_dictionaries()
    for column, value in measure.selects:
        table = table.filter(pc.equal(table[column].cast(pa.string()), value))
    target = Path(path)
    try:
        with drafted(target) as draft:
            _write(table, draft, target.name)
    except OSError as err:
        raise refuse("D502", target.name, f"cannot be written: {err.strerror or err}") from err
    return int(table.num_rows)


def _write(table: pa.Table, path: Path, name: str) -> None:
    if name.endswith(".parquet"):
        write_figures(table, path)
    elif name.endswith(".csv"):
        path.write_bytes(table_csv(table).encode("utf-8"))
    elif name.endswith(".csv.gz"):
        path.write_bytes(gzip.compress(table_csv(table).encode("utf-8"), mtime=0))
    else:
        raise refuse("D114", name, "kind of file not known", allowed=".csv, .csv.gz, .parquet")


def table_csv(table: pa.Table) -> str:
    """Return the figures as CSV text, the columns in the order of the schema."""
    columns = []
    for field in FIELDS:
        values = table[field.name].to_pylist()
        if field.type == "text":
            columns.append([plain_cell(v) for v in values])
        elif field.type == "number":
            columns.append(["" if v is None or np.isnan(v) else repr(v).removesuffix(".0") for v in values])
        else:
            columns.append([str(v) for v in values])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([f.name for f in FIELDS])
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()
