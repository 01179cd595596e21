"""Writes what Flee works out before anybody moves, day by day: executed by Flee's own interpreter.

Arguments: folder, file to write, kinds of people as JSON, a list of dictionaries of attributes. One line of JSON a
day: by location, scores and move chances by kind, capacity, flags, departure weights, places that open roads lead
to, and fixed routes.
"""

import contextlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

from flee.datamanager import handle_refugee_data, read_period
from flee.SimulationSettings import SimulationSettings

from flee import InputGeography, flee, moving, spawning


def world_of(folder):
    """Read a folder as Flee's own script does; return its geography, world, registrations and length."""
    inputs = folder / "input_csv"
    start, length = read_period.read_sim_period(str(inputs / "sim_period.csv"))
    SimulationSettings.ReadFromYML(str(folder / "simsetting.yml"))
    SimulationSettings.ConflictInputFile = str(inputs / "conflicts.csv")
    SimulationSettings.FloodLevelInputFile = str(inputs / "flood_level.csv")
    world = flee.Ecosystem(start, demographics_test_prefix=str(inputs))
    geography = InputGeography.InputGeography()
    geography.ReadLocationsFromCSV(str(inputs / "locations.csv"))
    geography.ReadLinksFromCSV(str(inputs / "routes.csv"))
    geography.ReadClosuresFromCSV(str(inputs / "closures.csv"))
    world, places = geography.StoreInputGeographyInEcosystem(world)
    data = handle_refugee_data.RefugeeTable(
        csvformat="generic",
        data_directory=str(folder / "source_data"),
        start_date=start,
        data_layout="data_layout.csv",
        population_scaledown_factor=SimulationSettings.optimisations["PopulationScaleDownFactor"],
        start_empty=SimulationSettings.spawn_rules["EmptyCampsOnDay0"],
    )
    data.ReadL1Corrections(str(inputs / "registration_corrections.csv"))
    for name in world.get_camp_names():
        spawning.add_initial_refugees(world, data, places[name])
    return geography, world, data, length


def row_of(world, place, kinds, day):
    """Return what Flee knows of a place on a day."""
    somebody = [SimpleNamespace(location=place, route=[], attributes=kind) for kind in kinds]
    return {
        "score": [float(moving.getEndPointScore(one, place, day)) for one in somebody],
        "chance": [float(moving.calculateMoveChance(one, False, day)[0]) for one in somebody],
        "capacity": place.capacity,
        "flags": [bool(place.camp), bool(place.town)],
        "roads": sorted(link.endpoint.name for link in place.links),
        "routes": {end: [route[0], route[1]] for end, route in place.routes.items()},
        "agents": place.numAgents,
        "population": place.pop,
        "people": {name: count for name, count in place.attributes.items() if isinstance(count, int)},
    }


def main():
    """Run the days and write them."""
    folder, kinds = Path(sys.argv[1]), json.loads(sys.argv[3])
    with open(sys.argv[2], "w", encoding="utf-8") as out, contextlib.redirect_stdout(sys.stderr):
        geography, world, data, length = world_of(folder)
        for day in range(length):
            geography.AddNewConflictZones(world, day)
            weights = [float(one) for one in world.spawn_weights]
            population = [place.pop for place in world.locations]
            spawning.spawn_daily_displaced(world, day, data)
            spawning.refresh_spawn_weights(world)
            world.enact_border_closures(day)
            world.evolve()
            rows = [row_of(world, place, kinds, day) for place in world.locations]
            found = {"weights": weights, "population": population, "places": rows, "agents": len(world.agents)}
            out.write(json.dumps(found) + "\n")


main()
