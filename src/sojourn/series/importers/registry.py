"""Every importer, and finding the one that knows a file."""

from __future__ import annotations

from sojourn.series.codes import DataError, refuse
from sojourn.series.importers.context import IMPORTERS as CONTEXT
from sojourn.series.importers.exported import IMPORTERS as EXPORTED
from sojourn.series.importers.iom import IMPORTERS as IOM
from sojourn.series.importers.points import IMPORTERS as POINTS
from sojourn.series.importers.protocol import Imported, Importer
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.importers.transit import IMPORTERS as TRANSIT
from sojourn.series.importers.unhcr import IMPORTERS as UNHCR
from sojourn.series.importers.united_states.cbp import IMPORTERS as CBP
from sojourn.series.importers.united_states.courts import IMPORTERS as COURTS
from sojourn.series.importers.united_states.detention import IMPORTERS as DETENTION
from sojourn.series.importers.united_states.ohss import IMPORTERS as OHSS
from sojourn.series.importers.united_states.removals import IMPORTERS as REMOVALS
from sojourn.series.importers.united_states.visas import IMPORTERS as VISAS

__all__ = ["IMPORTERS", "find_importer", "read_file"]

IMPORTERS: tuple[Importer, ...] = (
    *CBP,
    *OHSS,
    *TRANSIT,
    *IOM,
    *COURTS,
    *REMOVALS,
    *DETENTION,
    *UNHCR,
    *VISAS,
    *CONTEXT,
    *POINTS,
    *EXPORTED,
)
"""Every importer; the layouts they claim do not overlap (a test holds them to it)."""


def find_importer(source: SourceFile) -> Importer:
    """Return the importer that knows the layout of ``source``; raises DataError D201, D202 or D207."""
    found = [importer for importer in IMPORTERS if importer.detect(source)]
    if len(found) == 1:
        return found[0]
    if found:
        raise refuse("D207", source.name, "several importers claim it", found=", ".join(i.name for i in found))
    raise _unknown(source)


def _unknown(source: SourceFile) -> DataError:
    """Say how the file differs from the layout it is nearest to."""
    header = source.header
    best: Importer | None = None
    layout: tuple[str, ...] = ()
    share = 0.0
    for importer in IMPORTERS:
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
    """Read a file with the importer that knows it; raises DataError with every problem found."""
    importer = find_importer(source)
    return importer, importer.read(source)
