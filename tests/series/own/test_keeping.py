"""Own series in the store: asked, found, listed like official ones; nothing half done, nothing replaced unsaid."""

import errno
import os

import pandas as pd
import pytest

from sojourn.series import (
    DataError,
    Store,
    add,
    add_name,
    catalogue,
    export,
    find_series,
    own_names,
    releases,
    revised,
    series,
    values,
)
from sojourn.series.store.lock import writing

FRAME = pd.DataFrame(
    {"month": ["2024-01", "2024-01", "2024-02"], "from": ["Cuba", "Haiti", "Cuba"], "people": [41, 7, 37]}
)
SAID = {
    "value": "people",
    "date": "month",
    "nationality": "from",
    "unit": "person",
    "publisher": "Coast Guard",
    "definition": "People brought ashore, not those turned back",
    "licence": "CC-BY-4.0",
    "source": "https://example.org/landings",
}


def content(store):
    return {p: p.read_bytes() for p in store.folder.rglob("*") if p.is_file()}


def test_what_is_added_is_asked_like_an_official_series(store):
    add(FRAME, "landings", store=store, **SAID)
    cuba = series("landings", nationality="Cuba", store=store)
    assert cuba["value"].tolist() == [41, 37] and cuba["start"].dt.month.tolist() == [1, 2]
    said = cuba.attrs
    assert said["scope"] == "Coast Guard, Cuba, 2024-01 to 2024-02, release 2024-02"
    assert (said["unit"], said["licence"], said["source"]) == (
        "person",
        "CC-BY-4.0",
        "https://example.org/landings",
    )
    assert said["note"] == SAID["definition"]


def test_it_is_found_listed_and_exported(store, tmp_path):
    add(FRAME, "landings", title="Landings of boats", store=store, **SAID)
    assert [m.name for m in find_series("ashore", store=store)] == ["landings"]
    assert [m.name for m in find_series("landings Cuba", store=store)] == ["landings"]
    (row,) = catalogue("boats", store=store).to_dict("records")
    assert (row["first"], row["last"], row["period"]) == ("2024-01", "2024-02", "month")
    assert values("landings", "nationality", store=store) == ("CUB", "HTI")
    assert releases("landings", store=store)["figures"].tolist() == [3]
    assert export("landings", tmp_path / "out.csv", store=store) == 3


def test_another_store_does_not_know_it(store, tmp_path):
    add(FRAME, "landings", store=store, **SAID)
    with pytest.raises(DataError) as caught:
        series("landings", store=Store(tmp_path / "other"))
    assert caught.value.codes == ("D601",)


def test_figures_are_added_up_only_where_it_was_said(store):
    add(FRAME, "apart", store=store, **SAID)
    with pytest.raises(DataError) as caught:
        series("apart", start="2024-01", end="2024-01", store=store)
    assert caught.value.codes == ("D606",)
    assert series("apart", over="nationality", store=store)["value"].tolist() == [48, 37]
    add(FRAME, "summed", adds=["time", "nationality"], store=store, **SAID)
    assert series("summed", store=store)["value"].tolist() == [48, 37]
    with pytest.raises(DataError):
        series("apart", nationality="CUB", period="calendar-year", store=store)
    assert series("summed", nationality="CUB", period="calendar-year", store=store)["value"].tolist() == [78]


def test_a_preview_keeps_nothing(store):
    seen = add(FRAME, "landings", preview=True, store=store, **SAID)
    assert seen.receipt is None and seen.figures["value"].tolist() == [41, 7, 37]
    assert not store.folder.exists()


def test_the_same_again_is_unchanged_to_the_byte(store, tmp_path):
    add(FRAME, "landings", store=store, **SAID)
    before = content(store)
    again = add(FRAME, "landings", store=store, **SAID)
    assert (again.receipt.added, len(again.receipt.unchanged)) == ((), 1)
    path = tmp_path / "landings.csv"
    FRAME.iloc[::-1].to_csv(path, index=False)
    assert add(path, "landings", store=store, **SAID).receipt.added == ()
    assert content(store) == before


def test_other_figures_under_the_same_release_need_a_word(store):
    add(FRAME, "landings", store=store, **SAID)
    before = content(store)
    other = FRAME.assign(people=[42, 7, 37])
    with pytest.raises(DataError) as caught:
        add(other, "landings", store=store, **SAID)
    assert caught.value.codes == ("D503",) and content(store) == before
    add(other, "landings", replace=True, store=store, **SAID)
    assert series("landings", nationality="CUB", store=store)["value"].tolist() == [42, 37]


def test_the_same_file_read_otherwise_needs_a_word(store, tmp_path):
    path = tmp_path / "landings.csv"
    path.write_text("d,n\n01/02/2024,5\n")
    said = {"value": "n", "date": "d", "unit": "person", "publisher": "P", "period": "day", "release": "2024"}
    add(path, "landings", format="dd/mm/yyyy", store=store, **said)
    with pytest.raises(DataError) as caught:
        add(path, "landings", format="mm/dd/yyyy", store=store, **said)
    assert caught.value.codes == ("D503",)


