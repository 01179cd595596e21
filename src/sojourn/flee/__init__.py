"""Flee scenarios in and out: read a Flee folder, run it, score it, write it.

Source: Flee 3 (Groen and others), whose folders, settings and ``out.csv`` these are.
"""

from __future__ import annotations

from sojourn.flee.codes import CODES, ERRORS, WARNINGS
from sojourn.flee.model import FleeScenario
from sojourn.flee.out import OutTable, out_csv, out_files, read_out
from sojourn.flee.reading.document import FORMAT
from sojourn.flee.reading.folder import read, reads
from sojourn.flee.reading.sheets import FleeError
from sojourn.flee.registrations import DataTable, data_table
from sojourn.flee.score import score_files
from sojourn.flee.settings import Settings
from sojourn.flee.simulation import compile_model, rerun, scenario_of, simulate
from sojourn.flee.write import digest, dump, write, write_folder

__all__ = [
    "CODES",
    "ERRORS",
    "FORMAT",
    "WARNINGS",
    "DataTable",
    "FleeError",
    "FleeScenario",
    "OutTable",
    "Settings",
    "compile_model",
    "data_table",
    "digest",
    "dump",
    "out_csv",
    "out_files",
    "read",
    "read_out",
    "reads",
    "rerun",
    "scenario_of",
    "score_files",
    "simulate",
    "write",
    "write_folder",
]
