"""How large a run is, worked out before any of it is done: steps, memory, and about how long it takes.

The memory is that of the arrays that grow with the scenario: values and distributions over time, cohorts of queues,
and what is recorded of each replicate. The time is that of flow_road (``python -m benchmarks.flow_road``), whose
stages are a mix of all kinds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from sojourn.engine.codes import refuse
from sojourn.scenario.model import Scenario
from sojourn.scenario.values import Quantity

__all__ = ["Size", "require_compilable", "require_memory", "size_of"]

MOST_STEPS = 1_000_000
MOST_STAGES = 10_000
MOST_GROUPS = 10_000
SECONDS_EACH = 0.5e-6
"""CPU seconds of a stage, group and step, rounded up."""
_PERIOD_DAYS = {"week": 7.0, "month": 28.0}


@dataclass(frozen=True)
class Size:
    """How large a run is.

    Attributes
    ----------
    steps, stages, groups, periods : int
        Of the scenario.
    model_bytes : int
        Memory of the compiled model and of one state.
    replicate_bytes : int
        Memory of what is recorded of one replicate.
    replicate_seconds : float
        CPU seconds of one replicate, about.
    """

    steps: int
    stages: int
    groups: int
    periods: int
    model_bytes: int
    replicate_bytes: int
    replicate_seconds: float


def size_of(scenario: Scenario, record: str | None = None) -> Size:
    """Return how large a run of a resolved scenario is, without compiling it.

    Parameters
    ----------
    scenario : Scenario
        Resolved.
    record : {"step", "week", "month"}, optional
        Period recorded, in place of the scenario's.

    Returns
    -------
    Size
        Steps, memory, and about how long a replicate takes.
    """
    time = scenario.time
    days = (time.end - time.start).days + 1
    steps = max(1, int(days / time.step_days + 1e-9))
    each = _PERIOD_DAYS.get(record or time.record, time.step_days)
    periods = min(steps, int(days / each) + 2)
    stages, groups = len(scenario.stages), len(scenario.groups)
    flows = sum(sum(1 for _ in stage.ways()) for stage in scenario.stages.values())
    queues = sum(stage.held() == "queue" for stage in scenario.stages.values())
    rows = sum(groups if _varies(q) else 1 for q in scenario.quantities.values()) + 8
    model = 8 * steps * (rows + groups * (queues + stages))
    replicate = 8 * groups * periods * (stages + flows + 2 * queues)
    seconds = SECONDS_EACH * steps * stages * groups
    return Size(steps, stages, groups, periods, model + replicate, replicate, seconds)


def _varies(quantity: Quantity) -> bool:
    return quantity.by_group is not None or isinstance(quantity.series, dict)


def require_compilable(size: Size) -> None:
    """Refuse a scenario beyond the stated limits, or whose model fits into no memory here.

    Parameters
    ----------
    size : Size
        Of the scenario.

    Raises
    ------
    ModelError
        M404 beyond 1,000,000 steps, 10,000 stages or 10,000 groups; M403 for too little memory.
    """
    for what, found, most, remedy in (
        ("steps", size.steps, MOST_STEPS, "longer steps (time.step_days) or a shorter period"),
        ("stages", size.stages, MOST_STAGES, "fewer stages"),
        ("groups", size.groups, MOST_GROUPS, "fewer groups"),
    ):
        if found > most:
            raise refuse(
                "M404", "scenario", f"too many {what}", found=f"{found:,}", allowed=f"{most:,}", remedy=remedy
            )
    require_memory(size.model_bytes, "the compiled scenario", "longer steps, a shorter period, or fewer groups")


def require_memory(needed: int, what: str, remedy: str) -> None:
    """Refuse what needs more memory than the machine has.

    Parameters
    ----------
    needed : int
        Memory needed, bytes.
    what, remedy : str
        What needs them, and what would need fewer.
    what : str
        What needs it.
    remedy : str
        What to do to need less.

    Raises
    ------
    ModelError
        M403.
    """
    there = _memory()
    if needed > there:
        raise refuse(
            "M403",
            what,
            "more memory than this machine has",
            found=f"{needed / 2**30:,.1f} GiB",
            allowed=f"{there / 2**30:,.1f} GiB",
            remedy=remedy,
        )


def _memory() -> int:
    """Return the memory of this machine in bytes; 64 GiB where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 64 * 2**30