def test_a_later_release_is_kept_beside_and_compared(store):
    add(FRAME, "landings", store=store, **SAID)
    more = pd.concat(
        [FRAME.assign(people=[40, 7, 37]), pd.DataFrame([["2024-03", "Cuba", 9]], columns=FRAME.columns)]
    )
    add(more, "landings", store=store, **SAID)
    assert releases("landings", store=store)["release"].tolist() == ["2024-02", "2024-03"]
    change = revised("landings", store=store)
    assert change.figures[["old", "new"]].to_numpy().tolist() == [[41, 40]]
    assert series("landings", nationality="CUB", store=store)["value"].tolist() == [40, 37, 9]


def test_another_definition_needs_a_word_and_another_unit_another_name(store):
    add(FRAME, "landings", store=store, **SAID)
    before = content(store)
    other = {**SAID, "definition": "People seen"}
    with pytest.raises(DataError) as caught:
        add(FRAME, "landings", release="2025", store=store, **other)
    assert caught.value.codes == ("D705",) and "another definition" in str(caught.value)
    assert content(store) == before
    add(FRAME, "landings", release="2025", replace=True, store=store, **other)
    assert store.measures()["landings"].note == "People seen"
    with pytest.raises(DataError) as caught:
        add(FRAME, "landings", release="2026", replace=True, store=store, **{**other, "unit": "case"})
    assert caught.value.codes == ("D705",) and "another name" in str(caught.value)


@pytest.mark.parametrize("name", ["darien-crossings", "usbp-encounters", "Landings", "a b", "", "../x"])
def test_a_name_of_an_official_measure_or_none_is_refused(store, name):
    with pytest.raises(DataError) as caught:
        add(FRAME, name, store=store, **SAID)
    assert caught.value.codes == ("D702",)
    assert not store.folder.exists()


def test_a_unit_of_ones_own_is_no_count(store):
    frame = pd.DataFrame({"day": ["2024-01-03", "2024-01-04"], "level": [-1.5, 2.25]})
    said = {"value": "level", "date": "day", "unit": "metre above gauge", "publisher": "River Office"}
    add(frame, "river-level", store=store, **said)
    got = series("river-level", store=store)
    assert got["value"].tolist() == [-1.5, 2.25] and got.attrs["unit"] == "metre above gauge"


def test_stretches_of_days_have_two_columns(store):
    frame = pd.DataFrame({"from": ["2024-01-03", "2024-01-10"], "to": ["2024-01-09", "2024-01-16"], "n": [4, 6]})
    said = {"value": "n", "date": "from", "end": "to", "period": "span", "unit": "person", "publisher": "P"}
    add(frame, "weeks", store=store, **said)
    assert series("weeks", store=store)["end"].dt.day.tolist() == [9, 16]


def test_months_and_a_year_stand_side_by_side(store):
    frame = pd.DataFrame({"when": ["2023", "2024-01", "2024-02"], "n": [100, 9, 8]})
    add(frame, "mixed", value="n", date="when", unit="person", publisher="P", store=store)
    assert series("mixed", store=store)["value"].tolist() == [9, 8]
    assert series("mixed", period="calendar-year", end="2023", store=store)["value"].tolist() == [100]


def test_a_description_stands_beside_the_file(store, tmp_path):
    path = tmp_path / "landings.csv"
    FRAME.to_csv(path, index=False)
    spec = tmp_path / "landings.csv.yaml"
    text = "as: landings\nvalue: people\ndate: month\nnationality: from\nunit: person\npublisher: Coast Guard\n"
    spec.write_text(text)
    assert add(path, store=store).measure.publisher == "Coast Guard"
    assert add(path, "others", spec=spec, publisher="Navy", store=store).measure.publisher == "Navy"
    spec.write_text(text + "licens: x\n")
    with pytest.raises(DataError) as caught:
        add(path, store=store)
    assert caught.value.codes == ("D701",) and "landings.csv.yaml, licens" in str(caught.value)
    spec.write_text("- a\n- b\n")
    with pytest.raises(DataError) as caught:
        add(path, store=store)
    assert caught.value.codes == ("D701",)


def test_own_names_are_known_to_tables_and_questions(store):
    frame = FRAME.replace({"Cuba": "Kuuba", "Haiti": "Saint-Domingue"}).assign(at="The Bay")
    with pytest.raises(DataError) as caught:
        add(frame, "landings", store=store, place="at", **SAID)
    assert set(caught.value.codes) == {"D305"}
    add_name("Kuuba", "CUB", store=store)
    add_name("Saint-Domingue", "XSD", store=store)
    add_name("the bay", "south/bay", store=store)
    assert own_names(store=store) == {"Kuuba": "CUB", "Saint-Domingue": "XSD", "the bay": "south/bay"}
    add(frame, "landings", store=store, place="at", **SAID)
    assert values("landings", "nationality", store=store) == ("CUB", "XSD")
    got = series("landings", nationality="saint domingue", place="The Bay", store=store)
    assert got["value"].tolist() == [7] and "Saint Domingue" in got.attrs["scope"]
    assert values("landings", "place", store=store) == ("south/bay",)


