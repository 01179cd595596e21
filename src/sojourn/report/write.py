"""Writing a report: the sections of a run, and of what a change did, in one file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import sojourn
from sojourn.report.codes import refuse
from sojourn.results import Run, compare as pair

if TYPE_CHECKING:
    from sojourn.report.facts import Facts
    from sojourn.report.page import Drawn, Part
    from sojourn.report.tables import Score

__all__ = ["report"]

_NEEDED = ("altair", "vl_convert", "jinja2")


def report(
    run: Run,
    path: str | Path,
    *,
    compare: Run | None = None,
    scores: Iterable[Mapping[str, Any]] | None = None,
    fitted_to: str | None = None,
    files: str | Path | None = None,
) -> Path:
    """Write a report of a run as one HTML file that needs no network, and return its path.

    With ``compare``, a run of the same scenario with a change under the same seed, the report begins with what
    the change did. ``scores`` are measures of fit with their bars: mappings with ``station``, ``measure``,
    ``value``, ``low`` or ``high`` (or both) and perhaps ``sample``; those missed are said at the top.
    ``fitted_to`` is the last day (ISO 8601) whose figures the fit has seen; agreement is then told apart before
    and after it. Both are taken from the run's provenance (``scores``, ``fitted_to``) if left out. ``files`` is
    a folder into which every chart is written as SVG, PNG and CSV.

    Raises ReportError P101 where the packages of the extra ``report`` are missing, P102 where the file cannot
    be written, P103 for an incomplete score, and RunError R301 for runs that are not pairs.
    """
    lacking = [name for name in _NEEDED if find_spec(name) is None]
    if lacking:
        raise refuse("P101", ", ".join(lacking), "a report needs it", remedy='install "sojourn[report]"')
    from sojourn.report.facts import Facts
    from sojourn.report.tables import scores as read_scores

    target = Path(path)
    if not target.parent.is_dir():
        raise refuse("P102", str(target), "its folder does not exist", remedy=f"make {target.parent}")
    facts = Facts(run)
    fitted_to = fitted_to or run.provenance.get("fitted_to")
    found = read_scores(scores if scores is not None else run.provenance.get("scores", ()))
    text, drawn = _page(facts, compare, found, fitted_to)
    try:
        target.write_text(text, encoding="utf-8")
        if files is not None:
            _write_charts(drawn, Path(files))
    except OSError as error:
        raise refuse("P102", str(target), "the disk refused the report", found=str(error)) from error
    return target


def _page(
    facts: Facts, other: Run | None, scores: Sequence[Score], fitted_to: str | None
) -> tuple[str, list[Drawn]]:
    from sojourn.report.answer import answer, asked
    from sojourn.report.figure import figure, rounded
    from sojourn.report.page import html

    title = facts.scenario.title or facts.scenario.name
    parts = _parts(facts, scores, fitted_to)
    told, differs, kind = answer(facts, fitted_to), [], "Report of a simulation"
    if other is not None:
        parts, told, differs = _compared(facts, other, parts)
        kind = "What a change did"
    head = {
        "kind": kind,
        "version": sojourn.__version__,
        "asked": asked(facts),
        "answer": told,
        "differs": differs,
        "missed": [score for score in scores if not score.met],
        "bars": len(scores),
        "figure_of": lambda s: figure(
            rounded(s.value), f"{s.measure} at {s.station}; unit: that of the measure; {facts.trace}"
        ),
    }
    return html(title, parts, head), [d for part in parts for d in part.pictures]


def _compared(facts: Facts, other: Run, parts: list[Part]) -> tuple[list[Part], list[Markup], list[str]]:
    """Return the sections with those of the effect before them, the sentences, and what differs."""
    from sojourn.report import difference
    from sojourn.report.facts import Facts
    from sojourn.report.page import Part, draw

    comparison = pair(facts.run, other)
    differs = difference.changes(facts, Facts(other))
    words = [
        "Each replicate with the change is paired with the one without it, under the same chance: what is shown is "
        "with the change less without it. Bands hold 50 % and 90 % of the pairs."
    ]
    first = Part(
        "effect",
        "What the change did",
        words,
        draw(difference.moved(comparison, facts)),
        [difference.shunting_table(comparison)],
    )
    kept = [part for part in parts if part.anchor not in ("whereabouts", "road")]
    return [first, *kept], difference.effects(comparison, facts), differs or ["nothing: the scenarios are the same"]


def _parts(facts: Facts, scores: Sequence[Score], fitted_to: str | None) -> list[Part]:
    from sojourn.report import tables
    from sojourn.report.cards import model_card, odd
    from sojourn.report.page import Part, draw
    from sojourn.report.queues import queues
    from sojourn.report.stations import stations
    from sojourn.report.timeline import timeline
    from sojourn.report.whereabouts import whereabouts

    policies = timeline(facts)
    line = [policies] if policies is not None else []
    found = [_stations(facts, scores, fitted_to, stations(facts, fitted_to))] if facts.seen else []
    found += _road(facts)
    found.append(
        Part(
            "queues",
            "Queues and waiting times",
            [
                "How many wait, how long those whose turn came had waited, and how the waits are spread. All groups count."
            ],
            draw(queues(facts)),
            key=True,
        )
    )
    found.append(
        Part(
            "whereabouts",
            "Where the people are",
            [
                "Everyone who has entered by the end of each quarter, or was there at the start, by where they are then. "
                "This is exact. People of one stage cannot be told apart by when they came, so the table says where all "
                "arrivals to date are, not those of one quarter alone."
            ],
            draw([whereabouts(facts)]),
        )
    )
    if len(facts.scenario.policies):
        found.append(Part("policies", "Policies", [], draw(line), [tables.policies(facts.scenario)]))
    found += [
        Part("gaps", "What is missing or assumed", lines=tables.gaps(facts) or ["Nothing was found missing."]),
        Part(
            "quantities",
            "Quantities and series",
            [],
            [],
            [t for t in (tables.quantities(facts), tables.series(facts)) if t.rows],
            folded=True,
        ),
        Part("card", "Model card and misuse", cards=model_card(facts.scenario)),
        Part("odd", "ODD description", cards=odd(facts.scenario), folded=True),
        Part("provenance", "Provenance", [_repeat(facts)], [], [tables.provenance(facts)]),
    ]
    return found


def _stations(facts: Facts, scores: Sequence[Score], fitted_to: str | None, pictures: Sequence[Any]) -> Part:
    from sojourn.report import tables
    from sojourn.report.page import Part, draw

    shown = [tables.agreement_table(facts, fitted_to)]
    if scores:
        shown.insert(0, tables.score_table(scores))
    words = [
        "Dots are what publishers counted, in their own unit; bands are what the model says they would have counted, "
        "after the share captured, delay, rounding and noise of the link. Only whole periods are compared."
    ]
    return Part("stations", "Observed and simulated", words, draw(pictures), shown, key=True)


def _road(facts: Facts) -> list[Part]:
    from sojourn.report.page import Part, draw
    from sojourn.report.roadmap import LEAST, road, roadmap
    from sojourn.report.sankey import sankey

    pictures = [p for p in (roadmap(facts), sankey(facts)) if p is not None]
    if not pictures:
        return []
    words = [
        f"Shown for: {facts.followed_text}. Mean over replicates; lines of fewer than {LEAST} people are not shown by place."
    ]
    left_out = road(facts).left_out
    if left_out:
        words.append(f"Not on the map, because a stage has no place: {', '.join(list(left_out)[:8])}.")
    return [Part("road", "The road", words, draw(pictures))]


def _repeat(facts: Facts) -> str:
    return (
        "The run can be repeated to the last person on the same versions: sojourn.rerun(run), or the command "
        f"sojourn simulate with seed {facts.run.seed} and {facts.run.replicates} replicates."
    )


def _write_charts(drawn: Sequence[Drawn], folder: Path) -> None:
    """Write every chart as SVG and PNG, and its data as CSV."""
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    for one in drawn:
        place = folder / one.picture.name
        place.with_suffix(".svg").write_text(one.svg, encoding="utf-8")
        place.with_suffix(".png").write_bytes(vl_convert.svg_to_png(one.svg, scale=2))
        place.with_suffix(".csv").write_text(one.picture.csv, encoding="utf-8")
