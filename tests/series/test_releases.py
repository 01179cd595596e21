"""Vintages: kept apart, listed, compared."""

import pytest

from sojourn.series import DataError, releases, revised
from sojourn.series.importers.united_states.cbp import STATE


def test_what_was_revised_and_by_how_much(twins, store):
    store.import_file(twins.state("a.csv", years=(2021, 2022)))
    rows = twins.state_rows(years=(2022, 2023))
    changed = [r for r in rows if r[0] == 2022 and r[2] == "MAR" and r[6] == "INDIA"]
    for row in changed:
        row[-1] += 7
    rows = [r for r in rows if r[:3] != [2022, "FYTD", "SEP"] or r[6] != "OTHER"]
    extra = [2022, "FYTD", "APR", "Southwest Land Border", "AZ", "Single Adults", "INDIA", "Title 8", 3]
    store.import_file(twins.write("b.csv", STATE, [*rows, extra]))
    change = revised("cbp-encounters-state", store=store)
    assert (change.old, change.new) == ("2022-09", "2023-09")
    assert change.compared == 12 * 6 + 1, "only the months both cover"
    moved = change.figures.dropna(subset=["old", "new"])
    assert moved["change"].tolist() == [7, 7]
    assert set(moved["nationality"]) == {"IND"}
    year = change.by_year.set_index("year").loc[2022]
    assert (year["changed"], year["added"], year["removed"]) == (2, 1, 2)
    assert year["largest"] == max(7, 113)


def test_the_same_release_twice_changes_nothing(twins, store):
    store.import_file(twins.state("a.csv", years=(2021, 2022)))
    store.import_file(twins.state("a2.csv", years=(2022, 2023)))
    change = revised("cbp-encounters-state", store=store)
    assert len(change.figures) == 0 and change.by_year["changed"].sum() == 0


def test_releases_are_listed(twins, store):
    store.import_file(twins.state("a.csv"))
    table = releases(store=store)
    assert table["measure"].tolist() == ["cbp-encounters-state"]
    assert table.loc[0, ["release", "start", "end", "from", "file"]].tolist() == [
        "2022-09",
        "2020-10-01",
        "2022-09-30",
        "user",
        "a.csv",
    ]
    assert len(releases("darien-crossings", store=store)) == 0


@pytest.mark.parametrize(
    ("code", "name", "old"), [("D601", "nothing", None), ("D602", "cbp-encounters", None), ("D608", None, "1999")]
)
def test_what_cannot_be_compared_says_why(twins, store, code, name, old):
    store.import_file(twins.state("a.csv"))
    store.import_file(twins.state("b.csv", years=(2022, 2023)))
    with pytest.raises(DataError) as caught:
        revised(name or "cbp-encounters-state", old, store=store)
    assert caught.value.codes == (code,)
