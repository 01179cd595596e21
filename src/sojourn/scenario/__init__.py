"""The scenario language: read, check, change, resolve, explain and write descriptions of a system."""

from sojourn.scenario.checks import check
from sojourn.scenario.codes import CODES, NOTES, ScenarioError
from sojourn.scenario.explain import explain
from sojourn.scenario.load import load, loads
from sojourn.scenario.model import Scenario
from sojourn.scenario.resolve import digest, resolve
from sojourn.scenario.schema import schema
from sojourn.scenario.write import dump

__all__ = [
    "CODES",
    "NOTES",
    "Scenario",
    "ScenarioError",
    "check",
    "digest",
    "dump",
    "explain",
    "load",
    "loads",
    "resolve",
    "schema",
]
