"""Imports a file again and again and kills the import: run by test_store_killed.py, not a test itself.

Arguments: folder of the store, the old file, the new file, how many imports to cut short, seed. Each round
starts from a store that holds the old release and forks a child that imports the new one in its place; the
child is killed by SIGKILL at a random moment of the time an import takes (even rounds) or at a random step that
touches the disk (odd rounds). Prints, as JSON, what the store held after each.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np

from sojourn.series import Store

STEPS = ("mkdir", "replace", "fsync", "open", "rmdir", "unlink")


def die_at(step):
    """Make this process kill itself at its ``step``-th call that touches the disk."""
    left = [step]

    def counted(call):
        def wrapped(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return wrapped

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))


def import_in_child(folder, file, step=None, wait=None):
    """Import in a forked child and kill it; return whether it was still at work when it died."""
    child = os.fork()
    if child == 0:
        if step is not None:
            die_at(step)
        Store(folder, with_shipped=False).import_file(file, replace=True)
        os._exit(0)
    if wait is not None:
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def state_of(folder):
    """Return what a store holds: figures and their sum, damaged files, files that nothing names."""
    store = Store(folder, with_shipped=False)
    entries = store.entries()
    tables = [store.figures(e) for e in entries]
    return {
        "releases": [
            (e.release, t.num_rows, sum(t["value"].to_pylist())) for e, t in zip(entries, tables, strict=True)
        ],
        "damage": store.damage(),
    }


def main():
    """Run the rounds and print what each left behind."""
    folder, old, new = map(Path, sys.argv[1:4])
    rounds, seed = int(sys.argv[4]), int(sys.argv[5])
    chance = np.random.default_rng(seed)
    good = folder.with_name("good")
    Store(good, with_shipped=False).import_file(old)
    takes = []
    for _ in range(3):
        shutil.copytree(good, folder)
        begun = time.perf_counter()
        import_in_child(folder, new)
        takes.append(time.perf_counter() - begun)
        finished = state_of(folder)
        shutil.rmtree(folder)
    seen = []
    for number in range(4 * rounds):
        if sum(one["cut"] for one in seen) == rounds:
            break
        shutil.copytree(good, folder)
        if number % 2:
            cut = import_in_child(folder, new, step=int(chance.integers(16)))
        else:
            cut = import_in_child(folder, new, wait=chance.uniform(0, min(takes)))
        found = state_of(folder)
        for _ in range(2):  # what the first replaced stays for those who read it, until the next
            Store(folder, with_shipped=False).import_file(new, replace=True)
        left = sorted(p.name for p in folder.rglob("*"))
        seen.append({"cut": cut, "found": found, "after": state_of(folder), "left": left})
        shutil.rmtree(folder)
    print(json.dumps({"old": state_of(good), "new": finished, "seen": seen}))


if __name__ == "__main__":
    main()
