"""How publishers see a run: share captured, delay, rounding, and the noise of counts."""

from sojourn.observation.stations import by_station, observations, scenario_of

__all__ = ["by_station", "observations", "scenario_of"]