@pytest.mark.parametrize(
    ("name", "code"), [("Cuba", "HTI"), ("Kuuba", "ZZQQ"), ("Kuuba", "CUC"), ("Kuuba", "cu ba"), ("--", "CUB")]
)
def test_names_that_cannot_be_added(store, name, code):
    with pytest.raises(DataError) as caught:
        add_name(name, code, store=store)
    assert caught.value.codes == ("D707",)
    assert own_names(store=store) == {}


def test_a_name_has_one_code_and_the_file_may_be_edited_by_hand(store):
    add_name("Kuuba", "CUB", store=store)
    with pytest.raises(DataError) as caught:
        add_name("Kuuba", "HTI", store=store)
    assert caught.value.codes == ("D707",)
    (store.folder / "names.csv").write_text("name,code\nKuuba,CUB\nHayti,HTI\nCuba,HTI\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        own_names(store=store)
    assert caught.value.codes == ("D707",) and "row 4" in str(caught.value)


def test_one_writer_at_a_time(store):
    store.folder.mkdir()
    with writing(store.folder):
        for change in (
            lambda: add(FRAME, "landings", store=store, **SAID),
            lambda: add_name("a", "CUB", store=store),
        ):
            with pytest.raises(DataError) as caught:
                change()
            assert caught.value.codes == ("D501",)


@pytest.mark.parametrize(
    ("call", "after"), [("fsync", 0), ("fsync", 2), ("replace", 0), ("replace", 1), ("replace", 2)]
)
def test_a_full_disk_leaves_measures_and_figures_as_they_were(store, monkeypatch, call, after):
    add(FRAME, "landings", store=store, **SAID)
    before = content(store)
    true, left = getattr(os, call), [after]

    def full(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return true(*args, **kwargs)

    monkeypatch.setattr(os, call, full)
    with pytest.raises(DataError) as caught:
        add(FRAME, "others", store=store, **SAID)
    monkeypatch.undo()
    assert caught.value.codes == ("D502",)
    assert set(store.measures()) & {"landings", "others"} == {"landings"}
    assert {p: b for p, b in content(store).items() if p in before} == before
    add(FRAME, "others", store=store, **SAID)
    assert store.damage() == ()


def test_own_figures_stay_when_a_publisher_s_file_is_imported(store, twins):
    add(FRAME, "landings", store=store, **SAID)
    store.import_file(twins.state())
    assert store.measures()["landings"].unit == "person"
    assert len(series("landings", nationality="CUB", store=store)) == 2


def test_files_of_other_names_are_releases_of_one_series(store, tmp_path):
    said = {**SAID, "source": ""}
    for number, name in enumerate(("landings-1.csv", "landings-2.csv"), start=1):
        FRAME.head(number).to_csv(tmp_path / name, index=False)
        add(tmp_path / name, "landings", release=f"2024-0{number}", store=store, **said)
    assert releases("landings", store=store)["file"].tolist() == ["landings-1.csv", "landings-2.csv"]
    entry = store.entries("landings")[0]
    assert set(store.figures(entry)["source"].to_pylist()) == {"landings-1.csv"}


def test_own_names_hold_for_publishers_files(store, twins):
    path = twins.state()
    path.write_text(path.read_text().replace("INDIA", "BHARAT GANARAJYA"))
    with pytest.raises(DataError) as caught:
        store.import_file(path)
    assert set(caught.value.codes) == {"D305"}
    assert 'sojourn data names add "BHARAT GANARAJYA" CODE' in str(caught.value)
    add_name("Bharat Ganarajya", "IND", store=store)
    store.import_file(path)
    assert "IND" in values("cbp-encounters-state", "nationality", store=store)


def test_what_is_removed_is_gone_and_the_rest_stays(store, twins):
    store.import_file(twins.state())
    add(FRAME, "landings", store=store, **SAID)
    before = content(store)
    for release in ("2030", "2031"):
        add(FRAME, "boats", release=release, store=store, **SAID)
    assert [e.release for e in store.remove("boats", "2030")] == ["2030"]
    assert store.measures()["boats"].unit == "person"
    store.remove("boats")
    assert "boats" not in store.measures() and store.damage() == ()
    assert content(store) == before
    with pytest.raises(DataError) as caught:
        store.remove("landing")
    assert caught.value.codes == ("D602",) and caught.value.problems[0].nearest == "landings"
    assert content(store) == before


def test_nothing_is_removed_where_nothing_is(store):
    with pytest.raises(DataError) as caught:
        store.remove("landings")
    assert caught.value.codes == ("D602",) and not store.folder.exists()
