"""How fast official series are imported and queried: ``python -m benchmarks.series``.

Prints wall time and peak memory against the limits, and ends with exit code 1 when one is missed. ``--only`` runs
one of the three. Each runs in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SHARED = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared")) / "data"
REAL = SHARED / "encounters" / "cbp_southwest_area_of_responsibility.csv"
LIMITS = {"import_s": 1.0, "query_ms": 20.0, "large_mb": 500.0}
STATES = ("CA", "AZ", "NM", "TX")
NATIONS = ("CHINA, PEOPLES REPUBLIC OF", "INDIA", "OTHER", "MEXICO", "CUBA", "HAITI", "PERU", "BRAZIL", "TURKEY")
FAMILIES = ("Single Adults", "FMUA", "UC / Single Minors", "Accompanied Minors")


def best(work, rounds):
    """Return the shortest and the median wall time of several rounds, in seconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times), float(np.median(times))


def time_import():
    """Import the file of 36,676 rows into a new store each time."""
    from sojourn.series import Store

    def once():
        with tempfile.TemporaryDirectory() as folder:
            receipt = Store(folder, with_shipped=False).import_file(REAL)
            assert receipt.added[0].rows == 36_676

    shortest, median = best(once, 7)
    return {"import_s": median, "shortest_s": shortest}


def time_query():
    """Ask for one nationality by month, with the file read each time and with the file cached."""
    from sojourn.series import Store, series
    from sojourn.series.store.parquet import read_release

    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, with_shipped=False)
        store.import_file(REAL)

        def ask():
            found = series("usbp-encounters", nationality="CHN", place="southwest", store=store)
            assert len(found) == 67

        def ask_anew():
            read_release.cache_clear()
            ask()

        ask_anew()
        _, anew = best(ask_anew, 30)
        _, kept = best(ask, 100)
    return {"query_ms": kept * 1000, "query_with_file_read_ms": anew * 1000}


def write_large(path, megabytes=200):
    """Write a made-up bundle by state of at least that size: every month, place, nationality and family."""
    from sojourn.series.importers.united_states.cbp import STATE

    months = ("OCT", "NOV", "DEC", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP")
    others = tuple(f"{a}{b}" for a in "ABCDEFGHIJKLMNOP" for b in "ABCDEFGHIJKLMNOPQRST")
    places = [("Southwest Land Border", s) for s in STATES] + [("Other", s) for s in others]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(STATE)
        count = 0
        for year in range(2001, 2026):
            for month in months:
                writer.writerows(
                    (year, "FYTD", month, region, state, family, nation, "Title 8", (count := count + 7) % 9973)
                    for region, state in places
                    for family in FAMILIES
                    for nation in NATIONS
                )
            if file.tell() > megabytes * 1e6:
                return


def weigh_large():
    """Import a CSV of 200 MB; peak memory is that of the whole process."""
    from sojourn.series import Store

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        if not os.fork():
            write_large(path)
            os._exit(0)
        os.wait()
        size = path.stat().st_size / 1e6
        assert size > 200
        begun = time.perf_counter()
        receipt = Store(Path(folder) / "store", with_shipped=False).import_file(path)
        took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return {"large_mb": peak, "csv_mb": size, "rows": receipt.added[0].rows, "took_s": took}


PARTS = {"import": time_import, "query": time_query, "large": weigh_large}


def main():
    """Run the parts, each in its own process, and compare with the limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--inside", choices=PARTS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        print(json.dumps(PARTS[asked.inside]()))
        return 0
    missed = False
    for part in [asked.only] if asked.only else PARTS:
        command = [sys.executable, "-m", "benchmarks.series", "--inside", part]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
        for name, value in json.loads(done.stdout).items():
            limit = LIMITS.get(name)
            bad = limit is not None and value > limit
            missed |= bad
            said = "" if limit is None else f"  limit {limit:g}  {'MISSED' if bad else 'held'}"
            print(f"{part:7} {name:26} {value:14,.3f}{said}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
