"""Do Flee's optional rules give what Flee gives? ``python -m verification.flee_rules --flee-checkout PATH``.

No validated instance uses these rules, so Flee itself is run here: the instance is copied, a rule switched on, and
Flee's runs compared with replicates of Sojourn (``compat="flee3"``) as in ``verification.flee_reference``. A rule
agrees when no p, corrected for the number of tests, is below 0.01 with the rule, and one is without it: a rule
that changed nothing would not be tested.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sojourn.flee import FleeScenario, read, read_out, run
from verification.flee_reference import LEVEL, SHARED, Counts, p_values

RULES: dict[str, dict[str, Any]] = {
    "WomenAvoidHazards": {"WomenAvoidHazards": True, "camp_weight": 8.0, "conflict_weight": 0.1},
    "all by age and gender": {
        **{f"{who}AvoidHazards": True for who in ("Women", "Children", "Elderly")},
        "BoysTakeRisk": True,
        "camp_weight": 8.0,
        "conflict_weight": 0.1,
    },
    "stay_close_to_home": {"stay_close_to_home": True, "home_distance_power": 1.0},
    "fixed_routes": {"fixed_routes": True, "awareness_level": 2, "camp_weight": 4.0},
}
"""Settings of each variant. Scores are far apart, so that minding them matters."""
OFF: dict[str, Any] = {
    "women_avoid_hazards": False,
    "children_avoid_hazards": False,
    "elderly_avoid_hazards": False,
    "boys_take_risk": False,
    "stay_close_to_home": False,
    "fixed_routes": False,
}
FILES = {
    "demographics_gender.csv": "gender,Default,Gao\nfemale,0.5,0.9\nmale,0.5,0.1\n",
    "demographics_age.csv": "age,Default\n8,0.3\n16,0.2\n35,0.4\n70,0.1\n",
}


def prepare(instance: str, rules: dict[str, Any], scale: int, folder: Path) -> None:
    """Copy an instance to ``folder``, with rules switched on and files of attributes added."""
    shutil.copytree(SHARED / "instances" / instance, folder, copy_function=shutil.copyfile)
    for inside in folder.rglob("*"):
        inside.chmod(0o755 if inside.is_dir() else 0o644)
    settings = yaml.safe_load((folder / "simsetting.yml").read_text())
    settings["move_rules"] |= rules
    settings["optimisations"]["hasten"] = scale
    (folder / "simsetting.yml").write_text(yaml.safe_dump(settings))
    for name, text in FILES.items():
        (folder / "input_csv" / name).write_text(text)


def flee_runs(folder: Path, runs: int, python: str, checkout: Path) -> Counts:
    """Return ``(run, day, camp) int64, agents`` of runs of Flee itself."""
    script = checkout / "runscripts" / "run.py"
    inputs = [str(folder / "input_csv"), str(folder / "source_data"), "0", str(folder / "simsetting.yml")]

    def one(number: int) -> Counts:
        out = folder / f"out{number}.csv"
        with out.open("w") as stream:
            command = [python, str(script), *inputs]
            environment = os.environ | {"PYTHONPATH": str(checkout)}
            subprocess.run(command, stdout=stream, stderr=subprocess.DEVNULL, check=True, env=environment)
        return read_out(out).simulated

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.stack(list(pool.map(one, range(runs))))


def lowest_p(scenario: FleeScenario, theirs: Counts, replicates: int) -> tuple[float, str]:
    """Return the lowest corrected p of a comparison of Sojourn's runs with Flee's, and where it is."""
    ours = run(scenario, seed=1, replicates=replicates).camps.values
    found = p_values(ours, theirs, scenario.camps)
    where = min(found, key=lambda name: found[name])
    return min(1.0, found[where] * len(found)), where


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each rule; return 0 when all agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flee-checkout", type=Path, required=True)
    parser.add_argument("--flee-python", default=sys.executable, help="interpreter that has what Flee needs")
    parser.add_argument("--rule", action="append", choices=list(RULES))
    parser.add_argument("--instance", default="mali2012")
    parser.add_argument("--scale", type=int, default=50)
    parser.add_argument("--runs", type=int, default=40, help="runs of Flee")
    parser.add_argument("--replicates", type=int, default=200)
    options = parser.parse_args(arguments)
    good = True
    print("rule                    lowest p                       lowest p without the rule")
    for name in options.rule or RULES:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / options.instance
            prepare(options.instance, RULES[name], options.scale, folder)
            theirs = flee_runs(folder, options.runs, options.flee_python, options.flee_checkout.resolve())
            scenario = read(folder, compat="flee3")
            settings = scenario.settings
            without = replace(scenario, settings=replace(settings, move=replace(settings.move, **OFF)))
            p, where = lowest_p(scenario, theirs, options.replicates)
            p_off, where_off = lowest_p(without, theirs, options.replicates)
        agrees = p >= LEVEL > p_off
        good &= agrees
        said = "agrees" if agrees else "DIFFERS"
        print(f"{name:22s} {p:9.2g} {'(' + where + ')':27s} {p_off:9.2g} ({where_off})  {said}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
