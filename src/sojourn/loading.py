"""Scenarios of both engines by name, path, folder or text; and runs read back and made again.

An engine is imported when something of it is met: whoever loads a scenario waits for no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn import library

if TYPE_CHECKING:
    from sojourn.flee import FleeScenario
    from sojourn.results import Run
    from sojourn.scenario import Scenario

__all__ = ["load", "loads", "rerun", "scenario_of"]

_HEAD = 4096  # bytes in which a scenario file made from a Flee folder says what it is


def load(source: str | Path, *, what_if: str | Path | Sequence[str | Path] = ()) -> Any:
    """Return a scenario, checked: a :class:`Scenario`, or of a Flee folder a :class:`~sojourn.flee.FleeScenario`.

    Parameters
    ----------
    source : str or Path
        Name of a built-in scenario, path of a YAML file, or a Flee folder (or the one file made from it).
    what_if : str, Path or sequence of them
        Changes to merge in, not for Flee folders: names of what-ifs shipped with the scenario, or YAML files that
        hold the part of a scenario that changes.

    Returns
    -------
    Scenario or FleeScenario
        The scenario, validated and frozen.

    Raises
    ------
    ScenarioError, FleeError
        If the scenario is refused, with every problem found.
    ValueError
        For changes of a Flee folder.
    """
    path = Path(source)
    if str(source) not in library.list_scenarios() and (path.is_dir() or _made_from_folder(path)):
        if what_if:
            raise ValueError("a Flee folder has no what-ifs: change its files")
        from sojourn.flee import read

        return read(path)
    return library.load(source, what_if=what_if, ask=_ask)


def loads(text: str, *, folder: Path | None = None) -> Any:
    """Return the scenario that a YAML text describes, as :func:`load` does; it may extend built-in ones by name.

    Parameters
    ----------
    text : str
        The text.
    folder : Path, optional
        Where the files are that it names; without it, it may name none.

    Returns
    -------
    Scenario or FleeScenario
        The scenario, validated and frozen.

    Raises
    ------
    ScenarioError, FleeError
        If the scenario is refused, with every problem found.
    """
    if _says_so(text[:_HEAD]):
        from sojourn.flee import reads

        return reads(text)
    return library.loads(text, folder=folder, ask=_ask)


def _ask(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer what a series of a scenario asks of the store; the store is loaded when something is asked."""
    from sojourn.series.query.by_value import series_by_value

    return series_by_value(query)


def _says_so(head: str) -> bool:
    """Tell whether a text begins as a scenario file made from a Flee folder."""
    marks = [line.replace('"', "").replace("'", "").strip() for line in head.splitlines() if "format" in line]
    if not any(mark.startswith("format:") for mark in marks):
        return False
    from sojourn.flee import FORMAT

    return f"format: {FORMAT}" in marks


def _made_from_folder(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _says_so(file.read(_HEAD).decode("utf-8", "replace"))


def scenario_of(run: Run) -> Scenario | FleeScenario:
    """Return the scenario that a run was made from.

    Parameters
    ----------
    run : Run
        A run of either engine.

    Returns
    -------
    Scenario or FleeScenario
        The scenario, resolved.

    Raises
    ------
    ScenarioError, FleeError
        Where the recorded scenario is not one.
    """
    if run.engine == "walk":
        from sojourn.flee import scenario_of as folder_of

        return folder_of(run)
    from sojourn.observation import scenario_of as system_of

    return system_of(run)


def rerun(run: Run, **options: Any) -> Run:
    """Repeat a run from its provenance; on the same versions the result is identical to the bit.

    Parameters
    ----------
    run : Run
        A run of either engine.
    **options : object
        ``workers``, ``executor``, ``progress`` and ``cancel`` as for :func:`sojourn.simulate`.

    Returns
    -------
    Run
        The same run, made again.

    Raises
    ------
    ScenarioError, FleeError
        Where the recorded scenario is not one.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    if run.engine == "walk":
        from sojourn.flee import rerun as rerun_walk

        return rerun_walk(run, **options)
    from sojourn.simulate import rerun as rerun_flow

    return rerun_flow(run, **options)
