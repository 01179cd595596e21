"""What a cross check sees: the scenario, or what could be understood of it, and where to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sojourn.scenario.codes import Findings, Path
from sojourn.scenario.conversions import Conversions
from sojourn.scenario.frozen import Of
from sojourn.scenario.traversal import Use, circles, state_dependent, uses
from sojourn.scenario.values import Quantity

if TYPE_CHECKING:
    from sojourn.scenario.model import Scenario

__all__ = ["SECTIONS", "Draft"]

SECTIONS = ("groups", "places", "pools", "series", "quantities", "stages", "policies", "observations")
"""Sections of a scenario that hold named entries."""

_WAYS = ("prior", "by_group", "steps", "series", "season", "weekday", "closed", "drift", "times", "responds_to")


@dataclass(frozen=True)
class Draft:
    """A scenario under check.

    ``names`` holds the names written in each section, those of malformed entries too. ``lost`` holds the
    paths of what was malformed and left out: a check that needs all of a section asks :meth:`intact`.
    """

    scenario: Scenario
    findings: Findings
    names: Mapping[str, frozenset[str]]
    lost: frozenset[Path]

    def intact(self, *sections: str) -> bool:
        """Whether nothing was left out of these sections, or of any when none is named."""
        return not any(path[0] in sections for path in self.lost) if sections else not self.lost

    def touched(self, path: Path) -> bool:
        """Whether something was left out at this path or inside it."""
        return any(lost[: len(path)] == path for lost in self.lost)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every use of a name or number, in the order of writing."""
        return tuple(uses(self.scenario))

    @cached_property
    def conversions(self) -> Conversions:
        """Units as written and as used."""
        return Conversions(self.scenario, self.uses)

    @cached_property
    def quantity_uses(self) -> tuple[tuple[Use, Of, Quantity], ...]:
        """Every use of a known quantity as a parameter."""
        known = self.scenario.quantities
        return tuple(
            (use, use.mark, known[use.value])
            for use in self.uses
            if isinstance(use.mark, Of) and isinstance(use.value, str) and use.value in known
        )

    @cached_property
    def moved(self) -> frozenset[str]:
        """Quantities whose value is not one number: by group, date, prior, drift, state or policy."""
        s = self.scenario
        varying = {name for name, q in s.quantities.items() if any(getattr(q, way) for way in _WAYS)}
        return frozenset(varying | {c.quantity for p in s.policies.values() for c in p.changes})

    @cached_property
    def stateful(self) -> frozenset[str]:
        """Quantities that depend on the state of the run; none where that goes round in a circle."""
        return state_dependent(self.scenario) if not circles(self.scenario) else frozenset()
