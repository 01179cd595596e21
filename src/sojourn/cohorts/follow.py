"""Kernel that follows the people of groups through a recorded replicate, in the order in which it was worked."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from sojourn.cohorts.arrays import NOT_YET, Cohorts, CohortState, Recorded
from sojourn.cohorts.leaving import age_chances, leave_by_age, moved_head, send_cohorts, take_ages
from sojourn.cohorts.queue import follow_queue
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.flow.state import value
from sojourn.engine.kernel import ENGINE_DIGEST, entry, kernel, sources_digest

__all__ = ["follow"]


@kernel
def _arrived(state: CohortState, s: int) -> float:
    """Empty the inbox of a stage into ``out``; return how many came."""
    n = 0.0
    for c in range(state.out.shape[1]):
        state.out[1, c] = state.inbox[s, c]
        n += state.inbox[s, c]
        state.inbox[s, c] = 0.0
    return n


@kernel
def _follow_journey(
    program: Program, sampled: Sampled, state: CohortState, s: int, t: int, g: int, n: float
) -> None:
    """Write who of a journey ends it, if n do: by time since entry."""
    row = state.first[s, 0]
    came = _arrived(state, s)
    state.there[row + t] = came
    for c in range(state.out.shape[1]):
        state.mix[row + t, c] = state.out[1, c] / came if came > 0.0 else 0.0
    if n > 0.0:
        head = moved_head(state, s, 0, t)
        count = age_chances(sampled, state, program.stage[s, slots.DWELL], 0, t, g, head)
        leave_by_age(state.there, state.chance, state.gone, row + head, count, n)
        take_ages(state, row + head, count, 1, n)


@kernel
def _follow_hold(
    program: Program, sampled: Sampled, recorded: Recorded, state: CohortState, s: int, t: int, g: int
) -> None:
    """Write who leaves a hold: newcomers beyond its room, then all alike, newcomers for a part of the step."""
    slot = program.stage[s]
    k = state.out.shape[1]
    for c in range(k):
        state.out[0, c] = state.inbox[s, c]
    fresh = _arrived(state, s)
    over = recorded.turned_away[t, s]
    if over > 0.0 and fresh > 0.0:
        send_cohorts(program, recorded, state, s, t, slot[slots.OVERFLOW], 0, over / fresh)
        state.sent[slot[slots.OVERFLOW]] += over
        for c in range(k):
            state.out[0, c] *= 1.0 - over / fresh
        fresh -= over
    hazard = 0.0
    n = 0.0
    held = 0.0
    for i in range(slot[slots.EXITS]):
        flow = slot[slots.FIRST] + i
        hazard += value(sampled.values, program.ref_row, program.flow[flow, slots.REF], t, g) * program.step_days
        n += recorded.flows[t, flow] - state.sent[flow]
    for c in range(k):
        held += state.stock[s, c]
    if held <= 0.0:
        return
    # Two ages: those who were there, and newcomers, who are exposed for the part of the step that is left to them.
    last = len(state.there) - 2
    state.there[last], state.there[last + 1] = max(0.0, held - fresh), fresh
    state.chance[0] = -math.expm1(-hazard)
    state.chance[1] = 1.0 - state.chance[0] / hazard if hazard > 0.0 else 0.0
    if over > 0.0 and fresh > 0.0:  # newcomers had to wait for a place, and are exposed for less of the step
        state.chance[1] = min(1.0, max(0.0, n - state.chance[0] * state.there[last]) / fresh)
    leave_by_age(state.there, state.chance, state.gone, last, 2, n)
    old_part = state.gone[0] / (held - fresh) if held - fresh > 0.0 else 0.0
    new_part = state.gone[1] / fresh if fresh > 0.0 else 0.0
    for c in range(k):
        newcomers = state.out[0, c]
        state.out[1, c] = (state.stock[s, c] - newcomers) * old_part + newcomers * new_part


@kernel
def _leave(program: Program, recorded: Recorded, state: CohortState, s: int, t: int) -> None:
    """Send those in ``out`` through the regular exits, each with the same make-up, as many as were recorded."""
    slot = program.stage[s]
    total = 0.0
    for c in range(state.out.shape[1]):
        total += state.out[1, c]
    for i in range(slot[slots.EXITS]):
        flow = slot[slots.FIRST] + i
        n = recorded.flows[t, flow] - state.sent[flow]
        if n != 0.0 and total > 0.0:
            send_cohorts(program, recorded, state, s, t, flow, 1, n / total)
    for flow in range(slot[slots.FIRST], slot[slots.FIRST] + state.ways[s]):
        state.sent[flow] = 0.0


@kernel
def _check(recorded: Recorded, state: CohortState, t: int) -> None:
    """Keep the largest difference from the recorded stocks, and the least number of people."""
    for s in range(state.stock.shape[0]):
        total = 0.0
        for c in range(state.stock.shape[1]):
            total += state.stock[s, c]
            state.worst[1] = min(state.worst[1], state.stock[s, c])
        state.worst[0] = max(state.worst[0], abs(total - recorded.stocks[t, s]))


@kernel
def _state_of(cohorts: Cohorts, k: int) -> CohortState:
    """Return the state of one of the groups that are followed."""
    return CohortState(
        cohorts.stock,
        cohorts.inbox,
        cohorts.arrives_as[k],
        cohorts.stock[k],
        cohorts.inbox[k],
        cohorts.ways,
        cohorts.first,
        cohorts.head[k],
        cohorts.there[k],
        cohorts.mix[k],
        cohorts.chance,
        cohorts.gone,
        cohorts.sent[k],
        cohorts.out[k],
        cohorts.worst[k],
    )


@kernel
def _recorded_of(recorded: Recorded, k: int) -> Recorded:
    """Return what was recorded of one of the groups that are followed."""
    return Recorded(
        recorded.stocks[k],
        recorded.flows[k],
        recorded.begun[k],
        recorded.turned_away[k],
        recorded.cohort,
        recorded.arrives,
    )


@kernel
def _work(
    program: Program, sampled: Sampled, recorded: Recorded, state: CohortState, s: int, t: int, g: int
) -> None:
    """Write in ``out`` of which cohorts those are who leave a stage by its regular exits."""
    kind = program.stage[s, slots.KIND]
    n = 0.0
    for j in range(program.stage[s, slots.EXITS]):
        n += recorded.flows[t, program.stage[s, slots.FIRST] + j]
    if kind == slots.SOURCE:
        if program.stage[s, slots.INFLOW] != slots.INFLOW_POOL:
            state.stock[s, NOT_YET] += n
        for c in range(state.out.shape[1]):
            state.out[1, c] = n if c == NOT_YET else 0.0
    elif kind == slots.JOURNEY:
        _follow_journey(program, sampled, state, s, t, g, n)
    elif kind == slots.QUEUE:
        follow_queue(program, sampled, recorded, state, s, t, g)
    elif kind == slots.HOLD:
        _follow_hold(program, sampled, recorded, state, s, t, g)
    else:
        _arrived(state, s)


def _build(sources: str) -> Callable[..., None]:
    """Return the kernel that Python calls; ``sources`` is the digest that keys its kept machine code."""

    @entry
    def steps(program: Program, sampled: Sampled, recorded: Recorded, cohorts: Cohorts, last: int) -> None:
        sources  # noqa: B018 - makes it a cell
        for t in range(last):
            for i in range(len(program.stage)):
                s = program.stage[i, slots.WORKS]
                if program.stage[s, slots.KIND] == slots.END:
                    continue
                # Who leaves is known of every group before anybody arrives who comes from the stage itself.
                for k in range(len(cohorts.group)):
                    g = cohorts.group[k]
                    _work(program, sampled, _recorded_of(recorded, k), _state_of(cohorts, k), s, t, g)
                for k in range(len(cohorts.group)):
                    _leave(program, _recorded_of(recorded, k), _state_of(cohorts, k), s, t)
            for k in range(len(cohorts.group)):
                _check(_recorded_of(recorded, k), _state_of(cohorts, k), t)

    return steps


follow = _build(sources_digest(Path(__file__).parent, ENGINE_DIGEST))
"""Follow people through the first ``last`` steps; ``cohorts`` is changed in place."""
