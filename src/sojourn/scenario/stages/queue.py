"""Queues: stages served by finite capacity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from sojourn.scenario.codes import Finding, unused
from sojourn.scenario.frozen import Frozen
from sojourn.scenario.stages.base import StageBase, Way, Work
from sojourn.scenario.stages.exits import Exits, exit_ways, exit_words
from sojourn.scenario.stages.occupancy import (
    Initial,
    Limit,
    limit_findings,
    occupancy_parameters,
    occupancy_words,
    overflow_ways,
)
from sojourn.scenario.stages.parameters import AgeAtStart, Code, Destination, Dwell, Parameter, Value
from sojourn.scenario.values import Duration, GroupName, Probability, RateOfServer, Servers, SharedCount, StageName
from sojourn.scenario.wording import Quantities, duration, listed, ref

__all__ = ["Balking", "Patience", "Queue"]


class Patience(Frozen):
    """Those who wait too long leave."""

    time: Duration
    """Time after which a person gives up."""
    to: StageName
    """Where they go."""


class Balking(Frozen):
    """Some who find a long queue do not join it."""

    above: SharedCount
    """Number waiting, over all groups, above which it happens."""
    prob: Probability
    """Probability of not joining."""
    to: StageName
    """Where they go."""


class Queue(StageBase):
    """A stage served by finite capacity.

    With ``rate_per_day`` capacity is ``servers`` x rate in a step and service takes no time of its own; with
    ``service`` each of ``servers`` is held for a service time.
    """

    kind: Literal["queue"]
    """Kind of stage."""
    servers: Servers
    """Number of servers, by date."""
    rate_per_day: RateOfServer | None = None
    """Completions per server and day."""
    service: Duration | None = None
    """Service time, in place of ``rate_per_day``."""
    capacity_noise: Literal["exact", "poisson"] = "exact"
    """Whether a step's capacity (with ``rate_per_day``) is exact, fractions carried over, or Poisson."""
    discipline: Literal["fifo", "lifo", "random", "priority"] = "fifo"
    """Who is next: first in, last in, anyone, or by class and first in within a class."""
    priority: tuple[tuple[GroupName, ...], ...] | None = None
    """Groups by class, first served first (with ``priority``)."""
    patience: Patience | None = None
    """Reneging."""
    balking: Balking | None = None
    """Not joining a long queue."""
    limit: Limit | None = None
    """Finite waiting room."""
    initial: Initial | None = None
    """Who waits at the start."""
    exits: Exits
    """Outcome shares at completion."""

    worked_as: ClassVar[Work] = "queue"

    def ways(self) -> Iterator[Way]:
        """Yield the exits, then those who find no room, who give up, and who do not join."""
        yield from exit_ways(self.exits)
        yield from overflow_ways(self.limit)
        if self.patience is not None:
            yield Way(self.patience.to, "patience")
        if self.balking is not None:
            yield Way(self.balking.to, "balking", instant=True)

    def words(self, quantities: Quantities) -> Iterator[str]:
        """Yield capacity, discipline, who is there, who leaves unserved, and the exits."""
        rate = ref(self.rate_per_day, quantities, "per day") if self.rate_per_day is not None else ""
        service = duration(self.service, quantities) if self.service is not None else ""
        yield f"servers: {ref(self.servers, quantities)}"
        yield f"each completes: {rate}" if rate else f"service: {service}"
        if self.capacity_noise != "exact":
            yield f"capacity: {self.capacity_noise}"
        classes = "".join(f"; class {n}: {listed(one)}" for n, one in enumerate(self.priority or (), 1))
        yield f"discipline: {self.discipline}{classes}"
        yield from occupancy_words(self.limit, self.initial, quantities)
        if self.patience is not None:
            yield f"-> {self.patience.to}: those who wait longer than {duration(self.patience.time, quantities)}"
        if (balking := self.balking) is not None:
            yield (
                f"-> {balking.to}: with probability {ref(balking.prob, quantities)}, those who find more than"
                f" {ref(balking.above, quantities)} waiting"
            )
        yield from exit_words(self.exits, quantities)

    def parameters(self) -> Iterator[Parameter]:
        """Yield capacity, discipline, who is there, and who leaves unserved."""
        yield Value("SERVERS", self.servers)
        if self.service is not None:
            yield Dwell("SERVICE", self.service, exits_ahead=True)
        else:
            yield Value("SERVICE_RATE", self.rate_per_day or 0.0)
        yield Code("CAPACITY_NOISE", "NOISES", self.capacity_noise)
        yield Code("DISCIPLINE", "DISCIPLINES", self.discipline)
        yield from occupancy_parameters(self.limit, self.initial)
        yield AgeAtStart("QUEUE_AGE", self.initial.age_days if self.initial is not None else None)
        if self.patience is not None:
            yield Dwell("PATIENCE", self.patience.time, before="QUEUE_AGE")
            yield Destination("PATIENCE_FLOW", self.patience.to)
        if self.balking is not None:
            yield Value("BALK_ABOVE", self.balking.above)
            yield Value("BALK_PROB", self.balking.prob)
            yield Destination("BALK_FLOW", self.balking.to)

    def findings(self, groups: Sequence[str] | None) -> Iterator[Finding]:
        """Yield what does not go together."""
        yield from limit_findings(self.limit)
        given = [key for key in ("rate_per_day", "service") if getattr(self, key) is not None]
        if len(given) != 1:
            yield Finding(
                "L505",
                (),
                "a queue has either a rate per server or a service time",
                found=" and ".join(given) or "neither",
                allowed="rate_per_day, or service",
            )
        if self.service is not None and self.capacity_noise != "exact":
            yield unused(("capacity_noise",), "capacity follows from the service times")
        if (self.discipline == "priority") != (self.priority is not None):
            yield Finding(
                "L506",
                (),
                "discipline `priority` and the classes in `priority` go together",
                found=f"discipline {self.discipline}, {'no ' * (self.priority is None)}classes",
            )
        counts = Counter(group for one in self.priority or () for group in one)
        repeated = [group for group, count in counts.items() if count > 1]
        missed = [group for group in groups or () if group not in counts]
        if self.priority is not None and (repeated or missed):
            yield Finding(
                "L507",
                ("priority",),
                "every group is in exactly one class",
                found=", ".join([f"{g} missed" for g in missed] + [f"{g} repeated" for g in repeated]),
                allowed=", ".join(groups or ()),
            )

    def populated_by(self, groups: Sequence[str]) -> Sequence[str]:
        """Return all groups, where people wait at the start."""
        return groups if self.initial is not None else ()

    def classes(self) -> Sequence[Sequence[str]]:
        """Return the groups by class of priority."""
        return [one for one in self.priority or () if one]
