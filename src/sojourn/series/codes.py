"""Codes of everything that can be wrong with a file of figures, a store or a question to it."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.errors import Collector, Problem, SojournError

__all__ = ["CODES", "DataError", "collect", "refuse"]

CODES: Mapping[str, str] = {
    "D101": "file not found, not a plain file, or not readable",
    "D102": "file is empty",
    "D103": "file is larger than the limit",
    "D104": "compressed file unpacks to more than the limit",
    "D105": "compressed file is damaged or cut off",
    "D106": "text is not UTF-8",
    "D107": "web page saved under the name of a table",
    "D108": "binary content where text is expected",
    "D109": "more columns than the limit",
    "D110": "more rows or cells than the limit",
    "D111": "line longer than the limit",
    "D112": "formula where a figure is expected",
    "D113": "file cut off: the last line has no end",
    "D114": "kind of file not known",
    "D115": "workbook carries macros, links to other files or embedded objects",
    "D201": "no importer knows this layout",
    "D202": "column missing, unknown or out of place",
    "D203": "column name given twice",
    "D204": "row with too few or too many columns",
    "D205": "sheet missing",
    "D206": "header without rows",
    "D207": "more than one importer claims the file",
    "D301": "value is not a number",
    "D302": "value is negative or not whole",
    "D303": "value missing",
    "D304": "label not in the vocabulary of the publisher",
    "D305": "nationality not in the crosswalk",
    "D306": "date not valid or not the first day of its period",
    "D307": "period outside the years the publisher covers",
    "D308": "period kind, start and end disagree",
    "D309": "term not in its vocabulary",
    "D310": "measure unknown or counted in another unit",
    "D311": "release is not a year, year-month or date",
    "D312": "missing value that is not marked suppressed, or a suppressed one with a value",
    "D313": "labels of a row contradict each other",
    "D314": "value is not a multiple of its rounding",
    "D401": "two rows for the same figure",
    "D402": "total differs from the sum of its parts",
    "D403": "months missing inside the period covered",
    "D404": "years of the file differ from those its name or header says",
    "D405": "a check against a published total failed",
    "D501": "another import is under way",
    "D502": "the disk is full or the store cannot be written",
    "D503": "the same release is in the store with other content",
    "D504": "the store is of another version or damaged",
    "D601": "no such series",
    "D602": "no figures match",
    "D603": "units of account differ: they are never added up",
    "D604": "releases differ: they are never added up",
    "D605": "periods overlap or have different lengths: they are never added up",
    "D606": "figures of this measure are not added up over this dimension",
    "D607": "the figures are split in more than one way: say which",
    "D608": "no such dimension, value or option",
    "D609": "periods do not fit into the period asked for",
    "D610": "the column needed for this reading is missing from the events",
    "D611": "an optional package is needed",
    "D612": "published for a part of the whole only: say which part",
    "D701": "the description of an own series is incomplete or contradicts itself",
    "D702": "name is that of an official measure, or not a name",
    "D703": "numbers that can be read in more than one way",
    "D704": "dates that can be read in more than one way",
    "D705": "the own measure is in the store with another definition",
    "D706": "columns that can be told apart in more than one way, or in none",
    "D707": "own name that has another code, or a code that is none",
}


class DataError(SojournError):
    """A file of figures, the store or a question to it was refused.

    ``problems`` holds every reason, each with its code of :data:`CODES`, the place, what was found, what is
    allowed and what to do; ``codes`` holds the codes alone.
    """


def collect(title: str) -> Collector:
    """Return a collector that raises :class:`DataError` under ``title``."""
    return Collector(CODES, DataError, title)


def refuse(code: str, where: str, message: str, **details: str) -> DataError:
    """Return the error for one problem, ready to raise; details as in :class:`~sojourn.errors.Problem`."""
    CODES[code]
    return DataError([Problem(code, where, message, **details)])
