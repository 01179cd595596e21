"""Composition: what is merged, what is removed, what may be named, and what ends up inside."""

from pathlib import Path

import pytest

from sojourn import library
from sojourn.scenario import ScenarioError, load, loads

VALID = Path(__file__).parent / "corpus" / "valid"


def codes_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as refusal:
        load(path)
    return refusal.value.codes


def test_merging():
    base, child = load(VALID / "half-road.yaml"), load(VALID / "extending.yaml")
    assert child.name == "extending"
    assert child.time == base.time
    assert not child.policies
    arrivals = child.quantities["arrivals"]
    assert (arrivals.value, arrivals.unit, arrivals.prior, arrivals.source) == (12, "person / day", None, "")
    exits = child.stages["way"].exits
    assert (exits["out"].share, exits["out"].attempt, exits["lost"].share) == (0.9, True, "rest")
    assert child.stages["start"].exits.keys() == {"way", "out"}
    assert child.stages["way"].dwell.distribution == "gamma"


def test_series_files_become_part_of_the_scenario():
    series = load(VALID / "extending.yaml").series["counted"]
    assert str(series.start) == "2024-01-01"
    assert series.values == tuple(10.0 * month for month in range(1, 13))


def test_several_bases_later_over_earlier():
    scenario = load(VALID / "extending-two.yaml")
    assert set(scenario.groups) == {"red"}
    assert scenario.time.record == "month"
    assert scenario.stages["start"].inflow.rate_per_day == "arrivals"


def test_a_file_used_twice_is_read_once_and_thirty_levels_take_no_time(tmp_path):
    (tmp_path / "level-0.yaml").write_text((VALID / "minimal.yaml").read_text())
    for n in range(1, 31):
        (tmp_path / f"level-{n}.yaml").write_text(f"extends: [level-{n - 1}.yaml, level-{n - 1}.yaml]\n")
    assert load(tmp_path / "level-30.yaml").name == "minimal"


def test_built_in_names_and_text():
    scenario = library.loads("extends: border-post\nname: small-post\nquantities: {officers: 2}\n")
    assert scenario.quantities["officers"].value == 2
    assert scenario.quantities["officers"].weekday == library.load("border-post").quantities["officers"].weekday
    with pytest.raises(ScenarioError) as refusal:
        library.loads("extends: border-pots\n")
    assert refusal.value.problems[0].nearest == "border-post"


def test_symbolic_links_are_refused(tmp_path):
    secret = tmp_path / "secret.yaml"
    secret.write_text((VALID / "minimal.yaml").read_text())
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(secret)
    (folder / "linked").symlink_to(tmp_path, target_is_directory=True)
    for number, target in enumerate(("link.yaml", "linked/secret.yaml")):
        path = folder / f"child-{number}.yaml"
        path.write_text(f"extends: {target}\n")
        assert codes_of(path) == ("L113",)


@pytest.mark.parametrize(
    "target", ["../x.yaml", "a/../../x.yaml", "/x.yaml", "~/x.yaml", "C:/x.yaml", "..\\\\x.yaml"]
)
def test_paths_out_of_the_folder_are_refused(tmp_path, target):
    path = tmp_path / "child.yaml"
    path.write_text(f'extends: "{target}"\nseries: {{s: {{unit: person, file: "{target}"}}}}\n')
    assert codes_of(path) == ("L113", "L113")


def test_a_text_names_files_only_with_a_folder():
    text = "extends: minimal.yaml\n"
    assert loads(text, folder=VALID).name == "minimal"
    with pytest.raises(ScenarioError) as refusal:
        loads(text)
    assert refusal.value.codes == ("L113",)


def test_series_file_refusals(tmp_path):
    path = tmp_path / "child.yaml"
    path.write_text("extends: base.yaml\nseries: {s: {unit: person, file: s.csv}}\n")
    (tmp_path / "base.yaml").write_text((VALID / "minimal.yaml").read_text())
    for text, word in (
        ("", "no `date` column"),
        ("date\n2024-01\n", "no `date` column"),
        ("date,a,b\n2024-01,1,2\n", "which column"),
        ("date,a\n2024-01,1\n2024-01,2\n", "not in order"),
        ("date,a\n2024-01-15,1\n", "no month starts"),
        ("date,a\n01/02/2024,1\n", "not a date"),
        ("date,a\n2024-01,nan\n", "not a finite"),
        ("date,a\n2024-01,1_0\n", "not a finite"),
        ("date,a\n2024-13,1\n", "month must be"),
        ("date,a\n\n", "no rows"),
    ):
        (tmp_path / "s.csv").write_text(text)
        with pytest.raises(ScenarioError) as refusal:
            load(path)
        assert {p.code for p in refusal.value.problems} == {"L116"}, text
        assert word in str(refusal.value)


def test_scenarios_that_extend_one_another_too_deeply_are_refused(tmp_path):
    base = (VALID / "half-road.yaml").read_text(encoding="utf-8")
    (tmp_path / "s0.yaml").write_text(base, encoding="utf-8")
    for i in range(1, 3000):
        (tmp_path / f"s{i}.yaml").write_text(f"extends: s{i - 1}.yaml\nname: s{i}\n", encoding="utf-8")
    assert load(tmp_path / "s31.yaml").name == "s31"
    assert codes_of(tmp_path / "s32.yaml") == ("L120",)
    assert codes_of(tmp_path / "s2999.yaml") == ("L120",)
