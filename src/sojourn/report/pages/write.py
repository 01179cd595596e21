"""Writing a report: the sections of a run, and of what a change did, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

import sojourn
from sojourn.report.codes import refuse
from sojourn.results import Run, RunError, WalkRun
from sojourn.results import compare as pair

if TYPE_CHECKING:
    from sojourn.forecast import Scores
    from sojourn.report.facts import Facts
    from sojourn.report.pages.page import Drawn, Part

__all__ = ["report"]

_QUEUES = (
    "How many wait, how long those whose turn came had waited, and how the waits are spread. All groups count."
)
_NEEDED = ("vl_convert", "jinja2")


def report(
    run: Run | WalkRun,
    path: str | Path,
    *,
    compare: Run | WalkRun | None = None,
    scores: Scores | None = None,
    files: str | Path | None = None,
) -> Path:
    """Write a report of a run as one HTML file that needs no network, and return its path.

    With ``compare``, a run of the same scenario with a change under the same seed, the report begins with what
    the change did. ``scores`` are those of :func:`sojourn.forecast.score`; left out, a built-in scenario is
    scored by the rules laid down beside it. Bars that are not reached are said at the top. ``files`` is a folder
    into which every chart is written as SVG and PNG, and its data as CSV. A walk run is scored against the
    registrations of its scenario, and takes no ``scores``.

    Raises ReportError P101 where the packages of the extra ``report`` are missing, P102 where the file cannot
    be written, RunError R301 for runs that are not pairs, and ValueError for scores of a walk run.
    """
    lacking = [name for name in _NEEDED if find_spec(name) is None]
    if lacking:
        raise refuse("P101", ", ".join(lacking), "a report needs it", remedy='install "sojourn[report]"')
    target = Path(path)
    if not target.parent.is_dir():
        raise refuse("P102", str(target), "its folder does not exist", remedy=f"make {target.parent}")
    text, drawn = _either(run, compare, scores)
    try:
        target.write_text(text, encoding="utf-8")
        if files is not None:
            _write_charts(drawn, Path(files))
    except OSError as error:
        raise refuse("P102", str(target), "the disk refused the report", found=str(error)) from error
    return target


def _either(run: Run | WalkRun, other: Run | WalkRun | None, scores: Scores | None) -> tuple[str, list[Drawn]]:
    """Return the page of a run of either engine, and its pictures."""
    if other is not None:
        pair(run, other)  # refuses runs that are not pairs, before the work
    if isinstance(run, WalkRun):
        from sojourn.report.pages.walk_page import walk_page

        if scores is not None:
            raise ValueError("a walk run is scored against its own registrations: scores cannot be given")
        return walk_page(run, other if isinstance(other, WalkRun) else None)
    from sojourn.report.facts import Facts

    return _page(Facts(run, scores), other if isinstance(other, Run) else None)


def _page(facts: Facts, other: Run | None) -> tuple[str, list[Drawn]]:
    from sojourn.report.pages.page import html
    from sojourn.report.sections.answer import answer, asked
    from sojourn.report.sections.tables import bar_table

    title = facts.scenario.title or facts.scenario.name
    parts = _parts(facts, alone=other is None)
    differs: list[str] = []
    told, kind = answer(facts), "Report of a simulation"
    if other is not None:
        parts, told, differs = _compared(facts, other, parts)
        kind = "What a change did"
    head = {
        "kind": kind,
        "version": sojourn.__version__,
        "asked": asked(facts),
        "answer": told,
        "differs": differs,
        "missed": bar_table(facts).rows[: len(facts.missed)],
        "bars": len(facts.bars),
    }
    return html(title, parts, head), [d for part in parts for d in part.pictures]


def _compared(facts: Facts, other: Run, parts: list[Part]) -> tuple[list[Part], list[Markup], list[str]]:
    """Return the sections with those of the effect before them, the sentences, and what differs."""
    from sojourn.report.facts import Facts
    from sojourn.report.pages.page import Part, draw
    from sojourn.report.sections import difference

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
    return (
        [first, *parts],
        difference.effects(comparison, facts),
        differs or ["nothing: the scenarios are the same"],
    )


def _parts(facts: Facts, *, alone: bool) -> list[Part]:
    """Return the sections; those on whereabouts and the road only where the run stands alone."""
    from sojourn.report.pages.cards import model_card, odd
    from sojourn.report.pages.page import Part, draw
    from sojourn.report.sections import tables
    from sojourn.report.sections.policies import timeline
    from sojourn.report.sections.queues import queues

    policies = timeline(facts)
    line = [policies] if policies is not None else []
    found = [_stations(facts)] if facts.seen else []
    found += _road(facts) if alone else []
    waiting = queues(facts)
    if waiting:
        found.append(Part("queues", "Queues and waiting times", [_QUEUES], draw(waiting), key=True))
    found += [_whereabouts(facts)] if alone else []
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


def _whereabouts(facts: Facts) -> Part:
    from sojourn.report.pages.page import Part, draw
    from sojourn.report.sections.arrivals import REPLICATES, arrivals
    from sojourn.report.sections.whereabouts import whereabouts

    words = []
    pictures = []
    try:
        pictures += arrivals(facts)
    except RunError as error:
        # Runs of another version, and queues that hide who left, can be reported all the same.
        if not set(error.codes) <= {"R602", "R603"}:
            raise
        words.append(f"Where those who came in each quarter are cannot be told: {error.problems[0].message}.")
    if pictures:
        words.append(
            "By quarter of arrival: worked out from the flows of every step of the first "
            f"{min(REPLICATES, facts.run.replicates)} replicates. In queues people are followed by order of entry, "
            "elsewhere in expectation, since people of one stage are alike. Who comes back counts in the quarter "
            "of the first arrival."
        )
    words.append(
        "By quarter to date: everyone who has entered by the end of the quarter, or was there at the start, exact "
        "over all replicates."
    )
    return Part("whereabouts", "Where the people are", words, draw([*pictures, whereabouts(facts)]))


def _stations(facts: Facts) -> Part:
    from sojourn.report.pages.page import Part, draw
    from sojourn.report.sections import tables
    from sojourn.report.sections.stations import stations

    shown = [tables.bar_table(facts)] if len(facts.bars) else []
    shown.append(tables.agreement_table(facts))
    words = [
        "Dots are what publishers counted, in their own unit; bands are what the model says they would have "
        "counted, "
        "after the share captured, delay, rounding and noise of the link. Only whole periods are compared."
    ]
    return Part("stations", "Observed and simulated", words, draw(stations(facts)), shown, key=True)


def _road(facts: Facts) -> list[Part]:
    from sojourn.report.charts.road_map import LEAST, place_of_stages, road, roadmap
    from sojourn.report.charts.sankey import sankey
    from sojourn.report.facts import label
    from sojourn.report.pages.page import Part, draw

    diagram = sankey(facts)
    pictures = [*roadmap(facts), *([diagram] if diagram is not None else [])]
    if not pictures:
        return []
    words = [
        f"Shown for: {facts.followed_text}. Mean over replicates; lines of fewer than {LEAST} people are not "
        "shown by place."
    ]
    placed = place_of_stages(facts.scenario)
    ends = {stage: None for flow in road(facts).left_out for stage in flow.split(" -> ") if stage not in placed}
    if ends:
        words.append(f"Stages without a place are not on the map: {', '.join(label(name) for name in ends)}.")
    return [Part("road", "The road", words, draw(pictures))]


def _repeat(facts: Facts) -> str:
    return (
        "The run can be repeated to the last person on the same versions: sojourn.rerun(run), or the command "
        f"sojourn simulate with seed {facts.run.seed} and {facts.run.replicates} replicates."
    )


def _write_charts(drawn: Sequence[Drawn], folder: Path) -> None:
    """Write every chart as SVG and PNG, and its data as CSV."""
    import vl_convert

    from sojourn.report.charts.chart import static_svg

    folder.mkdir(parents=True, exist_ok=True)
    for one in drawn:
        place = folder / one.picture.name
        svg = static_svg(one.picture, titled=True)
        place.with_suffix(".svg").write_text(svg, encoding="utf-8")
        place.with_suffix(".png").write_bytes(vl_convert.svg_to_png(svg, scale=2))
        place.with_suffix(".csv").write_text(one.picture.csv, encoding="utf-8")
