"""Files that people hold, made from good ones: other names, orders, separators, encodings, forms, and damage.

A table is a header and rows of text. A mutation writes it under another form; what is imported must be the same
figures as from the plain file, or be refused with a code that says why.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sojourn.series.codes import DataError
from sojourn.series.importers.registry import read_file
from sojourn.series.importers.source_file import SourceFile

__all__ = ["MUTATIONS", "Mutation", "Sample", "damaged", "figures_of", "outcome", "read_sample"]

PREFACE = [["Published figures"], [], ["Last updated: 2 June 2025", "all rights reserved"]]
NOTES = ["", "Source: the publisher", "* Figures of the last year are provisional and may be revised later."]

_PIECES = (
    *(b",", b";", b"\n", b"\t", b'"', b"\r", b"\0", b"\xff", b"\xc3", b"#", b"*", b":", b" ", b"{", b"[]"),
    *(b"=1+1", b"-1", b"1e400", b"nan", b"2021", b"null", b"TOTAL"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa6"),
)


@dataclass(frozen=True)
class Sample:
    """A good table: a name without its ending, which some importers read, the columns and the rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Mutation:
    """One way to write a table.

    Attributes
    ----------
    name : str
        What is changed.
    write : callable
        Returns the ending of the file and its bytes.
    equal : bool
        Whether the same figures must be imported; otherwise a refusal will do, but never other figures.
    loses : bool
        Whether a column is gone: where the layout can do without it, what is imported is what the others say.
    """

    name: str
    write: Callable[[Sample], tuple[str, bytes]]
    equal: bool = True
    loses: bool = False


def read_sample(path: Path, rows: int) -> Sample:
    """Return the first rows of a CSV file as a sample."""
    opened = (
        gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")
    )
    with opened as file:
        reader = csv.reader(file)
        header = tuple(c.strip() for c in next(reader))
        found = tuple(tuple(row) for _, row in zip(range(rows), reader, strict=False))
    return Sample(path.name.split(".")[0], header, found)


