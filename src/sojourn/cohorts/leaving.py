"""Kernels that say who leaves: how many people of each age, given how many left in all."""

from __future__ import annotations

import math

from sojourn.cohorts.arrays import CohortState, Recorded
from sojourn.engine.arrays import F64
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program, Sampled
from sojourn.engine.kernel import kernel

__all__ = ["NEGLIGIBLE", "age_chances", "leave_by_age", "moved_head", "send_cohorts", "take_ages"]

MOST_ITERATIONS = 80
CLOSE = 1e-13
NEGLIGIBLE = 1e-9  # people, below which a step of entry is taken for empty


@kernel
def leave_by_age(there: F64, chance: F64, gone: F64, first: int, count: int, n: float) -> None:
    """Say how many of n people who leave are of each age, where age i leaves with ``chance[i]``.

    Those who leave an age are binomial; given their sum, odds are changed by one common factor, which keeps
    every number between nobody and all who are there, and the sum at n. Source: exponential tilting of sums of
    independent variables, H. E. Daniels, Ann. Math. Statist. 25 (1954), 631-650.
    """
    sure = 0.0
    can = 0.0
    everyone = 0.0
    for i in range(count):
        everyone += there[first + i]
        can += there[first + i] if chance[i] > 0.0 else 0.0
        sure += there[first + i] if chance[i] >= 1.0 else 0.0
    if n <= sure or can <= sure:  # those whose time is up leave first, then anybody
        up = min(1.0, n / sure) if sure > 0.0 else 0.0
        rest = max(0.0, n - sure) / (everyone - sure) if everyone > sure else 0.0
        for i in range(count):
            gone[i] = there[first + i] * (up if chance[i] >= 1.0 else min(1.0, rest))
        return
    if n >= can:
        rest = min(1.0, (n - can) / (everyone - can)) if everyone > can else 0.0
        for i in range(count):
            gone[i] = there[first + i] * (1.0 if chance[i] > 0.0 else rest)
        return
    _tilted(there, chance, gone, first, count, n - sure)


@kernel
def _tilted(there: F64, chance: F64, gone: F64, first: int, count: int, wanted: float) -> None:
    """Find the common factor of the odds by Newton's method between bounds."""
    low, high, log_factor = -60.0, 60.0, 0.0
    for _ in range(MOST_ITERATIONS):
        factor = math.exp(log_factor)
        total = 0.0
        slope = 0.0
        for i in range(count):
            gone[i] = 0.0
            h = chance[i]
            if h >= 1.0:
                gone[i] = there[first + i]
            elif h > 0.0 and there[first + i] > 0.0:
                p = h * factor / (1.0 - h + h * factor)
                gone[i] = there[first + i] * p
                total += gone[i]
                slope += gone[i] * (1.0 - p)
        if abs(total - wanted) <= CLOSE * max(1.0, wanted):
            return
        if total < wanted:
            low = log_factor
        else:
            high = log_factor
        step = log_factor + (wanted - total) / slope if slope > 0.0 else low - 1.0
        log_factor = step if low < step < high else 0.5 * (low + high)


@kernel
def age_chances(sampled: Sampled, state: CohortState, dwell: int, oldest: int, t: int, g: int, head: int) -> int:
    """Write the chance to leave at step t for each step of entry from ``head`` to t; return how many these are.

    Entries are counted from ``oldest`` steps before the start.
    """
    count = oldest + t + 1 - head
    for i in range(count):
        entered = head + i - oldest
        table = sampled.dwell_index[dwell, max(0, entered), g]
        row = min(sampled.dwell_start[table] + t - entered, sampled.dwell_start[table + 1] - 1)
        state.chance[i] = sampled.dwell[slots.CHANCE, row]
    return count


@kernel
def take_ages(state: CohortState, first: int, count: int, plane: int, n: float) -> None:
    """Take the people in ``gone`` out of the ages, and write of which cohorts n of them are."""
    k = state.out.shape[1]
    for c in range(k):
        state.out[plane, c] = 0.0
    for i in range(count):
        if state.gone[i] > 0.0:
            state.there[first + i] -= state.gone[i]
            for c in range(k):
                state.out[plane, c] += state.gone[i] * state.mix[first + i, c]
    total = 0.0
    for c in range(k):
        total += state.out[plane, c]
    # Nobody who left may be missing from the ages, or be left over there.
    state.worst[0] = max(state.worst[0], abs(total - n))
    for c in range(k):
        state.out[plane, c] *= n / total if total > 0.0 else 0.0


@kernel
def moved_head(state: CohortState, s: int, which: int, newest: int) -> int:
    """Return the first step of entry of which anybody is left, at most ``newest``."""
    head = state.head[s, which]
    while head < newest and state.there[state.first[s, which] + head] <= NEGLIGIBLE:
        head += 1
    state.head[s, which] = head
    return int(head)


@kernel
def send_cohorts(
    program: Program, recorded: Recorded, state: CohortState, s: int, t: int, flow: int, plane: int, part_of: float
) -> None:
    """Send a part of those in ``out`` along a flow; who arrives for the first time joins the cohort of the step."""
    to = program.flow[flow, slots.TO]
    for c in range(state.out.shape[1]):
        n = state.out[plane, c] * part_of
        as_cohort = recorded.cohort[t] if c == 0 and recorded.arrives[to] else c
        state.stock[s, c] -= n
        state.stocks[state.arrives_as[flow], to, as_cohort] += n
        state.inboxes[state.arrives_as[flow], to, as_cohort] += n
