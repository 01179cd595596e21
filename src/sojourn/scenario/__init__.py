"""The scenario language: read, check, change, resolve, explain and write descriptions of a system."""

from sojourn.scenario.codes import CODES, NOTES, ScenarioError
from sojourn.scenario.load import load, loads
from sojourn.scenario.model import Scenario
from sojourn.scenario.resolve import digest, resolve
from sojourn.scenario.write import dump

__all__ = ["CODES", "NOTES", "Scenario", "ScenarioError", "digest", "dump", "load", "loads", "resolve"]
