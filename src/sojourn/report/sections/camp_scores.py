"""Scores of camps: the error by day beside that of forecasts without a model, and every score in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sojourn.forecast import camp_differences, forecasts
from sojourn.report.camp_facts import CampFacts
from sojourn.report.charts.chart import COLOURS, Picture, Spec, dated, records, tip, with_source
from sojourn.report.charts.cited import cited, share
from sojourn.report.section import Content, Section, Table

__all__ = ["SECTION", "errors", "score_table"]

_POINTS = 180
_RUN = "the run"
_LINES = {"shares of day 0": "#a8410f", "persistence 30 days": "#7a4b94", "persistence 90 days": "#6f8f2f"}
_WORDS = (
    "The error is the averaged relative difference of Flee: the sum over camps of what they are off, as a share "
    "of all registered, averaged over days. Half of it is the share of people in the wrong camp. Beside it stand "
    "forecasts that need no model; a run that is not closer than they are adds nothing."
)


def score_table(facts: CampFacts) -> Table:
    """Return the errors of the run with their spread, the baselines, CRPS and coverage."""
    scores = facts.scores
    rows: list[list[object]] = []
    for name, values, words in (
        (
            "error, rescaled",
            scores.errors["rescaled"],
            "averaged relative difference, simulated total made equal to the registered",
        ),
        ("error, not rescaled", scores.errors["normal"], "averaged relative difference"),
    ):
        about = facts.about(f"{words}; mean, lowest and highest of replicates", "share")
        low, high = (cited(f"{value:.4f}", about) for value in (values.min(), values.max()))
        rows.append([name, cited(f"{values.mean():.4f}", about), low, high, words])
    source = f"unit: share; registrations of {facts.run.provenance['name']}"
    for name, error in scores.baselines.itertuples(index=False):
        words = "a forecast that knows the total and keeps these shares"
        rows.append([f"baseline: {name}", cited(f"{error:.4f}", f"error of {words}; {source}"), "", "", words])
    about = facts.about("continuous ranked probability score of the replicates over all registered", "share")
    words = "the error of the replicates as a distribution; of one replicate, the error not rescaled"
    rows.append(["CRPS", cited(f"{scores.crps_edf:.4f}", about), "", "", words])
    for level, part in scores.bands.itertuples(index=False):
        about = facts.about(f"share of camps and days registered inside the central {share(level)}", "share")
        rows.append([f"coverage, {share(level)} band", cited(share(part), about), "", "", "camps and days inside"])
    heads = ("score", "mean", "lowest", "highest", "what it is")
    return Table("Scores", heads, rows, frozenset({"mean", "lowest", "highest"}))


def errors(facts: CampFacts) -> Picture:
    """Return the picture of the error by day: the run's with its spread, and those of forecasts without a model."""
    simulated, published = facts.agents
    time = facts.run.data["time"].values
    run = camp_differences(simulated, published, rescaled=True).sum(axis=2)
    low, middle, high = np.quantile(run, (0.05, 0.5, 0.95), axis=0)
    columns = {"time": time, "who": _RUN, "error": middle, "low": low, "high": high}
    tables = [pd.DataFrame(columns)]
    for name, forecast in forecasts(published).items():
        error = camp_differences(forecast, published, rescaled=False).sum(axis=2)[0]
        tables.append(pd.DataFrame({"time": time, "who": name, "error": error, "low": np.nan, "high": np.nan}))
    whole = pd.concat(tables, ignore_index=True)
    steps = np.zeros(len(time), bool)
    steps[:: max(1, len(time) // _POINTS)] = True
    drawn = whole[np.tile(steps, len(tables))]
    means = ", ".join(
        f"{who} {error:.3g}" for who, error in whole.groupby("who", sort=False)["error"].mean().items()
    )
    said = f"Relative difference of camps by day; mean over days: {means}. Less is better; 2 is the most it can be."
    source = facts.about("sum over camps of |simulated - registered| / all registered, totals made equal", "share")
    return Picture("errors", "Error by day", said, source, _lines(drawn, facts, source), whole)


def _lines(table: pd.DataFrame, facts: CampFacts, source: str) -> Spec:
    colours = {_RUN: COLOURS["simulated"]} | _LINES
    names = list(dict.fromkeys(table["who"]))
    dashes = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2]]
    scale = {"domain": names, "range": [colours[name] for name in names]}
    value = {"field": "error", "type": "quantitative", "title": "share", "axis": {"titleY": -10}}
    tips = [
        tip("who", "of"),
        tip("time", "on", "%d %b %Y"),
        tip("error", "error", ".3f"),
        tip("low", "90 % from", ".3f"),
        tip("high", "to", ".3f"),
        tip("source", "source"),
    ]
    area = {"type": "area", "color": COLOURS["simulated"], "opacity": 0.25}
    return {
        "data": records(table),
        "transform": [with_source(source)],
        "encoding": {"x": dated("time", facts.start, facts.end), "tooltip": tips},
        "layer": [
            {
                "transform": [{"filter": f"datum.who == '{_RUN}'"}],
                "mark": area,
                "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "strokeWidth": 1.8},
                "encoding": {
                    "y": value,
                    "color": {
                        "field": "who",
                        "type": "nominal",
                        "scale": scale,
                        "legend": {"offset": 32, "columns": 2},
                    },
                    "strokeDash": {
                        "field": "who",
                        "type": "nominal",
                        "scale": {"domain": names, "range": dashes[: len(names)]},
                        "legend": None,
                    },
                },
            },
        ],
        "width": "container",
        "height": 210,
    }


def _build(facts: CampFacts) -> Content:
    return Content([_WORDS], [errors(facts)], [score_table(facts)])


SECTION = Section("scores", "Scores", frozenset({"camp", "published_agents"}), _build)
