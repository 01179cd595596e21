"""Files written whole or not at all: beside their place, flushed to the disk, then renamed into it."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from sojourn.errors import Problem, SojournError

__all__ = [
    "CODES",
    "PART",
    "WriteError",
    "drafted",
    "flush",
    "plain_cell",
    "replace_all",
    "write_folder_of",
    "write_text",
]

CODES: Mapping[str, str] = {"W101": "a file cannot be written"}

PART = ".part"
"""How the names of drafts end; what has such a name is left over from a process that was killed."""
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_FLUSHES = 8  # at a time


class WriteError(SojournError):
    """A file could not be written; what was there before is left as it was."""


def plain_cell(text: str) -> str:
    """Return a text in a form that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        The content of a cell.

    Returns
    -------
    str
        With an apostrophe in front where it begins like a formula, or with an apostrophe.
    """
    return f"'{text}" if text.startswith(_RISKY) else text


def flush(path: Path) -> None:
    """Have the disk keep what was written to a file, or the names in a folder.

    Parameters
    ----------
    path : pathlib.Path
        A file or folder that exists.
    """
    if os.name == "nt" and path.is_dir():  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def drafted(path: str | Path) -> Iterator[Path]:
    """Give the path of a draft; when the block ends well, the draft is flushed and takes the place of ``path``.

    Parameters
    ----------
    path : str or pathlib.Path
        Where the file is to be; what is there is replaced.

    Yields
    ------
    pathlib.Path
        The draft, in the same folder.

    Raises
    ------
    OSError
        Where the disk refuses; what was at ``path`` is left as it was.
    """
    target = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
    if (given := Path(path)).exists() and not given.is_file() and not given.is_dir():
        yield given  # a terminal or a pipe has no draft
        return
    draft = _draft(target)
    try:
        yield draft
        flush(draft)
        with suppress(FileNotFoundError):
            os.chmod(draft, target.stat().st_mode & 0o7777)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def replace_all(files: Mapping[Path, bytes]) -> None:
    """Write many files, each whole; once this returns, the disk keeps all of them, and their names.

    Files are flushed side by side, which disks do in little more time than one.

    Parameters
    ----------
    files : mapping of pathlib.Path to bytes
        Content by path.

    Raises
    ------
    OSError
        Where the disk refuses; what was there before is left, except for files that were already replaced.
    """
    drafts = {path: _draft(path) for path in files}
    folders = dict.fromkeys(path.parent for path in files)
    try:
        for path, content in files.items():
            drafts[path].write_bytes(content)
        with ThreadPoolExecutor(_FLUSHES) as pool:
            list(pool.map(flush, drafts.values()))
            for path, draft in drafts.items():
                os.replace(draft, path)
            list(pool.map(flush, folders))
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> Path:
    """Write a text to a file, in UTF-8 and with the line ends that it has, and return the path.

    Parameters
    ----------
    path : str or pathlib.Path
        Where the file is to be.
    text : str
        What is written.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    WriteError
        W101 where the file cannot be written; what was there before is left as it was.
    """
    try:
        with drafted(path) as draft:
            draft.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise _refused(path, error) from error
    return Path(path)


def write_folder_of(path: str | Path, texts: Mapping[str, str]) -> Path:
    """Write a new folder of texts, by their paths in it, and return its path.

    Parameters
    ----------
    path : str or pathlib.Path
        Where the folder is to be; nothing may be there.
    texts : mapping of str to str
        Text by path within the folder.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    WriteError
        W101 where something is at ``path`` already, or the folder cannot be written; nothing is left behind.
    """
    target = Path(path)
    draft = _draft(target)
    try:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "something is there already")
        for name in texts:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
        replace_all({draft / name: text.encode("utf-8") for name, text in texts.items()})
        draft.rename(target)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}{PART}")


def _refused(path: str | Path, error: OSError) -> WriteError:
    remedy = "make room, or choose another path; what was there before is unchanged"
    found = error.strerror or str(error)
    return WriteError([Problem("W101", str(path), "the file cannot be written", found=found, remedy=remedy)])
