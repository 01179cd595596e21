"""The page of the scenario language says what the models say."""

import importlib.util
import re
from pathlib import Path

import pytest

from sojourn import library

TOOL = Path(__file__).parents[2] / "tools" / "language_tables.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("language_tables", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(tool):
    """Where this fails, run python tools/language_tables.py."""
    page = tool.PAGE.read_text(encoding="utf-8")
    assert tool.filled(page) == page


def test_a_changed_table_and_a_missing_one_are_seen(tool):
    page = tool.PAGE.read_text(encoding="utf-8")
    assert tool.filled(page.replace("| `close` |", "| `shut` |")) == page
    with pytest.raises(ValueError, match="tables not shown once: queue"):
        tool.filled(page.replace("<!-- table queue -->", ""))


def test_the_scenarios_on_the_page_load(tool):
    texts = re.findall(r"```yaml\n((?:name|extends):.*?)```", tool.PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert [library.loads(text).name for text in texts] == ["small-post", "busy-post"]


def test_every_link_inside_the_page_leads_somewhere(tool):
    page = tool.PAGE.read_text(encoding="utf-8")
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in page.splitlines() if line.startswith("#")}
    links = {part.split(")")[0] for part in page.split("](#")[1:]}
    assert links <= headings
