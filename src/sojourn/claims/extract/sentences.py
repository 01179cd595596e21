"""A text cut into sentences, with the place of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["LONGEST", "Sentence", "sentences"]

LONGEST = 1_500
"""Characters of the longest sentence; a longer one is cut at a space."""

_BREAK = re.compile(r"[.!?。][\"”’')\]]{0,2}(?=\s|$|[A-Z“\"])|\n[ \t\r]*\n|\n(?=[ \t]*[•*#>-] ?\S)|[。；]")
_SHORT = re.compile(
    r"(?:^|[\s(“\"])(?:[A-Za-z]|U\.S|D\.C|a\.m|p\.m|e\.g|i\.e|Mr|Mrs|Ms|Dr|Gen|Gov|Sen|Rep|Sgt|St|No|vs|Jan|Feb|Mar|Apr|"
    r"Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|approx|est|Inc|Co|Corp)$"
)


@dataclass(frozen=True)
class Sentence:
    """A stretch of the text; ``paragraph`` counts the blank lines before it."""

    text: str
    start: int
    paragraph: int


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in order; white space around them is left out."""
    begin = paragraph = 0
    for hit in _BREAK.finditer(text):
        mark = hit.group()
        if mark.startswith(".") and _SHORT.search(text[max(begin, hit.start() - 8) : hit.start()]):
            continue
        if mark.startswith(".") and text[hit.end() : hit.end() + 1].isupper() and text[hit.start() - 1].isupper():
            continue
        end = hit.end() if not mark.isspace() else hit.start()
        yield from _cut(text, begin, end, paragraph)
        begin = hit.end()
        paragraph += mark.startswith("\n")
    yield from _cut(text, begin, len(text), paragraph)


def _cut(text: str, begin: int, end: int, paragraph: int) -> Iterator[Sentence]:
    """Yield a stretch without the white space around it, in pieces of LONGEST characters at most."""
    while begin < end:
        stop = end
        if end - begin > LONGEST:
            space = text.rfind(" ", begin, begin + LONGEST)
            stop = space if space > begin else begin + LONGEST
        piece = text[begin:stop]
        left = len(piece) - len(piece.lstrip())
        if piece.strip():
            yield Sentence(piece.strip(), begin + left, paragraph)
        begin = stop
