"""The provenance of a run: all that is needed to repeat it, in one table."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

__all__ = ["ENGINES", "PROVENANCE", "Fact", "lacking", "versions"]

ENGINES = ("flow", "walk")
"""Engines whose runs are stored."""


class Fact(NamedTuple):
    """An entry of the provenance: what it says, and the engines whose runs must have it."""

    name: str
    meaning: str
    engines: tuple[str, ...] = ENGINES


PROVENANCE: dict[str, Fact] = {
    f.name: f
    for f in (
        Fact("engine", "flow or walk: the engine that made the run"),
        Fact("scenario", "scenario with every value explicit as YAML text, the whole input of the run"),
        Fact("name", "name of the scenario"),
        Fact("digest", "digest of the scenario"),
        Fact("seed", "seed of every stream"),
        Fact("mode", "draw or expected"),
        Fact("record", "step, week or month: the period recorded"),
        Fact("parameters", "prior, central or given: where the values of uncertain quantities came from"),
        Fact("step_days", "length of a step in days"),
        Fact("end", "first moment after the last period, ISO 8601"),
        Fact("versions", "versions of sojourn, python, numpy and numba"),
        Fact("scale", "people an agent stands for", ("walk",)),
        Fact("compat", "flee3 where the rules of Flee 3 are kept as they are, otherwise nothing", ("walk",)),
        Fact("warnings", "what was odd in the folder, and what was made of it", ("walk",)),
    )
}
"""What the provenance of a run says; a run may add more, such as what each official series counts."""


def lacking(provenance: Mapping[str, Any]) -> list[str]:
    """Return the entries of :data:`PROVENANCE` that a provenance should have and does not, in order of name."""
    engine = provenance.get("engine")
    needed = {fact.name for fact in PROVENANCE.values() if fact.engines == ENGINES or engine in fact.engines}
    return sorted(needed - set(provenance))


def versions() -> dict[str, str]:
    """Return the versions on which the bits of a result depend.

    Returns
    -------
    dict[str, str]
        Version by name of the package.
    """
    packages = {name: version(name) for name in ("sojourn", "numpy", "numba")}
    return {"sojourn": packages.pop("sojourn"), "python": platform.python_version(), **packages}
