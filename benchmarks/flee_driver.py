"""Runs Flee itself on a folder, serially and seeded, for ``walk_speed.py``: executed by Flee's own interpreter.

Arguments: folder, settings file, seed. Prints one line of JSON: agents at the end, agent-days, and the CPU
seconds of the days alone. Works with the published package and with a checkout on ``PYTHONPATH``.
"""

import contextlib
import inspect
import json
import random
import sys
import time
from pathlib import Path

import numpy as np
from flee.datamanager import handle_refugee_data, read_period
from flee.SimulationSettings import SimulationSettings

from flee import InputGeography, flee, spawning


def supported(function, **wanted):
    """Return the keyword arguments that this version of a function knows."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in wanted.items() if name in known}


def prepare(folder, settings):
    """Read a folder as Flee's own script does; return its geography, world, registrations and length."""
    inputs, source = Path(folder) / "input_csv", Path(folder) / "source_data"
    period = getattr(read_period, "read_sim_period", None) or read_period.read_conflict_period
    start, length = period(str(inputs / "sim_period.csv"))
    SimulationSettings.ReadFromYML(settings)
    SimulationSettings.ConflictInputFile = str(inputs / "conflicts.csv")
    SimulationSettings.FloodLevelInputFile = str(inputs / "flood_level.csv")
    known = supported(flee.Ecosystem.__init__, start_date=start, demographics_test_prefix=str(inputs))
    world = flee.Ecosystem(**known)
    geography = InputGeography.InputGeography()
    if not known:
        geography.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
    geography.ReadLocationsFromCSV(str(inputs / "locations.csv"))
    geography.ReadLinksFromCSV(str(inputs / "routes.csv"))
    geography.ReadClosuresFromCSV(str(inputs / "closures.csv"))
    world, places = geography.StoreInputGeographyInEcosystem(world)
    table = handle_refugee_data.RefugeeTable(
        csvformat="generic",
        data_directory=str(source),
        start_date=start,
        data_layout="data_layout.csv",
        population_scaledown_factor=SimulationSettings.optimisations["PopulationScaleDownFactor"],
        **supported(handle_refugee_data.RefugeeTable.__init__, start_empty=False),
    )
    corrections = inputs / "registration_corrections.csv"
    if corrections.is_file():
        table.ReadL1Corrections(str(corrections))
    for place in places.values():
        if place.camp:
            spawning.add_initial_refugees(world, table, place)
    return geography, world, table, length


def main(folder, settings, seed):
    """Run every day of a folder, and time the days."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - Flee draws from NumPy's global generator
    geography, world, table, length = prepare(folder, settings)
    agent_days = 0
    started = time.process_time()
    for day in range(length):
        geography.AddNewConflictZones(world, day)
        spawning.spawn_daily_displaced(world, day, table)
        spawning.refresh_spawn_weights(world)
        world.enact_border_closures(day)
        world.evolve()
        agent_days += len(world.agents)
    seconds = time.process_time() - started
    return {"agents": len(world.agents), "agent_days": agent_days, "cpu": seconds}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        found = main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    print(json.dumps(found))
