"""Files that a scenario may name: below its own folder, never through a symbolic link."""

from __future__ import annotations

from pathlib import Path as FilePath
from pathlib import PurePosixPath, PureWindowsPath

from sojourn.scenario.codes import Findings, Path

__all__ = ["file_below"]


def file_below(folder: FilePath | None, written: str, findings: Findings, path: Path) -> FilePath | None:
    """Return the file that a scenario in this folder names; None if it may not, with the reason in the findings."""
    parts = PurePosixPath(written.replace("\\", "/")).parts
    reason = ""
    if folder is None:
        reason = "a text that is in no file cannot name files"
    elif not parts or PurePosixPath(written).is_absolute() or PureWindowsPath(written).drive or "\\" in written:
        reason = "the path is not relative, with `/` between folders"
    elif ".." in parts or parts[0].startswith("~") or "\0" in written:
        reason = "the path leaves the folder of the scenario"
    else:
        steps = [folder.joinpath(*parts[: n + 1]) for n in range(len(parts))]
        if any(step.is_symlink() for step in steps):
            reason = "the path passes a symbolic link"
        elif steps[-1].is_file():
            return steps[-1]
        else:
            findings.problem(
                "L101",
                path,
                "there is no such file",
                found=written,
                allowed="a file below the scenario's folder",
            )
            return None
    findings.problem(
        "L113",
        path,
        reason,
        found=written[:80],
        allowed="a relative path below the scenario's folder",
        remedy="move the file next to the scenario",
    )
    return None
