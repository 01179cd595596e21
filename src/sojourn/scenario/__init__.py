"""The scenario language: read, check, change, resolve, explain and write descriptions of a system."""

from sojourn.scenario.checks import check
from sojourn.scenario.codes import CODES, NOTES, ScenarioError
from sojourn.scenario.model import Scenario
from sojourn.scenario.reading.asked_series import Ask
from sojourn.scenario.reading.load import load, loads
from sojourn.scenario.resolve import digest, resolve
from sojourn.scenario.writing.dump import dump
from sojourn.scenario.writing.explain import explain
from sojourn.scenario.writing.schema import schema

__all__ = [
    "CODES",
    "NOTES",
    "Ask",
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
