"""Labelled results: build, join, save and open runs, summarise and compare them, check that nobody is lost."""

from sojourn.results.check import conserved, imbalance
from sojourn.results.codes import CODES, RunError
from sojourn.results.compare import Comparison, compare
from sojourn.results.interrupted import Interrupted
from sojourn.results.run import PROVENANCE, Run, build, open
from sojourn.results.summary import summarise
from sojourn.results.walk import WalkRun
from sojourn.results.walk_compare import WalkComparison

__all__ = [
    "CODES",
    "PROVENANCE",
    "Comparison",
    "Interrupted",
    "Run",
    "RunError",
    "WalkComparison",
    "WalkRun",
    "build",
    "compare",
    "conserved",
    "imbalance",
    "open",
    "summarise",
]
