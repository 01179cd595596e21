"""Every published file is known to exactly one importer; what is not imported is listed here with its reason."""

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sojourn
from sojourn.series import DataError, measures
from sojourn.series.importers import registry
from sojourn.series.importers.registry import MODULES, find_importer, find_tables, importers, read_file
from sojourn.series.importers.source_file import SourceFile

NOT_FIGURES = {
    "china_pipeline_monthly.csv": "laid side by side from other files; used as an oracle in test_figures",
    "processing/china_pipeline_by_year.csv": "laid side by side from other files",
    "processing/ohss_monthly_aug2024_long.csv.gz": "transcription of the workbook; used as an oracle in test_ohss",
    "processing/ohss_swb_bookouts_by_citizenship_monthly.csv": "one sheet of the workbook; oracle in test_ohss",
    "processing/ice_removals_uwchr/processing_disposition_codes.csv": "a list of codes",
    "processing/ice_detention/latest_vintage/fy_to_date_last.csv": "last rows of the other detention files",
    "processing/legal_timeline.csv": "rules, read by read_policies",
    "context/policy_timeline.csv": "policies, read by read_policies",
    "processing/unhcr/countries.csv.gz": "a list of countries",
}


def test_every_file_is_known_to_one_importer_or_listed(shared):
    unknown = []
    for path in sorted((shared / "data").rglob("*.*")):
        name = path.relative_to(shared / "data").as_posix()
        if not name.endswith((".csv", ".csv.gz", ".xlsx")):
            continue
        try:
            find_importer(SourceFile(path))
        except DataError:
            unknown.append(name)
    assert sorted(unknown) == sorted(NOT_FIGURES)


def test_names_of_importers_are_unlike():
    names = [importer.name for importer in importers()]
    assert len(set(names)) == len(names)


MANY = {
    "removals-annual": ("FY2019", "FY2020"),
    "frontex-workbook": ("JAN2019", "FEB2019"),
    "eurostat-wide": ("2019", "2020"),
}
"""Columns of which a layout has many, such as one for each month: some of them, by importer."""

TABLES = [pytest.param(i, layout, id=f"{i.name}-{n}") for i in importers() for n, layout in enumerate(i.tables)]


def header_of(importer, layout):
    """Return the names of the columns of a file with a layout."""
    return (*layout.columns, *layout.optional, *(MANY[importer.name] if layout.each else ()))


def least_of(importer, layout):
    """Return the fewest names that make a table of a layout."""
    least = (*layout.columns, *(group[-1] for group in layout.one_of))
    return (*least, *(MANY[importer.name] if layout.each else ()))


@pytest.mark.parametrize(("importer", "layout"), TABLES)
def test_no_layout_is_claimed_by_two(importer, layout, twins):
    for header in (header_of(importer, layout), least_of(importer, layout)):
        source = SourceFile(twins.write("asyappctza-exits.csv", header, [["1"] * len(header)]))
        assert [i.name for i, _ in find_tables(source)] == [importer.name]


@pytest.mark.parametrize(("importer", "layout"), TABLES)
def test_nonsense_in_every_cell_is_refused_with_codes_and_never_a_crash(importer, layout, twins):
    header = header_of(importer, layout)
    for cell in ("", "=1+1", "nonsense", "-5", "1e999", "🛂", "2024-13-45"):
        path = twins.write("asyappctza-mexico_exits.csv", header, [[cell] * len(header)])
        with pytest.raises(DataError) as error:
            read_file(SourceFile(path))
        assert error.value.codes


@pytest.mark.parametrize("cell", ["1e999", "-1e999", "inf", "nan"])
def test_what_is_not_finite_is_not_a_number(twins, cell):
    path = twins.write("irreg_mexico_nat.csv", ("t", "nat", "n"), [("2023-03-01", "CHN", cell)])
    with pytest.raises(DataError) as error:
        find_importer(SourceFile(path)).read(SourceFile(path))
    assert error.value.codes == ("D301",)


def test_what_an_importer_states_is_in_the_table_of_measures():
    known = measures()
    stated = {name for importer in importers() for name in importer.measures}
    assert all(not known[name].of for name in stated)
    assert stated == {m.name for m in known.values() if not m.of}
    assert all(importer.publishers for importer in importers())


def test_an_importer_that_yields_what_it_does_not_state_is_stopped(twins, monkeypatch):
    source = SourceFile(twins.write("irreg_mexico_nat.csv", ("t", "nat", "n"), [("2023-03-01", "CHN", 5)]))
    assert read_file(source)[1].table.num_rows == 1
    planted = dataclasses.replace(find_importer(source), measures=("honduras-irregular-entries",))
    monkeypatch.setattr(registry, "importers", lambda: (planted,))
    with pytest.raises(ValueError, match="does not state that it yields mexico-irregular-events"):
        read_file(source)


def test_every_module_of_importers_is_in_the_registry():
    folder = Path(registry.__file__).parent
    found = {
        f"sojourn.series.importers.{path.relative_to(folder).with_suffix('').as_posix().replace('/', '.')}"
        for path in folder.rglob("*.py")
        if "\nIMPORTERS" in path.read_text(encoding="utf-8")
    }
    assert found == set(MODULES)


ASK = """
import sys
import sojourn as sj

assert len(sj.series("darien-crossings", nationality="CHN"))
from sojourn.series.importers.registry import MODULES

print(*(name for name in MODULES if name in sys.modules))
"""


def loaded_after_a_question(package):
    """Return the modules of importers that a process has loaded after it asked for a series."""
    env = os.environ | {"PYTHONPATH": str(package.parent)}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_reading_a_series_loads_no_importer():
    assert loaded_after_a_question(Path(sojourn.__file__).parent) == []


def test_a_registry_that_loads_its_importers_at_once_is_noticed(tmp_path):
    """A planted fault: a module that the store needs asks for every importer when it is imported."""
    package = tmp_path / "sojourn"
    shutil.copytree(Path(sojourn.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    with (package / "series" / "importers" / "registry.py").open("a", encoding="utf-8") as file:
        file.write("\n\nimporters()\n")
    assert set(loaded_after_a_question(package)) == set(MODULES)
