"""Which quantities depend on which others, and which on the state of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.scenario.model import Scenario

__all__ = ["circles", "state_dependent", "stems"]


def stems(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Return the quantities on which each one depends directly, by a product or as operands of policies."""
    found: dict[str, set[str]] = {name: set() for name in scenario.quantities}
    for name, quantity in scenario.quantities.items():
        if quantity.times is not None:
            found[name].add(quantity.times.quantity)
    for policy in scenario.policies.values():
        for change in policy.changes:
            for operation in change.operations:
                operand = getattr(change, operation)
                if isinstance(operand, str) and change.quantity in found:
                    found[change.quantity].add(operand)
    return {name: frozenset(others & set(found)) for name, others in found.items()}


def circles(scenario: Scenario) -> list[str]:
    """Return the quantities that depend on themselves, by way of others or not."""
    direct = stems(scenario)
    return [name for name in direct if name in _closure(direct, direct[name])]


def state_dependent(scenario: Scenario) -> frozenset[str]:
    """Return the quantities that respond to people, that a threshold changes, or that depend on such."""
    moved = {name for name, quantity in scenario.quantities.items() if quantity.responds_to is not None}
    moved |= {c.quantity for p in scenario.policies.values() if p.when is not None for c in p.changes}
    direct = stems(scenario)
    return frozenset(name for name in direct if not moved.isdisjoint(_closure(direct, frozenset({name}))))


def _closure(direct: dict[str, frozenset[str]], start: frozenset[str]) -> set[str]:
    """Return the given quantities and all on which they depend."""
    found: set[str] = set()
    left = list(start)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += direct.get(one, frozenset())
    return found
