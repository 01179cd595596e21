"""Kernel of the rules: values that depend on the state, worked out at the beginning of each step."""

from __future__ import annotations

from sojourn.engine.arrays import F64, I64
from sojourn.engine.flow import slots
from sojourn.engine.flow.program import Program
from sojourn.engine.flow.state import State
from sojourn.engine.kernel import kernel

__all__ = ["work_rules"]

ROUNDING = 1e-9
MOST_RATIO = 1e12  # of people to capacity, beyond which the capacity is taken for nothing


@kernel
def _threshold(
    signal: F64, k: int, count: float, above: float, below: float, days: float, step_days: float
) -> None:
    """Bring a threshold into force after enough steps above, and end it below."""
    if signal[k, 0] > 0.0:
        if count < below:
            signal[k, 0] = 0.0
            signal[k, 1] = 0.0
        return
    signal[k, 1] = signal[k, 1] + 1.0 if count > above else 0.0
    if signal[k, 1] > 0.0 and signal[k, 1] * step_days >= days - ROUNDING:
        signal[k, 0] = 1.0


@kernel
def _response(state: State, values: F64, rule: I64, t: int, count: float, step_days: float) -> None:
    """Work out the factor of a response: a form of the mean count over the capacity."""
    k = rule[1]
    days = values[t, rule[4]]
    kept = 1.0 - step_days / days if t > rule[6] and days > step_days else 0.0
    mean = kept * state.signal[k, 0] + (1.0 - kept) * count
    state.signal[k, 0] = mean
    capacity = values[t, rule[2]]
    factor = 1.0
    if capacity <= 0.0 or mean > MOST_RATIO * capacity:
        state.notes[slots.NOTE_CAPACITY] += 1
    else:
        ratio = mean / capacity
        if rule[5] == slots.FORM_OVER_CAPACITY:
            ratio = max(1.0, ratio)
        factor = ratio ** values[t, rule[3]]
    state.signal[k, 1] = factor


@kernel
def _changed(what: int, x: float, part: float, operand: float) -> float:
    """Return a value as a policy leaves it, for the part that is in force."""
    if what == slots.RULE_SET:
        return x * (1.0 - part) + part * operand
    if what == slots.RULE_SCALE:
        return x * (1.0 + part * (operand - 1.0))
    if what == slots.RULE_SHIFT:
        return x + part * operand
    return x * (1.0 - part)


@kernel
def _end(state: State, values: F64, rule: I64, t: int) -> None:
    """Cut a value to its bounds, and keep it."""
    x = values[t, rule[1]]
    low = values[t, rule[2]]
    high = values[t, rule[3]]
    if x < low or x > high:
        state.notes[slots.NOTE_RULED] += x < low - ROUNDING or x > high + ROUNDING
        x = min(max(x, low), high)
        values[t, rule[1]] = x
    state.ruled[t, rule[4]] = x


@kernel
def _counted(state: State, rule: I64, t: int, step_days: float) -> float:
    """Count the people in a stage, or per day along a flow in the step before: of one group, or of all."""
    count = 0.0
    for g in range(state.people.shape[2]):
        if rule[2] >= 0 and rule[2] != g:
            continue
        if rule[0] == slots.RULE_COUNT_STOCK:
            count += state.people[slots.STOCK, rule[1], g]
        elif t > 0:
            count += state.watched[rule[1], t - 1, g] / step_days
    return count


@kernel
def work_rules(program: Program, values: F64, state: State, t: int) -> None:
    """Follow the rules of one step: count people, decide signals, write the values that depend on them."""
    count = 0.0
    for i in range(len(program.rule)):
        rule = program.rule[i]
        what = rule[0]
        if what <= slots.RULE_COUNT_FLOW:
            count += _counted(state, rule, t, program.step_days)
        elif what == slots.RULE_THRESHOLD:
            above, below, days = values[t, rule[2]], values[t, rule[3]], values[t, rule[4]]
            _threshold(state.signal, rule[1], count, above, below, days, program.step_days)
            count = 0.0
        elif what == slots.RULE_RESPONSE:
            _response(state, values, rule, t, count, program.step_days)
            count = 0.0
        elif what == slots.RULE_BEGIN:
            values[t, rule[1]] = values[t, rule[2]]
        elif what == slots.RULE_TIMES:
            values[t, rule[1]] *= values[t, rule[2]]
        elif what == slots.RULE_FACTOR:
            values[t, rule[1]] *= state.signal[rule[2], 1]
        elif what == slots.RULE_END:
            _end(state, values, rule, t)
        else:
            part = values[t, rule[2]]
            if rule[3] >= 0:
                part *= state.signal[rule[3], 0]
            values[t, rule[1]] = _changed(what, values[t, rule[1]], part, values[t, rule[4]])
