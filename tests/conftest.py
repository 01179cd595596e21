"""Shared figures for tests: where they are, and that no test silently does without them."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Under CI the same examples are tried every time, so that a change is judged by itself; elsewhere new ones are.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def shared_folder():
    """Return the folder of figures beside the checkout, or named by SOJOURN_SHARED, if it is there."""
    folder = Path(os.environ.get("SOJOURN_SHARED", Path(__file__).parents[1].parent / "shared"))
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared():
    """Return the folder of shared figures; the test is skipped where there is none."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("needs the shared figures: set SOJOURN_SHARED, or put them beside the checkout")
    return folder


class _Skips:
    """A run that skips a test for want of the shared figures while they are there has failed."""

    def __init__(self):
        self.wrong = []

    def pytest_runtest_logreport(self, report):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if report.skipped and "shared" in reason.lower() and shared_folder():
            self.wrong.append(f"{report.nodeid}: {reason}")

    # Modules that skip themselves are reported when collected.
    pytest_collectreport = pytest_runtest_logreport

    def pytest_sessionfinish(self, session):
        if self.wrong and session.exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for line in self.wrong:
            terminalreporter.write_line(f"SKIPPED WITH THE SHARED FIGURES THERE: {line}", red=True)


def pytest_configure(config):
    """Watch for wrong skips."""
    config.pluginmanager.register(_Skips(), "sojourn-skips")
