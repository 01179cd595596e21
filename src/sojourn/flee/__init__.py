"""Flee scenarios in and out: read a Flee folder, run it, score it, write it.

Source: Flee 3 (Groen and others), whose folders, settings and ``out.csv`` these are.
"""

from __future__ import annotations

from sojourn.flee.codes import CODES, ERRORS, WARNINGS
from sojourn.flee.model import FleeScenario
from sojourn.flee.out import OutTable, out_csv, out_files, read_out
from sojourn.flee.reading.folder import read, reads
from sojourn.flee.reading.sheets import FleeError
from sojourn.flee.registrations import DataTable, data_table
from sojourn.flee.score import score_files
from sojourn.flee.settings import Settings
from sojourn.flee.simulate import rerun, run, scenario_of
from sojourn.flee.write import digest, dump, write, write_folder

__all__ = [
    "CODES",
    "ERRORS",
    "WARNINGS",
    "DataTable",
    "FleeError",
    "FleeScenario",
    "OutTable",
    "Settings",
    "data_table",
    "digest",
    "dump",
    "out_csv",
    "out_files",
    "read",
    "read_out",
    "reads",
    "rerun",
    "run",
    "scenario_of",
    "score_files",
    "write",
    "write_folder",
]
