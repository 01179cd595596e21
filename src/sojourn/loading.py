"""Runs read back: the scenario of a run, and the run made again, whatever its engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.results import Run

if TYPE_CHECKING:
    from sojourn.flee import FleeScenario
    from sojourn.scenario import Scenario

__all__ = ["rerun", "scenario_of"]


def scenario_of(run: Run) -> Scenario | FleeScenario:
    """Return the scenario that a run was made from.

    Raises
    ------
    ScenarioError, FleeError
        Where the recorded scenario is not one.
    """
    if run.engine == "walk":
        from sojourn.flee import scenario_of as folder_of

        return folder_of(run)
    from sojourn.observation.stations import scenario_of as resolved_of

    return resolved_of(run)


def rerun(run: Run, **options: Any) -> Run:
    """Repeat a run from its provenance; on the same versions the result is identical to the bit.

    ``options`` are those of :func:`sojourn.simulate.rerun` or :func:`sojourn.flee.rerun`, such as ``workers`` and
    ``progress``.

    Raises
    ------
    ScenarioError, FleeError
        Where the recorded scenario is not one.
    """
    if run.engine == "walk":
        from sojourn.flee import rerun as rerun_walk

        return rerun_walk(run, **options)
    from sojourn.simulate import rerun as rerun_flow

    return rerun_flow(run, **options)
