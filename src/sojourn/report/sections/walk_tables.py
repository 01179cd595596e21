"""Tables of the report of a walk run: scores, camps, closures, settings, provenance; and what was odd."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sojourn.flee import CODES, coverage
from sojourn.flee.settings import leaves
from sojourn.report.charts.cited import count, figure, share, spread_of
from sojourn.report.facts import long_date
from sojourn.report.sections.tables import Table
from sojourn.report.walk_facts import WalkFacts

__all__ = ["camp_table", "closures", "score_table", "settings_table", "walk_gaps", "walk_provenance"]


def score_table(facts: WalkFacts) -> Table:
    """Return the errors of the run with their spread, the baselines, CRPS and coverage."""
    score, rows = facts.score, []
    for name, values, words in (
        (
            "error, rescaled",
            score.rescaled,
            "averaged relative difference, simulated total made equal to the registered",
        ),
        ("error, not rescaled", score.normal, "averaged relative difference"),
    ):
        about = facts.about(f"{words}; mean, lowest and highest of replicates", "share")
        low, high = (figure(f"{value:.4f}", about) for value in (values.min(), values.max()))
        rows.append([name, figure(f"{values.mean():.4f}", about), low, high, words])
    source = f"unit: share; registrations of {facts.run.provenance['name']}"
    for name, error in score.baselines.items():
        words = "a forecast that knows the total and keeps these shares"
        rows.append([f"baseline: {name}", figure(f"{error:.4f}", f"error of {words}; {source}"), "", "", words])
    about = facts.about("continuous ranked probability score of the replicates over all registered", "share")
    words = "the error of the replicates as a distribution; of one replicate, the error not rescaled"
    rows.append(["CRPS", figure(f"{score.crps:.4f}", about), "", "", words])
    for level, part in score.coverage.items():
        about = facts.about(f"share of camps and days registered inside the central {share(level)}", "share")
        rows.append([f"coverage, {share(level)} band", figure(share(part), about), "", "", "camps and days inside"])
    heads = ("score", "mean", "lowest", "highest", "what it is")
    return Table("Scores", heads, rows, frozenset({"mean", "lowest", "highest"}))


def camp_table(facts: WalkFacts) -> Table:
    """Return for each camp: registered and simulated at the end, its part of the error, and days inside bands."""
    score, rows = facts.score, []
    simulated, observed = facts.run.camps.values, facts.run.observed.fillna(0.0).values
    when = facts.last_day.date()
    for i, camp in enumerate(facts.camps):
        registered = float(facts.registered.values[-1, i])
        people = spread_of(facts.people.values[:, -1, i])
        part = facts.about(
            f"mean over days of |simulated - registered| / all registered in {camp}, rescaled", "share"
        )
        cells: list[object] = [
            camp,
            str(facts.people["country"].values[i]),
            figure(count(registered), facts.published(camp)),
            people.html(facts.about(f"people in {camp} on {when}"), "count"),
            figure(f"{score.by_camp[:, i].mean():.4f}", part),
        ]
        for level in score.coverage:
            inside = coverage(simulated[:, :, i : i + 1], observed[:, i : i + 1], level)
            about = facts.about(
                f"share of days registered in {camp} inside the central {share(level)}", "share of days"
            )
            cells.append(figure(share(inside), about))
        rows.append(cells)
    inside_heads = tuple(f"in {share(level)}" for level in score.coverage)
    heads = ("camp", "country", "registered", "simulated (90 %)", "error", *inside_heads)
    right = frozenset({"registered", "simulated (90 %)", "error", *inside_heads})
    return Table(f"Camps on {long_date(facts.last_day)}, and over the run", heads, rows, right)


def closures(facts: WalkFacts) -> Table:
    """Return the closures by date, numbered as in the charts."""
    rows = []
    for row in facts.policies.itertuples():
        until = "the end" if row.end is pd.NaT else long_date(row.end)
        rows.append([str(row.number), row.title, row.name, long_date(row.start), until])
    return Table("Closures", ("no.", "closure", "kind", "from", "to"), rows)


def settings_table(facts: WalkFacts) -> Table:
    """Return every setting: value, default and meaning; those that are not at their default come first."""
    rows = [
        [f"{path}{key.name}", _shown(value), _shown(key.default), key.meaning]
        for path, key, value in leaves(facts.scenario.settings)
    ]
    rows.sort(key=lambda row: row[1] == row[2])
    return Table("Settings", ("setting", "value", "default", "meaning"), rows)


def _shown(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return (
        f"{value:.6g}"
        if isinstance(value, float)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def walk_provenance(facts: WalkFacts) -> Table:
    """Return all that is needed to repeat the run."""
    p, run = facts.run.provenance, facts.run
    rows: list[list[object]] = [
        ["scenario", f"{p['name']}, digest {p['digest']}"],
        ["seed", str(run.seed)],
        ["replicates", f"{run.replicates} (first: {run.first})"],
        ["people an agent stands for", str(run.scale)],
        ["oddities of Flee 3", "kept (flee3)" if p["compat"] == "flee3" else "mended"],
        ["period", f"{facts.span}, by day"],
        ["versions", ", ".join(f"{k} {v}" for k, v in sorted(p["versions"].items()))],
    ]
    return Table("Provenance", ("", ""), rows)


def walk_gaps(facts: WalkFacts) -> list[str]:
    """Return what was odd in the folder and what was made of it, and who appeared late or never."""
    found = [
        f"{one.code} at {one.where}: {one.message}" + (f"; found {one.found}" if one.found else "")
        for one in facts.scenario.warnings
    ]
    found += [
        f"{code}: {CODES[str(code)]}: {number:,}, over all replicates." for code, number in facts.run.notes.items()
    ]
    empty = [camp for i, camp in enumerate(facts.camps) if np.isnan(facts.registered.values[:, i]).all()]
    if empty:
        found.append(f"No registrations: {', '.join(empty)}; counted as nobody in the scores.")
    return found
