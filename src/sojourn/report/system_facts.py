"""What the report of a system of stages is worked out from: its scenario, its stations, the groups it follows."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sojourn.forecast import Scores, agreement, fitted_to, score
from sojourn.observation import by_station, scenario_of
from sojourn.report.facts import Facts, Words, label
from sojourn.scenario import Scenario
from sojourn.scenario.policies import Policy

__all__ = ["SystemFacts", "policy_table", "source_of"]

LOG_LEAST = 100.0
"""Smallest published count in a logarithmic error, where no rule says otherwise."""

F64 = NDArray[np.float64]


class SystemFacts(Facts):
    """A run of a system of stages with what is needed again and again to describe it."""

    words: ClassVar[Words] = Words("stage", "in", "stock", "left", "", "in", "first_date")
    command: ClassVar[str] = "sojourn simulate"

    @property
    def _own(self) -> frozenset[str]:
        return frozenset({"system"} | ({"policies"} if self.scenario.policies else set()))

    @property
    def title(self) -> str:
        """Title of the scenario, or its name."""
        return self.scenario.title or self.scenario.name

    def name_of(self, stage: str) -> str:
        """Return what a stage is called in sentences."""
        return label(stage)

    def dated(self, day: pd.Timestamp) -> str:
        """Return the month in which something moved."""
        return f"in {day:%B %Y}"

    def short_date(self, day: pd.Timestamp) -> str:
        """Return the same for a table."""
        return f"{day:%b %Y}"

    @cached_property
    def scenario(self) -> Scenario:
        """The resolved scenario of the run."""
        return scenario_of(self.run)

    @cached_property
    def seen(self) -> dict[str, xr.Dataset]:
        """Simulated beside published counts, by observation."""
        return by_station(self.run)

    @cached_property
    def scores(self) -> Scores | None:
        """The scores given, or those by the rules that stand beside a built-in scenario, if there are any."""
        if self.given is None and self.seen and fitted_to(self.run) is not None:
            return score(self.run)
        return self.given

    @property
    def least(self) -> float:
        """Smallest published count that enters a logarithmic error."""
        least = None if self.scores is None else self.scores.least
        return LOG_LEAST if least is None else least

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Agreement by station and span; see :func:`sojourn.forecast.agreement`."""
        if self.scores is not None:
            return self.scores.stations
        return agreement(self.scenario, self.seen, None, least=LOG_LEAST)

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
        return np.array([self.scenario.stages[str(o)].entry for o in self.run.data["origin"].values])

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
            if "elsewhere" in stage.outcomes() and float(final.sel(stage=name)) > most > 0
        }
        leads: dict[str, set[str]] = {}
        used = (self.flows.values != 0).any((0, 1)).tolist()
        ways = zip(self.run.data["origin"].values, self.run.data["destination"].values, used, strict=True)
        for origin, destination, some in ways:
            if some:
                leads.setdefault(str(origin), set()).add(str(destination))
        while found:
            more = {n for n, to in leads.items() if to <= found and n not in found and not stages[n].entry}
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
        question = self.scenario.question
        where = question.arrivals.where if question is not None and question.arrivals is not None else ()
        return {status.label: status.stages for status in where}

    @property
    def made_by(self) -> str:
        """What every simulated number of this run goes back to."""
        facts = self.run.provenance
        return (
            f"simulated, scenario {facts['name']} ({str(facts['digest'])[:12]}), seed {self.run.seed}, "
            f"{self.run.replicates} replicates"
        )


def _condition(policy: Policy) -> str:
    """Say that people in a stage decide whether a policy is in force."""
    return f" (as the people in {label(policy.when.stage)} decide)" if policy.when is not None else ""


def policy_table(scenario: Scenario) -> pd.DataFrame:
    """Return the policies by date of start, numbered: number, name, title, start, end, citation, confidence."""
    rows = [
        {
            "name": name,
            "title": (policy.title or label(name)) + _condition(policy),
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


def source_of(data: xr.Dataset) -> str:
    """Return series, publisher, release, table and unit of an observation in a line."""
    facts = data.attrs
    parts = [
        f"series {facts['series']}",
        facts["publisher"],
        f"release {facts['release']}" if facts["release"] else "release not stated",
        facts["source"],
        f"unit: {facts['units']}",
    ]
    return ", ".join(part for part in parts if part)
