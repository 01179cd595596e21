"""The graph of a run's flows as a Sankey diagram needs it: fewer stages, rows from departure to outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from sojourn.report.charts.road_map import place_of_stages
from sojourn.report.system_facts import SystemFacts

__all__ = ["Edge", "Graph", "graph", "rows"]

BACK = "↺ "
"""Mark of the stub that stands for people who go back to an earlier stage."""


@dataclass(frozen=True)
class Edge:
    """People who go from one stage to another, over the whole run."""

    origin: str
    destination: str
    people: float
    low: float
    high: float


@dataclass
class Graph:
    """Flows between stages, all stages (entries first), and the people in flows too small to draw."""

    edges: list[Edge]
    stages: list[str]
    dropped: float = 0.0
    joined: list[str] = field(default_factory=list)


def graph(facts: SystemFacts, least: float) -> Graph:
    """Return the flows of the groups followed that carry at least this part of all who enter.

    A choice with one way in (from the same place) or one way out takes no time and is left out: its people are
    drawn from stage to stage, which loses none of them.
    """
    totals = facts.flows.values.sum(1)
    names = zip(
        map(str, facts.run.data["origin"].values), map(str, facts.run.data["destination"].values), strict=True
    )
    people = {
        pair: totals[:, i] for i, pair in enumerate(names) if totals[:, i].any() and not facts.aside & set(pair)
    }
    joined: list[str] = []
    places = place_of_stages(facts.scenario)
    for name in [n for n, stage in facts.scenario.stages.items() if stage.passed_at_once()]:
        into = [pair for pair in people if pair[1] == name]
        out = [pair for pair in people if pair[0] == name]
        if not into or not out or any(a == b for a, b in (*into, *out)):
            continue
        # What was set aside is missing from the way out: then only the way out says how many go on.
        whole = abs(sum(people[p] for p in into) - sum(people[p] for p in out)).max() < 0.5
        same = places.get(into[0][0]) == places.get(name)
        if len(into) == 1 and (same or len(out) == 1):
            kept = [(into[0][0], d, people[(o, d)]) for o, d in out]
        elif len(out) == 1 and whole:
            kept = [(o, out[0][1], people[(o, d)]) for o, d in into]
        else:
            continue
        joined.append(name)
        for pair in (*into, *out):
            people.pop(pair, None)
        for origin, end, count in kept:
            people[(origin, end)] = people.get((origin, end), 0) + count
    limit = least * max(1.0, float((facts.entered.sum(1) - facts.aside_people).mean()))
    edges, dropped = [], 0.0
    for (origin, end), count in people.items():
        spread = _spread(count)
        if spread[0] < limit or origin == end:
            dropped += spread[0]
        else:
            edges.append(Edge(origin, end, *spread))
    stages = facts.scenario.stages
    return Graph(edges, sorted(stages, key=lambda name: not stages[name].entry), dropped, joined)


def _spread(count: object) -> tuple[float, float, float]:
    """Return mean, and the 5 % and 95 % quantiles, of a number over replicates."""
    values = np.asarray(count, np.float64)
    low, high = np.quantile(values, (0.05, 0.95))
    return float(values.mean()), float(low), float(high)


def rows(found: Graph) -> tuple[dict[str, int], list[Edge]]:
    """Return the row of each stage and the edges between them, those back to an earlier stage turned to stubs."""
    onward: dict[str, list[str]] = {}
    for edge in sorted(found.edges, key=lambda e: -e.people):
        onward.setdefault(edge.origin, []).append(edge.destination)
    back = _back_edges(onward, found.stages)
    edges = [
        Edge(e.origin, BACK + e.destination, e.people, e.low, e.high) if (e.origin, e.destination) in back else e
        for e in found.edges
    ]
    row: dict[str, int] = {}
    for name in _sorted(edges):
        row[name] = max((row[e.origin] + 1 for e in edges if e.destination == name), default=0)
    # A source stands just before the first stage that it feeds, not far above it.
    fed = {e.destination for e in edges}
    for name in [n for n in row if n not in fed]:
        row[name] = min((row[e.destination] for e in edges if e.origin == name), default=1) - 1
    return row, edges


def _back_edges(onward: Mapping[str, list[str]], starts: Iterable[str]) -> set[tuple[str, str]]:
    """Return the edges that close a circle, found depth first from the sources."""
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        path: list[str] = []
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            name, leaving = todo.pop()
            if leaving:
                path.pop()
                done.add(name)
                continue
            if name in done or name in path:
                continue
            path.append(name)
            todo.append((name, True))
            for after in onward.get(name, []):
                if after in path:
                    back.add((name, after))
                elif after not in done:
                    todo.append((after, False))
    return back


def _sorted(edges: list[Edge]) -> list[str]:
    """Return the stages so that every edge goes forward."""
    names = list(dict.fromkeys(n for e in edges for n in (e.origin, e.destination)))
    waiting = {n: sum(e.destination == n for e in edges) for n in names}
    ready = [n for n in names if waiting[n] == 0]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for edge in edges:
            if edge.origin == name:
                waiting[edge.destination] -= 1
                if waiting[edge.destination] == 0:
                    ready.append(edge.destination)
    return order
