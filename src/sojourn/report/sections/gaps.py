"""What is missing, assumed, filled or odd, counted from the scenario and the run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sojourn.calendar import period_start
from sojourn.report.camp_facts import CampFacts
from sojourn.report.facts import label, long_date
from sojourn.report.section import Content, Section
from sojourn.report.system_facts import SystemFacts

__all__ = ["FOLDER", "SECTION", "folder_gaps", "gaps"]


def gaps(facts: SystemFacts) -> list[str]:
    """Return what is missing, assumed, filled or clipped, one sentence each, counted from scenario and run."""
    s, found = facts.scenario, []
    unsourced = [n for n, q in s.quantities.items() if not q.source]
    assumed = [n for n, q in s.quantities.items() if q.confidence in ("low", "assumption")]
    if unsourced:
        found.append(f"{len(unsourced)} of {len(s.quantities)} quantities have no source: {_names(unsourced)}.")
    if assumed:
        found.append(
            f"{len(assumed)} of {len(s.quantities)} quantities are assumptions or of low confidence: "
            f"{_names(assumed)}."
        )
    cited = [p.title or label(n) for n, p in s.policies.items() if not p.citation]
    if cited:
        found.append(f"Policies without a citation: {_names(cited)}.")
    found += _series_gaps(facts)
    cut = [str(d.attrs["title"]) for d in facts.seen.values() if not d["complete"].values.all()]
    if cut:
        found.append(f"Periods at the edges of the run are not whole and are not compared, at: {_names(cut)}.")
    if not facts.seen:
        found.append("No official series is linked to the model: it is not checked against published figures.")
    if facts.run.provenance["mode"] == "draw" and facts.run.provenance["parameters"] == "central":
        found.append("Uncertain quantities were kept at their central values: the bands are too narrow.")
    found += [
        f"During the run, counted over all replicates: {text}, {count:,} times."
        for text, count in facts.run.notes_in_words().items()
    ]
    found += [
        f"{what}: {count:,}." for what, count in sorted(dict(facts.run.provenance.get("counted", {})).items())
    ]
    return found


def _series_gaps(facts: SystemFacts) -> list[str]:
    found = []
    for name, s in facts.scenario.series.items():
        known = [i for i, v in enumerate(s.values) if v is not None]
        if not known:
            found.append(f"Series {name} has no value.")
            continue
        holes = known[-1] - known[0] + 1 - len(known)
        last = period_start(s.period, s.start, known[-1] + 1)
        parts = []
        if holes:
            parts.append(f"lacks {holes} period{'s' * (holes > 1)} between its first and last value")
        if pd.Timestamp(last) < facts.end:
            parts.append(f"ends on {long_date(pd.Timestamp(last) - pd.Timedelta(1, 'D'))}, before the run does")
        if parts:
            found.append(f"Series {name} {' and '.join(parts)}.")
    return found


def _names(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def folder_gaps(facts: CampFacts) -> list[str]:
    """Return what was odd in the folder and what was made of it, and who appeared late or never."""
    found = [
        f"{one.code} at {one.where}: {one.message}" + (f"; found {one.found}" if one.found else "")
        for one in facts.scenario.warnings
    ]
    found += [f"{note}: {number:,}, over all replicates." for note, number in facts.run.notes_in_words().items()]
    empty = [camp for i, camp in enumerate(facts.camps) if np.isnan(facts.registered.values[:, i]).all()]
    if empty:
        found.append(f"No registrations: {', '.join(empty)}; counted as nobody in the scores.")
    return found


def _build(facts: SystemFacts) -> Content:
    return Content(lines=gaps(facts) or ["Nothing was found missing."])


def _folder(facts: CampFacts) -> Content:
    words = "Each with the choice that was made; further ones of a kind and file are counted."
    return Content([words], lines=folder_gaps(facts) or ["Nothing was found odd."])


SECTION = Section("gaps", "What is missing or assumed", frozenset({"system"}), _build)
FOLDER = Section("gaps", "What was odd in the folder", frozenset({"folder"}), _folder)
