"""Codes of everything that can be wrong with, or worth saying about, a Flee folder.

A code of ``ERRORS`` refuses the folder. A code of ``WARNINGS`` is counted, and its message states the choice
made. A few appear in both roles, according to ``compat``; they are listed under ``ERRORS``.
"""

from __future__ import annotations

__all__ = ["CODES", "ERRORS", "RUN", "WARNINGS"]

ERRORS: dict[str, str] = {
    "F101": "the path is neither a Flee folder nor a scenario file",
    "F102": "a required file does not exist",
    "F103": "a path is not an ordinary file, or cannot be read",
    "F104": "a file is larger than any Flee input",
    "F105": "a file name leads out of the folder",
    "F106": "a file is not UTF-8 text",
    "F107": "a file is not valid CSV",
    "F108": "a file is not valid YAML",
    "F109": "a cell is far longer than any value",
    "F110": "the header row is missing, misplaced or lacks its #",
    "F111": "columns are not in the order in which they are read",
    "F112": "a column appears twice",
    "F113": "a row has too few cells",
    "F114": "a row has more cells than there are columns",
    "F115": "a file that needs rows has none",
    "F116": "a name is empty or has control characters",
    "F117": "a cell is not a number",
    "F118": "a cell is not a whole number",
    "F119": "a number is out of range",
    "F120": "a cell is not a date",
    "F121": "sim_period.csv lacks a key, or repeats one",
    "F122": "a location is defined twice",
    "F123": "a location type is not known",
    "F124": "a name is not in locations.csv",
    "F125": "no location is in this country",
    "F126": "coordinates are not on the globe",
    "F127": "a route leads from a place to itself",
    "F128": "a closure type is not known",
    "F129": "a daily table has fewer days than the run",
    "F130": "data_layout.csv has a name twice",
    "F131": "totals are to be read from a series that does not exist",
    "F132": "a camp has no data series",
    "F133": "a correction is for a series that does not exist",
    "F134": "a correction is for a date that has no row, or nothing before it",
    "F135": "a correction would divide by zero",
    "F136": "a demographics file lacks its value or Default column, or has no weight",
    "F137": "a major route goes between places that no road joins",
    "F138": "a settings key is not known",
    "F139": "a settings value is of the wrong kind",
    "F140": "a settings value is out of range",
    "F141": "two settings contradict each other",
    "F142": "compat is neither None nor flee3",
    "F143": "a file is not an out.csv of Flee",
}

WARNINGS: dict[str, str] = {
    "F201": "a file starts with a byte order mark",
    "F202": "a name starts or ends with blanks",
    "F203": "cells that nothing reads",
    "F204": "rows or cells without a value were left out",
    "F205": "a file that nothing reads",
    "F206": "a key of sim_period.csv that nothing reads",
    "F207": "a column that no rule reads",
    "F208": "a location that no road reaches",
    "F209": "a route that is given twice",
    "F210": "a route of no length",
    "F211": "forced redirection, which changes nothing",
    "F212": "a closure that does not end after it starts",
    "F213": "a closure that starts after the run",
    "F214": "a second name that this closure does not need",
    "F215": "a link closure, which has no effect in Flee",
    "F216": "a column of a daily table that matches no location",
    "F217": "a Day cell that is not the number of its row",
    "F218": "the first series is not total",
    "F219": "a series whose name is no location",
    "F220": "a series of a location that is not a camp",
    "F221": "rows that are not in order of date",
    "F222": "a date that has two rows",
    "F223": "a series that starts after the run does",
    "F224": "a series that ends before the run does",
    "F225": "a correction dated before the run",
    "F226": "a settings value written as another kind",
    "F227": "a key that Flee reads under another spelling",
    "F228": "a key that changes nothing",
    "F229": "awareness 0, with which nobody moves in Flee",
    "F230": "a value replaced by use_v1_rules",
    "F231": "a list without members",
}

RUN: dict[str, str] = {
    "F301": "people are displaced on a day on which no place is in conflict",
    "F302": "agents that appear later than registered: no place with people was in conflict on their day",
    "F303": "agents that never appear: no place with people is in conflict from their day on",
    "F304": "agents that never appear, over all replicates: those in conflict zones had all left",
    "F305": "people or places lack an attribute that a rule needs, or its number",
    "F306": "Flee itself stops with an error on this scenario",
}
"""Codes of running a folder that was read: an error under ``flee3``, otherwise counted in the results."""

CODES: dict[str, str] = ERRORS | WARNINGS | RUN
