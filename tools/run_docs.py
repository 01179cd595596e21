"""Run the examples of the documentation: every ``python`` and ``console`` block of README.md and docs/.

``python tools/run_docs.py [FILE...]`` runs the blocks of a page in order, in a folder that holds only a copy of
``examples``: Python blocks share one namespace, and lines of console blocks that begin with ``$ sojourn`` are run.
``# exits 1`` at the end of such a line says that another exit code than 0 is meant. A block only to be read is
marked ``text``, ``yaml`` or ``sh``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 600
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
    if block.kind in READ_ONLY or block.kind == "python":
        return ""
    if block.kind != "console":
        return f"the kind of block {block.kind!r} is neither run nor marked as read only"
    commands = [row for row in block.text.splitlines() if row.startswith("$ ")]
    if not commands:
        return "a console block without a line that begins with `$ `"
    foreign = [row for row in commands if not row.startswith("$ sojourn ")]
    return f"only `sojourn` is run here; mark it `sh`: {foreign[0]}" if foreign else ""


def run(page: Path) -> list[Fault]:
    """Run the blocks of a page; return what went wrong."""
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
        return []
    at = re.findall(r"^at line (\d+)$", done.stderr, re.MULTILINE)
    return [Fault(int(at[-1]), "\n".join(done.stderr.splitlines()[-8:]))]


def pages() -> list[Path]:
    """Return the pages of the documentation."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def main() -> int:
    """Run every page; return 1 if any went wrong."""
    chosen = [Path(name) for name in sys.argv[1:]] or pages()
    wrong = 0
    for page in chosen:
        faults = run(page)
        wrong += bool(faults)
        print(f"{'FAILED' if faults else 'ok':6} {os.path.relpath(page, ROOT)}", flush=True)
        for fault in faults:
            print(f"{os.path.relpath(page, ROOT)}:{fault.line}: {fault.message}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
