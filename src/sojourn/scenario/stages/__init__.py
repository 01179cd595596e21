"""Stages of a scenario: where people are, how long, and where they go next.

Each kind has a file of its own; ``Stage`` is the union of all, ``KINDS`` the table by name.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from sojourn.scenario.stages.base import StageBase, Way
from sojourn.scenario.stages.choice import Choice
from sojourn.scenario.stages.end import End
from sojourn.scenario.stages.hold import Hold
from sojourn.scenario.stages.journey import Journey
from sojourn.scenario.stages.queue import Queue
from sojourn.scenario.stages.source import Source

__all__ = ["KINDS", "Stage", "StageBase", "Way", "flows"]

Stage = Annotated[
    Source | Journey | Choice | Queue | Hold | End,
    Field(discriminator="kind"),
]
"""Any stage. A new kind is a member of this union."""

KINDS: dict[str, type[StageBase]] = {
    typing.get_args(model.model_fields["kind"].annotation)[0]: model
    for model in typing.get_args(typing.get_args(Stage)[0])
}
"""Kinds of stage by name, and the class that states everything of each."""


def flows(stages: Mapping[str, StageBase]) -> tuple[str, ...]:
    """Return the names of all flows, in the order of the stages.

    Parameters
    ----------
    stages : Mapping[str, StageBase]
        Stages by name.

    Returns
    -------
    tuple of str
        Each as ``origin -> destination``.
    """
    return tuple(dict.fromkeys(f"{name} -> {way.to}" for name, stage in stages.items() for way in stage.ways()))
