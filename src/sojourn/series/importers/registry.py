"""The list of importers, and finding the one that knows a file.

The modules are named here and loaded when a file is to be recognised, so that reading a series loads none.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.series.codes import DataError, refuse
from sojourn.series.importers.protocol import Imported, Importer
from sojourn.series.importers.source_file import SourceFile

__all__ = ["MODULES", "find_importer", "importers", "read_file"]

MODULES = (
    "sojourn.series.importers.united_states.cbp",
    "sojourn.series.importers.united_states.cbp_totals",
    "sojourn.series.importers.united_states.ohss",
    "sojourn.series.importers.transit",
    "sojourn.series.importers.iom",
    "sojourn.series.importers.united_states.courts",
    "sojourn.series.importers.united_states.removals",
    "sojourn.series.importers.united_states.detention",
    "sojourn.series.importers.unhcr",
    "sojourn.series.importers.united_states.visas",
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
    """Return the importer that recognises a file.

    Raises
    ------
    DataError
        D201 when none does, D202 when the file nearly has a layout that is known, D207 when several do.
    """
    found = [importer for importer in importers() if importer.recognises(source)]
    if len(found) == 1:
        return found[0]
    if found:
        raise refuse("D207", source.name, "several importers claim it", found=", ".join(i.name for i in found))
    raise _unknown(source)


def _unknown(source: SourceFile) -> DataError:
    """Say how the file differs from the layout that it is nearest to."""
    header = source.header
    best: Importer | None = None
    layout: tuple[str, ...] = ()
    share = 0.0
    for importer in importers():
        for columns in importer.layouts:
            common = len(set(columns) & set(header)) / max(len(set(columns) | set(header)), 1)
            if common > share:
                best, layout, share = importer, columns, common
    if best is None or share < 0.5:
        shown = ", ".join(header or source.sheets)[:200]
        return refuse("D201", source.name, "no importer knows this layout", found=shown)
    missing = [c for c in layout if c not in header]
    unknown = [c for c in header if c not in layout]
    said = [f"missing {', '.join(missing)}"] if missing else []
    said += [f"unknown {', '.join(unknown)}"] if unknown else []
    said = said or ["columns are out of place"]
    return refuse(
        "D202",
        f"{source.name}, row 1",
        f"nearly the layout of {best.title}: {'; '.join(said)}",
        found=", ".join(header)[:300],
        allowed=", ".join(layout),
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
    importer = find_importer(source)
    read = importer.read(source)
    yielded = set(pc.unique(read.table["measure"]).cast(pa.string()).to_pylist())
    if unstated := yielded - set(importer.measures):
        raise ValueError(
            f"the importer {importer.name} does not state that it yields {', '.join(sorted(unstated))}"
        )
    return importer, read
