"""The how-to pages of the language, followed to the letter: in a copy of the package, with their blocks of code."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "howto"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

STAGE_KIND = """
import jsonschema
import numpy as np
import sojourn as sj
from sojourn.cohorts import cohorts
from sojourn.results import conserved
from sojourn.scenario import ScenarioError, dump, explain, loads, resolve, schema
from sojourn.scenario.stages import KINDS

text = open("scenario.yaml").read()
scenario = loads(text)
assert "transit" in KINDS and KINDS["transit"].held() == "dwell"
assert "  sea: transit\\n    takes: crossing (3 day, uncertain)\\n    -> coast: share 0.9\\n" in explain(scenario)
assert resolve(resolve(scenario)) == resolve(scenario)
for resolved in (False, True):
    assert loads(dump(scenario, resolved=resolved)) == (resolve(scenario) if resolved else scenario)
jsonschema.Draft202012Validator(schema()).validate(resolve(scenario).model_dump(mode="json"))

for wrong, code in (("days: 0", "L209"), ("dwel: 1", "L201"), ("days: rest", "L301")):
    try:
        loads(text.replace("days: crossing", wrong))
    except ScenarioError as error:
        assert code in error.codes, error
    else:
        raise AssertionError(wrong)

same = loads(text.replace("kind: transit, days: crossing",
                          "kind: journey, dwell: {distribution: fixed, mean_days: crossing}"))
run, other = (sj.simulate(s, replicates=4, seed=7, guard=True, workers=1) for s in (scenario, same))
conserved(run)
assert run.stocks.values.sum() > 0
for name in run.data.data_vars:
    np.testing.assert_array_equal(run.data[name].values, other.data[name].values)
np.testing.assert_array_equal(cohorts(run).values, cohorts(other).values)
print("done")
"""

OPERATION = """
import sojourn as sj
from sojourn.scenario import ScenarioError, dump, explain, loads

base = "extends: border-post\\nname: more\\n" + open("scenario.yaml").read()
scenario = sj.loads(base)
assert sj.loads(dump(scenario)) == scenario
assert "officers raised to at least 6 officer" in explain(scenario)

from sojourn.scenario.policies import OPERATIONS
import numpy as np
part, values = np.array([0.0, 0.5, 1.0, 1.0]), np.array([1.0, 1.0, 1.0, 5.0])
assert OPERATIONS["floor"].arithmetic(values, part, 3.0).tolist() == [1.0, 2.0, 3.0, 5.0]

without = sj.loads(base.replace("start: 2024-07-01", "start: 2024-07-01, end: 2024-07-01"))
one, two = (sj.simulate(s, replicates=2, seed=7, workers=1) for s in (scenario, without))
assert (one.stocks.values != two.stocks.values).any()
for wrong in ("floor: -1", "floor: 6, scale: 2"):
    try:
        sj.loads(base.replace("floor: 6", wrong))
    except ScenarioError as error:
        assert error.codes == ("L209",) if "-" in wrong else error.codes == ("L603",), error
    else:
        raise AssertionError(wrong)
print("done")
"""


def blocks(page: str) -> list[str]:
    return [text for _, text in _BLOCK.findall((PAGES / page).read_text(encoding="utf-8"))]


@pytest.fixture
def copy(tmp_path):
    """A package of which the scenario language is a copy that can be changed; all else is that of the checkout."""
    package = tmp_path / "sojourn"
    package.mkdir()
    for part in (ROOT / "src" / "sojourn").iterdir():
        if part.name == "scenario":
            shutil.copytree(part, package / "scenario", ignore=shutil.ignore_patterns("__pycache__"))
        elif part.name != "__pycache__":
            (package / part.name).symlink_to(part)
    return package


def put(file: Path, *, before: str, text: str) -> None:
    """Write a text before a line that stands in a file once."""
    old = file.read_text(encoding="utf-8")
    assert old.count(before) == 1
    file.write_text(old.replace(before, text + before), encoding="utf-8")


def run(copy: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=copy.parent,
        env=os.environ | {"PYTHONPATH": str(copy.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def add_transit(copy: Path, transit: str) -> None:
    _, row, union, scenario = blocks("add-a-stage-kind.md")
    (copy / "scenario" / "stages" / "transit.py").write_text(transit, encoding="utf-8")
    table = copy / "scenario" / "stages" / "__init__.py"
    put(table, before="\n__all__ =", text=row)
    text = table.read_text(encoding="utf-8")
    changed = re.sub(r"^Stage = Annotated\[\n.*?^\]\n", union, text, flags=re.MULTILINE | re.DOTALL)
    assert changed != text
    table.write_text(changed, encoding="utf-8")
    (copy.parent / "scenario.yaml").write_text(scenario, encoding="utf-8")


def test_a_kind_of_stage_is_one_file_beside_the_table(copy):
    add_transit(copy, blocks("add-a-stage-kind.md")[0])
    done = run(copy, STAGE_KIND)
    assert done.stdout == "done\n", done.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("exit_ways(self.exits)", "()", "L512"),
        ('"DWELL"', '"DWEL"', "has no attribute 'DWEL'"),
        ('"fixed"', '"exponential"', "Mismatched elements"),
    ],
)
def test_a_kind_that_states_something_wrong_is_seen(copy, right, wrong, said):
    transit = blocks("add-a-stage-kind.md")[0]
    assert right in transit
    add_transit(copy, transit.replace(right, wrong))
    done = run(copy, STAGE_KIND)
    assert done.returncode != 0 and said in done.stderr


def test_a_policy_operation_is_a_field_and_a_row(copy):
    field, row, scenario = blocks("add-a-policy-operation.md")
    policies = copy / "scenario" / "policies.py"
    put(policies, before="    groups: tuple[GroupName, ...] | None = None\n", text=field)
    put(policies, before='}\n"""Operations by the name', text=row)
    (copy.parent / "scenario.yaml").write_text(scenario, encoding="utf-8")
    done = run(copy, OPERATION)
    assert done.stdout == "done\n", done.stderr
