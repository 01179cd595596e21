"""The user's store of official figures: Parquet files and one manifest.

Parquet through pyarrow was chosen over DuckDB because figures are written once and read often: each release of
a measure is one immutable file, so readers never wait for a writer or block one (a DuckDB file is open to a
single process while it is written), the shipped figures are read the same way, and pyarrow is a dependency
already. What is in the store is what ``manifest.json`` names. An import writes its files beside it, flushes
them to disk, and replaces the manifest in one rename: killed at any moment before, the store is as it was;
after, it holds the import whole. Files no manifest names are swept up by the next import.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.series.codes import DataError, refuse
from sojourn.series.figure_checks import key_codes
from sojourn.series.importers.protocol import Check, Dropped
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.lock import writing
from sojourn.series.model import KEY, SCHEMA, conform, measures, stamped, whole
from sojourn.series.rows import Rows, prepare

__all__ = ["Entry", "Receipt", "Store", "shipped", "write_figures"]

_VERSION = 1
_SLICE = 500_000
_RELEASE = re.compile(r"(19|20)\d\d(-\d\d(-\d\d)?)?")


@dataclass(frozen=True)
class Entry:
    """One release of one measure on the shelf.

    ``path`` is the Parquet file; ``digest`` the SHA-256 of the file it was imported from, ``content`` that of
    the Parquet file. ``origin`` is ``user`` or ``shipped``.
    """

    measure: str
    release: str
    rows: int
    start: str
    end: str
    path: str
    importer: str
    file: str
    digest: str
    content: str
    origin: str = "user"


@dataclass(frozen=True)
class Receipt:
    """What an import did: the releases added or replaced, those already there, what was dropped, checks held."""

    file: str
    importer: str
    added: tuple[Entry, ...]
    unchanged: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    checks: tuple[Check, ...]


def _folder() -> Path:
    """Return the folder of the user's store: SOJOURN_DATA, or the system's place for data of programs."""
    if chosen := os.environ.get("SOJOURN_DATA"):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "sojourn" / "series"


class Store:
    """Official figures in a folder of the user, over those shipped with the package.

    ``folder`` defaults to SOJOURN_DATA or the user's data folder; it is made by the first import. With
    ``with_shipped`` false only the user's own figures are seen.
    """

    def __init__(self, folder: str | Path | None = None, *, with_shipped: bool = True) -> None:
        self.folder = Path(folder) if folder is not None else _folder()
        self.with_shipped = with_shipped

    def entries(self, measure: str | None = None) -> tuple[Entry, ...]:
        """Return what is on the shelf, by measure and release; the user's own before a shipped one.

        Raises DataError D504 when the manifest cannot be read.
        """
        found = {(e.measure, e.release): e for e in shipped()} if self.with_shipped else {}
        found.update({(e.measure, e.release): e for e in self._manifest()})
        return tuple(found[k] for k in sorted(found) if measure is None or k[0] == measure)

    def figures(self, entry: Entry) -> pa.Table:
        """Return the figures of one entry; raises DataError D504 when its file is missing or damaged."""
        return self.rows(entry).table

    def rows(self, entry: Entry) -> Rows:
        """Return the figures of one entry laid out for questions, kept until its file changes; D504 as above."""
        path = self.folder / entry.path if entry.origin == "user" else Path(entry.path)
        release = entry.release if entry.origin == "shipped" else None
        try:
            return _read(str(path), path.stat().st_mtime_ns, release)
        except (OSError, pa.ArrowException, KeyError, ValueError) as err:
            raise refuse(
                "D504", str(path), f"figures cannot be read: {err}", remedy="import the file again"
            ) from err

    def import_file(self, path: str | Path, *, release: str | None = None, replace: bool = False) -> Receipt:
        """Import a publisher's file: all of it or, on any problem, nothing.

        ``release`` names the vintage where the file does not (a later correction of the same months).
        Importing the same file again changes nothing. ``replace`` allows another file in place of a release
        that is already there. Raises DataError: what is wrong with the file (D1xx-D4xx), another import under
        way (D501), no space (D502), the same release with other content (D503).
        """
        source = SourceFile(path)
        importer, read = read_file(source)
        table = read.table
        if release is not None:
            if not _RELEASE.fullmatch(release):
                raise refuse("D311", "release", "release cannot be ordered", found=release, allowed="2024-09-30")
            table = stamped(table, release)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with writing(self.folder):
                added, unchanged = self._commit(_by_release(table), source, importer.name, replace)
        except (OSError, pa.ArrowException) as err:
            raise refuse(
                "D502", str(self.folder), f"the store cannot be written: {err}", remedy="make room and import again"
            ) from err
        return Receipt(source.name, importer.name, added, unchanged, read.dropped, read.checks)

    def damage(self) -> tuple[str, ...]:
        """Return the files of the store whose content is not what the manifest says; empty when all is well."""
        bad = []
        for entry in self._manifest():
            path = self.folder / entry.path
            if not path.is_file() or _sha256(path) != entry.content:
                bad.append(entry.path)
        return tuple(bad)

    def _manifest(self) -> tuple[Entry, ...]:
        path = self.folder / "manifest.json"
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as err:
            raise refuse("D504", str(path), f"the manifest cannot be read: {err}") from err
        if not isinstance(said, dict) or said.get("version") != _VERSION:
            raise refuse("D504", str(path), "written by another version of the store")
        return tuple(Entry(**entry) for entry in said["entries"])

    def _commit(
        self, parts: Mapping[tuple[str, str], pa.Table], source: SourceFile, importer: str, replace: bool
    ) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Write the parts and make them the store's in one rename; the caller holds the lock."""
        before = {(e.measure, e.release): e for e in self._manifest()}
        self._sweep(before.values())
        incoming = self.folder / "incoming"
        added, unchanged = [], []
        try:
            incoming.mkdir()
            for (measure, release), table in parts.items():
                entry = _write(incoming, measure, release, table, source, importer)
                old = before.get((measure, release))
                if old is not None and self._holds(old, entry, table):
                    unchanged.append(old)
                    continue
                if old is not None and old.digest != source.digest and not replace:
                    raise _differs(old, entry)
                added.append(entry)
            if added:
                self._publish(incoming, added, before)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        return tuple(added), tuple(unchanged)

    def _holds(self, old: Entry, new: Entry, table: pa.Table) -> bool:
        """Whether the store has these figures already, perhaps read from a file that differs in other bytes."""
        if old.content == new.content:
            return True
        kept = self.figures(old)
        if kept.num_rows != table.num_rows or old.digest == new.digest:
            return False
        order = pa.array(np.argsort(key_codes(table, KEY), kind="stable"))
        same = conform(table.take(order))
        return all(
            whole(kept[n]).equals(whole(same[n])) or kept[n].to_pylist() == same[n].to_pylist()
            for n in kept.schema.names
            if n != "digest"
        )

    def _publish(self, incoming: Path, added: Sequence[Entry], before: Mapping[tuple[str, str], Entry]) -> None:
        """Move the new files into place, then name them in a new manifest: the one moment of change."""
        parts = self.folder / "parts"
        parts.mkdir(exist_ok=True)
        for entry in added:
            os.replace(incoming / Path(entry.path).name, self.folder / entry.path)
        _flush(parts)
        after = {**before, **{(e.measure, e.release): e for e in added}}
        text = json.dumps({"version": _VERSION, "entries": [asdict(after[k]) for k in sorted(after)]}, indent=1)
        draft = incoming / "manifest.json"
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.folder / "manifest.json")
        _flush(self.folder)

    def _sweep(self, kept: Any) -> None:
        """Remove what an import that was cut off left behind."""
        shutil.rmtree(self.folder / "incoming", ignore_errors=True)
        named = {Path(e.path).name for e in kept}
        parts = self.folder / "parts"
        for path in parts.iterdir() if parts.is_dir() else ():
            if path.name not in named:
                path.unlink(missing_ok=True)


