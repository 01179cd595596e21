"""Check the figures of a text against the official series."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sojourn.claims import events
from sojourn.claims.codes import refuse
from sojourn.claims.context import Carried, Parsed, carry, known_noun
from sojourn.claims.explain import claim_of
from sojourn.claims.extract.documents import published_in, read_file, read_text
from sojourn.claims.extract.quantities import Quantity, find_quantities
from sojourn.claims.extract.sentences import sentences
from sojourn.claims.extract.subjects import find_mentions
from sojourn.claims.extract.when import find_phrases
from sojourn.claims.judge import judge
from sojourn.claims.result import Checked, Claim
from sojourn.claims.shelf import Shelf
from sojourn.series import Store

__all__ = ["check"]

_EARLIEST, _LATEST = dt.date(1990, 1, 1), dt.date(2100, 1, 1)
_CREDIT = re.compile(
    r"^(?:Source|Photo|Image|Credit|By|Published|Posted|Updated)\b\s?:|(?:Unsplash|Wikimedia|"
    r"Getty Images|Pexels)\b",
    re.IGNORECASE,
)


def check(source: str | Path, *, published: str | dt.date | None = None, store: Store | None = None) -> Checked:
    """Check the figures of a text: which definition makes each true, or that none does.

    Parameters
    ----------
    source : str or Path
        Plain text, Markdown or HTML; or, as a path, a file of these or a PDF.
    published : str or date, optional
        Date of publication, against which "this year" and the like are resolved; without it, the one that the text
        gives, else the last day that the series shipped for the border cover.
    store : Store, optional
        Series to check against; by default the user's over the shipped ones.

    Returns
    -------
    Checked
        The claims in order of the text, each with verdict, value, and the query that reproduces it.

    Raises
    ------
    ClaimsError
        K101 to K107 for a text or file that cannot be read; K201, K202 for a date of publication that is none.

    Examples
    --------
    >>> import sojourn as sj
    >>> sj.check("CBP met 1,368 Chinese nationals at the southern border in February 2023.", published="2023-03-21")
    <Checked: 1 claims, published 2023-03-21: 1 true>
    """
    text, where = (read_file(source), str(source)) if isinstance(source, Path) else (source, "text")
    plain, marked = read_text(text, where)
    day, origin = _published(published, marked, plain)
    shelf = _shelf(store)
    parsed = list(_parse(plain, day))
    carried = Carried(counts=Counter(m.value for p in parsed for m in p.mentions.nationalities if m.weight))
    claims: list[Claim] = []
    for one in parsed:
        for quantity in one.quantities:
            case, judged = judge(one, quantity, carried, day, shelf)
            claims.append(claim_of(case, judged))
        carry(one, carried)
    return Checked(plain, day.isoformat(), origin, tuple(_consistent(claims)))


_SHELVES: dict[tuple[str, bool, tuple[str, ...]], Shelf] = {}


def _shelf(store: Store | None) -> Shelf:
    """Return the shelf of a store, kept while what the store holds is the same."""
    used = store or Store()
    key = (
        str(used.folder),
        used.with_shipped,
        tuple(f"{e.measure} {e.release} {e.content}" for e in used.entries()),
    )
    if key not in _SHELVES:
        _SHELVES.clear()
        _SHELVES[key] = Shelf(used)
    return _SHELVES[key]


def _published(given: str | dt.date | None, marked: str, text: str) -> tuple[dt.date, str]:
    """Return the date of publication and where it comes from."""
    if given is not None:
        try:
            day = given if isinstance(given, dt.date) else dt.date.fromisoformat(str(given).strip())
        except ValueError as err:
            raise refuse("K201", "published", "not a date", found=str(given), allowed="2024-07-04") from err
        if isinstance(day, dt.datetime):
            day = day.date()
        origin = "given"
    else:
        said, origin = (marked, "markup") if marked else (published_in(text), "text")
        try:
            day = dt.date.fromisoformat(said)
        except ValueError:
            day, origin = _last_covered(), "the last day that the series cover"
    if not _EARLIEST <= day < _LATEST:
        raise refuse(
            "K202", "published", "too early or too late", found=str(day), allowed=f"{_EARLIEST} to {_LATEST}"
        )
    return day, origin


def _last_covered() -> dt.date:
    entries = Store().entries("cbp-encounters")
    return dt.date.fromisoformat(entries[-1].end) + dt.timedelta(days=30) if entries else dt.date(2025, 6, 30)


def _parse(text: str, published: dt.date) -> Iterator[Parsed]:
    """Yield the sentences with their periods, figures and mentions."""
    for sentence in sentences(text):
        if _CREDIT.search(sentence.text[:60]) and len(sentence.text) < 200:
            continue
        phrases = tuple(find_phrases(sentence.text, published))
        quantities = find_quantities(sentence.text, phrases)
        mentions = find_mentions(sentence.text)
        parsed = Parsed(sentence, phrases, tuple(quantities), mentions)
        yield replace(parsed, quantities=tuple(_with_dates(parsed, published)))


def _with_dates(parsed: Parsed, published: dt.date) -> list[Quantity]:
    """Return the figures with the dates that can be held against an event, less what only looks like a figure."""
    kept = [q for q in parsed.quantities if q.kind != "first" and not _small_word(parsed.sentence.text, q)]
    for phrase in parsed.phrases:
        if not phrase.options:
            continue
        alone = phrase.kind == "day" and not any(q.kind in ("level", "rate", "share") for q in kept)
        if alone or events.held_against(parsed.sentence.text, phrase, published, parsed.phrases) is not None:
            kept.append(Quantity(phrase.start, phrase.end, "date", 0, 1, 0, 0))
    if not kept and events.coming(parsed.sentence.text, published):
        hit = _ENDING.search(parsed.sentence.text)
        if hit and not parsed.phrases:
            kept.append(Quantity(*hit.span(), "event", 0, 1, 0, 0))
    return sorted(kept, key=lambda q: (q.start, q.end))


def _small_word(text: str, quantity: Quantity) -> bool:
    """Tell whether a figure is a small number in words that counts nothing known ("the two states")."""
    words = text[quantity.start : quantity.end]
    return (
        quantity.kind == "level"
        and quantity.value < 10
        and not any(c.isdigit() for c in words)
        and not known_noun(text[quantity.end :])
    )


_ENDING = re.compile(
    r"\b(?:is |are |was |has been )?(?:ending|ended|ends|suspend\w*|requir\w*|impos\w*|drop\w*|"
    r"resum\w*|launch\w*|began|started|lifted|expired)\b",
    re.IGNORECASE,
)


def _consistent(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims with a note where two of one text contradict each other."""
    levels = [c for c in claims if c.kind == "level" and c.interval[0] > 0 and c.stated_period]
    made = []
    for claim in claims:
        if claim.kind == "comparison" and " v " in claim.stated_period:
            now, base = (w.strip().lower() for w in claim.stated_period.split(" v ", 1))
            first = next((c for c in levels if _same(c, claim) and c.stated_period.lower() == now), None)
            second = next(
                (
                    c
                    for c in levels
                    if _same(c, claim) and _year(c.stated_period) and _year(c.stated_period) == _year(base)
                ),
                None,
            )
            if first and second and first.interval[1] < second.interval[0]:
                note = f'contradicts "{first.figure}" and "{second.figure}" of the same text'
                claim = replace(claim, notes=(*claim.notes, note), explanation=f"{claim.explanation} It {note}.")
        made.append(claim)
    return made


def _same(one: Claim, other: Claim) -> bool:
    return one.subject.get("nationality") == other.subject.get("nationality")


def _year(words: str) -> str:
    hit = re.search(r"(?:19|20)\d\d", words)
    return hit.group() if hit else ""
