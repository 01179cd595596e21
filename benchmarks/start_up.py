"""How long the first steps take: the import, and the first simulation with nothing compiled before.

    python -m benchmarks.start_up

Limits: ``import sojourn`` below 0.5 s; the first ``simulate`` of a built-in scenario below 10 s from a cold cache.
Each is timed in a fresh process. Wall and CPU time are printed; a busy machine stretches both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import numpy as np

IMPORT, FIRST = 0.5, 10.0
TIMED = """
import time, os
wall, cpu = time.perf_counter(), time.process_time()
{code}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""
RUN = "import sojourn as sj; sj.simulate(sj.load('border-post'), replicates=10, seed=1)"


def timed(code: str, **environment: str) -> tuple[float, float]:
    """Return wall and CPU seconds of a piece of code in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code=code)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    wall, cpu = done.stdout.split()
    return float(wall), float(cpu)


def main() -> int:
    """Print times; return 1 if a limit is missed."""
    imports = np.array([timed("import sojourn") for _ in range(5)])
    with tempfile.TemporaryDirectory() as folder:
        cold = timed(RUN, NUMBA_CACHE_DIR=folder)
        warm = timed(RUN, NUMBA_CACHE_DIR=folder)
    wall, cpu = np.median(imports, axis=0)
    print(f"import sojourn:                     {wall:6.2f} s wall, {cpu:6.2f} s CPU (limit {IMPORT:g})")
    print(f"import and simulate, nothing kept:  {cold[0]:6.2f} s wall, {cold[1]:6.2f} s CPU (limit {FIRST:g})")
    print(f"import and simulate, code kept:     {warm[0]:6.2f} s wall, {warm[1]:6.2f} s CPU")
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return int(wall > IMPORT or cold[0] > FIRST)


if __name__ == "__main__":
    raise SystemExit(main())
