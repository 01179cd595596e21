"""Names of countries and nationalities as publishers write them, as ISO 3166 alpha-3 codes.

The crosswalk is ``tables/nationality.csv``; names are compared without case, accents and punctuation, and
nothing is guessed. Kosovo is ``XKX``, stateless people ``XXA``, other or unknown ``OOO``; former states keep
the code they had (``SUN``, ``YUG``, ``SCG``, ``CSK``, ``ANT``).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import pyarrow as pa

from sojourn.errors import Collector, nearest

__all__ = ["code_names", "country_name", "is_iso3", "iso3", "nationalities"]

_FOOTNOTES = "*†‡¹²³0123456789"


def _plain(name: str) -> str:
    """Return a name as it is compared: lower case, no accents, 'and' for '&', single spaces between words."""
    folded = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    letters = "".join(c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’." else " " for c in folded)
    words = letters.split()
    return " ".join("saint" if w == "st" else w for w in words if w != "the")


@cache
def _table() -> tuple[Mapping[str, str], Mapping[str, str]]:
    text = (files("sojourn.series") / "tables" / "nationality.csv").read_text(encoding="utf-8")
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(text)):
        plain = _plain(row["name"])
        if codes.setdefault(plain, row["iso3"]) != row["iso3"]:
            raise ValueError(f"{row['name']} has two codes in the crosswalk")
        names.setdefault(row["iso3"], row["name"])
    return codes, names


def nationalities() -> Mapping[str, str]:
    """Return the codes of nationalities and countries, each with an English name.

    Returns
    -------
    mapping of str to str
        ISO 3166 alpha-3 code to name; ``XKX`` is Kosovo, ``XXA`` stateless, ``OOO`` other or unknown.
    """
    return _table()[1]


def is_iso3(code: str) -> bool:
    """Whether ``code`` is a code of the crosswalk (upper case)."""
    return code in _table()[1]


def country_name(code: str) -> str:
    """Return an English name of ``code``; the code itself when it is not in the crosswalk."""
    return _table()[1].get(code, code)


def iso3(name: str) -> str:
    """Return the code of a publisher's own name, or an empty string when it is not in the crosswalk.

    Footnote marks around the name (``**Eswatini``, ``Venezuela1``) do not count.
    """
    codes = _table()[0]
    return codes.get(_plain(name)) or codes.get(_plain(name.strip().strip(_FOOTNOTES)), "")


def code_names(
    column: pa.Array, problems: Collector, where: str, *, known: Iterable[str] = ()
) -> pa.DictionaryArray:
    """Return the codes of a column of publishers' names; unknown names are problems D305.

    ``column`` is an Arrow array of text, dictionary-encoded or not; the answer is dictionary-encoded and as
    long. Each distinct name is looked up once; those of ``known`` stay as they are.
    """
    kept = frozenset(known)
    encoded = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
    found = [name if name in kept else iso3(name or "") for name in encoded.dictionary.to_pylist()]
    missing = [n for n, c in zip(encoded.dictionary.to_pylist(), found, strict=True) if not c]
    _report(missing, problems, where)
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(found, pa.string()))


def _report(names: Iterable[str | None], problems: Collector, where: str) -> None:
    for name in names:
        close = nearest(_plain(name or ""), _table()[0])
        problems.add(
            "D305",
            where,
            "nationality not in the crosswalk",
            found=str(name),
            nearest=close,
            remedy="add the publisher's name to tables/nationality.csv",
        )
