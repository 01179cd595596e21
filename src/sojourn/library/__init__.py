"""Built-in scenarios, found by name."""

from __future__ import annotations

from pathlib import Path

from sojourn import scenario
from sojourn.scenario import Scenario

__all__ = ["builtins", "load", "loads"]

_FOLDER = Path(__file__).parent / "scenarios"


def builtins() -> dict[str, Path]:
    """Return the files of the built-in scenarios by name, in alphabetical order."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def load(source: str | Path) -> Scenario:
    """Return a built-in scenario by name, or the scenario of a YAML file, self-contained and validated.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    return scenario.load(source, builtin=builtins())


def loads(text: str, *, folder: Path | None = None) -> Scenario:
    """Return the scenario that a YAML text describes; it may extend built-in scenarios by name.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    return scenario.loads(text, folder=folder, builtin=builtins())
