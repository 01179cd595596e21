"""Small worlds for the walk engine: a few places, a few roads, agents put where a test wants them."""

from datetime import date

import numpy as np
import pytest

from sojourn.engine.walk.days import run_replicate
from sojourn.flee.compile import compile_walk
from sojourn.flee.model import CampSeries, Closure, DataFile, FleeScenario, Location, LocationChange, Route
from sojourn.flee.settings import MoveRules, Settings, SpawnRules


class World:
    """Builds a scenario: ``places`` maps name -> kind, or (kind, population or capacity)."""

    def __init__(self, places, roads, days=10, compat="flee3"):
        self.names = list(places)
        self.places, self.roads, self.days, self.compat = places, roads, days, compat
        self.move, self.spawn, self.closures, self.conflicts, self.data = {}, {}, [], {}, {}
        self.country, self.extra, self.gps = {}, {}, {}
        self.demographics, self.agents, self.major = (), None, ()
        self.changes, self.floods, self.food = (), None, None

    def moving(self, **move):
        self.move |= move
        return self

    def spawning(self, **spawn):
        self.spawn |= spawn
        return self

    def closing(self, kind, name1, name2, start, end):
        self.closures.append(Closure(kind=kind, name1=name1, name2=name2, start=start, end=end))
        return self

    def conflict(self, **intensities):
        """Give the daily intensity of places, the last one for the rest of the run."""
        self.conflicts |= intensities
        return self

    def registered(self, **counts):
        """Give the registrations of places by day, the last one for the rest of the run."""
        self.data |= counts
        return self

    def scenario(self):
        locations = []
        for name, what in self.places.items():
            kind, number = what if isinstance(what, tuple) else (what, 0)
            camp = kind in ("camp", "idpcamp")
            place = Location(
                name=name,
                region="",
                country=self.country.get(name, "Home"),
                foreign=self.country.get(name, "Home") != "Home",
                gps_x=self.gps.get(name, (0.0, 0.0))[0],
                gps_y=self.gps.get(name, (0.0, 0.0))[1],
                type_text=kind,
                kind=kind,
                conflict_date=0,
                population=0 if camp else number,
                capacity=number if camp else -1,
                attributes=self.extra.get(name, {}),
            )
            locations.append(place)
        levels = np.zeros((self.days, len(locations)))
        for name, values in self.conflicts.items():
            row = [*values, *[values[-1]] * self.days][: self.days]
            levels[:, self.names.index(name)] = row
        return FleeScenario(
            name="world",
            start=date(2020, 1, 1),
            days=self.days,
            locations=tuple(locations),
            routes=tuple(r if isinstance(r, Route) else self.road(*r) for r in self.roads),
            closures=tuple(self.closures),
            conflicts=levels,
            series=self.series(),
            settings=Settings(move=MoveRules(**self.move), spawn=SpawnRules(**self.spawn)),
            demographics=self.demographics,
            initial_agents=self.agents,
            major_routes=self.major,
            location_changes=tuple(LocationChange(name=n, type_text=k, kind=k, day=d) for n, k, d in self.changes),
            flood_levels=self.flood_levels(),
            food_security=self.food,
            compat=self.compat,
        )

    def flood_levels(self):
        """Return the levels by day and place, the last row for the rest of the run; None without floods."""
        if self.floods is None:
            return None
        levels = np.zeros((max(self.days, *map(len, self.floods.values())), len(self.names)))
        for name, values in self.floods.items():
            levels[:, self.names.index(name)] = [*values, *[values[-1]] * (len(levels) - len(values))]
        return levels

    @staticmethod
    def road(name1, name2, km, forced=0, **more):
        return Route(name1=name1, name2=name2, distance_km=km, forced_redirection=forced, **more)

    def series(self):
        rows = {name: [*values, *[values[-1]] * self.days][: self.days] for name, values in self.data.items()}
        total = np.sum([*rows.values(), [0] * self.days], axis=0)
        found = []
        for name, values in {"total": total, **rows}.items():
            file = DataFile(path=f"{name}.csv", days=np.arange(self.days), values=np.array(values, np.int64))
            found.append(CampSeries(name=name, files=(file,)))
        return tuple(found)

    def program(self, present=None, on_foot=False, scale=1):
        """Compile; ``present`` maps place -> agents put there before day 0 instead of the scenario's own."""
        program = compile_walk(self.scenario(), scale)
        if present is None:
            return program
        places = [self.names.index(name) for name, number in present.items() for _ in range(number)]
        arrivals = program.arrivals._replace(present=np.array(places, np.int32), spread=program.arrivals.spread * 0)
        rules = program.rules._replace(present_on_foot=on_foot)
        return program._replace(arrivals=arrivals, rules=rules)

    def run(self, present=None, on_foot=False, seed=1):
        """Run and return agents by day for each place, as lists by name, and the final state."""
        program = self.program(present, on_foot)
        record, state = run_replicate(program, seed, 0)
        return {name: record.people[:, row].tolist() for row, name in enumerate(self.names)}, state


@pytest.fixture
def world(monkeypatch):
    """Return the builder of small worlds. They need no conflict, without which Flee would stop."""
    monkeypatch.setattr("sojourn.flee.compile.require_conflict", lambda possible: None)
    return World
