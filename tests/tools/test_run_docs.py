"""The examples of the documentation are run, and a wrong one is found with its line."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "run_docs.py"
spec = importlib.util.spec_from_file_location("run_docs", TOOL)
run_docs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run_docs)

GOOD = """# A page

```python
from pathlib import Path
count = 3
Path("made.yaml").write_text("name: x")
```

Words between.

```console
$ sojourn --version
sojourn 0.1.0
$ sojourn validate made.yaml  # exits 1
```

```python
assert count == 3
```

```sh
exit 7
```
"""


def run(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    return run_docs.run(page)


def test_good_page_passes_and_leaves_nothing(tmp_path):
    assert run(tmp_path, GOOD) == []
    assert [p.name for p in tmp_path.iterdir()] == ["page.md"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("assert count == 3", "assert count == 4", 17, "AssertionError"),
        ("count = 3", "count = three", 3, "NameError"),
        ("  # exits 1", "", 11, "1 is the exit code of: sojourn validate made.yaml"),
        ("$ sojourn --version", "$ sojourn --versions", 11, "2 is the exit code"),
        ("$ sojourn --version", "$ ls", 11, "only `sojourn` is run here"),
        ("```sh", "```", 21, "neither run nor marked"),
        ("$ ", "> ", 11, "without a line that begins"),
        ("count = 3", "import warnings; warnings.warn('old')", 3, "UserWarning: old"),
    ],
)
def test_wrong_example_is_found(tmp_path, old, new, line, message):
    assert old in GOOD
    (fault,) = run(tmp_path, GOOD.replace(old, new))
    assert fault.line == line
    assert message in fault.message


PRINTS = """```python
print("first")
print("a", 1 + 1, 3.5)
```

It prints:

```output
first
a 2 3.5
```

```console
$ sojourn --version
```

```output
sojourn ...
```
"""


def test_output_that_is_not_printed_is_found_and_mended(tmp_path):
    assert run(tmp_path, PRINTS) == []
    wrong = PRINTS.replace("a 2 3.5", "a 2 3.4")
    (fault,) = run(tmp_path, wrong)
    assert fault.line == 8
    assert "a 2 3.5" in fault.message
    (fault,) = run(tmp_path, PRINTS.replace("sojourn ...", "sojourn of ..."))
    assert fault.line == 17
    page = tmp_path / "page.md"
    page.write_text(wrong)
    assert run_docs.run(page, write=True) == []
    assert page.read_text() == PRINTS


def test_page_that_hangs_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(run_docs, "SECONDS", 1)
    (fault,) = run(tmp_path, "```python\nimport time\ntime.sleep(30)\n```\n")
    assert "more than 1 s" in fault.message


def test_pages_are_readme_and_docs():
    found = [page.name for page in run_docs.pages()]
    assert found[0] == "README.md"
    assert {"results.md", "command-line.md"} <= set(found)


def test_exit_code(tmp_path, monkeypatch, capsys):
    page = tmp_path / "page.md"
    page.write_text("```python\n1 / 0\n```\n")
    monkeypatch.setattr("sys.argv", ["run_docs.py", str(page)])
    assert run_docs.main() == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    page.write_text("```python\n1 / 1\n```\n")
    assert run_docs.main() == 0
