"""Priors: quantile functions, so that a draw is one keyed uniform number."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from sojourn.engine.streams import component_key
from sojourn.scenario.values import Prior, Quantity

__all__ = ["central_value", "prior_quantile", "prior_uniform"]

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
    return float(special.betaincinv(mean * size, (1 - mean) * size, u))


def central_value(quantity: Quantity) -> float:
    """Return the value of a quantity where it does not vary: given, a factor, the prior's median, or 1."""
    if quantity.times is not None:
        return quantity.times.by
    if quantity.value is not None:
        return quantity.value
    if quantity.prior is not None and not quantity.prior.relative:
        return prior_quantile(quantity.prior, 0.5)
    return 1.0


def prior_uniform(seed: int, replicate: int, name: str) -> float:
    """Return the uniform number in (0, 1) that keys the draw of a quantity in a replicate.

    The first number of decision 0 of the component ``quantity/name`` at step 0, as the engine's streams have
    it. NumPy steps its counter before the first block, hence one less here.
    """
    counter = ((component_key(f"quantity/{name}") << 128) - 1) % 2**256
    words = np.array([(counter >> (64 * i)) & 0xFFFFFFFFFFFFFFFF for i in range(4)], np.uint64)
    stream = np.random.Philox(key=np.array([seed, replicate], np.uint64), counter=words)
    return ((int(stream.random_raw()) >> 12) + 0.5) / 2.0**52
