"""The answer in the words of the scenario: its sentences, with the figures that they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from numpy.typing import NDArray

from sojourn.report.charts.cited import spread_of
from sojourn.report.facts import Facts, long_date
from sojourn.scenario.question import Answer, Figure

__all__ = ["counted", "sentence"]

F64 = NDArray[np.float64]

_PARTS = re.compile(r"(\{[^{}]*\})")
_KINDS = {"stock": "people in", "flow": "people who took", "wait": "mean wait of those whose turn came in"}


def sentence(facts: Facts, answer: Answer, general: Mapping[str, Callable[[Facts], Markup]]) -> Markup:
    """Return a sentence of the answer; ``general`` writes those that hold for any scenario."""
    if answer.general is not None:
        return general[answer.general](facts)
    pieces = [_piece(facts, answer, part) for part in _PARTS.split(answer.text)]
    return Markup("").join(pieces)


def _piece(facts: Facts, answer: Answer, part: str) -> Markup:
    if not part.startswith("{"):
        return escape(part)
    name = part[1:-1]
    if name in answer.figures:
        return _figure(facts, answer.figures[name])
    return escape(long_date(facts.start if name == "start" else facts.last_day))


def _figure(facts: Facts, asked: Figure) -> Markup:
    values = counted(facts, asked, asked.of)
    if asked.measure == "wait":
        return spread_of(values).html(facts.about(_about(facts, asked), "day"))
    if not asked.out_of:
        return spread_of(values).html(facts.about(_about(facts, asked)), "count")
    whole = counted(facts, asked, asked.out_of)
    part = np.divide(values, whole, out=np.full_like(values, np.nan), where=whole > 0)
    about = f"{_about(facts, asked)}, out of {', '.join(asked.out_of)}"
    return spread_of(part).html(facts.about(about, "share"), "share")


def counted(facts: Facts, asked: Figure, of: tuple[str, ...]) -> F64:
    """Return (replicate) float64: people in stages or on flows, or days of waiting, of a figure.

    Missing where the days asked for are not whole recorded periods of the run.
    """
    data = facts.run.data
    start = pd.DatetimeIndex(data["time"].values)
    end = pd.DatetimeIndex(data["period_end"].values)
    first = facts.start if asked.start is None else pd.Timestamp(asked.start)
    beyond = facts.end if asked.end is None else pd.Timestamp(asked.end) + pd.Timedelta(1, "D")
    groups = list(data["group"].values if asked.groups is None else asked.groups)
    missing = np.full(facts.run.replicates, np.nan)
    if beyond not in end or (asked.measure != "stock" and first not in start):
        return missing
    if asked.measure == "stock":
        stocks = data["stocks"].isel(time=int(np.argmax(end == beyond)))
        return np.asarray(stocks.sel(stage=list(of), group=groups).sum(("stage", "group")).values, np.float64)
    at = np.flatnonzero((start >= first) & (end <= beyond))
    if asked.measure == "flow":
        flows = data["flows"].isel(time=at).sel(flow=list(of), group=groups)
        return np.asarray(flows.sum(("time", "flow", "group")).values, np.float64)
    days, number = (
        data[name].isel(time=at).sel(queue=list(of), group=groups).sum(("time", "queue", "group")).values
        for name in ("wait_days", "wait_count")
    )
    np.divide(days, number, out=missing, where=number > 0)
    return missing


def _about(facts: Facts, asked: Figure) -> str:
    """Return what a figure counts, in words."""
    last = facts.last_day.date() if asked.end is None else asked.end
    when = f"on {last}"
    if asked.measure != "stock":
        when = f"from {facts.start.date() if asked.start is None else asked.start} to {last}"
    groups = asked.groups or tuple(facts.scenario.groups)
    whom = "all groups" if len(groups) == len(facts.scenario.groups) else f"group {', '.join(groups)}"
    return f"{_KINDS[asked.measure]} {', '.join(asked.of)}, {when}, {whom}"
