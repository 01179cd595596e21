"""The question: figures that can be counted, and sentences that name them."""

from __future__ import annotations

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.question import MOMENTS, Answer, Arrivals, Figure, placeholders

__all__ = ["check_question"]

_NEEDED = {
    "flow": "`origin -> destination`",
    "stock": "a stage",
    "wait": "a queue",
}


def check_question(draft: Draft) -> None:
    """Check that each answer is one thing, and that texts and figures name each other."""
    question = draft.scenario.question
    if question is None:
        return
    for index, answer in enumerate(question.answers):
        path: Path = ("question", "answers", index)
        if not draft.touched(path):
            _check_answer(draft, path, answer)
        for name, figure in answer.figures.items():
            _check_figure(draft, (*path, "figures", name), figure)
    if question.arrivals is not None:
        _check_arrivals(draft, ("question", "arrivals"), question.arrivals)


def _check_answer(draft: Draft, path: Path, answer: Answer) -> None:
    if bool(answer.text) == (answer.general is not None) or (answer.general and answer.figures):
        draft.findings.problem(
            "L701",
            path,
            "an answer is either a text with its figures or a general sentence",
            found="both" if answer.general else "neither",
            allowed="text and figures, or general",
        )
        return
    named = set(placeholders(answer.text))
    for name in sorted(named - set(answer.figures) - set(MOMENTS)):
        draft.findings.problem(
            "L701",
            (*path, "text"),
            "the text names a figure that the answer does not define",
            found=f"{{{name}}}",
            allowed=", ".join([*answer.figures, *MOMENTS]),
            remedy="define it under figures",
        )
    for name in answer.figures:
        if name not in named or name in MOMENTS:
            draft.findings.problem(
                "L701",
                (*path, "figures", name),
                "the text does not show this figure" if name not in MOMENTS else "this name means a day of the run",
                found=name,
                remedy=f"write {{{name}}} in the text, or leave the figure out",
            )


def _check_figure(draft: Draft, path: Path, figure: Figure) -> None:
    stages = draft.scenario.stages
    for key in ("of", "out_of"):
        for index, name in enumerate(getattr(figure, key)):
            wrong = ("->" in name) != (figure.measure == "flow")
            if figure.measure == "wait" and name in stages:
                wrong = stages[name].held() != "queue"
            if wrong:
                draft.findings.problem(
                    "L702",
                    (*path, key, index),
                    f"a {figure.measure} is not counted here",
                    found=name,
                    allowed=_NEEDED[figure.measure],
                )
    if figure.measure == "stock" and figure.start is not None:
        draft.findings.problem(
            "L702",
            (*path, "start"),
            "a stock is counted on one day, and has no first day",
            found=str(figure.start),
            remedy="write the day as end",
        )
    if figure.measure == "wait" and figure.out_of:
        draft.findings.problem(
            "L702", (*path, "out_of"), "a mean wait cannot be given as a share", remedy="leave it out"
        )
    if figure.start is not None and figure.end is not None and figure.end < figure.start:
        draft.findings.problem(
            "L601",
            (*path, "end"),
            "the days counted end before they start",
            found=str(figure.end),
            allowed=f"{figure.start} or later",
        )
    time = draft.scenario.time
    days = [day for day in (figure.start, figure.end) if day is not None]
    if draft.intact("time") and any(not time.start <= day <= time.end for day in days):
        draft.findings.note("L903", path, "the figure counts days outside the period, and is not shown")


def _check_arrivals(draft: Draft, path: Path, arrivals: Arrivals) -> None:
    stages = draft.scenario.stages
    for index, name in enumerate(arrivals.at):
        if name in stages and stages[name].entry:
            draft.findings.problem(
                "L702",
                (*path, "at", index),
                f"nobody is sent to a {stages[name].kind}",
                found=name,
                allowed="a stage of another kind",
            )
    seen: set[str] = set()
    for index, status in enumerate(arrivals.where):
        for position, name in enumerate(status.stages):
            if name in seen and status.stages.count(name) == 1:
                draft.findings.problem(
                    "L304",
                    (*path, "where", index, "stages", position),
                    "the stage has two labels",
                    found=name,
                    remedy="list it once",
                )
        seen.update(status.stages)
