"""Random numbers for the agents of a chunk that are due, made together.

Ten rounds of Philox are a long chain of dependent multiplications. Made for one agent at a time they are most
of a move's cost; made in a row for all agents that are due, the processor works on several chains at once. The
numbers are those of ``open_stream`` and ``next_word``, which go on where the first block ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from sojourn.engine.streams import MULTIPLIER_0, MULTIPLIER_1, ROUNDS, WEYL_0, WEYL_1, multiply
from sojourn.engine.walk.rule import Words, rule
from sojourn.engine.walk.state import Agents

__all__ = ["CHUNK", "SCRATCH", "deal", "gather", "take"]

CHUNK = 64
"""Agents looked at together: a bit each of a word."""
DEALT = 64
DUE = DEALT + 4 * CHUNK
SCRATCH = DUE + 2 * CHUNK
"""Words a thread needs: a stream, four words for each agent of a chunk, and who is due; rounded up, so that no
two threads write to one cache line."""


@intrinsic
def _trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Number of bits below the lowest that is set, as one machine instruction."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


def lowest_bit(word: np.uint64) -> int:
    """Return the position of the lowest bit that is set in a word other than 0."""
    return (int(word) & -int(word)).bit_length() - 1


@overload(lowest_bit)
def _lowest_bit_compiled(word: Any) -> Any:
    def position(word: Any) -> Any:
        return _trailing_zeros(word)  # type: ignore[call-arg]

    return position


@rule
def gather(agents: Agents, day: int, first: int, last: int, at_rest: bool, stream: Words) -> int:
    """List the agents of a chunk that are due today, at rest or on a road; return how many there are."""
    today = np.uint16(day)
    marked = np.uint64(0)
    for position in range(last - first):
        marked |= np.uint64(agents.wake[first + position] == today) << np.uint64(position)
    due = 0
    while marked != np.uint64(0):
        agent = first + lowest_bit(marked)
        marked &= marked - np.uint64(1)
        # No branch, as who is at rest cannot be foreseen: each is written, and stays if the next is one further.
        stream[DUE + due] = agent
        due += (agents.where[agent] >= 0) == at_rest
    return due


@rule
def deal(stream: Words, key: Words, component: np.uint64, day: int, due: int) -> None:
    """Make the first four words of each listed agent, as ``open_stream(stream, *key, component, agent, day)``."""
    for row in range(due):
        k0, k1 = key[0], key[1]
        c0, c1, c2, c3 = np.uint64(0), np.uint64(day), component, stream[DUE + row]
        for _ in range(ROUNDS):
            high0, low0 = multiply(MULTIPLIER_0, c0)
            high1, low1 = multiply(MULTIPLIER_1, c2)
            c0 = high1 ^ c1 ^ k0
            c1 = low1
            c2 = high0 ^ c3 ^ k1
            c3 = low0
            k0 = k0 + WEYL_0
            k1 = k1 + WEYL_1
        stream[DEALT + 4 * row] = c0
        stream[DEALT + 4 * row + 1] = c1
        stream[DEALT + 4 * row + 2] = c2
        stream[DEALT + 4 * row + 3] = c3
    stream[0] = key[0]
    stream[1] = key[1]
    stream[3] = day
    stream[4] = component


@rule
def take(stream: Words, row: int) -> int:
    """Open the stream of a listed agent at its dealt words; return the agent."""
    agent = stream[DUE + row]
    stream[2] = np.uint64(1)
    stream[5] = agent
    for word in range(4):
        stream[6 + word] = stream[DEALT + 4 * row + word]
    stream[10] = np.uint64(0)
    return int(agent)
