"""What of a run is recorded: its periods, and on wish only some variables, stages and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import numpy as np

from sojourn.engine.flow.program import Labels
from sojourn.errors import Collector, nearest
from sojourn.results.codes import CODES, RunError, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.results.run import Run

__all__ = ["Period", "Recorded", "Recording", "require_whole_record"]

Period = Literal["step", "week", "month"]
_VARIABLES = ("stocks", "flows", "waits")
_AXES = {  # of one replicate, by the names of the engine
    "stocks": ("time", "stage", "group"),
    "flows": ("time", "flow", "group"),
    "wait_count": ("time", "queue", "group"),
    "wait_steps": ("time", "queue", "group"),
    "wait_hist": ("queue", "bin", "group"),
    "initial": ("stage", "group"),
}

Recorded: TypeAlias = Period | Mapping[str, Any]
"""A period; or what is recorded by ``period``, ``variables``, ``stages`` and ``groups``, each of them on wish."""


@dataclass(frozen=True)
class Recording:
    """What is recorded: None stands for everything, of the period for the scenario's."""

    period: Period | None = None
    variables: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None

    @classmethod
    def of(cls, record: Recorded | None) -> Recording:
        """Return what ``record`` of :func:`sojourn.simulate` says.

        Raises
        ------
        RunError
            R501 for what is no variable or no such key; periods are checked with the other options of a run.
        """
        given = dict(record) if isinstance(record, Mapping) else {"period": record}
        lists = {
            name: _names(given[name]) for name in ("variables", "stages", "groups") if given.get(name) is not None
        }
        with Collector(CODES, RunError, "what is to be recorded") as problems:
            keys = ("period", "variables", "stages", "groups")
            _require_known(problems, "record", given, keys)
            _require_known(problems, "record.variables", lists.get("variables", ()), _VARIABLES)
        return cls(cast("Period | None", given.get("period")), **lists)

    @property
    def limits(self) -> dict[str, list[str]]:
        """What is limited, as the provenance of a run says it."""
        named = {"variables": self.variables, "stages": self.stages, "groups": self.groups}
        return {name: list(chosen) for name, chosen in named.items() if chosen is not None}

    def selected(self, labels: Labels) -> Selection:
        """Return the positions that are recorded.

        Raises
        ------
        RunError
            R501 for stages and groups that there are not, and for groups where exits change the group.
        """
        with Collector(CODES, RunError, "what is to be recorded") as problems:
            _require_known(problems, "record.stages", self.stages or (), labels.stage)
            _require_known(problems, "record.groups", self.groups or (), labels.group)
            if self.groups is not None and labels.flow_becomes:
                problems.add("R501", "record.groups", "groups are recorded together where exits change the group")
        wanted = self.variables or _VARIABLES
        stages = set(labels.stage if self.stages is None else self.stages)
        groups = set(labels.group if self.groups is None else self.groups)
        flows = [set(flow.split(" -> ")) for flow in labels.flow]
        return Selection(
            stage=_at(name in stages and "stocks" in wanted for name in labels.stage),
            flow=_at(bool(ends & stages) and "flows" in wanted for ends in flows),
            queue=_at(name in stages and "waits" in wanted for name in labels.queue),
            group=_at(name in groups for name in labels.group),
        )


@dataclass(frozen=True)
class Selection:
    """Positions along the dimensions of what the flow engine records."""

    stage: NDArray[np.intp]
    flow: NDArray[np.intp]
    queue: NDArray[np.intp]
    group: NDArray[np.intp]

    def share(self, labels: Labels) -> float:
        """Return about which part of all arrays is recorded."""
        chosen = (len(self.stage) + len(self.flow) + 2 * len(self.queue)) * len(self.group)
        return chosen / max(1, (len(labels.stage) + len(labels.flow) + 2 * len(labels.queue)) * len(labels.group))

    def labels(self, labels: Labels) -> Labels:
        """Return the labels of what is recorded."""
        return replace(
            labels,
            stage=_picked(labels.stage, self.stage),
            stage_kind=_picked(labels.stage_kind, self.stage),
            stage_entry=_picked(labels.stage_entry, self.stage),
            stage_place=_picked(labels.stage_place, self.stage),
            flow=_picked(labels.flow, self.flow),
            flow_attempt=_picked(labels.flow_attempt, self.flow),
            flow_becomes=_picked(labels.flow_becomes, self.flow) if labels.flow_becomes else (),
            queue=_picked(labels.queue, self.queue),
            group=_picked(labels.group, self.group),
        )

    def of(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """Return what is recorded of an array of one replicate."""
        for axis, dim in enumerate(_AXES.get(name, ())):
            chosen = getattr(self, dim, None)
            if chosen is not None and len(chosen) < values.shape[axis]:
                values = values.take(chosen, axis)
        return values


def require_whole_record(run: Run, what: str) -> None:
    """Raise RunError R501 where a run records only a part, and ``what`` needs all of it.

    Parameters
    ----------
    run : Run
        Any run.
    what : str
        What needs it, for the message.

    Raises
    ------
    RunError
        R501.
    """
    if limits := run.provenance.get("recorded"):
        raise refuse(
            "R501",
            what,
            "it needs a run that records every variable, stage and group",
            found="only " + "; ".join(f"{name} {', '.join(chosen)}" for name, chosen in limits.items()),
            remedy="simulate without limits to what is recorded",
        )


def _names(given: object) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(map(str, cast("Iterable[object]", given)))


def _require_known(problems: Collector, where: str, names: Iterable[object], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            near = nearest(str(name), known)
            problems.add("R501", where, "no such name", found=repr(name), allowed=", ".join(known), nearest=near)


def _at(chosen: Iterable[bool]) -> NDArray[np.intp]:
    return np.flatnonzero(np.fromiter(chosen, dtype=bool))


def _picked(names: Sequence[Any], positions: NDArray[np.intp]) -> tuple[Any, ...]:
    return tuple(names[i] for i in positions)
