"""Labelled results: build, concat, save and open runs, summarise and compare them, check that nobody is lost."""

from sojourn.results.build import build, label
from sojourn.results.check import conserved, imbalance
from sojourn.results.codes import CODES, RunError
from sojourn.results.comparison import Comparison, compare
from sojourn.results.interrupted import Interrupted
from sojourn.results.parts import concat
from sojourn.results.provenance import PROVENANCE
from sojourn.results.run import Run, open_run
from sojourn.results.summary import at_end, summarise

__all__ = [
    "CODES",
    "PROVENANCE",
    "Comparison",
    "Interrupted",
    "Run",
    "RunError",
    "at_end",
    "build",
    "compare",
    "concat",
    "conserved",
    "imbalance",
    "label",
    "open_run",
    "summarise",
]
