"""The user's store: a folder of Parquet files and one manifest that names them.

Figures are written once and read often, so each release of a measure is one immutable Parquet file: readers
never wait for a writer or block one (a DuckDB file, the other candidate, is open to a single process while it
is written), and the reference figures are read in the same way.

The store contains what ``manifest.json`` names. An import writes its files next to the manifest, flushes them
to disk, and replaces the manifest in one rename. If the process is killed before that moment, the store is as
it was; after it, the store holds the whole import. The next import removes files that no manifest names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.errors import nearest
from sojourn.series.codes import DataError, refuse
from sojourn.series.countries import with_own_names
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import KEY, Measure, conform, measures, stamped, whole
from sojourn.series.store.cells import Cells
from sojourn.series.store.entries import TABLE, Entry, Origin, Receipt
from sojourn.series.store.lock import writing
from sojourn.series.store.names import NAMES, read_names
from sojourn.series.store.own_measures import agreed, as_written, read_measures
from sojourn.series.store.parquet import read_release, sha256, write_figures
from sojourn.series.store.reference import reference_entries
from sojourn.series.validation import key_codes
from sojourn.writing import flush

__all__ = ["Store"]

_VERSION = 1
_RELEASE = re.compile(r"(19|20)\d\d(-\d\d(-\d\d)?)?")


def _default_folder() -> Path:
    """Return the folder of the user's store: SOJOURN_DATA, or the system's folder for data of applications."""
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
    """Official figures in a folder of the user, over the reference figures that ship with the package.

    Where both have the same release of a measure, the user's own comes first.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Where the user's figures are kept; the first import makes it. Without it, the folder named by the
        environment variable ``SOJOURN_DATA``, or the operating system's folder for data of applications.
    with_shipped : bool
        Whether the reference figures are seen too.

    Examples
    --------
    >>> store = sj.data.Store("figures")
    >>> receipt = store.import_file("downloads/darien_nationality.csv")
    >>> sj.series("darien-crossings", nationality="CHN", store=store)
    """

    def __init__(self, folder: str | Path | None = None, *, with_shipped: bool = True) -> None:
        self.folder = Path(folder) if folder is not None else _default_folder()
        self.with_shipped = with_shipped

    def entries(self, measure: str | None = None) -> tuple[Entry, ...]:
        """Return what the store holds, of one measure or of all, in order of measure and release.

        Tables that were not read from a publisher's file come before the releases of the publisher.

        Parameters
        ----------
        measure : str, optional
            Name of a measure; all without it.

        Returns
        -------
        tuple[Entry, ...]
            A release of a measure each.

        Raises
        ------
        DataError
            D504 when the manifest cannot be read.
        """
        found = {(e.measure, e.release): e for e in reference_entries()} if self.with_shipped else {}
        found.update({(e.measure, e.release): e for e in self._manifest()})
        order = sorted(found, key=lambda k: (k[0], found[k].of_publisher, k[1]))
        return tuple(found[k] for k in order if measure is None or k[0] == measure)

    def measures(self) -> Mapping[str, Measure]:
        """Return every measure that can be asked for.

        Returns
        -------
        mapping of str to Measure
            Those of Sojourn, and the user's own in this store, by name.
        """
        return {**measures(), **read_measures(self._said())}

    def own_names(self) -> Mapping[str, str]:
        """Return the user's own names of countries and places.

        Returns
        -------
        mapping of str to str
            Name to code or path.

        Raises
        ------
        DataError
            D707 with each row of ``names.csv`` that is wrong.
        """
        return read_names(self.folder / NAMES)

    def naming(self) -> AbstractContextManager[None]:
        """Let the user's own names be known.

        Returns
        -------
        context manager
            They are known inside the block.
        """
        return with_own_names(self.own_names())

    def figures(self, entry: Entry) -> pa.Table:
        """Return the figures of one entry, in the columns of ``FIELDS``.

        Parameters
        ----------
        entry : Entry
            As :meth:`entries` gives it.

        Returns
        -------
        pa.Table
            One row for each figure.

        Raises
        ------
        DataError
            D504 when its file is missing or damaged.
        """
        return self.cells(entry).table

    def cells(self, entry: Entry) -> Cells:
        """Return the figures of one entry, indexed by cell and cached.

        Parameters
        ----------
        entry : Entry
            As :meth:`entries` gives it.

        Returns
        -------
        Cells
            The figures.

        Raises
        ------
        DataError
            D504 when its file is missing or damaged.
        """
        path = self.folder / entry.path if entry.origin == "user" else Path(entry.path)
        release = entry.release if entry.origin == "shipped" else None
        try:
            return read_release(str(path), path.stat().st_mtime_ns, release)
        except (OSError, pa.ArrowException, KeyError, ValueError) as err:
            raise refuse(
                "D504", str(path), f"figures cannot be read: {err}", remedy="import the file again"
            ) from err

    def import_file(self, path: str | Path, *, release: str | None = None, replace: bool = False) -> Receipt:
        """Import a publisher's file: all of it or, if anything is wrong with it, nothing.

        Importing the same file again changes nothing.

        Parameters
        ----------
        path : str or pathlib.Path
            A file as the publisher published it: ``.csv``, ``.csv.gz`` or ``.xlsx``.
        release : str, optional
            Name of the vintage (``2024``, ``2024-09`` or ``2024-09-30``) where the file does not give one, as
            for a later correction of the same months.
        replace : bool
            Let the file take the place of a release that the store holds with other content.

        Returns
        -------
        Receipt
            What was added, what was there already, what was left out and why, and which totals were checked.

        Raises
        ------
        DataError
            D1xx to D4xx, what is wrong with the file; D501, another import is under way; D502, no space;
            D503, the store has this release with other content.
        """
        source = SourceFile(path)
        with self.naming():
            importer, read = read_file(source)
        origin = Origin(source.name, source.digest, importer.name, importer.of_publisher)
        added, unchanged = self.keep(read.table, origin, release=release, replace=replace)
        return Receipt(source.name, importer.name, added, unchanged, read.dropped, read.checks)

    def keep(
        self, table: pa.Table, origin: Origin, *, release: str | None = None, replace: bool = False
    ) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Keep figures that were read and checked: all of them or, if anything is wrong, none.

        Parameters
        ----------
        table : pyarrow.Table
            The figures, in the columns of ``FIELDS``.
        origin : Origin
            Where they come from.
        release : str, optional
            As in :meth:`import_file`.
        replace : bool
            As in :meth:`import_file`.

        Returns
        -------
        added, unchanged : tuple of Entry
            Releases that are new or were replaced, and those that the store had already.

        Raises
        ------
        DataError
            D311, D501 to D503 as :meth:`import_file`; D705 for an own measure with another definition.
        """
        if release is not None:
            if not _RELEASE.fullmatch(release):
                raise refuse("D311", "release", "release cannot be ordered", found=release, allowed="2024-09-30")
            table = stamped(table, release)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with writing(self.folder):
                return self._commit(_by_release(table), origin, replace)
        except (OSError, pa.ArrowException) as err:
            raise refuse(
                "D502", str(self.folder), f"the store cannot be written: {err}", remedy="make room and import again"
            ) from err

    def remove(self, measure: str, release: str | None = None) -> tuple[Entry, ...]:
        """Remove the user's figures of a measure, all of them or one release; own measures go with their last one.

        Parameters
        ----------
        measure : str
            What was imported.
        release : str, optional
            The one to remove; all without it.

        Returns
        -------
        tuple of Entry
            What was removed. The figures that ship with the package stay.

        Raises
        ------
        DataError
            D602 where the user has no such figures, D501 and D502 for the store.
        """
        if not self.folder.is_dir():
            raise self._nothing(measure, release)
        try:
            with writing(self.folder):
                before = {(e.measure, e.release): e for e in self._manifest()}
                gone = tuple(e for (m, r), e in before.items() if m == measure and release in (None, r))
                if not gone:
                    raise self._nothing(measure, release)
                left = {key: e for key, e in before.items() if e not in gone}
                own = {n: m for n, m in read_measures(self._said()).items() if any(n == key[0] for key in left)}
                self._sweep(before.values())
                incoming = self.folder / "incoming"
                incoming.mkdir()
                self._publish(incoming, (), left, own)
                self._sweep(left.values())
        except OSError as err:
            raise refuse("D502", str(self.folder), f"the store cannot be written: {err}") from err
        return gone

    def _nothing(self, measure: str, release: str | None) -> DataError:
        """Return the error for figures that the user has not."""
        own = sorted({e.measure for e in self._manifest()})
        said = measure if release is None else f"{measure}, release {release}"
        return refuse(
            "D602", said, "no such figures of your own", allowed=", ".join(own), nearest=nearest(measure, own)
        )

    def damage(self) -> tuple[str, ...]:
        """Return the user's files whose content is not what the manifest says.

        Returns
        -------
        tuple of str
            Paths below the folder of the store; empty when all is well.
        """
        bad = []
        for entry in self._manifest():
            path = self.folder / entry.path
            if not path.is_file() or sha256(path) != entry.content:
                bad.append(entry.path)
        return tuple(bad)

    def _manifest(self) -> tuple[Entry, ...]:
        return tuple(Entry(**entry) for entry in self._said()["entries"])

    def _said(self) -> dict[str, Any]:
        """Return the manifest as it is written."""
        path = self.folder / "manifest.json"
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"entries": []}
        except (OSError, ValueError) as err:
            raise refuse("D504", str(path), f"the manifest cannot be read: {err}") from err
        if not isinstance(said, dict) or said.get("version") != _VERSION:
            raise refuse("D504", str(path), "written by another version of the store")
        return said

    def _commit(
        self, parts: Mapping[tuple[str, str], pa.Table], origin: Origin, replace: bool
    ) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Write the parts, and add them to the store in one rename; the caller holds the lock."""
        before = {(e.measure, e.release): e for e in self._manifest()}
        held = read_measures(self._said())
        own = agreed(held, origin.own, [key for key in before if key not in parts], replace=replace)
        self._sweep(before.values())
        incoming = self.folder / "incoming"
        added, unchanged = [], []
        try:
            incoming.mkdir()
            for (measure, release), table in parts.items():
                entry = _write(incoming, measure, release, table, origin)
                old = before.get((measure, release)) if origin.of_publisher else self._published(entry, table)
                if not origin.of_publisher and old is None:
                    entry = replace_fields(entry, release=f"{TABLE}{release}")
                    old = before.get((measure, entry.release))
                if old is not None and self._holds(old, entry, table):
                    unchanged.append(old)
                    continue
                read_anew = old is not None and old.digest == origin.digest and origin.own is None
                if old is not None and not read_anew and not replace:
                    raise _differs(old, entry)
                added.append(entry)
            if added or own != held:
                self._publish(incoming, added, before, own)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        return tuple(added), tuple(unchanged)

    def _published(self, new: Entry, table: pa.Table) -> Entry | None:
        """Return the publisher's release with exactly these figures, or None where a table was changed."""
        entries = {e.release: e for e in self.entries(new.measure)}
        old = entries.get(new.release)
        return old if old is not None and self._holds(old, new, table) else None

    def _holds(self, old: Entry, new: Entry, table: pa.Table) -> bool:
        """Whether the store has these figures already, even if they came from a file with other bytes."""
        if old.content == new.content:
            return True
        kept = self.figures(old)
        if kept.num_rows != table.num_rows or (old.digest == new.digest and old.origin == "user"):
            return False
        order = pa.array(np.argsort(key_codes(table, KEY), kind="stable"))
        same = conform(table.take(order))
        return all(
            whole(kept[n]).equals(whole(same[n])) or kept[n].to_pylist() == same[n].to_pylist()
            for n in kept.schema.names
            if n != "digest"
        )

    def _publish(
        self,
        incoming: Path,
        added: Sequence[Entry],
        before: Mapping[tuple[str, str], Entry],
        own: Mapping[str, Measure],
    ) -> None:
        """Move the new files into place, then rename a manifest that names them: the one moment of change."""
        parts = self.folder / "parts"
        parts.mkdir(exist_ok=True)
        for entry in added:
            os.replace(incoming / Path(entry.path).name, self.folder / entry.path)
        flush(parts)
        after = {**before, **{(e.measure, e.release): e for e in added}}
        entries = [asdict(after[k]) for k in sorted(after)]
        text = json.dumps({"version": _VERSION, "entries": entries, "measures": as_written(own)}, indent=1)
        draft = incoming / "manifest.json"
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.folder / "manifest.json")
        flush(self.folder)

    def _sweep(self, kept: Iterable[Entry]) -> None:
        """Remove what an interrupted import left behind."""
        shutil.rmtree(self.folder / "incoming", ignore_errors=True)
        named = {Path(e.path).name for e in kept}
        parts = self.folder / "parts"
        for path in parts.iterdir() if parts.is_dir() else ():
            if path.name not in named:
                path.unlink(missing_ok=True)


def _write(folder: Path, measure: str, release: str, table: pa.Table, origin: Origin) -> Entry:
    draft = folder / "draft.parquet"
    write_figures(table, draft)
    content = sha256(draft)
    flush(draft)
    name = f"{measure}-{release}-{content[:12]}.parquet"
    os.replace(draft, folder / name)
    return Entry(
        measure,
        release,
        table.num_rows,
        str(pc.min(table["start"]).as_py()),
        str(pc.max(table["end"]).as_py()),
        f"parts/{name}",
        origin.importer,
        origin.file,
        origin.digest,
        content,
    )


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
