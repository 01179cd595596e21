"""The road: a map by month, and a flow diagram from departure to outcome."""

from __future__ import annotations

from sojourn.report.charts.road_map import LEAST, place_of_stages, road, road_map
from sojourn.report.charts.sankey import sankey
from sojourn.report.facts import label
from sojourn.report.section import Content, Section
from sojourn.report.system_facts import SystemFacts

__all__ = ["SECTION"]


def _build(facts: SystemFacts) -> Content | None:
    diagram = sankey(facts)
    pictures = [*road_map(facts), *([diagram] if diagram is not None else [])]
    if not pictures:
        return None
    words = [
        f"Shown for: {facts.followed_text}. Mean over replicates; lines of fewer than {LEAST} people are not "
        "shown by place."
    ]
    placed = place_of_stages(facts.scenario)
    ends = {stage: None for flow in road(facts).left_out for stage in flow.split(" -> ") if stage not in placed}
    if ends:
        words.append(f"Stages without a place are not on the map: {', '.join(label(name) for name in ends)}.")
    return Content(words, pictures)


SECTION = Section("road", "The road", frozenset({"system", "alone"}), _build)
