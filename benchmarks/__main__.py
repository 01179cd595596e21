"""Run benchmarks, each in its own process: ``python -m benchmarks [SUBJECT ...]``.

Exit status 1 if one misses its limit.
"""

from __future__ import annotations

import subprocess
import sys

SUBJECTS = ("start_up", "flow_road", "flow_court", "parameter_draws", "run_memory")
"""Modules with limits and no data of their own to fetch; any other module here can be named."""


def main(chosen: list[str]) -> int:
    """Run the subjects; return 1 if a limit is missed."""
    missed = []
    for subject in chosen or SUBJECTS:
        print(f"== {subject}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{subject}"], check=False).returncode:
            missed.append(subject)
    print(f"limits missed: {', '.join(missed) or 'none'}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
