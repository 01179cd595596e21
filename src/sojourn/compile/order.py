"""The order of work within a step: upstream stages first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["back_flows", "work_order"]


def work_order(destinations: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the order in which people pass from one stage to the next within a step wherever possible.

    Where flows form a cycle, the stage listed first works first; flows against the order take effect at the
    next step.

    Parameters
    ----------
    destinations : mapping of str to sequence of str
        Where people go from each stage.

    Returns
    -------
    list of str
        All stages, upstream ones first.

    References
    ----------
    A. B. Kahn, "Topological sorting of large networks", Communications of the ACM 5(11) (1962), 558-562.
    """
    missing = dict.fromkeys(destinations, 0)
    for origin, targets in destinations.items():
        for target in targets:
            if target != origin:
                missing[target] += 1
    order: list[str] = []
    left = list(destinations)
    while left:
        nxt = next((s for s in left if missing[s] == 0), None) or _reached(left, order, destinations)
        left.remove(nxt)
        order.append(nxt)
        for target in destinations[nxt]:
            if target != nxt:
                missing[target] -= 1
    return order


def _reached(left: list[str], order: list[str], destinations: Mapping[str, Sequence[str]]) -> str:
    """In a cycle, go on with the first listed stage that work so far leads to."""
    led_to = {target for stage in order for target in destinations[stage]}
    return next((s for s in left if s in led_to), left[0])


def back_flows(destinations: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return the flows against the order of work: who takes one is worked on at the next step."""
    position = {stage: i for i, stage in enumerate(work_order(destinations))}
    return [(o, d) for o, targets in destinations.items() for d in targets if position[d] <= position[o]]
