"""Each fault of a documentation site is found once, when planted."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "check_site.py"
spec = importlib.util.spec_from_file_location("check_site", TOOL)
check_site = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_site)

GOOD = '<a id="top" href="#top"></a><a href="b.html#here">b</a><script src="s.js"></script><a href="https://x.org">x</a>'
OTHER = '<p id="here"><a href="index.html">up</a></p>'

FAULTS = {
    '<script src="https://cdn.org/s.js"></script>': "from the network",
    '<link rel="stylesheet" href="//cdn.org/s.css">': "from the network",
    '<img src="gone.png">': "which is not there",
    '<a href="gone.html">': "which is not there",
    '<a href="b.html#nowhere">': "nothing has that name",
    '<a href="#nowhere">': "nothing has that name",
}


def site(folder, more=""):
    (folder / "index.html").write_text(GOOD + more)
    (folder / "b.html").write_text(OTHER)
    (folder / "s.js").write_text("")
    return folder


def test_a_good_site_has_no_faults(tmp_path):
    assert list(check_site.faults(site(tmp_path))) == []


@pytest.mark.parametrize("planted", FAULTS)
def test_a_planted_fault_is_found(tmp_path, planted, monkeypatch, capsys):
    (found,) = check_site.faults(site(tmp_path, planted))
    assert found.startswith("index.html") and found.endswith(FAULTS[planted])
    monkeypatch.setattr("sys.argv", ["check_site.py", str(tmp_path)])
    assert check_site.main() == 1
    assert "1 faults in 2 pages" in capsys.readouterr().out
