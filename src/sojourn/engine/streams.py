"""Counter-based random streams: Philox 4x64-10, keyed by seed, replicate, component, group and step.

A stream is a ``uint64[12]`` array: key (2), counter (4), buffered block (4), words used, spare. The counter's
words are ``(decision << 20 | block, step, component, group)``, so every decision of every component of every
step has numbers of its own: changing one component never moves another's draws, and results do not depend on
the order of work.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC11 (2011), doi:10.1145/2063384.2063405. The tests compare with ``numpy.random.Philox``.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from sojourn.engine.arrays import U64
from sojourn.engine.kernel import kernel, part

__all__ = ["component_key", "next_uniform", "next_word", "open_stream", "philox", "seek"]

MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
ROUNDS = 10
BLOCK_BITS = np.uint64(20)
ONE = np.uint64(1)
SHIFT_TO_52 = np.uint64(12)
STEP = 2.0**-52


def component_key(path: str) -> int:
    """Return the 64-bit key of a component path.

    Source: BLAKE2b with an 8-byte digest (RFC 7693).

    Parameters
    ----------
    path : str
        Such as ``"stage/border"``.

    Returns
    -------
    int
        The key, 0 to 2**64 - 1.
    """
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=8).digest(), "little")


@intrinsic
def _wide_product(typing_context: Any, a: Any, b: Any) -> Any:
    """Upper and lower half of the 128-bit product of two 64-bit words, as one machine multiplication."""
    pair = types.UniTuple(types.uint64, 2)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word, wide = ir.IntType(64), ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), word)
        return context.make_tuple(builder, pair, (high, builder.trunc(product, word)))

    return pair(types.uint64, types.uint64), generate


def multiply(a: np.uint64, b: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return the upper and the lower 64 bits of the product of two unsigned 64-bit words."""
    product = int(a) * int(b)
    return np.uint64(product >> 64), np.uint64(product & 0xFFFFFFFFFFFFFFFF)


@overload(multiply)
def _multiply_compiled(a: Any, b: Any) -> Any:
    def product(a: Any, b: Any) -> Any:
        return _wide_product(a, b)  # type: ignore[call-arg]

    return product


@part
def philox(
    k0: np.uint64, k1: np.uint64, c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the four random words of a key (2 words) and a counter (4 words): ten rounds of Philox 4x64.

    Source: J. K. Salmon et al. (2011), section 3.3 and table 2; see the head of this module.
    """
    for _ in range(ROUNDS):
        high0, low0 = multiply(MULTIPLIER_0, c0)
        high1, low1 = multiply(MULTIPLIER_1, c2)
        c0 = high1 ^ c1 ^ k0
        c1 = low1
        c2 = high0 ^ c3 ^ k1
        c3 = low0
        k0 = k0 + WEYL_0
        k1 = k1 + WEYL_1
    return c0, c1, c2, c3


@kernel
def philox_block(stream: U64) -> None:
    """Fill the stream's buffer from its key and counter."""
    stream[6], stream[7], stream[8], stream[9] = philox(
        stream[0], stream[1], stream[2], stream[3], stream[4], stream[5]
    )


@kernel
def open_stream(
    stream: U64,
    seed: np.uint64 | int,
    replicate: np.uint64 | int,
    component: np.uint64 | int,
    group: np.uint64 | int,
    step: int,
) -> None:
    """Point a stream (``uint64[12]``) at decision 0 of a component, group and step."""
    stream[0] = np.uint64(seed)
    stream[1] = np.uint64(replicate)
    stream[2] = np.uint64(0)
    stream[3] = np.uint64(step)
    stream[4] = np.uint64(component)
    stream[5] = np.uint64(group)
    stream[10] = np.uint64(4)


@kernel
def seek(stream: U64, decision: int) -> None:
    """Move to the first number of a decision within the open component, group and step."""
    stream[2] = np.uint64(decision) << BLOCK_BITS
    stream[10] = np.uint64(4)


@kernel
def next_word(stream: U64) -> np.uint64:
    """Return the next 64 random bits of the open decision."""
    used = stream[10]
    if used >= np.uint64(4):
        philox_block(stream)
        stream[2] = stream[2] + ONE
        used = np.uint64(0)
    stream[10] = used + ONE
    return stream[np.int64(used) + 6]


@kernel
def next_uniform(stream: U64) -> float:
    """Return a uniform number in the open interval (0, 1): the middle of one of 2**52 equal parts, exactly."""
    return (np.float64(next_word(stream) >> SHIFT_TO_52) + 0.5) * STEP
