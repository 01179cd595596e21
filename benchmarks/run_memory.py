"""Peak memory of a run larger than it: ``border-post`` recorded step by step, written while it is made.

    python -m benchmarks.run_memory [--replicates 10000] [--limit-mb 1000]

Simulates to a path, opens the run, sums it up, and puts it together again from two halves. Limit: 1 GB of
resident memory at any moment. Exit status 1 if it is missed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import sojourn as sj


def main(argv: list[str] | None = None) -> int:
    """Print size, time and peak memory after each part; return 1 if the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--limit-mb", type=float, default=1000.0)
    asked = parser.parse_args(argv)
    base = sj.load("border-post")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)

        def said(what: str) -> float:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
            print(f"  {what:44s} {time.monotonic() - started:7.1f} s  peak {peak:6.0f} MB", flush=True)
            return peak

        print(f"border-post, {asked.replicates:,} replicates, every step recorded")
        half = asked.replicates // 2
        sizes = {"first": (0, half), "second": (half, asked.replicates - half)}
        for name, (first, number) in sizes.items():
            sj.simulate(base, replicates=number, first=first, seed=7, record="step", out=folder / name)
            said(f"replicates from {first:,} simulated to a path")
        halves = [sj.open_run(folder / name) for name in ("second", "first")]
        run = sj.concat(halves, folder / "whole")
        said(f"put together: {run.data.nbytes / 1e6:,.0f} MB of arrays")
        run.at_end()
        run.summary("flows", "month")
        peak = said("summed up at the end, and by month")
        on_disk = sum(file.stat().st_size for file in (folder / "whole").rglob("*") if file.is_file())
        print(f"  {on_disk / 1e6:,.0f} MB on disk; peak {peak:,.0f} MB, limit {asked.limit_mb:,.0f} MB")
    return 0 if peak <= asked.limit_mb else 1


if __name__ == "__main__":
    raise SystemExit(main())
