"""Words of the subjects of claims, and the series that answer them: data files and how they are read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Words", "pattern", "rows"]


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table, each by column name."""
    text = (files(__name__) / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def pattern(words: str | Sequence[str]) -> re.Pattern[str]:
    """Return what finds any of the words: ``|`` between them, ``*`` for the rest of a word, longest first."""
    listed = words.split("|") if isinstance(words, str) else list(words)
    parts = []
    for word in sorted(listed, key=len, reverse=True):
        inner = word if ".{" in word else re.escape(word).replace(r"\*", r"\w{0,15}")
        parts.append(re.sub(r"(?:\\ | )+", r"\\s{1,3}", inner))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """Words of a table and what finds them; a text without the first letters of any is not searched."""

    found: re.Pattern[str]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, words: str) -> Words:
        """Return what finds any of the words of a row."""
        stems = {re.split(r"[*\s]|\.\{", word)[0].casefold() for word in words.split("|")}
        return cls(pattern(words), tuple(sorted(stems)))

    def finditer(self, text: str, folded: str) -> Iterator[re.Match[str]]:
        """Yield the hits in a text; ``folded`` is the text without case."""
        if any(stem in folded for stem in self.stems):
            yield from self.found.finditer(text)
