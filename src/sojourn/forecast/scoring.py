"""Scoring a run beside what was published."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from sojourn.forecast.camps import score_camps
from sojourn.forecast.codes import refuse
from sojourn.forecast.scorecard import Scores
from sojourn.forecast.shares import shares
from sojourn.forecast.stations import agreement, stations
from sojourn.forecast.verdict import measured
from sojourn.library import scoring
from sojourn.observation import by_station, scenario_of
from sojourn.results import Run
from sojourn.scenario import Scenario

__all__ = ["bars", "fitted_to", "require_scorable", "score"]


_CAMPS = frozenset({"camp", "published_agents"})
"""What a run has whose camps have registrations."""


def score(run: Run, split: str | None = None, *, least: float | None = None) -> Scores:
    """Score a run beside what was published: at its stations, or in its camps.

    A run whose scenario links published series is scored at every station: before the date ``split`` in sample,
    from it on out of sample. The bars are those that stand beside a built-in scenario, each over its own periods.
    Naive predictors know what was published before the split, and the series upstream also after it.

    A run with registrations in camps is scored in these, in agents, over the days from ``split`` on, beside
    forecasts that need no model.

    Parameters
    ----------
    run : Run
        A run of either engine.
    split : str, optional
        First day of the test. Left out, it is the day after the last that the fit of a built-in scenario has seen;
        a run with camps is then scored over all days.
    least : float, optional
        Smallest published count that enters a logarithmic error; left out, the scenario's own.

    Returns
    -------
    Scores
        Tables; those that say nothing of the run have no rows.

    Raises
    ------
    ForecastError
        S101 for a split that is not a date, that must be given, or that is not a day of the run; S102 for a run
        with nothing published beside it.
    """
    if run.has >= _CAMPS:
        return _in_camps(run, split)
    first = _first_day(split, fitted_to(run))
    rules = scoring(str(run.provenance["name"]))
    seen = by_station(run)
    if not seen:
        raise refuse("S102", str(run.provenance["name"]), "nothing published is linked to the scenario")
    floor = float(rules.get("least", 1.0) if least is None else least)
    table = agreement(scenario_of(run), seen, first, least=floor, upstream=rules.get("upstream"))
    return Scores(table, bars(run, seen), shares(seen, rules.get("shares", {}), first, floor), first, floor)


def require_scorable(scenario: Scenario, split: str | None = None) -> None:
    """Raise what :func:`score` would raise for runs of a scenario, before it is simulated.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    split : str, optional
        First day of the test, as for :func:`score`.

    Raises
    ------
    ForecastError
        S101 for a split that is not a date or that must be given; S102 for a scenario with nothing published.
    """
    stated = scoring(scenario.name).get("fitted_to")
    _first_day(split, None if stated is None else str(stated))
    if not scenario.observations:
        remedy = "add a series, and an observation of a flow or stock that it counts"
        raise refuse("S102", scenario.name, "nothing published is linked to the scenario", remedy=remedy)


def _in_camps(run: Run, split: str | None) -> Scores:
    """Score a run in its camps, from the day ``split`` on."""
    camp = run.data["camp"]
    if not camp.values.any():
        raise refuse("S102", str(run.provenance["name"]), "no place is a camp")
    days = pd.DatetimeIndex(run.data["time"].values)
    first = days[0] if split is None else _first_day(split, None)
    if not days[0] <= first <= days[-1]:
        allowed = f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}"
        raise refuse("S101", "split", "the run has no such day", found=str(split), allowed=allowed)
    return score_camps(
        run.stocks.sel(stage=camp).sum("group").values // run.scale,
        run.data["published_agents"].sel(stage=camp).fillna(0.0).values,
        [str(name) for name in run.data["stage"].values[camp.values]],
        first_day=int((days < first).sum()),
    )


def bars(run: Run, seen: Mapping[str, xr.Dataset] | None = None) -> pd.DataFrame:
    """Return what runs of a built-in scenario must reach, and whether this one does.

    Parameters
    ----------
    run : Run
        A run of the flow engine.
    seen : Mapping[str, xarray.Dataset], optional
        What :func:`sojourn.observation.by_station` gives of the run, if it is there already.

    Returns
    -------
    pandas.DataFrame
        The table of :func:`sojourn.forecast.verdict.measured`; it has no rows for a scenario without bars.
    """
    rules = scoring(str(run.provenance["name"]))
    if not rules:
        return measured([], [], 1.0)
    found = stations(scenario_of(run), by_station(run) if seen is None else seen, rules["upstream"])
    return measured(found, rules["bars"], float(rules["least"]))


def fitted_to(run: Run) -> str | None:
    """Return the last day whose figures the fit of the scenario has seen.

    Parameters
    ----------
    run : Run
        A run of the flow engine.

    Returns
    -------
    str or None
        ISO 8601; None where it is not stated.
    """
    day = scoring(str(run.provenance["name"])).get("fitted_to")
    return None if day is None else str(day)


def _first_day(split: str | None, seen_to: str | None) -> pd.Timestamp:
    if split is None and seen_to is None:
        remedy = "give the first day of the test, such as 2024-07: what is before it is in sample"
        raise refuse("S101", "split", "the scenario does not state what its fit has seen", remedy=remedy)
    try:
        return pd.Timestamp(split) if split is not None else pd.Timestamp(str(seen_to)) + pd.Timedelta(1, "D")
    except ValueError as error:
        allowed = "a date such as 2024-01"
        raise refuse("S101", "split", "this is no date", found=str(split), allowed=allowed) from error
