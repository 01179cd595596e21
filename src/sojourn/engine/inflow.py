"""Kernels of the sources: rates, pools, and momentum with feedback."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sojourn.engine import slots
from sojourn.engine.draws import binomial, negative_binomial, normal, poisson
from sojourn.engine.move import OTHER_BASE, leave_by_shares
from sojourn.engine.state import open_component, value

__all__ = ["work_source"]


@njit(cache=True)
def _noisy(program, sampled, state, stream, s, t, g, mean, expected):
    """Draw a step's number around its mean."""
    noise = program.param[s, slots.NOISE]
    if expected:
        return mean
    if noise == slots.NOISE_POISSON:
        return poisson(stream, OTHER_BASE, mean, False)
    if noise == slots.NOISE_NEGATIVE_BINOMIAL:
        size = value(program, sampled, program.param[s, slots.DISPERSION], t, g)
        return negative_binomial(stream, OTHER_BASE, mean, size, False)
    total = mean + state.carry[s, g]
    n = max(0.0, math.floor(total + 0.5))
    state.carry[s, g] = total - n
    return n


@njit(cache=True)
def _pushed(program, sampled, s, t, g):
    """Sum of the covariates' effects on the log intensity."""
    total = 0.0
    for i in range(program.push_start[s], program.push_start[s + 1]):
        earlier = max(0, t - program.push_lag[i])
        x = value(program, sampled, program.push_ref[i, 0], earlier, g)
        x -= value(program, sampled, program.push_ref[i, 2], t, g)
        total += value(program, sampled, program.push_ref[i, 1], t, g) * x
    return total


@njit(cache=True)
def _followers(program, sampled, state, s, t, g):
    """Departures that earlier outcomes bring: renewal sum over the lags, at least one step."""
    total = 0.0
    for i in range(program.feed_start[s], program.feed_start[s + 1]):
        each = value(program, sampled, program.feed_ref[i], t, g)
        table = sampled.dwell_index[program.feed_dwell[i], t, g]
        start = sampled.dwell_start[table]
        bins = sampled.dwell_start[table + 1] - start
        told = 0.0
        for w in range(program.watch_start[i], program.watch_start[i + 1]):
            for k in range(min(bins, t + 1)):
                told += sampled.dwell_mass[start + k] * state.watched[w, t - max(k, 1), g] if t > 0 else 0.0
        total += each * told
    return total


@njit(cache=True)
def _momentum(program, sampled, state, stream, s, t, g, expected):
    """Mean of this step, then the latent level and trend of the next."""
    step = program.step_days
    slot = program.param[s]
    season = value(program, sampled, slot[slots.SEASON], t, g)
    mean = step * math.exp(state.level[s, g] + _pushed(program, sampled, s, t, g)) * season
    mean += _followers(program, sampled, state, s, t, g)
    if mean < 0.0:
        state.notes[slots.NOTE_FEEDBACK] += 1
        mean = 0.0
    level_noise = value(program, sampled, slot[slots.SD_LEVEL], t, g) * math.sqrt(step)
    trend_noise = value(program, sampled, slot[slots.SD_TREND], t, g) * math.sqrt(step)
    state.level[s, g] += state.trend[s, g] * step
    state.level[s, g] += level_noise * normal(stream, OTHER_BASE + 1, expected)
    state.trend[s, g] *= value(program, sampled, slot[slots.DAMPING], t, g) ** step
    state.trend[s, g] += trend_noise * normal(stream, OTHER_BASE + 2, expected)
    return mean


@njit(cache=True)
def work_source(program, sampled, state, stream, s, t, expected):
    """Let people of each group enter through a source in one step."""
    kind = program.param[s, slots.INFLOW]
    for g in range(len(program.group_key)):
        if program.enters[s, g] == 0:
            continue
        open_component(stream, program, s, g, t)
        if kind == slots.INFLOW_POOL:
            hazard = value(program, sampled, program.param[s, slots.HAZARD], t, g)
            pool = state.stock[s, g]
            n = binomial(stream, OTHER_BASE, pool, -math.expm1(-hazard * program.step_days), expected)
        else:
            if kind == slots.INFLOW_MOMENTUM:
                mean = _momentum(program, sampled, state, stream, s, t, g, expected)
            else:
                mean = program.step_days * value(program, sampled, program.param[s, slots.RATE], t, g)
                mean *= value(program, sampled, program.param[s, slots.SCALE], t, g)
            n = _noisy(program, sampled, state, stream, s, t, g, mean, expected)
            state.stock[s, g] += n
        if n > 0.0:
            leave_by_shares(program, sampled, state, stream, s, t, g, n, expected)
    state.inbox[s] = np.zeros(len(program.group_key))
