"""Runs that are killed while they are written. ``python -m verification.kills [--kills 50] [--seed 1]``.

Commands that write runs are ended by SIGKILL at a random moment: half of them just before a file is flushed or
renamed, half after a random time. Whatever is then at the path must open with whole replicates, equal to the bit to
those of a run that was never killed, or be what was there before; the command that resumes must give that run, with
the same digests, and leave nothing behind.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import sojourn as sj
from sojourn import gathering
from sojourn.app.main import app
from sojourn.results.store import writer
from sojourn.results.store.header import read_header

__all__ = ["COMMANDS", "Kill", "Killed", "killed", "main", "prepared"]

FOLDER = Path(__file__).parents[1] / "examples" / "flee-small"
WANTED = 24
EARLIER = 7
BLOCK = 5
"""Replicates in a block, so that a run has several, and the last is not full."""

FLOW = ("simulate", "border-post", "--seed", "7", "--record", "step", "--quiet")
WALK = ("flee", "run", str(FOLDER), "--seed", "7", "--quiet")


class Kind(NamedTuple):
    """A command that writes a run: what stands there before, its words, and those that make the run whole."""

    before: tuple[str, ...]
    words: tuple[str, ...]
    again: tuple[str, ...]


COMMANDS = {
    "simulate": Kind((), (*FLOW, "--replicates", str(WANTED), "--out", "run"), ("--resume",)),
    "resume": Kind(("earlier",), (*FLOW, "--replicates", str(WANTED), "--out", "run", "--resume"), ()),
    "replace": Kind(("other",), (*FLOW, "--replicates", str(WANTED), "--out", "run", "--force"), ()),
    "concat": Kind(("a", "b", "c"), ("concat", "b", "c", "a", "--out", "run"), ()),
    "walk": Kind((), (*WALK, "--replicates", str(WANTED), "--save", "run"), ("--resume",)),
}


@dataclass(frozen=True)
class Whole:
    """What a command gives where nothing kills it: the run, its digests, and how long it takes."""

    run: sj.Run
    digests: dict[str, str]
    seconds: float
    calls: int


class Kill(NamedTuple):
    """When a command is killed: before so many flushes and renames, or after a part of the time that it takes."""

    call: int | None
    part: float | None


class Killed(NamedTuple):
    """What was found after a kill."""

    moment: str
    opened: str
    sound: bool
    resumed: bool

    @property
    def passes(self) -> bool:
        """Whether what was there was sound, and the run was made whole to the bit."""
        return self.sound and self.resumed


def prepared(folder: Path) -> dict[str, Whole]:
    """Make the runs that stand there before, in ``folder``, and return what every command gives by itself."""
    for name, first, number, seed in (("a", 0, 7, 7), ("b", 7, 11, 7), ("c", 18, 6, 7), ("other", 0, 3, 8)):
        run = sj.simulate(sj.load("border-post"), replicates=number, seed=seed, first=first, record="step")
        run.save(folder / name)
    shutil.copytree(folder / "a", folder / "earlier")
    sj.flee.simulate(FOLDER, replicates=1, seed=7)  # compiled
    whole = {}
    for name, kind in COMMANDS.items():
        place = _place(folder, f"whole-{name}", kind)
        started = time.monotonic()
        calls = _child(place, kind.words, lambda _: None, None)
        seconds = time.monotonic() - started
        whole[name] = Whole(sj.open_run(place / "run"), _digests(place / "run"), seconds, calls)
    return whole


def killed(folder: Path, name: str, kill: Kill, whole: Whole) -> Killed:
    """Kill a command once, look at what is there, and make the run whole."""
    kind = COMMANDS[name]
    after = None if kill.part is None else kill.part * whole.seconds
    place = _place(folder, f"{name}-{kill.call}-{kill.part}", kind)
    _child(place, kind.words, lambda child: _end(child, after), kill.call)
    opened, sound = _found(place / "run", name, whole.run, folder)
    if name == "replace":
        shutil.rmtree(place / "run.new", ignore_errors=True)
    again = kind.words if name != "concat" or not (place / "run").exists() else ()
    if name == "replace" and sound and opened == "the new run":
        again = ()
    if again:
        _child(place, (*again, *kind.again), lambda _: None, None)
    path = place / "run"
    resumed = path.exists() and sj.open_run(path).identical(whole.run) and _digests(path) == whole.digests
    left = {one.name for one in place.iterdir()} - {"run", *kind.before}
    moment = f"call {kill.call} of {whole.calls}" if after is None else f"{after:.2f} s"
    shutil.rmtree(place)
    return Killed(moment, opened, sound, resumed and not left)


def _found(path: Path, name: str, whole: sj.Run, folder: Path) -> tuple[str, bool]:
    """Return what is at a path in words, and whether it is what it may be."""
    try:
        run = sj.open_run(path)
    except sj.SojournError as error:
        return f"nothing ({', '.join(error.codes)})", error.codes == ("R101",) and name in (
            "simulate",
            "walk",
            "concat",
        )
    if name == "replace":
        if run.identical(sj.open_run(folder / "other")):
            new = path.with_name("run.new")
            return "the old run", not new.exists() or _begins(sj.open_run(new), whole)
        return "the new run", run.identical(whole)
    text = f"{run.replicates}, {run.missing} missing"
    if name == "concat":
        return text, run.identical(whole)
    least = EARLIER if name == "resume" else 1
    return text, run.replicates >= least and _begins(run, whole)


def _begins(run: sj.Run, whole: sj.Run) -> bool:
    """Tell whether a run is the beginning of another, to the bit, and says what is missing."""
    first = whole.data.isel(replicate=slice(run.replicates))
    return bool(run.data.identical(first)) and run.missing in (0, whole.replicates - run.replicates)


def _digests(path: Path) -> dict[str, str]:
    header = read_header(path)
    return {name: row.links[-1] for name, row in header.rows.items()} | dict(header.fixed)


def _place(folder: Path, name: str, kind: Kind) -> Path:
    place = folder / name
    place.mkdir()
    for one in kind.before:
        shutil.copytree(folder / one, place / ("run" if one in ("earlier", "other") else one))
    return place


def _child(place: Path, words: tuple[str, ...], meanwhile: Callable[[int], None], call: int | None) -> int:
    """Run a command in a forked process, and return how often it flushed or renamed a file."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _run(place, words, call, writing)
    os.close(writing)
    meanwhile(child)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return int(told.read() or 0)