def text(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    separator: str = ",",
    ends: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    """Return a table as text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=ends, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([header, *rows])
    return out.getvalue()


def _named(change: Callable[[str], str]) -> Callable[[Sample], tuple[str, bytes]]:
    return lambda s: (".csv", text([change(h) for h in s.header], s.rows).encode())


def _whole(**options: object) -> Callable[[Sample], tuple[str, bytes]]:
    return lambda s: (".csv", text(s.header, s.rows, **options).encode())  # type: ignore[arg-type]


def _bytes(change: Callable[[str], bytes], ending: str = ".csv") -> Callable[[Sample], tuple[str, bytes]]:
    return lambda s: (ending, change(text(s.header, s.rows)))


def _ordered(order: Callable[[int], list[int]]) -> Callable[[Sample], tuple[str, bytes]]:
    def write(s: Sample) -> tuple[str, bytes]:
        at = order(len(s.header))
        return ".csv", text([s.header[i] for i in at], [[r[i] for i in at] for r in s.rows]).encode()

    return write


def _shuffled(size: int) -> list[int]:
    at = list(range(size))
    random.Random(size).shuffle(at)  # noqa: S311 - not for secrets
    return at


def _extra(name: str, place: int, cell: Callable[[int], str]) -> Callable[[Sample], tuple[str, bytes]]:
    def write(s: Sample) -> tuple[str, bytes]:
        at = place if place >= 0 else len(s.header)
        header = [*s.header[:at], name, *s.header[at:]]
        return ".csv", text(header, [[*r[:at], cell(n), *r[at:]] for n, r in enumerate(s.rows)]).encode()

    return write


def _typed(cell: str) -> object:
    """Return a cell as a spreadsheet holds it."""
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", cell):
        return int(cell)
    if re.fullmatch(r"-?\d+\.\d+", cell):
        return float(cell)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return dt.date.fromisoformat(cell)
    return cell or None


def _book(*, title: bool = False, typed: bool = True) -> Callable[[Sample], tuple[str, bytes]]:
    def write(s: Sample) -> tuple[str, bytes]:
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.active
        for line in [*(PREFACE if title else []), s.header]:
            sheet.append(list(line))
        for row in s.rows:
            sheet.append([_typed(c) if typed else c for c in row])
        if title:
            book.create_sheet("Notes").append(["Source: the publisher"])
        out = io.BytesIO()
        book.save(out)
        return ".xlsx", out.getvalue()

    return write


def _zip(s: Sample) -> tuple[str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("footnotes.csv", "mark,remark\n*,provisional\n")
        archive.writestr(f"{s.name}.csv", text(s.header, s.rows))
    return ".zip", out.getvalue()


def _json(s: Sample) -> tuple[str, bytes]:
    return ".json", json.dumps([dict(zip(s.header, r, strict=True)) for r in s.rows]).encode()


def _without(at: int) -> Callable[[Sample], tuple[str, bytes]]:
    return lambda s: (
        ".csv",
        text([*s.header[:at], *s.header[at:][1:]], [[*r[:at], *r[at:][1:]] for r in s.rows]).encode(),
    )


def _above(s: Sample) -> tuple[str, bytes]:
    return ".csv", (
        "".join(",".join(f'"{c}"' for c in line) + "\n" for line in PREFACE) + text(s.header, s.rows)
    ).encode()


def _tags(s: Sample) -> tuple[str, bytes]:
    return ".csv", text(s.header, [[f"#tag+{n}" for n in range(len(s.header))], *s.rows]).encode()


def _sep_line(s: Sample) -> tuple[str, bytes]:
    return ".csv", ("sep=;\n" + text(s.header, s.rows, separator=";")).encode()


MUTATIONS: tuple[Mutation, ...] = (
    Mutation("upper case", _named(str.upper)),
    Mutation("lower case", _named(str.lower)),
    Mutation("capitals", _named(str.title)),
    Mutation("spaces around names", _named(lambda h: f"  {h} ")),
    Mutation(
        "space after the last name", lambda s: (".csv", text([*s.header[:-1], f"{s.header[-1]} "], s.rows).encode())
    ),
    Mutation("underscores for spaces", _named(lambda h: re.sub(r"\W+", "_", h).strip("_") or h)),
    Mutation("spaces for underscores", _named(lambda h: h.replace("_", " "))),
    Mutation("no-break spaces in names", _named(lambda h: h.replace(" ", "\u00a0"))),
    Mutation("columns reversed", _ordered(lambda n: list(range(n))[::-1])),
    Mutation("columns shuffled", _ordered(_shuffled)),
    Mutation("last column first", _ordered(lambda n: [n - 1, *range(n - 1)])),
    Mutation("column of row numbers", _extra("", 0, str)),
    Mutation("pandas index", _extra("Unnamed: 0", 0, str)),
    Mutation("an extra column at the end", _extra("Remarks", -1, lambda n: "as published"), equal=False),
    Mutation("an extra column at the start", _extra("Download id", 0, lambda n: f"x{n}"), equal=False),
    Mutation("separator at the end of every line", _extra("", -1, lambda n: "")),
    Mutation(
        "separator at the end of the rows", lambda s: (".csv", text(s.header, [[*r, ""] for r in s.rows]).encode())
    ),
    Mutation("separator at the end of the header", lambda s: (".csv", text([*s.header, ""], s.rows).encode())),
    Mutation("semicolons", _whole(separator=";")),
    Mutation("tabs", lambda s: (".tsv", text(s.header, s.rows, separator="\t").encode())),
    Mutation("tabs in a file named csv", _whole(separator="\t")),
    Mutation("bars", _whole(separator="|")),
    Mutation("a line sep=;", _sep_line),
    Mutation("every cell quoted", _whole(quoting=csv.QUOTE_ALL)),
    Mutation("line ends of Windows", _whole(ends="\r\n")),
    Mutation("line ends of the old Macintosh", _whole(ends="\r"), equal=False),
    Mutation("no end of the last line", _bytes(lambda t: t.encode().rstrip(b"\n"))),
    Mutation("byte order mark", _bytes(lambda t: t.encode("utf-8-sig"))),
    Mutation("UTF-16", _bytes(lambda t: t.encode("utf-16"))),
    Mutation("UTF-16 big-endian", _bytes(lambda t: b"\xfe\xff" + t.encode("utf-16-be"))),
    Mutation("UTF-16 without mark", _bytes(lambda t: t.encode("utf-16-le"))),
    Mutation("Latin-1", _bytes(lambda t: t.encode("cp1252", errors="ignore")), equal=False),
    Mutation("lines above the header", _above),
    Mutation("remarks below the table", _bytes(lambda t: (t + "\n".join(NOTES) + "\n").encode())),
    Mutation("empty lines at the end", _bytes(lambda t: t.encode() + b"\n\n")),
    Mutation("hashtags below the header", _tags),
    Mutation("workbook", _book()),
    Mutation("workbook of text", _book(typed=False)),
    Mutation("workbook with a title and notes", _book(title=True)),
    Mutation("gzip", _bytes(lambda t: gzip.compress(t.encode()), ".csv.gz")),
    Mutation("zip with footnotes", _zip),
    Mutation("named txt", _bytes(str.encode, ".txt")),
    Mutation("JSON", _json),
    Mutation("first column missing", _without(0), equal=False, loses=True),
    Mutation("last column missing", lambda s: _without(len(s.header) - 1)(s), equal=False, loses=True),
    Mutation(
        "first column twice",
        lambda s: (".csv", text([s.header[0], *s.header], [[r[0], *r] for r in s.rows]).encode()),
        equal=False,
    ),
    Mutation("unknown names", _named(lambda h: f"{h[::-1]} q"), equal=False),
)
"""Every mutation."""


def figures_of(path: Path) -> pd.DataFrame:
    """Return the figures of a file, in order, without the digest of the file they are from."""
    frame = read_file(SourceFile(path))[1].table.drop_columns(["digest"]).to_pandas()
    frame = frame.astype({c: str for c in frame.columns if c not in ("value", "rounding")})
    return frame.sort_values(list(frame.columns)).reset_index(drop=True)


def outcome(sample: Sample, mutation: Mutation, folder: Path, expected: pd.DataFrame) -> str:
    """Return ``equal``, ``refused`` with the codes, or what is wrong."""
    ending, data = mutation.write(sample)
    path = folder / f"{sample.name}{ending}"
    path.write_bytes(data)
    try:
        found = figures_of(path)
    except DataError as err:
        if mutation.equal:
            return f"wrong: refused: {str(err)[:600]}"
        unknown = {"D201", "D202"} & set(err.codes)
        if unknown and "nearest" not in str(err) and "nearly" not in str(err):
            return f"wrong: refused without the nearest layout: {str(err)[:300]}"
        return f"refused {' '.join(sorted(set(err.codes)))}"
    finally:
        path.unlink()
    if _same(found, expected):
        return "equal"
    return "less" if mutation.loses else f"wrong: other figures: {len(found)} instead of {len(expected)}"


def _same(found: pd.DataFrame, expected: pd.DataFrame) -> bool:
    """Whether two tables hold the same figures; a workbook keeps 15 digits."""
    if found.shape != expected.shape:
        return False
    text = [c for c in found.columns if c != "value"]
    close = np.isclose(found["value"], expected["value"], rtol=1e-14, atol=0, equal_nan=True).all()
    return bool(close) and found[text].equals(expected[text])


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with one to four pieces cut, doubled or replaced."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        cut = rng.choice((0, 1, 2, 8, 40, 400))
        piece = rng.choice(_PIECES) if rng.random() < 0.7 else data[at : at + rng.randint(0, 60)] * 2
        data = data[:at] + piece + data[at + cut :]
    return data
