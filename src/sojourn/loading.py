"""Scenarios of both engines by name, path, folder or text; and runs read back and made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sojourn import library
from sojourn.flee import FORMAT, FleeScenario
from sojourn.flee import rerun as rerun_walk
from sojourn.flee import scenario_of as flee_scenario_of
from sojourn.flee.reading.folder import read, reads
from sojourn.observation import scenario_of as system_of
from sojourn.results import Run
from sojourn.scenario import Scenario
from sojourn.simulate import rerun as rerun_flow

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
        return read(path)
    return library.load(source, what_if=what_if)


def loads(text: str, *, folder: Path | None = None) -> Any:
    """Return the scenario that a YAML text describes, as :func:`load` does; it may extend built-in ones by name.

    ``folder`` is where files stand that it names.

    Raises
    ------
    ScenarioError, FleeError
        If the scenario is refused, with every problem found.
    """
    return reads(text) if _says_so(text[:_HEAD]) else library.loads(text, folder=folder)


def _says_so(head: str) -> bool:
    """Tell whether a text begins as a scenario file made from a Flee folder."""
    return any(line.replace('"', "").replace("'", "").strip() == f"format: {FORMAT}" for line in head.splitlines())


def _made_from_folder(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _says_so(file.read(_HEAD).decode("utf-8", "replace"))


def scenario_of(run: Run) -> Scenario | FleeScenario:
    """Return the scenario that a run was made from.

    Raises
    ------
    ScenarioError, FleeError
        Where the recorded scenario is not one.
    """
    return flee_scenario_of(run) if run.engine == "walk" else system_of(run)


def rerun(run: Run, **options: Any) -> Run:
    """Repeat a run from its provenance; on the same versions the result is identical to the bit.

    ``options`` are ``workers``, ``executor``, ``progress`` and ``cancel`` as for :func:`sojourn.simulate`.

    Raises
    ------
    ScenarioError, FleeError
        Where the recorded scenario is not one.
    Interrupted
        With the finished replicates, when the run is stopped.
    """
    return rerun_walk(run, **options) if run.engine == "walk" else rerun_flow(run, **options)
