"""Print every verdict of the flow engine, the importers and stored runs: ``python -m verification [PART ...]``.

Parts are theory, oracles, numbers, fuzz_importers and kills.

The comparison with Flee's own runs is ``python -m verification.flee_reference``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from verification import common_numbers, flow_oracles, flow_theory, fuzz_importers, kills

PARTS: dict[str, Callable[[], bool]] = {
    "theory": flow_theory.main,
    "oracles": lambda: flow_oracles.main([]),
    "numbers": common_numbers.main,
    "kills": lambda: kills.main([]),
    "fuzz_importers": fuzz_importers.main,
}


def main(chosen: list[str]) -> int:
    """Run the parts; return 0 when all pass."""
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    good = True
    for name in chosen or PARTS:
        print(f"== {name}")
        good &= PARTS[name]()
    print("all verdicts pass" if good else "SOME VERDICT FAILS")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
