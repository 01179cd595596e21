"""The answer in the words of the scenario: its sentences, with the figures that they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from numpy.typing import NDArray

from sojourn.report.charts.cited import spread_of
from sojourn.report.facts import long_date
from sojourn.report.system_facts import SystemFacts
from sojourn.scenario.question import Answer, Figure

__all__ = ["counted", "sentence"]

F64 = NDArray[np.float64]

_PARTS = re.compile(r"(\{[^{}]*\})")
_KINDS = {"stock": "people in", "flow": "people who took", "wait": "mean wait of those whose turn came in"}


def sentence(facts: SystemFacts, answer: Answer, general: Mapping[str, Callable[[SystemFacts], Markup]]) -> Markup:
    """Return a sentence of the answer; ``general`` writes those that hold for any scenario."""
    if answer.general is not None:
        return general[answer.general](facts)
    pieces = [_piece(facts, answer, part) for part in _PARTS.split(answer.text)]
    return Markup("").join(pieces)


def _piece(facts: SystemFacts, answer: Answer, part: str) -> Markup:
    if not part.startswith("{"):
        return escape(part)
    name = part[1:-1]
    if name in answer.figures:
        return _figure(facts, answer.figures[name])
    return escape(long_date(facts.start if name == "start" else facts.last_day))


def _figure(facts: SystemFacts, wanted: Figure) -> Markup:
    values = counted(facts, wanted, wanted.of)
    if wanted.measure == "wait":
        return spread_of(values).html(facts.about(_about(facts, wanted), "day"))
    if not wanted.out_of:
        return spread_of(values).html(facts.about(_about(facts, wanted)), "count")
    whole = counted(facts, wanted, wanted.out_of)
    part = np.divide(values, whole, out=np.full_like(values, np.nan), where=whole > 0)
    about = f"{_about(facts, wanted)}, out of {', '.join(wanted.out_of)}"
    return spread_of(part).html(facts.about(about, "share"), "share")


def counted(facts: SystemFacts, wanted: Figure, of: tuple[str, ...]) -> F64:
    """Return (replicate) float64: people in stages or on flows, or days of waiting, of a figure.

    Missing where the days asked for are not whole recorded periods of the run.
    """
    data = facts.run.data
    start = pd.DatetimeIndex(data["time"].values)
    end = pd.DatetimeIndex(data["period_end"].values)
    first = facts.start if wanted.start is None else pd.Timestamp(wanted.start)
    beyond = facts.end if wanted.end is None else pd.Timestamp(wanted.end) + pd.Timedelta(1, "D")
    groups = list(data["group"].values if wanted.groups is None else wanted.groups)
    missing = np.full(facts.run.replicates, np.nan)
    if beyond not in end or (wanted.measure != "stock" and first not in start):
        return missing
    if wanted.measure == "stock":
        stocks = data["stocks"].isel(time=int(np.argmax(end == beyond)))
        return np.asarray(stocks.sel(stage=list(of), group=groups).sum(("stage", "group")).values, np.float64)
    at = np.flatnonzero((start >= first) & (end <= beyond))
    if wanted.measure == "flow":
        flows = data["flows"].isel(time=at).sel(flow=list(of), group=groups)
        return np.asarray(flows.sum(("time", "flow", "group")).values, np.float64)
    days, number = (
        data[name].isel(time=at).sel(queue=list(of), group=groups).sum(("time", "queue", "group")).values
        for name in ("wait_days", "wait_count")
    )
    np.divide(days, number, out=missing, where=number > 0)
    return missing


def _about(facts: SystemFacts, wanted: Figure) -> str:
    """Return what a figure counts, in words."""
    last = facts.last_day.date() if wanted.end is None else wanted.end
    when = f"on {last}"
    if wanted.measure != "stock":
        when = f"from {facts.start.date() if wanted.start is None else wanted.start} to {last}"
    groups = wanted.groups or tuple(facts.scenario.groups)
    whom = "all groups" if len(groups) == len(facts.scenario.groups) else f"group {', '.join(groups)}"
    return f"{_KINDS[wanted.measure]} {', '.join(wanted.of)}, {when}, {whom}"
