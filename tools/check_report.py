"""Open reports in a headless browser and check them: ``python tools/check_report.py [--shots FOLDER] FILE...``.

Needs Chromium, Node and npm. Checks that there is no error in the console and no request to anywhere, that all
charts are drawn, the play button works, figures tell their source, nothing scrolls sideways at 400 pixels, axe
finds nothing serious, and that charts are there without scripts. Exits with 1 if any check failed, with 3 if a
browser is missing.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent / "browser"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = 3


def main() -> int:
    """Check the reports; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--shots", type=Path, help="keep screenshots in this folder")
    parser.add_argument("--modules", type=Path, help="folder with the packages installed, to use again")
    options = parser.parse_args()
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    node, npm = shutil.which("node"), shutil.which("npm")
    if browser is None or node is None or npm is None:
        print("needs Chromium, Node and npm", file=sys.stderr)
        return MISSING
    with tempfile.TemporaryDirectory() as name:
        place = options.modules or Path(name)
        place.mkdir(parents=True, exist_ok=True)
        for file in FOLDER.iterdir():
            if file.is_file():
                shutil.copyfile(file, place / file.name)
        if not (place / "node_modules").is_dir():
            subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True)
        shots = options.shots or Path(name) / "shots"
        shots.mkdir(parents=True, exist_ok=True)
        files = [str(file.resolve()) for file in options.files]
        command = [node, str(place / "check_report.mjs"), browser, str(shots.resolve()), *files]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
