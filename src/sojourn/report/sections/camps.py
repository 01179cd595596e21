"""Camps: registered beside simulated people, and the map of who is where and who sets out for where."""

from __future__ import annotations

import re

import numpy as np
import xarray as xr
from markupsafe import Markup
from numpy.typing import NDArray

from sojourn.forecast import coverage
from sojourn.report.camp_facts import CampFacts
from sojourn.report.charts.bands import band_chart, bands
from sojourn.report.charts.chart import Picture
from sojourn.report.charts.cited import cited, count, rounded, share, spread_of
from sojourn.report.charts.place_map import place_map
from sojourn.report.charts.road_map import LEAST
from sojourn.report.facts import long_date
from sojourn.report.section import Content, Section, Table

__all__ = ["MAP", "SECTION", "anchor", "camp_table", "camps"]

_POINTS = 180
_CAMPS = (
    "Dots are registrations, on the days for which the folder has them; bands are simulated people. Bands hold "
    "chance alone, not what is unknown of the parameters."
)
_KEY = Markup(
    '<span class="key" aria-hidden="true"><span class="k90"></span>90 % band <span class="k50"></span>50 % band '
    '<span class="km"></span>median <span class="kp"></span>registered{}</span>'
)
_CLOSED = Markup(' <span class="kr"></span>closure, by number below')
_MAP = (
    "Triangles are places in conflict at some time of the month, squares camps. The area of a circle is the "
    "number of people there at the end of the month. Lines are people who set out in it, in another colour "
    "against the main stream; who sets out twice counts twice. Mean over replicates; "
    f"fewer than {LEAST} people are not shown."
)


def anchor(name: str) -> str:
    """Return a name as part of a file name: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "place"


def camps(facts: CampFacts) -> list[Picture]:
    """Return a picture for all camps together and for each of them: bands by day, registrations as dots.

    Dots stand where the folder has a report; bands are drawn on these days and on some between.
    """
    names = facts.camps
    pictures = []
    if len(names) > 1:
        any_report = np.any([facts.reported(name) for name in names], axis=0)
        total = facts.people.sum("stage")
        registered = facts.registered.sum("stage").values
        pictures.append(_camp(facts, "camps", "All camps together", total, registered, any_report))
    taken: set[str] = set()
    for i, name in enumerate(names):
        key = anchor(name) if anchor(name) not in taken else f"{anchor(name)}-{i}"
        taken.add(key)
        registered = facts.registered.sel(stage=name).values
        title = f"{name}, {facts.people['country'].values[i]}"
        people = facts.people.sel(stage=name)
        pictures.append(_camp(facts, f"camp-{key}", title, people, registered, facts.reported(name), name))
    return pictures


def _camp(
    facts: CampFacts,
    name: str,
    title: str,
    people: xr.DataArray,
    registered: NDArray[np.float64],
    reported: NDArray[np.bool_],
    camp: str = "",
) -> Picture:
    table = bands(people)
    table["published"] = np.where(reported, registered, np.nan)
    thinned = np.zeros(len(table), bool)
    thinned[:: max(1, len(table) // _POINTS)] = True
    known = table[reported]
    inside = (known["published"] >= known["q05"]) & (known["published"] <= known["q95"])
    table = table[thinned | reported | (np.arange(len(table)) == len(table) - 1)].reset_index(drop=True)
    last = table.iloc[-1]
    said = (
        f"By day. At the end {rounded(last['q50'])} people simulated (90 % band {rounded(last['q05'])} to "
        f"{rounded(last['q95'])}), {rounded(float(registered[-1]))} registered. {len(known)} reports, "
        f"{int(inside.sum())} of them inside the 90 % band."
    )
    registrations = facts.published(camp) if camp else "registered in all camps; unit: person"
    source = f"{registrations}; bands: {facts.made_by}"
    chart = band_chart(table, facts, unit="person", source=source)
    return Picture(name, title, said, source, chart, table)


def camp_table(facts: CampFacts) -> Table:
    """Return for each camp: registered and simulated at the end, its part of the error, and days inside bands."""
    rows: list[list[object]] = []
    levels = facts.scores.bands["level"].tolist()
    errors = facts.scores.by_camp()
    simulated, published = facts.agents
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
            cited(count(registered), facts.published(camp)),
            people.html(facts.about(f"people in {camp} on {when}"), "count"),
            cited(f"{errors[camp]:.4f}", part),
        ]
        for level in levels:
            inside = coverage(simulated[:, :, i : i + 1], published[:, i : i + 1], level)
            about = facts.about(
                f"share of days registered in {camp} inside the central {share(level)}", "share of days"
            )
            cells.append(cited(share(inside), about))
        rows.append(cells)
    inside_heads = tuple(f"in {share(level)}" for level in levels)
    heads = ("camp", "country", "registered", "simulated (90 %)", "error", *inside_heads)
    right = frozenset({"registered", "simulated (90 %)", "error", *inside_heads})
    return Table(f"Camps on {long_date(facts.last_day)}, and over the run", heads, rows, right)


def _build(facts: CampFacts) -> Content:
    key = _KEY.format(_CLOSED if len(facts.policies) else "")
    return Content([_CAMPS, key], camps(facts), [camp_table(facts)])


def _map(facts: CampFacts) -> Content:
    return Content([_MAP], place_map(facts))


SECTION = Section("camps", "Registered and simulated", frozenset({"camp", "published_count"}), _build)
MAP = Section("map", "The map", frozenset({"camp", "latitude", "longitude"}), _map)
