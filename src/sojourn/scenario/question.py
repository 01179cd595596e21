"""What a scenario is asked, and the sentences that answer it: wording for reports, which changes no number."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from sojourn.scenario.frozen import Frozen, FrozenDict, Map
from sojourn.scenario.values import Date, FlowName, GroupName, Name, StageName

__all__ = ["MOMENTS", "Answer", "Arrivals", "Figure", "Question", "Status", "placeholders"]

MOMENTS = ("start", "end")
"""Placeholders that every text knows: the first and the last day of the run."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders(text: str) -> list[str]:
    """Return the names that stand in braces in a text, in order, each once."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


class Figure(Frozen):
    """A figure of an answer: what is counted, of whom, and when."""

    of: Annotated[tuple[FlowName, ...], Field(min_length=1)]
    """Flows ``origin -> destination`` or stages, which are added up, or queues whose waits are averaged."""
    measure: Literal["stock", "flow", "wait"] = "stock"
    """People in stages at the end, people who took flows, or mean wait in days of those whose turn came."""
    groups: tuple[GroupName, ...] | None = None
    """Groups counted; all if left out."""
    start: Date | None = None
    """First day counted, of flows and waits; that of the run if left out."""
    end: Date | None = None
    """Last day counted, or the day of a stock; that of the run if left out."""
    out_of: tuple[FlowName, ...] = ()
    """Flows or stages, counted alike, of which the figure is given as a share."""


class Answer(Frozen):
    """A sentence of the answer: a text with figures, or one that is written for any scenario."""

    text: str = ""
    """Sentence, with the name of each figure in braces where it stands; ``{start}`` and ``{end}`` are days."""
    figures: Map[Name, Figure] = FrozenDict()
    """Figures by name."""
    general: Literal["entered", "outcomes", "queue", "fit", "drivers"] | None = None
    """A general sentence in place of a text: who enters, outcomes, longest queue, fit, what it hangs on."""


class Status(Frozen):
    """What charts call being in one of some stages."""

    label: Annotated[str, Field(min_length=1)]
    """Name for charts."""
    stages: Annotated[tuple[StageName, ...], Field(min_length=1)]
    """The stages."""


class Arrivals(Frozen):
    """Where arrival is, and what charts tell of those who came in each quarter."""

    at: Annotated[tuple[StageName, ...], Field(min_length=1)]
    """Whoever first enters one of these stages arrives."""
    label: str = ""
    """What arriving is called."""
    where: tuple[Status, ...] = ()
    """Where people are afterwards, in the order of charts; stages not listed count by kind or outcome."""


class Question(Frozen):
    """What a scenario is asked, and how the answer is worded."""

    text: str = ""
    """The question."""
    answers: tuple[Answer, ...] = ()
    """Sentences of the answer; the five general ones if left out."""
    arrivals: Arrivals | None = None
    """Arrivals followed by quarter; all who leave a source if left out."""
