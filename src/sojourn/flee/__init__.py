"""Flee scenarios in and out: read a Flee folder, run it, score it, write it.

Source: Flee 3 (Groen and others), whose folders, settings and ``out.csv`` these are.
"""

from __future__ import annotations

from sojourn.flee.codes import CODES, ERRORS, WARNINGS
from sojourn.flee.model import FleeScenario
from sojourn.flee.out import OutTable, out_csv, read_out
from sojourn.flee.read import read
from sojourn.flee.score import Score, baselines, coverage, crps, relative_difference, score
from sojourn.flee.settings import Settings
from sojourn.flee.sheets import FleeError
from sojourn.flee.table import DataTable, data_table
from sojourn.flee.write import dump, write

__all__ = [
    "CODES",
    "ERRORS",
    "WARNINGS",
    "DataTable",
    "FleeError",
    "FleeScenario",
    "OutTable",
    "Score",
    "Settings",
    "baselines",
    "coverage",
    "crps",
    "data_table",
    "dump",
    "out_csv",
    "read",
    "read_out",
    "relative_difference",
    "score",
    "write",
]
