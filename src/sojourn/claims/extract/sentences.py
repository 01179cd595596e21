"""A text cut into sentences, with the place of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

__all__ = ["LONGEST", "Sentence", "sentences"]

LONGEST = 1_500
"""Characters of the longest sentence; a longer one is cut at a space."""

_BREAK = re.compile(r"[.!?。][\"”’')\]]{0,2}(?=\s|$|[A-Z“\"])|\n[ \t\r]*\n|\n(?=[ \t]*[•*#>-] ?\S)|[。；]")
_SHORT = re.compile(
    r"(?:^|[\s(“\"])(?:[A-Za-z]|U\.S|D\.C|a\.m|p\.m|e\.g|i\.e|Mr|Mrs|Ms|Dr|Gen|Gov|Sen|Rep|Sgt|"
    r"St|No|vs|Jan|Feb|Mar|Apr|"
    r"Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|approx|est|Inc|Co|Corp)$"
)


@dataclass(frozen=True)
class Sentence:
    """A stretch of the text; ``text`` has one space for each run of white space in ``raw``."""

    text: str
    raw: str
    start: int

    @cached_property
    def _places(self) -> list[int]:
        """Where each character of ``text`` stands in ``raw``."""
        return [m.start() for m in re.finditer(r"\s+|\S", self.raw)]

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where the characters from ``first`` up to ``last`` stand in the whole text."""
        if self.raw == self.text:
            return self.start + first, self.start + last
        return self.start + self._places[first], self.start + self._places[last - 1] + 1


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in order; white space around them is left out."""
    begin = 0
    for hit in _BREAK.finditer(text):
        mark = hit.group()
        if mark.startswith(".") and _SHORT.search(text[max(begin, hit.start() - 8) : hit.start()]):
            continue
        if mark.startswith(".") and text[hit.end() : hit.end() + 1].isupper() and text[hit.start() - 1].isupper():
            continue
        end = hit.end() if not mark.isspace() else hit.start()
        yield from _cut(text, begin, end)
        begin = hit.end()
    yield from _cut(text, begin, len(text))


def _cut(text: str, begin: int, end: int) -> Iterator[Sentence]:
    """Yield a stretch without the white space around it, in pieces of LONGEST characters at most."""
    while begin < end:
        stop = end
        if end - begin > LONGEST:
            space = text.rfind(" ", begin, begin + LONGEST)
            stop = space if space > begin else begin + LONGEST
        piece = text[begin:stop]
        left = len(piece) - len(piece.lstrip())
        if raw := piece.strip():
            yield Sentence(re.sub(r"\s+", " ", raw), raw, begin + left)
        begin = stop
