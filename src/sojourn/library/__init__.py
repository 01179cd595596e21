"""Built-in scenarios, found by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sojourn import scenario
from sojourn.scenario import Ask, Scenario

__all__ = ["list_scenarios", "load", "loads", "scoring"]

_FOLDER = Path(__file__).parent / "scenarios"


def list_scenarios(of: str | None = None) -> dict[str, Path]:
    """Return the files of the built-in scenarios, or of the what-ifs shipped with one of them.

    Parameters
    ----------
    of : str, optional
        Name of a built-in scenario whose what-ifs are wanted.

    Returns
    -------
    dict of str to Path
        Files by name, in alphabetical order; empty for a scenario without what-ifs.
    """
    found = {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
    if of is None:
        return found
    return {path.stem: path for path in sorted((_FOLDER / of / "what-if").glob("*.yaml"))} if of in found else {}


def load(
    source: str | Path, *, what_if: str | Path | Sequence[str | Path] = (), ask: Ask | None = None
) -> Scenario:
    """Return a built-in scenario by name, or the scenario of a YAML file, self-contained and validated.

    Parameters
    ----------
    source : str or Path
        Name of a built-in scenario, or path of a YAML file.
    what_if : str, Path or a sequence of them
        Changes that are merged in: names of what-ifs shipped with the scenario, or YAML files that hold the part
        of a scenario that changes.
    ask : callable, optional
        Answers the ``query`` of a series from a store of figures; without it, there may be none.

    Returns
    -------
    Scenario
        The scenario, validated and frozen.

    Raises
    ------
    ScenarioError
        The scenario is refused; lists every problem found.
    """
    changes = [what_if] if isinstance(what_if, (str, Path)) else what_if
    known = list_scenarios()
    return scenario.load(source, what_if=changes, builtin=known, shipped=list_scenarios(str(source)), ask=ask)


def loads(text: str, *, folder: Path | None = None, ask: Ask | None = None) -> Scenario:
    """Return the scenario that a YAML text describes; it may extend built-in scenarios by name.

    Parameters
    ----------
    text : str
        The YAML text.
    folder : Path, optional
        Where the files are that the text names; without it, it may name none.
    ask : callable, optional
        As for :func:`load`.

    Returns
    -------
    Scenario
        The scenario, validated and frozen.

    Raises
    ------
    ScenarioError
        The scenario is refused; lists every problem found.
    """
    return scenario.loads(text, folder=folder, builtin=list_scenarios(), ask=ask)


def scoring(name: str) -> dict[str, Any]:
    """Return how runs of a built-in scenario are scored.

    Parameters
    ----------
    name : str
        Name of the scenario.

    Returns
    -------
    dict
        Empty for a scenario that says nothing of scoring. Otherwise ``fitted_to``, the last day (date) whose
        figures the fit has seen; ``least``, the smallest count in a logarithmic error; ``upstream``, the series
        upstream of each station; ``shares``, the ``part`` and ``whole`` of one station's part of another; ``bars``,
        what must be reached.
    """
    path = _FOLDER / name / "scores.yaml"
    if name not in list_scenarios() or not path.is_file():
        return {}
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return found
