"""Do Flee's optional rules give what Flee gives? ``python -m verification.flee_rules --flee-checkout PATH``.

No validated instance uses these rules, so Flee itself is run here: the instance is copied, a rule switched on
(``verification.flee_variants``), and Flee's runs compared with replicates of Sojourn (``compat="flee3"``) as in
``verification.flee_reference``. A rule agrees when no p, corrected for the number of tests, is below 0.01 with the
rule, and one is without it: a rule that changed nothing would not be tested. What is worked out before anybody
moves is compared to the last digit by ``verification.flee_tables``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from sojourn.engine.walk.days import run_replicate
from sojourn.flee import FleeScenario, read, read_out
from sojourn.flee.compile import compile_walk
from verification.flee_reference import LEVEL, Counts, p_values
from verification.flee_variants import OFF, VARIANTS, prepare


def flee_runs(folder: Path, runs: int, python: str, checkout: Path) -> Counts:
    """Return ``(run, day, camp) int64, agents`` of runs of Flee itself."""
    script = checkout / "runscripts" / "run.py"
    inputs = [str(folder / "input_csv"), str(folder / "source_data"), "0", str(folder / "simsetting.yml")]

    def one(number: int) -> Counts:
        out = folder / f"out{number}.csv"
        with out.open("w") as stream:
            command = [python, str(script), *inputs]
            environment = os.environ | {"PYTHONPATH": str(checkout)}
            # Flee looks for location_changes.csv where it is run.
            quiet = subprocess.DEVNULL
            subprocess.run(command, cwd=folder, stdout=stream, stderr=quiet, check=True, env=environment)
        return read_out(out).simulated

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.stack(list(pool.map(one, range(runs))))


def lowest_p(scenario: FleeScenario, theirs: Counts, replicates: int) -> tuple[float, str]:
    """Return the lowest corrected p of a comparison of Sojourn's runs with Flee's, and where it is."""
    program, rows = compile_walk(scenario), [scenario.index[camp] for camp in scenario.camps]
    ours = np.stack([run_replicate(program, 1, number)[0].people[:, rows] for number in range(replicates)])
    found = p_values(ours, theirs, scenario.camps)
    where = min(found, key=lambda name: found[name])
    return min(1.0, found[where] * len(found)), where


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each rule; return 0 when all agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flee-checkout", type=Path, required=True)
    parser.add_argument("--flee-python", default=sys.executable, help="interpreter that has what Flee needs")
    parser.add_argument("--rule", action="append", choices=list(VARIANTS))
    parser.add_argument("--instance", default="mali2012")
    parser.add_argument("--scale", type=int, default=50)
    parser.add_argument("--runs", type=int, default=40, help="runs of Flee")
    parser.add_argument("--replicates", type=int, default=200)
    options = parser.parse_args(arguments)
    good = True
    print("rule                                   lowest p                       lowest p without the rule")
    for name in options.rule or VARIANTS:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / options.instance
            prepare(VARIANTS[name], options.instance, options.scale, folder)
            theirs = flee_runs(folder, options.runs, options.flee_python, options.flee_checkout.resolve())
            scenario = read(folder, compat="flee3")
            without = read(folder, settings=folder / OFF, compat="flee3")
            p, where = lowest_p(scenario, theirs, options.replicates)
            p_off, where_off = lowest_p(without, theirs, options.replicates)
        agrees = p >= LEVEL > p_off
        good &= agrees
        said = "agrees" if agrees else "DIFFERS"
        print(f"{name:37s} {p:9.2g} {'(' + where + ')':27s} {p_off:9.2g} ({where_off})  {said}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
