"""Speed of the walk engine, alone and beside Flee: ``python -m benchmarks.walk_speed [--flee-python PATH] ...``.

Prints, for each instance and scale, agents, agent-days, CPU seconds and agent-days per CPU second of one thread,
agent-days per wall second of replicates side by side on ``--workers`` cores, and with an interpreter that has Flee
the agent-days per CPU second of Flee on the same folder, scale and number of agents, and both ratios. A
checkout of Flee is used with ``--flee-checkout PATH``. ``--full`` runs at full size and prints the error beside
that at the scale of the reference runs. ``--flat`` prints cost per agent-day by number of agents.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from sojourn.engine.walk import days as engine
from sojourn.engine.walk.days import run_replicate
from sojourn.flee import data_table, read
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
    "ukraine2022": 20000,
}
DAY = "agent-days"


def sojourn_runs(name, scale, compat, workers, least_seconds=1.0):
    """Return size, CPU and wall seconds of one run (the median of many where they are short), and its error."""
    scenario = read(SHARED / "instances" / name, compat=compat)
    program = compile_walk(scenario, scale)
    warm = compile_walk(scenario, max(scale, 20_000))
    least, engine.SHARED_FROM = engine.SHARED_FROM, 0  # compile what threads share, too
    run_replicate(warm, 1, 0, workers)
    engine.SHARED_FROM = least
    cpu, wall, begun = [], [], time.perf_counter()
    while not cpu or time.perf_counter() - begun < least_seconds:
        before = time.process_time(), time.perf_counter()
        record, state = run_replicate(program, 1, len(cpu), workers)
        cpu.append(time.process_time() - before[0])
        wall.append(time.perf_counter() - before[1])
    rows = [scenario.index[camp] for camp in scenario.camps]
    observed = data_table(scenario, scale).of(scenario.camps)
    error = relative_difference(record.people[:, rows], observed, rescaled=True)
    return {
        "agents": int(record.created[-1]),
        "agent_days": int(record.created.sum()),
        "set_out": int(record.entered.sum()),
        "cpu": float(np.median(cpu)),
        "wall": float(np.median(wall)),
        "error": float(error[0]),
        "bytes": sum(array.nbytes for array in state.agents) / max(1, len(state.agents.where)),
    }


def side_by_side(name, scale, compat, workers, least_seconds=1.0):
    """Return agent-days per wall second of replicates on so many threads."""
    program = compile_walk(read(SHARED / "instances" / name, compat=compat), scale)
    done, wall = 0, time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        first = 0
        while time.perf_counter() - wall < least_seconds:
            numbers = range(first, first + 4 * workers)
            done += sum(pool.map(lambda r: int(run_replicate(program, 1, r)[0].created.sum()), numbers))
            first = numbers.stop
    return done / (time.perf_counter() - wall)


def flee_run(name, scale, python, checkout):
    """Return what Flee's driver prints for a run at a scale."""
    folder = SHARED / "instances" / name
    text = (folder / "simsetting.yml").read_text()
    changed = "\n".join(line for line in text.splitlines() if not line.strip().startswith("hasten:"))
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "simsetting.yml"
        settings.write_text(changed.replace("optimisations:", f"optimisations:\n  hasten: {scale}"))
        command = [python, str(Path(__file__).with_name("flee_driver.py")), str(folder), str(settings), "1"]
        environment = os.environ | ({"PYTHONPATH": str(checkout)} if checkout else {})
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def beside_flee(options):
    """Print Sojourn's speed and, where Flee is at hand, Flee's and the ratio."""
    flee = options.flee_python
    if flee is None:
        print("no Flee to compare with: give --flee-python, an interpreter that has the package flee")
    print(
        f"{'instance':12s} {'scale':>6s} {'compat':7s} {'agents':>8s} {DAY:>10s} {'CPU s':>8s} {'a CPU s':>14s}"
        f" {options.workers} cores, a wall s",
        end="",
    )
    print("   Flee: agents, agent-days/CPU s, ratios" if flee else "")
    for name in options.instance or SCALES:
        scale = options.scale or SCALES[name]
        theirs = flee_run(name, scale, flee, options.flee_checkout) if flee else None
        for compat in ("flee3", None):
            ours = sojourn_runs(name, scale, compat, 1)
            speed = ours["agent_days"] / ours["cpu"]
            text = f"{name:12s} {scale:6d} {compat or 'default':7s} {ours['agents']:8d} {ours['agent_days']:10.3g}"
            text += f" {ours['cpu']:8.3g} {speed / 1e6:11.1f} M "
            together = side_by_side(name, scale, compat, options.workers)
            text += f" {together / 1e6:14.1f} M"
            if theirs:
                other = theirs["agent_days"] / theirs["cpu"]
                text += f"   {theirs['agents']:8d} {other / 1e3:8.1f} k"
                text += f"  {speed / other:7.0f} x {together / other:7.0f} x"
            print(text, flush=True)


