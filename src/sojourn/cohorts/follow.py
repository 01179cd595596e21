"""Kernel that follows the people of one group through a recorded replicate, in the order in which it was worked."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from sojourn.cohorts.arrays import NOT_YET, Recorded, Tracks
from sojourn.cohorts.leaving import age_chances, hand_on, moved_head, shed, take_ages
from sojourn.cohorts.queue import follow_queue
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.state import value
from sojourn.engine.kernel import ENGINE_DIGEST, entry, kernel, sources_digest

__all__ = ["follow"]


@kernel
def _arrived(tracks: Tracks, s: int) -> float:
    """Empty the inbox of a stage into ``out``; return how many came."""
    n = 0.0
    for c in range(tracks.out.shape[1]):
        tracks.out[1, c] = tracks.inbox[s, c]
        n += tracks.inbox[s, c]
        tracks.inbox[s, c] = 0.0
    return n


@kernel
def _follow_journey(program: Program, sampled: Sampled, tracks: Tracks, s: int, t: int, g: int, n: float) -> None:
    """Write who of a journey ends it, if n do: by time since entry."""
    row = tracks.first[s, 0]
    came = _arrived(tracks, s)
    tracks.there[row + t] = came
    for c in range(tracks.out.shape[1]):
        tracks.mix[row + t, c] = tracks.out[1, c] / came if came > 0.0 else 0.0
    if n > 0.0:
        head = moved_head(tracks, s, 0, t)
        count = age_chances(sampled, tracks, program.stage[s, slots.DWELL], 0, t, g, head)
        shed(tracks.there, tracks.chance, tracks.gone, row + head, count, n)
        take_ages(tracks, row + head, count, 1, n)


@kernel
def _follow_hold(
    program: Program, sampled: Sampled, recorded: Recorded, tracks: Tracks, s: int, t: int, g: int
) -> None:
    """Write who leaves a hold: newcomers beyond its room, then all alike, newcomers for a part of the step."""
    slot = program.stage[s]
    k = tracks.out.shape[1]
    for c in range(k):
        tracks.out[0, c] = tracks.inbox[s, c]
    fresh = _arrived(tracks, s)
    over = recorded.turned_away[t, s]
    if over > 0.0 and fresh > 0.0:
        hand_on(program, recorded, tracks, s, t, slot[slots.OVERFLOW], 0, over / fresh)
        tracks.sent[slot[slots.OVERFLOW]] += over
        for c in range(k):
            tracks.out[0, c] *= 1.0 - over / fresh
        fresh -= over
    hazard = 0.0
    n = 0.0
    held = 0.0
    for i in range(slot[slots.EXITS]):
        flow = slot[slots.FIRST] + i
        hazard += value(sampled.values, program.ref_row, program.flow[flow, slots.REF], t, g) * program.step_days
        n += recorded.flows[t, flow] - tracks.sent[flow]
    for c in range(k):
        held += tracks.stock[s, c]
    if held <= 0.0:
        return
    # Two ages: those who were there, and newcomers, who are exposed for the part of the step that is left to them.
    last = len(tracks.there) - 2
    tracks.there[last], tracks.there[last + 1] = max(0.0, held - fresh), fresh
    tracks.chance[0] = -math.expm1(-hazard)
    tracks.chance[1] = 1.0 - tracks.chance[0] / hazard if hazard > 0.0 else 0.0
    shed(tracks.there, tracks.chance, tracks.gone, last, 2, n)
    old_part = tracks.gone[0] / (held - fresh) if held - fresh > 0.0 else 0.0
    new_part = tracks.gone[1] / fresh if fresh > 0.0 else 0.0
    for c in range(k):
        newcomers = tracks.out[0, c]
        tracks.out[1, c] = (tracks.stock[s, c] - newcomers) * old_part + newcomers * new_part


@kernel
def _leave(program: Program, recorded: Recorded, tracks: Tracks, s: int, t: int) -> None:
    """Send those in ``out`` through the regular exits, each with the same make-up, as many as were recorded."""
    slot = program.stage[s]
    total = 0.0
    for c in range(tracks.out.shape[1]):
        total += tracks.out[1, c]
    for i in range(slot[slots.EXITS]):
        flow = slot[slots.FIRST] + i
        n = recorded.flows[t, flow] - tracks.sent[flow]
        if n != 0.0 and total > 0.0:
            hand_on(program, recorded, tracks, s, t, flow, 1, n / total)
    for flow in range(slot[slots.FIRST], slot[slots.FIRST] + tracks.ways[s]):
        tracks.sent[flow] = 0.0


@kernel
def _check(recorded: Recorded, tracks: Tracks, t: int) -> None:
    """Keep the largest difference from the recorded stocks, and the least number of people."""
    for s in range(tracks.stock.shape[0]):
        total = 0.0
        for c in range(tracks.stock.shape[1]):
            total += tracks.stock[s, c]
            tracks.worst[1] = min(tracks.worst[1], tracks.stock[s, c])
        tracks.worst[0] = max(tracks.worst[0], abs(total - recorded.stocks[t, s]))


def _build(sources: str) -> Callable[..., None]:
    """Return the kernel that Python calls; ``sources`` is the digest that keys its kept machine code."""

    @entry
    def steps(program: Program, sampled: Sampled, recorded: Recorded, tracks: Tracks, g: int, last: int) -> None:
        sources  # noqa: B018 - makes it a cell
        for t in range(last):
            for i in range(len(program.stage)):
                s = program.stage[i, slots.WORKS]
                kind = program.stage[s, slots.KIND]
                if kind == slots.END:
                    continue
                n = 0.0
                for j in range(program.stage[s, slots.EXITS]):
                    n += recorded.flows[t, program.stage[s, slots.FIRST] + j]
                if kind == slots.SOURCE:
                    if program.stage[s, slots.INFLOW] != slots.INFLOW_POOL:
                        tracks.stock[s, NOT_YET] += n
                    for c in range(tracks.out.shape[1]):
                        tracks.out[1, c] = n if c == NOT_YET else 0.0
                elif kind == slots.JOURNEY:
                    _follow_journey(program, sampled, tracks, s, t, g, n)
                elif kind == slots.QUEUE:
                    follow_queue(program, sampled, recorded, tracks, s, t, g)
                elif kind == slots.HOLD:
                    _follow_hold(program, sampled, recorded, tracks, s, t, g)
                else:
                    _arrived(tracks, s)
                _leave(program, recorded, tracks, s, t)
            _check(recorded, tracks, t)

    return steps


follow = _build(sources_digest(Path(__file__).parent, ENGINE_DIGEST))
"""Follow the people of group ``g`` through the first ``last`` steps; ``tracks`` is changed in place."""
