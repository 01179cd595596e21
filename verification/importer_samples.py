"""Good tables to mutate: small made-up ones of the layouts met most, and the first rows of every shared file."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from sojourn.series.codes import DataError
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile
from verification.importer_mutations import Sample, read_sample

__all__ = ["SHARED", "made_up", "shared_samples"]

SHARED = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared")) / "data"
_ROWS = 60

_TABLES = Path(__file__).parent / "tables"


def made_up() -> list[Sample]:
    """Return the made-up tables."""
    return [read_sample(path, _ROWS) for path in sorted(_TABLES.glob("*.csv"))]


def shared_samples(folder: Path) -> list[Sample]:
    """Return the first rows of every shared CSV file that can be imported alone; ``folder`` is for drafts."""
    found = []
    for path in sorted(SHARED.rglob("*.csv*")):
        sample = read_sample(path, _ROWS)
        draft = folder / f"{sample.name}.csv"
        with draft.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([sample.header, *sample.rows])
        try:
            read_file(SourceFile(draft))
        except DataError:
            continue
        finally:
            draft.unlink()
        found.append(sample)
    return found
