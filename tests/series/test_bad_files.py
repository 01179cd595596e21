"""A corpus of bad files: each is refused with its code, and nothing of it is imported."""

import gzip
import zipfile

import pytest

from sojourn.series import CODES, DataError
from sojourn.series.importers.source_file import LIMITS, Limits, SourceFile
from sojourn.series.importers.united_states.cbp import AREA, SOUTHWEST, STATE
from sojourn.series.importers.united_states.cbp_totals import MONTHLY, SECTOR

MB = 1 << 20
SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def put(twins, name, data):
    path = twins.folder / name
    path.write_bytes(data)
    return path


def state(twins, change=None, *, header=STATE, name="bad.csv"):
    """Write a bundle by state with its rows, or its bytes, changed."""
    rows = twins.state_rows()
    if change is not None:
        rows = change(rows) or rows
    return twins.write(name, header, rows)


def cell(column, value, *, row=5):
    """Return a change of one cell."""

    def change(rows):
        rows[row][STATE.index(column)] = value

    return change


def text(twins, change, name="bad.csv"):
    """Write a good bundle with its bytes changed."""
    return put(twins, name, change(twins.state().read_bytes()))


def book(twins, *, sheet="<sheetData/>", name="bad.xlsx", **parts):
    """Write a workbook by hand: one sheet, and parts by name."""
    path = twins.folder / name
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
            ' Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
            '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
            '<sheet name="One" sheetId="1" r:id="b"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
            ' Id="b" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(sheet))
        for part, data in parts.items():
            archive.writestr(part.replace("__", "/").replace("_dot_", "."), data)
    return path


def large(twins):
    path = put(twins, "large.csv", b"a,b\n")
    with path.open("r+b") as file:
        file.truncate(LIMITS.file_bytes + 1)
    return path


def southwest(twins, column, value):
    rows = twins.southwest_rows()
    rows[-1][SOUTHWEST.index(column)] = value
    return twins.write("southwest.csv", SOUTHWEST, rows)


def area(twins, column, value):
    rows = twins.area_rows()
    rows[-1][AREA.index(column)] = value
    return twins.write("area.csv", AREA, rows)


def sector(twins, column, value):
    rows = twins.sector_rows()
    rows[2][SECTOR.index(column)] = value
    return twins.write("sector.csv", SECTOR, rows)


def monthly(twins, column, value):
    rows = twins.monthly_rows()
    rows[1][MONTHLY.index(column)] = value
    return twins.write("monthly.csv", MONTHLY, rows)


