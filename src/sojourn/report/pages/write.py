"""Writing a report: the sections whose needs a run meets, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import sojourn
from sojourn.report.codes import refuse
from sojourn.results import Comparison, Run
from sojourn.results.recording import require_whole_record
from sojourn.writing import drafted, replace_all

if TYPE_CHECKING:
    import xarray as xr

    from sojourn.forecast import Scores
    from sojourn.report.facts import Facts
    from sojourn.report.pages.page import Drawn

__all__ = ["report"]

_NEEDED = ("vl_convert", "jinja2")


def report(
    subject: Run | Comparison,
    path: str | Path,
    *,
    scores: Scores | None = None,
    cohorts: xr.DataArray | None = None,
    files: str | Path | None = None,
) -> Path:
    """Write a report of a run, or of what a change did, as one HTML file that needs no network.

    Every section of :data:`sojourn.report.contents.SECTIONS` is shown whose needs the run, and what is given
    beside it, meet. Nothing is simulated.

    Parameters
    ----------
    subject : Run or Comparison
        A run of either engine, or two that are compared: the report then begins with what the change did.
    path : str or Path
        The file to write.
    scores : Scores, optional
        Those of the run, or of the first of two, by :func:`sojourn.forecast.score`. Left out, a built-in scenario
        is scored by the rules that stand beside it, and a run with camps against its registrations. Bars that are
        not reached are said at the top.
    cohorts : xarray.DataArray, optional
        Those of :func:`sojourn.cohorts` by quarter, for where those who came in each quarter are; left out, the
        report does not say it.
    files : str or Path, optional
        A folder into which every chart is written as SVG and PNG, and its data as CSV.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    ReportError
        P101 where the packages of the extra ``report`` are missing, P102 where the file cannot be written.
    RunError
        R501 where a run records only a part.
    """
    lacking = [name for name in _NEEDED if find_spec(name) is None]
    if lacking:
        raise refuse("P101", ", ".join(lacking), "a report needs it", remedy='install "sojourn[report]"')
    target = Path(path)
    if not target.parent.is_dir():
        raise refuse("P102", str(target), "its folder does not exist", remedy=f"make {target.parent}")
    run, other = (subject.base, subject.other) if isinstance(subject, Comparison) else (subject, None)
    for one in (run, other) if other is not None else (run,):
        require_whole_record(one, "report")
    # Loaded when a report is written: a page and its charts need packages that no other part does.
    from sojourn.report.answers.opening import kind_of

    text, drawn = _page(kind_of(run).facts(run, scores, cohorts, other))
    try:
        with drafted(target) as draft:
            draft.write_text(text, encoding="utf-8")
        if files is not None:
            _write_charts(drawn, Path(files))
    except OSError as error:
        raise refuse("P102", str(target), "the disk refused the report", found=str(error)) from error
    return target


def _page(facts: Facts) -> tuple[str, list[Drawn]]:
    """Return the text of the page, and its pictures."""
    from sojourn.report.answers.opening import differences, kind_of, missed, sentences
    from sojourn.report.contents import SECTIONS
    from sojourn.report.pages.page import html, parts

    shown = parts(SECTIONS, facts)
    head = {
        "kind": "Report of a simulation" if facts.comparison is None else "What a change did",
        "version": sojourn.__version__,
        "question": kind_of(facts.run).question(facts),
        "answer": sentences(facts),
        "differs": differences(facts),
        "missed": missed(facts),
        "bars": len(facts.bars),
    }
    return html(facts.title, shown, head), [drawn for part in shown for drawn in part.pictures]


def _write_charts(drawn: Sequence[Drawn], folder: Path) -> None:
    """Write every chart as SVG and PNG, and its data as CSV."""
    import vl_convert

    from sojourn.report.charts.chart import static_svg

    folder.mkdir(parents=True, exist_ok=True)
    for one in drawn:
        place = folder / one.picture.name
        svg = static_svg(one.picture, titled=True)
        png = vl_convert.svg_to_png(svg, scale=2)
        files = {".svg": svg.encode(), ".png": png, ".csv": one.picture.csv.encode()}
        replace_all({place.with_suffix(suffix): content for suffix, content in files.items()})
