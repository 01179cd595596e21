"""The text of a table that someone saved: its encoding, and what stands between its columns."""

from __future__ import annotations

import codecs
import csv
import io

from sojourn.series.codes import refuse

__all__ = ["SEPARATORS", "decode", "split_rows"]

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_TRIED = 200


def decode(data: bytes, source: str, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    A byte order mark decides; without one, the text is UTF-8 if it can be, else Windows-1252, which holds Latin-1.

    Raises
    ------
    DataError
        D102 for an empty file, D106 where the text cannot be read by ``encoding``, D107 for a web page, D108 for
        binary content.
    """
    if not data.strip():
        raise refuse("D102", source, "the file is empty")
    text, name = _decoded(data, source, encoding)
    if "\0" in text:
        raise refuse("D108", source, "binary content", remedy="give the file its right ending")
    if text.lstrip()[:1] == "<":
        found = repr(text.lstrip()[:40])
        raise refuse("D107", source, "a web page, not a table", found=found, remedy="download the file itself")
    return text, name


def _decoded(data: bytes, source: str, encoding: str) -> tuple[str, str]:
    if encoding:
        try:
            return data.decode(encoding), encoding
        except (LookupError, UnicodeError) as err:
            raise refuse("D106", source, f"not {encoding}: {str(err)[:80]}") from err
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), name
            except UnicodeError as err:
                raise refuse("D106", source, f"begins as {name}, but is not: {str(err)[:80]}") from err
    if len(data) >= 4 and 0 in data[:4]:  # UTF-16 without its mark: every other byte of plain text is zero
        codec = "utf-16-le" if data[1] == 0 else "utf-16-be"
        try:
            return data.decode(codec), "UTF-16"
        except UnicodeError as err:
            raise refuse("D108", source, "binary content") from err
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise refuse("D108", source, "binary content", remedy="give the file its right ending")
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as err:
        raise refuse(
            "D106",
            source,
            "neither UTF-8 nor Windows-1252",
            found=repr(data[max(0, err.start - 10) : err.start + 10]),
            remedy="say which encoding it is (--encoding), or save the file as UTF-8",
        ) from err


def split_rows(text: str, source: str, separator: str = "") -> tuple[list[tuple[int, list[str]]], str]:
    """Return the rows of a text, each with the number of its line, and the separator of its columns.

    The separator is the one that splits all rows into the same number of cells, more than one.

    Raises
    ------
    DataError
        D706 where several separators do, or where none does; D204 where quotes do not match.
    """
    if separator:
        return _parsed(text, separator, source), separator
    widths = {s: _widths(text, s) for s in SEPARATORS}
    even = [s for s, w in widths.items() if len(set(w)) == 1 and w[0] > 1]
    if len(even) > 1:
        heads = {s: _parsed(text, s, source)[0][1] for s in even}
        said = "; ".join(f"{SEPARATORS[s]}: {' | '.join(head)[:60]}" for s, head in heads.items())
        raise refuse("D706", source, "columns can be told apart in several ways", found=said, remedy=_SAY)
    if not even:
        even = _most_even(widths)
    if not even:
        if all(set(w) <= {1} for w in widths.values()):
            raise refuse("D706", source, "one column only", found=text.splitlines()[0][:80], remedy=_SAY)
        even = [max(widths, key=lambda s: sum(widths[s]))]
    return _parsed(text, even[0], source), even[0]


_SAY = "say what stands between the columns: --separator ';'"


def _most_even(widths: dict[str, list[int]]) -> list[str]:
    """Return the separators that split most rows alike: titles and footnotes have other widths."""
    common = {s: max(set(w), key=w.count) for s, w in widths.items() if w}
    alike = {s: widths[s].count(n) for s, n in common.items() if n > 1}
    return [max(alike, key=lambda s: (alike[s], common[s]))] if alike else []


def _widths(text: str, separator: str) -> list[int]:
    """Return how many cells the first rows have, blank ones left out."""
    found = []
    try:
        for row in csv.reader(io.StringIO(text, newline=None), delimiter=separator):
            if any(cell.strip() for cell in row):
                found.append(len(row))
            if len(found) == _TRIED:
                break
    except csv.Error:
        return []
    return found


def _parsed(text: str, separator: str, source: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as err:
        raise refuse("D204", f"{source}, row {reader.line_num}", f"rows cannot be told apart: {err}") from err
    return rows
