"""Build the reference figures that ship with the package: src/sojourn/library/figures.

Reads the publishers' files named in tools/figures.csv through the package's own importers, keeps what the built-in
scenarios and the documentation need, and writes one Parquet file a measure, the timeline of policies as CSV, and a
Frictionless descriptor (datapackage.json). The output does not depend on clock, machine or order of the folder: the
same files give the same bytes under the same version of pyarrow.

    python tools/build_figures.py                     writes into the package
    python tools/build_figures.py --out DIR           writes into DIR
    python tools/build_figures.py --shared DIR        reads the publishers' files from DIR (default ../shared)

The column release of tools/figures.csv is the edition under which a publisher put out a file that does not say so.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.series.importers.context import read_policies
from sojourn.series.importers.figures import as_path
from sojourn.series.importers.protocol import Imported
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile
from sojourn.series.model import FIELDS, SCHEMA, conform, measures, stamped, table_rows
from sojourn.series.store import write_figures
from sojourn.series.store.cells import find_cells
from sojourn.series.store.extent import extent

ROOT = Path(__file__).resolve().parents[1]
LIMIT_BYTES = 8_000_000
POLICY_FILES = ("context/policy_timeline.csv", "processing/legal_timeline.csv")
POLICY_FIELDS = {
    "id": "Date and first words of the event",
    "date": "First day, month or year, as far as known",
    "end": "Last day, month or year; empty when it has none or it is not known",
    "date_precision": "How far the date is known",
    "actor": "Government that acted",
    "event": "What was decided or happened",
    "relevance": "What it means for the road",
    "source": "Citation",
    "confidence": "high, medium or low",
}
LICENCES = {
    "US-PD": "Work of the United States government, public domain",
    "MIT": "MIT License",
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "quotation": "Single figures quoted with their source",
}


def _is_in(table: pa.Table, column: str, values: list[str]) -> Any:
    return pc.is_in(table[column].cast(pa.string()), pa.array(values))


def select(table: pa.Table, rule: str) -> pa.Table:
    """Return the figures that a rule of tools/figures.csv keeps."""
    if rule == "":
        return table
    if rule == "china":
        return table.filter(_is_in(table, "nationality", ["CHN"]))
    raise KeyError(rule)


def _plain(table: pa.Table) -> pa.Table:
    """Return the figures in order of all their columns, their dictionaries in order of first use."""
    plain = pa.table(
        {
            n: c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c
            for n, c in zip(SCHEMA.names, table.columns, strict=True)
        }
    )
    return conform(plain.sort_by([(name, "ascending") for name in SCHEMA.names]))


def read_all(shared: Path) -> tuple[dict[str, pa.Table], dict[str, list[dict[str, Any]]]]:
    """Read every file of tools/figures.csv; return the figures and the files, by measure."""
    with (ROOT / "tools" / "figures.csv").open(encoding="utf-8", newline="") as file:
        plan = list(csv.DictReader(file))
    parts: dict[str, list[pa.Table]] = {}
    origins: dict[str, list[dict[str, Any]]] = {}
    for row in plan:
        source = SourceFile(shared / "data" / row["file"])
        importer, read = read_file(source)
        table = select(stamped(read.table, row["release"]) if row["release"] else read.table, row["keep"])
        for measure in sorted(pc.unique(table["measure"].cast(pa.string())).to_pylist()):
            if row["measure"] not in ("*", measure):
                continue
            parts.setdefault(measure, []).append(table.filter(_is_in(table, "measure", [measure])))
            origins.setdefault(measure, []).append(_origin(source, importer.name, read))
    return {m: _plain(pa.concat_tables(t).unify_dictionaries()) for m, t in sorted(parts.items())}, origins


def _origin(source: SourceFile, importer: str, read: Imported) -> dict[str, Any]:
    return {
        "file": source.name,
        "sha256": source.digest,
        "importer": importer,
        "checks": len(read.checks),
        "left_out": [f"{d.rows} rows: {d.reason} ({d.where})" for d in read.dropped],
    }


def _distinct(table: pa.Table, column: str) -> list[str]:
    return sorted(pc.unique(table[column].cast(pa.string())).to_pylist())


def _of_release(table: pa.Table, name: str) -> pa.Table:
    return conform(table.filter(_is_in(table, "release", [name])))


def _release(table: pa.Table, name: str) -> dict[str, Any]:
    """Return what the store must know of one release without opening the file."""
    part = _of_release(table, name)
    return {
        "release": name,
        "rows": part.num_rows,
        "start": str(pc.min(part["start"])),
        "end": str(pc.max(part["end"])),
        "digest": _distinct(part, "digest")[0],
    }


def _resource(path: Path, table: pa.Table, origins: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the descriptor of one measure's figures."""
    measure = measures()[path.stem]
    named = {path.stem} | {m.name for m in measures().values() if m.of == path.stem}
    checks = [r["check"] for r in table_rows("checks.csv") if r["series"] in named]
    licences = _distinct(table, "licence")
    return {
        "name": path.stem,
        "title": measure.title,
        "description": measure.note,
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        # Not "bytes" and "hash": the reference validator cannot check them on Parquet and calls the file wrong.
        "file_bytes": path.stat().st_size,
        "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "schema": "schema.json",
        "sources": [{"title": measure.publisher, "path": measure.source}],
        "licenses": [{"name": name, "title": LICENCES[name]} for name in licences],
        "publisher": measure.publisher,
        "unit": measure.unit,
        "rows": table.num_rows,
        "content": content_digest(table),
        "period": {"start": str(pc.min(table["start"])), "end": str(pc.max(table["end"]))},
        "releases": [_release(table, name) for name in _distinct(table, "release")],
        "extent": extent([find_cells(_of_release(table, name)) for name in _distinct(table, "release")]),
        "rounding": sorted(pc.unique(table["rounding"]).to_pylist()),
        "confidence": _distinct(table, "confidence"),
        "checks": checks,
        "files": origins,
    }


