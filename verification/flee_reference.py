"""Does the walk engine with ``compat="flee3"`` give what Flee 3 gives? ``python -m verification.flee_reference``.

For each instance, replicates of Sojourn are compared with runs of Flee itself at the same scale: every camp's
final population and its mean over the days (Mann-Whitney), the spread of the final population (Brown-Forsythe),
and the averaged relative difference. Tests of one instance are corrected for their number (Holm). An instance
agrees when no corrected p is below 0.01 and Sojourn's mean error lies between the lowest and the highest error
of Flee's runs.

``--fault NAME`` plants a wrong rule, to see that the comparison notices.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sojourn.engine.walk.days import run_replicate
from sojourn.engine.walk.program import WalkProgram
from sojourn.flee import read, read_out
from sojourn.flee.compile import compile_walk
from sojourn.forecast import relative_difference

SHARED = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared")) / "flee"
INSTANCES = ("mali2012", "burundi2015", "tigray2020", "car2013", "ssudan2013", "syria2013", "ukraine2022")
LEVEL = 0.01
Counts = NDArray[np.int64]

FAULTS: dict[str, Callable[[WalkProgram], WalkProgram]] = {
    "arrive-at-once": lambda p: p._replace(rules=p.rules._replace(arrive_strictly=False)),
    "one-day-distance": lambda p: p._replace(rules=p.rules._replace(full_day_again=False)),
    "never-on-foot": lambda p: p._replace(rules=p.rules._replace(start_on_foot=False)),
    "rest-anywhere": lambda p: p._replace(rules=p.rules._replace(avoid_short_stints=False)),
    "no-crowding": lambda p: p._replace(rules=p.rules._replace(capacity_scaling=1e9)),
    "no-closures": lambda p: p._replace(days=p.days._replace(open_roads=np.ones_like(p.days.open_roads))),
    "camps-like-towns": lambda p: p._replace(days=p.days._replace(score=np.minimum(p.days.score, 1.0))),
}


@dataclass(frozen=True)
class Agreement:
    """How an instance's runs compare: lowest corrected p and where, mean errors, seconds for each replicate."""

    instance: str
    scale: int
    ours: int
    theirs: int
    tests: int
    lowest_p: float
    where: str
    error_ours: float
    errors_theirs: tuple[float, float, float]
    agents_equal: bool
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether the instance passes every part."""
        inside = self.errors_theirs[1] <= self.error_ours <= self.errors_theirs[2]
        return self.agents_equal and self.lowest_p >= LEVEL and inside


@dataclass(frozen=True)
class Reference:
    """Flee's own runs of an instance: ``counts`` ``(seed, day, camp) int64, agents`` in ``camps``."""

    scale: int
    camps: tuple[str, ...]
    counts: Counts
    observed: Counts
    agents: int


def reference(instance: str, folder: Path = SHARED / "reference_runs") -> Reference:
    """Return Flee's own runs of an instance; file names start with ``hSCALE_``."""
    files = sorted((folder / instance).glob("h*.csv.gz"))
    tables = [read_out(file) for file in files]
    with gzip.open(files[0], "rt") as stream:
        *_, last = csv.DictReader(stream)
    return Reference(
        scale=int(files[0].name.split("_")[0].removeprefix("h")),
        camps=tables[0].camps,
        counts=np.stack([table.simulated for table in tables]),
        observed=tables[0].published,
        agents=int(last["total refugees (simulation)"]),
    )


def p_values(ours: Counts, theirs: Counts, camps: Sequence[str]) -> dict[str, float]:
    """Return p-values by camp and statistic, those of camps where nothing varies left out."""
    found = {}
    for row, camp in enumerate(camps):
        a, b = ours[:, :, row].astype(float), theirs[:, :, row].astype(float)
        for name, mine, its in (("final", a[:, -1], b[:, -1]), ("mean", a.mean(1), b.mean(1))):
            if np.ptp(np.concatenate([mine, its])) > 0:
                found[f"{camp}, {name}"] = float(stats.mannwhitneyu(mine, its).pvalue)
        if np.ptp(a[:, -1]) > 0 and np.ptp(b[:, -1]) > 0:
            found[f"{camp}, spread"] = float(stats.levene(a[:, -1], b[:, -1], center="median").pvalue)
    return found


def compare(
    instance: str,
    replicates: int,
    fault: str | None = None,
    seed: int = 1,
    folder: Path = SHARED / "reference_runs",
) -> Agreement:
    """Run an instance and compare it with Flee's runs of it."""
    flee = reference(instance, folder)
    scenario = read(SHARED / "instances" / instance, compat="flee3")
    program = compile_walk(scenario, flee.scale)
    if fault is not None:
        program = FAULTS[fault](program)
    rows = [scenario.index[camp] for camp in flee.camps]
    first, _ = run_replicate(program, seed, 0)
    started = time.process_time()
    ours = np.stack([run_replicate(program, seed, number)[0].people[:, rows] for number in range(replicates)])
    seconds = (time.process_time() - started) / replicates
    found = p_values(ours, flee.counts, flee.camps)
    where = min(found, key=lambda name: found[name])
    errors = relative_difference(flee.counts, flee.observed, rescaled=True)
    return Agreement(
        instance=instance,
        scale=flee.scale,
        ours=len(ours),
        theirs=len(flee.counts),
        tests=len(found),
        lowest_p=min(1.0, found[where] * len(found)),
        where=where,
        error_ours=float(relative_difference(ours, flee.observed, rescaled=True).mean()),
        errors_theirs=(float(errors.mean()), float(errors.min()), float(errors.max())),
        agents_equal=flee.agents == first.created[-1],
        seconds=seconds,
    )


HEAD = "instance     scale runs  Flee  error  Flee: mean, min-max     agents  lowest p of tests          verdict"


def line(found: Agreement) -> str:
    """Return one line of the table."""
    mean, low, high = found.errors_theirs
    return (
        f"{found.instance:12s} {found.scale:5d} {found.ours:4d} {found.theirs:5d}  {found.error_ours:.4f}"
        f" {mean:.4f}, {low:.4f}-{high:.4f}  {'equal ' if found.agents_equal else 'DIFFER'} "
        f" {found.lowest_p:7.2g} of {found.tests:2d} ({found.where})  {'agrees' if found.agrees else 'DIFFERS'}"
        f"  {found.seconds * 1000:.1f} ms a run"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 0 when every instance agrees, or when a planted fault is caught in some."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instance", action="append", choices=INSTANCES)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--fault", choices=[*FAULTS, "each"])
    parser.add_argument("--reference", type=Path, default=SHARED / "reference_runs", help="folder of Flee's runs")
    options = parser.parse_args(arguments)
    wanted = options.instance or INSTANCES
    chosen = [name for name in wanted if (options.reference / name).is_dir()]
    faults = list(FAULTS) if options.fault == "each" else [options.fault]
    good = True
    for name in wanted:
        if name not in chosen:
            print(f"{name}: not compared, as there are no runs of Flee in {options.reference.name}/{name}")
    print(HEAD)
    for fault in faults:
        if fault:
            print(f"planted fault: {fault}")
        found = []
        for instance in chosen:
            found.append(compare(instance, options.replicates, fault, folder=options.reference))
            print(line(found[-1]))
        agree = [one.agrees for one in found]
        good &= all(agree) if fault is None else not all(agree)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
