"""Tables as people have them, read into named columns of cells."""

from __future__ import annotations

from sojourn.series.own.tables.files import KINDS, read_grid
from sojourn.series.own.tables.grid import Cell, Grid, grid_of_frame

__all__ = ["KINDS", "Cell", "Grid", "grid_of_frame", "read_grid"]