def content_digest(table: pa.Table) -> str:
    """Return the SHA-256 of the figures themselves, which does not depend on the file format."""
    digest = hashlib.sha256()
    for name in SCHEMA.names:
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            written = column.dictionary.to_pylist()
            values = [written[code] for code in column.indices.to_pylist()]
        elif pa.types.is_floating(column.type):
            values = ["" if v is None or v != v else repr(v) for v in column.to_pylist()]
        else:
            values = [str(v) for v in column.to_pylist()]
        digest.update(("\x1f".join([name, *values]) + "\x1e").encode())
    return digest.hexdigest()


def _schema() -> dict[str, Any]:
    kinds = {"text": "string", "date": "date", "number": "number", "integer": "integer"}
    fields = [{"name": f.name, "type": kinds[f.type], "description": f.description} for f in FIELDS]
    return {"fields": fields, "missingValues": [""]}


def _policies(shared: Path, path: Path) -> dict[str, Any]:
    """Write the timeline of policies; return its descriptor."""
    rows = []
    for name in POLICY_FILES:
        for row in read_policies(shared / "data" / name):
            rows.append({"id": f"{row['date']}-{'-'.join(as_path(row['event']).split('-')[:6])}", **row})
    rows.sort(key=lambda r: (r["date"], r["id"], r["source"]))
    seen: dict[str, int] = {}
    for row in rows:
        seen[row["id"]] = seen.get(row["id"], 0) + 1
        if seen[row["id"]] > 1:
            row["id"] += f"-{seen[row['id']]}"
    text = io.StringIO()
    writer = csv.DictWriter(text, POLICY_FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8"))
    fields = [{"name": name, "type": "string", "description": said} for name, said in POLICY_FIELDS.items()]
    return {
        "name": "policies",
        "title": "Dated policies and events on the road, each with its citation",
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}",
        "schema": {"fields": fields, "primaryKey": "id"},
        "sources": [{"title": "named in the column source"}],
        "licenses": [{"name": "quotation", "title": LICENCES["quotation"]}],
        "rows": len(rows),
    }


def build(shared: Path, out: Path) -> int:
    """Write the reference figures into ``out``, which is replaced whole; return the bytes written."""
    with tempfile.TemporaryDirectory(dir=out.parent) as draft_name:
        draft = Path(draft_name) / "figures"
        draft.mkdir()
        tables, origins = read_all(shared)
        resources = []
        for measure, table in tables.items():
            path = draft / f"{measure}.parquet"
            write_figures(table, path)
            resources.append(_resource(path, conform(pq.read_table(path)), origins[measure]))
        resources.append(_policies(shared, draft / "policies.csv"))
        package = {
            "name": "sojourn-reference-figures",
            "title": "Official figures of the migration system between China, the Americas and the United States",
            "description": "Aggregates of official statistics in the schema of the package; no records of people. "
            "UNHCR Refugee Data Finder, the Oxford COVID-19 Government Response Tracker, IOM's Missing Migrants "
            "Project and Eurostat are used under CC BY 4.0; IOM's compilation of Frontex under the MIT License.",
            "licenses": [{"name": name, "title": title} for name, title in LICENCES.items()],
            "resources": resources,
        }
        for name, value in (("schema.json", _schema()), ("datapackage.json", package)):
            text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=False) + "\n"
            (draft / name).write_bytes(text.encode("utf-8"))
        size = sum(p.stat().st_size for p in draft.iterdir())
        if size > LIMIT_BYTES:
            raise SystemExit(f"{size:,} bytes: more than the {LIMIT_BYTES:,} allowed")
        shutil.rmtree(out, ignore_errors=True)
        os.replace(draft, out)
    return size


def main() -> None:
    """Read the arguments, build, and print what was built."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    beside = Path(os.environ.get("SOJOURN_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--shared", type=Path, default=beside)
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "sojourn" / "library" / "figures")
    given = parser.parse_args()
    size = build(given.shared, given.out)
    print(f"{size:,} bytes in {len(list(given.out.iterdir()))} files under {given.out.name}")


if __name__ == "__main__":
    main()
