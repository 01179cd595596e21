"""Sankey diagram of a run: from departure at the top to the outcomes, as wide as there are people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from sojourn.report.charts.chart import COLOURS, Picture, Spec, records, tip, with_source
from sojourn.report.charts.cited import rounded
from sojourn.report.charts.network import BACK, Edge, graph, rows
from sojourn.report.facts import label
from sojourn.report.system_facts import SystemFacts

__all__ = ["sankey"]

LEAST = 0.002
"""Part of all who enter that a flow must carry to be drawn."""
_ROW = 54
_BAR = 9
_GAP = 14
_PEOPLE_WIDTH = 360.0
_LETTER = 6.3
_SWEEPS = 24
_SAMPLES = 9
_PULL = 0.65


@dataclass
class _Node:
    name: str
    row: int
    people: float
    shown: bool
    x: float = 0.0
    slot: float = 0.0
    ins: list[int] = field(default_factory=list)
    outs: list[int] = field(default_factory=list)


def sankey(facts: SystemFacts) -> Picture | None:
    """Return the diagram of the groups followed over the whole run, or None where nobody moved."""
    found = graph(facts, LEAST)
    if not found.edges:
        return None
    row, edges = rows(found)
    nodes, chains = _with_bends(row, edges)
    scale = _place(nodes, chains, edges)
    names = {n.name: n for n in nodes if n.shown}
    links = _ribbons(nodes, chains, edges, scale)
    bars = pd.DataFrame([_bar(node, facts, scale) for node in names.values()])
    width = max(n.x + n.slot for n in nodes) + 10
    height = (max(row.values()) + 1) * _ROW
    table = pd.DataFrame(
        [
            {"origin": e.origin, "destination": e.destination, "people": e.people, "low": e.low, "high": e.high}
            for e in edges
        ]
    ).sort_values("people", ascending=False)
    source = facts.about("people who took each flow, whole run, mean over replicates")
    finals = {name for name, stage in facts.scenario.stages.items() if stage.final}
    ends = table[table["destination"].isin(finals)].groupby("destination")["people"].sum()
    largest = "; ".join(
        f"{label(str(n))} {rounded(v)}" for n, v in ends.sort_values(ascending=False).head(6).items()
    )
    said = f"Flow diagram from departure to outcome, in people. Largest outcomes: {largest}."
    chart = _chart(links, bars, width, height, source)
    return Picture("sankey", "From departure to outcome", said, source, chart, table, wide=True)


def _with_bends(row: dict[str, int], edges: list[Edge]) -> tuple[list[_Node], list[list[int]]]:
    """Return the nodes, and for each edge the nodes that it passes: one in every row between its ends."""
    index = {name: i for i, name in enumerate(row)}
    nodes = [_Node(name, at, 0.0, shown=True) for name, at in row.items()]
    chains = []
    for edge in edges:
        chain = [index[edge.origin]]
        for between in range(row[edge.origin] + 1, row[edge.destination]):
            nodes.append(_Node("", between, edge.people, shown=False))
            chain.append(len(nodes) - 1)
        chains.append([*chain, index[edge.destination]])
    for name, i in index.items():
        into = sum(e.people for e in edges if e.destination == name)
        out = sum(e.people for e in edges if e.origin == name)
        nodes[i].people = max(into, out)
    for chain in chains:
        for a, b in pairwise(chain):
            nodes[a].outs.append(b)
            nodes[b].ins.append(a)
    return nodes, chains


def _place(nodes: list[_Node], chains: Sequence[Sequence[int]], edges: Sequence[Edge]) -> float:
    """Give every node its place; return pixels a person."""
    layers: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        layers.setdefault(node.row, []).append(i)
    scale = _PEOPLE_WIDTH / max(sum(nodes[i].people for i in layer) for layer in layers.values())
    for node in nodes:
        text = len(label(node.name)) + 9 if node.shown else 0
        node.slot = max(node.people * scale, text * _LETTER)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for at in sorted(layers, reverse=not down):
            layer = layers[at]
            wish = {i: _wish(nodes, i, (nodes[i].ins if down else nodes[i].outs)) for i in layer}
            layer.sort(key=lambda i: wish[i])
            _spread_out(nodes, layer, wish)
    least = min(node.x for node in nodes)
    for node in nodes:
        node.x -= least - 4
    return scale


def _wish(nodes: list[_Node], i: int, near: list[int]) -> float:
    """Return where the middle of a node would like to be: under or over its neighbours."""
    if not near:
        return nodes[i].x + nodes[i].slot / 2
    weight = np.array([max(nodes[j].people, 1e-9) for j in near])
    middle = np.array([nodes[j].x + nodes[j].slot / 2 for j in near])
    # A pull to the middle keeps parts that hardly meet from drifting apart.
    return _PULL * float((weight * middle).sum() / weight.sum())


def _spread_out(nodes: list[_Node], layer: list[int], wish: dict[int, float]) -> None:
    """Place the nodes of a row left to right as near to their wishes as slots and gaps allow."""
    at = -np.inf
    for i in layer:
        nodes[i].x = max(wish[i] - nodes[i].slot / 2, at)
        at = nodes[i].x + nodes[i].slot + _GAP
    # What was pushed to the right is pulled back, so that most people stay where they were to be.
    weight = np.array([max(nodes[i].people, 1e-9) for i in layer])
    moved = np.array([nodes[i].x + nodes[i].slot / 2 - wish[i] for i in layer])
    push = float((weight * moved).sum() / weight.sum())
    for i in layer:
        nodes[i].x -= push


def _left(node: _Node, scale: float) -> float:
    return node.x + (node.slot - node.people * scale) / 2


def _ribbons(nodes: list[_Node], chains: list[list[int]], edges: list[Edge], scale: float) -> pd.DataFrame:
    """Return the outlines of the flows: link, y, x, x2, and what is said of them."""
    starts: dict[int, float] = {i: _left(n, scale) for i, n in enumerate(nodes)}
    arrivals = dict(starts)
    depart: dict[tuple[int, int], float] = {}
    arrive: dict[tuple[int, int], float] = {}
    steps = [(k, a, b) for k, chain in enumerate(chains) for a, b in pairwise(chain)]
    for k, a, _ in sorted(steps, key=lambda s: nodes[s[2]].x):
        depart[(k, a)] = starts[a]
        starts[a] += edges[k].people * scale
    for k, _, b in sorted(steps, key=lambda s: nodes[s[1]].x):
        arrive[(k, b)] = arrivals[b]
        arrivals[b] += edges[k].people * scale
    parts = []
    for k, chain in enumerate(chains):
        wide = max(edges[k].people * scale, 0.6)
        for a, b in pairwise(chain):
            t = np.linspace(0.0, 1.0, _SAMPLES)
            smooth = t * t * (3 - 2 * t)
            x = depart[(k, a)] + (arrive[(k, b)] - depart[(k, a)]) * smooth
            top, bottom = nodes[a].row * _ROW + _BAR, nodes[b].row * _ROW
            top -= 0 if nodes[a].shown else _BAR
            y = top + (bottom - top) * t
            parts.append(pd.DataFrame({"link": k, "y": y.round(1), "x": x.round(1), "x2": (x + wide).round(1)}))
    texts = pd.DataFrame(
        [
            {
                "link": k,
                "origin": label(e.origin),
                "destination": label(e.destination),
                "people": round(e.people, 1),
                "low": round(e.low, 1),
                "high": round(e.high, 1),
                "back": e.destination.startswith(BACK),
            }
            for k, e in enumerate(edges)
        ]
    )
    return pd.concat(parts).merge(texts, on="link")


def _bar(node: _Node, facts: SystemFacts, scale: float) -> dict[str, object]:
    kind = facts.kinds.get(node.name, "back")
    stage = facts.scenario.stages.get(node.name)
    outcome = ", ".join(stage.outcomes()) if stage else ""
    left = _left(node, scale)
    return {
        "stage": label(node.name),
        "text": f"{label(node.name)} {rounded(node.people)}",
        "kind": f"{kind}, {outcome}" if outcome else kind,
        "people": round(node.people, 1),
        "x": round(left, 1),
        "x2": round(left + max(node.people * scale, 2.0), 1),
        "y": node.row * _ROW,
        "y2": node.row * _ROW + _BAR,
        "middle": round(node.x + node.slot / 2, 1),
    }


def _chart(links: pd.DataFrame, bars: pd.DataFrame, width: float, height: float, source: str) -> Spec:
    across = {"domain": [0, width], "range": [0, width], "nice": False}
    down = {"domain": [-_ROW / 2, height], "range": [0, height + _ROW / 2], "nice": False}
    x, y = _place_of("x", across), _place_of("y", down)
    people = tip("people", "people (mean)", ",.0f")
    colour = {
        "field": "back",
        "type": "nominal",
        "scale": {"domain": [False, True], "range": [COLOURS["simulated"], COLOURS["other"]]},
        "legend": None,
    }
    ribbons: Spec = {
        "data": records(links),
        "transform": [with_source(source)],
        "mark": {"type": "area", "orient": "horizontal", "opacity": 0.38},
        "encoding": {
            "x": x,
            "x2": {"field": "x2"},
            "y": y,
            "detail": {"field": "link", "type": "nominal"},
            "color": colour,
            "tooltip": [
                tip("origin", "from"),
                tip("destination", "to"),
                people,
                tip("low", "90 % from", ",.0f"),
                tip("high", "to", ",.0f"),
                tip("source", "source"),
            ],
        },
    }
    tips = [tip("stage", "stage"), tip("kind", "kind"), people, tip("source", "source")]
    text = {"type": "text", "fontSize": 11.5, "baseline": "bottom", "dy": -3}
    named = {"x": _place_of("middle", across), "y": y, "text": {"field": "text"}, "tooltip": tips}
    halo = {"stroke": "white", "strokeWidth": 3, "opacity": 0.85}
    nodes: Spec = {
        "data": records(bars),
        "transform": [with_source(source)],
        "layer": [
            {
                "mark": {"type": "rect", "color": "#23313d"},
                "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "tooltip": tips},
            },
            {"mark": text | halo, "encoding": named},
            {"mark": text | {"color": "#111"}, "encoding": named},
        ],
    }
    return {"layer": [ribbons, nodes], "width": round(width), "height": round(height + _ROW / 2)}


def _place_of(name: str, scale: Spec) -> Spec:
    return {"field": name, "type": "quantitative", "scale": scale, "axis": None}
