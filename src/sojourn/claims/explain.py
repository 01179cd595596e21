"""A verdict put into the fields and the sentence of a claim."""

from __future__ import annotations

import datetime as dt

from sojourn.claims.judge import Case, Judged
from sojourn.claims.readings import Reading, Source, query_text
from sojourn.claims.result import Claim, RunnerUp

__all__ = ["claim_of"]


def claim_of(case: Case, judged: Judged) -> Claim:
    """Return the claim of a figure and its verdict."""
    quantity, decision, sentence = case.quantity, judged.decision, case.parsed.sentence
    reading = decision.reading
    topic = case.subject.topic
    start, end = sentence.place(quantity.start, quantity.end)
    source = reading.source if reading is not None else None
    subject = {
        "concept": case.subject.concept if case.subject.found else "",
        "nationality": source.nationality if source else topic.nationalities[0].value,
        "place": source.place if source else topic.places[0].value,
        "component": topic.component,
        "family": topic.family,
    }
    return Claim(
        sentence=sentence.text,
        start=start,
        end=end,
        figure=sentence.raw[start - sentence.start : end - sentence.start],
        kind=judged.kind or quantity.kind,
        subject=subject,
        stated_period=judged.stated,
        comparator=quantity.comparator,
        interval=(round(quantity.low, 6), round(quantity.high, 6)),
        verdict=decision.verdict,
        misattributed=decision.misattributed,
        measure=source.curve.measure if source else "",
        period=_period(reading) if reading else "",
        release=source.curve.release if source else "",
        value=round(reading.value, 4) if reading else None,
        query=_query(reading) if reading else "",
        runners_up=tuple(
            RunnerUp(r.source.curve.measure, _period(r), round(r.value, 4), r.distance, _query(r))
            for r in decision.runners_up
        ),
        probability=round(decision.probability, 4),
        explanation=_explanation(case, judged),
        notes=judged.notes,
        chart=_chart(source, reading) if source and reading else (),
        marked=(reading.span[0].isoformat(), reading.span[1].isoformat()) if reading else ("", ""),
    )


def _span(span: tuple[dt.date, dt.date]) -> str:
    """Return a span as it is written in tables: 2023, FY2023, 2023-01, 2023-01..2023-09, 2024-06-29."""
    first, last = span
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}" if first.year == last.year else f"{first.year}..{last.year}"
    if (first.month, first.day, last.month, last.day) == (10, 1, 9, 30):
        return f"FY{last.year}" if first.year + 1 == last.year else f"FY{first.year + 1}..FY{last.year}"
    if (first.year, first.month) == (last.year, last.month) and first.day == 1:
        return f"{first:%Y-%m}"
    return f"{first:%Y-%m}..{last:%Y-%m}"


def _period(reading: Reading) -> str:
    return _span(reading.span) + (f" v {_span(reading.base)}" if reading.base else "")


def _query(reading: Reading) -> str:
    """Return the expression that gives the value of a reading."""
    top = query_text(reading.source, reading.span)
    if reading.base is not None and reading.how in (
        "change",
        "ratio",
        "ratio stated as a change",
        "ratio less one",
        "comparison",
    ):
        bottom = query_text(reading.source, reading.base)
        return {
            "change": f"100 * ({top} / {bottom} - 1)",
            "ratio": f"{top} / {bottom}",
            "ratio stated as a change": f"100 * {top} / {bottom}",
            "ratio less one": f"{top} / {bottom} - 1",
        }.get(reading.how, f"{top} > {bottom}")
    if reading.other is not None:
        bottom = query_text(reading.other, reading.span)
        sign = {"share": "100 * {} / {}", "difference": "{} - {}", "sum": "{} + {}"}.get(reading.how, "{} > {}")
        return sign.format(top, bottom)
    if reading.how.startswith("per "):
        unit = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30.4375}[reading.how[4:]]
        return f"{top} / {reading.parts[1] / unit:g}"
    return f"100 * {top}" if reading.source.kind == "share" else top


def _explanation(case: Case, judged: Judged) -> str:
    """Return the verdict in a sentence."""
    decision = judged.decision
    reading = decision.reading
    said = f'"{case.parsed.sentence.text[case.quantity.start : case.quantity.end]}"'
    if decision.verdict == "not-checkable":
        near = f" Nearest: {_shown(reading)}." if reading else ""
        return f"{said} cannot be checked: {decision.reason}.{near}"
    if reading is None:
        how = {"true": "agrees with", "false": "does not agree with"}[decision.verdict]
        return f"{said} {how} what is known: {judged.words}."
    what = _shown(reading)
    assumed = (
        " The text names nobody; it was read as of Chinese nationals."
        if (case.subject.topic.assumed and reading.source.nationality != "all")
        else ""
    )
    if decision.verdict == "true":
        return f"{said} agrees with {what}.{assumed}"
    if decision.verdict == "other-definition":
        unit = reading.source.curve.unit
        why = (
            f"the series counts {unit}s, not people"
            if case.subject.topic.people and not reading.differs
            else f"it differs from the words in {_differs(reading)}"
        )
        return f"{said} agrees with {what}, but {why}.{assumed}"
    if decision.misattributed:
        return (
            f"{said} does not agree with what the words say; it is {what}, which differs in "
            f"{_differs(reading)}.{assumed}"
        )
    return f"{said} agrees with no reading of the words; nearest is {what}.{assumed}"


def _differs(reading: Reading) -> str:
    return " and ".join(dict.fromkeys(reading.differs)) or "its definition"


def _shown(reading: Reading) -> str:
    source = reading.source
    value = (
        f"{reading.value:,.0f}"
        if abs(reading.value) >= 1_000 or reading.value == int(reading.value)
        else f"{reading.value:,.2f}"
    )
    who = "" if source.nationality == "all" else f" of {source.nationality}"
    how = "" if reading.how == "level" else f" ({reading.how})"
    where = f", {source.place}" if source.place else ""
    return f"{value}{how}: {source.curve.title}{who}{where}, {_period(reading)}, release {source.curve.release}"


def _chart(source: Source, reading: Reading) -> tuple[tuple[str, float], ...]:
    """Return the days and values of a small chart: the months or years around the span."""
    curve = source.curve
    if source.kind == "flow" and curve.months and (reading.span[1] - reading.span[0]).days < 1_200:
        first = (reading.base or reading.span)[0]
        start = min(first, reading.span[0]).year * 12 + min(first, reading.span[0]).month - 6
        end = reading.span[1].year * 12 + reading.span[1].month + 6
        return tuple(
            (f"{(m - 1) // 12}-{(m - 1) % 12 + 1:02d}", curve.months[m])
            for m in sorted(curve.months)
            if start <= m <= end
        )[:120]
    return tuple((s[1].isoformat()[:7], v) for s, v in sorted(curve.spans.items(), key=lambda p: p[0][1]))[-40:]
