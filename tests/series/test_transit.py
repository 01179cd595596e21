"""Counts on the road: the traps of the files of Panama, Honduras, Mexico and Guatemala."""

import numpy as np
import pytest

from sojourn.series import DataError, series
from sojourn.series.importers.registry import find_importer, read_file
from sojourn.series.importers.source_file import SourceFile

DARIEN = ("t", "q", "nat", "n")
BY_NATION = ("t", "nat", "n")


def read(path):
    return read_file(SourceFile(path))[1]


def by(table, **labels):
    """Return the figures of a table whose columns are as said."""
    rows = table.to_pylist()
    return [r for r in rows if all(r[k] == v for k, v in labels.items())]


def codes(error):
    return set(error.value.codes)


def test_darien_is_yearly_until_2019_and_monthly_since(twins, store):
    rows = [("2018-01-01", "2018-01-01", "CHN", "7.0"), ("2020-01-01", "2020-01-01", "CHN", "3.0")]
    store.import_file(twins.write("darien.csv", DARIEN, [*rows, ("2020-02-01", "2020-01-01", "CHN", "4.0")]))
    years = series("darien-crossings", nationality="CHN", period="calendar-year", store=store)
    assert years["value"].tolist()[0] == 7.0
    months = series("darien-crossings", nationality="CHN", period="month", store=store)
    assert months["start"].dt.strftime("%Y-%m").tolist() == ["2020-01", "2020-02"]


def test_darien_figure_of_a_year_that_is_not_dated_january_is_refused(twins):
    path = twins.write("darien.csv", DARIEN, [("2018-03-01", "2018-01-01", "CHN", "7.0")])
    with pytest.raises(DataError) as error:
        read(path)
    assert codes(error) == {"D306"}
    assert "row 2, column t" in str(error.value)


def test_men_and_women_hold_children_in_years_without_children(twins):
    rows = [("2022-05-01", "2022-04-01", d, n) for d, n in (("men", "9.0"), ("women", "4.0"))]
    rows += [
        ("2023-05-01", "2023-04-01", d, n)
        for d, n in (("men", "5.0"), ("women", "3.0"), ("boys", "2.0"), ("girls", "1.0"))
    ]
    table = read(twins.write("darien_dmg.csv", ("t", "q", "demog", "n"), rows)).table
    assert [r["family"] for r in by(table, category="male")] == ["all", "men", "minors"]
    assert [r["value"] for r in by(table, family="minors")] == [2.0, 1.0]


def test_honduras_twn_is_china_and_repeated_rows_add_up(twins, store):
    rows = [("2023-03-01", "TWN", "719.0"), ("2023-03-01", "VEN", "5.0"), ("2023-03-01", "TWN", "1.0")]
    rows += [("2024-12-01", "CHN", "60.0"), ("2024-12-01", "TWN", "266.0")]
    receipt = store.import_file(twins.write("irreg_honduras_nat.csv", BY_NATION, rows))
    found = series("honduras-irregular-entries", nationality="CHN", store=store)
    assert found["value"].tolist() == [720.0, 326.0]
    assert [(d.rows, d.reason) for d in receipt.dropped] == [(1, "rows of the same month and nationality added up")]
    with pytest.raises(DataError, match="D602"):
        series("honduras-irregular-entries", nationality="TWN", store=store)


def test_mexico_keeps_taiwan_apart(twins):
    path = twins.write(
        "irreg_mexico_nat.csv", BY_NATION, [("2023-03-01", "TWN", "2.0"), ("2023-03-01", "CHN", "9.0")]
    )
    assert {r["nationality"]: r["value"] for r in read(path).table.to_pylist()} == {"TWN": 2.0, "CHN": 9.0}


def test_the_name_says_whose_file_it_is_and_the_rows_must_not_contradict_it(twins):
    rows = [("2023-03-01", "HND", "2.0"), ("2023-03-01", "CHN", "9.0")]
    with pytest.raises(DataError) as error:
        read(twins.write("irregular_nat.csv", BY_NATION, rows))
    assert codes(error) == {"D201"}
    with pytest.raises(DataError) as error:
        read(twins.write("irreg_honduras_nat.csv", BY_NATION, rows))
    assert codes(error) == {"D313"}
    assert read(twins.write("irreg_mexico_nat.csv", BY_NATION, rows)).table.num_rows == 2


