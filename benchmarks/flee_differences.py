"""What each difference from Flee 3 does to the error: ``python -m benchmarks.flee_differences``.

Each line starts from ``compat="flee3"``, gives up one oddity of Flee, and prints by how much the mean of the
rescaled error changes, with the standard error of that change. The last line gives up all of them.
``--variants`` prints instead, for each optional rule (``verification.flee_variants``), the error of ``flee3`` and
of the default.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from verification.flee_variants import VARIANTS, prepare

from sojourn.engine.walk.days import run_replicate
from sojourn.engine.walk.program import WalkProgram
from sojourn.flee import FleeScenario, data_table, read
from sojourn.flee.compile import compile_walk
from sojourn.forecast import relative_difference

SHARED = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared")) / "flee"
SCALES = {
    "mali2012": 20,
    "burundi2015": 50,
    "tigray2020": 50,
    "car2013": 200,
    "ssudan2013": 100,
    "syria2013": 2000,
    "ukraine2022": 2000,
}
CLOSINGS = ("open_roads", "closed_on", "roads_change", "tables_change")
Change = Callable[[WalkProgram, WalkProgram], WalkProgram]


def rule(name: str) -> Change:
    """Give up a rule of movement."""
    return lambda flee, _: flee._replace(rules=flee.rules._replace(**{name: False}))


def columns(*names: str) -> Change:
    """Take parts of the timetable as they are without Flee's oddities."""
    return lambda flee, own: flee._replace(days=flee.days._replace(**{n: getattr(own.days, n) for n in names}))


CHANGES: dict[str, Change] = {
    "choices see the counts at the start of the phase": rule("in_order"),
    "arrive on the day the distance is covered": rule("arrive_strictly"),
    "one day's distance a day": rule("full_day_again"),
    "those on a closed road that reopened arrive": rule("bounce_if_ever_closed"),
    "day-0 camp residents do not walk their first road": rule("present_on_foot"),
    "day-0 residents are not taken off capacities": columns("capacity"),
    "departure weights of the day itself": columns("spawn_factor"),
    "a road opens when every closure of it is over": columns(*CLOSINGS),
    "registrations sorted, added up, on the map": lambda flee, own: flee._replace(arrivals=own.arrivals),
    "all of these": lambda _, own: own,
}


def errors(program: WalkProgram, scenario: FleeScenario, scale: int, replicates: int) -> np.ndarray:
    """Return the rescaled error of each replicate: ``(replicate) float64``."""
    rows = [scenario.index[camp] for camp in scenario.camps]
    people = np.stack([run_replicate(program, 1, number)[0].people[:, rows] for number in range(replicates)])
    return relative_difference(people, data_table(scenario, scale).of(scenario.camps), rescaled=True)


def effects(instance: str, replicates: int) -> tuple[float, dict[str, tuple[float, float]]]:
    """Return Flee's mean error, and for each difference the change of it and its standard error."""
    folder, scale = SHARED / "instances" / instance, SCALES[instance]
    literal, own = read(folder, compat="flee3"), read(folder)
    flee, sensible = compile_walk(literal, scale), compile_walk(own, scale)
    base = errors(flee, literal, scale, replicates)
    found = {}
    for name, altered in CHANGES.items():
        observed = own if name.startswith(("registrations", "all")) else literal
        other = errors(altered(flee, sensible), observed, scale, replicates)
        # Replicates share their random numbers where the two programs do the same, so differences are paired.
        change = other - base
        found[name] = (float(change.mean()), float(change.std(ddof=1) / np.sqrt(replicates)))
    return float(base.mean()), found


def variant_errors(name: str, instance: str, replicates: int) -> list[tuple[float, float]]:
    """Return the mean error of an instance with an optional rule, and its standard error: as Flee, by default."""
    found = []
    scale = SCALES[instance]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / instance
        prepare(VARIANTS[name], instance, scale, folder)
        for compat in ("flee3", None):
            scenario = read(folder, compat=compat)
            camps = tuple(one.name for one in scenario.locations if one.is_camp)
            rows, program = [scenario.index[camp] for camp in camps], compile_walk(scenario, scale)
            people = np.stack(
                [run_replicate(program, 1, number)[0].people[:, rows] for number in range(replicates)]
            )
            found_errors = relative_difference(people, data_table(scenario, scale).of(camps), rescaled=True)
            found.append((float(found_errors.mean()), float(found_errors.std(ddof=1) / np.sqrt(replicates))))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instance", action="append", choices=SCALES)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--variants", action="store_true", help="the optional rules, in mali2012")
    options = parser.parse_args(arguments)
    if options.variants:
        print("| mali2012 with | `flee3` | default |\n|---|---|---|")
        for name in VARIANTS:
            cells = (
                f"{mean:.4f} ± {spread:.4f}"
                for mean, spread in variant_errors(name, "mali2012", options.replicates)
            )
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        return
    chosen = options.instance or list(SCALES)
    found = {name: effects(name, options.replicates) for name in chosen}
    print("| change of the rescaled error | " + " | ".join(chosen) + " |")
    print("|---|" + "---|" * len(chosen))
    print("| `flee3`: the error itself | " + " | ".join(f"{found[name][0]:.4f}" for name in chosen) + " |")
    for change in CHANGES:
        cells = (f"{found[name][1][change][0]:+.4f} ± {found[name][1][change][1]:.4f}" for name in chosen)
        print(f"| {change} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
