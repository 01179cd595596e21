"""Codes of everything that can be wrong with, or worth saying about, a Flee folder.

A code of ``ERRORS`` refuses the folder. A code of ``WARNINGS`` is counted, and its message states the choice
made. A few appear in both roles, according to ``compat``; they are listed under ``ERRORS``.
"""

from __future__ import annotations

__all__ = ["CODES", "ERRORS", "RUN", "WARNINGS"]

ERRORS: dict[str, str] = {
    "FLEE-FOLDER": "the path is neither a Flee folder nor a scenario file",
    "FLEE-FILE-MISSING": "a required file does not exist",
    "FLEE-FILE-KIND": "a path is not an ordinary file, or cannot be read",
    "FLEE-FILE-SIZE": "a file is larger than any Flee input",
    "FLEE-PATH-OUTSIDE": "a file name leads out of the folder",
    "FLEE-ENCODING": "a file is not UTF-8 text",
    "FLEE-CSV": "a file is not valid CSV",
    "FLEE-YAML": "a file is not valid YAML",
    "FLEE-CELL-LONG": "a cell is far longer than any value",
    "FLEE-HEADER": "the header row is missing, misplaced or lacks its #",
    "FLEE-HEADER-ORDER": "columns are not in the order in which they are read",
    "FLEE-HEADER-TWICE": "a column appears twice",
    "FLEE-ROW-SHORT": "a row has too few cells",
    "FLEE-ROW-LONG": "a row has more cells than there are columns",
    "FLEE-NO-ROWS": "a file that needs rows has none",
    "FLEE-NAME": "a name is empty or has control characters",
    "FLEE-NUMBER": "a cell is not a number",
    "FLEE-INTEGER": "a cell is not a whole number",
    "FLEE-RANGE": "a number is out of range",
    "FLEE-DATE": "a cell is not a date",
    "FLEE-PERIOD": "sim_period.csv lacks a key, or repeats one",
    "FLEE-LOCATION-TWICE": "a location is defined twice",
    "FLEE-LOCATION-TYPE": "a location type is not known",
    "FLEE-LOCATION-UNKNOWN": "a name is not in locations.csv",
    "FLEE-COUNTRY-UNKNOWN": "no location is in this country",
    "FLEE-COORDINATES": "coordinates are not on the globe",
    "FLEE-ROUTE-LOOP": "a route leads from a place to itself",
    "FLEE-CLOSURE-TYPE": "a closure type is not known",
    "FLEE-CONFLICT-ROWS": "a daily table has fewer days than the run",
    "FLEE-LAYOUT-TWICE": "data_layout.csv has a name twice",
    "FLEE-LAYOUT-TOTAL": "totals are to be read from a series that does not exist",
    "FLEE-CAMP-NO-DATA": "a camp has no data series",
    "FLEE-CORRECTION-NAME": "a correction is for a series that does not exist",
    "FLEE-CORRECTION-DATE": "a correction is for a date that has no row, or nothing before it",
    "FLEE-CORRECTION-ZERO": "a correction would divide by zero",
    "FLEE-DEMOGRAPHICS": "a demographics file lacks its value or Default column, or has no weight",
    "FLEE-MAJOR-ROUTE": "a major route goes between places that no road joins",
    "FLEE-SETTING-UNKNOWN": "a settings key is not known",
    "FLEE-SETTING-TYPE": "a settings value is of the wrong kind",
    "FLEE-SETTING-RANGE": "a settings value is out of range",
    "FLEE-SETTING-CONFLICT": "two settings contradict each other",
    "FLEE-COMPAT": "compat is neither None nor flee3",
    "FLEE-OUT": "a file is not an out.csv of Flee",
}

WARNINGS: dict[str, str] = {
    "FLEE-BYTE-ORDER-MARK": "a file starts with a byte order mark",
    "FLEE-NAME-BLANKS": "a name starts or ends with blanks",
    "FLEE-CELLS-EXTRA": "cells that nothing reads",
    "FLEE-CELL-EMPTY": "rows or cells without a value were left out",
    "FLEE-FILE-UNUSED": "a file that nothing reads",
    "FLEE-PERIOD-KEY": "a key of sim_period.csv that nothing reads",
    "FLEE-ATTRIBUTE-UNUSED": "a column that no rule reads",
    "FLEE-NO-ROADS": "a location that no road reaches",
    "FLEE-ROUTE-TWICE": "a route that is given twice",
    "FLEE-ROUTE-ZERO": "a route of no length",
    "FLEE-FORCED-REDIRECTION": "forced redirection, which changes nothing",
    "FLEE-CLOSURE-END": "a closure that does not end after it starts",
    "FLEE-CLOSURE-NEVER": "a closure that starts after the run",
    "FLEE-CLOSURE-NAME2": "a second name that this closure does not need",
    "FLEE-CLOSURE-LINK": "a link closure, which has no effect in Flee",
    "FLEE-CONFLICT-COLUMN": "a column of a daily table that matches no location",
    "FLEE-CONFLICT-DAY": "a Day cell that is not the number of its row",
    "FLEE-LAYOUT-FIRST": "the first series is not total",
    "FLEE-SERIES-NO-PLACE": "a series whose name is no location",
    "FLEE-SERIES-NO-CAMP": "a series of a location that is not a camp",
    "FLEE-ROWS-UNSORTED": "rows that are not in order of date",
    "FLEE-DATE-TWICE": "a date that has two rows",
    "FLEE-SERIES-LATE": "a series that starts after the run does",
    "FLEE-SERIES-SHORT": "a series that ends before the run does",
    "FLEE-CORRECTION-EARLY": "a correction dated before the run",
    "FLEE-SETTING-TYPED": "a settings value written as another kind",
    "FLEE-SETTING-TYPO": "a key that Flee reads under another spelling",
    "FLEE-SETTING-NO-EFFECT": "a key that changes nothing",
    "FLEE-SETTING-AWARENESS": "awareness 0, with which nobody moves in Flee",
    "FLEE-SETTING-OVERRULED": "a value replaced by use_v1_rules",
    "FLEE-SETTING-EMPTY": "a list without members",
}

RUN: dict[str, str] = {
    "FLEE-NO-CONFLICT": "people are displaced on a day on which no place is in conflict",
    "FLEE-WAITED": "agents that appear later than registered: no place with people was in conflict on their day",
    "FLEE-NEVER-LEFT": "agents that never appear: no place with people is in conflict from their day on",
    "FLEE-NOBODY-LEFT": "agents that never appear, over all replicates: those in conflict zones had all left",
    "FLEE-ATTRIBUTE-MISSING": "people or places lack an attribute that a rule needs, or its number",
    "FLEE-STOPS": "Flee itself stops with an error on this scenario",
}
"""Codes of running a folder that was read: an error under ``flee3``, otherwise counted in the results."""

CODES: dict[str, str] = ERRORS | WARNINGS | RUN
