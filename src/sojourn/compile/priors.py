"""Priors: quantile functions, so that a draw is one keyed uniform number."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from sojourn.engine.streams import component_key, next_uniform, open_stream
from sojourn.scenario.values import Prior

__all__ = ["prior_quantile", "prior_uniform"]

Z95 = float(special.ndtri(0.95))


def _normal_parameters(prior: Prior) -> tuple[float, float]:
    if prior.low is not None and prior.high is not None:
        return (prior.low + prior.high) / 2, (prior.high - prior.low) / (2 * Z95)
    return float(prior.mean or 0.0), float(prior.sd or 1.0)


def _lognormal_parameters(prior: Prior) -> tuple[float, float]:
    if prior.low is not None and prior.high is not None:
        low, high = math.log(prior.low), math.log(prior.high)
        return (low + high) / 2, (high - low) / (2 * Z95)
    return math.log(float(prior.median or 1.0)), float(prior.sd_log or 1.0)


def prior_quantile(prior: Prior, u: float) -> float:
    """Return the quantile of a prior at probability u in (0, 1)."""
    family = prior.distribution
    if family == "uniform":
        return float((prior.low or 0.0) + u * ((prior.high or 0.0) - (prior.low or 0.0)))
    if family == "normal":
        mean, sd = _normal_parameters(prior)
        return mean + sd * float(special.ndtri(u))
    if family == "lognormal":
        mu, sigma = _lognormal_parameters(prior)
        return math.exp(mu + sigma * float(special.ndtri(u)))
    mean, sd = float(prior.mean or 0.0), float(prior.sd or 1.0)
    if family == "gamma":
        return float(special.gammaincinv((mean / sd) ** 2, u) * sd * sd / mean)
    size = mean * (1 - mean) / (sd * sd) - 1
    return float(stats.beta.ppf(u, mean * size, (1 - mean) * size))


def prior_uniform(seed: int, replicate: int, name: str) -> float:
    """Return the uniform number that keys the draw of a quantity in a replicate."""
    stream = np.zeros(12, np.uint64)
    key = np.uint64(component_key(f"quantity/{name}"))
    open_stream(stream, np.uint64(seed), np.uint64(replicate), key, np.uint64(0), 0)
    return float(next_uniform(stream))
