"""Scoring a run against what was published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from sojourn.forecast.codes import refuse
from sojourn.forecast.shares import shares
from sojourn.forecast.stations import agreement, stations
from sojourn.forecast.verdict import measured
from sojourn.library import scoring
from sojourn.observation.link import observed, scenario_of
from sojourn.results import Run

__all__ = ["Scores", "bars", "fitted_to", "score"]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a run is worth beside the published figures."""

    stations: pd.DataFrame
    """Agreement by station and span; see :func:`sojourn.forecast.stations.agreement`."""
    bars: pd.DataFrame
    """What must be reached, and whether it is; see :func:`sojourn.forecast.verdict.measured`."""
    shares: pd.DataFrame
    """Agreement of the parts of stations in others; see :func:`sojourn.forecast.shares.shares`."""
    split: pd.Timestamp
    """First day of the test."""
    least: float
    """Smallest published count in a logarithmic error."""

    def __str__(self) -> str:
        parts = [self.stations.to_string(index=False, float_format="{:.3f}".format, na_rep="-")]
        if len(self.shares):
            parts.append(self.shares.to_string(index=False, float_format="{:.3f}".format, na_rep="-"))
        if len(self.bars):
            parts.append(self.bars.to_string(index=False, float_format="{:.3f}".format, na_rep="-"))
        return "\n\n".join(parts)


def score(run: Run, split: str | None = None, *, least: float | None = None) -> Scores:
    """Score a run at every station: before the date ``split`` in sample, from it on out of sample.

    Without ``split``, the day after the last that the fit of a built-in scenario has seen; ``least`` is the
    smallest published count that enters a logarithmic error, the scenario's own if left out. The bars are those
    laid down beside a built-in scenario, each over its own periods. Naive predictors know what was published
    before the split, and the series upstream also after it.

    Raises :class:`~sojourn.forecast.codes.ForecastError` S101 for a split that is not a date, or that must be
    given, and S102 for a run without observations.
    """
    first = _first_day(split, fitted_to(run))
    rules = scoring(str(run.provenance["name"]))
    seen = observed(run)
    if not seen:
        raise refuse("S102", str(run.provenance["name"]), "the scenario has no observations")
    floor = float(rules.get("least", 1.0) if least is None else least)
    table = agreement(scenario_of(run), seen, first, least=floor, upstream=rules.get("upstream"))
    return Scores(table, bars(run, seen), shares(seen, rules.get("shares", {}), first, floor), first, floor)


def bars(run: Run, seen: Mapping[str, xr.Dataset] | None = None) -> pd.DataFrame:
    """Return what is laid down that runs of a built-in scenario must reach, and whether this one does.

    ``seen`` is what :func:`sojourn.observation.link.observed` gives of the run, if it is there already. The
    table is that of :func:`sojourn.forecast.verdict.measured`, without rows for a scenario without bars.
    """
    rules = scoring(str(run.provenance["name"]))
    if not rules:
        return measured([], [], 1.0)
    found = stations(scenario_of(run), observed(run) if seen is None else seen, rules["upstream"])
    return measured(found, rules["bars"], float(rules["least"]))


def fitted_to(run: Run) -> str | None:
    """Return the last day (ISO 8601) whose figures the fit of the scenario has seen; None if not laid down."""
    day = scoring(str(run.provenance["name"])).get("fitted_to")
    return None if day is None else str(day)


def _first_day(split: str | None, seen_to: str | None) -> pd.Timestamp:
    if split is None and seen_to is None:
        remedy = "give the first day of the test"
        raise refuse("S101", "split", "it is not laid down what the fit has seen", remedy=remedy)
    try:
        return pd.Timestamp(split) if split is not None else pd.Timestamp(str(seen_to)) + pd.Timedelta(1, "D")
    except ValueError as error:
        allowed = "a date such as 2024-01"
        raise refuse("S101", "split", "this is no date", found=str(split), allowed=allowed) from error
