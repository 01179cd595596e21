"""Keyed random numbers for many replicates at once, the same as the engine's streams give one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sojourn.engine.streams import MULTIPLIER_0, MULTIPLIER_1, ROUNDS, WEYL_0, WEYL_1, component_key

__all__ = ["keyed_uniforms"]

F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]

_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_BLOCK_BITS = 20
_WORD = 2**64


def keyed_uniforms(seed: int, replicates: Sequence[int], path: str, steps: Sequence[int], decision: int = 0) -> F64:
    """Return the first uniform number of a decision of a component, for each replicate and step.

    Parameters
    ----------
    seed : int
        Seed, 0 to 2**64 - 1.
    replicates : sequence of int
        Numbers of the replicates.
    path : str
        Path of the component, such as ``drift/coverage``.
    steps : sequence of int
        Step or period numbers; negative ones are taken modulo 2**64.
    decision : int
        Decision within component and step.

    Returns
    -------
    ndarray
        ``(replicate, step)`` float64 in (0, 1).

    References
    ----------
    Philox 4x64-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2,
    3", SC11 (2011), doi:10.1145/2063384.2063405.
    """
    shape = (len(replicates), len(steps))
    numbers = np.array([step % _WORD for step in steps], np.uint64)
    c0 = np.full(shape, decision << _BLOCK_BITS, np.uint64)
    c1: U64 = np.broadcast_to(numbers, shape)
    c2 = np.full(shape, component_key(path), np.uint64)
    c3 = np.zeros(shape, np.uint64)
    k0 = np.array([seed], np.uint64)
    k1 = np.array(replicates, np.uint64)[:, None]
    for _ in range(ROUNDS):
        high0, low0 = _wide_product(MULTIPLIER_0, c0)
        high1, low1 = _wide_product(MULTIPLIER_1, c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + WEYL_0, k1 + WEYL_1
    uniform: F64 = ((c0 >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return uniform


def _wide_product(a: np.uint64, b: U64) -> tuple[U64, U64]:
    """Return the upper and the lower 64 bits of products of unsigned 64-bit words."""
    one = np.array([a], np.uint64)
    a_low, a_high, b_low, b_high = one & _LOWER, one >> _HALF, b & _LOWER, b >> _HALF
    middle = a_high * b_low + ((a_low * b_low) >> _HALF)
    other = a_low * b_high + (middle & _LOWER)
    return a_high * b_high + (middle >> _HALF) + (other >> _HALF), one * b
