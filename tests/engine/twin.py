"""Run scenarios with the kernels as plain Python, and print a digest of each run; ``--fault`` plants a leak.

``python twin.py [--fault NAME] < scenarios.json`` with NUMBA_DISABLE_JIT=1.
"""

import hashlib
import json
import sys

import numpy as np

import sojourn as sj
from sojourn.engine.flow import passage as move
from sojourn.engine.flow import queue, state
from sojourn.results import Run, conserved


def fingerprint(run: Run) -> str:
    """Return a digest of every recorded number."""
    hashed = hashlib.sha256()
    for name in sorted(run.data.data_vars):
        hashed.update(np.ascontiguousarray(run.data[name].values).tobytes())
    return hashed.hexdigest()


def lose(program_flows, people, flow_now, s, flow, g, n):
    """Move people along a flow, and lose one of each large party."""
    state.send(program_flows, people, flow_now, s, flow, g, n)
    if n > 3.0:
        people[0, program_flows[flow, 0], g] -= 1.0


def forget(ring_start, ring, s, t, g):
    """Take those whose time ends out of the ring, but leave one there."""
    n = whole_due(ring_start, ring, s, t, g)
    return max(0.0, n - 1.0)


whole_due = move.due


def plant(fault: str) -> None:
    """Put a fault in the place of a kernel."""
    if fault == "send":
        move.send = queue.send = lose
    elif fault == "due":
        move.due = queue.due = forget


def main() -> None:
    """Run what standard input asks for."""
    if "--fault" in sys.argv:
        plant(sys.argv[sys.argv.index("--fault") + 1])
    out = []
    with np.errstate(over="ignore"):  # the rounds of Philox wrap around by design
        for job in json.load(sys.stdin):
            try:
                run = sj.simulate(sj.loads(job["scenario"]), workers=1, **job["options"])
                conserved(run)
                out.append(fingerprint(run))
            except sj.SojournError as error:
                out.append(str(error))
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
