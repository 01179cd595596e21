"""Exits with shares, as sources, journeys, choices and queues have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from sojourn.scenario.frozen import Frozen, Map
from sojourn.scenario.stages.base import ATTEMPT, Becomes, Way, becomes_words
from sojourn.scenario.values import REST, ExitShare, StageName
from sojourn.scenario.wording import Quantities, ref

__all__ = ["Exit", "Exits", "exit_ways", "exit_words"]


class Exit(Frozen):
    """A way out of a stage: the flow ``origin -> destination``."""

    share: ExitShare = REST
    """Share of those who leave that take this exit."""
    attempt: bool = False
    """Whether taking this exit starts a new attempt."""
    becomes: Becomes | None = None
    """Group as which people arrive: one for all, or by the group that they were in."""


def _written_exits(value: object) -> object:
    """Accept ``to``-style shorthands: one name, or shares in place of exits."""
    if isinstance(value, str):
        return {value: {"share": REST}}
    if isinstance(value, dict):
        return {k: ({"share": v} if isinstance(v, (int, float, str)) else v) for k, v in value.items()}
    return value


Exits = Annotated[
    Map[StageName, Exit],
    BeforeValidator(_written_exits, json_schema_input_type=StageName | dict[StageName, Exit | ExitShare]),
    Field(min_length=1),
]
"""Exits by destination; shares add up to 1, or one of them is ``rest``."""


def exit_ways(exits: Mapping[str, Exit], *, instant: bool = False) -> Iterator[Way]:
    """Yield exits as ways out."""
    for to, exit_ in exits.items():
        yield Way(to, "exit", exit_.share, attempt=exit_.attempt, instant=instant, becomes=exit_.becomes)


def exit_words(exits: Mapping[str, Exit], quantities: Quantities) -> Iterator[str]:
    """Yield a line for each exit."""
    for to, exit_ in exits.items():
        rest = "the rest" if len(exits) > 1 else "all"
        share = rest if exit_.share == REST else f"share {ref(exit_.share, quantities)}"
        yield f"-> {to}: {share}{ATTEMPT * exit_.attempt}{becomes_words(exit_.becomes)}"