def _differs(old: Entry, new: Entry) -> DataError:
    return refuse(
        "D503",
        f"{new.measure}, release {new.release}",
        "this release is in the store with other content",
        found=f"{new.rows} figures from {new.file}",
        allowed=f"{old.rows} figures from {old.file}",
        remedy="name the new vintage (release=), or say replace=True",
    )


def _by_release(table: pa.Table) -> dict[tuple[str, str], pa.Table]:
    """Split figures into one table for each measure and release."""
    codes = key_codes(table, ("measure", "release"))
    if not codes.any():
        return {(table["measure"][0].as_py(), table["release"][0].as_py()): table}
    found = {}
    for code in np.unique(codes):
        part = table.filter(pa.array(codes == code))
        found[part["measure"][0].as_py(), part["release"][0].as_py()] = part
    return found


def write_figures(table: pa.Table, path: Path) -> None:
    """Write figures to a Parquet file, in order of their keys: equal figures give equal bytes."""
    order = np.argsort(key_codes(table, KEY), kind="stable")
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", store_schema=True) as writer:
        for at in range(0, len(order), _SLICE):
            writer.write_table(conform(table.take(pa.array(order[at : at + _SLICE]))))


def _write(folder: Path, measure: str, release: str, table: pa.Table, source: SourceFile, importer: str) -> Entry:
    draft = folder / "draft.parquet"
    write_figures(table, draft)
    content = _sha256(draft)
    _flush(draft)
    name = f"{measure}-{release}-{content[:12]}.parquet"
    os.replace(draft, folder / name)
    return Entry(
        measure,
        release,
        table.num_rows,
        str(pc.min(table["start"]).as_py()),
        str(pc.max(table["end"]).as_py()),
        f"parts/{name}",
        importer,
        source.name,
        source.digest,
        content,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk; Windows does folders by itself."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@lru_cache(maxsize=64)
def _read(path: str, _changed_ns: int, release: str | None) -> Rows:
    """Read a file of figures, or one release of it."""
    table = pq.read_table(path, use_threads=False)
    if release is not None:
        table = table.filter(pc.equal(table["release"].cast(pa.string()), release))
    return prepare(conform(table))


def shipped() -> tuple[Entry, ...]:
    """Return the releases of the reference figures that come with the package, one entry each."""
    folder = files("sojourn") / "library" / "figures"
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return _shipped(str(folder))
    return ()


@lru_cache(maxsize=1)
def _shipped(folder: str) -> tuple[Entry, ...]:
    """Read what the shipped figures hold from their descriptor, without opening the figures."""
    package = json.loads((Path(folder) / "datapackage.json").read_text(encoding="utf-8"))
    return tuple(
        Entry(
            resource["name"],
            held["release"],
            held["rows"],
            held["start"],
            held["end"],
            str(Path(folder) / resource["path"]),
            "shipped",
            resource["path"],
            held["digest"],
            "",
            "shipped",
        )
        for resource in package["resources"]
        if resource["name"] in measures()
        for held in resource["releases"]
    )
