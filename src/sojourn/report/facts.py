"""What a report says is worked out from: the run, its scenario, and the groups that it follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sojourn.forecast import Scores, agreement, fitted_to, score
from sojourn.observation.link import observed, scenario_of
from sojourn.results import Run, WalkRun
from sojourn.scenario import Scenario

LOG_LEAST = 100.0
"""Smallest published count in a logarithmic error, where no rule says otherwise."""

__all__ = ["Facts", "Span", "label", "long_date", "policy_table"]

F64 = NDArray[np.float64]


def label(name: str) -> str:
    """Return a name of the scenario language as words."""
    return name.replace("-", " ")


def long_date(day: object) -> str:
    """Return a date as day, month and year in words."""
    stamp = pd.Timestamp(str(day))
    return f"{stamp.day} {stamp:%B %Y}"


class Span:
    """The days that a run of either engine covers."""

    run: Run | WalkRun

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


@dataclass(frozen=True)
class Facts(Span):
    """A run with what is needed again and again to describe it."""

    run: Run
    given: Scores | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The resolved scenario of the run."""
        return scenario_of(self.run)

    @cached_property
    def seen(self) -> dict[str, xr.Dataset]:
        """Simulated beside published counts, by observation."""
        return observed(self.run)

    @cached_property
    def scores(self) -> Scores | None:
        """The scores given, or those by the rules laid down beside a built-in scenario, if there are any."""
        if self.given is None and self.seen and fitted_to(self.run) is not None:
            return score(self.run)
        return self.given

    @property
    def fitted_to(self) -> pd.Timestamp | None:
        """Last day whose figures the fit has seen, where that is known."""
        return None if self.scores is None else self.scores.split - pd.Timedelta(1, "D")

    @property
    def least(self) -> float:
        """Smallest published count that enters a logarithmic error."""
        return LOG_LEAST if self.scores is None else self.scores.least

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Agreement by station and span; see :func:`sojourn.forecast.agreement`."""
        if self.scores is not None:
            return self.scores.stations
        return agreement(self.scenario, self.seen, None, least=LOG_LEAST)

    @property
    def missed(self) -> pd.DataFrame:
        """The bars that were measured and are not reached."""
        bars = self.bars
        return bars[bars["verdict"] == "not reached"]

    @property
    def bars(self) -> pd.DataFrame:
        """The bars that are laid down, with the values reached; see :class:`sojourn.forecast.Scores`."""
        return pd.DataFrame({"verdict": []}) if self.scores is None else self.scores.bars

    @cached_property
    def followed(self) -> tuple[str, ...]:
        """Groups that pass through at least half as many flows as the group that passes through most.

        The others, such as everyone else before a shared court, count in queues and stations only.
        """
        used = (self.run.flows.values != 0).any((0, 1)).sum(0)
        names = [str(name) for name in self.run.data["group"].values]
        return tuple(name for name, count in zip(names, used, strict=True) if 2 * count >= max(used))

    @property
    def followed_text(self) -> str:
        """The groups followed, by their labels."""
        groups = self.scenario.groups
        return ", ".join(groups[name].label or label(name) for name in self.followed)

    @cached_property
    def flows(self) -> xr.DataArray:
        """People of the groups followed: (replicate, time, flow) float64."""
        return self.run.flows.sel(group=list(self.followed)).sum("group").astype(np.float64)

    @cached_property
    def stocks(self) -> xr.DataArray:
        """People of the groups followed at the end of each period: (replicate, time, stage) float64."""
        return self.run.stocks.sel(group=list(self.followed)).sum("group").astype(np.float64)

    @cached_property
    def initial(self) -> xr.DataArray:
        """People of all groups at the start: (replicate, stage) float64; zero where it was not recorded."""
        if "initial" in self.run.data:
            return self.run.data["initial"].sum("group").astype(np.float64)
        return (self.run.stocks.isel(time=0).sum("group") * 0).astype(np.float64)

    @property
    def initial_followed(self) -> xr.DataArray:
        """People of the groups followed at the start: (replicate, stage) float64; zero if not recorded."""
        if "initial" in self.run.data:
            return self.run.data["initial"].sel(group=list(self.followed)).sum("group").astype(np.float64)
        return self.initial * 0

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Kind of each stage."""
        return {name: stage.kind for name, stage in self.scenario.stages.items()}

    @cached_property
    def entered(self) -> F64:
        """People followed who leave a source: (replicate, time)."""
        return np.asarray(self.flows.values[:, :, self.from_source].sum(-1))

    @cached_property
    def from_source(self) -> NDArray[np.bool_]:
        """Flows that leave a source: (flow)."""
        return np.array([self.kinds[str(o)] == "source" for o in self.run.data["origin"].values])

    @cached_property
    def aside(self) -> frozenset[str]:
        """Stages set aside: an end elsewhere that takes most of all who enter, and what leads there alone.

        Visitors who leave again as they came are many times those whose way the scenario follows.
        """
        most = 0.5 * float(self.entered.sum(1).mean())
        final = self.stocks.isel(time=-1).mean("replicate")
        stages = self.scenario.stages
        found = {
            name
            for name, stage in stages.items()
            if stage.kind == "end" and stage.outcome == "elsewhere" and float(final.sel(stage=name)) > most > 0
        }
        leads: dict[str, set[str]] = {}
        used = (self.flows.values != 0).any((0, 1)).tolist()
        ways = zip(self.run.data["origin"].values, self.run.data["destination"].values, used, strict=True)
        for origin, destination, some in ways:
            if some:
                leads.setdefault(str(origin), set()).add(str(destination))
        while found:
            more = {n for n, to in leads.items() if to <= found and n not in found and self.kinds[n] != "source"}
            if not more:
                break
            found |= more
        return frozenset(found)

    @property
    def aside_people(self) -> F64:
        """People in the stages set aside at the end: (replicate) float64."""
        return np.asarray(self.stocks.isel(time=-1).sel(stage=sorted(self.aside)).sum("stage").values)

    @cached_property
    def policies(self) -> pd.DataFrame:
        """The policies by date, numbered; see :func:`policy_table`."""
        return policy_table(self.scenario)

    @cached_property
    def statuses(self) -> dict[str, tuple[str, ...]]:
        """Stages by what the scenario calls being in them; none where it says nothing of it."""
        asked = self.scenario.question
        where = asked.arrivals.where if asked is not None and asked.arrivals is not None else ()
        return {status.label: status.stages for status in where}

    @property
    def trace(self) -> str:
        """What every simulated figure of this run goes back to."""
        facts = self.run.provenance
        return (
            f"simulated, scenario {facts['name']} ({str(facts['digest'])[:12]}), seed {self.run.seed}, "
            f"{self.run.replicates} replicates"
        )

    def about(self, what: str, unit: str = "person") -> str:
        """Return the trace of a simulated figure: what is counted, in which unit, by which run."""
        return f"{what}; unit: {unit}; {self.trace}"


def policy_table(scenario: Scenario) -> pd.DataFrame:
    """Return the policies by date of start, numbered: number, name, title, start, end, citation, confidence."""
    rows = [
        {
            "name": name,
            "title": policy.title or label(name),
            "start": pd.Timestamp(policy.start),
            "end": pd.NaT if policy.end is None else pd.Timestamp(policy.end),
            "citation": policy.citation,
            "confidence": policy.confidence,
        }
        for name, policy in sorted(scenario.policies.items(), key=lambda item: item[1].start)
    ]
    columns = ["name", "title", "start", "end", "citation", "confidence"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "number", np.arange(1, len(frame) + 1))
    return frame
