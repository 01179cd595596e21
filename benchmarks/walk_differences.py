"""What each difference of ``compat="flee3"`` from the default changes: ``python -m benchmarks.walk_differences``.

From the program of ``flee3``, one part at a time is replaced by that of the default. Printed for each instance: the
mean averaged relative difference of ``flee3``, and by how much each part changes it, with the standard error of the
change; the last line is the default itself. A dot: no replicate changes at all.
"""

import argparse
import os
from pathlib import Path

import numpy as np

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
}


def rule(name):
    """Return the change that takes one rule of the default."""
    return lambda old, new: old._replace(rules=old.rules._replace(**{name: getattr(new.rules, name)}))


def table(*names):
    """Return the change that takes some tables of the default."""
    taken = lambda old, new: {name: getattr(new.days, name) for name in names}  # noqa: E731
    return lambda old, new: old._replace(days=old.days._replace(**taken(old, new)))


PARTS = {
    "all of a phase decide at once": rule("in_order"),
    "a road ends at its length": rule("arrive_strictly"),
    "a day has one day's distance": rule("full_day_again"),
    "reopened roads let travellers pass": rule("bounce_if_ever_closed"),
    "people present do not walk first": rule("present_on_foot"),
    "day-0 people keep their room": table("capacity"),
    "departure weights of today": table("spawn_factor"),
    "closures end one by one": table("open_roads", "closed_on", "roads_change", "tables_change"),
    "registrations read by date": lambda old, new: old._replace(arrivals=new.arrivals),
    "all: the default": lambda old, new: new,
}


def errors(program, rows, observed, replicates):
    """Return the error of each replicate."""
    counts = np.stack([run_replicate(program, 1, number)[0].people[:, rows] for number in range(replicates)])
    return relative_difference(counts, observed, rescaled=True)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicates", type=int, default=200)
    options = parser.parse_args()
    columns = {}
    for name, scale in SCALES.items():
        old, new = (read(SHARED / "instances" / name, compat=compat) for compat in ("flee3", None))
        rows, observed = [old.index[camp] for camp in old.camps], data_table(old, scale).of(old.camps)
        before, after = compile_walk(old, scale), compile_walk(new, scale)
        base = errors(before, rows, observed, options.replicates)
        column = [f"{base.mean():.4f}"]
        for change in PARTS.values():
            difference = errors(change(before, after), rows, observed, options.replicates) - base
            spread = difference.std(ddof=1) / np.sqrt(len(difference))
            column.append(f"{difference.mean():+.4f} ±{spread:.4f}" if difference.any() else ".")
        columns[name] = column
    print("| error | " + " | ".join(columns) + " |")
    print("|" + "---|" * (len(columns) + 1))
    for row, label in enumerate(["`flee3`", *PARTS]):
        print(f"| {label} | " + " | ".join(column[row] for column in columns.values()) + " |")


if __name__ == "__main__":
    main()
