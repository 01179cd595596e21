"""Hostile and unusual texts: refused quickly and cleanly, or read by the rules of YAML 1.2."""

import time

import pytest

from sojourn.scenario import ScenarioError, load, loads
from sojourn.scenario.codes import Findings
from sojourn.scenario.reading.yaml_text import LARGEST_BYTES, read_text

SECONDS = 0.9


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as refusal:
        loads(text)
    return refusal.value.codes


def data_of(text: str):
    findings = Findings()
    document = read_text(text, "text", findings)
    findings.raise_if_any()
    return document.data


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    began = time.process_time()
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    assert refusal.value.codes == ("too-large",)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title: " + "x" * 100_000_000, "too-large"),
        ("a: " + "[" * 300_000, "too-deep"),
        ("{a: " * 100_000, "too-deep"),
        ("".join(f"{'  ' * n}a:\n" for n in range(400)), "too-deep"),
        ("- " * 300_000, "too-deep"),
        ("a: &a [" + ", ".join(["x"] * 500) + "]\nb: [" + ", ".join(["*a"] * 600) + "]\n", "too-many-nodes"),
        ("a: !!python/object/new:os.system [echo]\n", "yaml-tag"),
        ("a: !!binary aGVsbG8=\n", "yaml-tag"),
        ("a: &b {c: *b}\n", "yaml-alias"),
        ("&a : *a\n", "yaml-alias"),
        ("*a : 1\n", "yaml-key"),
        ("a: 0x" + "f" * 400_000, "not-finite"),
        ("a: " + "9" * 400_000, "not-finite"),
        ("a: \x00\n", "yaml-syntax"),
        ("a: \ud800\n", "yaml-syntax"),
        ("%FOO\n" * 3 + "---\na: [\n", "yaml-syntax"),
        ("? ? ? ? a\n", "yaml-key"),
        ("? !!set {}\n", "yaml-key"),
    ],
    ids=range(18),
)
def test_hostile_texts_are_refused_in_under_a_second(text, code):
    began = time.process_time()
    assert code in refused(text)
    assert time.process_time() - began < SECONDS


def test_the_limit_of_size_counts_bytes_of_the_file(tmp_path):
    path = tmp_path / "wide.yaml"
    path.write_text("title: " + "é" * (LARGEST_BYTES // 2))
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    assert refusal.value.codes == ("too-large",)


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
    unknown = next(p for p in refusal.value.problems if p.code == "unknown-key")
    assert "(road.yaml, line 7)" in unknown.message
    assert (unknown.where, unknown.found, unknown.nearest) == ("stages.s.outcom", "outcom", "outcome")
    assert "place, description, kind, outcome" in unknown.allowed


def test_a_directory_or_nothing_is_no_scenario(tmp_path):
    for source in (tmp_path, tmp_path / "none.yaml", "no-such-name"):
        with pytest.raises(ScenarioError) as refusal:
            load(source)
        assert refusal.value.codes == ("not-found",)
