"""Are Flee's optional rules those of Flee, to the last digits? ``python -m verification.flee_tables``.

``--flee-checkout PATH`` is a checkout of Flee, ``--flee-python`` an interpreter that has what it needs. For each
variant of an instance (``verification.flee_variants``), Flee is run once, and everything that it works out before
anybody moves is compared, for every day, place and kind of people, with what ``compat="flee3"`` makes of the same
folder: scores, move chances, capacities, camps and towns, departure weights, open roads and fixed routes. Printed:
how many numbers of each were compared, and how many differ by more than rounding (1e-9 of them).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.engine.walk.days import ETHNIC_BONUS, HUGE_POPULATION
from sojourn.engine.walk.program import CAMP, TOWN, WalkProgram
from sojourn.flee import FleeScenario, read
from sojourn.flee.compile import compile_walk
from sojourn.flee.rules.people import ELDERLY, people
from verification.flee_variants import VARIANTS, Variant, prepare

DRIVER = Path(__file__).with_name("flee_tables_driver.py")
CLOSE = 1e-9


def kinds_of(scenario: FleeScenario) -> list[dict[str, Any]]:
    """Return attributes of somebody of each kind, in the order of the program's kinds."""
    who = people(scenario)
    if who is None:
        return [{}]
    ages = {2.0: {"age": ELDERLY + 11, "gender": "female"}, 0.0: {"age": 16, "gender": "male"}}
    return [
        {
            **ages.get(power, {"age": 35, "gender": "male"}),
            "ethnicity": ethnicity,
            "religion": religion,
            "floodawareness": awareness_of(scenario, aware),
        }
        for power, ethnicity, religion, aware in who.kinds
    ]


def awareness_of(scenario: FleeScenario, weight: float) -> int:
    """Return which awareness has a weight."""
    rules = scenario.settings.move.flood_rules
    weights = () if rules is None else rules.flood_awareness_weights or ()
    return weights.index(weight) if weight in weights else 0


def flee_days(folder: Path, kinds: list[dict[str, Any]], python: str, checkout: Path) -> list[dict[str, Any]]:
    """Run Flee once and return what it knew on each day."""
    out = folder / "days.jsonl"
    command = [python, str(DRIVER), str(folder), str(out), json.dumps(kinds)]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    subprocess.run(command, cwd=folder, stderr=subprocess.DEVNULL, check=True, env=environment)
    return [json.loads(line) for line in out.read_text().splitlines()]