def _run(place: Path, words: tuple[str, ...], call: int | None, pipe: int) -> None:
    """Be the process of a command, which counts its calls, and kills itself at one of them."""
    made = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **options: Any) -> Any:
            nonlocal made
            made += 1
            if made == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        return counting

    os.replace, os.rename, os.fsync = counted(os.replace), counted(os.rename), counted(os.fsync)
    try:
        os.chdir(place)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        gathering.SECONDS = 0.0  # every replicate is committed by itself
        writer.BLOCK_BYTES = BLOCK * _bytes_each(words)
        app(list(words), standalone_mode=False)
        os.write(pipe, str(made).encode())
    finally:
        os._exit(0)


def _bytes_each(words: tuple[str, ...]) -> int:
    """Return about how many bytes a replicate of the run has."""
    return 20_000 if words[0] == "flee" else 110_000


def _end(child: int, seconds: float | None) -> None:
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)


def moments(number: int, seed: int, whole: dict[str, Whole]) -> list[tuple[str, Kill]]:
    """Return commands and random moments at which they are killed, each command as often as any other."""
    rng = np.random.default_rng(seed)
    names = [list(COMMANDS)[i % len(COMMANDS)] for i in range(number)]
    chosen = []
    for i, name in enumerate(names):
        call = int(rng.integers(1, whole[name].calls + 1)) if (i // len(COMMANDS)) % 2 == 0 else None
        chosen.append((name, Kill(call, float(rng.uniform()) if call is None else None)))
    return chosen


def table(number: int, seed: int) -> bool:
    """Print what was found after each kill; return whether all is well."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        whole = prepared(folder)
        good = 0
        print(f"{'command':10s} {'killed at':18s} {'then at the path':24s} {'sound':6s} resumed to the bit")
        for name, kill in moments(number, seed, whole):
            found = killed(folder, name, kill, whole[name])
            good += found.passes
            said = ["yes" if one else "NO" for one in (found.sound, found.resumed)]
            print(f"{name:10s} {found.moment:18s} {found.opened:24s} {said[0]:6s} {said[1]}", flush=True)
    print(f"{good} of {number} kills left what they may, and were made whole to the bit")
    return good == number


def main(argv: list[str] | None = None) -> bool:
    """Print the table; return whether every run survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    return table(asked.kills, asked.seed)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
