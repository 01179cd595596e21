"""Labelled results: build, join, save and open runs, summarise and compare them, check that nobody is lost."""

from sojourn.results.check import conserved, imbalance
from sojourn.results.codes import CODES, RunError
from sojourn.results.compare import Comparison, compare
from sojourn.results.run import PROVENANCE, Run, build, open
from sojourn.results.summary import summarise

__all__ = [
    "CODES",
    "PROVENANCE",
    "Comparison",
    "Run",
    "RunError",
    "build",
    "compare",
    "conserved",
    "imbalance",
    "open",
    "summarise",
]
