"""The user's store of official figures, over the reference figures that ship with the package."""

from __future__ import annotations

from sojourn.series.store.cells import Cells
from sojourn.series.store.entries import Entry, Origin, Receipt
from sojourn.series.store.parquet import write_figures
from sojourn.series.store.shelf import Store

__all__ = ["Cells", "Entry", "Origin", "Receipt", "Store", "write_figures"]
