"""Built-in scenarios, found by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sojourn import scenario
from sojourn.scenario import Scenario

__all__ = ["builtins", "load", "loads", "scoring"]

_FOLDER = Path(__file__).parent / "scenarios"


def builtins(of: str | None = None) -> dict[str, Path]:
    """Return the files of the built-in scenarios by name, or of the what-ifs shipped with one of them.

    Both are in alphabetical order. A scenario without what-ifs has none.
    """
    found = {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
    if of is None:
        return found
    return {path.stem: path for path in sorted((_FOLDER / of / "what-if").glob("*.yaml"))} if of in found else {}


def load(source: str | Path, *, what_if: str | Path | Sequence[str | Path] = ()) -> Scenario:
    """Return a built-in scenario by name, or the scenario of a YAML file, self-contained and validated.

    ``what_if`` are changes of it, merged in: names of what-ifs shipped with the scenario, or YAML files that
    hold the part of a scenario that changes.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    changes = [what_if] if isinstance(what_if, (str, Path)) else what_if
    known = builtins()
    return scenario.load(source, what_if=changes, builtin=known, shipped=builtins(str(source)))


def loads(text: str, *, folder: Path | None = None) -> Scenario:
    """Return the scenario that a YAML text describes; it may extend built-in scenarios by name.

    Raises:
        ScenarioError: the scenario is refused; lists every problem found.
    """
    return scenario.loads(text, folder=folder, builtin=builtins())


def scoring(name: str) -> dict[str, Any]:
    """Return how runs of a built-in scenario are scored; empty where nothing is laid down.

    Keys: ``fitted_to``, the last day (date) whose figures the fit has seen; ``least``, the smallest count in a
    logarithmic error; ``upstream``, the series upstream of each station; ``shares``, the ``part`` and ``whole`` of
    one station's part of another; ``bars``, what must be reached.
    """
    path = _FOLDER / name / "scores.yaml"
    if name not in builtins() or not path.is_file():
        return {}
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return found
