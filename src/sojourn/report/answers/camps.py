"""What was asked of a run with camps and the answer: five sentences, worked out from any such run."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from sojourn.report.camp_facts import CampFacts
from sojourn.report.charts.cited import cited, count, share, spread_of
from sojourn.report.facts import long_date

__all__ = ["answer", "question"]

_NAMED = 3


def question(facts: CampFacts) -> Markup:
    """Return what the run was asked, in a paragraph."""
    run = facts.run
    oddities = "kept as they are in Flee 3" if run.provenance["compat"] == "flee3" else "mended"
    times = "once" if run.replicates == 1 else f"{run.replicates:,} times with different chance"
    return Markup(
        "Where do those who are displaced in {} go, and how many of them are in each of {} camps? Simulated day "
        "by day from {}, {}, on a map of {} places and {} roads, an agent standing for {}; what is odd in the "
        "rules of Flee is {}."
    ).format(
        facts.scenario.home_country,
        len(facts.camps),
        facts.span,
        times,
        run.data.sizes["stage"],
        len(facts.scenario.routes),
        "one person" if run.scale == 1 else f"{run.scale:,} people",
        oddities,
    )


def answer(facts: CampFacts) -> list[Markup]:
    """Return five sentences: who is where, in which camps, the error, the baselines, and the bands."""
    return [_where(facts), _largest(facts), _error(facts), _baselines(facts), _bands(facts)]


def _where(facts: CampFacts) -> Markup:
    run, when = facts.run, facts.last_day.date()
    camps = facts.people.isel(time=-1).sum("stage").values
    places = run.stocks.isel(time=-1).sum(("stage", "group")).values
    travelling, gone = (
        run.data[name].isel(time=-1).sum("group").values.astype(np.float64) for name in ("travelling", "gone")
    )

    def shown(values: NDArray[np.float64], what: str) -> Markup:
        return spread_of(values).html(facts.about(f"{what} on {when}"), "count")

    parts = [
        Markup("{} are in camps").format(shown(camps, "people in camps")),
        Markup("{} at other places").format(shown(places - camps, "displaced people at places that are no camps")),
    ]
    if gone.any():
        parts.append(Markup("{} have left the map").format(shown(gone, "people who have left the simulation")))
    return Markup("By {} {} people have been displaced: {} and {} on the road.").format(
        long_date(facts.last_day),
        shown(facts.displaced[:, -1], "people displaced, those in camps at the start included"),
        Markup(", ").join(parts),
        shown(travelling, "people on a road"),
    )


def _largest(facts: CampFacts) -> Markup:
    if not facts.camps:
        return Markup("There is no camp on the map.")
    final = facts.people.isel(time=-1)
    order = np.argsort(-final.median("replicate").values, kind="stable")[:_NAMED]
    parts = []
    for camp in (facts.camps[i] for i in order):
        registered = float(facts.registered.isel(time=-1).sel(stage=camp))
        simulated = spread_of(final.sel(stage=camp).values)
        parts.append(
            Markup("{} with {} people, where {} are registered").format(
                camp,
                simulated.html(facts.about(f"people in {camp} on {facts.last_day.date()}"), "count"),
                cited(count(registered), facts.published(camp)),
            )
        )
    return Markup("Most of those in camps are then in {}.").format(Markup("; ").join(parts))


def _error(facts: CampFacts) -> Markup:
    errors = facts.scores.errors
    what = "mean over days of the sum over camps of |simulated - registered| / all registered"
    rescaled = spread_of(errors["rescaled"].to_numpy())
    half = spread_of(errors["rescaled"].to_numpy() / 2)
    return Markup(
        "With totals made equal, the camps are off by {} of the people registered (the averaged relative "
        "difference of Flee), so that {} of the people are in the wrong camp; without that the difference is {}."
    ).format(
        rescaled.html(facts.about(f"{what}, simulated numbers scaled to the registered total", "share")),
        half.html(facts.about("half of the averaged relative difference, rescaled", "share of people")),
        spread_of(errors["normal"].to_numpy()).html(facts.about(f"{what}, not scaled", "share")),
    )


def _baselines(facts: CampFacts) -> Markup:
    table = facts.scores.baselines
    baselines = dict(zip(table["baseline"].tolist(), table["error"].tolist(), strict=True))
    mean = float(facts.scores.errors["rescaled"].mean())
    registered = f"unit: share; registrations of {facts.run.provenance['name']}"
    parts = [
        Markup("{} ({})").format(
            cited(f"{error:.3g}", f"error of a forecast that knows the total and no model, {name}; {registered}"),
            name,
        )
        for name, error in baselines.items()
    ]
    beaten = sum(mean < error for error in baselines.values())
    words = {0: "none", len(baselines): "all"}.get(beaten, "some")
    source = facts.about(
        "forecasts without a model whose error is larger than the mean error of the run", "forecast"
    )
    return Markup(
        "Forecasts that need no model are off by {}: the run is closer than {} of them ({} of {})."
    ).format(Markup(", ").join(parts), words, cited(str(beaten), source), cited(str(len(baselines)), source))


def _bands(facts: CampFacts) -> Markup:
    errors = facts.scores.by_camp()
    most = Markup("no camp is off")
    if (errors > 0).any():
        worst = str(errors.idxmax())
        about = facts.about(f"part of the rescaled error that is in {worst}", "share")
        most = Markup("{} has the largest part of the error, {}").format(
            worst, cited(share(errors.max() / errors.sum()), about)
        )
    bands = facts.scores.bands
    if not len(bands):
        return Markup("One replicate has no bands, so nothing is said of how sure this is; {}.").format(most)
    parts = []
    for level, part in bands.itertuples(index=False):
        about = facts.about(f"share of camps and days registered inside the central {share(level)}", "share")
        parts.append(Markup("{} lie inside the {} bands").format(cited(share(part), about), share(level)))
    return Markup(
        "Of the registrations by camp and day {}: replicates of one set of parameters differ by chance alone, so "
        "the bands are too narrow for what may come; {}."
    ).format(Markup(" and ").join(parts), most)
