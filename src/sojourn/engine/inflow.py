"""Kernels of the sources: rates, pools, and momentum with feedback."""

from __future__ import annotations

import math

from sojourn.engine import slots
from sojourn.engine.draws import binomial, negative_binomial, normal, poisson
from sojourn.engine.kernel import kernel
from sojourn.engine.move import OTHER_BASE, leave_by_shares
from sojourn.engine.state import open_component, value

__all__ = ["work_source"]


@kernel
def _noisy(program, values, state, stream, s, t, g, mean, expected):
    """Draw a step's number around its mean."""
    noise = program.stage[s, slots.NOISE]
    if expected:
        return mean
    if noise == slots.NOISE_POISSON:
        return poisson(stream, OTHER_BASE, mean, False)
    if noise == slots.NOISE_NEGATIVE_BINOMIAL:
        size = value(values, program.ref_row, program.stage[s, slots.DISPERSION], t, g)
        return negative_binomial(stream, OTHER_BASE, mean, size, False)
    total = mean + state.carry[s, g]
    n = max(0.0, math.floor(total + 0.5))
    state.carry[s, g] = total - n
    return n


@kernel
def _pushed(program, values, s, t, g):
    """Sum of the covariates' effects on the log intensity."""
    total = 0.0
    for i in range(program.stage[s, slots.PUSH_FROM], program.stage[s, slots.PUSH_TO]):
        earlier = max(0, t - program.push[i, 3])
        x = value(values, program.ref_row, program.push[i, 0], earlier, g)
        x -= value(values, program.ref_row, program.push[i, 2], t, g)
        total += value(values, program.ref_row, program.push[i, 1], t, g) * x
    return total


@kernel
def _followers(program, sampled, watched, s, t, g):
    """Departures that earlier outcomes bring: renewal sum over the lags, at least one step."""
    total = 0.0
    for i in range(program.stage[s, slots.FEED_FROM], program.stage[s, slots.FEED_TO]):
        each = value(sampled.values, program.ref_row, program.feed[i, 0], t, g)
        table = sampled.dwell_index[program.feed[i, 1], t, g]
        start = sampled.dwell_start[table]
        bins = sampled.dwell_start[table + 1] - start
        told = 0.0
        for w in range(program.feed[i, 2], program.feed[i, 3]):
            for k in range(min(bins, t + 1)):
                told += sampled.dwell[start + k, 0] * watched[w, t - max(k, 1), g] if t > 0 else 0.0
        total += each * told
    return total


@kernel
def _momentum(program, sampled, state, stream, s, t, g, expected):
    """Mean of this step, then the latent level and trend of the next."""
    step = program.step_days
    values = sampled.values
    slot = program.stage[s]
    season = value(values, program.ref_row, slot[slots.SEASON], t, g)
    mean = step * math.exp(state.latent[0, s, g] + _pushed(program, values, s, t, g)) * season
    mean += _followers(program, sampled, state.watched, s, t, g)
    if mean < 0.0:
        state.notes[slots.NOTE_FEEDBACK] += 1
        mean = 0.0
    level_noise = value(values, program.ref_row, slot[slots.SD_LEVEL], t, g) * math.sqrt(step)
    trend_noise = value(values, program.ref_row, slot[slots.SD_TREND], t, g) * math.sqrt(step)
    state.latent[0, s, g] += state.latent[1, s, g] * step
    state.latent[0, s, g] += level_noise * normal(stream, OTHER_BASE + 1, expected)
    state.latent[1, s, g] *= value(values, program.ref_row, slot[slots.DAMPING], t, g) ** step
    state.latent[1, s, g] += trend_noise * normal(stream, OTHER_BASE + 2, expected)
    return mean


@kernel
def work_source(program, sampled, state, stream, s, t, expected):
    """Let people of each group enter through a source in one step."""
    values = sampled.values
    kind = program.stage[s, slots.INFLOW]
    for g in range(len(program.group_key)):
        if program.entry[s, g, 0] == 0:
            continue
        open_component(stream, program.stage_key, program.group_key, s, g, t)
        if kind == slots.INFLOW_POOL:
            hazard = value(values, program.ref_row, program.stage[s, slots.HAZARD], t, g)
            pool = state.stock[s, g]
            n = binomial(stream, OTHER_BASE, pool, -math.expm1(-hazard * program.step_days), expected)
        else:
            if kind == slots.INFLOW_MOMENTUM:
                mean = _momentum(program, sampled, state, stream, s, t, g, expected)
            else:
                mean = program.step_days * value(values, program.ref_row, program.stage[s, slots.RATE], t, g)
                mean *= value(values, program.ref_row, program.stage[s, slots.SCALE], t, g)
            n = _noisy(program, values, state, stream, s, t, g, mean, expected)
            state.stock[s, g] += n
        if n > 0.0:
            leave_by_shares(program, values, state, stream, s, t, g, n, expected)
    state.inbox[s] = 0.0
