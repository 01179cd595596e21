"""What a figure is about: the mentions nearest to it, and what earlier sentences carry over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from sojourn.claims import tables
from sojourn.claims.extract.quantities import Quantity
from sojourn.claims.extract.sentences import Sentence
from sojourn.claims.extract.subjects import Mention, Mentions
from sojourn.claims.extract.when import Phrase
from sojourn.claims.readings import Choice, Topic

__all__ = ["Carried", "Parsed", "Subject", "carry", "known_noun", "subject_of"]

_GENERIC = re.compile(
    r"^[\s-]*(?:of )?(?:(?:new|undocumented|illegal|such|more|other|unauthorized|irregular|"
    r"migrant|additional|total|monthly|daily) ){0,3}"
    r"(?:migrants?|people|persons|immigrants?|individuals|encounters?|apprehensions?|arrests?|"
    r"crossings?|crossers|border|migration|aliens|foreigners|asylum|travell?ers|men|women|"
    r"children|minors|families)\b",
    re.IGNORECASE,
)
_STOP = frozenset(
    "in of this last were was at had have has times by from to since during through on over who that and or are is "
    "as for than among between into so until while each per across an the a when after before "
    "with but a year month "
    "nationwide alone altogether overall arrested apprehended encountered caught detained crossed entered deported "
    "removed took more fewer less percent it came left also be being along under there "
    "about just only their its".split()
)
_NOUNS = tables.pattern(
    "migrant*|people|person*|immigrant*|individual*|national*|citizen*|encounter*|"
    "apprehension*|arrest*|crossing*|case*|"
    "visa*|claim*|application*|asylum*|refugee*|removal*|deportation*|deportee*|judge*|passenger*|death*|detainee*|"
    "adult*|minor*|child*|famil*|men|women|immigration|pending|court|entries|exits|arrivals|departures|gotaway*|"
    "beneficiar*|parole*|backlog|flight*|aliens|foreign*|removed|expulsion*|releases|returns|"
    "undocumented|illegal*|new|book-in*|bodies|days"
)
_FOCUS = "CHN"
"""Nationality that the shipped figures follow from departure to return: which a text that names nobody may mean."""


@dataclass(frozen=True)
class Parsed:
    """A sentence with what was found in it."""

    sentence: Sentence
    phrases: tuple[Phrase, ...]
    quantities: tuple[Quantity, ...]
    mentions: Mentions


@dataclass
class Carried:
    """What earlier sentences said last, and the number of the sentence where they did."""

    at: int = 0
    concept: tuple[str, int] = ("", -99)
    nationality: tuple[str, int] = ("", -99)
    place: tuple[str, int] = ("", -99)
    phrase: tuple[Phrase | None, int] = (None, -99)
    counts: Counter[str] = field(default_factory=Counter)
    whole: frozenset[str] = frozenset()
    title: str = ""


@dataclass(frozen=True)
class Subject:
    """The topic of a figure, and whether its subject and noun were found in the words."""

    topic: Topic
    concept: str
    found: bool
    noun: bool
    foreign: bool


def known_noun(text: str) -> bool:
    """Tell whether what follows a number is something that the series count, or nothing in particular."""
    words = re.findall(r"[A-Za-z][\w'’-]*|[.,;:()]", text[:70])[:5]
    for at, word in enumerate(words):
        if word in ".,;:()" or word.lower() in _STOP:
            return at == 0
        if _NOUNS.fullmatch(word) or _nationality().fullmatch(word):
            return True
    return not words


@cache
def _nationality() -> re.Pattern[str]:
    return tables.pattern("|".join(r["words"] for r in tables.rows("nationalities")))


def _gap(text: str, quantity: Quantity, mention: Mention) -> float:
    """Return how far a mention is from a figure: characters, and more for each comma or figure between."""
    if mention.start >= quantity.end:
        between = text[quantity.end : mention.start]
    elif mention.end <= quantity.start:
        between = text[mention.end : quantity.start]
    else:
        return 0.0
    return (
        len(between)
        + 25 * len(re.findall(r"[,;—–(]| but | while ", between))
        + 15 * len(re.findall(r"\d[\d,]*", between))
    )


def _nearest(text: str, quantity: Quantity, mentions: Sequence[Mention], bonus: float = 0) -> Mention | None:
    return min(mentions, key=lambda m: (_gap(text, quantity, m) - bonus * m.weight, m.start), default=None)


def _concept(parsed: Parsed, quantity: Quantity, carried: Carried) -> tuple[str, float, bool, bool]:
    """Return the concept of a figure, its distance, whether it was found in the sentence, whether it is foreign."""
    text = parsed.sentence.text
    away = [m for m in parsed.mentions.concepts if m.value == "elsewhere" and 0 <= m.start - quantity.end < 60]
    if away:
        return "none", 0.0, True, True
    best = min(
        (m for m in parsed.mentions.concepts if m.value != "elsewhere"),
        key=lambda m: (_gap(text, quantity, m) - (60 if m.value == "none" else 25 * m.weight), m.start),
        default=None,
    )
    if (
        best is not None
        and best.value == "asylum-application"
        and re.search(r"\bpending\b|\bbacklog\b", text, re.IGNORECASE)
    ):
        return "asylum-stock", 0.0, True, False
    if best is not None:
        return best.value, 0.0, True, best.value == "none"
    places = {m.value for m in parsed.mentions.places}
    if (
        parsed.mentions.groups.get("component")
        or places & {"southwest", "PAN"}
        or any("sector" in p for p in places)
    ):
        return "encounter", 0.0, True, False
    if carried.concept[0] and carried.at - carried.concept[1] <= 2:
        return carried.concept[0], 0.1, True, carried.concept[0] == "none"
    return "encounter", 0.1, False, False


def _people(parsed: Parsed, quantity: Quantity, carried: Carried) -> tuple[tuple[Choice, ...], bool, bool]:
    """Return the nationalities that a figure may be of, and whether the words name one, or one is assumed."""
    text = parsed.sentence.text
    near = _nearest(text, quantity, parsed.mentions.nationalities, 12)
    generic = bool(_GENERIC.match(text[quantity.end : quantity.end + 60]))
    if near is not None and generic and _gap(text, quantity, near) > 70:
        return (Choice("all"), Choice(near.value, 0.3)), False, False
    if near is not None:
        return (Choice(near.value), Choice("all", 1.0, "nationality")), True, False
    last, at = carried.nationality
    recent = last if carried.at - at <= 2 else ""
    main = carried.counts.most_common(1)[0][0] if carried.counts else ""
    generic = generic or _generic_subject(text)
    named = recent or main
    if named:
        first = (
            (Choice("all"), Choice(named, 0.3))
            if generic
            else (Choice(named, 0.0 if recent else 0.1), Choice("all", 0.25))
        )
        return first, False, False
    return (Choice("all"), Choice(_FOCUS, 0.25)), False, not generic


def _generic_subject(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:migrants|people|immigrants|everyone|all nationalities|persons|individuals|encounters|"
            r"apprehensions|crossings|"
            r"cases|backlog|children|minors|families|visas|applications|claims|removals|deportations|"
            r"arrivals|arrests|docket|judges|detainees|"
            r"asylum seekers|refugees|gotaways|deaths)\b",
            text,
            re.IGNORECASE,
        )
    )


def _place(parsed: Parsed, quantity: Quantity, concept: str, carried: Carried) -> tuple[tuple[Choice, ...], bool]:
    """Return the places that a figure may be of, and whether the words name one."""
    text = parsed.sentence.text
    named = [m for m in parsed.mentions.places if m.value != "USA"]
    if not any("/" not in m.value and m.value.isupper() for m in named) or concept in ("encounter", "crossing"):
        inside = [m for m in named if "/" in m.value or m.value in ("southwest", "northern", "coastal")]
        named = inside or named
    near = _nearest(text, quantity, named)
    if near is None and parsed.mentions.places:
        return (Choice("nationwide"), Choice("southwest")), False
    if near is None:
        last, at = carried.place
        if last and carried.at - at <= 2:
            return _around(last, 0.0), False
        return (Choice("southwest"), Choice("nationwide")), False
    loose = near.value == "nationwide" and not re.match(r"nationwide|(?:at )?all", near.text, re.IGNORECASE)
    return _around(near.value, 0.3 if loose else 1.0), not loose


def _around(place: str, far: float) -> tuple[Choice, ...]:
    """Return a place and the places one step away."""
    differs = "place" if far >= 0.5 else ""
    if place == "southwest":
        return Choice("southwest"), Choice("nationwide", far, differs)
    if place == "nationwide":
        return Choice("nationwide"), Choice("southwest", far, differs)
    if "/" in place:
        return Choice(place), Choice("southwest", max(far, 1.5), "place")
    return (Choice(place),)


def subject_of(parsed: Parsed, quantity: Quantity, carried: Carried) -> Subject:
    """Return what a figure is about."""
    text = parsed.sentence.text
    concept, far, found, foreign = _concept(parsed, quantity, carried)
    nationalities, named, assumed = _people(parsed, quantity, carried)
    places, placed = _place(parsed, quantity, concept, carried)
    group = {d: _nearest(text, quantity, m) for d, m in parsed.mentions.groups.items()}
    component = group.get("component")
    abroad = any(len(c.value) == 3 and c.value.isupper() and c.value != "USA" for c in places)
    if concept == "crossing":
        concepts = [Choice("encounter", far)]
        if abroad:
            concepts.append(Choice("entry", far))
    elif concept == "encounter" and abroad:
        concepts = [Choice("encounter", far), Choice("entry", far + 0.2)]
    elif concept == "flight":
        concepts = [Choice("flight", far), Choice("removal", far + 0.4)]
    else:
        concepts = [Choice(concept, far)]
    if concept in ("flight", "removal") and not named:
        nationalities = (
            (*nationalities, Choice(_FOCUS, 0.3))
            if all(c.value != _FOCUS for c in nationalities)
            else nationalities
        )
    if concept in ("parole", "parole-application") and len(parsed.mentions.nationalities) != 1:
        nationalities = (Choice("all"),)
    programs = parsed.mentions.groups.get("program", ())
    counted = any(m.value == "encounter" for m in parsed.mentions.concepts) or (
        component is not None and component.value == "OFO"
    )
    explicit = {"nationality"} if named else set()
    explicit |= {"place"} if placed else set()
    explicit |= {"component"} if component is not None else set()
    family = group.get("family")
    category = group.get("category")
    topic = Topic(
        tuple(concepts),
        nationalities,
        places,
        component.value if component and concept in ("encounter", "crossing", "release") else "",
        family.value if family and _near_family(text, quantity, family) else "",
        category.value if category and concept == "visa" else "",
        programs[0].value if len(programs) == 1 else "all",
        concept == "crossing" and not abroad and not counted,
        frozenset(explicit),
        frozenset({"nationality"} if assumed else ()),
    )
    noun = quantity.kind != "level" or quantity.comparator == "vague" or known_noun(text[quantity.end :])
    return Subject(topic, concept, found, noun, foreign)


def _near_family(text: str, quantity: Quantity, mention: Mention) -> bool:
    return _gap(text, quantity, mention) <= 60


def carry(parsed: Parsed, carried: Carried) -> None:
    """Remember what a sentence said for those after it."""
    at = carried.at
    real = [m for m in parsed.mentions.concepts if m.value not in ("none", "elsewhere") and m.weight > 1] or [
        m for m in parsed.mentions.concepts if m.value not in ("none", "elsewhere")
    ]
    if real:
        carried.concept = (max(real, key=lambda m: (m.weight, -m.start)).value, at)
    people = [m.value for m in parsed.mentions.nationalities if m.weight]
    if people:
        carried.nationality = (Counter(people).most_common(1)[0][0], at)
    elif _generic_subject(parsed.sentence.text) and parsed.quantities and carried.nationality[1] < at - 1:
        carried.nationality = ("", -99)
    places = [m for m in parsed.mentions.places if m.value not in ("USA",)]
    if places:
        carried.place = (places[-1].value, at)
    main = [p for p in parsed.phrases if p.role in ("main", "until") and p.options and not p.base]
    if main:
        carried.phrase = (main[0], at)
    carried.at += 1
