"""The list of importers, and finding the one that knows a file.

The modules are named here and loaded when a file is to be recognised, so that reading a series loads none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.series.codes import DataError, refuse
from sojourn.series.importers.figures import concatenate
from sojourn.series.importers.files.fit import Head
from sojourn.series.importers.layout import Match, best_rows, plain
from sojourn.series.importers.protocol import Dropped, Imported, Importer, problems_of
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.validation import check_figures

__all__ = ["MODULES", "find_importer", "find_tables", "importers", "read_file"]

_NEARLY = 0.6
"""Share of names in common from which on a file is said to have nearly a layout."""

_VALUE = re.compile(r"value|count|number|total|people|persons|figure|amount|^n$|applied|encounters|cases")
_DATE = re.compile(r"date|year|month|period|time|quarter|^t$|^y$")

MODULES = (
    "sojourn.series.importers.united_states.cbp",
    "sojourn.series.importers.united_states.cbp_totals",
    "sojourn.series.importers.united_states.ohss",
    "sojourn.series.importers.transit",
    "sojourn.series.importers.iom",
    "sojourn.series.importers.iom_dtm",
    "sojourn.series.importers.united_states.courts",
    "sojourn.series.importers.united_states.removals",
    "sojourn.series.importers.united_states.detention",
    "sojourn.series.importers.unhcr",
    "sojourn.series.importers.united_states.visas",
    "sojourn.series.importers.europe.frontex",
    "sojourn.series.importers.europe.eurostat",
    "sojourn.series.importers.europe.home_office",
    "sojourn.series.importers.context",
    "sojourn.series.importers.quoted_figures",
    "sojourn.series.importers.exported",
)
"""Modules that hold importers, each in a tuple ``IMPORTERS``. A new importer is one more line here."""


@cache
def importers() -> tuple[Importer, ...]:
    """Load every module of :data:`MODULES` and return their importers, whose layouts do not overlap."""
    return tuple(importer for module in MODULES for importer in import_module(module).IMPORTERS)


def find_importer(source: SourceFile) -> Importer:
    """Return the importer that recognises a file; one that stands for several where the file holds several tables.

    Raises
    ------
    DataError
        D201 when none does, D202 when the file nearly has a layout that is known, D207 when several do.
    """
    return _joined([importer for importer, _ in find_tables(source)])


def find_tables(source: SourceFile) -> list[tuple[Importer, SourceFile]]:
    """Return every table of a file that an importer recognises, ready to be read by the names of its layout.

    Raises
    ------
    DataError
        As :func:`find_importer`.
    """
    if source.kind == "zip":
        return _members(source)
    whole = [importer for importer in importers() if importer.recognise is not None and importer.recognise(source)]
    if len(whole) > 1:
        raise _several(source, whole)
    if whole:
        return [(whole[0], source)]
    found = [best for head in source.heads if (best := _best(source, head)) is not None]
    if not found:
        raise _unknown(source)
    if source.kind != "xlsx":
        found = [max(found, key=lambda f: f[0])]
    return [(importer, source.fitted(head, row, match)) for _, importer, head, row, match in found]


def _members(archive: SourceFile) -> list[tuple[Importer, SourceFile]]:
    """Return the tables of an archive that are recognised; the others are remarked on."""
    found: list[tuple[Importer, SourceFile]] = []
    refused: list[DataError] = []
    left: list[str] = []
    for member in archive.members():
        try:
            if member.kind == "zip":
                raise refuse("D114", member.name, "an archive in an archive")
            found += find_tables(member)
        except DataError as err:
            refused.append(err)
            left.append(member.name.rpartition("/")[2])
    if not found:
        raise refused[0]
    if left:
        found[0][1].remarks.append((archive.name, 0, f"not figures of a known layout: {', '.join(left)[:200]}"))
    return found


_Found = tuple[int, Importer, Head, int, Match]


def _best(source: SourceFile, head: Head) -> _Found | None:
    """Return the first row of a table that fits a layout, with the layout that has most of its columns."""
    for row, (_, _, cells) in enumerate(head.rows):
        compared = [plain(c) for c in cells]
        fits = [
            (len(match.positions), importer, match)
            for importer in importers()
            for layout in importer.tables
            if (match := layout.match(cells, compared)) is not None
        ]
        if not fits:
            continue
        most = max(size for size, _, _ in fits)
        best = [(importer, match) for size, importer, match in fits if size == most]
        if len({importer.name for importer, _ in best}) > 1:
            raise _several(source, [importer for importer, _ in best])
        return most, best[0][0], head, row, best[0][1]
    return None


def _several(source: SourceFile, found: Sequence[Importer]) -> DataError:
    return refuse("D207", source.name, "several importers claim it", found=", ".join(i.name for i in found))


def _unknown(source: SourceFile) -> DataError:
    """Say how the file differs from the three layouts that it is nearest to, and how to import it all the same."""
    rows = [cells for head in source.heads for _, _, cells in head.rows[:15] if any(cells)]
    rows = [cells for cells in rows if sum(map(bool, cells)) > 1] or rows
    own = _own_series(source, rows)
    shown = rows[0] if rows else source.sheets
    if not rows:
        return refuse("D201", source.name, "no table was found", found=", ".join(shown)[:200], remedy=own)
    titles = {layout: importer.title for importer in reversed(importers()) for layout in importer.tables}
    near = best_rows(titles, rows)[:3]
    said = []
    for _, layout, row in near:
        missing = ", ".join(layout.missing(rows[row])) or (
            "the columns of its periods" if layout.each else "nothing"
        )
        said.append(f"{titles[layout]} (missing {missing})")
    share, layout, row = near[0]
    named = [c for c in rows[row] if c]
    if share >= _NEARLY and (twice := sorted({c for c in named if named.count(c) > 1})):
        return refuse("D203", f"{source.name}, row {row + 1}", "column name given twice", found=", ".join(twice))
    if share < _NEARLY:
        return refuse(
            "D201",
            source.name,
            f"no importer knows this layout; nearest: {'; '.join(said)}",
            found=", ".join(shown)[:300],
            remedy=own,
        )
    return refuse(
        "D202",
        f"{source.name}, row {row + 1}",
        f"nearly the layout of {'; or of '.join(said)}",
        found=", ".join(rows[row])[:300],
        allowed=", ".join(layout.columns),
        remedy=f"give the missing columns, or {own}",
    )


def _own_series(source: SourceFile, rows: Sequence[Sequence[str]]) -> str:
    """Return the command that imports a file as a series of the user's own."""
    cells = [c for c in (rows[0] if rows else ()) if c]
    value = next((c for c in reversed(cells) if _VALUE.search(c.lower())), "COLUMN")
    date = next((c for c in cells if _DATE.search(c.lower())), "COLUMN")
    quoted = [f'"{c}"' if " " in c else c for c in (source.name, value, date)]
    return (
        f"import it as your own: sojourn data import {quoted[0]} --as NAME --value {quoted[1]} --date {quoted[2]}"
    )


