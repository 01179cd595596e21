"""Every import contract is seen to fail once, on a planted import."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

PLANTED = {
    "acyclic": ("results/planted.py", "from sojourn import simulate", "No cycles are allowed in sojourn"),
    "errors": ("errors.py", "import numpy", "sojourn.errors -> numpy"),
    "calendar": ("calendar.py", "import pandas", "sojourn.calendar -> pandas"),
    "verbs": ("verbs.py", "from sojourn import errors", "sojourn.verbs -> sojourn.errors"),
    "writing": ("writing.py", "from sojourn import calendar", "sojourn.writing -> sojourn.calendar"),
    "locking": ("locking.py", "from sojourn import errors", "sojourn.locking -> sojourn.errors"),
    "gathering": ("gathering.py", "from sojourn import simulate", "sojourn.gathering -> sojourn.simulate"),
    "front-door": ("report/door.py", "from sojourn import loading", "report.door -> sojourn.loading"),
    "engine": ("engine/planted.py", "import xarray", "sojourn.engine.planted -> xarray"),
    "executor": ("executor.py", "from sojourn import results", "sojourn.executor -> sojourn.results"),
    "scenario": ("scenario/planted.py", "from sojourn import engine", "scenario.planted -> sojourn.engine"),
    "library": ("library/planted.py", "from sojourn import compile", "library.planted -> sojourn.compile"),
    "compile": ("compile/planted.py", "import xarray", "planted -> xarray"),
    "results": ("results/planted.py", "from sojourn import compile", "results.planted -> sojourn.compile"),
    "simulate": ("simulate.py", "from sojourn import series", "sojourn.simulate -> sojourn.series"),
    "unusual": ("unusual.py", "from sojourn import report", "sojourn.unusual -> sojourn.report"),
    "cohorts": ("cohorts/planted.py", "from sojourn import series", "cohorts.planted -> sojourn.series"),
    "series": ("series/planted.py", "from sojourn import results", "series.planted -> sojourn.results"),
    "claims": ("claims/planted.py", "from sojourn import results", "claims.planted -> sojourn.results"),
    "observation": ("observation/planted.py", "from sojourn import simulate", "planted -> sojourn.simulate"),
    "forecast": ("forecast/planted.py", "from sojourn import report", "forecast.planted -> sojourn.report"),
    "flee": ("flee/planted.py", "from sojourn import compile", "flee.planted -> sojourn.compile"),
    "report": ("report/planted.py", "from sojourn import simulate", "planted -> sojourn.simulate"),
    "app": ("app/planted.py", "from sojourn import results", "app.planted -> sojourn.results"),
}


def lint(folder):
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        check=False,
    )


def test_every_contract_catches_a_planted_import(tmp_path):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {c["id"] for c in contracts} == set(PLANTED)
    package = tmp_path / "sojourn"
    shutil.copytree(ROOT / "src" / "sojourn", package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, line, _ in PLANTED.values():
        path = package / file
        text = path.read_text() if path.exists() else ""
        path.write_text(f"{text}\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "0 kept" in done.stdout
    for contract in contracts:
        assert f"{contract['name']} BROKEN" in done.stdout
        assert PLANTED[contract["id"]][2] in done.stdout, done.stdout