def full_size(options):
    """Print a run of every agent, and the error beside that at the reference scale."""
    print("instance       agents  agent-days  workers  wall s   CPU s  a wall s  error full, scaled  bytes/agent")
    for name in options.instance or SCALES:
        small = sojourn_runs(name, SCALES[name], None, 1)
        ours = sojourn_runs(name, 1, None, options.workers)
        print(
            f"{name:12s} {ours['agents']:9d} {ours['agent_days']:10.3g} {options.workers:7d} {ours['wall']:8.1f}"
            f" {ours['cpu']:7.1f} {ours['agent_days'] / ours['wall'] / 1e6:14.1f} M"
            f"       {ours['error']:.3f}, {small['error']:.3f}      {ours['bytes']:.0f}"
        )
    print(f"highest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def flat(options):
    """Print nanoseconds for each agent-day and each set-out by number of agents, on one map."""
    for name in options.instance or ["ukraine2022", "syria2013"]:
        people = sojourn_runs(name, 20_000, None, 1)["agents"] * 20_000
        for agents in (10**4, 10**5, 10**6, 10**7):
            if agents > people:
                continue
            ours = sojourn_runs(name, max(1, people // agents), None, 1)
            each = ours["cpu"] / ours["agent_days"] * 1e9
            moving = ours["cpu"] / ours["set_out"] * 1e9
            print(f"{name:12s} {ours['agents']:9d} agents  {each:6.1f} ns an agent-day  {moving:6.0f} ns a set-out")


def movers_and_resters(options):
    """Print the cost of a day at rest and of a day with a move: a camp, and two towns everyone leaves daily."""
    scenario = read(SHARED / "instances" / "mali2012")
    program = compile_walk(scenario, 20)
    days = program.days
    for label, chance in (("at rest", 0.001), ("moving", 1.0)):
        still = days._replace(
            chance=np.zeros_like(days.chance),
            chance_by_size=np.full_like(days.chance, chance),
            open_roads=np.ones_like(days.open_roads),
            roads_change=np.arange(len(days.frozen)) == 0,
        )
        present = np.repeat(np.arange(len(scenario.locations), dtype=np.int32), 4000)
        arrivals = program.arrivals._replace(present=present, spread=program.arrivals.spread * 0)
        changed = program._replace(days=still, arrivals=arrivals)
        run_replicate(changed, 1, 0)
        started = time.process_time()
        record, _ = run_replicate(changed, 1, 0)
        seconds = time.process_time() - started
        total = int(record.created.sum())
        print(f"{label}: {seconds / total * 1e9:.1f} ns an agent-day, {record.entered.sum() / total:.2f} set-outs")


def main():
    """Read the options and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instance", action="append", choices=SCALES)
    parser.add_argument("--scale", type=int)
    parser.add_argument("--flee-python", help="interpreter that has the package flee")
    parser.add_argument("--flee-checkout", type=Path, help="a checkout of Flee to use instead of the package")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--flat", action="store_true")
    parser.add_argument("--movers", action="store_true")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("needs the shared figures: set SOJOURN_SHARED")
    elif options.full:
        full_size(options)
    elif options.flat:
        flat(options)
    elif options.movers:
        movers_and_resters(options)
    else:
        beside_flee(options)


if __name__ == "__main__":
    main()
