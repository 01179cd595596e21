"""Kernels of the sources: rates, pools, and momentum with feedback."""

from __future__ import annotations

import math

from sojourn.engine.arrays import F64, U64
from sojourn.engine.draws import binomial, negative_binomial, normal, poisson
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.state import State, open_component, value
from sojourn.engine.kernel import kernel

__all__ = ["work_source"]


@kernel
def _noisy(
    program: Program, values: F64, people: F64, stream: U64, s: int, t: int, g: int, mean: float, expected: bool
) -> float:
    """Draw a step's number around its mean."""
    noise = program.stage[s, slots.NOISE]
    if expected:
        return mean
    if noise == slots.NOISE_POISSON:
        return poisson(stream, slots.COUNT_DRAW, mean, expected)
    if noise == slots.NOISE_NEGATIVE_BINOMIAL:
        size = value(values, program.ref_row, program.stage[s, slots.DISPERSION], t, g)
        return negative_binomial(stream, slots.COUNT_DRAW, mean, size, expected)
    total = mean + people[slots.CARRY, s, g]
    n = max(0.0, float(math.floor(total + 0.5)))
    people[slots.CARRY, s, g] = total - n
    return n


@kernel
def _pushed(program: Program, values: F64, s: int, t: int, g: int) -> float:
    """Sum of the covariates' effects on the log intensity."""
    total = 0.0
    for i in range(program.stage[s, slots.PUSH_FROM], program.stage[s, slots.PUSH_TO]):
        earlier = max(0, t - program.term[i, 3])
        x = value(values, program.ref_row, program.term[i, 0], earlier, g)
        x -= value(values, program.ref_row, program.term[i, 2], t, g)
        total += value(values, program.ref_row, program.term[i, 1], t, g) * x
    return total


@kernel
def _followers(program: Program, sampled: Sampled, watched: F64, s: int, t: int, g: int) -> float:
    """Departures that earlier outcomes bring: renewal sum over the lags, at least one step."""
    total = 0.0
    for i in range(program.stage[s, slots.FEED_FROM], program.stage[s, slots.FEED_TO]):
        each = value(sampled.values, program.ref_row, program.term[i, 0], t, g)
        table = sampled.dwell_index[program.term[i, 1], t, g]
        start = sampled.dwell_start[table]
        bins = sampled.dwell_start[table + 1] - slots.ABREAST - start
        informed = 0.0
        for k in range(min(bins, t + 1) if t > 0 else 0):
            informed += sampled.dwell[slots.MASS, start + k] * watched[program.term[i, 2], t - max(k, 1), g]
        total += each * informed
    return total


@kernel
def _momentum(
    program: Program, sampled: Sampled, state: State, stream: U64, s: int, t: int, g: int, expected: bool
) -> float:
    """Mean of this step, then the latent level and trend of the next."""
    step = program.step_days
    values = sampled.values
    slot = program.stage[s]
    season = value(values, program.ref_row, slot[slots.SEASON], t, g)
    trend = state.people[slots.TREND_NOW, s, g]
    level = state.people[slots.LEVEL_NOW, s, g] + 0.5 * state.people[slots.LEVEL_SPREAD, s, g]
    mean = step * math.exp(level + _pushed(program, values, s, t, g)) * season
    mean += _followers(program, sampled, state.watched, s, t, g)
    if mean < 0.0:
        state.notes[slots.NOTE_FEEDBACK] += 1
        mean = 0.0
    level_noise = value(values, program.ref_row, slot[slots.SD_LEVEL], t, g) * math.sqrt(step)
    trend_noise = value(values, program.ref_row, slot[slots.SD_TREND], t, g) * math.sqrt(step)
    state.people[slots.LEVEL_NOW, s, g] += trend * step + level_noise * normal(stream, slots.LEVEL_DRAW, expected)
    damping = value(values, program.ref_row, slot[slots.DAMPING], t, g) ** step
    drawn = trend_noise * normal(stream, slots.TREND_DRAW, expected)
    state.people[slots.TREND_NOW, s, g] = damping * trend + drawn
    if expected:
        _widen(state.people, s, g, step, damping, level_noise, trend_noise)
    return mean


@kernel
def _widen(
    people: F64, s: int, g: int, step: float, damping: float, level_noise: float, trend_noise: float
) -> None:
    """Carry the spread of log level and trend over one step: the mean of e**x is e**(mean + variance / 2)."""
    joint = people[slots.JOINT_SPREAD, s, g]
    trend = people[slots.TREND_SPREAD, s, g]
    people[slots.LEVEL_SPREAD, s, g] += step * (2.0 * joint + step * trend) + level_noise * level_noise
    people[slots.JOINT_SPREAD, s, g] = damping * (joint + step * trend)
    people[slots.TREND_SPREAD, s, g] = damping * damping * trend + trend_noise * trend_noise


@kernel
def work_source(
    program: Program, sampled: Sampled, state: State, stream: U64, s: int, t: int, expected: bool
) -> None:
    """Let people of each group enter through a source in one step."""
    values = sampled.values
    people = state.people
    kind = program.stage[s, slots.INFLOW]
    for g in range(program.ref_row.shape[1]):
        people[slots.INBOX, s, g] = 0.0
        if program.entry[s, g, 0] == 0:
            continue
        open_component(program, stream, s, g, t)
        if kind == slots.INFLOW_POOL:
            hazard = value(values, program.ref_row, program.stage[s, slots.HAZARD], t, g)
            chance = -math.expm1(-hazard * program.step_days)
            people[slots.LEAVING, s, g] = binomial(
                stream, slots.COUNT_DRAW, people[slots.STOCK, s, g], chance, expected
            )
            continue
        if kind == slots.INFLOW_MOMENTUM:
            mean = _momentum(program, sampled, state, stream, s, t, g, expected)
        else:
            mean = program.step_days * value(values, program.ref_row, program.stage[s, slots.RATE], t, g)
            mean *= value(values, program.ref_row, program.stage[s, slots.SCALE], t, g)
        n = _noisy(program, values, people, stream, s, t, g, mean, expected)
        people[slots.STOCK, s, g] += n
        people[slots.LEAVING, s, g] = n
