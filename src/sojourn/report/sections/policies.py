"""The policies by name over time: what the numbers under the charts stand for."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from sojourn.report.camp_facts import CampFacts
from sojourn.report.charts.chart import COLOURS, Picture, Spec, dated, records, tip
from sojourn.report.facts import Facts, long_date
from sojourn.report.section import Content, Section, Table
from sojourn.report.system_facts import SystemFacts, policy_table
from sojourn.scenario import Scenario

__all__ = ["CLOSURES", "SECTION", "timeline"]

_ROW = 28
_LETTER = 6.3
_SHORT_PART = 0.01


def timeline(facts: Facts) -> Picture | None:
    """Return a bar for each policy in force during the run, or None where there are none."""
    table = facts.policies
    table = table[(table["start"] < facts.end) & ~(table["end"] < facts.start)]
    if not len(table):
        return None
    span = facts.end - facts.start
    shown = table.assign(
        from_day=table["start"].where(table["start"] > facts.start, facts.start),
        to_day=table["end"].where(table["end"] < facts.last_day, facts.last_day),
        text=table["number"].astype(str) + "  " + table["title"],
        until=["open" if pd.isna(end) else long_date(end) for end in table["end"]],
    )
    # A policy of days is drawn as long as can be seen.
    seen = shown["from_day"] + span * _SHORT_PART
    shown["to_day"] = shown["to_day"].where(shown["to_day"] > seen, seen)
    said = f"{len(shown)} policies in force during the run; the table lists them with dates and citations."
    source = "scenario, citations in the table"
    return Picture("policies", "Policies in force, by name", said, source, _chart(shown, facts), table)


def _chart(shown: pd.DataFrame, facts: Facts) -> Spec:
    """Return a row for each policy: its name over the start of its bar, as far to the right as there is room."""
    row = {"field": "number", "type": "ordinal", "axis": None}
    tips = [tip("title", "policy"), tip("start", "from", "%d %b %Y"), tip("until", "to"), tip("citation", "source")]
    bar = {"type": "bar", "color": COLOURS["other"], "opacity": 0.4, "cornerRadius": 2, "height": 7, "yOffset": 7}
    text = {"type": "text", "align": "left", "fontSize": 11.5, "color": "#111", "dy": -4}
    x = dated("from_day", facts.start, facts.end)
    room = f"max(0, min(scale('x', toDate(datum.from_day)), width - {_LETTER} * length(datum.text)))"
    return {
        "data": records(shown),
        "encoding": {"y": row, "tooltip": tips},
        "layer": [
            {"mark": bar, "encoding": {"x": x, "x2": {"field": "to_day"}}},
            {"mark": text, "encoding": {"x": {"value": {"expr": room}}, "text": {"field": "text"}}},
        ],
        "width": "container",
        "height": _ROW * len(shown),
    }


def _policies(scenario: Scenario) -> Table:
    """Return the policies by date, numbered as in the charts, each with its citation."""
    rows = []
    for row in policy_table(scenario).itertuples():
        until = "in force" if row.end is pd.NaT else long_date(row.end)
        source = row.citation or Markup('<em class="gap">none given</em>')
        rows.append([str(row.number), row.title, _kept(long_date(row.start)), _kept(until), source, row.confidence])
    return Table("Policies", ("no.", "policy", "from", "to", "citation", "confidence"), rows)


def _kept(text: str) -> str:
    """Return a text that is not broken into lines."""
    return text.replace(" ", "\u00a0")


def _closure_rows(facts: CampFacts) -> Table:
    """Return the closures by date, numbered as in the charts."""
    rows = []
    for row in facts.policies.itertuples():
        until = "the end" if row.end is pd.NaT else long_date(row.end)
        rows.append([str(row.number), row.title, row.name, long_date(row.start), until])
    return Table("Closures", ("no.", "closure", "kind", "from", "to"), rows)


def _build(facts: SystemFacts) -> Content:
    drawn = timeline(facts)
    return Content(pictures=[drawn] if drawn is not None else [], tables=[_policies(facts.scenario)])


def _closures(facts: CampFacts) -> Content:
    drawn = timeline(facts)
    if drawn is None:
        return Content(tables=[_closure_rows(facts)])
    said = f"{len(drawn.data)} closures in force during the run; the table lists them with dates."
    named = replace(
        drawn, name="closures", title="Closures by date", said=said, source="closures.csv of the folder"
    )
    return Content(pictures=[named], tables=[_closure_rows(facts)])


SECTION = Section("policies", "Policies", frozenset({"policies"}), _build)
CLOSURES = Section("closures", "Closures", frozenset({"closures"}), _closures)
