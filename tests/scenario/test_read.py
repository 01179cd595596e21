"""Hostile and unusual texts: refused quickly and cleanly, or read by the rules of YAML 1.2."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sojourn.scenario import ScenarioError, load, loads
from sojourn.scenario.codes import Findings
from sojourn.scenario.reading.yaml_text import LARGEST_BYTES, read_text

MOST_EVENTS = 3_000  # pieces of a text that are looked at before it is refused


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as refusal:
        loads(text)
    return refusal.value.codes


def data_of(text: str):
    findings = Findings()
    document = read_text(text, "text", findings)
    findings.raise_if_any()
    return document.data


@pytest.fixture
def events(monkeypatch):
    """Return a list that grows by one for every piece that is taken of a text while it is read."""
    taken = []
    parse = YAML.parse

    def counted(self, stream):
        for event in parse(self, stream):
            taken.append(type(event).__name__)
            yield event

    monkeypatch.setattr(YAML, "parse", counted)
    return taken


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path, monkeypatch):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    for way in ("open", "read_bytes", "read_text"):
        monkeypatch.setattr(Path, way, lambda *_, **__: pytest.fail("the file was read"))
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    assert refusal.value.codes == ("L102",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title: " + "x" * 100_000_000, "L102"),
        ("a: " + "[" * 300_000, "L108"),
        ("{a: " * 100_000, "L108"),
        ("".join(f"{'  ' * n}a:\n" for n in range(400)), "L108"),
        ("- " * 300_000, "L108"),
        ("a: &a [" + ", ".join(["x"] * 500) + "]\nb: [" + ", ".join(["*a"] * 600) + "]\n", "L109"),
        ("a: !!python/object/new:os.system [echo]\n", "L104"),
        ("a: !!binary aGVsbG8=\n", "L104"),
        ("a: &b {c: *b}\n", "L105"),
        ("&a : *a\n", "L105"),
        ("*a : 1\n", "L106"),
        ("a: 0x" + "f" * 400_000, "L111"),
        ("a: " + "9" * 400_000, "L111"),
        ("a: \x00\n", "L103"),
        ("a: \ud800\n", "L103"),
        ("%FOO\n" * 3 + "---\na: [\n", "L103"),
        ("? ? ? ? a\n", "L106"),
        ("? !!set {}\n", "L106"),
    ],
    ids=range(18),
)
def test_hostile_texts_are_refused_after_little_work(text, code, events):
    assert code in refused(text)
    assert len(events) <= MOST_EVENTS


def test_the_work_on_a_text_is_counted(events):
    data_of("a: [" + "x, " * MOST_EVENTS + "]\n")
    assert len(events) > MOST_EVENTS


def test_the_limit_of_size_counts_bytes_of_the_file(tmp_path):
    path = tmp_path / "wide.yaml"
    path.write_text("title: " + "é" * (LARGEST_BYTES // 2))
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    assert refusal.value.codes == ("L102",)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("true", True),
        ("True", True),
        ("~", None),
        ("", None),
        ("null", None),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("+1.5e3", 1500.0),
        (".5", 0.5),
        ("'5'", "5"),
        ("2024-01-31", "2024-01-31"),
        ("1e-320", 1e-320),
        ("9007199254740993", 9007199254740992.0),
        ("-7", -7),
    ],
)
def test_plain_scalars_follow_the_core_schema(written, value):
    read = data_of(f"a: {written}\n")["a"]
    assert read == value
    assert type(read) is type(value)


def test_aliases_share_data_and_keys_keep_their_text():
    assert data_of("a: &x [1, 2]\nb: *x\n0.50: c\n2024-01-01: d\n") == {
        "a": [1, 2],
        "b": [1, 2],
        "0.5": "c",
        "2024-01-01": "d",
    }


def test_problems_name_file_and_line(tmp_path):
    path = tmp_path / "road.yaml"
    path.write_text("name: road\ntime: {start: 2024-01-01, end: 2024-01-31}\ngroups: {a: {nationality: CHN}}\n"
                    "stages:\n  s:\n    kind: end\n    outcom: died\n")  # fmt: skip
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    unknown = next(p for p in refusal.value.problems if p.code == "L201")
    assert "(road.yaml, line 7)" in unknown.message
    assert (unknown.where, unknown.found, unknown.nearest) == ("stages.s.outcom", "outcom", "outcome")
    assert unknown.allowed == "place, description, kind, outcome"


def test_a_directory_or_nothing_is_no_scenario(tmp_path):
    for source in (tmp_path, tmp_path / "none.yaml", "no-such-name"):
        with pytest.raises(ScenarioError) as refusal:
            load(source)
        assert refusal.value.codes == ("L101",)
