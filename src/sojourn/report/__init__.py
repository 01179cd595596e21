"""Reports: charts, maps and one offline page of a run, a comparison, or a scenario's cards."""

from sojourn.report.codes import CODES, ReportError
from sojourn.report.pages.card import card
from sojourn.report.pages.write import report

__all__ = ["CODES", "ReportError", "card", "report"]
