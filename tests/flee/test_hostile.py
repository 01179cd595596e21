"""Input made to break a reader: refused with an error of ours, never with anything else, and never followed."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.errors import SojournError
from sojourn.flee import FleeError, read
from sojourn.flee.reading import sheets

FILES = (
    "simsetting.yml",
    "input_csv/locations.csv",
    "input_csv/routes.csv",
    "input_csv/closures.csv",
    "input_csv/conflicts.csv",
    "input_csv/sim_period.csv",
    "input_csv/registration_corrections.csv",
    "source_data/data_layout.csv",
    "source_data/bel-hillcamp.csv",
)


def codes(folder: Path) -> set[str]:
    with pytest.raises(FleeError) as caught:
        read(folder)
    return set(caught.value.codes)


def test_not_a_folder(tmp_path: Path) -> None:
    assert codes(tmp_path / "absent") == {"F101"}
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    assert codes(tmp_path / "a.txt") == {"F101"}


def test_link_out_of_the_folder(small: Path) -> None:
    secret = small.parent / "secret.csv"
    secret.write_text("2021-03-01,1\n", encoding="utf-8")
    (small / "source_data" / "bel-hillcamp.csv").unlink()
    (small / "source_data" / "bel-hillcamp.csv").symlink_to(secret)
    assert codes(small) == {"F105"}


def test_linked_directory(small: Path) -> None:
    elsewhere = small.parent / "elsewhere"
    shutil.move(small / "input_csv", elsewhere)
    (small / "input_csv").symlink_to(elsewhere, target_is_directory=True)
    assert "F105" in codes(small)


def test_link_to_itself(small: Path) -> None:
    (small / "source_data" / "bel-hillcamp.csv").unlink()
    (small / "source_data" / "bel-hillcamp.csv").symlink_to("bel-hillcamp.csv")
    assert codes(small) <= {"F103", "F102"}


def test_pipe_is_not_waited_for(small: Path) -> None:
    (small / "source_data" / "bel-hillcamp.csv").unlink()
    os.mkfifo(small / "source_data" / "bel-hillcamp.csv")
    assert codes(small) == {"F103"}


def test_too_large(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", 300)
    assert codes(small) == {"F104"}


def test_errors_stay_short(small: Path) -> None:
    rows = "".join(f"Norvale,Nowhere{i},-1,\n" for i in range(20_000))
    path = small / "input_csv" / "routes.csv"
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    with pytest.raises(FleeError) as caught:
        read(small)
    assert len(caught.value.problems) == 200


def test_aliases_of_aliases(small: Path) -> None:
    lines = ["a0: &a0 [1, 1]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    (small / "simsetting.yml").write_text("\n".join(lines) + "\nmove_rules: *a29\n", encoding="utf-8")
    assert codes(small) == {"F138", "F139"}


@pytest.mark.parametrize("text", ["", "[]", "3", "- a", "!!python/object:os.system {}", "? {a: 1}\n: 2", "&a [*a]"])
def test_settings_that_are_no_settings(small: Path, text: str) -> None:
    (small / "simsetting.yml").write_text(text, encoding="utf-8")
    if text:
        assert codes(small) <= {"F139", "F108", "F138"}
    else:
        assert read(small).settings.move.max_move_speed == 360.0


@pytest.mark.parametrize("compat", [None, "flee3"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_spoilt_bytes(small: Path, compat: str | None, data: st.DataObject) -> None:
    """Any file with any few bytes replaced is read or refused; nothing else happens."""
    name = data.draw(st.sampled_from(FILES))
    path = small / name
    good = path.read_bytes()
    start = data.draw(st.integers(0, len(good)))
    gone = data.draw(st.integers(0, 12))
    new = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b",", b"\n", b'"', b"#", b"-", b"1e999", b"\x00"]))
    )
    path.write_bytes(good[:start] + new + good[start + gone :])
    try:
        read(small, compat=compat)
    except SojournError as refused:
        assert refused.problems
    finally:
        path.write_bytes(good)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    key=st.sampled_from(
        ["conflict_spawn_decay", "conflict_driven_spawning", "sum_from_camps", "conflict_spawn_decay_interval"]
    ),
)
def test_any_value_of_a_setting(value: object, key: str) -> None:
    from sojourn.flee.reading.settings import read_settings

    for literal in (False, True):
        reading = sheets.Reading(literal=literal)
        read_settings({"spawn_rules": {key: value}}, "s.yml", reading)
        assert {problem.code for problem in reading.collector.problems} <= {"F138", "F139", "F140", "F141"}