def _joined(found: Sequence[Importer]) -> Importer:
    """Return one importer that stands for several."""
    different = list({importer.name: importer for importer in found}.values())
    if len(different) == 1:
        return different[0]
    return replace(
        different[0],
        name="+".join(importer.name for importer in different),
        measures=tuple(dict.fromkeys(m for importer in different for m in importer.measures)),
        of_publisher=all(importer.of_publisher for importer in different),
    )


def read_file(source: SourceFile) -> tuple[Importer, Imported]:
    """Read a file with the importer that recognises it; return the importer and what it read.

    Raises
    ------
    DataError
        Every problem found in the file.
    ValueError
        When the importer yields a measure that it does not state, which is a fault of the importer.
    """
    tables = find_tables(source)
    read = [_read(importer, fitted) for importer, fitted in tables]
    if len(read) == 1:
        return tables[0][0], read[0]
    table = concatenate([r.table for r in read])
    problems = problems_of(source)
    check_figures(table, problems, source.name)
    problems.raise_if_any()
    dropped = tuple(d for r in read for d in r.dropped)
    checks = tuple(c for r in read for c in r.checks)
    return _joined([importer for importer, _ in tables]), Imported(
        table, max(r.release for r in read), dropped, checks
    )


def _read(importer: Importer, source: SourceFile) -> Imported:
    """Read one table, and say how it was read."""
    read = importer.read(source)
    yielded = set(pc.unique(read.table["measure"]).cast(pa.string()).to_pylist())
    if unstated := yielded - set(importer.measures):
        raise ValueError(
            f"the importer {importer.name} does not state that it yields {', '.join(sorted(unstated))}"
        )
    return replace(read, dropped=(*read.dropped, *(Dropped(*remark) for remark in source.remarks)))
