"""Model card and ODD description of a Flee scenario, generated from the scenario itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import numpy as np

from sojourn.flee import FleeScenario
from sojourn.flee.settings import leaves
from sojourn.report.camp_facts import conflict_days
from sojourn.report.cards.passage import STATEMENT, Passage

__all__ = ["model_card", "odd"]


def model_card(scenario: FleeScenario, scale: int | None = None) -> list[Passage]:
    """Return the model card of a Flee scenario: what it is, on what data, its limits, and misuse.

    ``scale`` is how many people an agent stands for in a run, if it is not what the settings say.

    Source: M. Mitchell and others, "Model cards for model reporting" (2019), doi:10.1145/3287560.3287596.
    """
    return [
        Passage("What it describes", [_purpose(scenario)], _extent(scenario, scale)),
        Passage("What it must not be used for", [STATEMENT]),
        Passage("People", [_people(scenario)]),
        Passage(
            "Data", ["Registrations, by day between reports interpolated:"], list(_registered(scenario)) or ["none"]
        ),
        Passage(
            "How sure",
            [
                "The settings are those of the folder; none is drawn. So replicates differ by chance alone, and "
                "bands hold nothing of what is not known of the settings."
            ],
            list(_limits(scenario)),
        ),
    ]


def odd(scenario: FleeScenario, scale: int | None = None) -> list[Passage]:
    """Return the ODD description (overview, design concepts, details) of a Flee scenario; ``scale`` as above.

    Source: V. Grimm and others, "The ODD protocol for describing agent-based and other simulation models: a
    second update", Journal of Artificial Societies and Social Simulation 23(2) 7 (2020), doi:10.18564/jasss.4259.
    """
    return [
        Passage(
            "Purpose and patterns",
            [_purpose(scenario)],
            [
                f"{series.name}: people registered by day"
                for series in scenario.series
                if series.name in scenario.camps
            ],
        ),
        Passage(
            "Entities, state variables and scales",
            [
                "Agents stand for people. The state of an agent is the place or road where it is, since when, and "
                "how far it went of late; that of a place is how many are there, its kind and its room. "
                f"{_people(scenario)}"
            ],
            _extent(scenario, scale),
        ),
        Passage(
            "Process overview and scheduling",
            ["By the rules of Flee 3, on each day in this order:"],
            [
                "conflicts start and end, types of places change, closures begin and end",
                "the newly displaced appear",
                "all at rest whose day it is choose a route and set out"
                + (
                    ", one after another"
                    if scenario.compat == "flee3"
                    else ", seeing who was where as the day began"
                ),
                "travellers whose road ends arrive, and go on while there is time",
                "people in camps are counted",
            ],
        ),
        Passage("Design concepts", list(_concepts(scenario))),
        Passage("Initialization", [_start(scenario)]),
        Passage(
            "Input data",
            ["Conflicts, closures and changes of places, each dated by the folder:"],
            list(_dated(scenario)),
        ),
        Passage(
            "Submodels",
            ["The main ones, then every setting that differs from its default:"],
            list(_rules(scenario)),
        ),
    ]


def _purpose(scenario: FleeScenario) -> str:
    cause = "floods" if scenario.follows_floods else "conflict"
    return f"Where people displaced by {cause} go, day by day, over the places and roads of {scenario.name}."


def _extent(scenario: FleeScenario, scale: int | None) -> list[str]:
    kinds = Counter(place.kind for place in scenario.locations)
    km = np.array([route.distance_km for route in scenario.routes])
    last = scenario.start + dt.timedelta(days=scenario.days - 1)
    roads = f"{len(km)} roads of {km.min():,.0f} to {km.max():,.0f} km" if len(km) else "no roads"
    return [
        f"Time: {scenario.start} to {last}, steps of 1 day",
        f"Places: {len(scenario.locations)} ({', '.join(f'{count} {kind}' for kind, count in kinds.items())}) in "
        f"{', '.join(dict.fromkeys(place.country for place in scenario.locations))}; {roads}",
        f"Scale: people an agent stands for, {scale or scenario.settings.hasten}; numbers are multiples of it",
        "Distances in km along the roads of the folder; no place is finer than the folder's",
    ]


def _people(scenario: FleeScenario) -> str:
    names = [one.attribute for one in scenario.demographics]
    if scenario.initial_agents is not None:
        names += [name for name in scenario.initial_agents.values if name not in names]
    if not names:
        return "People are alike but for where they are; nothing else is known of them."
    return f"People are drawn with {', '.join(names)} in the shares of the folder; they are not persons on record."


def _registered(scenario: FleeScenario) -> Iterator[str]:
    for series in scenario.series:
        days = np.concatenate([np.empty(0, np.int64), *(file.days for file in series.files)])
        reports = f"{len(days)} reports" + (f", day {days.min()} to {days.max()}" if len(days) else "")
        yield f"{series.name}: {reports}; {', '.join(file.path for file in series.files) or 'no file'}"


def _limits(scenario: FleeScenario) -> Iterator[str]:
    if scenario.follows_registrations:
        yield (
            "how many are displaced on a day follows from registrations: the total is given, and only where "
            "people go is tested"
        )
    yield "registrations between two reports are interpolated, which favours persistence"
    for code, count in Counter(one.code for one in scenario.warnings).items():
        yield f"odd in the folder: {code}, {count} times"


def _concepts(scenario: FleeScenario) -> Iterator[str]:
    move = scenario.settings.move
    yield (
        "Stochasticity: who appears where, who sets out and by which route are drawn; every draw is keyed by seed, "
        "replicate, agent and day, so that two runs under one seed differ by what was changed alone."
    )
    yield (
        f"Sensing: routes are weighed up to a horizon of awareness of {move.awareness_level}, in roads, by the "
        "places on them and their length, not by what lies beyond."
    )
    yield (
        f"Adaptation: a place's score is {move.camp_weight:g} in camps, {move.foreign_weight:g} abroad and "
        f"{move.conflict_weight:.2g} in conflict, times what the rules below make of it; nobody learns from "
        "earlier journeys."
    )
    roads = (
        " and on roads with a limit a day" if any(r.capacity_per_day is not None for r in scenario.routes) else ""
    )
    yield f"Interaction: by the room in camps, which matters from {move.capacity_buffer:.0%} of it on{roads}."
    if scenario.compat == "flee3":
        yield "Fidelity: every oddity of Flee 3 is kept (flee3)."
    yield "Observation: people in each camp at the end of each day, as registrations count them."


def _start(scenario: FleeScenario) -> str:
    if scenario.settings.spawn.read_from_agents_csv_file:
        return "Those present at the start are read from agents.csv, one by one without a name."
    if scenario.settings.spawn.insert_day0:
        return "People registered in camps on day 0 are there at the start; everywhere else is empty."
    return "Everywhere is empty at the start."


def _dated(scenario: FleeScenario) -> Iterator[str]:
    conflict = conflict_days(scenario)
    for row, place in enumerate(scenario.locations):
        days = np.flatnonzero(conflict[:, row])
        if len(days):
            first, last = _day(scenario, days[0]), _day(scenario, days[-1])
            yield f"{place.name}: conflict on {len(days)} days, {first} to {last}"
    for change in scenario.location_changes:
        yield f"{change.name}: {change.kind} from {_day(scenario, change.day)}"
    for one in sorted(scenario.closures, key=lambda closure: closure.start):
        between = f"{one.name1} and {one.name2}" if one.name2 else one.name1
        yield f"{between}: closure ({one.kind}) from {_day(scenario, one.start)} to {_day(scenario, one.end)}"
    if scenario.flood_levels is not None:
        yield f"flood levels of {int((scenario.flood_levels > 0).any(axis=0).sum())} places by day"


def _day(scenario: FleeScenario, day: int) -> str:
    return str(scenario.start + dt.timedelta(days=int(day))) if 0 <= day < scenario.days else f"day {day}"


def _rules(scenario: FleeScenario) -> Iterator[str]:
    move = scenario.settings.move
    yield (
        f"chance of setting out on a day: {move.conflict_movechance:g} in conflict, {move.camp_movechance:g} in "
        f"camps, {move.idpcamp_movechance:g} in camps inside the country, {move.default_movechance:g} elsewhere"
    )
    yield f"how far a day leads: {move.max_move_speed:g} km, on foot {move.max_walk_speed:g} km"
    yield "how many appear: " + (
        "as many as are registered, in places in conflict by population and intensity"
        if scenario.follows_registrations
        else "as many as conflict or floods displace, by the settings below"
    )
    for _, key, value in leaves(scenario.settings):
        if value != key.default:
            yield f"{key.name}: {value} ({key.meaning})"
