"""Which period a figure is of: the phrase nearest to it, what was carried over, or none stated."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise

from sojourn.calendar import US_FISCAL_YEAR
from sojourn.claims.context import Carried, Parsed
from sojourn.claims.extract.quantities import Quantity
from sojourn.claims.extract.when import Option, Phrase, fiscal_span, shift, to_date, year_span

__all__ = ["Stated", "base_of", "period_of", "unstated"]


@dataclass(frozen=True)
class Stated:
    """The spans that a figure may be of; ``cumulative`` when it counts up to the end of the span."""

    options: tuple[Option, ...]
    explicit: bool
    found: bool
    phrase: Phrase | None = None
    cumulative: bool = False
    within: bool = False


def unstated(published: dt.date) -> tuple[Option, ...]:
    """Return what a figure without a period may be of: the latest years, whole or to date, then earlier ones."""
    options = [Option(year_span(published.year - 1), 0.0, "latest calendar year")]
    last = US_FISCAL_YEAR.of(published) - 1
    options.append(Option(fiscal_span(last), 0.0, "latest fiscal year"))
    options += to_date(dt.date(published.year, 1, 1), published, 0.0, "calendar year to date")
    for back in range(2, 10):
        options.append(Option(year_span(published.year - back), 0.2, "earlier calendar year"))
        options.append(Option(fiscal_span(last - back + 1), 0.2, "earlier fiscal year"))
    return tuple(options)


def period_of(parsed: Parsed, quantity: Quantity, carried: Carried, published: dt.date) -> Stated:
    """Return the period of a level: the phrase after it in its clause, else the nearest, else what was carried."""
    text = parsed.sentence.text
    usable = [p for p in parsed.phrases if p.options and (not p.base or p.role == "since")]
    own = [
        p for p in parsed.phrases if p.options and p.base and p.role != "since" and 0 <= quantity.start - p.end < 20
    ]
    usable = own or usable or [p for p in parsed.phrases if p.options]
    if moved := _from_to(parsed, quantity, usable, published):
        return moved
    if moved := _moved(parsed, quantity, usable, published):
        return moved
    chosen = _near(parsed, quantity, usable)
    if chosen is None and carried.phrase[0] is not None and carried.at - carried.phrase[1] <= 2:
        options = tuple(Option(o.span, o.distance + 0.1, o.note) for o in carried.phrase[0].options)
        late = tuple(o for o in unstated(published) if o.distance < 0.2)
        return Stated(
            (*options, *(Option(o.span, o.distance + 0.2, o.note) for o in late)), False, False, carried.phrase[0]
        )
    if chosen is None:
        return Stated(unstated(published), False, False)
    until = chosen.role == "until"
    within = until and not re.search(
        r"\b(?:end|close) of\s(?:the )?$", text[max(0, chosen.start - 20) : chosen.start], re.IGNORECASE
    )
    options = chosen.options
    year = next((p for p in usable if p.kind == "this-year" and p is not chosen), None)
    other = (
        next((p for p in usable if p.role == "until" and p is not chosen), None)
        if chosen.kind == "this-year"
        else None
    )
    if until and year is not None:
        options = _to_the_end(chosen, year)
    elif other is not None:
        options, until = _to_the_end(other, chosen), True
        within = not re.search(
            r"\b(?:end|close) of\s(?:the )?$", text[max(0, other.start - 20) : other.start], re.IGNORECASE
        )
    return Stated(options, chosen.explicit, True, chosen, until, within)


def _moved(parsed: Parsed, quantity: Quantity, usable: list[Phrase], published: dt.date) -> Stated | None:
    """Return the period of "Y the next month", "Y a year earlier": that of the sentence, moved."""
    after = [p for p in parsed.phrases if p.role == "relative" and p.months and 0 <= p.start - quantity.end < 12]
    before = [p for p in usable if p.end <= quantity.start and p.role != "since"]
    if not after or not before:
        return None
    options = (Option(shift(o.span, after[0].months), o.distance, o.note) for o in before[-1].options)
    return Stated(tuple(o for o in options if o.span[1] <= published), False, True, before[-1])


def _to_the_end(until: Phrase, year: Phrase) -> tuple[Option, ...]:
    """Return the spans from the start of a year to the end of the month named."""
    end = until.options[0].span[1]
    return (
        tuple(
            dict.fromkeys(
                Option((o.span[0], end), o.distance, f"to {end:%Y-%m}") for o in year.options if o.span[0] < end
            )
        )
        + until.options[1:3]
    )


def _near(parsed: Parsed, quantity: Quantity, usable: list[Phrase]) -> Phrase | None:
    """Return the phrase that a level belongs to."""
    following = [
        q.start
        for q in parsed.quantities
        if q.start >= quantity.end and q.kind in ("level", "percent-change", "multiple", "share")
    ]
    stop = min(following, default=len(parsed.sentence.text))
    after = [p for p in usable if quantity.end <= p.start < stop]
    before = [p for p in usable if p.end <= quantity.start]
    if after and before:
        first, last = after[0], before[-1]
        if last.role == "since":
            return first
        text = parsed.sentence.text
        if re.search(r"[;:]|, (?:while|but|and|against|compared|up|down)", text[quantity.end : first.start]) or (
            not re.search(r"[,;]", text[last.end : quantity.start])
            and quantity.start - last.end < 12
            and first.start - quantity.end > 30
        ):
            return last
        return first
    if after:
        return after[0]
    if before:
        return before[-1]
    later = [p for p in usable if p.start >= stop]
    return later[0] if later else None


def _from_to(parsed: Parsed, quantity: Quantity, usable: list[Phrase], published: dt.date) -> Stated | None:
    """Return the period of X in "from X to Y" or "up from X": the period before that of the change."""
    text = parsed.sentence.text
    before, after = text[max(0, quantity.start - 40) : quantity.start], text[quantity.end : quantity.end + 30]
    base = next((p for p in parsed.phrases if p.base and p.role == "relative" and p.months), None)
    from_word = bool(
        re.search(r"\bfrom\s$|\bcompared (?:to|with)\s$|\bagainst\s$|\bversus\s$", before, re.IGNORECASE)
    )
    to_word = bool(re.match(r"\sto\s", after))
    if not from_word:
        return None
    own = [p for p in usable if quantity.end <= p.start and p.start - quantity.end < 25]
    if own and not to_word:
        return None
    explicit_base = [p for p in parsed.phrases if p.base and p.options and p.role != "since"]
    if explicit_base and not to_word:
        return Stated(explicit_base[0].options, explicit_base[0].explicit, True, explicit_base[0])
    main = next((p for p in usable if p.role != "since"), None)
    if main is None:
        return None
    months = base.months if base else {"month": -1}.get(main.kind, -12)
    options = [Option(shift(o.span, months), o.distance, o.note) for o in main.options if o.distance < 1.5]
    if main.kind == "month" and not base:
        options += [Option(shift(o.span, -12), o.distance + 0.3, o.note) for o in main.options[:1]]
    return Stated(tuple(o for o in options if o.span[1] <= published), False, True, main)


def base_of(parsed: Parsed, quantity: Quantity, published: dt.date) -> tuple[Phrase | None, Phrase | None]:
    """Return the phrase of the period compared and that of the base of a comparison."""
    relative = [p for p in parsed.phrases if p.base]
    base = min(relative, key=lambda p: abs(p.start - quantity.end), default=None)
    main = [
        p
        for p in parsed.phrases
        if p is not base and p.options and not (p.base and p.role != "since") and p.role != "since"
    ]
    text = parsed.sentence.text
    if base is None and len(main) >= 2:
        for first, second in pairwise(main):
            between = text[first.end : second.start]
            if re.search(r"\b(?:from|against|than|versus|compared)\b", between, re.IGNORECASE):
                return first, second
        if re.search(r"\bfrom\b[^,]{0,30}$", text[: main[0].start], re.IGNORECASE) and re.search(
            r"\bto\b", text[main[0].end : main[1].start]
        ):
            return main[1], main[0]
        for first, second in pairwise(main):
            if re.fullmatch(
                r"\s?(?:and|to|through)\s(?:the )?", text[first.end : second.start], re.IGNORECASE
            ) and re.search(r"\b(?:between|from)\s(?:the )?$", text[: first.start], re.IGNORECASE):
                return second, first
    if not main:
        return None, base
    before = [p for p in main if p.end <= quantity.start]
    after = [p for p in main if p.start >= quantity.end]
    chosen = (
        after[0]
        if after
        and (base is None or after[0].start < base.start)
        and not re.search(r"[;]", text[quantity.end : after[0].start])
        else None
    )
    return chosen or (before[-1] if before else main[0]), base
