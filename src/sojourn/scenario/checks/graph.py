"""The stages as a graph: each can be reached, each leads to an end, and no cycle takes no time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.stages import Stage

__all__ = ["check_graph"]

Graph = Mapping[str, frozenset[str]]


def check_graph(draft: Draft) -> None:
    """Check reachability, ways to an end, and cycles without time; needs all stages."""
    stages, groups = draft.scenario.stages, tuple(draft.scenario.groups)
    ahead: Graph = {name: frozenset(way.to for way in stage.ways()) for name, stage in stages.items()}
    if not draft.intact("stages") or any(to not in stages for targets in ahead.values() for to in targets):
        return
    reached = _closure(ahead, [name for name, stage in stages.items() if stage.entry or stage.populated_by(groups)])
    back: Graph = {name: frozenset(o for o in stages if name in ahead[o]) for name in stages}
    leaving = _closure(back, [name for name, stage in stages.items() if stage.final])
    for name in stages:
        if name not in reached:
            draft.findings.note(
                "L902",
                ("stages", name),
                "nobody can ever be in this stage",
                remedy="send people to it from another stage, give it people at the start, or remove it",
            )
        if name not in leaving:
            draft.findings.problem(
                "L512",
                ("stages", name),
                "people who are here can never reach an end",
                remedy="add a way from it, or from a stage after it, to an end",
            )
    _check_cycles(draft, stages)


def _closure(graph: Graph, start: Iterable[str]) -> set[str]:
    """Return the nodes that can be reached from the given ones, themselves included."""
    reached: set[str] = set()
    todo = list(start)
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(graph[name])
    return reached


def _check_cycles(draft: Draft, stages: Mapping[str, Stage]) -> None:
    instant: Graph = {
        name: frozenset(way.to for way in stage.ways() if way.instant) for name, stage in stages.items()
    }
    seen: set[str] = set()
    for name in stages:
        after = _closure(instant, instant[name])
        if name in after and name not in seen:
            cycle = [other for other in stages if other in after and name in _closure(instant, instant[other])]
            seen.update(cycle)
            draft.findings.problem(
                "L513",
                ("stages", name),
                "people could go around these stages in no time",
                found=", ".join(cycle),
                remedy="put a journey, queue or hold between them",
            )
