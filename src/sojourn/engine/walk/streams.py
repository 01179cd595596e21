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

from sojourn.engine.streams import philox
from sojourn.engine.walk.rule import Words, rule
from sojourn.engine.walk.state import Agents

__all__ = ["CHUNK", "SCRATCH", "gather", "make_blocks", "open_block"]

CHUNK = 64
"""Agents looked at together: a bit each of a word."""
BLOCKS = 64
DUE = BLOCKS + 4 * CHUNK
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
def make_blocks(stream: Words, key: Words, component: np.uint64, day: int, due: int) -> None:
    """Make the first four words of each listed agent, as ``open_stream(stream, *key, component, agent, day)``."""
    for row in range(due):
        at = BLOCKS + 4 * row
        stream[at], stream[at + 1], stream[at + 2], stream[at + 3] = philox(
            key[0], key[1], np.uint64(0), np.uint64(day), component, stream[DUE + row]
        )
    stream[0] = key[0]
    stream[1] = key[1]
    stream[3] = day
    stream[4] = component


@rule
def open_block(stream: Words, row: int) -> int:
    """Open the stream of a listed agent at the words made for it; return the agent."""
    agent = stream[DUE + row]
    stream[2] = np.uint64(1)
    stream[5] = agent
    for word in range(4):
        stream[6 + word] = stream[BLOCKS + 4 * row + word]
    stream[10] = np.uint64(0)
    return int(agent)
