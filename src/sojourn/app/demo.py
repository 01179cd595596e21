"""The command ``demo``: one built-in scenario with and without its policy, in a few seconds."""

from __future__ import annotations

import sojourn as sj
from sojourn.app import show
from sojourn.app.runs import stages_at_end

__all__ = ["demo"]

REPLICATES = 50
SEED = 7


def demo() -> None:
    """Simulate a border post, then without its extra officers, and show where the people went."""
    base = sj.load("border-post")
    changed = base.replace(policies={"summer-officers": None})
    runs = []
    for title, scenario in (("as it is", base), ("no extra officers", changed)):
        with show.progress(title, 0, REPLICATES, quiet=False) as progress:
            runs.append(sj.simulate(scenario, replicates=REPLICATES, seed=SEED, progress=progress))
    show.line(f"{base.title}: {REPLICATES} replicates, seed {SEED}\n\n{base.description}\n")
    show.table(stages_at_end(runs[0]), "People in each stage at the end")
    show.line("")
    show.table(sj.compare(*runs).to_frame(), "Without the extra officers: where the people went")