def test_a_bad_cell_names_file_row_column_and_value(twins):
    rows = [("2023-03-01", "CHN", "9.0"), ("2023-04-01", "ZZZ", "1.0"), ("2023-05-01", "CHN", "many")]
    with pytest.raises(DataError) as error:
        read(twins.write("irreg_mexico_nat.csv", BY_NATION, rows))
    (problem,) = error.value.problems
    assert (problem.code, problem.found) == ("D301", "many")
    assert problem.where == "irreg_mexico_nat.csv, row 4, column n"
    with pytest.raises(DataError) as error:
        read(twins.write("irreg_mexico_nat.csv", BY_NATION, rows[:2]))
    assert [(p.code, p.found) for p in error.value.problems] == [("D305", "ZZZ")]


def test_children_of_the_mexican_table_are_minors_whatever_their_age(twins):
    ages = ("18+", "12-17", "under 12, accompanied", "under 12, unaccompanied")
    rows = [("2023-03-01", s, a, "1.0") for s in ("male", "female") for a in ages]
    table = read(twins.write("irreg_mexico_dmg.csv", ("t", "sex", "age", "n"), rows)).table
    assert len(by(table, family="minors")) == 6
    assert [r["category"] for r in by(table, family="men")] == ["male/adult"]


def test_returns_to_guatemala_say_from_where_as_far_as_recorded(twins):
    rows = [("2024-03-01", "male", "adult", origin, "3.0") for origin in ("MEX", "")]
    read_in = read(twins.write("irreg_guatemala.csv", ("t", "sex", "age", "origin", "n"), rows))
    assert [r["category"] for r in read_in.table.to_pylist()] == [
        "from-mex/male/adult",
        "from-a-country-not-recorded/male/adult",
    ]
    assert "1 rows do not say which country" in read_in.dropped[0].reason


@pytest.mark.parametrize(
    ("year", "nationality", "people"), [(2023, None, 520_085), (2023, "CHN", 25_565), (2016, None, 30_055)]
)
def test_darien_published_totals(shared, store, year, nationality, people):
    store.import_file(shared / "data" / "transit" / "irreg_darien_nat.csv")
    asked = {} if nationality is None else {"nationality": nationality}
    found = series("darien-crossings", period="calendar-year", store=store, **asked)
    found = found[found["start"].dt.year == year]
    assert found["value"].sum() == people


def test_honduras_nationalities_and_sexes_add_up_to_the_published_total(shared, store):
    for name in ("irreg_honduras.csv", "irreg_honduras_nat.csv", "irreg_honduras_dmg.csv"):
        store.import_file(shared / "data" / "transit" / name)
    names = ("honduras-irregular-total", "honduras-irregular-entries", "honduras-irregular-demographic")
    total, nations, sexes = (series(n, store=store, start="2018-01-01").set_index("start")["value"] for n in names)
    np.testing.assert_array_equal(total, nations.reindex(total.index, fill_value=0))
    np.testing.assert_array_equal(total, sexes.reindex(total.index, fill_value=0))


def test_the_chinese_series_of_honduras_is_chn_and_twn(shared, store):
    store.import_file(shared / "data" / "transit" / "irreg_honduras_nat.csv")
    found = series("honduras-irregular-entries", nationality="CHN", store=store).set_index("start")["value"]
    assert found["2023-11-01"] == 2203
    assert found["2024-12-01"] == 326
    assert found["2025-04-01"] == 84


def test_mexico_events_agree_with_its_own_table_by_sex_but_for_2024(shared, store):
    for name in ("irreg_mexico_nat.csv", "irreg_mexico_dmg.csv"):
        store.import_file(shared / "data" / "transit" / name)
    nations = series("mexico-irregular-events", period="calendar-year", store=store)["value"].to_numpy()
    sexes = series("mexico-irregular-demographic", period="calendar-year", store=store)["value"].to_numpy()
    np.testing.assert_array_equal(nations[:6], sexes[:6])
    assert nations[6] - sexes[6] == 1_194


def test_every_file_of_the_folder_is_known_to_one_importer(shared):
    for path in sorted((shared / "data" / "transit").iterdir()):
        assert find_importer(SourceFile(path)).title
