"""Every name of the front door, and every method that is bound, has an example that the documentation runs."""

import re
from pathlib import Path

import pytest

import sojourn
from sojourn.verbs import METHODS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = "\n".join(
    code
    for page in PAGES
    if not {"_build", "generated"} & set(page.parts)
    for code in BLOCK.findall(page.read_text())
)


@pytest.mark.parametrize("name", sojourn.__all__)
def test_a_root_name_has_an_example(name):
    assert re.search(rf"\bsj\.{name}\b", EXAMPLES), f"no example uses sj.{name}"


@pytest.mark.parametrize("method", sorted({m for methods in METHODS.values() for m in methods}))
def test_a_method_has_an_example(method):
    assert re.search(rf"[\w)]\.{method}\(", EXAMPLES), f"no example calls .{method}()"


def test_a_name_without_an_example_would_be_found():
    assert not re.search(r"\bsj\.no_such_name\b", EXAMPLES)
