"""Units: each can be read, fits its kind and every place of use, and nothing written beside a number is idle."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.conversions import Conversions, Unfit, readable, series_names
from sojourn.scenario.observations import Observation
from sojourn.scenario.stages.inflow import SeriesInflow
from sojourn.scenario.stages.queue import Queue
from sojourn.scenario.stages.source import Source
from sojourn.scenario.units import COUNTED, SERVERS, WORDS, Unit, UnitError, conversion, read_unit

__all__ = ["UNITS_OF_KINDS", "check_units"]

UNITS_OF_KINDS: dict[str, tuple[str, ...]] = {
    "count": ("person", "server", "person / day"),
    "share": ("1",),
    "probability": ("1",),
    "hazard": ("1 / day",),
    "rate": ("person / day", "person / server / day"),
    "duration": ("day",),
    "money": ("USD",),
}
"""Units of which a quantity of each kind needs one, up to a factor; the other kinds may have any."""


def check_units(draft: Draft) -> None:
    """Check the units of quantities and series, and where they are used."""
    for section in ("quantities", "series"):
        for name, one in getattr(draft.scenario, section).items():
            _check_readable(draft, (section, name, "unit"), one.unit)
    units = draft.conversions
    sound = {name for name, unit in units.written.items() if _check_kind(draft, name, unit)}
    _check_needs(draft, units, sound)
    _check_operands(draft, units, sound)
    _check_series(draft, units, sound)
    for name, stage in draft.scenario.stages.items():
        if isinstance(stage, Queue):
            _check_queue(draft, units, ("stages", name), stage)
        if isinstance(stage, Source) and isinstance(stage.inflow, SeriesInflow):
            _check_scale(draft, units, ("stages", name, "inflow", "scale"), stage.inflow)
    for name in sorted(sound):
        _check_capacity(draft, units, name)
    for name, observation in draft.scenario.observations.items():
        _check_observation(draft, units, ("observations", name), observation)


def _check_readable(draft: Draft, path: Path, text: str) -> None:
    try:
        read_unit(text)
    except UnitError as error:
        draft.findings.problem(
            "L412",
            path,
            f"`{error.word}` is not understood in the unit `{text}`",
            found=text,
            allowed=f"{', '.join(WORDS)}, with numbers, *, /, ^ and brackets",
            nearest=error.near,
            remedy="write it like `person / day`; for a publisher's own measure write `index`",
        )


def _named(units: Sequence[str]) -> str:
    """Return the units needed, with what else can stand for person and server."""
    text = " or ".join(units)
    more = [f"{word}: {', '.join(words[:6])} ..." for word, words in _ALIKE.items() if word in text]
    return f"{text} ({'; '.join(more)})" if more else text


_ALIKE = {"person": COUNTED, "server": SERVERS}


def _unfit(draft: Draft, path: Path, message: str, found: str, needed: Sequence[str]) -> None:
    if needed == ("1",) and found not in ("1", "share"):
        remedy = 'write `unit: "1"`, or `percent`'
    else:
        remedy = f"give the number in {needed[0]}, or in a unit that differs by a factor, such as a week for a day"
    draft.findings.problem("L413", path, message, found=found, allowed=_named(needed), remedy=remedy)


def _check_kind(draft: Draft, name: str, unit: Unit) -> bool:
    kind = draft.scenario.quantities[name].kind
    needed = UNITS_OF_KINDS.get(kind, ())
    if not needed or any(unit.dimension == read_unit(one).dimension for one in needed):
        return True
    _unfit(draft, ("quantities", name, "unit"), f"a {kind} has no such unit", unit.text, needed)
    return False


def _check_needs(draft: Draft, units: Conversions, sound: set[str]) -> None:
    """Check that each quantity fits where it is used, everywhere by the same factor."""
    fits = {use.path: not mark.kinds or q.kind in mark.kinds for use, mark, q in draft.quantity_uses}
    for name in sorted(sound & set(units.needs)):
        unit, first = units.written[name], None
        for need in units.needs[name]:
            taken = need.taken(unit)
            if not fits.get(need.path, True):
                continue
            if taken is None:
                message = f"`{name}` is in {unit.text}, which cannot be converted into the unit used here"
                _unfit(draft, need.path, message, unit.text, tuple(one.text for one in need.units))
            elif first is None:
                first = taken
            elif taken.scale != first.scale:
                draft.findings.problem(
                    "L415",
                    need.path,
                    f"`{name}` is used in {first.text} elsewhere",
                    found=taken.text,
                    allowed=first.text,
                    remedy="write a quantity for each of the two uses",
                )


def _check_operands(draft: Draft, units: Conversions, sound: set[str]) -> None:
    """Check that what a policy sets or adds has the unit of what it changes."""
    for operand, changed, path in units.operand_needs():
        if operand in sound and changed in sound:
            unit, other = units.written[operand], units.written[changed]
            kinds = (draft.scenario.quantities[one].kind for one in (operand, changed))
            if unit.dimension != other.dimension:
                if len(set(kinds)) == 1:
                    message = f"`{operand}` is in {unit.text}, and `{changed}` that it changes in {other.text}"
                    _unfit(draft, path, message, unit.text, (other.text,))
            elif conversion(unit, units.used[changed]) != units.of_quantity(operand):
                draft.findings.problem(
                    "L415",
                    path,
                    f"`{operand}` is used in {units.used[operand].text} elsewhere",
                    found=units.used[changed].text,
                    remedy="write a quantity for each of the two uses",
                )


def _check_capacity(draft: Draft, units: Conversions, name: str) -> None:
    """Check that a count to which a response is relative is of people there, not of people per day."""
    response = draft.scenario.quantities[name].responds_to
    capacity = None if response is None else _unit_of(draft, units, response.capacity, ("count",))
    if capacity is not None and "day" in capacity.dimension:
        path = ("quantities", name, "responds_to", "capacity")
        _unfit(draft, path, "the capacity of stages is a number of people", capacity.text, ("person", "server"))


def _check_series(draft: Draft, units: Conversions, sound: set[str]) -> None:
    """Check that series fit the quantities and inflows that they drive."""
    known = draft.scenario.series
    for name in sorted(sound):
        for at, series in series_names(draft.scenario.quantities[name]):
            if series in known:
                _series_found(draft, ("quantities", name, *at), series, units.series_of(name, series))
    for path, series in units.inflows():
        if series in known:
            _series_found(draft, path, series, units.inflow_of(series))


def _series_found(draft: Draft, path: Path, series: str, found: object) -> None:
    if not isinstance(found, Unfit):
        return
    unit, period = draft.scenario.series[series].unit, draft.scenario.series[series].period
    if found.total:
        total = draft.conversions.measure(series) == "total"
        here = f"totals of each {period}" if total else "levels"
        meant = "a level, such as a stock" if total else "totals of periods"
        draft.findings.problem(
            "L414",
            path,
            f"`{series}` holds {here} in {unit}; needed is {found.needed}",
            found="totals" if total else "levels",
            allowed="a level" if total else "totals of periods",
            remedy=f"if its values are {meant}, write `measure: {'level' if total else 'total'}` in the series",
        )
    else:
        message = f"`{series}` is in {unit}, which gives no values in {found.needed}"
        _unfit(draft, path, message, unit, (found.needed,))


def _unit_of(draft: Draft, units: Conversions, value: object, kinds: tuple[str, ...]) -> Unit | None:
    """Return the unit of a named quantity; None for a plain number and for a quantity that does not fit anyway."""
    quantity = draft.scenario.quantities.get(value) if isinstance(value, str) else None
    return units.written.get(str(value)) if quantity is not None and quantity.kind in kinds else None


def _check_queue(draft: Draft, units: Conversions, path: Path, queue: Queue) -> None:
    """Check that servers times their rate is people per day, in the same words."""
    servers = _unit_of(draft, units, queue.servers, ("count",))
    rate = _unit_of(draft, units, queue.rate_per_day, ("rate",))
    if servers is not None and "day" in servers.dimension:
        if queue.service is not None or rate is not None or queue.rate_per_day not in (None, 1.0):
            message = f"`{queue.servers}` is what all servers complete, so each is one with a rate of 1"
            each = rate.text if rate else "a service time" if queue.service else queue.rate_per_day
            found = f"{servers.text}, and {each}"
            draft.findings.problem(
                "L413",
                (*path, "servers"),
                message,
                found=found,
                allowed=_named(("server",)),
                remedy="write `rate_per_day: 1`, or give the number of servers",
            )
    elif servers is not None and rate is not None:
        here, there = servers.named(SERVERS), rate.named(SERVERS)
        if here and there and here != there:
            draft.findings.problem(
                "L413",
                (*path, "rate_per_day"),
                f"`{queue.servers}` counts {servers.text}, and `{queue.rate_per_day}` is in {rate.text}",
                found=rate.text,
                allowed=f"person / {servers.base} / day",
                remedy="name the servers alike in both",
            )


def _check_scale(draft: Draft, units: Conversions, path: Path, inflow: SeriesInflow) -> None:
    """Check that the scale of an inflow is people per unit of its series."""
    scale = _unit_of(draft, units, inflow.scale, ("ratio", "share"))
    names = [inflow.series] if isinstance(inflow.series, str) else list(inflow.series.values())
    for series in (units.of_series[name] for name in names if name in units.of_series):
        if scale is not None and scale.powers and not _divides(scale, series):
            _unfit(
                draft,
                path,
                f"`{inflow.scale}` is in {scale.text}, and the series counts {series.text}",
                scale.text,
                ("1", f"person / {series.base}"),
            )
            return


def _divides(ratio: Unit, counted: Unit) -> bool:
    """Tell whether a ratio has a unit of account below the line."""
    below = {name for name, power in ratio.powers if power < 0}
    return below == counted.named(COUNTED)


def _check_observation(draft: Draft, units: Conversions, path: Path, observation: Observation) -> None:
    """Check that an observation counts what its series counts, and states nothing otherwise than it."""
    series = draft.scenario.series.get(observation.series)
    unit = units.of_series.get(observation.series)
    if series is None or unit is None:
        return
    if unit != readable(unit.base) or unit.base != observation.unit:
        draft.findings.problem(
            "L605",
            (*path, "unit"),
            f"`{observation.series}` counts another unit",
            found=observation.unit,
            allowed=series.unit,
            remedy="units of account are never mixed: correct one, and give the series in single units",
        )
    captured = _unit_of(draft, units, observation.share_captured, ("ratio", "share"))
    if captured is not None and captured.powers:
        above = {name for name, power in captured.powers if power > 0}
        if above != {observation.unit}:
            _unfit(
                draft,
                (*path, "share_captured"),
                f"`{observation.share_captured}` is in {captured.text}, and the series counts {observation.unit}",
                captured.text,
                ("1", f"{observation.unit} / person"),
            )
    measure = {"flow": "total", "stock": "level"}[observation.measure]
    for key, here, there in (
        ("measure", measure, series.measure or measure),
        ("rounding", observation.rounding, series.rounding if observation.rounding is not None else None),
    ):
        if here is not None and there is not None and here != there:
            draft.findings.problem(
                "L607",
                (*path, key),
                f"`{observation.series}` says otherwise: {there}",
                found=str(getattr(observation, key)),
                allowed=f"what the {key} of the series says",
                remedy="say it once: leave one of the two out, or correct it",
            )
