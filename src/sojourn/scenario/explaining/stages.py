"""Stages in words: what happens there, and where people go next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sojourn.scenario.explaining.numbers import Quantities, duration, listed, ref
from sojourn.scenario.stages import (
    Choice,
    End,
    Hold,
    Initial,
    IntensityInflow,
    Journey,
    Limit,
    MomentumInflow,
    PoolInflow,
    Queue,
    SeriesInflow,
    Source,
    Stage,
)
from sojourn.scenario.ways_out import exits_of

__all__ = ["stage_lines"]

_ATTEMPT = " (a new attempt)"


def stage_lines(stage: Stage, quantities: Quantities) -> Iterator[str]:
    """Yield what is to be said of a stage, a line for each point."""
    if isinstance(stage, Source):
        yield from _source(stage, quantities)
    elif isinstance(stage, Journey):
        yield f"takes: {duration(stage.dwell, quantities)}"
    elif isinstance(stage, Choice):
        yield from _choice(stage, quantities)
    elif isinstance(stage, Queue):
        yield from _queue(stage, quantities)
    elif isinstance(stage, Hold):
        yield from _room(stage.limit, stage.initial, quantities)
        for to, hazard in stage.hazards.items():
            yield f"-> {to}: {ref(hazard, quantities, 'per day')}{_ATTEMPT * (to in stage.attempts)}"
    elif isinstance(stage, End):
        yield f"outcome: {stage.outcome}"
    exits = exits_of(stage)
    for to, exit_ in exits.items():
        rest = "the rest" if len(exits) > 1 else "all"
        share = rest if exit_.share == "rest" else f"share {ref(exit_.share, quantities)}"
        yield f"-> {to}: {share}{_ATTEMPT * exit_.attempt}"


def _source(stage: Source, quantities: Quantities) -> Iterator[str]:
    inflow = stage.inflow
    if stage.groups is not None:
        yield f"groups: {listed(stage.groups)}"
    if isinstance(inflow, SeriesInflow):
        by_group = inflow.series.items() if isinstance(inflow.series, Mapping) else [("all", inflow.series)]
        yield "enter: as counted by " + ", ".join(f"{series} ({group})" for group, series in by_group)
        if inflow.scale != 1.0:
            yield f"people per counted unit: {ref(inflow.scale, quantities)}"
    elif isinstance(inflow, IntensityInflow):
        yield f"enter: {ref(inflow.rate_per_day, quantities, 'per day')}"
    elif isinstance(inflow, PoolInflow):
        yield f"enter: from a pool of {ref(inflow.pool, quantities)}"
        yield f"hazard of departure: {ref(inflow.hazard_per_day, quantities, 'per day')}"
        return
    else:
        yield from _momentum(inflow, quantities)
    yield f"noise: {inflow.noise}" + (
        f", size {ref(inflow.dispersion, quantities)}" if inflow.dispersion is not None else ""
    )


def _momentum(inflow: MomentumInflow, quantities: Quantities) -> Iterator[str]:
    yield f"enter: latent intensity, at the start {ref(inflow.level_per_day, quantities, 'per day')}"
    for label, key, unset in (
        ("trend of the log intensity per day", "trend_per_day", 0.0),
        ("damping of the trend per day", "damping", 1.0),
        ("sd of the daily change of level", "sd_level", 0.0),
        ("sd of the daily change of trend", "sd_trend", 0.0),
        ("season", "season", 1.0),
    ):
        if (value := getattr(inflow, key)) != unset:
            yield f"{label}: {ref(value, quantities)}"
    for push in inflow.push:
        lag = f", {push.lag_days:g} days later" if push.lag_days else ""
        yield (
            f"push: {ref(push.coefficient, quantities)} for each unit of {ref(push.indicator, quantities)}"
            f" above {ref(push.reference, quantities)}{lag}"
        )
    for term in inflow.feedback:
        yield (
            f"feedback: each person in `{term.after}` adds {ref(term.followers, quantities)} departures"
            f" after {duration(term.lag, quantities)}"
        )


def _choice(stage: Choice, quantities: Quantities) -> Iterator[str]:
    if stage.coefficients is not None:
        weights = stage.coefficients
        yield (
            f"weights: {ref(weights.per_1000_usd, quantities)} per 1,000 US dollars,"
            f" {ref(weights.per_day, quantities)} per day, {ref(weights.per_risk, quantities)} per risk"
        )
    for to, option in (stage.options or {}).items():
        said = [
            f"{label} {ref(value, quantities, unit)}"
            for label, value, unit, unset in (
                ("cost", option.cost_usd, "US dollars", 0.0),
                ("time", option.time_days, "days", 0.0),
                ("risk", option.risk, "", 0.0),
                ("legal access", option.legal, "", 1.0),
                ("constant", option.constant, "", 0.0),
            )
            if value != unset
        ]
        yield f"-> {to}: by utility, {listed(said or ['constant 0'])}{_ATTEMPT * option.attempt}"


def _queue(stage: Queue, quantities: Quantities) -> Iterator[str]:
    rate = ref(stage.rate_per_day, quantities, "per day") if stage.rate_per_day is not None else ""
    service = duration(stage.service, quantities) if stage.service is not None else ""
    yield f"servers: {ref(stage.servers, quantities)}"
    yield f"each completes: {rate}" if rate else f"service: {service}"
    if stage.capacity_noise != "exact":
        yield f"capacity: {stage.capacity_noise}"
    classes = "".join(f"; class {n}: {listed(one)}" for n, one in enumerate(stage.priority or (), 1))
    yield f"discipline: {stage.discipline}{classes}"
    yield from _room(stage.limit, stage.initial, quantities)
    if stage.patience is not None:
        yield f"-> {stage.patience.to}: who waits longer than {duration(stage.patience.time, quantities)}"
    if stage.balking is not None:
        balking = stage.balking
        yield (
            f"-> {balking.to}: with probability {ref(balking.prob, quantities)} who finds more than"
            f" {ref(balking.above, quantities)} waiting"
        )


def _room(limit: Limit | None, initial: Initial | None, quantities: Quantities) -> Iterator[str]:
    if initial is not None:
        age = f", entered over {ref(initial.age_days, quantities, 'days')}" if initial.age_days != 0.0 else ""
        yield f"at the start: {ref(initial.count, quantities)} of each group{age}"
    if limit is not None:
        yield f"-> {limit.overflow}: who finds {ref(limit.room, quantities)} here"