CORPUS = [
    ("missing file", "D101", lambda t: t.folder / "none.csv"),
    ("a folder", "D101", lambda t: t.folder),
    ("empty file", "D102", lambda t: put(t, "empty.csv", b"")),
    ("empty once unpacked", "D102", lambda t: put(t, "empty.csv.gz", gzip.compress(b""))),
    ("larger than any publisher's file", "D103", large),
    ("gzip bomb", "D104", lambda t: put(t, "bomb.csv.gz", gzip.compress(b"0\n" * 40 * MB))),
    ("zip bomb", "D104", lambda t: book(t, bomb_dot_xml=b" " * 80 * MB)),
    ("archive of many parts", "D104", lambda t: book(t, **{f"p{i}": b"" for i in range(2100)})),
    ("gzip cut off", "D105", lambda t: put(t, "cut.csv.gz", gzip.compress(t.state().read_bytes())[:-200])),
    ("not gzip", "D105", lambda t: put(t, "plain.csv.gz", t.state().read_bytes())),
    ("workbook cut off", "D105", lambda t: put(t, "cut.xlsx", book(t).read_bytes()[:-300])),
    ("text named workbook", "D105", lambda t: put(t, "text.xlsx", b"a,b\n1,2\n")),
    (
        "UTF-8 and Latin-1 in one file",
        "D106",
        lambda t: text(t, lambda b: b.replace(b"INDIA", "CÔTE".encode(), 1).replace(b"INDIA", b"C\xd4TE", 1)),
    ),
    ("UTF-16 cut off", "D106", lambda t: text(t, lambda b: b.decode().encode("utf-16")[:-1])),
    ("web page saved as CSV", "D107", lambda t: put(t, "page.csv", b"<!DOCTYPE html><html>not found</html>\n")),
    ("web page after blank lines", "D107", lambda t: put(t, "page.csv", b"\xef\xbb\xbf\n\n <html></html>\n")),
    ("web page saved as workbook", "D107", lambda t: put(t, "page.xlsx", b"<html></html>\n")),
    ("workbook named CSV", "D108", lambda t: put(t, "book.csv", book(t).read_bytes())),
    ("PDF named CSV", "D108", lambda t: put(t, "paper.csv", b"%PDF-1.7\n")),
    ("zero bytes inside", "D108", lambda t: text(t, lambda b: b.replace(b"INDIA", b"IN\0IA"))),
    ("3,000 columns", "D109", lambda t: put(t, "wide.csv", b"a," * 3000 + b"b\n1\n")),
    (
        "sheet of a million columns",
        "D109",
        lambda t: book(t, sheet=f"<sheetData><row>{'<c/>' * MB}</row></sheetData>"),
    ),
    ("line of two megabytes", "D111", lambda t: put(t, "line.csv", b"a,b\n" + b"x" * 2 * MB + b"\n")),
    ("million columns in a CSV", "D111", lambda t: put(t, "wide.csv", b"a," * MB + b"b\n1\n")),
    ("formula for a count", "D112", lambda t: state(t, cell("Encounter Count", "=1+1"))),
    ("formula for a label", "D112", lambda t: state(t, cell("Demographic", '=HYPERLINK("x")'))),
    ("formula in a sheet", "D112", lambda t: book(t, sheet="<sheetData><row><c><f>1+1</f></c></row></sheetData>")),
    ("cut off inside the last row", "D113", lambda t: text(t, lambda b: b[:-12])),
    (
        "one page of three",
        "D113",
        lambda t: put(t, "page.json", b'{"page": 1, "maxPages": 3, "items": [{"year": 1}]}'),
    ),
    ("archive without a table", "D114", lambda t: book(t, name="book.zip")),
    ("not a zip archive", "D105", lambda t: put(t, "plain.zip", t.state().read_bytes())),
    ("JSON cut off", "D105", lambda t: put(t, "cut.json", b'[{"year": 2020}, {"ye')),
    ("JSON without records", "D201", lambda t: put(t, "none.json", b'{"title": "a page", "items": [1, 2]}')),
    ("unknown ending", "D114", lambda t: put(t, "data.parquet", b"PAR1")),
    ("workbook with macros", "D115", lambda t: book(t, xl__vbaProject_dot_bin=b"x")),
    (
        "workbook with entities",
        "D115",
        lambda t: book(t, xl__s_dot_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    ),
    ("a table of something else", "D201", lambda t: t.write("x.csv", ("name", "colour"), [("a", "b")])),
    ("a workbook of something else", "D201", book),
    ("column missing", "D202", lambda t: state(t, lambda r: [x[:-1] for x in r], header=STATE[:-1])),
    ("column renamed", "D202", lambda t: state(t, header=(*STATE[:-1], "Tally"))),
    (
        "another column in a layout of few",
        "D202",
        lambda t: t.write("x.csv", ("t", "nat", "sex", "n"), [(1, 2, 3, 4)]),
    ),
    ("column name twice", "D203", lambda t: state(t, header=("Fiscal Year", *STATE[:-1]))),
    ("row too short", "D204", lambda t: state(t, lambda r: [*r[:9], r[9][:4], *r[10:]])),
    ("row too long", "D204", lambda t: state(t, lambda r: [*r[:9], [*r[9], 1], *r[10:]])),
    ("blank line", "D204", lambda t: text(t, lambda b: b.replace(b"\n", b"\n\n", 2))),
    ("quote never closed", "D204", lambda t: text(t, lambda b: b.replace(b"INDIA", b'"INDIA', 1))),
    ("header alone", "D206", lambda t: t.write("head.csv", STATE, [])),
    ("header alone, whole table", "D206", lambda t: t.write("head.csv", SECTOR, [])),
    ("values under the wrong header", "D301 D304", lambda t: state(t, lambda r: [[*x[:7], x[8], x[7]] for x in r])),
    ("word for a count", "D301", lambda t: state(t, cell("Encounter Count", "many"))),
    ("half an encounter", "D302", lambda t: state(t, cell("Encounter Count", "1.5"))),
    ("negative count", "D302", lambda t: state(t, cell("Encounter Count", "-4"))),
    ("no count", "D303", lambda t: state(t, cell("Encounter Count", ""))),
    ("unknown family status", "D304", lambda t: state(t, cell("Demographic", "Grandparents"))),
    ("unknown month", "D304", lambda t: state(t, cell("Month (abbv)", "OKT"))),
    ("unknown region", "D304", lambda t: state(t, cell("Land Border Region", "Moon"))),
    ("unknown component", "D304", lambda t: area(t, "Component", "Coast Guard")),
    ("unknown country", "D305", lambda t: state(t, cell("Citizenship", "ATLANTIS"))),
    ("unknown code of country", "D305", lambda t: southwest(t, "nat", "ZZZ")),
    ("not a year", "D306", lambda t: state(t, cell("Fiscal Year", "FY22"))),
    ("day inside a month", "D306", lambda t: southwest(t, "t", "2019-12-15")),
    ("thirteenth month", "D306", lambda t: southwest(t, "t", "2019-13-01")),
    ("year of another century", "D307", lambda t: state(t, cell("Fiscal Year", "1922"))),
    ("year of another century, dated", "D307", lambda t: southwest(t, "t", "1919-12-01")),
    ("apprehension under Title 42", "D313", lambda t: area(t, "Title of Authority", "Title 42")),
    (
        "sector of the Office of Field Operations",
        "D313",
        lambda t: area(t, "Area of Responsibility", "Yuma Sector"),
    ),
    ("Florida on the southwest border", "D313", lambda t: state(t, cell("State", "FL"))),
    ("fiscal year against its month", "D313", lambda t: monthly(t, "fiscal_year", 2023)),
    ("row twice", "D401", lambda t: state(t, lambda r: [*r, r[3]])),
    ("row twice with another count", "D401", lambda t: state(t, lambda r: [*r, [*r[3][:-1], 99]])),
    ("total that is not the sum", "D402", lambda t: sector(t, "SBO_TOTAL", 1)),
    ("sector that breaks the totals", "D402", lambda t: sector(t, "SDC", 1000)),
    ("difference that is not one", "D402", lambda t: monthly(t, "difference", 3)),
    ("a month left out", "D403", lambda t: state(t, lambda r: [x for x in r if x[:3] != [2021, "FYTD", "MAR"]])),
    ("other years than the name says", "D404", lambda t: state(t, name="nationwide-fy23-fy26-state.csv")),
]


@pytest.mark.parametrize(("name", "code", "make"), CORPUS, ids=[c[0] for c in CORPUS])
def test_refused_with_its_code_and_nothing_imported(twins, store, name, code, make):
    path = make(twins)
    with pytest.raises(DataError) as caught:
        store.import_file(path)
    assert set(caught.value.codes) == set(code.split()), str(caught.value)
    assert store.entries() == ()
    assert not store.folder.exists()


def test_the_good_files_of_the_corpus_are_good(twins, store):
    for path in (twins.state(), twins.area(), twins.southwest(), twins.monthly(), twins.sector()):
        assert store.import_file(path).added


def test_the_corpus_is_large_and_names_known_codes():
    assert len(CORPUS) >= 40
    assert {one for _, code, _ in CORPUS for one in code.split()} <= set(CODES)


def test_limits_of_rows_and_cells(twins):
    with pytest.raises(DataError) as caught:
        SourceFile(twins.state(), Limits(rows=20)).table()
    assert caught.value.codes == ("D110",)
    rows = "<row><c/><c/></row>" * 50
    path = book(twins, sheet=f"<sheetData>{rows}</sheetData>")
    with pytest.raises(DataError) as caught:
        list(SourceFile(path, Limits(sheet_cells=60)).rows("One"))
    assert caught.value.codes == ("D110",)


def test_a_sheet_that_claims_a_million_rows_is_cut_short(twins):
    path = book(twins, sheet='<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"/></row></sheetData>')
    assert len(list(SourceFile(path).rows("One"))) == 1
    far = book(twins, sheet='<sheetData><row r="1048576"><c r="A1048576"/></row></sheetData>')
    with pytest.raises(DataError) as caught:
        list(SourceFile(far, Limits(sheet_cells=1000)).rows("One"))
    assert caught.value.codes == ("D110",)


def test_a_missing_sheet_is_named(twins):
    with pytest.raises(DataError) as caught:
        list(SourceFile(book(twins)).rows("Two"))
    assert caught.value.codes == ("D205",)


def test_every_problem_of_a_file_is_told_at_once(twins, store):
    def change(rows):
        rows[2][-1], rows[4][5], rows[6][6] = "x", "Nobody", "NOWHERE"

    with pytest.raises(DataError) as caught:
        store.import_file(state(twins, change))
    assert sorted(caught.value.codes) == ["D301", "D304", "D305"]