def pairs(
    scenario: FleeScenario, program: WalkProgram, day: int, known: dict[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is compared, Flee's number, and Sojourn's, for a day."""
    days, views, names = program.days, program.views, [place.name for place in scenario.locations]
    population = np.array(known["population"], float) * (scenario.settings.spawn.conflict_driven_spawning is None)
    yield from (
        ("departures", a, b) for a, b in zip(known["weights"], days.spawn_factor[day] * population, strict=True)
    )
    for row, place in enumerate(known["places"]):
        for kind, (score, chance) in enumerate(zip(place["score"], place["chance"], strict=True)):
            seen = days.score[day, row] if len(views.score) == 0 else views.score[day, kind, row]
            if len(views.nearness):
                seen *= views.nearness[row, row]
            yield "scores", score, seen * presence(scenario, program, day, kind, row, place)
            if not days.frozen[day]:
                yield "chances", min(chance, 1.0), min(leaving(program, day, kind, row, place), 1.0)
        yield "capacities", max(place["capacity"], 0), max(days.capacity[day, row], 0)
        yield "kinds", place["flags"], [bool(days.flags[day, row] & CAMP), bool(days.flags[day, row] & TOWN)]
        out = program.roads.out_roads[program.roads.out_start[row] : program.roads.out_start[row + 1]]
        open_now = [int(road) for road in out if days.open_roads[day, road]]
        yield "roads", place["roads"], sorted(names[program.roads.road_to[road]] for road in open_now)
        if scenario.settings.move.fixed_routes:
            found = fixed(program, names, day, row)
            yield (
                "routes",
                {end: path for end, (_, path) in place["routes"].items()},
                {e: p for e, (_, p) in found.items()},
            )
            yield from (("weights", w, found[end][0]) for end, (w, _) in place["routes"].items() if end in found)


def leaving(program: WalkProgram, day: int, kind: int, row: int, place: dict[str, Any]) -> float:
    """Return the chance of setting out, with the population that Flee has."""
    days, views, rules = program.days, program.views, program.rules
    chance, by_size = days.chance[day, row], days.chance_by_size[day, row]
    if len(views.chance):
        chance, by_size = views.chance[day, kind, row], views.chance_by_size[day, kind, row]
    size = max(place["population"], days.capacity[day, row])
    return float(chance + (by_size * (size / rules.population_base) ** rules.population_power if by_size else 0.0))


def presence(
    scenario: FleeScenario, program: WalkProgram, day: int, kind: int, row: int, place: dict[str, Any]
) -> float:
    """Return the factor of those whom Flee counts in a place: its population, and people of one's own."""
    rule, factor = program.presence, 1.0
    if len(rule.by_population) == 0:
        return factor
    who = people(scenario)
    living = place["population"] if place["population"] >= 1 else HUGE_POPULATION
    if rule.by_population[day, row]:
        factor *= max(1.0, place["population"]) ** rule.population_power
    if who is not None and rule.by_ethnicity[day, row]:
        factor *= ETHNIC_BONUS * place["people"][who.kinds[kind][1]] / living
    if who is not None and rule.by_religion[day, row]:
        factor *= rule.religion_rate * place["people"][who.kinds[kind][2]] / living
    return float(factor)


def fixed(program: WalkProgram, names: list[str], day: int, row: int) -> dict[str, tuple[float, list[str]]]:
    """Return the fixed routes of a day from a place, by destination."""
    roads, found = program.roads, {}
    for option in range(roads.option_start[row], roads.option_start[row + 1]):
        weight = float(program.views.searched[day, option])
        if weight > 0:
            path = roads.path_roads[roads.path_start[option] : roads.path_start[option + 1]]
            stops = [names[place] for place in roads.road_to[path]]
            found[stops[-1]] = (weight, stops)
    return found


def same(one: Any, other: Any) -> bool:
    """Return whether two values agree but for rounding."""
    if isinstance(one, float | int) and not isinstance(one, bool):
        return abs(one - other) <= CLOSE * max(abs(one), abs(other), 1e-3)
    return bool(one == other)


def compare(
    variant: Variant, instance: str, scale: int, python: str, checkout: Path
) -> tuple[Counter[str], Counter[str], str]:
    """Return how many numbers were compared and how many differ, by what they are, and the first that does."""
    compared: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    first = ""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / instance
        prepare(variant, instance, scale, folder)
        scenario = read(folder, compat="flee3")
        program = compile_walk(scenario, scale)
        for day, known in enumerate(flee_days(folder, kinds_of(scenario), python, checkout)):
            for what, theirs, ours in pairs(scenario, program, day, known):
                compared[what] += 1
                if not same(theirs, ours):
                    differing[what] += 1
                    first = first or f"first: {what} on day {day}, Flee {theirs}, here {ours}"
    return compared, differing, first


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each variant; return 0 when no number differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flee-checkout", type=Path, required=True)
    parser.add_argument("--flee-python", default=sys.executable, help="interpreter that has what Flee needs")
    parser.add_argument("--variant", action="append", choices=list(VARIANTS))
    parser.add_argument("--instance", default="mali2012")
    parser.add_argument("--scale", type=int, default=1000)
    options = parser.parse_args(arguments)
    good = True
    for name in options.variant or VARIANTS:
        checkout = options.flee_checkout.resolve()
        compared, differing, first = compare(
            VARIANTS[name], options.instance, options.scale, options.flee_python, checkout
        )
        good &= not differing
        counts = ", ".join(f"{what} {differing[what]} of {number}" for what, number in compared.items())
        print(f"{name}: {'DIFFERS' if differing else 'equal'}; differing: {counts}. {first}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
