"""Each check of style is seen to fail once, on a planted fault, and to pass without it."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "check_style.py"
spec = importlib.util.spec_from_file_location("check_style", TOOL)
check_style = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_style)

GOOD = {
    "src/sojourn/__init__.py": '"""A package."""\n\n__all__ = ["a", "b"]\n',
    "src/sojourn/app/main.py": '"""A program."""\n\nprint("hello")\n',
    "src/sojourn/stage.py": '"""A module."""\n\n\ndef leave(n):\n    """Return who leaves."""\n    return n\n',
    "tests/test_stage.py": "def test_leave():\n    assert True\n",
}
LONG = '"""A module."""\n' + "x = 1\n" * 600
BODY = "    x = 1\n" * 60

FAULTS = {
    "long file": ("src/sojourn/long.py", LONG, "601 lines; 600 at most"),
    "long function": (
        "src/sojourn/f.py",
        f'"""M."""\n\n\ndef f():\n    """Do.\n\n    At length.\n    """\n{BODY}',
        "f has 61 lines",
    ),
    "long test": ("tests/test_long.py", f"def test_all():\n{BODY}", "test_all has 61 lines"),
    "module name": ("src/sojourn/utils.py", '"""Things."""\n', "'utils' says nothing"),
    "package name": ("src/sojourn/core/queue.py", '"""Things."""\n', "'core' says nothing"),
    "module docstring": ("src/sojourn/bare.py", "x = 1\n", "module has no docstring"),
    "function docstring": ("src/sojourn/bare.py", '"""M."""\n\n\ndef f(): ...\n', "f has no docstring"),
    "method docstring": (
        "src/sojourn/bare.py",
        '"""M."""\n\n\nclass C:\n    """C."""\n\n    def go(self): ...\n',
        "go has no docstring",
    ),
    "no sentence": ("src/sojourn/bare.py", '"""Module without an end"""\n', "begin with a sentence"),
    "stub": ("src/sojourn/bare.py", '"""TODO."""\n', "begin with a sentence"),
    "print": ("src/sojourn/loud.py", '"""M."""\n\nprint("x")\n', "print belongs in app/"),
    "argv": ("src/sojourn/loud.py", '"""M."""\n\nimport sys\n\nx = sys.argv\n', "sys.argv belongs in app/"),
    "unsorted": ("src/sojourn/__init__.py", '"""P."""\n\n__all__ = ["b", "a"]\n', "not sorted"),
    "twice": ("src/sojourn/__init__.py", '"""P."""\n\n__all__ = ["a", "a"]\n', "names something twice"),
    "clock in a test": (
        "tests/test_quick.py",
        "import time\n\n\ndef test():\n    began = time.time()\n    assert time.time() < began + 1\n",
        "a clock is compared",
    ),
    "clock under another name": (
        "tests/test_quick.py",
        "from time import monotonic\n\n\ndef test():\n    took = monotonic()\n    a = took\n    assert a < 1\n",
        "a clock is compared",
    ),
    "full folder": ("src/sojourn/full/m15.py", '"""M."""\n', "src/sojourn/full: 16 modules; 15 at most"),
    "no front door": ("src/sojourn/__init__.py", '"""P."""\n', "one __all__"),
    "wide": (
        "src/sojourn/__init__.py",
        f'"""P."""\n\n__all__ = {[f"name{i:02d}" for i in range(26)]}\n',
        "26 names; 25 at most",
    ),
}


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_good_tree_has_no_faults(tmp_path):
    assert check_style.faults(tree(tmp_path, GOOD)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found(tmp_path, fault):
    path, text, message = FAULTS[fault]
    beside = {f"src/sojourn/full/m{i}.py": '"""M."""\n' for i in range(15)} if fault == "full folder" else {}
    (found,) = check_style.faults(tree(tmp_path, GOOD | beside | {path: text}))
    assert found.startswith(path if fault != "full folder" else "src/sojourn/full")
    assert message in found


def test_exit_code_says_whether_there_are_faults(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["check_style.py", str(tree(tmp_path, GOOD))])
    assert check_style.main() == 0
    tree(tmp_path, {"src/sojourn/misc.py": '"""Things."""\n'})
    assert check_style.main() == 1
    assert "1 faults in 5 files" in capsys.readouterr().out
