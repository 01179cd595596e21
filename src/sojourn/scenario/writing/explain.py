"""A scenario in words and numbers: what it says once resolved, in an order that can be read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from sojourn.scenario.checks import check
from sojourn.scenario.conversions import Conversions, SeriesUse, series_names
from sojourn.scenario.model import Observation, Policy, Scenario, Time
from sojourn.scenario.policies import OPERATIONS
from sojourn.scenario.question import Figure
from sojourn.scenario.resolve import resolve
from sojourn.scenario.values import Quantity, Series
from sojourn.scenario.wording import drift, duration, in_use, listed, number, prior, profile, ref, response

__all__ = ["explain"]

_WIDTH = 110


def explain(scenario: Scenario) -> str:
    """Return what a scenario says once resolved, as text.

    Period, groups, places, stages and flows, quantities, series, policies, observations and the question, in this
    order. What is written but has little or no effect is listed after them, and last what the scenario must not be
    used for.

    Parameters
    ----------
    scenario : Scenario
        The scenario, resolved or not.

    Returns
    -------
    str
        Text of several lines.
    """
    s = resolve(scenario)
    lines = [f"{s.name}: {s.title}" if s.title else s.name]
    lines += textwrap.wrap(s.description, _WIDTH)
    lines += ["", f"Period: {_period(s.time)}"]
    for heading, section in (
        ("Groups", _groups(s)),
        ("Places", _places(s)),
        ("Pools", _pools(s)),
        ("Stages", _stages(s)),
        ("Quantities", _quantities(s)),
        ("Series", _series(s)),
        ("Policies", _policies(s)),
        ("Observations", _observations(s)),
        ("Question", _question(s)),
        ("Notes", (f"{note.where}: {note.message}" for note in check(s).warnings)),
    ):
        body = [f"  {line}" for line in section]
        lines += ["", heading, *body] if body else []
    if s.misuse:
        lines += [
            "",
            "Not to be used for",
            *textwrap.wrap(s.misuse, _WIDTH, initial_indent="  ", subsequent_indent="  "),
        ]
    return "\n".join(lines) + "\n"


def _period(time: Time) -> str:
    days = (time.end - time.start).days + 1
    steps = int(days / time.step_days + 1e-9)
    length = f"{number(time.step_days)} day" + "s" * (time.step_days != 1)
    return f"{time.start} to {time.end}, {number(steps)} steps of {length}, recorded by {time.record}"


def _groups(s: Scenario) -> Iterator[str]:
    for name, group in s.groups.items():
        label = f" ({group.label})" if group.label else ""
        more = f", {group.sex}" * (group.sex != "any") + f", aged {group.age}" * bool(group.age)
        yield f"{name}: nationality {group.nationality}, family status {group.family}{more}{label}"


def _places(s: Scenario) -> Iterator[str]:
    for name, place in s.places.items():
        yield f"{name}: {place.name}, {place.country}, {place.latitude:g}, {place.longitude:g}"


def _pools(s: Scenario) -> Iterator[str]:
    for name, pool in s.pools.items():
        members = [n for n, one in s.stages.items() if getattr(getattr(one, "limit", None), "pool", None) == name]
        yield f"{name}: room for {ref(pool.room, s.quantities)} in {listed(members)}" + (
            f". {pool.description}" if pool.description else ""
        )


def _stages(s: Scenario) -> Iterator[str]:
    for name, stage in s.stages.items():
        where = f" at {stage.place}" if stage.place else ""
        yield f"{name}: {stage.kind}{where}" + (f". {stage.description}" if stage.description else "")
        yield from (f"  {line}" for line in stage.words(s.quantities))


def _sourced(*facts: str) -> str:
    return "; ".join(fact for fact in facts if fact)


def _quantities(s: Scenario) -> Iterator[str]:
    units = Conversions(s)
    for name, quantity in s.quantities.items():
        yield f"{name}: {quantity.kind}, {quantity.unit}" + (
            f". {quantity.description}" if quantity.description else ""
        )
        yield from (f"  {line}" for line in _quantity(quantity, s))
        yield from (f"  used as: {line}" for line in _used(name, quantity, units))


def _quantity(quantity: Quantity, s: Scenario) -> Iterator[str]:
    if quantity.value is not None or quantity.prior is None:
        yield f"value: {profile(quantity)}"
    if quantity.prior is not None:
        yield f"prior: {prior(quantity.prior)}"
    if quantity.drift is not None:
        yield f"drift: {drift(quantity.drift, quantity.kind)}"
    if quantity.responds_to is not None:
        yield f"responds to: {response(quantity.responds_to, s.quantities)}"
    confidence = f"confidence {quantity.confidence}" if quantity.confidence else ""
    yield f"source: {_sourced(quantity.source or 'none', quantity.date, confidence)}"


def _used(name: str, quantity: Quantity, units: Conversions) -> Iterator[str]:
    """Yield what becomes of a quantity that is not used in the unit in which it is written."""
    unit = units.used[name].base if units.used[name].scale == 1 else units.used[name].text
    if (conversion := units.of_quantity(name)) and quantity.series is None:
        numbers = [quantity.value] if quantity.value is not None else []
        written = [*numbers, *(quantity.by_group or {}).values(), *(quantity.steps or {}).values()]
        yield in_use(conversion, unit, written)
    for _, series in series_names(quantity):
        use = units.series_of(name, series)
        if isinstance(use, SeriesUse) and use.total:
            yield f"{unit}: totals of {series}, divided by the days of their periods"
        elif isinstance(use, SeriesUse) and use.conversion:
            yield f"values of {series} in {in_use(use.conversion, unit, ())}"


def _series(s: Scenario) -> Iterator[str]:
    for name, series in s.series.items():
        yield f"{name}: {series.unit} by {series.period}" + (
            f". {series.description}" if series.description else ""
        )
        known = [value for value in series.values if value is not None]
        span = f"{number(min(known))} to {number(max(known))}" if known else "none"
        count = f"{len(series.values)} from {series.start}, {len(known)} published"
        yield f"  values: {count}, {span}, fill {series.fill}"
        yield f"  source: {_publication(series)}"


def _publication(series: Series) -> str:
    return (
        _sourced(
            series.publisher,
            series.source,
            series.release and f"release {series.release}",
            series.licence and f"licence {series.licence}",
        )
        or "none"
    )


def _policies(s: Scenario) -> Iterator[str]:
    for name, policy in sorted(s.policies.items(), key=lambda item: item[1].start):
        end = f"to {policy.end}" if policy.end is not None else "on"
        ramp = f", over {number(policy.ramp_days)} days" if policy.ramp_days else ""
        yield f"{name}: from {policy.start} {end}{ramp}" + (f". {policy.title}" if policy.title else "")
        if (when := policy.when) is not None:
            since = f" for {number(when.days)} days" if when.days else ""
            below = when.above if when.below is None else when.below
            yield (
                f"  when more than {ref(when.above, s.quantities)} are in {when.stage}{since},"
                f" until fewer than {ref(below, s.quantities)}"
            )
        yield from (f"  {line}" for line in _changes(policy, s))
        confidence = f"confidence {policy.confidence}" if policy.confidence else ""
        yield f"  citation: {_sourced(policy.citation or 'none', confidence)}"


def _changes(policy: Policy, s: Scenario) -> Iterator[str]:
    for change in policy.changes:
        operation = OPERATIONS[change.operation]
        unit = s.quantities[change.quantity].unit if operation.has_unit else ""
        effect = operation.words.format(ref(change.operand, s.quantities, unit))
        groups = f", for {listed(change.groups)}" if change.groups is not None else ""
        places = f", at {listed(change.places)}" if change.places is not None else ""
        yield f"{change.quantity} {effect}{groups}{places}"


def _observations(s: Scenario) -> Iterator[str]:
    for name, observation in s.observations.items():
        yield f"{name}: {observation.series} counts {observation.measure}s in units of {observation.unit}" + (
            f". {observation.title}" if observation.title else ""
        )
        yield from (f"  {line}" for line in _observation(observation, s))


def _question(s: Scenario) -> Iterator[str]:
    if s.question is None:
        return
    if s.question.text:
        yield from textwrap.wrap(s.question.text, _WIDTH)
    for answer in s.question.answers:
        yield f"answer: {answer.text or f'general sentence ({answer.general})'}"
        yield from (f"  {name}: {_figure(figure)}" for name, figure in answer.figures.items())
    if (arrivals := s.question.arrivals) is not None:
        yield f"arrival{f', {arrivals.label}' if arrivals.label else ''}: first into {listed(arrivals.at)}"
        yield from (f"  {status.label}: {', '.join(status.stages)}" for status in arrivals.where)


def _figure(figure: Figure) -> str:
    share = f", out of {' + '.join(figure.out_of)}" if figure.out_of else ""
    days = [f"{word} {day}" for word, day in (("from", figure.start), ("to", figure.end)) if day is not None]
    return f"{figure.measure} of {' + '.join(figure.of)}{share}; {'; '.join([listed(figure.groups or ()), *days])}"


def _observation(observation: Observation, s: Scenario) -> Iterator[str]:
    yield f"of: {' + '.join(observation.of)}"
    yield f"groups: {listed(observation.groups or ())}"
    yield f"share captured: {ref(observation.share_captured, s.quantities)}"
    if observation.delay is not None:
        yield f"delay: {duration(observation.delay, s.quantities)}"
    if observation.rounding is not None:
        yield f"rounded to: {number(observation.rounding)}"
    if observation.suppress_below is not None:
        yield f"not published below: {number(observation.suppress_below)}"
    size = f", size {ref(observation.dispersion, s.quantities)}" if observation.dispersion is not None else ""
    yield f"noise: {observation.noise}{size}"
