"""What the report of a run with camps is worked out from: its folder, its camps, its scores."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sojourn.flee import FleeScenario, scenario_of
from sojourn.forecast import Scores, score
from sojourn.report.facts import Facts, Words, long_date

__all__ = ["CampFacts", "closure_table", "conflict_days"]

_NONE = 1e-6


class CampFacts(Facts):
    """A run with camps with what is needed again and again to describe it. Everything is counted in people."""

    words: ClassVar[Words] = Words("place", "at", "people", "set out", " from", "on", "stock_date")
    command: ClassVar[str] = "sojourn flee run"

    @property
    def _own(self) -> frozenset[str]:
        return frozenset({"folder"} | ({"closures"} if len(self.policies) else set()))

    def kind_of(self, row: Mapping[Any, Any]) -> str:
        """Return whether a place is a camp."""
        return "camp" if row["camp"] else "other place"

    def dated(self, day: pd.Timestamp) -> str:
        """Return the day on which something moved."""
        return f"on {long_date(day)}"

    def short_date(self, day: pd.Timestamp) -> str:
        """Return the same for a table."""
        return long_date(day)

    @cached_property
    def scenario(self) -> FleeScenario:
        """The scenario of the run."""
        return scenario_of(self.run)

    @cached_property
    def scores(self) -> Scores:
        """The scores given, or those of all days."""
        return score(self.run) if self.given is None else self.given

    @cached_property
    def camps(self) -> tuple[str, ...]:
        """Names of the camps, in the order of the scenario."""
        return tuple(str(name) for name in self.people["stage"].values)

    @cached_property
    def people(self) -> xr.DataArray:
        """People in each camp at the end of each day: (replicate, time, stage) float64, person."""
        return self.run.stocks.sum("group").sel(stage=self.run.data["camp"]).astype(np.float64)

    @cached_property
    def registered(self) -> xr.DataArray:
        """Registered people in each camp, interpolated between reports: (time, stage) float64, person."""
        return self.run.data["published_count"].sel(stage=self.run.data["camp"])

    @cached_property
    def agents(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Simulated (replicate, time, camp) and registered (time, camp) agents: what scores compare."""
        registered = self.run.data["published_agents"].sel(stage=self.run.data["camp"]).fillna(0.0).values
        simulated = self.run.stocks.sum("group").sel(stage=self.run.data["camp"]).values // self.run.scale
        return simulated, registered

    @cached_property
    def displaced(self) -> NDArray[np.float64]:
        """People displaced up to each day, those there at the start included: (replicate, time)."""
        return np.asarray(self.run.data["created"].sum("group").values, np.float64)

    def reported(self, camp: str) -> NDArray[np.bool_]:
        """Return (time): the days for which the folder has a registration of the camp."""
        days = np.zeros(self.scenario.days, bool)
        for series in self.scenario.series:
            if series.name == camp:
                known = np.concatenate([file.days for file in series.files])
                days[known[(known >= 0) & (known < len(days))]] = True
        return days

    @cached_property
    def conflict(self) -> NDArray[np.bool_]:
        """Whether there is conflict: (time, place)."""
        return conflict_days(self.scenario)

    @cached_property
    def policies(self) -> pd.DataFrame:
        """The closures by date, numbered; see :func:`closure_table`."""
        return closure_table(self.scenario)

    @property
    def made_by(self) -> str:
        """What every simulated number of this run goes back to."""
        known, run = self.run.provenance, self.run
        return (
            f"simulated, Flee scenario {known['name']} ({str(known['digest'])[:12]}), seed {run.seed}, "
            f"{run.replicates} replicates, {run.scale} people an agent"
        )

    def published(self, camp: str) -> str:
        """Return the source of a registered number: the files that it is read from."""
        files = [file.path for series in self.scenario.series if series.name == camp for file in series.files]
        return (
            f"registered in {camp}; unit: person; files {', '.join(files) or 'none'} of the source data of "
            f"{self.run.provenance['name']}, interpolated between reports"
        )


def conflict_days(scenario: FleeScenario) -> NDArray[np.bool_]:
    """Return whether there is conflict: (time, place)."""
    found: NDArray[np.bool_] = scenario.conflicts[: scenario.days] > _NONE
    for row, place in enumerate(scenario.locations):
        if place.kind == "conflict":
            # A conflict zone of the map stays one until its row in the table of conflicts has been and gone.
            found[:, row] |= ~np.maximum.accumulate(found[:, row])
    for change in scenario.location_changes:
        found[change.day :, scenario.index[change.name]] = change.kind == "conflict"
    return found


def closure_table(scenario: FleeScenario) -> pd.DataFrame:
    """Return closures that happen, by date and numbered, with the columns of a table of policies."""
    rows = []
    for one in sorted(scenario.closures, key=lambda closure: closure.start):
        if 0 <= one.start < scenario.days:
            start = pd.Timestamp(scenario.start)
            lasts = one.start < one.end < scenario.days
            between = f"between {one.name1} and {one.name2}" if one.name2 else f"at {one.name1}"
            rows.append(
                {
                    "name": one.kind,
                    "title": f"closed {between}" if one.kind != "remove_forced_redirection" else f"open {between}",
                    "start": start + pd.Timedelta(one.start, "D"),
                    "end": start + pd.Timedelta(one.end, "D") if lasts else pd.NaT,
                    "citation": "closures.csv",
                    "confidence": "",
                }
            )
    columns = ["name", "title", "start", "end", "citation", "confidence"]
    frame = pd.DataFrame(rows, columns=columns)
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(frame[name])
    frame.insert(0, "number", np.arange(1, len(frame) + 1))
    return frame
