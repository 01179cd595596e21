"""Random questions over everything that ships: the answer is the published total of its scope, or is refused.

The oracle knows nothing of splits and cells. It takes the rows of one period as they are shipped, and looks for
the row that fixes what the question fixes and is a total along everything else; where there is none, for a set of
rows that differ along the open dimensions only and add up to the answer.
"""

import itertools

import numpy as np
import pandas as pd
import pytest

from sojourn.series import DataError, Store, measures, series
from sojourn.series.model import ALL, DIMENSIONS

QUESTIONS = 12
"""Questions asked of each release."""


def plain(table):
    """Return figures as a table of text and numbers, rows that differ in the publisher's spelling added up."""
    frame = table.select([*DIMENSIONS, "period", "start", "end", "value", "rounding"]).to_pandas()
    for name in (*DIMENSIONS, "period"):
        frame[name] = frame[name].astype(str)
    return frame


def region(place):
    """Return the first word of a place."""
    return place.split("/")[0]


def question_of(row, rng):
    """Return a question that fixes some of what one published figure is split by."""
    split = [d for d in DIMENSIONS if row[d] != ALL]
    fixed = [d for d in split if rng.random() < 0.6]
    return {d: row[d] for d in fixed}


def explains(rows, asked, measure, value):
    """Whether a total or a whole split among the rows of one period gives the answer, within its rounding."""
    fits = rows
    for dimension, word in asked.items():
        at = fits[dimension]
        below = at.str.startswith(f"{word}/") if dimension in ("place", "category") else False
        fits = fits[(at == word) | below]
    for split in {tuple(d for d in DIMENSIONS if r[d] != ALL) for r in fits.to_dict("records")}:
        part = fits[np.logical_and.reduce([(fits[d] != ALL) == (d in split) for d in DIMENSIONS])]
        for path in ("place", "category"):
            parents = [p for p in part[path].unique() if any(o.startswith(f"{p}/") for o in part[path].unique())]
            part = part[~part[path].map(lambda w, p=parents: any(w.startswith(f"{o}/") for o in p))]
        for dimension in set(split) - set(asked):
            parts = set(part[dimension].map(region) if dimension == "place" else part[dimension])
            whole = set(measure.whole.get(dimension, ()))
            everywhere = set(rows[dimension].map(region) if dimension == "place" else rows[dimension]) - {ALL}
            if dimension in ("component", "place") and not (whole or everywhere) <= parts | {ALL}:
                everything = rows[np.logical_and.reduce([(rows[d] != ALL) == (d in split) for d in DIMENSIONS])]
                there = set(everything[dimension].map(region) if dimension == "place" else everything[dimension])
                if not (everywhere & (whole or everywhere)) <= there:
                    break
            if dimension not in measure.adds and len(parts) > 1:
                break
        else:
            if np.isclose(part["value"].sum(), value) or part["value"].isna().all():
                return True
    return False


@pytest.mark.parametrize("name", sorted(m for m in measures() if not measures()[m].of))
def test_every_answer_is_a_published_total_of_its_scope(name, tmp_path):
    store, measure = Store(tmp_path / "none"), measures()[name]
    rng = np.random.default_rng(sum(map(ord, name)))
    for entry in store.entries(name):
        frame = plain(store.figures(entry))
        for index in rng.integers(len(frame), size=QUESTIONS):
            row = frame.iloc[index]
            asked = question_of(row, rng)
            try:
                found = series(
                    name, **asked, start=row["start"], end=row["end"], period=row["period"], release=entry.release,
                    aggregate="sum", store=store,
                )  # fmt: skip
            except DataError as err:
                assert {"D602", "D605", "D606", "D607", "D612"} & set(err.codes), err
                continue
            for answer in found.itertuples():
                assert answer.unit == measure.unit
                same = frame[(frame["start"] == answer.start.date()) & (frame["period"] == row["period"])]
                last = answer.end.date()
                same = same[same["end"] == last] if row["period"] == "span" else same[same["end"] <= last]
                if not np.isnan(answer.value) and answer.suppression != "incomplete":
                    assert explains(same, asked, measure, answer.value), (name, asked, answer)
            assert found.attrs["scope"].endswith(f"release {entry.release}")


@pytest.mark.parametrize("name", ["cbp-encounters", "ohss-encounters", "unhcr-applications", "visas-issued"])
def test_a_fully_fixed_question_gives_back_the_figure(name, tmp_path):
    store = Store(tmp_path / "none")
    entry = store.entries(name)[-1]
    frame = plain(store.figures(entry))
    keys = [*DIMENSIONS, "period", "start", "end"]
    rng = np.random.default_rng(7)
    for index in rng.integers(len(frame), size=20):
        row = frame.iloc[index]
        asked = {d: row[d] for d in DIMENSIONS}
        split = [d for d in DIMENSIONS if row[d] != ALL]
        found = series(
            name, **asked, start=row["start"], end=row["end"], period=row["period"], release=entry.release,
            breakdown=split, store=store,
        )  # fmt: skip
        same = frame[np.logical_and.reduce([frame[k] == row[k] for k in keys])]
        assert found["value"].tolist() == [same["value"].sum()], (name, asked)


@pytest.mark.parametrize("name", sorted(m for m in measures() if not measures()[m].of))
def test_no_answer_has_overlapping_periods_or_two_scopes(name, tmp_path):
    store, measure = Store(tmp_path / "none"), measures()[name]
    entries = store.entries(name)
    if not entries:
        pytest.skip("no figures ship")
    some = pd.concat([plain(store.figures(e)) for e in entries], ignore_index=True)
    for dimension, period in itertools.product(DIMENSIONS, sorted(some["period"].unique())):
        try:
            found = series(name, **{dimension: some[dimension].iloc[0]}, period=period, store=store)
        except DataError:
            continue
        spans = found[["start", "end"]].drop_duplicates().sort_values("start")
        if period != "span":
            assert (spans["start"].to_numpy()[1:] > spans["end"].to_numpy()[:-1]).all()
        if not measure.spliced:
            assert found["release"].nunique() == 1
        assert found.attrs["scope"]
