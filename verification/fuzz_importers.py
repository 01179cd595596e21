"""Whether every form of a published table is read alike, and no damaged file crashes an importer.

    python -m verification fuzz_importers              every mutation of every sample, then 5,000 damaged files
    python -m verification.fuzz_importers 20000 7      so many damaged files, from that seed

Each damaged file is a sample under a random mutation with one to four pieces of its bytes cut, doubled or replaced.
"""

from __future__ import annotations

import collections
import random
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from sojourn.series.codes import CODES, DataError
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile
from verification.importer_mutations import MUTATIONS, Sample, damaged, figures_of, outcome, text
from verification.importer_samples import made_up, shared_samples

__all__ = ["fuzz", "main", "mutate"]

FILES, SEED = 5_000, 1


def mutate(samples: Sequence[Sample], folder: Path) -> list[str]:
    """Return what is wrong with the outcome of any mutation of any sample."""
    wrong = []
    for sample in samples:
        plain = folder / f"{sample.name}.csv"
        plain.write_text(text(sample.header, sample.rows), encoding="utf-8", newline="")
        expected = figures_of(plain)
        for mutation in MUTATIONS:
            said = outcome(sample, mutation, folder, expected)
            if said.startswith("wrong"):
                wrong.append(f"{sample.name}, {mutation.name}: {said}")
    return wrong


def fuzz(samples: Sequence[Sample], folder: Path, files: int, seed: int) -> tuple[dict[str, int], list[str]]:
    """Import damaged files; return how often each outcome was met, and every error without a code."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    met: collections.Counter[str] = collections.Counter()
    errors = []
    for number in range(files):
        sample, mutation = rng.choice(samples), rng.choice(MUTATIONS)
        ending, data = mutation.write(sample)
        path = folder / f"{sample.name}{ending}"
        path.write_bytes(damaged(data, rng))
        try:
            read_file(SourceFile(path))
            met["imported"] += 1
        except DataError as err:
            unknown = set(err.codes) - set(CODES)
            if unknown or not err.codes:
                errors.append(f"file {number}: codes {sorted(unknown)}")
            met[err.codes[0] if err.codes else "no code"] += 1
        except Exception:  # noqa: BLE001 - any other error is what this looks for
            kept = folder.parent / f"crash-{number}-{path.name}"
            kept.write_bytes(path.read_bytes())
            errors.append(f"file {number} ({sample.name}, {mutation.name}):\n{traceback.format_exc(limit=-4)}")
        path.unlink()
    return dict(met.most_common()), errors


def main(given: Sequence[str] = ()) -> bool:
    """Run both; print what was met and return whether all is well."""
    files, seed = [*map(int, given), FILES, SEED][:2] if len(given) != 1 else (int(given[0]), SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        samples = [*made_up(), *shared_samples(folder)]
        wrong = mutate(samples, folder)
        print(f"{len(samples)} tables under {len(MUTATIONS)} mutations: {len(wrong)} wrong")
        met, errors = fuzz(samples, folder, files, seed)
    print(f"{files:,} damaged files, seed {seed}: {len(errors)} errors without a code")
    print("  " + ", ".join(f"{outcome} {count}" for outcome, count in met.items()))
    for line in [*wrong, *errors][:20]:
        print(line)
    return not wrong and not errors


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
