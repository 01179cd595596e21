"""The grammar of figures: numbers with their comparator, percentages, multiples, shares, ranks, comparisons.

Every figure becomes the interval of what its digits and comparator allow. The rules are those of
``tables/figures.csv``, in order: what an earlier rule takes, a later one leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sojourn.claims import tables
from sojourn.claims.extract.numbers import NUMBER, read_number
from sojourn.claims.extract.when import Phrase

__all__ = ["Quantity", "find_quantities"]


@dataclass(frozen=True)
class Quantity:
    """A figure in a sentence: what kind, and what interval of values its words allow.

    ``unit`` is the size of the last digit written; ``detail`` what the kind needs besides: the direction of a
    change, the word of a rank, the unit of a rate or duration.
    """

    start: int
    end: int
    kind: str
    value: float
    unit: float
    low: float
    high: float
    comparator: str = "exactly"
    detail: str = ""


_PARTS = {"NUMBER": NUMBER, "XNUMBER": NUMBER.replace("?P<", "?P<x")}
_RULES = [
    (row["rule"], re.compile(re.sub(r"<(X?NUMBER)>", lambda m: _PARTS[m[1]], row["pattern"]), re.IGNORECASE))
    for row in tables.rows("figures")
]
_DOWN = re.compile(
    r"\b(?:fall|falls|fell|fallen|drop\w*|declin\w*|decreas\w*|down|fewer(?! than)|less(?! "
    r"than)|lower|reduc\w*|plung\w*|plummet\w*|shrank|shrunk|smaller)\b",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:increas\w*|rise|rises|rose|risen|rising|up|grew|grow\w*|growth|jump\w*|surg\w*|"
    r"more(?! than)|higher|soar\w*|climb\w*|larger|greater|spike\w*|gain\w*|swell\w*|swollen)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"^\s?(?:of|were|was|came|are|is|among|that|who|consist|made)\b", re.IGNORECASE)
_RATE = re.compile(
    r"^[^.;,]{0,80}?\b(?<!in )(?<!of )(?<!for )"
    r"(?:(?:an|per|every|each|a) (?P<u>hour|day|week|month)|(?P<adv>daily))\b"
    r"(?! of\b| alone| total| high| record| earlier| before| ago| after| later| prior| old)",
    re.IGNORECASE,
)
_DENOMINATOR = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_COUNT = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_ORDER = {
    w: i for i, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)
}
_VAGUE = {
    "dozens": (24, 200),
    "hundreds": (150, 2_000),
    "thousands": (1_500, 20_000),
    "millions": (1_500_000, 2e7),
    "low hundreds": (100, 400),
    "mid hundreds": (300, 700),
    "high hundreds": (600, 1_000),
    "low thousands": (300, 4_000),
    "mid thousands": (3_000, 7_000),
    "high thousands": (6_000, 10_000),
    "tens of thousands": (15_000, 150_000),
    "hundreds of thousands": (150_000, 1_500_000),
    "tens of millions": (1.5e7, 1.5e8),
    "hundreds of millions": (1.5e8, 1.5e9),
}


@cache
def _comparators() -> re.Pattern[str]:
    parts = [
        f"(?P<{r['comparator'].replace('-', '_')}>{tables.pattern(r['words']).pattern})"
        for r in tables.rows("comparators")
    ]
    parts.sort(key=lambda p: "just" not in p[:12])
    return re.compile(rf"(?:{'|'.join(parts)})\s?(?:a |an |the |just |only )?$", re.IGNORECASE)


def find_quantities(text: str, phrases: Sequence[Phrase]) -> list[Quantity]:
    """Return the figures of a sentence in order, given the periods that it names."""
    taken = bytearray(len(text))
    for phrase in phrases:
        taken[phrase.start : phrase.end] = b"\1" * (phrase.end - phrase.start)
    found: list[Quantity] = []
    for name, pattern in _RULES:
        for hit in pattern.finditer(text):
            at = hit.start() + (len(hit.group()) - len(hit.group().lstrip()))
            loose = name in ("first", "rank", "surpass", "change")
            if any(taken[at : at + 6 if loose else hit.end()]):
                continue
            if name != "skip":
                made = list(_made(name, hit, text))
                if not made:
                    continue
                found += made
            stop = hit.end() if not loose or name == "rank" else min(hit.end(), at + 40)
            taken[hit.start() : stop] = b"\1" * (stop - hit.start())
    return sorted(found, key=lambda q: (q.start, q.end))


def _made(name: str, hit: re.Match[str], text: str) -> Iterator[Quantity]:
    """Yield the figure of one hit of a rule."""
    if name in ("level", "percent", "multiple"):
        yield from _numbered(name, hit, text)
    elif name in _PLAIN:
        yield Quantity(hit.start(), _trim(hit), _PLAIN[name], 0, 1, 0, 0, detail=hit.group().strip().lower())
    elif name == "byhalf":
        yield from _by_half(hit, text)
    elif name == "fraction":
        yield from _fraction(hit, text)
    elif name == "doubled":
        word = (hit["word"] or ("twice" if hit["twice"] else "doubl")).lower()
        value = {"doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0, "quintupl": 5.0, "halv": 0.5, "twice": 2.0}[word]
        yield _bounded(Quantity(hit.start(), _trim(hit), "multiple", value, 0.2 * value, 0, 0), text)
    elif name == "duration":
        number = read_number(hit["digits"], hit["words"], hit["scale"] or hit["letter"])
        yield Quantity(
            hit.start(), hit.end(), "duration", number.value, number.unit, 0, 0, detail=hit.group().lower()
        )
    elif name == "nth":
        word = hit["ord"].lower()
        value = _ORDER.get(word) or int(re.sub(r"\D", "", word))
        yield Quantity(hit.start(), hit.end(), "rank", value, 1, value, value, detail="nth flight")
    elif name == "vague":
        size = re.sub(r"^(?:several|many) ", "", hit["size"].lower())
        low, high = _VAGUE[size]
        yield Quantity(hit.start(), hit.end(), "level", low, high - low, low, high, "vague", detail=size)


_PLAIN = {
    "price": "price",
    "age": "other",
    "fromto": "other",
    "distance": "other",
    "first": "first",
    "rank": "rank",
    "surpass": "comparison",
    "moreat": "comparison",
    "change": "direction",
    "portion": "share",
}


def _trim(hit: re.Match[str]) -> int:
    return hit.start() + len(hit.group().rstrip())


def _numbered(name: str, hit: re.Match[str], text: str) -> Iterator[Quantity]:
    """Yield a number, percentage or multiple with its interval."""
    digits = hit["digits"]
    scale = hit["scale"] or hit["letter"]
    if name == "level" and not scale and hit["words"] in ("a", "an", "half", "half a"):
        return
    if name == "level" and hit["words"] and hit["words"].lower() in ("one", "zero") and not scale:
        return
    if name == "level" and re.match(r"(?:-\w|st\b|nd\b|rd\b|th\b|:\d)", text[hit.end() : hit.end() + 3]):
        return
    if (
        digits
        and name == "level"
        and not scale
        and re.search(r"[A-Za-z]-$|[#№@]$|\bNo\. $", text[: hit.start()][-4:])
    ):
        return
    number = read_number(digits, hit["words"], scale)
    kind, detail = "level", ""
    if name == "multiple" and (number.value > 500 or (digits and "," in digits)):
        end = (
            hit.end("scale")
            if hit["scale"]
            else hit.end("letter")
            if hit["letter"]
            else hit.end("digits" if digits else "words")
        )
        yield _bounded(Quantity(hit.start(), end, "level", number.value, number.unit, 0, 0), text)
        return
    if name == "percent":
        kind, detail = _percent_kind(hit, text)
    elif name == "multiple":
        kind = "multiple"
        detail = "more" if re.match(r" (?:more|higher|larger|greater)", text[hit.end() : hit.end() + 8]) else ""
    elif rate := _RATE.match(text[hit.end() : hit.end() + 120]):
        kind, detail = "rate", (rate["u"] or rate["adv"].lower().replace("daily", "day").removesuffix("ly")).lower()
    yield _bounded(Quantity(hit.start(), _trim(hit), kind, number.value, number.unit, 0, 0, detail=detail), text)


def _percent_kind(hit: re.Match[str], text: str) -> tuple[str, str]:
    """Return whether a percentage is a change (up, down) or a share."""
    after = text[hit.end() : hit.end() + 40]
    before = text[max(0, hit.start() - 50) : hit.start()]
    if _SHARE.match(after) and not re.match(r"\s?of an? (?:increase|rise)", after):
        return "share", ""
    near = re.match(r"[\s-]?(?:year-on-year |overall )?(\w+)", after)
    for words, sign in ((_DOWN, "down"), (_UP, "up")):
        if near and words.match(near.group(1)):
            return "percent-change", sign
    last = max(
        ((m.start(), sign) for words, sign in ((_DOWN, "down"), (_UP, "up")) for m in words.finditer(before)),
        default=None,
    )
    if last is None:
        last = max(
            ((-m.start(), sign) for words, sign in ((_DOWN, "down"), (_UP, "up")) for m in words.finditer(after)),
            default=None,
        )
    return ("percent-change", last[1]) if last else ("share", "")


def _fraction(hit: re.Match[str], text: str) -> Iterator[Quantity]:
    """Yield a fraction: a multiple where it compares two periods, else a share."""
    if hit["odds"] or hit["outof"]:
        top = _small(hit["out"] or "one")
        bottom = _small(hit["odds"] or hit["outof"])
        if not bottom or not top or top >= bottom or (bottom < 3 and not hit["odds"]):
            return
        value = 100 * top / bottom
        yield _bounded(Quantity(hit.start(), _trim(hit), "share", value, 0.25 * value, 0, 0), text)
        return
    if re.search(r"\b(?:first|second|latter) $", text[: hit.start()], re.IGNORECASE):
        return
    top = 1 if hit["half"] else _COUNT[hit["num"].lower()]
    value = top / _DENOMINATOR[(hit["half"] or hit["den"]).lower().removesuffix("s")]
    after = text[hit.end() : hit.end() + 60]
    same = bool(
        re.match(
            r"\s?(?:the (?:number|level|total|figure|count)|that|what|in\b|those|of (?:the )?(?:number|"
            r"level|total))",
            after,
        )
    )
    ratio = same or not hit.group().lower().endswith("of")
    first = hit.start() + len(re.sub(r"\s(?:of|as many|the|that of|what)$", "", hit.group(), flags=re.IGNORECASE))
    if ratio:
        yield _bounded(Quantity(hit.start(), first, "multiple", value, 0.16 * value, 0, 0), text)
    else:
        yield _bounded(Quantity(hit.start(), first, "share", 100 * value, 16 * value, 0, 0), text)


def _by_half(hit: re.Match[str], text: str) -> Iterator[Quantity]:
    """Yield "fell by a third" as a percent change."""
    before = text[max(0, hit.start() - 40) : hit.start()]
    sign = "down" if _DOWN.search(before) else "up" if _UP.search(before) else ""
    if sign:
        value = 100 * _COUNT[(hit["num"] or "one").lower()] / _DENOMINATOR[hit["den"].lower().removesuffix("s")]
        low, high = (
            (value - 5, value + 5)
            if "more" not in hit.group() and "over" not in hit.group()
            else (value, value + 10)
        )
        yield Quantity(hit.start() + 3, hit.end(), "percent-change", value, 10, low, high, "about", detail=sign)


def _small(word: str) -> float:
    return (
        float(word)
        if word.isdigit()
        else (read_number(None, word, None).value if word.lower() != "hundred" else 100)
    )


def _bounded(quantity: Quantity, text: str) -> Quantity:
    """Return the quantity with its comparator, widened to it, and the interval that both allow."""
    before = text[max(0, quantity.start - 30) : quantity.start]
    start, comparator = quantity.start, "exactly"
    if hit := _comparators().search(before):
        comparator = next(k for k, v in hit.groupdict().items() if v).replace("_", "-")
        start = quantity.start - (len(before) - hit.start())
    value = quantity.value
    loose = {"multiple": 0.2, "rate": 0.2, "percent-change": 0.12, "share": 0.12}.get(quantity.kind, 0.1)
    unit = min(quantity.unit, loose * value) if value else quantity.unit
    if quantity.kind in ("multiple", "share", "percent-change", "rate") and quantity.unit < 1 and value >= 1:
        unit = quantity.unit
    low, high = _interval(comparator, value, unit, quantity.unit)
    return replace(quantity, start=start, comparator=comparator, low=low, high=high)


def _interval(comparator: str, value: float, unit: float, place: float) -> tuple[float, float]:
    """Return the values that a number of a place value allows with a comparator."""
    wide = max(unit, min(place, 0.25 * value))
    if comparator == "over":
        return value, value + wide
    if comparator == "just-over":
        return value, value + max(0.5 * unit, 0.03 * value)
    if comparator in ("nearly", "under"):
        return value - wide, value
    if comparator == "about":
        wide = max(0.5 * wide, (0.05 if place >= 0.01 * value else 0.003) * value)
        return value - wide, value + wide
    if comparator == "up-to":
        return value - wide, value + 0.5 * unit
    truncated = unit if place >= 0.005 * value and (place > 1 or value < 100) else 0.5 * unit
    return value - 0.5 * unit, value + truncated
