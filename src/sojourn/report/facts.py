"""What every report is worked out from: the run, what it is given beside it, and the days that it covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd
import xarray as xr

from sojourn.forecast import Scores
from sojourn.results import Comparison, Run, compare

__all__ = ["GIVEN", "Facts", "Words", "label", "long_date"]

GIVEN: Mapping[str, str] = {
    "alone": "no other run is compared",
    "comparison": "another run is compared",
    "cohorts": "cohorts of arrival are given",
    "observations": "the scenario links published series",
    "system": "the scenario is one of stages",
    "folder": "the scenario is a Flee folder",
    "policies": "the scenario has policies",
    "closures": "the folder closes roads or places during the run",
}
"""What a report can have beside the variables and coordinates of its run, for the ``needs`` of sections."""


def label(name: str) -> str:
    """Return a name of the scenario language as words."""
    return name.replace("-", " ")


def long_date(day: object) -> str:
    """Return a date as day, month and year in words."""
    stamp = pd.Timestamp(str(day))
    return f"{stamp.day} {stamp:%B %Y}"


@dataclass(frozen=True)
class Words:
    """What the stages of a run are called, and by what their differences are dated."""

    stage: str
    at: str
    """Preposition of a stage."""
    stock: str
    left: str
    """What those do who leave a stage."""
    away: str
    """What stands between this and the stage."""
    when: str
    """Preposition of a date."""
    moved: str
    """Column of the shunting table that says when a stage first moved."""


@dataclass(frozen=True)
class Facts:
    """A run, what is given beside it, and what is needed again and again to describe it.

    ``given`` are scores worked out before, ``cohorts`` (replicate, cohort, stage, group) the people by quarter of
    arrival, ``other`` a run with a change, under the same seed.
    """

    run: Run
    given: Scores | None = None
    cohorts: xr.DataArray | None = None
    other: Run | None = None

    words: ClassVar[Words]
    command: ClassVar[str]
    """The command that makes such a run."""

    @cached_property
    def has(self) -> frozenset[str]:
        """What sections can ask for: variables and coordinates of the run, and words of :data:`GIVEN`."""
        known = {
            "alone": self.other is None,
            "comparison": self.other is not None,
            "cohorts": self.cohorts is not None,
            "observations": bool(self.run.provenance.get("observations")),
        }
        return self.run.has | {word for word, holds in known.items() if holds} | self._own

    @property
    def _own(self) -> frozenset[str]:
        """Words of :data:`GIVEN` that the scenario of the run adds."""
        return frozenset()

    @property
    def title(self) -> str:
        """Title of the report."""
        return str(self.run.provenance["name"])

    @cached_property
    def comparison(self) -> Comparison | None:
        """The run with the change, paired with this one; None where no other run is given.

        Raises RunError R301 for runs that are not pairs.
        """
        return None if self.other is None else compare(self.run, self.other)

    @cached_property
    def scores(self) -> Scores | None:
        """The scores given, or None."""
        return self.given

    @property
    def bars(self) -> pd.DataFrame:
        """What must be reached, with the values reached; see :class:`sojourn.forecast.Scores`."""
        return pd.DataFrame({"verdict": []}) if self.scores is None else self.scores.bars

    @property
    def missed(self) -> pd.DataFrame:
        """The bars that were measured and are not reached."""
        bars = self.bars
        return bars[bars["verdict"] == "not reached"]

    @property
    def fitted_to(self) -> pd.Timestamp | None:
        """Last day whose figures the fit has seen, where that is known."""
        split = None if self.scores is None else self.scores.split
        return None if split is None else split - pd.Timedelta(1, "D")

    @property
    def policies(self) -> pd.DataFrame:
        """What is drawn under charts by date, numbered: number, name, title, start, end, citation, confidence."""
        raise NotImplementedError

    @cached_property
    def start(self) -> pd.Timestamp:
        """First day."""
        return pd.Timestamp(self.run.data["time"].values[0])

    @cached_property
    def end(self) -> pd.Timestamp:
        """First moment after the last period."""
        return pd.Timestamp(self.run.data["period_end"].values[-1])

    @property
    def last_day(self) -> pd.Timestamp:
        """Last day."""
        return self.end - pd.Timedelta(1, "D")

    @property
    def span(self) -> str:
        """First to last day, in words."""
        return f"{long_date(self.start)} to {long_date(self.last_day)}"

    @property
    def made_by(self) -> str:
        """What every simulated number of this run goes back to."""
        raise NotImplementedError

    def about(self, what: str, unit: str = "person") -> str:
        """Return the source of a simulated number: what is counted, in which unit, by which run."""
        return f"{what}; unit: {unit}; {self.made_by}"

    def name_of(self, stage: str) -> str:
        """Return what a stage is called in sentences."""
        return stage

    def kind_of(self, row: Mapping[Any, Any]) -> str:
        """Return what a stage is, of a row of the shunting table."""
        return str(row["kind"])

    def dated(self, day: pd.Timestamp) -> str:
        """Return when something moved, in words: a month, or a day where the run is read by day."""
        raise NotImplementedError

    def short_date(self, day: pd.Timestamp) -> str:
        """Return the same for a table."""
        raise NotImplementedError
