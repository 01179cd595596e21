"""Names of countries and nationalities as publishers write them, as ISO 3166 alpha-3 codes.

The crosswalk is ``tables/nationality.csv``; names are compared without case, accents and punctuation, and
nothing is guessed. Kosovo is ``XKX``, stateless people ``XXA``, other or unknown ``OOO``; former states keep
the code they had (``SUN``, ``YUG``, ``SCG``, ``CSK``, ``ANT``). Names of the user's own (``names.csv`` of the
store) come on top while a file is imported into the store or a question is put to it.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

import pyarrow as pa

from sojourn.errors import Collector, nearest

__all__ = [
    "code_names",
    "country_name",
    "is_iso3",
    "iso3",
    "nationalities",
    "nearest_name",
    "own_place",
    "plain_name",
    "with_own_names",
]

_FOOTNOTES = "*†‡¹²³0123456789"
_OWN: ContextVar[Mapping[str, str]] = ContextVar("own names of countries and places")


@contextmanager
def with_own_names(names: Mapping[str, str]) -> Iterator[None]:
    """Know the user's own names inside the block.

    Parameters
    ----------
    names : mapping of str to str
        Name to code of a country or nationality (three capitals) or path of a place (lower case).
    """
    token = _OWN.set({plain_name(name): code for name, code in names.items()})
    try:
        yield
    finally:
        _OWN.reset(token)


def _own() -> Mapping[str, str]:
    return _OWN.get({})


def own_place(name: str) -> str:
    """Return the path that the user gave to the name of a place, or an empty string."""
    path = _own().get(plain_name(name), "")
    return path if path == path.lower() else ""


def plain_name(name: str) -> str:
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
        plain = plain_name(row["name"])
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
    return code in _table()[1] or (code.isupper() and code in _own().values())


def country_name(code: str) -> str:
    """Return an English name of ``code``; the code itself when it is not in the crosswalk."""
    own = {code: name.title() for name, code in _own().items()}
    return _table()[1].get(code) or own.get(code, code)


def iso3(name: str) -> str:
    """Return the code of a publisher's own name, or an empty string when it is not in the crosswalk.

    Footnote marks around the name (``**Eswatini``, ``Venezuela1``) do not count.
    """
    codes = _table()[0]
    if (own := _own().get(plain_name(name), "")).isupper():
        return own
    return codes.get(plain_name(name)) or codes.get(plain_name(name.strip().strip(_FOOTNOTES)), "")


def nearest_name(name: str) -> str:
    """Return the name of a country that is closest to a name, or an empty string when none is near."""
    return nearest(plain_name(name), [*_table()[0], *_own()])


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
        problems.add(
            "D305",
            where,
            "nationality not in the crosswalk",
            found=str(name),
            nearest=nearest_name(name or ""),
            remedy=f'say which country it is: sojourn data names add "{name}" CODE',
        )
