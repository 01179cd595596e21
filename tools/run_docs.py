"""Run the examples of the documentation: every ``python`` and ``console`` block of README.md and docs/.

``python tools/run_docs.py [FILE...]`` runs the blocks of a page in order, in a folder that holds only a copy of
``examples``: Python blocks share one namespace, and lines of console blocks that begin with ``$ sojourn`` are run.
``# exits 1`` at the end of such a line says that another exit code than 0 is meant. A block marked ``output`` is
what the block before it prints, in which ``...`` stands for anything; ``--write`` puts what is printed now in place
of those that differ. A block only to be read is marked ``text``, ``yaml`` or ``sh``, or is a directive of Sphinx.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 600
MARK = "\x1e"  # begins the line that tells which block prints what follows
READ_ONLY = {"text", "yaml", "sh", "json", "bibtex", "csv", "makefile"}

_FENCE = re.compile(r"^(?P<fence>```+)(?P<kind>[^\n`]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
_EXITS = re.compile(r"\s+# exits (\d+)$")


class Block(NamedTuple):
    """A block of a page: the line where it begins, its kind, and its text."""

    line: int
    kind: str
    text: str


class Fault(NamedTuple):
    """What went wrong, and on which line of the page."""

    line: int
    message: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for match in _FENCE.finditer(page):
        yield Block(page[: match.start()].count("\n") + 1, match["kind"].strip(), match["body"])


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of examples: this Python's programs first, home in the empty folder."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    return os.environ | {"PATH": programs, "HOME": str(home), "XDG_DATA_HOME": str(home), "COLUMNS": "120"}


def script(page: list[Block]) -> str:
    """Return one Python program that runs the blocks of a page in order, and says which of them it is at."""
    lines = ["import subprocess, sys", "names = {'__name__': '__main__'}"]
    for block in page:
        lines.append(f"print('at line', {block.line}, file=sys.stderr, flush=True)")
        lines.append(f"print({MARK!r}, {block.line}, flush=True)")
        if block.kind == "python":
            code = "\n" * block.line + block.text
            lines.append(f"exec(compile({code!r}, 'page', 'exec'), names)")
            continue
        for command in (row[2:] for row in block.text.splitlines() if row.startswith("$ ")):
            meant = _EXITS.search(command)
            words = shlex.split(_EXITS.sub("", command))
            lines.append(f"done = subprocess.run({words!r})")
            lines.append(f"if done.returncode != {int(meant[1]) if meant else 0}:")
            lines.append(f"    sys.exit(f'{{done.returncode}} is the exit code of: ' + {command!r})")
    return "\n".join(lines) + "\n"


def unrunnable(block: Block) -> str:
    """Return why a block can neither be run nor is marked as only to be read; empty if all is well."""
    directive = block.kind.startswith("{")  # of Sphinx, which checks it when the site is built
    if directive or block.kind in READ_ONLY or block.kind in ("python", "output"):
        return ""
    if block.kind != "console":
        return f"the kind of block {block.kind!r} is neither run nor marked as read only"
    commands = [row for row in block.text.splitlines() if row.startswith("$ ")]
    if not commands:
        return "a console block without a line that begins with `$ `"
    foreign = [row for row in commands if not row.startswith("$ sojourn ")]
    return f"only `sojourn` is run here; mark it `sh`: {foreign[0]}" if foreign else ""


def printed(stdout: str) -> dict[int, str]:
    """Return what each block printed, by the line where the block begins."""
    parts = [part.partition("\n") for part in stdout.split(MARK)[1:]]
    return {int(line): text for line, _, text in parts}


def stale(page: list[Block], told: dict[int, str]) -> Iterator[tuple[Block, str]]:
    """Yield the output blocks of a page that are not what the block before them printed, and what that was."""
    at = 0
    for block in page:
        if block.kind in ("python", "console"):
            at = block.line
        elif block.kind == "output":
            now = "".join(f"{row.rstrip()}\n" for row in told.get(at, "").strip("\n").splitlines())
            if not OutputChecker().check_output(block.text, now, ELLIPSIS | NORMALIZE_WHITESPACE):
                yield block, now


def rewrite(page: Path, changes: list[tuple[Block, str]]) -> None:
    """Write what is printed now into the output blocks that differ."""
    rows = page.read_text(encoding="utf-8").splitlines(keepends=True)
    for block, now in reversed(changes):
        rows[block.line : block.line + block.text.count("\n")] = [now]
    page.write_text("".join(rows), encoding="utf-8")


def run(page: Path, *, write: bool = False) -> list[Fault]:
    """Run the blocks of a page; return what went wrong. With ``write``, stale outputs are mended, not told."""
    found = list(blocks(page.read_text(encoding="utf-8")))
    faults = [Fault(block.line, reason) for block in found if (reason := unrunnable(block))]
    live = [block for block in found if block.kind in ("python", "console")]
    if faults or not live:
        return faults
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples", folder / "examples", dirs_exist_ok=True)
        try:
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", script(live)],
                cwd=folder,
                env=environment(folder),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return [Fault(live[0].line, f"the page takes more than {SECONDS} s")]
    if done.returncode == 0:
        changes = list(stale(found, printed(done.stdout)))
        if write:
            rewrite(page, changes)
            return []
        return [Fault(block.line, f"another output is printed:\n{now}") for block, now in changes]
    at = re.findall(r"^at line (\d+)$", done.stderr, re.MULTILINE)
    return [Fault(int(at[-1]), "\n".join(done.stderr.splitlines()[-8:]))]


def pages() -> list[Path]:
    """Return the pages of the documentation that are written, not generated."""
    written = (page for page in (ROOT / "docs").rglob("*.md") if not {"generated", "_build"} & set(page.parts))
    return [ROOT / "README.md", *sorted(written)]


def main() -> int:
    """Run every page; return 1 if any went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write what is printed now in place of stale outputs")
    options = parser.parse_args()
    wrong = 0
    for page in options.page or pages():
        faults = run(page, write=options.write)
        wrong += bool(faults)
        print(f"{'FAILED' if faults else 'ok':6} {os.path.relpath(page, ROOT)}", flush=True)
        for fault in faults:
            print(f"{os.path.relpath(page, ROOT)}:{fault.line}: {fault.message}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
