"""What depends on the state of the run, as instructions that the engine follows at the beginning of each step.

Signals come first: what thresholds and responses make of the people counted in the step before. Then each value
that depends on them is worked out from what is known before the run, in an order in which all that it needs is
there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.profiles import Acting, Profiles
from sojourn.compile.table import Table
from sojourn.engine.flow import slots
from sojourn.scenario.policies import OPERATIONS
from sojourn.scenario.values import KINDS, RESPONSES

__all__ = ["Rules", "build_rules", "watched_flows"]

I64 = NDArray[np.int64]
Target = tuple[str, str, str]
"""Quantity, group and place."""

_OPERATIONS = {
    "set": slots.RULE_SET,
    "scale": slots.RULE_SCALE,
    "shift": slots.RULE_SHIFT,
    "close": slots.RULE_CLOSE,
}


@dataclass
class Rules:
    """The instructions, in order."""

    rows: list[tuple[int, ...]] = field(default_factory=list)
    signals: dict[str, int] = field(default_factory=dict)
    """Position of each signal, by ``policy/name`` or ``quantity/name``."""
    targets: list[int] = field(default_factory=list)
    """Rows of values that the rules write."""

    def add(self, *numbers: int) -> None:
        """Add an instruction."""
        self.rows.append((*numbers, *(-1 for _ in range(slots.RULE_SLOTS - len(numbers)))))

    def array(self) -> I64:
        """Return the instructions: (rule, slot)."""
        return np.array(self.rows, np.int64).reshape(-1, slots.RULE_SLOTS)


def watched_flows(profiles: Profiles) -> list[str]:
    """Return the flows to which quantities respond, as they are written."""
    found: dict[str, None] = {}
    for name in sorted(profiles.state_dependent):
        response = profiles.scenario.quantities[name].responds_to
        found |= dict.fromkeys(of for of in (response.of if response is not None else ()) if "->" in of)
    return list(found)


def build_rules(table: Table, stages: Sequence[str], watch: Callable[[str], int]) -> Rules:
    """Return the rules that fill every row of a table that depends on the state of the run.

    Parameters
    ----------
    table : Table
        Holds the rows that the stages read; receives those that only rules read.
    stages : sequence of str
        Names of the stages, in order.
    watch : callable
        Gives the row of ``State.watched`` of a flow.
    """
    rules = Rules()
    wanted = _with_needs(table)
    for name in dict.fromkeys(name for name, _, _ in wanted):
        _signals(rules, table, name, stages, watch)
    for target in wanted:
        _target(rules, table, *target)
    return rules


def _with_needs(table: Table) -> list[Target]:
    """Return all that depends on the state, what others need first."""
    done: dict[Target, None] = {}

    def visit(target: Target) -> None:
        if target in done:
            return
        for needed in _needs(table, *target):
            visit(needed)
        done[target] = None

    for target in list(table.in_run):
        visit(target)
    return list(done)


def _needs(table: Table, name: str, group: str, place: str) -> list[Target]:
    """Return what else depends on the state and is read to work out a quantity; rows are made for it."""
    profiles = table.profiles
    quantity = profiles.scenario.quantities[name]
    names = [quantity.times.quantity] if quantity.times is not None else []
    names += [str(one.change.operand) for one in profiles.acting(name, group, place)[1]]
    found = []
    for other in names:
        if other in profiles.state_dependent:
            row = table.row(other, group, place)
            found += [key for key, (read, _) in table.in_run.items() if read == row]
    return found


def _signals(rules: Rules, table: Table, name: str, stages: Sequence[str], watch: Callable[[str], int]) -> None:
    """Add the thresholds and the response that decide a quantity, each once."""
    scenario = table.profiles.scenario
    response = scenario.quantities[name].responds_to
    if response is not None:
        flows = "->" in response.of[0]
        what = slots.RULE_COUNT_FLOW if flows else slots.RULE_COUNT_STOCK
        counted = [-1] if response.groups is None else [table.groups.index(one) for one in response.groups]
        for of in response.of:
            for group in counted:
                rules.add(what, watch(of) if flows else stages.index(of), group)
        signal = rules.signals[f"quantity/{name}"] = len(rules.signals)
        rows = (_shared(table, response.capacity), *map(table.constant, (response.elasticity, response.days)))
        form = list(RESPONSES).index(response.form)
        rules.add(slots.RULE_RESPONSE, signal, *rows, form, int(flows))
    for policy_name, policy in scenario.policies.items():
        when = policy.when
        key = f"policy/{policy_name}"
        if when is None or key in rules.signals or all(change.quantity != name for change in policy.changes):
            continue
        rules.add(slots.RULE_COUNT_STOCK, stages.index(when.stage))
        signal = rules.signals[key] = len(rules.signals)
        below = when.above if when.below is None else when.below
        rows = (_shared(table, when.above), _shared(table, below), table.constant(when.days))
        rules.add(slots.RULE_THRESHOLD, signal, *rows)


def _shared(table: Table, value: float | str) -> int:
    """Return the row of a number, or of a quantity that all groups share."""
    return table.row(value, table.groups[0], "") if isinstance(value, str) else table.constant(float(value))


def _target(rules: Rules, table: Table, name: str, group: str, place: str) -> None:
    """Add what works out one quantity for a group at a place."""
    profiles = table.profiles
    quantity = profiles.scenario.quantities[name]
    target, before = table.in_run[name, group, place]
    rules.add(slots.RULE_BEGIN, target, before)
    if quantity.times is not None and quantity.times.quantity in profiles.state_dependent:
        rules.add(slots.RULE_TIMES, target, table.row(quantity.times.quantity, group, place))
    if quantity.responds_to is not None:
        rules.add(slots.RULE_FACTOR, target, rules.signals[f"quantity/{name}"])
    for acting in profiles.acting(name, group, place)[1]:
        _change(rules, table, target, acting, group, place)
    low, high = (table.constant(bound) for bound in KINDS[quantity.kind][1:])
    rules.add(slots.RULE_END, target, low, high, len(rules.targets))
    rules.targets.append(target)


def _change(rules: Rules, table: Table, target: int, acting: Acting, group: str, place: str) -> None:
    """Add what a policy does to a quantity, for the part of it that is in force."""
    operation = OPERATIONS[acting.change.operation].during_run
    if operation is None:
        raise ValueError(f"{acting.change.operation} cannot be worked during a run")
    operand = acting.change.operand
    if isinstance(operand, str):
        row = table.row(operand, group, place)
    else:
        number = table.profiles.operand(acting.change)
        row = table.constant(number) if isinstance(number, float) else table.add(number)
    signal = rules.signals[f"policy/{acting.threshold}"] if acting.threshold else -1
    rules.add(_OPERATIONS[operation], target, table.add(acting.in_force), signal, row)
